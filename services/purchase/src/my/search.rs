//! The worker that looks for what belongs to an address, and asks for the mail.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{Buyer, Found, MailAsked, OrdersFound};

use super::store::{self, FoundRow, Search};
use super::{MAILS_PER_GUEST, WINDOW};
use crate::Shop;

/// Searches in one transaction.
const ROUND: i64 = 20;

/// Does the next searches. Gives how many.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let done = shop
        .db
        .transaction(async |conn| {
            // One process at a time: the count of an address' mails is exact.
            if !store::my_turn(conn).await? {
                return Ok(0);
            }
            let searches = store::to_do(conn, ROUND).await?;
            for search in &searches {
                let mailed = answer(shop, conn, search, now).await?;
                store::done(conn, search.id, mailed, now).await?;
            }
            Ok::<_, DbError>(searches.len())
        })
        .await?;
    Ok(done)
}

/// Asks for the mail, if there is something to say and the address has not had enough of it.
async fn answer(shop: &Shop, conn: &mut Conn, search: &Search, now: DateTime<Utc>) -> Result<bool, DbError> {
    if store::mails_to(conn, &search.guest, now - WINDOW).await? >= MAILS_PER_GUEST {
        return Ok(false);
    }
    let rows = store::coming(conn, &search.guest, now).await?;
    let Some(first) = rows.first() else { return Ok(false) };
    let message = MailAsked {
        mail_id: search.id.to_string(),
        // To the address as it was given with the order, not to how a stranger spelled it.
        recipient: Some(Buyer {
            name: String::new(),
            email: first.email.clone(),
            language: search.language.clone(),
        }),
        about: Some(About::Found(OrdersFound { found: rows.iter().map(|row| found(shop, row)).collect() })),
        asked_at: messages::millis(now),
    };
    bus::outbox::add(conn, &message, now).await?;
    Ok(true)
}

fn found(shop: &Shop, row: &FoundRow) -> Found {
    Found {
        order_id: row.order_id.to_string(),
        reference: row.reference.clone(),
        event_id: row.event_id.to_string(),
        event_title: row.title.clone(),
        starts_at: messages::millis(row.starts_at),
        ends_at: messages::millis(row.ends_at),
        time_zone: row.time_zone.clone(),
        tickets: row.tickets,
        url: row.ticket.map_or_else(
            || shop.links.url_of(row.order_id.into(), &row.reference),
            |ticket| shop.links.ticket_url(ticket.into()),
        ),
        ..Found::default()
    }
}
