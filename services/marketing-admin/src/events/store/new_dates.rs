//! SQL of nights that get a new date.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{BigInt, Bool, Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::event::new_date::Times;
use domain::event::terms::{EventTerms, TypeTerms};
use uuid::Uuid;

use super::json;

#[derive(diesel::QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    known: bool,
}

/// Whether a wish has given the event its date already.
pub async fn has_new_date(conn: &mut Conn, event: Uuid, id: Uuid) -> Result<bool, DbError> {
    let row: Known = diesel::sql_query(
        "SELECT EXISTS (SELECT FROM event_new_dates WHERE id = $1 AND event_id = $2) AS known",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(event)
    .get_result(conn)
    .await?;
    Ok(row.known)
}

/// Writes down that an event got a new date: from when, to when.
pub async fn add_new_date(
    conn: &mut Conn,
    id: Uuid,
    event: Uuid,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    note: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO event_new_dates (id, event_id, from_starts_at, to_starts_at, note, given_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(event)
    .bind::<Timestamptz, _>(from)
    .bind::<Timestamptz, _>(to)
    .bind::<Text, _>(note)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes an event's new times, one revision further.
pub async fn put_times(
    conn: &mut Conn,
    event: Uuid,
    times: &Times,
    terms: &EventTerms,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE events SET starts_at = $2, ends_at = $3, entry_from = $4, entry_until = $5, terms = $6,
                revision = revision + 1, changed_at = $7 WHERE id = $1",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Timestamptz, _>(times.starts_at)
    .bind::<Timestamptz, _>(times.ends_at)
    .bind::<Timestamptz, _>(times.entry_from)
    .bind::<Timestamptz, _>(times.entry_until)
    .bind::<Jsonb, _>(json(terms))
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Sales that end at a time of their own end that much later, or earlier; none after the night, and none before it begins.
pub async fn move_sales(
    conn: &mut Conn,
    event: Uuid,
    by: TimeDelta,
    ends_at: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE ticket_types
            SET sale_until = greatest(least(sale_until + make_interval(secs => $2), $3),
                                      coalesce(sale_from + interval '1 minute', '-infinity'))
          WHERE event_id = $1 AND sale_until IS NOT NULL AND withdrawn_at IS NULL",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<BigInt, _>(by.num_seconds())
    .bind::<Timestamptz, _>(ends_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes how a ticket type is sold, where times of its own moved along.
pub async fn put_type_terms(conn: &mut Conn, ticket_type: Uuid, terms: &TypeTerms) -> Result<(), DbError> {
    diesel::sql_query("UPDATE ticket_types SET terms = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(ticket_type)
        .bind::<Jsonb, _>(json(terms))
        .execute(conn)
        .await?;
    Ok(())
}
