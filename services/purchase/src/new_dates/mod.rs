//! A night gets a new date: its tickets stay good, and whoever holds some is written to, once.
//!
//! It begins with the snapshot that says so ([`start`], in the transaction that takes it over). The worker ([`work`]) goes through
//! the holders by their addresses, some at a time, and asks for a mail to each in the transaction that writes down how far it is.
//! Who has several orders, or tickets that friends passed on, gets one mail with all of them.

mod store;
pub(crate) mod work;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use messages::marketing_admin::v1::EventNewDate;
use uuid::Uuid;

pub(crate) use store::NewDate;

/// Puts on record that a night has a new date. One that is known changes nothing; an earlier one that is still being told is
/// told no further: its date is no longer the night's.
pub(crate) async fn start(
    conn: &mut Conn,
    event: Uuid,
    new_date: &NewDate,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if store::start(conn, event, new_date, now).await? {
        tracing::warn!(%event, "a night has a new date: its guests are told");
    }
    Ok(())
}

impl NewDate {
    /// What a snapshot says of it; none where it can't be read.
    pub(crate) fn of(message: &EventNewDate) -> Option<Self> {
        Some(Self {
            id: message.new_date_id.parse().ok()?,
            from_starts_at: messages::instant(message.from_starts_at)?,
            note: message.note.clone(),
        })
    }
}
