//! The door's word that comes after the money. A refund that went past a silent door ("anyway") has left the places of its tickets
//! taken, as somebody may be inside. The door is asked again until it has spoken, or the night is over: then the places of
//! those who did not come in are free, for whoever waits in line.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use futures::StreamExt;
use uuid::Uuid;

use super::door::Word;
use super::store::{self, RefundRow};
use crate::tickets::store as tickets;
use crate::{Shop, catalog, inventory, orders, reservations};

/// Between two questions to the door, the first of which was not answered: nobody waits for the money any more.
pub(super) const ASK_AGAIN: TimeDelta = TimeDelta::seconds(30);
/// Doors asked side by side. A round takes no more than that.
const AT_ONCE: usize = 8;

/// Asks about all refunds whose turn has come; says how many there were.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let claim =
        async |conn: &mut Conn| store::claim_unheard(conn, now, now + ASK_AGAIN, AT_ONCE as i64).await;
    let due = shop.db.transaction(claim).await?;
    futures::stream::iter(&due)
        .for_each_concurrent(AT_ONCE, async |refund| {
            if let Err(error) = ask(shop, refund, now).await {
                tracing::warn!(%error, refund = %refund.id, "the door's late word could not be heard; it is asked again");
            }
        })
        .await;
    Ok(due.len())
}

async fn ask(shop: &Shop, refund: &RefundRow, now: DateTime<Utc>) -> Result<(), DbError> {
    let mut conn = shop.db.conn().await?;
    let order = orders::store::find(&mut conn, refund.order()).await?.ok_or(DbError::NotFound)?;
    let event = catalog::store::event(&mut conn, order.event_id).await?.ok_or(DbError::NotFound)?;
    let taken = store::tickets_of(&mut conn, refund.key()).await?;
    drop(conn);
    let taken: Vec<Uuid> = taken.into_iter().map(|(ticket, _)| ticket.uuid()).collect();
    // Nobody comes in any more: what the door does not say now, it never will.
    let inside = if event.ends_at <= now {
        None
    } else {
        match shop.doors.ask(refund, order.event_id, &taken).await {
            Word::Revoked(inside) | Word::Inside(inside) => {
                Some(inside.into_iter().map(|one| one.ticket).collect::<Vec<Uuid>>())
            }
            Word::Silent => return Ok(()),
        }
    };
    shop.db.transaction(async |conn| free(conn, refund, &taken, inside.as_deref(), now).await).await
}

/// Frees the places of the tickets whose guests are not inside. `inside`: none where the door was not asked any more.
async fn free(
    conn: &mut Conn,
    refund: &RefundRow,
    taken: &[Uuid],
    inside: Option<&[Uuid]>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let order = orders::store::lock(conn, refund.order()).await?.ok_or(DbError::NotFound)?;
    if !store::heard(conn, refund.key()).await? {
        return Ok(());
    }
    if let Some(inside) = inside {
        store::note_inside(conn, refund.key(), inside).await?;
    }
    let stays = |ticket: &Uuid| inside.is_some_and(|inside| inside.contains(ticket));
    let mut freed = Vec::new();
    for mut ticket in tickets::of_order(conn, order.key()).await? {
        if ticket.place_freed || !taken.contains(&ticket.id) || stays(&ticket.id) {
            continue;
        }
        ticket.place_freed = true;
        tickets::set_state(conn, &ticket).await?;
        freed.push(ticket.order_line_id);
    }
    if !freed.is_empty() && order.state == "paid" {
        Box::pin(reservations::follow::fewer(conn, &order, now)).await?;
    }
    tracing::info!(refund = %refund.id, places = freed.len(), "the door has spoken after the money: places are free");
    inventory::store::take_back(conn, &freed).await
}
