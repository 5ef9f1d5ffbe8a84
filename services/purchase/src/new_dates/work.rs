//! The worker that has everybody written to who holds tickets of a night that has a new date.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use messages::purchase::v1::mail_asked::About;
use messages::purchase::v1::{Buyer, Found, MailAsked, NewDate};
use uuid::Uuid;

use super::store::{self, Held, Open};
use crate::{Shop, guest_list};

/// New dates of one round.
const DATES: i64 = 20;
/// Addresses of one of them in one round.
const AT_ONCE: i64 = 100;
/// What one mail names: a message has to stay small.
const MOST_IN_A_MAIL: usize = 50;

/// Goes on with every new date whose turn has come; says how much was done. One that can't be gone on with says why, and waits by itself.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let dates = store::due(&mut *shop.db.conn().await?, now, DATES).await?;
    let mut done = 0;
    for id in dates {
        match go_on(shop, id, now).await {
            Ok(some) => done += some,
            Err(error) => {
                tracing::error!(%error, new_date = %id, "the guests of a night with a new date could not be told; it is tried again");
                store::failed(&mut *shop.db.conn().await?, id, &error.to_string(), now).await?;
            }
        }
    }
    if done > 0 {
        shop.bus.wake_relay();
    }
    Ok(done)
}

/// Has the guest list follow, and asks for the next mails. The list comes first: the mail leads to its tickets.
async fn go_on(shop: &Shop, id: Uuid, now: DateTime<Utc>) -> Result<usize, DbError> {
    let followed =
        shop.db.transaction(async |conn| guest_list::new_date::follow(conn, id, now).await).await?;
    let told = shop.db.transaction(async |conn| tell(shop, conn, id, now).await).await?;
    Ok(told + usize::from(followed))
}

async fn tell(shop: &Shop, conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<usize, DbError> {
    let Some(open) = store::open(conn, id).await? else { return Ok(0) };
    // Called off since: that is what its guests are told.
    let on = open.status == "published" && open.ends_at > now;
    let held =
        if on { store::holders(conn, open.event_id, &open.reached, AT_ONCE).await? } else { Vec::new() };
    let Some(last) = held.last() else {
        store::finish(conn, open.id, now).await?;
        tracing::info!(event = %open.event_id, "everybody who holds tickets is told of the new date");
        return Ok(0);
    };
    let mails: Vec<MailAsked> =
        held.chunk_by(|one, next| one.guest == next.guest).map(|held| mail(shop, &open, held, now)).collect();
    bus::outbox::add_all(conn, &mails, now).await?;
    store::reach(conn, open.id, &last.guest, i64::try_from(mails.len()).unwrap_or(i64::MAX)).await?;
    Ok(mails.len())
}

/// The mail to one address, about all that it holds. Its id is the new date's and the address': it is one, whatever happens.
fn mail(shop: &Shop, open: &Open, held: &[Held], now: DateTime<Utc>) -> MailAsked {
    let first = held.first();
    let text = |of: fn(&Held) -> &String| first.map(of).cloned().unwrap_or_default();
    MailAsked {
        mail_id: Uuid::new_v5(&open.id, text(|held| &held.guest).as_bytes()).to_string(),
        recipient: Some(Buyer {
            name: text(|held| &held.name),
            email: text(|held| &held.email),
            language: text(|held| &held.language),
        }),
        about: Some(About::NewDate(NewDate {
            new_date_id: open.id.to_string(),
            from_starts_at: messages::millis(open.from_starts_at),
            note: open.note.clone(),
            found: held.iter().take(MOST_IN_A_MAIL).map(|held| found(shop, open, held)).collect(),
        })),
        asked_at: messages::millis(now),
    }
}

fn found(shop: &Shop, open: &Open, held: &Held) -> Found {
    Found {
        order_id: held.order_id.to_string(),
        reference: held.reference.clone(),
        event_id: open.event_id.to_string(),
        event_title: open.title.clone(),
        starts_at: messages::millis(open.starts_at),
        ends_at: messages::millis(open.ends_at),
        time_zone: open.time_zone.clone(),
        tickets: held.tickets,
        url: held.ticket.map_or_else(
            || shop.links.url_of(held.order_id.into(), &held.reference),
            |ticket| shop.links.ticket_url(ticket.into()),
        ),
        paid: held.paid,
        given: held.ticket.is_some(),
    }
}
