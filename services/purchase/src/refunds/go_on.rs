//! From `asked` to Stripe, or back: what the door's word means for a refund. Called by the request that asked, and by the
//! worker for a refund whose request died or whose door was silent.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use domain::ids::TicketId;
use domain::refund::{Reason, State};
use settings::crash;
use uuid::Uuid;

use super::door::{Inside, Word};
use super::late_word;
use super::store::{self, RefundRow};
use crate::orders::store::OrderRow;
use crate::tickets::changed;
use crate::tickets::store as tickets;
use crate::{Shop, exchanges, inventory, orders, reservations};

/// Between two questions to a silent door.
const ASK_AGAIN: TimeDelta = TimeDelta::seconds(3);
/// How long a silent door is waited for where the money went back at Stripe: nobody is in a hurry, and without its word no place is
/// free again.
const AT_STRIPE_WAITS: TimeDelta = TimeDelta::minutes(5);

/// What became of an asked refund.
#[derive(Debug)]
pub(super) enum Gone {
    /// It is on its way; these guests had come in.
    On(Vec<Inside>),
    /// These guests are inside: it was withdrawn.
    Withdrawn(Vec<Inside>),
    /// The door has not answered.
    Waiting,
}

/// Asks the door and acts on its word.
pub(super) async fn go_on(shop: &Shop, refund: &RefundRow) -> Result<Gone, DbError> {
    let mut conn = shop.db.conn().await?;
    let wanted: Vec<Uuid> =
        store::tickets_of(&mut conn, refund.key()).await?.into_iter().map(|(id, _)| id.uuid()).collect();
    let order = orders::store::find(&mut conn, refund.order()).await?.ok_or(DbError::NotFound)?;
    drop(conn);
    let word = if wanted.is_empty() {
        Word::Revoked(Vec::new())
    } else {
        shop.doors.ask(refund, order.event_id, &wanted).await
    };
    crash::point("R2");
    let now = shop.clock.now();
    match word {
        Word::Silent if !refund.anyway || may_wait(refund, now) => {
            let mut conn = shop.db.conn().await?;
            store::refund_later(&mut conn, refund.key(), None, "the door has not answered", now + ASK_AGAIN)
                .await?;
            Ok(Gone::Waiting)
        }
        Word::Silent => let_go(shop, refund, None, now).await.map(|()| Gone::On(Vec::new())),
        Word::Revoked(inside) => {
            let_go(shop, refund, Some(&inside), now).await?;
            Ok(Gone::On(inside))
        }
        Word::Inside(inside) => {
            withdraw(shop, refund, &inside, now).await?;
            Ok(Gone::Withdrawn(inside))
        }
    }
}

/// Whether nobody at the desk has to be heard before the door.
fn may_wait(refund: &RefundRow, now: DateTime<Utc>) -> bool {
    refund.reason() == Some(Reason::AtStripe) && now < refund.created_at + AT_STRIPE_WAITS
}

/// The tickets are taken back and the money goes. `inside`: none where the door was silent; it is asked again, see [`late_word`].
async fn let_go(
    shop: &Shop,
    refund: &RefundRow,
    inside: Option<&[Inside]>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    shop.db
        .transaction(async |conn| {
            let mut order = orders::store::lock(conn, refund.order()).await?.ok_or(DbError::NotFound)?;
            let ask_again = inside.is_none().then(|| now + late_word::ASK_AGAIN);
            if !store::let_go(conn, refund.key(), ask_again, now).await? {
                return Ok(());
            }
            if let Some(inside) = inside {
                let ids: Vec<Uuid> = inside.iter().map(|one| one.ticket).collect();
                store::note_inside(conn, refund.key(), &ids).await?;
            }
            take_back(conn, refund, &mut order, now).await?;
            Ok::<_, DbError>(())
        })
        .await?;
    shop.bells.refunds.notify_one();
    shop.bus.wake_relay();
    Ok(())
}

/// The order's tickets of this refund are good no more, and the places of those who did not come in are free. An order
/// without a good ticket is refunded.
async fn take_back(
    conn: &mut Conn,
    refund: &RefundRow,
    order: &mut OrderRow,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let inside = store::tickets_of(conn, refund.key()).await?;
    let outside = |id: Uuid| inside.contains(&(TicketId::from_uuid(id), Some(false)));
    let taken = |id: Uuid| inside.iter().any(|(ticket, _)| ticket.uuid() == id);
    // An order whose money pays for a ticket that one of its own was exchanged for is not refunded.
    let mut live = exchanges::store::carried(conn, order.key()).await?.len();
    let mut freed = Vec::new();
    for mut ticket in tickets::of_order(conn, order.key()).await? {
        if !ticket.is_live() {
            continue;
        }
        if !taken(ticket.id) {
            live += 1;
            continue;
        }
        if refund.amount_minor > 0 { "refunded" } else { "cancelled" }.clone_into(&mut ticket.state);
        ticket.revision += 1;
        ticket.changed_at = now;
        ticket.place_freed = outside(ticket.id);
        if ticket.place_freed {
            freed.push(ticket.order_line_id);
        }
        tickets::set_state(conn, &ticket).await?;
        bus::outbox::add(conn, &changed(&ticket, &order.reference), now).await?;
    }
    // Another refund may have taken the last one before.
    if live == 0 && refund.scope != "amount" && order.state == "paid" {
        let refunded = order.state().refund(now).map_err(orders::illegal)?;
        orders::store::step(conn, order, refunded).await?;
        Box::pin(exchanges::back::first_payment(conn, order, refund, now)).await?;
    }
    if !freed.is_empty() && order.state == "paid" {
        Box::pin(reservations::follow::fewer(conn, order, now)).await?;
    }
    inventory::store::take_back(conn, &freed).await
}

/// Nothing happens: the guests are inside.
async fn withdraw(
    shop: &Shop,
    refund: &RefundRow,
    inside: &[Inside],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let ids: Vec<Uuid> = inside.iter().map(|one| one.ticket).collect();
    shop.db
        .transaction(async |conn| {
            orders::store::lock(conn, refund.order()).await?;
            if store::lock_state(conn, refund.key()).await? == Some(State::Asked) {
                store::note_inside(conn, refund.key(), &ids).await?;
                store::withdraw(conn, refund, now).await?;
            }
            Ok::<_, DbError>(())
        })
        .await
}
