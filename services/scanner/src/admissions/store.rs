//! All SQL on admissions and scans.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::{prelude::*, sql_types::Jsonb, upsert::excluded};
use diesel_async::RunQueryDsl;
use domain::admission::TicketStatus;
use uuid::Uuid;

use super::record::{Recorded, ScanRow};
use super::revoke::Inside;
use crate::schema::admissions;

/// A row of `admissions`.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = admissions, treat_none_as_null = true)]
pub struct AdmissionRow {
    /// The ticket.
    pub ticket_id: Uuid,
    /// Which of its states this is.
    pub revision: i64,
    /// Its event.
    pub event_id: Uuid,
    /// Its type.
    pub ticket_type_id: Uuid,
    /// Its type's name.
    pub type_name: String,
    /// The zone it gives entry to.
    pub zone_id: Uuid,
    /// Its holder.
    pub holder_name: String,
    /// The order's reference, for people.
    pub order_reference: String,
    /// Of its person's address, for the search; empty where there is none.
    pub buyer_email_hash: Vec<u8>,
    /// Whether it is in order, see `domain::admission::TicketStatus`.
    pub status: String,
    /// What the doorman should look at; may be empty.
    pub attention: String,
    /// When its owner last changed it.
    pub changed_at: DateTime<Utc>,
    /// From when on it gives no entry, where that is before the doors close.
    pub admit_until: Option<DateTime<Utc>>,
    /// The holder's name as bans know names.
    pub name_key: String,
}

/// Takes a newer state of a ticket in; `false` if the one held is as new.
pub async fn put(conn: &mut Conn, row: &AdmissionRow) -> Result<bool, DbError> {
    use diesel::query_dsl::methods::FilterDsl as _;
    let written = diesel::insert_into(admissions::table)
        .values(row)
        .on_conflict(admissions::ticket_id)
        .do_update()
        .set(row)
        .filter(admissions::revision.lt(excluded(admissions::revision)))
        .execute(conn)
        .await?;
    Ok(written > 0)
}

/// Lets no scan of an event be recorded until the transaction ends, and waits for those that are on their way: what is read
/// afterwards knows them all. Each scan holds the same lock, shared, see `record_scans`. Whoever changes entries or the limit of
/// people beside a scan takes it first: scans then find both as they are, and wait for nothing else.
pub async fn quiet(conn: &mut Conn, event: Uuid) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('entries of ' || $1, 0))")
        .bind::<diesel::sql_types::Text, _>(event.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// How many of these tickets the door has heard of.
pub async fn known(conn: &mut Conn, event: Uuid, tickets: &[Uuid]) -> Result<usize, DbError> {
    let known = admissions::table
        .filter(admissions::ticket_id.eq_any(tickets))
        .filter(admissions::event_id.eq(event))
        .count()
        .get_result::<i64>(conn)
        .await?;
    Ok(usize::try_from(known).unwrap_or_default())
}

/// Who came in with one of these tickets: the first entry of each, also where it is one beside a ticket's own guest, whose entry may
/// have been undone.
pub async fn inside(conn: &mut Conn, tickets: &[Uuid]) -> Result<Vec<Inside>, DbError> {
    let rows = diesel::sql_query(
        "SELECT DISTINCT ON (ticket_id) ticket_id AS ticket, admitted_at AS at, gate_name AS gate FROM entries
          WHERE ticket_id = ANY($1) AND annulled_at IS NULL ORDER BY ticket_id, admitted_at",
    )
    .bind::<diesel::sql_types::Array<diesel::sql_types::Uuid>, _>(tickets)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Makes the codes of good tickets bad, ahead of the owner's own word; says of how many. The owner's next revision of the
/// ticket says the same.
pub async fn make_bad(
    conn: &mut Conn,
    tickets: &[Uuid],
    status: TicketStatus,
    now: DateTime<Utc>,
) -> Result<usize, DbError> {
    let made = diesel::update(admissions::table.filter(admissions::ticket_id.eq_any(tickets)))
        .filter(admissions::status.eq_any(["valid", "blocked", "disputed"]))
        .set((
            admissions::status.eq(status.code()),
            admissions::revision.eq(admissions::revision + 1),
            admissions::changed_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(made)
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// See migrations/scanner/0003_record_scans.
    fn record_scans(requests: Jsonb) -> Jsonb;
}

/// Records scans and answers them: one statement, one commit.
pub async fn record(conn: &mut Conn, scans: &[&ScanRow]) -> Result<Vec<Recorded>, DbError> {
    let requests = serde_json::to_value(scans).map_err(unreadable)?;
    let answers: serde_json::Value = diesel::select(record_scans(requests)).get_result(conn).await?;
    serde_json::from_value(answers).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> DbError {
    DbError::Other(diesel::result::Error::DeserializationError(Box::new(error)))
}
