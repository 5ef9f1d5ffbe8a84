//! `GET /internal/v1/orders/{reference}`: all of an order, for staff: what was bought, what was paid, what went back.

use actix_web::web::{Data, Json, Path};
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::OrderId;
use domain::order::OrderReference;
use domain::refund::{self, Fees, Parts};
use serde::Serialize;
use uuid::Uuid;
use web::{Fault, ServiceCaller, callers};

use super::answers::{self, Answered};
use super::store::{self, LineRow, OrderRow};
use crate::disputes::store::DisputeRow;
use crate::payments::store as payments;
use crate::tickets::store::{self as tickets, TicketRow};
use crate::{Shop, catalog, disputes, guest_list, refunds};

/// An order as staff see it.
#[derive(Debug, Serialize)]
pub struct OrderRecord {
    /// The order itself.
    pub(crate) order: OrderRow,
    /// Its night.
    pub event: RecordedEvent,
    /// The price, line by line.
    pub(crate) lines: Vec<LineRow>,
    /// Each ticket that was issued for it.
    pub tickets: Vec<RecordedTicket>,
    /// Money that Stripe captured for it.
    pub payments: Vec<RecordedPayment>,
    /// Money that went back, is going back, or was to.
    pub refunds: Vec<RecordedRefund>,
    /// The refund that waits for the door's word, if there is one.
    pub waiting: Option<Waiting>,
    /// Payments that a bank took back, or asks about.
    pub(crate) disputes: Vec<DisputeRow>,
    /// What its guest answered.
    pub answers: Vec<Answered>,
    /// Whether its guests are on the guest list: they are taken off it there.
    pub guest_list: bool,
    /// What can still go back, minor units; nothing while a bank has the money.
    pub left_minor: i64,
    /// Whether the club keeps the fee, as the night's terms say.
    pub keeps_fees: bool,
}

/// A refund that waits for the door's word. The same wish with `anyway` lets it go.
#[derive(Debug, Serialize)]
pub struct Waiting {
    /// `order` or `tickets`.
    pub scope: String,
    /// The tickets it takes.
    pub tickets: Vec<Uuid>,
    /// How much, minor units.
    pub amount_minor: i64,
    /// Who asked: `staff` or `guest`.
    pub reason: String,
    /// Since when.
    pub asked_at: DateTime<Utc>,
}

/// The night of an order.
#[derive(Debug, Serialize)]
pub struct RecordedEvent {
    /// Its key.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// `draft`, `published`, `cancelled` or `archived`.
    pub status: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// Of which zone.
    pub time_zone: String,
}

/// A ticket of an order.
#[derive(Debug, Serialize)]
pub struct RecordedTicket {
    /// Its key.
    pub id: Uuid,
    /// The ticket type's name.
    pub type_name: String,
    /// Whose it is.
    pub holder_name: String,
    /// `valid`, `cancelled`, `refunded`, `revoked`, `blocked` or `disputed`.
    pub state: String,
    /// What was paid for it, fee and tax included, minor units.
    pub paid_minor: i64,
    /// The same without the fee.
    pub without_fee_minor: i64,
}

/// A captured payment.
#[derive(Debug, Serialize, diesel::Queryable)]
pub struct RecordedPayment {
    /// Stripe's id.
    pub payment_intent: String,
    /// How much, minor units.
    pub amount_minor: i64,
    /// `order`, or `returned` where it became none.
    pub purpose: String,
    /// When.
    pub captured_at: DateTime<Utc>,
}

/// Money on its way back.
#[derive(Debug, Serialize, diesel::Queryable)]
pub struct RecordedRefund {
    /// Its key.
    pub id: Uuid,
    /// `payment`, `order`, `tickets` or `amount`.
    pub scope: String,
    /// How much, minor units.
    pub amount_minor: i64,
    /// Why.
    pub reason: String,
    /// `asked`, `pending`, `succeeded`, `failed`, `withdrawn` or `settled_otherwise`.
    pub state: String,
    /// Stripe's id, once Stripe has it.
    pub stripe_refund: Option<String>,
    /// The last thing that went wrong.
    pub problem: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it came to its end.
    pub settled_at: Option<DateTime<Utc>>,
    /// How the club paid it itself, where Stripe could not: `cash` or `bank_transfer`.
    pub settled_how: Option<String>,
}

/// 404 for no such order.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    reference: Path<String>,
) -> Result<Json<OrderRecord>, Fault> {
    let reference: OrderReference = reference.parse().map_err(|_| Fault::not_found())?;
    let mut conn = shop.db.conn().await?;
    let order = store::by_reference(&mut conn, reference.as_str()).await?.ok_or_else(Fault::not_found)?;
    let event = catalog::store::event(&mut conn, order.event_id).await?.ok_or_else(Fault::not_found)?;
    let lines = store::lines(&mut conn, order.key()).await?;
    let issued = tickets::of_order(&mut conn, order.key()).await?;
    let held = disputes::store::holds_money_of(&mut conn, order.key()).await?;
    let left_minor = if order.paid_at.is_some() && !held {
        order.total_minor - refunds::store::given_back(&mut conn, order.key()).await?.total()
    } else {
        0
    };
    Ok(Json(OrderRecord {
        tickets: recorded(&lines, issued),
        waiting: waiting(&mut conn, order.key()).await?,
        payments: payments::of_order(&mut conn, order.key()).await?,
        refunds: refunds::store::of_order(&mut conn, order.key()).await?,
        disputes: disputes::store::of_order(&mut conn, order.key()).await?,
        answers: answers::of_order(&mut conn, order.key()).await?,
        guest_list: guest_list::store::of_order(&mut conn, order.key()).await?.is_some(),
        // Of a night that is off everything goes back.
        keeps_fees: event.terms().refunds.keeps_fees && event.status != "cancelled",
        event: RecordedEvent {
            id: event.id,
            title: event.title,
            status: event.status,
            starts_at: event.starts_at,
            time_zone: event.time_zone,
        },
        left_minor,
        lines,
        order,
    }))
}

async fn waiting(conn: &mut Conn, order: OrderId) -> Result<Option<Waiting>, DbError> {
    let Some(asked) = refunds::store::asked_of(conn, order).await? else { return Ok(None) };
    let Some(refund) = refunds::store::find_refund(conn, asked).await? else { return Ok(None) };
    let tickets = refunds::store::tickets_of(conn, asked).await?;
    Ok(Some(Waiting {
        scope: refund.scope,
        tickets: tickets.into_iter().map(|(ticket, _)| ticket.uuid()).collect(),
        amount_minor: refund.amount_minor,
        reason: refund.reason,
        asked_at: refund.created_at,
    }))
}

fn recorded(lines: &[LineRow], tickets: Vec<TicketRow>) -> Vec<RecordedTicket> {
    let quoted: Vec<_> = lines.iter().map(LineRow::quoted).collect();
    let share = |ticket: &TicketRow, fees| {
        let index = lines.iter().position(|line| line.id == ticket.order_line_id);
        let part = |index| refund::ticket(&quoted, index, ticket.ordinal.unsigned_abs(), fees);
        index.map_or(Parts::default(), part).total()
    };
    tickets
        .into_iter()
        .map(|ticket| RecordedTicket {
            paid_minor: share(&ticket, Fees::Returned),
            without_fee_minor: share(&ticket, Fees::Kept),
            id: ticket.id,
            type_name: ticket.type_name,
            holder_name: ticket.holder_name,
            state: ticket.state,
        })
        .collect()
}
