//! Somebody asked to be forgotten (GDPR, article 17). What the books need stays in them without a name; who bought is kept apart for
//! as long as the law asks, where this service can't read it.
//!
//! An order is forgotten once nothing needs its buyer: its night is over, and no money is on its way back or disputed. Until then the
//! address stays in [`super::store::ask_erasure`]'s row, and guests still get in and get their money back.

use bus::dead_letters;
use chrono::TimeDelta;
use db::{Conn, DbError};
use domain::ids::OrderId;

use super::erase_store::{self, Forgotten};
use crate::{Shop, reservations, tickets};

/// How long an invoice's record is kept: the longest of the usual national periods (six to ten years); the club's accountant
/// decides per country.
const BOOKS_KEEP: TimeDelta = TimeDelta::days(10 * 366);
/// People in one round.
const ROUND: i64 = 20;

/// Forgets whoever can be forgotten. Gives how many orders that took.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let open = erase_store::open(&mut *shop.db.conn().await?, ROUND, shop.clock.now()).await?;
    let mut done = 0;
    for person in open {
        done += shop
            .db
            .transaction(async |conn| {
                let orders = erase_store::hold_orders(conn, &person, shop.clock.now()).await?;
                for order in &orders {
                    forget_order(shop, conn, *order).await?;
                }
                erase_store::forget_person(conn, &person).await?;
                let (account, email) = (person.account_id.to_string(), person.email.as_deref());
                dead_letters::forget(conn, &account, email, shop.clock.now()).await?;
                received(shop, conn, &person).await?;
                erase_store::close_if_done(conn, &person).await?;
                Ok::<_, DbError>(orders.len())
            })
            .await?;
    }
    // Rows of people who still have a night to come wait for the next round.
    if done > 0 {
        tracing::info!(orders = done, "buyers forgotten");
    }
    Ok(0)
}

/// One order without its buyer: archived, then replaced.
async fn forget_order(shop: &Shop, conn: &mut Conn, order: OrderId) -> Result<(), DbError> {
    let now = shop.clock.now();
    erase_store::archive(conn, order.uuid(), now, now + BOOKS_KEEP).await?;
    erase_store::forget_order(conn, order.uuid()).await?;
    reservations::forget::forget(conn, order.uuid(), now).await?;
    let own = erase_store::own_tickets(conn, order.uuid()).await?;
    nameless(shop, conn, own).await
}

/// Tickets that others passed on to them.
async fn received(shop: &Shop, conn: &mut Conn, person: &Forgotten) -> Result<(), DbError> {
    let tickets = erase_store::received(conn, person, shop.clock.now()).await?;
    nameless(shop, conn, tickets).await
}

/// Takes the names off tickets; the door hears of it.
async fn nameless(shop: &Shop, conn: &mut Conn, ids: Vec<uuid::Uuid>) -> Result<(), DbError> {
    let now = shop.clock.now();
    for (mut row, reference) in tickets::store::all(conn, ids).await? {
        row.holder_name.clear();
        row.birth_date = None;
        row.buyer_email_hash.clear();
        row.revision += 1;
        row.changed_at = now;
        erase_store::nameless(conn, row.id, row.revision, now).await?;
        bus::outbox::add(conn, &tickets::changed(&row, &reference), now).await?;
    }
    Ok(())
}
