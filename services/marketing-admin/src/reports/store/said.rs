//! What messages say, as it is counted.

use chrono::{DateTime, Utc};
use domain::order::Channel;
use uuid::Uuid;

/// An order that was paid.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in proto/maguey/purchase/v1/order.proto")]
pub struct PaidOrder {
    pub id: Uuid,
    pub revision: i64,
    pub reference: String,
    pub event: Uuid,
    pub currency: String,
    pub total_minor: i64,
    pub promo: Option<Uuid>,
    pub promo_code: String,
    pub promoter: String,
    pub channel: Channel,
    pub paid_at: DateTime<Utc>,
    pub tickets: Vec<SoldTicket>,
}

/// A ticket of a paid order.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in proto/maguey/purchase/v1/order.proto")]
pub struct SoldTicket {
    pub id: Uuid,
    pub ticket_type: Uuid,
}

/// Money that went back.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in proto/maguey/purchase/v1/order.proto")]
pub struct Refund {
    pub id: Uuid,
    pub order: Uuid,
    pub revision: i64,
    pub event: Uuid,
    pub currency: String,
    pub amount_minor: i64,
    pub reason: String,
    pub takes_revenue: bool,
    pub tickets: Vec<Uuid>,
    pub refunded_at: DateTime<Utc>,
}

/// A scan and its answer, as they stand.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in proto/maguey/scanner/v1/ticket_scanned.proto")]
pub struct Scan {
    pub id: Uuid,
    pub event: Uuid,
    pub gate: Uuid,
    pub gate_name: String,
    pub ticket: Option<Uuid>,
    pub admitted: bool,
    pub exit: bool,
    pub reason: String,
    pub scanned_at: DateTime<Utc>,
    pub inside_after: i64,
    pub inside_revision: i64,
    /// Since when it counts as if it had not been.
    pub undone_at: Option<DateTime<Utc>>,
}

/// How a night's door stands.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in proto/maguey/scanner/v1/door_changed.proto")]
pub struct DoorState {
    pub event: Uuid,
    pub revision: i64,
    pub inside: i64,
    pub inside_revision: i64,
    /// `None`: there is no limit.
    pub limit: Option<i64>,
    pub conflicts_open: i64,
    pub devices_seen: i64,
    pub devices_silent: i64,
    pub queue_length: i64,
    pub changed_at: DateTime<Utc>,
}
