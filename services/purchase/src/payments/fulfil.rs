//! What a session's state means for its order. One function, called by everybody who learns of it, in any order and
//! as often as they like.

mod no_order;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::{OrderId, TicketId};
use domain::order::OrderState;
use domain::refund::Reason;
use settings::crash;
use uuid::Uuid;

use self::no_order::{call_off, mismatched, return_payment};
use super::store::{NewPayment, Oddity};
use super::{Session, SessionState, ledger, store};
use crate::orders::store::{LineRow, OrderRow};
use crate::tickets::{Paid, doorstep};
use crate::{Shop, catalog, credits, exchanges, inventory, orders, presales, promos, reservations};

/// What a session came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Its order is paid and its tickets are issued, now.
    Paid,
    /// Its money had been dealt with before.
    Known,
    /// Its money goes back: a late payment without room, a second payment, or a wrong amount.
    Returned,
    /// It is dead; the places are freed if the hold is over.
    Dead,
    /// It is neither paid nor dead.
    Waiting,
    /// It names an order that we do not have.
    Quarantined,
    /// It is not ours.
    Foreign,
}

impl Settled {
    /// For metrics and for the event's row.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Known => "known",
            Self::Returned => "returned",
            Self::Dead => "dead",
            Self::Waiting => "waiting",
            Self::Quarantined => "quarantined",
            Self::Foreign => "ignored_not_ours",
        }
    }
}

/// Turns what Stripe says about a session into our state.
pub async fn settle(shop: &Shop, session: &Session) -> Result<Settled, DbError> {
    let settled = match session.state {
        SessionState::Paid => fulfil(shop, session).await?,
        SessionState::Dead => bury(shop, session).await?,
        SessionState::NothingOwed => puzzle(shop, session).await?,
        SessionState::Processing => {
            store::money_on_its_way(&mut *shop.db.conn().await?, session).await?;
            Settled::Waiting
        }
        SessionState::Open => {
            if session.declined.is_some() {
                store::card_declined(&mut *shop.db.conn().await?, session).await?;
            }
            Settled::Waiting
        }
    };
    if settled == Settled::Returned {
        shop.bells.refunds.notify_one();
    }
    shop.metrics.settled(settled);
    Ok(settled)
}

/// A dead session frees its order's places, but only once the hold is over: until then the guest may try again.
async fn bury(shop: &Shop, session: &Session) -> Result<Settled, DbError> {
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            let Some(id) = session.order else { return Ok(Settled::Foreign) };
            let Some(mut order) = orders::store::lock(conn, id).await? else { return Ok(Settled::Foreign) };
            store::settle_session(conn, session, now).await?;
            store::card_declined(conn, session).await?;
            crash::point("P11");
            end_hold(conn, &mut order, now).await?;
            Ok::<_, DbError>(Settled::Dead)
        })
        .await
}

/// Ends the hold of a locked order, if it is over and nothing can be paid for it any more.
pub(super) async fn end_hold(
    conn: &mut Conn,
    order: &mut OrderRow,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let over = order.held_until <= now && store::open_attempt(conn, order.key()).await?.is_none();
    match order.state().expire(now) {
        Ok(expired) if over => {
            inventory::store::release(conn, order.key()).await?;
            orders::store::step(conn, order, expired).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// A session that asked for no money, which none of ours does: it buys nothing, and a person looks at it.
async fn puzzle(shop: &Shop, session: &Session) -> Result<Settled, DbError> {
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            let Some(id) = session.order else { return Ok(Settled::Foreign) };
            let Some(mut order) = orders::store::lock(conn, id).await? else { return Ok(Settled::Foreign) };
            store::settle_session(conn, session, now).await?;
            let note = format!("completed without payment; order: {} {}", order.total_minor, order.currency);
            store::quarantine(conn, &Oddity::session("amount_mismatch", session, Some(id), note), now)
                .await?;
            end_hold(conn, &mut order, now).await?;
            Ok::<_, DbError>(Settled::Quarantined)
        })
        .await
}

/// Why a fulfilment was rolled back.
enum Undone {
    Db(DbError),
    /// The night went off sale while the tickets were being written.
    NightChanged,
    /// Whether this ticket can be exchanged says the door, which has not been asked.
    DoorNotAsked(TicketId),
}

impl From<DbError> for Undone {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

impl From<diesel::result::Error> for Undone {
    fn from(error: diesel::result::Error) -> Self {
        Self::Db(error.into())
    }
}

async fn fulfil(shop: &Shop, session: &Session) -> Result<Settled, DbError> {
    let Some(id) = session.order else { return Ok(Settled::Foreign) };
    let mut asked = false;
    let (settled, given_up) = loop {
        match fulfil_once(shop, session, id, asked).await {
            Ok(settled) => break settled,
            Err(Undone::Db(error)) => return Err(error),
            Err(Undone::NightChanged) => {
                tracing::info!(order = %id, "the night changed under a payment: once more")
            }
            Err(Undone::DoorNotAsked(ticket)) => {
                // While nothing is locked, and for seconds: a door that says nothing then lets nothing go.
                asked = true;
                Box::pin(doorstep::ask_again(shop, ticket)).await?;
            }
        }
    };
    crash::point("P7");
    shop.bus.wake_relay();
    if given_up && settled == Settled::Paid {
        Box::pin(end_other(shop, id)).await?;
    }
    Ok(settled)
}

/// Ends the payment page of an order's next attempt, when the order was paid on the page of one that had been given up. What is paid
/// there in this very moment goes back.
async fn end_other(shop: &Shop, order: OrderId) -> Result<(), DbError> {
    let open = store::open_attempt(&mut *shop.db.conn().await?, order).await?;
    let Some(other) = open.and_then(|attempt| attempt.session_id) else { return Ok(()) };
    match shop.stripe.expire_session(&other).await {
        Ok(ended) => {
            bury(shop, &ended).await?;
        }
        Err(trouble) => tracing::warn!(%trouble, session = other, "a second payment page could not be ended"),
    }
    Ok(())
}

/// Also says whether the session's attempt had been given up. `asked`: the door, where it has a say.
async fn fulfil_once(
    shop: &Shop,
    session: &Session,
    id: OrderId,
    asked: bool,
) -> Result<(Settled, bool), Undone> {
    let now = shop.clock.now();
    shop.db
        .transaction(async |conn| {
            let Some(mut order) = orders::store::lock(conn, id).await? else {
                tracing::error!(session = session.id, order = %id, "a payment names an order that does not exist");
                let oddity = Oddity::session("unknown_order", session, None, format!("order {id}"));
                store::quarantine(conn, &oddity, now).await?;
                return Ok((Settled::Quarantined, false));
            };
            if store::payment_known(conn, &session.id).await? {
                return Ok((Settled::Known, false));
            }
            let given_up = store::settle_session(conn, session, now).await?;
            let settled = take_money(shop, conn, &mut order, session, asked, now).await?;
            crash::point("P6");
            Ok((settled, given_up))
        })
        .await
}

/// Decides what captured money is for. The order is locked and the session's money is new.
async fn take_money(
    shop: &Shop,
    conn: &mut Conn,
    order: &mut OrderRow,
    session: &Session,
    asked: bool,
    now: DateTime<Utc>,
) -> Result<Settled, Undone> {
    let intent = session.payment_intent.as_deref().unwrap_or(&session.id);
    let mut payment = NewPayment {
        id: Uuid::now_v7(),
        order_id: order.id,
        session_id: &session.id,
        payment_intent: intent,
        amount_minor: session.amount_minor,
        currency: &session.currency,
        purpose: "returned",
        captured_at: now,
        refunded_minor: session.amount_minor,
    };
    if session.amount_minor != order.total_minor || session.currency != order.currency {
        return Ok(mismatched(conn, order, session, &payment, now).await?);
    }
    let lines = orders::store::lines(conn, order.key()).await?;
    let night = catalog::store::published_until(conn, order.event_id).await?;
    let (on, over) = (night.is_some(), night.is_some_and(|ends| ends <= now));
    let stands = Box::pin(exchanges::hand_over::stands(conn, order, &lines, now)).await?
        && !reservations::cancel::was_called_off(conn, order).await?;
    if !stands
        && !asked
        && let Some(ticket) = exchanges::hand_over::door_has_a_say(conn, order, now).await?
    {
        return Err(Undone::DoorNotAsked(ticket));
    }
    let (next, held) = match order.state() {
        state @ (OrderState::Pending { .. } | OrderState::Expired { .. }) if !on => {
            call_off(conn, order, state, now).await?;
            return Ok(return_payment(conn, &payment, Reason::EventOffSale, now).await?);
        }
        // The night is over, and who pays now never comes in; or the ticket that it was to replace has gone another way, or its guest
        // may be inside with it; or the club has called the reservation of the table off.
        state @ (OrderState::Pending { .. } | OrderState::Expired { .. }) if over || !stands => {
            call_off(conn, order, state, now).await?;
            return Ok(return_payment(conn, &payment, Reason::LatePayment, now).await?);
        }
        state @ OrderState::Pending { .. } => (state.pay(now), true),
        state @ OrderState::Expired { .. } if still_room(conn, order, &lines, now).await? => {
            (state.pay_late(now), false)
        }
        state @ OrderState::Expired { .. } => {
            let refunded = state.refund_late(now).map_err(orders::illegal)?;
            orders::store::step(conn, order, refunded).await?;
            return Ok(return_payment(conn, &payment, Reason::LatePayment, now).await?);
        }
        OrderState::Paid { .. } | OrderState::Refunded { .. } => {
            return Ok(return_payment(conn, &payment, Reason::SecondPayment, now).await?);
        }
    };
    (payment.purpose, payment.refunded_minor) = ("order", 0);
    store::insert_payment(conn, &payment).await?;
    let entries = ledger::sale(&lines);
    ledger::book(conn, ledger::Source::Payment(payment.id), order.key(), &order.currency, &entries, now)
        .await?;
    orders::store::step(conn, order, next.map_err(orders::illegal)?).await?;
    let traceparent = telemetry::propagation::inject();
    let paid = Paid { order, lines: &lines, traceparent, admit_until: None };
    shop.metrics.issued(shop.issuer.issue(conn, &[paid], now).await?);
    Box::pin(exchanges::hand_over::hand_over(conn, order, now)).await?;
    sell(conn, order, held).await?;
    Ok(Settled::Paid)
}

/// Takes the places, last: payments of one night meet at its stock rows, and hold them for no more than this and the commit.
/// A change of the event locks the same rows before it writes, so what is read under them stays true until then; what was
/// read before them may have changed.
async fn sell(conn: &mut Conn, order: &OrderRow, held: bool) -> Result<(), Undone> {
    if held {
        inventory::store::sell_held(conn, order.key()).await?;
        promos::keep_with_credit(conn, order.key()).await?;
    } else {
        inventory::store::sell_free(conn, order.key()).await?;
    }
    let on = catalog::store::is_published(conn, order.event_id).await?;
    if on { Ok(()) } else { Err(Undone::NightChanged) }
}

/// The places of an order, by the limits they are taken from.
fn places(lines: &[LineRow]) -> BTreeMap<Uuid, i64> {
    let mut wanted: BTreeMap<Uuid, i64> = BTreeMap::new();
    for (limit, line) in lines.iter().flat_map(|line| line.stock_ids.iter().map(move |id| (*id, line))) {
        *wanted.entry(limit).or_default() += i64::from(line.places);
    }
    wanted
}

/// Late money takes free places while the night can still be sold.
async fn still_room(
    conn: &mut Conn,
    order: &OrderRow,
    lines: &[LineRow],
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let wanted = places(lines);
    // The rows are locked first: nobody takes the room in between, and the night stays as it is.
    Ok(inventory::store::has_room(conn, &wanted, now).await?
        // A table may have room and be another party's.
        && !Box::pin(reservations::store::table_is_gone(conn, order.id)).await?
        && catalog::store::is_sellable(conn, order.event_id, now).await?
        && promos::take_again(conn, order.key()).await?
        && credits::store::take_again(conn, order.key()).await?
        // Last, as the batch that takes orders has it: the promo's row before the code's key.
        && presales::take_again(conn, order.key(), now).await?)
}
