//! Refunds that were made in Stripe's dashboard: no decision of ours, and our money all the same. Each is put on record as if it had
//! been asked for here, with Stripe's id from the start: the books follow Stripe, and where nothing is left of an order its tickets
//! go the way of every refund, past the door ([`super::go_on`]).

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::RefundId;
use domain::refund;
use uuid::Uuid;

use super::store::{self, NewRefund, RefundRow, RefundedPayment};
use super::{decide, make};
use crate::orders::store::OrderRow;
use crate::payments::fulfil::Settled;
use crate::payments::inbox;
use crate::payments::store::Oddity;
use crate::payments::stripe::{RefundAnswer, RefundState};
use crate::tickets::store as tickets;
use crate::{Shop, orders};

/// Why it was given back, as our refunds say.
pub(super) const REASON: &str = "at_stripe";

/// What a person is told of money that Stripe gave back although the club had paid it another way.
pub(super) const PAID_TWICE: &str =
    "Stripe gave back what staff had settled otherwise: the guest may have been paid twice";
const TOO_MUCH: &str = "a refund that we did not make, of more than was left";

/// What it turned out to be.
enum Found {
    /// A refund of ours, from now on or from before.
    Ours(Box<RefundRow>),
    /// It came to nothing before we heard of it.
    Nothing,
    /// Its payment is none of ours.
    Foreign,
    /// It gives back more than was left, money that goes back anyway, or what the club has paid another way: a person looks at it.
    Odd(Uuid, &'static str),
}

/// Takes over what Stripe says about a refund that we did not ask for; says what came of it.
pub(crate) async fn take(shop: &Shop, answer: &RefundAnswer) -> Result<&'static str, DbError> {
    let now = shop.clock.now();
    match shop.db.transaction(async |conn| find(conn, answer, now).await).await? {
        Found::Ours(refund) if refund.state == "asked" => {
            shop.bells.refunds.notify_one();
            Ok("refund_taken")
        }
        Found::Ours(refund) => {
            make::settle(shop, &refund, answer).await?;
            Ok("refund_settled")
        }
        Found::Nothing => Ok("refund_known"),
        Found::Foreign => Ok(Settled::Foreign.code()),
        Found::Odd(order, note) => {
            let oddity = Oddity {
                kind: "refunded_at_stripe",
                object: &answer.id,
                payment_intent: answer.payment_intent.as_deref(),
                order: Some(order.into()),
                amount_minor: Some(answer.amount_minor),
                currency: Some(&answer.currency),
                note: note.to_owned(),
            };
            inbox::keep(shop, &oddity).await?;
            Ok(Settled::Quarantined.code())
        }
    }
}

async fn find(conn: &mut Conn, answer: &RefundAnswer, now: DateTime<Utc>) -> Result<Found, DbError> {
    let intent = answer.payment_intent.as_deref().unwrap_or_default();
    let Some(payment) = store::payment_by_intent(conn, intent).await? else { return Ok(Found::Foreign) };
    let order = orders::store::lock(conn, payment.order.into()).await?.ok_or(DbError::NotFound)?;
    if let Some(known) = store::by_stripe(conn, &answer.id).await? {
        return Ok(Found::Ours(Box::new(known)));
    }
    if matches!(answer.state, RefundState::Failed(_)) {
        return Ok(Found::Nothing);
    }
    // What Stripe would not give back for us, a person may have given back there.
    if let Some(failed) = store::failed_of(conn, payment.id, answer.amount_minor).await? {
        store::made_by_hand(conn, failed, &answer.id, now).await?;
        return Ok(found(store::find_refund(conn, failed).await?, order.id));
    }
    if store::was_settled_otherwise(conn, payment.id, answer.amount_minor).await? {
        return Ok(Found::Odd(order.id, PAID_TWICE));
    }
    if !payment.for_order {
        return Ok(Found::Odd(order.id, TOO_MUCH));
    }
    match record(conn, &order, &payment, answer, now).await? {
        Some(id) => Ok(found(store::find_refund(conn, id).await?, order.id)),
        None => Ok(Found::Odd(order.id, TOO_MUCH)),
    }
}

fn found(refund: Option<RefundRow>, order: Uuid) -> Found {
    refund.map_or(Found::Odd(order, TOO_MUCH), |refund| Found::Ours(Box::new(refund)))
}

/// Puts it on record. None: it gives back more than is left.
async fn record(
    conn: &mut Conn,
    order: &OrderRow,
    payment: &RefundedPayment,
    answer: &RefundAnswer,
    now: DateTime<Utc>,
) -> Result<Option<RefundId>, DbError> {
    let lines = orders::store::lines(conn, order.key()).await?;
    let quoted: Vec<_> = lines.iter().map(|line| line.quoted()).collect();
    let left = refund::paid(&quoted).less(store::given_back(conn, order.key()).await?);
    let Ok(parts) = left.amount(answer.amount_minor) else { return Ok(None) };
    let taken = if parts.total() == left.total() { good_tickets(conn, order).await? } else { Vec::new() };
    let id = RefundId::generate();
    let refund = NewRefund {
        id: id.uuid(),
        payment_id: Some(payment.id),
        order_id: order.id,
        scope: if taken.is_empty() { "amount" } else { "order" },
        amount_minor: parts.total(),
        fees_minor: parts.fees_minor,
        tax_minor: parts.tax_minor,
        currency: &order.currency,
        reason: REASON,
        state: if taken.is_empty() { "pending" } else { "asked" },
        key: Some(&format!("stripe:{}", answer.id)),
        // The money is gone already: the door can only mark who is inside. It is waited for a while all the same, see `go_on`.
        anyway: true,
        next_try_at: now,
        created_at: now,
    };
    store::insert(conn, &refund, &taken).await?;
    store::refund_later(conn, id, Some(&answer.id), "made at Stripe", now).await?;
    Ok(Some(id))
}

/// The tickets of an order that no refund takes back yet.
async fn good_tickets(conn: &mut Conn, order: &OrderRow) -> Result<Vec<Uuid>, DbError> {
    let mut good = Vec::new();
    for ticket in tickets::of_order(conn, order.key()).await? {
        if decide::is_live(&ticket) && !store::takes(conn, ticket.id.into()).await? {
            good.push(ticket.id);
        }
    }
    Ok(good)
}
