//! The SQL of settlements: the figures of a night, as the books have them, and the series.

mod figures;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use internal_api::purchase::settlements::ListedSettlement;
use uuid::Uuid;

pub(super) use self::figures::{accounts, differences, money, types};

#[derive(QueryableByName)]
struct Next {
    #[diesel(sql_type = BigInt)]
    last: i64,
    #[diesel(sql_type = Timestamptz)]
    last_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

/// A settlement to be kept.
pub(super) struct NewSettlement<'a> {
    pub number: &'a str,
    pub year: i32,
    pub ordinal: i64,
    pub event: Uuid,
    pub replaces: Option<&'a str>,
    pub made_by: &'a str,
    pub made_at: DateTime<Utc>,
    pub file: &'a str,
}

/// Whatever is sold or given back meanwhile, all figures of a settlement are of one moment: what is signed adds up. Who settles at the
/// same time waits here, and sees this settlement then. Nothing may have been read in this transaction before.
pub(super) async fn at_one_moment(conn: &mut Conn) -> Result<(), DbError> {
    diesel::sql_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").execute(conn).await?;
    // The lock alone reads nothing: the moment is that of the first query behind it.
    diesel::sql_query("LOCK TABLE settlement_series IN SHARE ROW EXCLUSIVE MODE").execute(conn).await?;
    Ok(())
}

/// The next number of a year, and its time, which never goes back within the series. Who comes next waits for this number to stand, or
/// gets it if it does not, see [`at_one_moment`].
pub(super) async fn next(
    conn: &mut Conn,
    year: i32,
    now: DateTime<Utc>,
) -> Result<(i64, DateTime<Utc>), DbError> {
    let next: Next = diesel::sql_query(
        "INSERT INTO settlement_series AS s (year, last, last_at) VALUES ($1, 1, $2)
         ON CONFLICT (year) DO UPDATE SET last = s.last + 1, last_at = greatest(s.last_at, excluded.last_at)
         RETURNING last, last_at",
    )
    .bind::<Integer, _>(year)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok((next.last, next.last_at))
}

/// The number that stands for a night until now.
pub(super) async fn latest(conn: &mut Conn, event: Uuid) -> Result<Option<String>, DbError> {
    let latest = diesel::sql_query(
        "SELECT number AS word FROM settlements WHERE event_id = $1 ORDER BY year DESC, ordinal DESC LIMIT 1",
    )
    .bind::<SqlUuid, _>(event)
    .get_result::<Word>(conn)
    .await;
    Ok(latest.optional()?.map(|latest| latest.word))
}

pub(super) async fn insert(conn: &mut Conn, row: &NewSettlement<'_>) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO settlements (number, year, ordinal, event_id, replaces, made_by, made_at, file)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<Text, _>(row.number)
    .bind::<Integer, _>(row.year)
    .bind::<BigInt, _>(row.ordinal)
    .bind::<SqlUuid, _>(row.event)
    .bind::<Nullable<Text>, _>(row.replaces)
    .bind::<Text, _>(row.made_by)
    .bind::<Timestamptz, _>(row.made_at)
    .bind::<Text, _>(row.file)
    .execute(conn)
    .await?;
    Ok(())
}

/// A night's settlements, the newest first.
pub(super) async fn of_night(conn: &mut Conn, event: Uuid) -> Result<Vec<ListedSettlement>, DbError> {
    Ok(diesel::sql_query(
        "SELECT number, replaces, made_by, made_at FROM settlements WHERE event_id = $1 ORDER BY year DESC, ordinal DESC",
    )
    .bind::<SqlUuid, _>(event)
    .load(conn)
    .await?)
}

/// A signed file.
pub(super) async fn file(conn: &mut Conn, number: &str) -> Result<Option<String>, DbError> {
    let file = diesel::sql_query("SELECT file AS word FROM settlements WHERE number = $1")
        .bind::<Text, _>(number)
        .get_result::<Word>(conn)
        .await;
    Ok(file.optional()?.map(|file| file.word))
}
