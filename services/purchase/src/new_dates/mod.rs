//! A night gets a new date: its tickets stay good, and whoever holds some is written to, once.
//!
//! It begins with the snapshot that says so ([`start`], in the transaction that takes it over). The worker ([`work`]) goes through
//! the holders by their addresses, some at a time, and asks for a mail to each in the transaction that writes down how far it is.
//! Who has several orders, or tickets that friends passed on, gets one mail with all of them. Where the desk changed the beginning in
//! silence, since it had not heard of the tickets yet, their holders are told all the same ([`unannounced`]).

mod store;
pub(crate) mod work;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use messages::marketing_admin::v1::EventNewDate;
use uuid::Uuid;

use crate::catalog::store::EventRow;

pub(crate) use store::{Known, NewDate};

/// Puts on record that a night has a new date. One that is known changes nothing; an earlier one that is still being told is
/// told no further: its date is no longer the night's. `true`: it is news.
pub(crate) async fn start(
    conn: &mut Conn,
    event: Uuid,
    new_date: &NewDate,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let news = store::start(conn, event, new_date, now).await?;
    if news {
        tracing::warn!(%event, "a night has a new date: its guests are told");
    }
    Ok(news)
}

/// A night on sale begins at another time than before, and no new date says so. The desk refuses that where it knows of guests with
/// tickets; it may have heard of the latest too late.
pub(crate) async fn unannounced(
    conn: &mut Conn,
    before: &EventRow,
    night: &EventRow,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    // To the minute, as the desk's form has it.
    let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
    let same = minute(before.starts_at) == minute(night.starts_at);
    if same || before.status != "published" || before.ends_at <= now {
        return Ok(());
    }
    if store::has_holders(conn, night.id).await? {
        let new_date = NewDate {
            id: Uuid::new_v5(&night.id, format!("revision {}", night.revision).as_bytes()),
            from_starts_at: before.starts_at,
            note: String::new(),
        };
        start(conn, night.id, &new_date, now).await?;
    }
    Ok(())
}

/// When a night was to begin as a guest knew it who ordered at an instant; none where it has had no new date since.
pub(crate) async fn known(
    conn: &mut Conn,
    event: Uuid,
    ordered_at: DateTime<Utc>,
) -> Result<Option<Known>, DbError> {
    store::known(conn, event, ordered_at).await
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
