//! What purchase is asked about disputes, and what it answers.

use chrono::{DateTime, Utc};
use domain::event::terms::RefundPolicy;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use uuid::Uuid;
use web::{Fault, peer};

use crate::Desk;
use crate::identity::Member;

/// As purchase's `disputes::list` says.
#[derive(Debug, Deserialize)]
pub(super) struct ListedDispute {
    pub(super) id: Uuid,
    pub(super) reference: String,
    pub(super) buyer_name: String,
    pub(super) status: String,
    pub(super) reason: String,
    pub(super) amount_minor: i64,
    pub(super) currency: String,
    pub(super) answer_by: Option<DateTime<Utc>>,
    pub(super) opened_at: DateTime<Utc>,
}

/// As purchase's `disputes::record` says.
#[derive(Debug, Deserialize)]
pub(super) struct DisputeRecord {
    pub(super) dispute: Dispute,
    pub(super) reference: String,
    pub(super) receipt: Option<String>,
    pub(super) receipt_at: Option<DateTime<Utc>>,
    pub(super) venue_name: String,
    pub(super) venue_address: String,
    pub(super) entry_from: DateTime<Utc>,
    pub(super) refunds: RefundPolicy,
    pub(super) tickets: Vec<ProofTicket>,
}

/// As purchase's `disputes::store` says.
#[derive(Debug, Deserialize)]
pub(super) struct Dispute {
    pub(super) stripe_dispute: String,
    pub(super) status: String,
    pub(super) reason: String,
    pub(super) amount_minor: i64,
    pub(super) taken_minor: i64,
    pub(super) fees_minor: i64,
    pub(super) answer_by: Option<DateTime<Utc>>,
    pub(super) answers: i32,
    pub(super) opened_at: DateTime<Utc>,
    pub(super) closed_at: Option<DateTime<Utc>>,
}

/// As purchase's `disputes::record` says.
#[derive(Debug, Deserialize)]
pub(super) struct ProofTicket {
    pub(super) id: Uuid,
    pub(super) type_name: String,
    pub(super) holder_name: String,
    pub(super) state: String,
    pub(super) issued_at: DateTime<Utc>,
    pub(super) passed_on_to: Option<String>,
    pub(super) passed_on_at: Option<DateTime<Utc>>,
}

/// The newest disputes.
pub(super) async fn list<P>(desk: &Desk, member: &Member<P>) -> Result<Vec<ListedDispute>, Fault> {
    let path = "/internal/v1/disputes";
    let call = desk.purchase.call_for(member.id, member.request(), Method::GET, path);
    peer::answer(call).await.map_err(|error| Fault::unavailable().source(error))
}

/// One of them; 404 for no such.
pub(super) async fn dispute<P>(desk: &Desk, member: &Member<P>, id: Uuid) -> Result<DisputeRecord, Fault> {
    let path = format!("/internal/v1/disputes/{id}");
    let call = desk.purchase.call_for(member.id, member.request(), Method::GET, &path);
    peer::answer(call).await.map_err(|error| match error.status() {
        Some(StatusCode::NOT_FOUND) => Fault::not_found(),
        _ => Fault::unavailable().source(error),
    })
}
