//! The SQL of nights that have a new date.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// A night's new date, as the desk says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewDate {
    pub id: Uuid,
    pub from_starts_at: DateTime<Utc>,
    pub note: String,
}

/// `true`: it was not on record before.
pub(super) async fn start(
    conn: &mut Conn,
    event: Uuid,
    new_date: &NewDate,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let new = diesel::sql_query(
        "INSERT INTO new_dates (id, event_id, from_starts_at, to_starts_at, note, started_at, next_try_at)
         SELECT $1, e.id, $3, e.starts_at, $4, $5, $5 FROM events e WHERE e.id = $2
         ON CONFLICT (id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(new_date.id)
    .bind::<SqlUuid, _>(event)
    .bind::<Timestamptz, _>(new_date.from_starts_at)
    .bind::<Text, _>(&new_date.note)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    if new == 1 {
        diesel::sql_query(
            "UPDATE new_dates SET finished_at = $3 WHERE event_id = $1 AND id <> $2 AND finished_at IS NULL",
        )
        .bind::<SqlUuid, _>(event)
        .bind::<SqlUuid, _>(new_date.id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    }
    Ok(new == 1)
}

#[derive(diesel::QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// Whether somebody holds a good ticket of a night.
pub(super) async fn has_holders(conn: &mut Conn, event: Uuid) -> Result<bool, DbError> {
    let held: Found = diesel::sql_query(
        "SELECT EXISTS (SELECT FROM tickets WHERE event_id = $1 AND state = 'valid') AS found",
    )
    .bind::<SqlUuid, _>(event)
    .get_result(conn)
    .await?;
    Ok(held.found)
}

/// A new date whose guests are being told, with the night as it is now.
#[derive(Debug, diesel::QueryableByName)]
pub(super) struct Open {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub from_starts_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub note: String,
    #[diesel(sql_type = Text)]
    pub reached: String,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub time_zone: String,
}

#[derive(diesel::QueryableByName)]
struct Due {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The next ones that have something to do, and whose turn has come. Those that failed have theirs later, so that none stands
/// before the others.
pub(super) async fn due(conn: &mut Conn, now: DateTime<Utc>, most: i64) -> Result<Vec<Uuid>, DbError> {
    let rows: Vec<Due> = diesel::sql_query(
        "SELECT id FROM new_dates WHERE (finished_at IS NULL OR NOT list_followed) AND next_try_at <= $1
          ORDER BY next_try_at, id LIMIT $2",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Writes down why a new date could not be gone on with. Its next turn comes after two seconds, then later each time, up to five
/// minutes.
pub(super) async fn failed(
    conn: &mut Conn,
    id: Uuid,
    problem: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE new_dates
            SET tries = tries + 1, problem = $2, next_try_at = $3 + least(2 ^ least(tries + 1, 10), 300) * interval '1 second'
          WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(problem)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// One that is still to be told, locked against every other process, which passes it by.
pub(super) async fn open(conn: &mut Conn, id: Uuid) -> Result<Option<Open>, DbError> {
    let open = diesel::sql_query(
        "SELECT m.id, m.event_id, m.from_starts_at, m.note, m.reached, e.status, e.title, e.starts_at, e.ends_at, e.time_zone
           FROM new_dates m JOIN events e ON e.id = m.event_id
          WHERE m.id = $1 AND m.finished_at IS NULL FOR UPDATE OF m SKIP LOCKED",
    )
    .bind::<SqlUuid, _>(id)
    .get_result(conn)
    .await;
    Ok(open.optional()?)
}

/// What somebody holds: the tickets of an order of theirs, or one that was passed on to them or is shared with them.
#[derive(Debug, diesel::QueryableByName)]
pub(super) struct Held {
    /// The address as the holders are gone through by.
    #[diesel(sql_type = Text)]
    pub guest: String,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub language: String,
    #[diesel(sql_type = SqlUuid)]
    pub order_id: Uuid,
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = BigInt)]
    pub tickets: i64,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket: Option<Uuid>,
    /// Whether they paid for it themselves, in money or by a credit, or for the ticket that it was exchanged for.
    #[diesel(sql_type = Bool)]
    pub paid: bool,
}

/// What the next `most` addresses after `reached` hold of a night.
pub(super) async fn holders(
    conn: &mut Conn,
    event: Uuid,
    reached: &str,
    most: i64,
) -> Result<Vec<Held>, DbError> {
    Ok(diesel::sql_query(
        "WITH held AS (
           SELECT lower(o.buyer_email) AS guest, o.buyer_email AS email, o.buyer_name AS name, o.language,
                  o.id AS order_id, o.reference, count(t.id) AS tickets, NULL::uuid AS ticket,
                  o.total_minor > 0 OR EXISTS (SELECT FROM credit_uses u WHERE u.order_id = o.id AND u.state = 'used')
                    OR EXISTS (SELECT FROM tickets f JOIN orders p ON p.id = f.order_id
                                WHERE f.id = o.exchanges AND (p.total_minor > 0 OR EXISTS (
                                  SELECT FROM credit_uses u WHERE u.order_id = p.id AND u.state = 'used'))) AS paid
             FROM orders o JOIN tickets t ON t.order_id = o.id AND t.state = 'valid'
            WHERE o.event_id = $1 AND o.state = 'paid' AND lower(o.buyer_email) > $2
              AND NOT EXISTS (SELECT FROM ticket_transfers x WHERE x.to_ticket = t.id AND NOT x.to_buyer)
            GROUP BY o.id
           UNION ALL
           SELECT lower(x.to_email), x.to_email, x.to_name, x.to_language, o.id, o.reference, 1, t.id, false
             FROM ticket_transfers x JOIN tickets t ON t.id = x.to_ticket AND t.state = 'valid'
             JOIN orders o ON o.id = t.order_id
            WHERE t.event_id = $1 AND NOT x.to_buyer AND lower(x.to_email) > $2
           UNION ALL
           SELECT lower(s.to_email), s.to_email, s.to_name, s.to_language, o.id, o.reference, 1, t.id, false
             FROM (SELECT DISTINCT ON (ticket_id) * FROM ticket_shares WHERE ticket_id IN (SELECT id FROM tickets WHERE event_id = $1)
                    ORDER BY ticket_id, shared_at DESC, id DESC) s
             JOIN tickets t ON t.id = s.ticket_id AND t.state = 'valid'
             JOIN orders o ON o.id = t.order_id AND lower(o.buyer_email) <> lower(s.to_email)
            WHERE lower(s.to_email) > $2)
         SELECT * FROM held WHERE guest IN (SELECT DISTINCT guest FROM held ORDER BY guest LIMIT $3)
          ORDER BY guest, order_id, ticket",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Text, _>(reached)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}

/// Writes down how far the telling is.
pub(super) async fn reach(conn: &mut Conn, id: Uuid, reached: &str, mailed: i64) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE new_dates SET reached = $2, mailed = mailed + $3, tries = 0, problem = NULL WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(reached)
    .bind::<BigInt, _>(mailed)
    .execute(conn)
    .await?;
    Ok(())
}

/// Everybody is told.
pub(super) async fn finish(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("UPDATE new_dates SET finished_at = $2, tries = 0, problem = NULL WHERE id = $1")
        .bind::<SqlUuid, _>(id)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// When a night was to begin as a guest knew it who ordered at an instant, and what the desk said of its new date.
#[derive(Debug, diesel::QueryableByName)]
pub(crate) struct Known {
    #[diesel(sql_type = Timestamptz)]
    pub from_starts_at: DateTime<Utc>,
    /// Of the latest new date.
    #[diesel(sql_type = Text)]
    pub note: String,
}

/// None where the night has had no new date since.
pub(super) async fn known(
    conn: &mut Conn,
    event: Uuid,
    ordered_at: DateTime<Utc>,
) -> Result<Option<Known>, DbError> {
    let known = diesel::sql_query(
        "SELECT m.from_starts_at,
                (SELECT l.note FROM new_dates l WHERE l.event_id = m.event_id ORDER BY l.started_at DESC, l.id DESC LIMIT 1) AS note
           FROM new_dates m WHERE m.event_id = $1 AND m.started_at > $2 ORDER BY m.started_at, m.id LIMIT 1",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Timestamptz, _>(ordered_at)
    .get_result(conn)
    .await;
    Ok(known.optional()?)
}
