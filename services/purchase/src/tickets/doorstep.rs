//! Whether a ticket may be changed or exchanged on a night whose doors were open and are to open later now: `entry_from` says that
//! nobody is inside, and somebody may be. Then the door's word counts, and nothing else.
//!
//! The door is asked before the transaction that decides ([`ask`]), and what it says is written down; the decision reads that, under
//! the ticket's row ([`fixed`]). No lock is held while another service thinks, and the word still stands when a payment comes
//! minutes later: since the doors shut, nobody comes in. A payment that comes after the doors have shut, for an order of before they
//! opened, finds no word: it is undone, the door is asked, and it begins again ([`is_due`]).

mod store;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::ids::{OrderId, TicketId};
use domain::ticket::{Fixed, after_the_doors};

use crate::Shop;
use crate::catalog::store::EventRow;

/// How long a payment asks a door that says nothing, and with what pause: longer than gates take to go by a new time.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);
const BETWEEN_ASKING: std::time::Duration = std::time::Duration::from_secs(1);

/// Asks the door about a ticket and writes down what it says; nothing where the doors were never open, or are. A door that does not
/// answer, or has not heard of it all yet, has said nothing: `false`.
pub(crate) async fn ask(shop: &Shop, ticket: TicketId) -> Result<bool, DbError> {
    let now = shop.clock.now();
    let night = store::shut(&mut *shop.db.conn().await?, ticket.uuid(), now).await?;
    let Some(night) = night else { return Ok(true) };
    let word = shop.doors.look(night.event, ticket.uuid(), night.revision).await;
    if let Some(inside) = word {
        store::note(&mut *shop.db.conn().await?, ticket.uuid(), night.revision, inside, now).await?;
    }
    Ok(word.is_some())
}

/// Asks until the door has said something, ten seconds at most: for a payment, which has come once. Gates take a moment to go by a
/// new time, and until then the door says nothing; a door that hangs does not keep the payments behind this one waiting.
pub(crate) async fn ask_again(shop: &Shop, ticket: TicketId) -> Result<(), DbError> {
    let asking = async {
        let mut look = tokio::time::interval(BETWEEN_ASKING);
        loop {
            look.tick().await;
            if ask(shop, ticket).await? {
                return Ok(());
            }
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or(Ok(()))
}

/// Whether the door has not said of a ticket that nobody is inside with it, on a night whose doors shut again.
pub(crate) async fn is_due(conn: &mut Conn, ticket: TicketId, now: DateTime<Utc>) -> Result<bool, DbError> {
    Ok(store::shut(conn, ticket.uuid(), now).await?.is_some())
}

/// Why a ticket stays as it is, as far as that depends on the door's word; none where it does not, or says that nobody is inside.
pub(crate) async fn fixed(
    conn: &mut Conn,
    event: &EventRow,
    ticket: TicketId,
) -> Result<Option<Fixed>, DbError> {
    let Some(revision) = event.shut_revision else { return Ok(None) };
    let word = store::word(conn, ticket.uuid(), revision).await?;
    Ok(after_the_doors(word).err())
}

/// The tickets of an order with which somebody is inside, as the door last said: it is not asked again for a page.
pub(crate) async fn inside(conn: &mut Conn, order: OrderId) -> Result<Vec<store::Inside>, DbError> {
    store::inside(conn, order.uuid()).await
}
