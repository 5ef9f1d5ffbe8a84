//! The SQL of the door's words.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// A night whose doors shut again.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub(super) struct Shut {
    /// The night.
    #[diesel(sql_type = sql_types::Uuid)]
    pub event: Uuid,
    /// Its revision that shut them.
    #[diesel(sql_type = sql_types::BigInt)]
    pub revision: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = sql_types::Bool)]
    inside: bool,
}

/// The night of a ticket, if its doors shut again and the door has not said yet that nobody is inside with it. Who is inside may
/// turn out not to be: an entry by mistake is annulled at the door.
pub(super) async fn shut(conn: &mut Conn, ticket: Uuid, now: DateTime<Utc>) -> Result<Option<Shut>, DbError> {
    let found = diesel::sql_query(
        "SELECT e.id AS event, e.shut_revision AS revision FROM tickets t JOIN events e ON e.id = t.event_id
          WHERE t.id = $1 AND e.shut_revision IS NOT NULL AND e.entry_from > $2
            AND NOT EXISTS (SELECT FROM door_words w
                             WHERE w.ticket_id = t.id AND w.shut_revision = e.shut_revision AND NOT w.inside)",
    )
    .bind::<sql_types::Uuid, _>(ticket)
    .bind::<sql_types::Timestamptz, _>(now)
    .get_result(conn)
    .await;
    Ok(found.optional()?)
}

/// What the door said of a ticket since the doors shut: whether somebody is inside with it. None: nothing.
pub(super) async fn word(conn: &mut Conn, ticket: Uuid, revision: i64) -> Result<Option<bool>, DbError> {
    // Who was inside when they shut the time before is held to be so until the door says otherwise.
    let found: Option<Word> = diesel::sql_query(
        "SELECT inside FROM door_words WHERE ticket_id = $1 AND (shut_revision = $2 OR inside)",
    )
    .bind::<sql_types::Uuid, _>(ticket)
    .bind::<sql_types::BigInt, _>(revision)
    .get_result(conn)
    .await
    .optional()?;
    Ok(found.map(|word| word.inside))
}

/// Writes down what the door said; an answer to an older question changes nothing.
pub(super) async fn note(
    conn: &mut Conn,
    ticket: Uuid,
    revision: i64,
    inside: bool,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO door_words (ticket_id, shut_revision, inside, said_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (ticket_id) DO UPDATE
         SET shut_revision = excluded.shut_revision, inside = excluded.inside, said_at = excluded.said_at
         WHERE door_words.shut_revision <= excluded.shut_revision",
    )
    .bind::<sql_types::Uuid, _>(ticket)
    .bind::<sql_types::BigInt, _>(revision)
    .bind::<sql_types::Bool, _>(inside)
    .bind::<sql_types::Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// A ticket with which somebody is inside, as far as the door was asked.
#[derive(Debug, QueryableByName)]
pub(crate) struct Inside {
    #[diesel(sql_type = sql_types::Uuid)]
    pub ticket_id: Uuid,
    /// When the door said so.
    #[diesel(sql_type = sql_types::Timestamptz)]
    pub said_at: DateTime<Utc>,
}

/// Of an order's tickets, those with which somebody is inside.
pub(super) async fn inside(conn: &mut Conn, order: Uuid) -> Result<Vec<Inside>, DbError> {
    let inside = diesel::sql_query(
        "SELECT w.ticket_id, w.said_at FROM door_words w JOIN tickets t ON t.id = w.ticket_id
          WHERE t.order_id = $1 AND w.inside",
    )
    .bind::<sql_types::Uuid, _>(order)
    .load(conn)
    .await?;
    Ok(inside)
}
