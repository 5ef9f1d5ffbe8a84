//! The SQL of who waits for a table.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// Tables of one round.
const ROUND: i64 = 50;
/// How many parties are told of one freed table.
const TOLD_OF_ONE: i64 = 3;
/// A party is not told of the same table again before that: who holds one and lets it go, over and over, has them written to once.
const NOT_AGAIN: TimeDelta = TimeDelta::days(1);

/// Who has a table by now waits for none.
const STILL_WAITS: &str = "w.left_at IS NULL
    AND NOT EXISTS (SELECT FROM reservations r WHERE r.event_id = w.event_id
                     AND lower(r.booker_email) = lower(w.email) AND reservation_is_live(r.state))";

/// Who joins.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewEntry<'a> {
    pub event: Uuid,
    pub party: i32,
    pub name: &'a str,
    pub email: &'a str,
    pub language: &'a str,
    pub access_code: &'a str,
}

#[derive(QueryableByName)]
struct Fresh {
    #[diesel(sql_type = Bool)]
    fresh: bool,
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Who joins looks first whether a table is free, and who tells looks for who waits: here one waits for the other, so that nobody is
/// missed in between.
pub(super) async fn meet(conn: &mut Conn, event: Uuid) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('table waitlist ' || $1, 0))")
        .bind::<Text, _>(event.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts a party at the end of the line, or changes the one that waits under the same address: it keeps its place. Says whether it is new.
pub(super) async fn join(conn: &mut Conn, entry: &NewEntry<'_>, now: DateTime<Utc>) -> Result<bool, DbError> {
    let joined: Fresh = diesel::sql_query(
        "INSERT INTO table_waitlist AS w (id, event_id, party, name, email, language, access_code, joined_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (event_id, lower(email)) WHERE left_at IS NULL
         DO UPDATE SET party = excluded.party, name = excluded.name, language = excluded.language,
                       access_code = excluded.access_code
         RETURNING (w.xmax = 0) AS fresh",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(entry.event)
    .bind::<Integer, _>(entry.party)
    .bind::<Text, _>(entry.name)
    .bind::<Text, _>(entry.email)
    .bind::<Text, _>(entry.language)
    .bind::<Text, _>(entry.access_code)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(joined.fresh)
}

/// Whether somebody waits under an id still.
pub(super) async fn waits(conn: &mut Conn, id: Uuid) -> Result<bool, DbError> {
    let rows: Vec<Id> = diesel::sql_query("SELECT id FROM table_waitlist WHERE id = $1 AND left_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .load(conn)
        .await?;
    Ok(!rows.is_empty())
}

/// Ends the waiting. `false`: it was over.
pub(super) async fn leave(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    let left = diesel::sql_query("UPDATE table_waitlist SET left_at = $2 WHERE id = $1 AND left_at IS NULL")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(left == 1)
}

/// A table that came free.
#[derive(Debug, Clone, QueryableByName)]
pub(super) struct Freed {
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub table_id: Uuid,
}

/// Tables that came free and that nobody has been told of.
pub(super) async fn freed(conn: &mut Conn) -> Result<Vec<Freed>, DbError> {
    Ok(diesel::sql_query(
        "SELECT event_id, table_id FROM freed_tables WHERE worked_at IS NULL
          GROUP BY event_id, table_id ORDER BY min(freed_at), table_id LIMIT $1",
    )
    .bind::<BigInt, _>(ROUND)
    .load(conn)
    .await?)
}

/// Takes what is noted of a table into this transaction's hands, as done; one of the notes. `None`: another has it.
pub(super) async fn take(conn: &mut Conn, table: Uuid, now: DateTime<Utc>) -> Result<Option<Uuid>, DbError> {
    let notes: Vec<Id> = diesel::sql_query(
        "UPDATE freed_tables SET worked_at = $2 WHERE table_id = $1 AND worked_at IS NULL RETURNING id",
    )
    .bind::<SqlUuid, _>(table)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(notes.iter().map(|note| note.id).min())
}

/// A party that is told.
#[derive(Debug, Clone, QueryableByName)]
pub(super) struct Waiting {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Integer)]
    pub party: i32,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub language: String,
    #[diesel(sql_type = Text)]
    pub access_code: String,
}

/// Whose turn it is to hear of a table, the first who joined first; locked.
pub(super) async fn next(
    conn: &mut Conn,
    freed: &Freed,
    seats: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Waiting>, DbError> {
    let next = format!(
        "SELECT w.id, w.party, w.name, w.email, w.language, w.access_code FROM table_waitlist w
          WHERE w.event_id = $1 AND w.party <= $2 AND {STILL_WAITS}
            AND NOT EXISTS (SELECT FROM table_waitlist_told t
                             WHERE t.entry_id = w.id AND t.table_id = $3 AND t.told_at > $4)
          ORDER BY w.place LIMIT $5 FOR UPDATE OF w"
    );
    Ok(diesel::sql_query(next)
        .bind::<SqlUuid, _>(freed.event_id)
        .bind::<BigInt, _>(seats)
        .bind::<SqlUuid, _>(freed.table_id)
        .bind::<Timestamptz, _>(now - NOT_AGAIN)
        .bind::<BigInt, _>(TOLD_OF_ONE)
        .load(conn)
        .await?)
}

/// Notes that these were told of a table.
pub(super) async fn told(
    conn: &mut Conn,
    table: Uuid,
    parties: &[Waiting],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let ids: Vec<Uuid> = parties.iter().map(|party| party.id).collect();
    diesel::sql_query(
        "INSERT INTO table_waitlist_told (entry_id, table_id, told_at) SELECT id, $2, $3 FROM unnest($1) id
         ON CONFLICT (entry_id, table_id) DO UPDATE SET told_at = excluded.told_at",
    )
    .bind::<Array<SqlUuid>, _>(&ids)
    .bind::<SqlUuid, _>(table)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    diesel::sql_query("UPDATE table_waitlist SET told_at = $2 WHERE id = ANY($1)")
        .bind::<Array<SqlUuid>, _>(&ids)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// So many parties of a size wait.
#[derive(Debug, Clone, QueryableByName)]
pub(super) struct SizeRow {
    #[diesel(sql_type = BigInt)]
    pub party: i64,
    #[diesel(sql_type = BigInt)]
    pub parties: i64,
    #[diesel(sql_type = BigInt)]
    pub told: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub since: Option<DateTime<Utc>>,
}

/// Who waits for a night, by size.
pub(super) async fn sizes(conn: &mut Conn, event: Uuid) -> Result<Vec<SizeRow>, DbError> {
    let sizes = format!(
        "SELECT w.party::bigint AS party, count(*) AS parties, count(w.told_at) AS told, min(w.joined_at) AS since
           FROM table_waitlist w WHERE w.event_id = $1 AND {STILL_WAITS} GROUP BY w.party ORDER BY w.party"
    );
    Ok(diesel::sql_query(sizes).bind::<SqlUuid, _>(event).load(conn).await?)
}

/// Forgets who waited for nights that are over since then, and which tables came free.
pub(crate) async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<(), DbError> {
    for sql in [
        "DELETE FROM table_waitlist w USING events e WHERE e.id = w.event_id AND e.ends_at < $1",
        "DELETE FROM freed_tables WHERE worked_at < $1",
    ] {
        diesel::sql_query(sql).bind::<Timestamptz, _>(before).execute(conn).await?;
    }
    Ok(())
}
