//! A night is put on another date: its tickets stay good, and whoever holds some is written to, once.
//!
//! It begins with the snapshot that says so ([`start`], in the transaction that takes it over). The worker ([`work`]) goes through
//! the holders by their addresses, some at a time, and asks for a mail to each in the transaction that writes down how far it is.
//! Who has several orders, or tickets that friends passed on, gets one mail with all of them.

mod store;
pub(crate) mod work;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use messages::marketing_admin::v1::EventMove;
use uuid::Uuid;

pub(crate) use store::Move;

/// Puts on record that a night has another date. A move that is known changes nothing; an earlier one that is still being told is
/// told no further: its date is no longer the night's.
pub(crate) async fn start(
    conn: &mut Conn,
    event: Uuid,
    moved: &Move,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if store::start(conn, event, moved, now).await? {
        tracing::warn!(%event, "a night has another date: its guests are told");
    }
    Ok(())
}

impl Move {
    /// What a snapshot says of it; none where it can't be read.
    pub(crate) fn of(message: &EventMove) -> Option<Self> {
        Some(Self {
            id: message.move_id.parse().ok()?,
            from_starts_at: messages::instant(message.from_starts_at)?,
            note: message.note.clone(),
        })
    }
}
