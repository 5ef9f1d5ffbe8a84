//! An exchanged ticket that staff give back: what the first payment paid for it follows what the second one did, as a refund of its own.
//! Each takes from the payment that it goes back to, and no more than is left of it.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::RefundId;
use domain::refund::{self, Fees, Parts};
use uuid::Uuid;

use super::store;
use crate::orders::store::{LineRow, OrderRow};
use crate::refunds::by_guest;
use crate::refunds::store::{self as refunds, NewRefund, RefundRow};
use crate::tickets::store as tickets;
use crate::{cancellations, catalog, credits, disputes, orders};

/// Gives back what was paid for the ticket that a locked order replaced, in the transaction that takes back its own. Nothing where the
/// order is no exchange; where a bank has that money (see [`after_dispute`]); where a night that is off gives it back anyway; and of what a
/// person gave back at Stripe, who gave back one payment and knows of the other.
pub(crate) async fn first_payment(
    conn: &mut Conn,
    exchange: &OrderRow,
    given: &RefundRow,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let Some(ticket) = exchange.exchanges.filter(|_| given.reason() == Some(refund::Reason::Staff)) else {
        return Ok(());
    };
    let Some(first) = tickets::order_of(conn, ticket.into()).await? else { return Ok(()) };
    let Some(mut first) = orders::store::lock(conn, first).await? else { return Ok(()) };
    let off = cancellations::store::is_off(conn, first.event_id).await?;
    // One whose last ticket went before has given back all but what a bank held meanwhile; never more than is left of it.
    let was_paid = matches!(first.state.as_str(), "paid" | "refunded") && first.paid_at.is_some();
    if off || !was_paid || disputes::store::holds_money_of(conn, first.key()).await? {
        return Ok(());
    }
    let parts = share(conn, exchange, &first, ticket, given).await?;
    let amount_minor = parts.total();
    let credit_minor = credit_part(conn, &first, amount_minor, given).await?;
    let money = amount_minor > credit_minor;
    let payment_id = if money { refunds::payment_of(conn, first.key()).await? } else { None };
    if amount_minor > 0 && money == payment_id.is_some() {
        let key = key(ticket);
        let row = NewRefund {
            id: RefundId::generate().uuid(),
            payment_id,
            order_id: first.id,
            scope: "amount",
            amount_minor,
            fees_minor: parts.fees_minor,
            tax_minor: parts.tax_minor,
            currency: &first.currency,
            reason: refund::Reason::Staff.code(),
            // Its ticket is gone already: the door has no say.
            state: refund::State::Pending.code(),
            key: Some(&key),
            anyway: true,
            next_try_at: now,
            created_at: now,
            credit_minor,
            as_credit: given.as_credit,
        };
        refunds::insert(conn, &row, &[]).await?;
    }
    let live = tickets::of_order(conn, first.key()).await?.iter().any(tickets::TicketRow::is_live);
    if first.state == "paid" && !live && store::carried(conn, first.key()).await?.is_empty() {
        let refunded = first.state().refund(now).map_err(orders::illegal)?;
        orders::store::step(conn, &mut first, refunded).await?;
    }
    Ok(())
}

/// A bank gave back what paid a ticket that was exchanged: what [`first_payment`] could not give when staff took the better ticket back
/// goes now. The exchange and the first order are locked. Once: what was given has its key.
pub(crate) async fn after_dispute(
    conn: &mut Conn,
    exchange: &OrderRow,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let Some(ticket) = exchange.exchanges.filter(|_| exchange.state == "refunded") else { return Ok(()) };
    if refunds::by_key(conn, &key(ticket)).await?.is_some() {
        return Ok(());
    }
    match refunds::by_staff(conn, exchange.key()).await? {
        Some(given) => first_payment(conn, exchange, &given, now).await,
        None => Ok(()),
    }
}

/// The key of what the first payment gives back for a ticket.
fn key(ticket: Uuid) -> String {
    format!("exchange:{ticket}")
}

/// Whether an exchange of whose own payment nothing is left, or that cost nothing, gives something back all the same: what its first ticket
/// was paid with, as far as that has not gone back.
pub(crate) async fn brings(conn: &mut Conn, exchange: &OrderRow) -> Result<bool, DbError> {
    let Some(ticket) = exchange.exchanges else { return Ok(false) };
    let Some(first) = tickets::order_of(conn, ticket.into()).await? else { return Ok(false) };
    let lines = orders::store::lines(conn, first).await?;
    let gone = refunds::given_back(conn, first).await?;
    Ok(refund::paid(&quoted(&lines)).less(gone).total() > 0)
}

/// How much of it is no money: all, where the guest agreed to a credit for the exchange; else what a credit had paid of the first order.
async fn credit_part(
    conn: &mut Conn,
    first: &OrderRow,
    amount_minor: i64,
    given: &RefundRow,
) -> Result<i64, DbError> {
    if given.as_credit {
        return Ok(amount_minor);
    }
    credits::store::part_of(conn, first.key(), amount_minor).await
}

/// What the first order was paid for the ticket, as far as it is left; the fee as it was given back or kept of the exchange.
async fn share(
    conn: &mut Conn,
    exchange: &OrderRow,
    first: &OrderRow,
    ticket: Uuid,
    given: &RefundRow,
) -> Result<Parts, DbError> {
    let event = catalog::store::event(conn, first.event_id).await?.ok_or(DbError::NotFound)?;
    let of_exchange = quoted(&orders::store::lines(conn, exchange.key()).await?);
    // A fee that went back before, with an amount, was not kept.
    let fee = refund::fees_beside(&of_exchange).fees_minor;
    let fee_is_back = refunds::given_back(conn, exchange.key()).await?.fees_minor >= fee;
    let fees = match fee {
        // It had no fee that could tell.
        0 => by_guest::fees(event.terms().refunds.keeps_fees),
        _ if given.fees_minor == 0 && !fee_is_back => Fees::Kept,
        _ => Fees::Returned,
    };
    let lines = orders::store::lines(conn, first.key()).await?;
    let paid = quoted(&lines);
    let sold = tickets::of_order(conn, first.key()).await?.into_iter().find(|row| row.id == ticket);
    let place = sold.and_then(|row| {
        let line = lines.iter().position(|line| line.id == row.order_line_id)?;
        Some((line, row.ordinal.unsigned_abs()))
    });
    let share = place.map(|(line, ordinal)| refund::ticket(&paid, line, ordinal, fees)).unwrap_or_default();
    let left = refund::paid(&paid).less(refunds::given_back(conn, first.key()).await?);
    Ok(share.within(left))
}

fn quoted(lines: &[LineRow]) -> Vec<domain::quote::QuoteLine> {
    lines.iter().map(LineRow::quoted).collect()
}
