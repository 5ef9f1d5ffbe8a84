//! A refund from its row to the door's word, and the tickets that it takes.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::{OrderId, RefundId, TicketId};
use uuid::Uuid;

use super::{RefundRow, find_refund, read};
use crate::schema::{payments, refund_tickets, refunds};

/// A refund of an order, about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = refunds)]
pub(crate) struct NewRefund<'a> {
    pub id: Uuid,
    pub payment_id: Option<Uuid>,
    pub order_id: Uuid,
    pub scope: &'static str,
    pub amount_minor: i64,
    pub fees_minor: i64,
    pub tax_minor: i64,
    pub currency: &'a str,
    pub reason: &'static str,
    pub state: &'static str,
    pub key: Option<&'a str>,
    pub anyway: bool,
    pub next_try_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    /// How much of the amount is no money.
    pub credit_minor: i64,
    /// Its guest gets a credit instead of money.
    pub as_credit: bool,
}

/// Stores a refund, the tickets it takes back, and that so much less is left of the payment.
pub(crate) async fn insert(conn: &mut Conn, refund: &NewRefund<'_>, tickets: &[Uuid]) -> Result<(), DbError> {
    if let Some(payment) = refund.payment_id {
        let money_minor = refund.amount_minor - refund.credit_minor;
        diesel::update(payments::table.find(payment))
            .set(payments::refunded_minor.eq(payments::refunded_minor + money_minor))
            .execute(conn)
            .await?;
    }
    diesel::insert_into(refunds::table).values(refund).execute(conn).await?;
    let rows: Vec<_> = tickets
        .iter()
        .map(|ticket| (refund_tickets::refund_id.eq(refund.id), refund_tickets::ticket_id.eq(ticket)))
        .collect();
    diesel::insert_into(refund_tickets::table).values(rows).execute(conn).await?;
    Ok(())
}

/// The refund that was asked for with this key before.
pub(crate) async fn by_key(conn: &mut Conn, key: &str) -> Result<Option<RefundRow>, DbError> {
    let id: Option<Uuid> =
        refunds::table.filter(refunds::key.eq(key)).select(refunds::id).first(conn).await.optional()?;
    match id {
        Some(id) => find_refund(conn, id.into()).await,
        None => Ok(None),
    }
}

/// The tickets a refund takes back, and what the door said of each.
pub(crate) async fn tickets_of(
    conn: &mut Conn,
    refund: RefundId,
) -> Result<Vec<(TicketId, Option<bool>)>, DbError> {
    let rows: Vec<(Uuid, Option<bool>)> = refund_tickets::table
        .filter(refund_tickets::refund_id.eq(refund.uuid()))
        .order(refund_tickets::ticket_id)
        .select((refund_tickets::ticket_id, refund_tickets::inside))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(id, inside)| (id.into(), inside)).collect())
}

/// Whether a refund takes this ticket back, has done so, or waits for the door's word on it.
pub(crate) async fn takes(conn: &mut Conn, ticket: TicketId) -> Result<bool, DbError> {
    let taken = refund_tickets::table
        .filter(refund_tickets::ticket_id.eq(ticket.uuid()))
        .filter(refund_tickets::withdrawn.eq(false));
    Ok(diesel::select(diesel::dsl::exists(taken)).get_result(conn).await?)
}

/// Writes down whose guests are inside, as the door said.
pub(crate) async fn note_inside(conn: &mut Conn, refund: RefundId, inside: &[Uuid]) -> Result<(), DbError> {
    diesel::update(refund_tickets::table)
        .filter(refund_tickets::refund_id.eq(refund.uuid()))
        .set(refund_tickets::inside.eq(refund_tickets::ticket_id.eq_any(inside).nullable()))
        .execute(conn)
        .await?;
    Ok(())
}

/// The door has answered, or nobody waits for it: Stripe's turn. Where it has not, it is asked again from `door_due_at` on.
/// `false`: that was so before.
pub(crate) async fn let_go(
    conn: &mut Conn,
    id: RefundId,
    door_due_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let gone = diesel::update(refunds::table.find(id.uuid()))
        .filter(refunds::state.eq("asked"))
        .set((
            refunds::state.eq("pending"),
            refunds::problem.eq(None::<String>),
            refunds::tries.eq(0),
            refunds::next_try_at.eq(now),
            refunds::door_due_at.eq(door_due_at),
        ))
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

/// Takes refunds that went past a silent door and whose turn to ask it again has come, in a transaction of the caller's; puts each
/// off until `again`.
pub(crate) async fn claim_unheard(
    conn: &mut Conn,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
    most: i64,
) -> Result<Vec<RefundRow>, DbError> {
    let ids: Vec<Uuid> = refunds::table
        .filter(refunds::door_due_at.le(now))
        .order(refunds::door_due_at)
        .limit(most)
        .select(refunds::id)
        .for_no_key_update()
        .skip_locked()
        .load(conn)
        .await?;
    diesel::update(refunds::table.filter(refunds::id.eq_any(&ids)))
        .set(refunds::door_due_at.eq(again))
        .execute(conn)
        .await?;
    read(conn, ids).await
}

/// The door has spoken, or is not asked any more. `false`: it had.
pub(crate) async fn heard(conn: &mut Conn, id: RefundId) -> Result<bool, DbError> {
    let heard = diesel::update(refunds::table.find(id.uuid()))
        .filter(refunds::door_due_at.is_not_null())
        .set(refunds::door_due_at.eq(None::<DateTime<Utc>>))
        .execute(conn)
        .await?;
    Ok(heard == 1)
}

/// Takes a refund back that the door did not let through: the money stays, the tickets stay good.
pub(crate) async fn withdraw(conn: &mut Conn, refund: &RefundRow, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(refunds::table.find(refund.id))
        .set((refunds::state.eq("withdrawn"), refunds::settled_at.eq(now)))
        .execute(conn)
        .await?;
    diesel::update(refund_tickets::table.filter(refund_tickets::refund_id.eq(refund.id)))
        .set(refund_tickets::withdrawn.eq(true))
        .execute(conn)
        .await?;
    if let Some(payment) = refund.payment {
        diesel::update(payments::table.find(payment))
            .set(payments::refunded_minor.eq(payments::refunded_minor - refund.money_minor()))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// The refund of an order that waits for the door's word, if there is one.
pub(crate) async fn asked_of(conn: &mut Conn, order: OrderId) -> Result<Option<RefundId>, DbError> {
    let asked: Option<Uuid> = refunds::table
        .filter(refunds::order_id.eq(order.uuid()))
        .filter(refunds::state.eq("asked"))
        .order(refunds::id)
        .select(refunds::id)
        .first(conn)
        .await
        .optional()?;
    Ok(asked.map(Into::into))
}

/// Nobody waits for the door any more.
pub(crate) async fn say_anyway(conn: &mut Conn, id: RefundId, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(refunds::table.find(id.uuid()).filter(refunds::state.eq("asked")))
        .set((refunds::anyway.eq(true), refunds::next_try_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(())
}
