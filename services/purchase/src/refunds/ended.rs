//! What a refund that has come to its end means for the books, and what the other services hear of it.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::order::Channel;
use domain::refund::Parts;
use messages::purchase::v1::{Buyer, OrderRefunded, RefundReason, SettledHow};
use uuid::Uuid;

use super::store::{self, RefundRow};
use crate::credits::Given;
use crate::orders;
use crate::orders::link::OrderLinks;
use crate::orders::store::OrderRow;
use crate::payments::ledger;
use crate::tickets::channel_of;
use crate::tickets::store as tickets;
use crate::waitlist::late::{self, Instead};

/// What its money moves in the books: what became no order was owed; that of an order was earned.
pub(super) fn moves(refund: &RefundRow) -> Vec<ledger::Entry> {
    moves_from(account(refund), refund)
}

/// The same, paid out of another account than the one that holds it.
pub(super) fn moves_from(account: &'static str, refund: &RefundRow) -> Vec<ledger::Entry> {
    match refund.scope.as_str() {
        "payment" => ledger::returned_from(account, refund.amount_minor),
        _ => ledger::refund_from(account, money_parts(refund)),
    }
}

/// What the rest of it moves: what was earned is owed again, as credit.
pub(super) fn credited(refund: &RefundRow) -> Vec<ledger::Entry> {
    match refund.credit_minor {
        0 => Vec::new(),
        _ => ledger::refund_from("credits", refund.parts().less(money_parts(refund))),
    }
}

/// The money of it, by what it was paid for.
fn money_parts(refund: &RefundRow) -> Parts {
    refund.parts().amount(refund.money_minor()).unwrap_or_default()
}

/// Who holds what was paid: Stripe, or staff at the venue.
fn account(refund: &RefundRow) -> &'static str {
    let at_venue = Channel::from_code(&refund.channel).filter(|channel| channel.at_venue());
    at_venue.map_or("stripe_clearing", Channel::code)
}

/// What the books call a refund whose money moves once more: the row is the same, Stripe's refund is another.
pub(super) fn again(refund: &RefundRow, stripe_id: &str) -> Uuid {
    Uuid::new_v5(&refund.id, stripe_id.as_bytes())
}

/// What the other services hear of a refund.
pub(super) async fn told(
    conn: &mut Conn,
    links: &OrderLinks,
    refund: &RefundRow,
    given: Option<&Given>,
    now: DateTime<Utc>,
) -> Result<OrderRefunded, DbError> {
    let revision = orders::store::next_revision(conn, refund.order()).await?;
    let order = orders::store::find(conn, refund.order()).await?.ok_or(DbError::NotFound)?;
    let taken: Vec<Uuid> =
        store::tickets_of(conn, refund.key()).await?.into_iter().map(|(id, _)| id.uuid()).collect();
    let sold = tickets::as_sold(conn, taken.clone()).await?;
    let channel = channel_of(&order);
    let Instead { waitlist_url, instead_url } = instead(conn, links, refund, &order, now).await?;
    Ok(OrderRefunded {
        order_id: refund.order.to_string(),
        revision,
        reference: order.reference,
        event_id: order.event_id.to_string(),
        refund_id: refund.id.to_string(),
        currency: refund.currency.clone(),
        amount_minor: refund.money_minor(),
        // Money that became no order took no ticket back.
        ticket_ids: sold.iter().map(Uuid::to_string).collect(),
        reason: reason(&refund.reason, order.exchanges.is_some()).into(),
        buyer: Some(Buyer { name: order.buyer_name, email: order.buyer_email, language: order.language }),
        refunded_at: messages::millis(now),
        channel: channel.into(),
        due_at_venue_minor: 0,
        credit_minor: refund.credit_minor,
        credit_code: given.map(|given| given.code.clone()).unwrap_or_default(),
        credit_until: given.map(|given| messages::millis(given.expires_at)).unwrap_or_default(),
        lost: tickets::lost(conn, taken).await?,
        settled_how: SettledHow::Unspecified.into(),
        waitlist_url,
        instead_url,
    })
}

/// What who paid too late has instead of the places; nothing for anybody else.
async fn instead(
    conn: &mut Conn,
    links: &OrderLinks,
    refund: &RefundRow,
    order: &OrderRow,
    now: DateTime<Utc>,
) -> Result<Instead, DbError> {
    if refund.reason != "late_payment" {
        return Ok(Instead::default());
    }
    late::instead(conn, links, order, now).await
}

/// Why the money went back, as the guest's mail says it: who paid for an exchange lost no places to others.
fn reason(code: &str, exchanges: bool) -> RefundReason {
    match code {
        "late_payment" if exchanges => RefundReason::LateExchange,
        "late_payment" => RefundReason::LatePayment,
        "second_payment" => RefundReason::SecondPayment,
        "amount_mismatch" => RefundReason::AmountMismatch,
        "event_off_sale" => RefundReason::EventOffSale,
        "staff" => RefundReason::Staff,
        "guest" => RefundReason::Guest,
        "night_cancelled" => RefundReason::NightCancelled,
        "at_stripe" => RefundReason::AtStripe,
        _ => RefundReason::Unspecified,
    }
}
