//! The moment of an exchange, in the transaction that pays its order; and what it means for the money of the ticket that went.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::TicketId;
use domain::refund::{self, Fees, Parts};
use messages::purchase::v1::{Buyer, OrderRefunded, RefundReason, SettledHow};
use uuid::Uuid;

use super::{old_ticket, store};
use crate::orders::store::{LineRow, OrderRow};
use crate::tickets::store as tickets;
use crate::tickets::{channel_of, doorstep, void};
use crate::{inventory, orders};

/// Whether a locked order may be paid as far as it is an exchange: its ticket can still go. Locks that one, its order, and the stock
/// of both orders in sorted order, so that nobody who takes some of each waits crosswise.
pub(crate) async fn stands(
    conn: &mut Conn,
    order: &OrderRow,
    lines: &[LineRow],
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let Some(ticket) = order.exchanges else { return Ok(true) };
    let Some(old) = old_ticket::lock(conn, ticket.into(), now).await? else { return Ok(false) };
    let limits = lines.iter().flat_map(|line| line.stock_ids.iter().copied()).chain(old.stock);
    let limits: BTreeSet<Uuid> = limits.collect();
    inventory::store::lock(conn, limits.into_iter().collect()).await?;
    Ok(true)
}

/// The ticket of an exchange of which the door has not said that nobody is inside with it, and is to be asked before its payment goes
/// back: the order may be of before the doors opened.
pub(crate) async fn door_has_a_say(
    conn: &mut Conn,
    order: &OrderRow,
    now: DateTime<Utc>,
) -> Result<Option<TicketId>, DbError> {
    let Some(ticket) = order.exchanges.map(TicketId::from_uuid) else { return Ok(None) };
    Ok(doorstep::is_due(conn, ticket, now).await?.then_some(ticket))
}

/// Takes the old ticket in the transaction that issues the new one: its code is bad, its place free, and nobody counts it any more.
/// Nothing where the order is no exchange. The caller has looked with [`old_ticket::lock`] in this transaction.
pub(crate) async fn hand_over(conn: &mut Conn, order: &OrderRow, now: DateTime<Utc>) -> Result<(), DbError> {
    let Some(ticket) = order.exchanges else { return Ok(()) };
    let row = void::exchanged(conn, TicketId::from_uuid(ticket), now).await?;
    inventory::store::take_back(conn, &[row.order_line_id]).await?;
    let revision = orders::store::next_revision(conn, row.order_id.into()).await?;
    let from = orders::store::find(conn, row.order_id.into()).await?.ok_or(DbError::NotFound)?;
    let sold = tickets::as_sold(conn, vec![ticket]).await?;
    let message = OrderRefunded {
        order_id: from.id.to_string(),
        revision,
        reference: from.reference.clone(),
        event_id: from.event_id.to_string(),
        refund_id: Uuid::new_v5(&ticket, b"exchanged").to_string(),
        currency: from.currency.clone(),
        // No money moves: it stays with the order that it paid.
        amount_minor: 0,
        ticket_ids: sold.iter().map(Uuid::to_string).collect(),
        reason: RefundReason::Exchanged.into(),
        buyer: Some(Buyer {
            name: from.buyer_name.clone(),
            email: from.buyer_email.clone(),
            language: from.language.clone(),
        }),
        refunded_at: messages::millis(now),
        channel: channel_of(&from).into(),
        due_at_venue_minor: 0,
        credit_minor: 0,
        credit_code: String::new(),
        credit_until: 0,
        lost: Vec::new(),
        settled_how: SettledHow::Unspecified.into(),
        waitlist_url: String::new(),
        instead_url: String::new(),
    };
    bus::outbox::add(conn, &message, now).await?;
    Ok(())
}

/// What of an order's money pays for tickets that others of its tickets were exchanged for. As long as those are good it does not go
/// back: who has the better ticket has not the price of the other one, too.
pub(crate) async fn carried(conn: &mut Conn, order: &OrderRow, lines: &[LineRow]) -> Result<Parts, DbError> {
    let quoted: Vec<_> = lines.iter().map(LineRow::quoted).collect();
    let mut sum = Parts::default();
    for place in store::carried(conn, order.key()).await? {
        if let Some(index) = lines.iter().position(|line| line.id == place.line) {
            sum = sum.plus(refund::ticket(&quoted, index, place.ordinal.unsigned_abs(), Fees::Returned));
        }
    }
    Ok(sum)
}
