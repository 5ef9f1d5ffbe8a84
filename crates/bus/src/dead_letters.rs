//! Messages given up, with the reason, until somebody mends the cause and replays them.

pub(crate) mod replay;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::dead_letters;

/// A query of letters that died before `$1` and are still dead: `reference` and `at`.
pub const OPEN: &str = "SELECT subject AS reference, died_at AS at FROM dead_letters WHERE replayed_at IS NULL AND died_at <= $1";

/// A message given up, as an operator sees it. Without its payload, which holds people's names.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, serde::Serialize, serde::Deserialize)]
#[diesel(table_name = dead_letters)]
pub struct DeadLetter {
    /// Its number here.
    pub id: i64,
    /// The consumer that gave up; `<service>_outbox` for a message of ours that NATS can never take.
    pub durable: String,
    /// The message's id.
    pub message_id: Uuid,
    /// Its subject.
    pub subject: String,
    /// When the stream got it.
    pub published_at: DateTime<Utc>,
    /// Why the last try failed.
    pub error: String,
    /// How many tries there were.
    pub attempts: i64,
    /// When it was given up.
    pub died_at: DateTime<Utc>,
    /// Set from the wish to replay it until the consumer has tried.
    pub replay_asked_at: Option<DateTime<Utc>>,
    /// When a replay succeeded, or what it said was forgotten.
    pub replayed_at: Option<DateTime<Utc>>,
}

#[derive(Insertable)]
#[diesel(table_name = dead_letters)]
pub(crate) struct Letter<'a> {
    pub durable: &'a str,
    pub message_id: Uuid,
    pub subject: &'a str,
    pub aggregate: Option<&'a str>,
    pub payload: &'a [u8],
    pub traceparent: Option<&'a str>,
    pub published_at: DateTime<Utc>,
    pub error: String,
    pub attempts: i64,
    pub died_at: DateTime<Utc>,
}

pub(crate) async fn keep(conn: &mut Conn, letter: &Letter<'_>) -> QueryResult<usize> {
    diesel::insert_into(dead_letters::table).values(letter).on_conflict_do_nothing().execute(conn).await
}

/// The letters of this service that are still dead, newest first.
pub async fn list(conn: &mut Conn, limit: i64) -> Result<Vec<DeadLetter>, DbError> {
    Ok(dead_letters::table
        .filter(dead_letters::replayed_at.is_null())
        .order(dead_letters::id.desc())
        .limit(limit)
        .select(DeadLetter::as_select())
        .load(conn)
        .await?)
}

/// How many are still dead.
pub async fn open(conn: &mut Conn) -> Result<i64, DbError> {
    Ok(dead_letters::table.filter(dead_letters::replayed_at.is_null()).count().get_result(conn).await?)
}

/// Asks for one letter to be tried again: the consumer that gave it up does so within a second or two of its being alive,
/// the relay within half a minute.
/// False if there is no such letter or it has been replayed.
pub async fn replay(conn: &mut Conn, id: i64, now: DateTime<Utc>) -> Result<bool, DbError> {
    let asked = diesel::update(dead_letters::table.find(id).filter(dead_letters::replayed_at.is_null()))
        .set(dead_letters::replay_asked_at.eq(now))
        .execute(conn)
        .await?;
    Ok(asked == 1)
}

/// Asks for all letters of this service to be tried again. Returns how many.
pub async fn replay_all(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::update(dead_letters::table.filter(dead_letters::replayed_at.is_null()))
        .set(dead_letters::replay_asked_at.eq(now))
        .execute(conn)
        .await?)
}

/// Forgets what letters say that tell about `aggregate`, or name somebody by `address`: whoever asked to be forgotten. They can't be tried
/// again and are dead no more: nobody is called for what nobody can mend. Gives how many.
///
/// An address is found where it is the whole of a text in a message, whatever the case of its letters: protobuf writes a text's
/// length before it, so that a longer address which holds this one is another one.
pub async fn forget(
    conn: &mut Conn,
    aggregate: &str,
    address: Option<&str>,
    now: DateTime<Utc>,
) -> Result<usize, DbError> {
    Ok(diesel::sql_query(
        "UPDATE dead_letters
            SET payload = '', error = 'erased', replay_asked_at = NULL, replayed_at = coalesce(replayed_at, $3)
          WHERE octet_length(payload) > 0
            AND (aggregate = $1
                 OR ($2 IS NOT NULL AND position(lower(encode($2, 'escape')) IN lower(encode(payload, 'escape'))) > 0))",
    )
    .bind::<Text, _>(aggregate)
    .bind::<Nullable<Binary>, _>(address.map(written))
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?)
}

/// A text as it stands in a message: its length, seven bits a byte, and itself.
fn written(text: &str) -> Vec<u8> {
    let (mut bytes, mut length) = (Vec::new(), text.len());
    while length > 0x7f {
        bytes.extend(u8::try_from(length & 0x7f).map(|low| low | 0x80));
        length >>= 7;
    }
    bytes.extend(u8::try_from(length));
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use messages::marketing_admin::v1::AccountChanged;
    use prost::Message;

    use super::written;

    #[test]
    fn a_text_is_found_as_a_message_holds_it() {
        for length in [1, 15, 127, 128, 254] {
            let email = "a".repeat(length);
            let message = AccountChanged { email: email.clone(), ..AccountChanged::default() };
            let (holds, needle) = (message.encode_to_vec(), written(&email));
            assert!(holds.windows(needle.len()).any(|part| part == needle), "{length}");
            let longer = AccountChanged { email: format!("b{email}"), ..AccountChanged::default() };
            assert!(!longer.encode_to_vec().windows(needle.len()).any(|part| part == needle), "{length}");
        }
    }
}
