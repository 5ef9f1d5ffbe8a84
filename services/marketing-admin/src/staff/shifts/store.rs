//! SQL of the shifts.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::times::Hours;

/// A shift, with who has it.
#[derive(Debug, Clone, diesel::QueryableByName)]
pub(super) struct ShiftRow {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub(super) account_id: Uuid,
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Bool)]
    pub(super) suspended: bool,
    #[diesel(sql_type = Timestamptz)]
    pub(super) starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub(super) ends_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub(super) post: String,
    #[diesel(sql_type = Text)]
    pub(super) note: String,
}

impl ShiftRow {
    pub(super) const fn hours(&self) -> Hours {
        Hours { starts: self.starts_at, ends: self.ends_at }
    }
}

const SHIFTS: &str =
    "SELECT shifts.id, shifts.account_id, members.name, members.disabled_at IS NOT NULL AS suspended,
        shifts.starts_at, shifts.ends_at, shifts.post, shifts.note
   FROM shifts JOIN members ON members.id = shifts.account_id ";

/// A night's shifts by time.
pub(super) async fn of_night(conn: &mut Conn, event: Uuid) -> Result<Vec<ShiftRow>, DbError> {
    let sql = format!(
        "{SHIFTS} WHERE shifts.event_id = $1 ORDER BY shifts.starts_at, shifts.post, lower(members.name), shifts.id"
    );
    Ok(diesel::sql_query(sql).bind::<SqlUuid, _>(event).load(conn).await?)
}

/// One of a night's shifts.
pub(super) async fn one(conn: &mut Conn, event: Uuid, shift: Uuid) -> Result<Option<ShiftRow>, DbError> {
    let sql = format!("{SHIFTS} WHERE shifts.event_id = $1 AND shifts.id = $2");
    Ok(diesel::sql_query(sql)
        .bind::<SqlUuid, _>(event)
        .bind::<SqlUuid, _>(shift)
        .get_result(conn)
        .await
        .optional()?)
}

/// Somebody who works here.
#[derive(Debug, Clone, diesel::QueryableByName)]
pub(super) struct Person {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: Uuid,
    #[diesel(sql_type = Text)]
    pub(super) name: String,
    #[diesel(sql_type = Text)]
    pub(super) role: String,
    #[diesel(sql_type = Bool)]
    pub(super) suspended: bool,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) email: Option<String>,
    #[diesel(sql_type = Text)]
    pub(super) language: String,
}

const PEOPLE: &str =
    "SELECT staff.id, accounts.name, staff.role, staff.disabled_at IS NOT NULL AS suspended, accounts.email,
        accounts.language
   FROM staff JOIN accounts ON accounts.id = staff.id ";

/// Who can be planned, by name.
pub(super) async fn people(conn: &mut Conn) -> Result<Vec<Person>, DbError> {
    let sql =
        format!("{PEOPLE} WHERE staff.disabled_at IS NULL ORDER BY lower(accounts.name), staff.id LIMIT 500");
    Ok(diesel::sql_query(sql).load(conn).await?)
}

/// These people, and nobody else plans or suspends them until the transaction ends.
pub(super) async fn hold(conn: &mut Conn, people: &[Uuid]) -> Result<Vec<Person>, DbError> {
    let sql = format!("{PEOPLE} WHERE staff.id = ANY ($1) ORDER BY staff.id FOR UPDATE OF staff");
    Ok(diesel::sql_query(sql).bind::<Array<SqlUuid>, _>(people).load(conn).await?)
}

/// A shift of somebody at this time, on whatever night takes place; `but` itself is none.
pub(super) async fn at_that_time(
    conn: &mut Conn,
    person: Uuid,
    hours: Hours,
    but: Option<Uuid>,
) -> Result<Option<ShiftRow>, DbError> {
    let sql = format!(
        "{SHIFTS} JOIN events ON events.id = shifts.event_id
          WHERE shifts.account_id = $1 AND shifts.starts_at < $3 AND shifts.ends_at > $2
            AND ($4 IS NULL OR shifts.id <> $4) AND events.cancelled_at IS NULL
          ORDER BY shifts.starts_at LIMIT 1"
    );
    Ok(diesel::sql_query(sql)
        .bind::<SqlUuid, _>(person)
        .bind::<Timestamptz, _>(hours.starts)
        .bind::<Timestamptz, _>(hours.ends)
        .bind::<Nullable<SqlUuid>, _>(but)
        .get_result(conn)
        .await
        .optional()?)
}

/// A shift to be.
#[derive(Debug)]
pub(super) struct NewShift<'a> {
    pub(super) id: Uuid,
    pub(super) person: Uuid,
    pub(super) event: Uuid,
    pub(super) hours: Hours,
    pub(super) post: &'a str,
    pub(super) note: &'a str,
}

/// Adds it.
pub(super) async fn insert(conn: &mut Conn, shift: &NewShift<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO shifts (id, account_id, event_id, starts_at, ends_at, post, note, planned_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
    )
    .bind::<SqlUuid, _>(shift.id)
    .bind::<SqlUuid, _>(shift.person)
    .bind::<SqlUuid, _>(shift.event)
    .bind::<Timestamptz, _>(shift.hours.starts)
    .bind::<Timestamptz, _>(shift.hours.ends)
    .bind::<Text, _>(shift.post)
    .bind::<Text, _>(shift.note)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives it other hours, another post and note.
pub(super) async fn update(conn: &mut Conn, shift: &NewShift<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE shifts SET starts_at = $2, ends_at = $3, post = $4, note = $5, changed_at = $6, revision = revision + 1
          WHERE id = $1",
    )
    .bind::<SqlUuid, _>(shift.id)
    .bind::<Timestamptz, _>(shift.hours.starts)
    .bind::<Timestamptz, _>(shift.hours.ends)
    .bind::<Text, _>(shift.post)
    .bind::<Text, _>(shift.note)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes it away.
pub(super) async fn delete(conn: &mut Conn, shift: Uuid) -> Result<(), DbError> {
    diesel::sql_query("DELETE FROM shifts WHERE id = $1").bind::<SqlUuid, _>(shift).execute(conn).await?;
    Ok(())
}

/// Another night that has shifts.
#[derive(Debug, diesel::QueryableByName)]
pub(super) struct Planned {
    #[diesel(sql_type = SqlUuid)]
    pub(super) event_id: Uuid,
    #[diesel(sql_type = Text)]
    pub(super) title: String,
    #[diesel(sql_type = Timestamptz)]
    pub(super) starts_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub(super) time_zone: String,
    #[diesel(sql_type = BigInt)]
    pub(super) shifts: i64,
}

/// Other nights that have shifts, the latest first.
pub(super) async fn planned_nights(conn: &mut Conn, but: Uuid) -> Result<Vec<Planned>, DbError> {
    Ok(diesel::sql_query(
        "SELECT events.id AS event_id, events.title, events.starts_at, venues.time_zone, count(*) AS shifts
           FROM shifts JOIN events ON events.id = shifts.event_id JOIN venues ON venues.id = events.venue_id
          WHERE events.id <> $1
          GROUP BY events.id, venues.id ORDER BY events.starts_at DESC, events.id LIMIT 50",
    )
    .bind::<SqlUuid, _>(but)
    .load(conn)
    .await?)
}

/// A shift of one's own, with its night.
#[derive(Debug, diesel::QueryableByName)]
pub(super) struct OwnShift {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub(super) starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub(super) ends_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub(super) post: String,
    #[diesel(sql_type = Text)]
    pub(super) note: String,
    #[diesel(sql_type = Integer)]
    pub(super) revision: i32,
    #[diesel(sql_type = Text)]
    pub(super) title: String,
    #[diesel(sql_type = Bool)]
    pub(super) cancelled: bool,
    #[diesel(sql_type = Text)]
    pub(super) venue_name: String,
    #[diesel(sql_type = Text)]
    pub(super) venue_address: String,
    #[diesel(sql_type = Text)]
    pub(super) time_zone: String,
}

/// Somebody's shifts that are not over, the next first.
pub(super) async fn coming(
    conn: &mut Conn,
    person: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<OwnShift>, DbError> {
    Ok(diesel::sql_query(
        "SELECT shifts.id, shifts.starts_at, shifts.ends_at, shifts.post, shifts.note, shifts.revision, events.title,
                events.cancelled_at IS NOT NULL AS cancelled, venues.name AS venue_name, venues.address AS venue_address,
                venues.time_zone
           FROM shifts JOIN events ON events.id = shifts.event_id JOIN venues ON venues.id = events.venue_id
          WHERE shifts.account_id = $1 AND shifts.ends_at > $2
          ORDER BY shifts.starts_at, shifts.id LIMIT 200",
    )
    .bind::<SqlUuid, _>(person)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?)
}
