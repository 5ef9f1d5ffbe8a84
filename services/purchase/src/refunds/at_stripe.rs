//! Refunds that were made in Stripe's dashboard: no decision of ours, and our money all the same. Each is put on record as if it had
//! been asked for here, with Stripe's id from the start: the books follow Stripe, and where nothing is left of an order its tickets
//! go the way of every refund, past the door ([`super::go_on`]).

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::RefundId;
use domain::refund::{self, Parts, Reason, State};
use uuid::Uuid;

use super::store::{self, NewRefund, RefundRow, RefundedPayment};
use super::{before, make};
use crate::orders::store::OrderRow;
use crate::payments::fulfil::Settled;
use crate::payments::inbox;
use crate::payments::store::Oddity;
use crate::payments::stripe::{RefundAnswer, RefundState};
use crate::tickets::store as tickets;
use crate::{Shop, credits, orders};

/// The kind of oddity that a refund is which gives back more than the books have left.
pub(crate) const ODD: &str = "refunded_at_stripe";

/// What a person is told of money that Stripe gave back although the club had paid it another way.
pub(super) const PAID_TWICE: &str =
    "Stripe gave back what staff had settled otherwise: the guest may have been paid twice";

/// What it turned out to be.
enum Found {
    /// A refund of ours, from now on or from before.
    Ours(Box<RefundRow>),
    /// It came to nothing before we heard of it.
    Nothing,
    /// Its payment is none of ours.
    Foreign,
    /// It gives back more than was left of this order, money that goes back anyway, or what the club has paid another way: a person
    /// looks at it.
    Odd(Uuid, String),
}

/// What became of a refund that a person says stands for some of ours.
#[derive(Debug)]
pub(crate) enum Replaced {
    /// It is on record, from now on or from before, in the place of these.
    Booked(Box<RefundRow>, Vec<Uuid>),
    /// It came to nothing: there is nothing to book.
    Nothing,
    /// It gives back more than is left together with all that failed.
    Exceeds,
}

/// Takes over what Stripe says about a refund that we did not ask for; says what came of it.
pub(crate) async fn take(shop: &Shop, answer: &RefundAnswer) -> Result<&'static str, DbError> {
    let now = shop.clock.now();
    match shop.db.transaction(async |conn| find(conn, answer, now).await).await? {
        Found::Ours(refund) => follow(shop, &refund, answer).await,
        Found::Nothing => Ok("refund_known"),
        Found::Foreign => Ok(Settled::Foreign.code()),
        Found::Odd(order, note) => {
            let oddity = Oddity {
                kind: ODD,
                object: &answer.id,
                payment_intent: answer.payment_intent.as_deref(),
                order: Some(order.into()),
                amount_minor: Some(answer.amount_minor),
                currency: Some(&answer.currency),
                note,
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
        let refund = store::find_refund(conn, failed).await?.ok_or(DbError::NotFound)?;
        return Ok(Found::Ours(Box::new(refund)));
    }
    if store::was_settled_otherwise(conn, payment.id, answer.amount_minor).await? {
        return Ok(Found::Odd(order.id, PAID_TWICE.to_owned()));
    }
    if !payment.for_order {
        return Ok(Found::Odd(
            order.id,
            "made at Stripe of a payment that goes back by itself, whole".to_owned(),
        ));
    }
    match record(conn, &order, &payment, answer, now).await? {
        Some(id) => Ok(Found::Ours(Box::new(store::find_refund(conn, id).await?.ok_or(DbError::NotFound)?))),
        None => Ok(Found::Odd(order.id, too_much(conn, &order, &payment, answer).await?)),
    }
}

/// Says for a person how much more than is left a refund gives back, and what it may stand for.
async fn too_much(
    conn: &mut Conn,
    order: &OrderRow,
    payment: &RefundedPayment,
    answer: &RefundAnswer,
) -> Result<String, DbError> {
    let left = money_left(conn, order).await?;
    let failed: i64 =
        store::all_failed_of(conn, payment.id).await?.iter().map(|refund| refund.money_minor()).sum();
    let said = |minor| before::amount(minor, &order.currency);
    let begins = format!(
        "order {}: {} went back at Stripe by hand, and the books have {} left",
        order.reference,
        said(answer.amount_minor),
        said(left)
    );
    Ok(if left + failed >= answer.amount_minor {
        format!("{begins} beside {} of refunds that failed. If it is that money, settle this", said(failed))
    } else {
        format!(
            "{begins} and {} of refunds that failed. Look at the payment's refunds at Stripe",
            said(failed)
        )
    })
}

/// A person says that a refund found at Stripe is the money of refunds of ours that failed: as many of them as it needs are
/// withdrawn, the first first, and it is put on record in their place.
pub(crate) async fn replace(
    conn: &mut Conn,
    answer: &RefundAnswer,
    now: DateTime<Utc>,
) -> Result<Replaced, DbError> {
    let intent = answer.payment_intent.as_deref().unwrap_or_default();
    let payment = store::payment_by_intent(conn, intent).await?.ok_or(DbError::NotFound)?;
    let order = orders::store::lock(conn, payment.order.into()).await?.ok_or(DbError::NotFound)?;
    if let Some(known) = store::by_stripe(conn, &answer.id).await? {
        return Ok(Replaced::Booked(Box::new(known), Vec::new()));
    }
    if matches!(answer.state, RefundState::Failed(_)) {
        return Ok(Replaced::Nothing);
    }
    if !payment.for_order {
        return Ok(Replaced::Exceeds);
    }
    let mut stands_for = Vec::new();
    for failed in store::all_failed_of(conn, payment.id).await? {
        if money_left(conn, &order).await? >= answer.amount_minor {
            break;
        }
        store::withdraw(conn, &failed, now).await?;
        stands_for.push(failed.id);
    }
    let Some(id) = record(conn, &order, &payment, answer, now).await? else { return Ok(Replaced::Exceeds) };
    store::replaced(conn, &stands_for, id, &answer.id).await?;
    let refund = store::find_refund(conn, id).await?.ok_or(DbError::NotFound)?;
    Ok(Replaced::Booked(Box::new(refund), stands_for))
}

/// Goes on with a refund that was put on record: past the door, or by Stripe's word on it.
pub(crate) async fn follow(
    shop: &Shop,
    refund: &RefundRow,
    answer: &RefundAnswer,
) -> Result<&'static str, DbError> {
    if refund.state() == State::Asked {
        shop.bells.refunds.notify_one();
        return Ok("refund_taken");
    }
    make::answered(shop, refund, answer).await?;
    Ok("refund_settled")
}

/// What is left of what paid an order, by its books.
async fn left(conn: &mut Conn, order: &OrderRow) -> Result<Parts, DbError> {
    let lines = orders::store::lines(conn, order.key()).await?;
    let quoted: Vec<_> = lines.iter().map(|line| line.quoted()).collect();
    Ok(refund::paid(&quoted).less(store::given_back(conn, order.key()).await?))
}

/// How much of that is money. What a credit paid, Stripe has not; and what went back as a credit is no longer owed in money.
async fn money_left(conn: &mut Conn, order: &OrderRow) -> Result<i64, DbError> {
    let money = credits::store::money_left(conn, order.key()).await?;
    Ok(left(conn, order).await?.total().min(money))
}

/// Puts it on record. None: it gives back more than is left.
async fn record(
    conn: &mut Conn,
    order: &OrderRow,
    payment: &RefundedPayment,
    answer: &RefundAnswer,
    now: DateTime<Utc>,
) -> Result<Option<RefundId>, DbError> {
    if answer.amount_minor > money_left(conn, order).await? {
        return Ok(None);
    }
    let left = left(conn, order).await?;
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
        reason: Reason::AtStripe.code(),
        state: if taken.is_empty() { State::Pending } else { State::Asked }.code(),
        key: Some(&format!("stripe:{}", answer.id)),
        // The money is gone already: the door can only mark who is inside. It is waited for a while all the same, see `go_on`.
        anyway: true,
        next_try_at: now,
        created_at: now,
        credit_minor: 0,
        as_credit: false,
    };
    store::insert(conn, &refund, &taken).await?;
    store::refund_later(conn, id, Some(&answer.id), "made at Stripe", now).await?;
    Ok(Some(id))
}

/// The tickets of an order that no refund takes back yet.
async fn good_tickets(conn: &mut Conn, order: &OrderRow) -> Result<Vec<Uuid>, DbError> {
    let mut good = Vec::new();
    for ticket in tickets::of_order(conn, order.key()).await? {
        if ticket.is_live() && !store::takes(conn, ticket.id.into()).await? {
            good.push(ticket.id);
        }
    }
    Ok(good)
}
