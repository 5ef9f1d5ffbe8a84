//! The worker: holds end, paid orders are taken back, and the night is done when nothing is left.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::{OrderId, RefundId};
use domain::refund;
use messages::purchase::v1::{Buyer, OrderRefunded, RefundReason, SettledHow};
use settings::crash;
use uuid::Uuid;

use super::store;
use crate::orders::store::OrderRow;
use crate::refunds::store::{self as refunds, NewRefund};
use crate::tickets::channel_of;
use crate::tickets::store::{self as tickets, TicketRow};
use crate::{Shop, credits, disputes, orders};

/// Orders of one round of a night.
const AT_ONCE: i64 = 50;

/// Goes on with all nights that are called off; says how many orders were taken back.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let nights = store::open(&mut *shop.db.conn().await?).await?;
    let mut taken = 0;
    for event in nights {
        match go_on(shop, event).await {
            Ok(some) => taken += some,
            Err(error) => {
                tracing::error!(%error, %event, "a called-off night could not be gone on with; it is tried again")
            }
        }
    }
    Ok(taken)
}

async fn go_on(shop: &Shop, event: Uuid) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let mut conn = shop.db.conn().await?;
    if store::end_holds(&mut conn, event, now).await? > 0 {
        shop.bells.sweep.notify_one();
    }
    if store::let_asked_go(&mut conn, event, now).await? > 0 {
        shop.bells.refunds.notify_one();
    }
    let orders = store::paid_orders(&mut conn, event, AT_ONCE).await?;
    drop(conn);
    let mut taken = 0;
    for order in &orders {
        match shop.db.transaction(async |conn| take_back(conn, *order, now).await).await {
            Ok(()) => taken += 1,
            // The others do not wait for it.
            Err(error) => {
                tracing::error!(%error, %order, "an order of a called-off night could not be taken back; it is tried again")
            }
        }
        crash::point("R3");
    }
    if !orders.is_empty() {
        shop.bells.refunds.notify_one();
        shop.bus.wake_relay();
        return Ok(taken);
    }
    let mut conn = shop.db.conn().await?;
    if store::progress(&mut conn, event).await?.is_some_and(|progress| progress.is_done()) {
        store::finish(&mut conn, event, now).await?;
        tracing::info!(%event, "a called-off night is done");
    }
    Ok(0)
}

/// All tickets of an order that are good, and all money that is left of it.
async fn take_back(conn: &mut Conn, id: OrderId, now: DateTime<Utc>) -> Result<(), DbError> {
    let Some(mut order) = orders::store::lock(conn, id).await? else { return Ok(()) };
    // A refund that waits for the door has its turn first.
    if order.state != "paid" || refunds::asked_of(conn, id).await?.is_some() {
        return Ok(());
    }
    if disputes::store::holds_money_of(conn, id).await? {
        return Ok(());
    }
    let live: Vec<TicketRow> =
        tickets::of_order(conn, id).await?.into_iter().filter(TicketRow::is_live).collect();
    let refunded = order.state().refund(now).map_err(orders::illegal)?;
    orders::store::step(conn, &mut order, refunded).await?;
    let ids: Vec<Uuid> = live.iter().map(|ticket| ticket.id).collect();
    let goes_back = give_back(conn, &order, &ids, now).await?;
    for mut ticket in live {
        if goes_back { "refunded" } else { "cancelled" }.clone_into(&mut ticket.state);
        ticket.revision += 1;
        ticket.changed_at = now;
        tickets::set_state(conn, &ticket).await?;
        bus::outbox::add(conn, &crate::tickets::changed(&ticket, &order.reference), now).await?;
    }
    if !goes_back {
        // There is no money whose return would tell the guest and the desk.
        let message = told(conn, &order, ids, now).await?;
        bus::outbox::add(conn, &message, now).await?;
    }
    Ok(())
}

/// Stores that all that is left of the order's payment goes back. `false`: nothing is.
async fn give_back(
    conn: &mut Conn,
    order: &OrderRow,
    tickets: &[Uuid],
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    // What was paid at the venue waits there: staff hand it back, and say so, when its guest comes.
    if order.at_venue() {
        return Ok(false);
    }
    let lines: Vec<_> =
        orders::store::lines(conn, order.key()).await?.iter().map(|line| line.quoted()).collect();
    let left = refund::paid(&lines).less(refunds::given_back(conn, order.key()).await?);
    if left.total() <= 0 {
        return Ok(false);
    }
    let credit_minor = credits::store::part_of(conn, order.key(), left.total()).await?;
    let money = credit_minor < left.total();
    let payment_id = if money { refunds::payment_of(conn, order.key()).await? } else { None };
    if money && payment_id.is_none() {
        return Ok(false);
    }
    let row = NewRefund {
        id: RefundId::generate().uuid(),
        payment_id,
        order_id: order.id,
        scope: "order",
        amount_minor: left.total(),
        fees_minor: left.fees_minor,
        tax_minor: left.tax_minor,
        currency: &order.currency,
        reason: refund::Reason::NightCancelled.code(),
        // The door needs not be asked: it lets nobody in to a night that is off.
        state: refund::State::Pending.code(),
        key: Some(&key(order)),
        anyway: true,
        next_try_at: now,
        created_at: now,
        credit_minor,
        as_credit: false,
    };
    refunds::insert(conn, &row, tickets).await?;
    Ok(true)
}

/// An order goes back once for the night, whatever happens.
fn key(order: &OrderRow) -> String {
    format!("night cancelled, {}", order.id)
}

/// What the desk and the guest hear of an order for which no money goes back by itself.
async fn told(
    conn: &mut Conn,
    order: &OrderRow,
    taken: Vec<Uuid>,
    now: DateTime<Utc>,
) -> Result<OrderRefunded, DbError> {
    let given_back = refunds::given_back(conn, order.key()).await?.total();
    let due = if order.at_venue() { order.total_minor - given_back } else { 0 };
    let sold = tickets::as_sold(conn, taken.clone()).await?;
    Ok(OrderRefunded {
        order_id: order.id.to_string(),
        revision: order.revision,
        reference: order.reference.clone(),
        event_id: order.event_id.to_string(),
        refund_id: Uuid::new_v5(&order.id, b"night cancelled").to_string(),
        currency: order.currency.clone(),
        amount_minor: 0,
        ticket_ids: sold.iter().map(Uuid::to_string).collect(),
        reason: RefundReason::NightCancelled.into(),
        buyer: Some(Buyer {
            name: order.buyer_name.clone(),
            email: order.buyer_email.clone(),
            language: order.language.clone(),
        }),
        refunded_at: messages::millis(now),
        channel: channel_of(order).into(),
        due_at_venue_minor: due,
        credit_minor: 0,
        credit_code: String::new(),
        credit_until: 0,
        lost: tickets::lost(conn, taken).await?,
        settled_how: SettledHow::Unspecified.into(),
        waitlist_url: String::new(),
        instead_url: String::new(),
    })
}
