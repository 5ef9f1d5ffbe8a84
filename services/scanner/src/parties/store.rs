//! All SQL on parties; what a scan does about them is in migrations/scanner/0020_parties.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::{OptionalExtension, QueryableByName, sql_types as sql};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// A reservation as the door holds it.
#[derive(Debug, Clone)]
pub(super) struct PartyRow {
    pub(super) id: Uuid,
    pub(super) revision: i64,
    pub(super) event: Uuid,
    pub(super) order_reference: String,
    pub(super) state: &'static str,
    pub(super) tables: Vec<String>,
    pub(super) booker: String,
    pub(super) people: i32,
    pub(super) arrives_at: DateTime<Utc>,
    pub(super) host: String,
    pub(super) changed_at: DateTime<Utc>,
}

/// Whether scans find the party already: it has passes, and a table.
pub(super) async fn is_found(conn: &mut Conn, reservation: Uuid) -> Result<bool, DbError> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = sql::Bool)]
        found: bool,
    }
    let answer: Found = diesel::sql_query(
        "SELECT EXISTS (SELECT FROM parties WHERE reservation_id = $1 AND order_reference <> '' AND party_stands(state)) AS found",
    )
    .bind::<sql::Uuid, _>(reservation)
    .get_result(conn)
    .await?;
    Ok(answer.found)
}

/// Takes a newer state of a reservation in; `false` if the one held is as new.
pub(super) async fn put(conn: &mut Conn, row: &PartyRow) -> Result<bool, DbError> {
    let written = diesel::sql_query(
        "INSERT INTO parties (reservation_id, revision, event_id, order_reference, state, tables, booker_name, people, arrives_at,
                host, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (reservation_id) DO UPDATE SET revision = excluded.revision, event_id = excluded.event_id,
                order_reference = excluded.order_reference, state = excluded.state, tables = excluded.tables,
                booker_name = excluded.booker_name, people = excluded.people, arrives_at = excluded.arrives_at,
                host = excluded.host, changed_at = excluded.changed_at
          WHERE parties.revision < excluded.revision",
    )
    .bind::<sql::Uuid, _>(row.id)
    .bind::<sql::BigInt, _>(row.revision)
    .bind::<sql::Uuid, _>(row.event)
    .bind::<sql::Text, _>(&row.order_reference)
    .bind::<sql::Text, _>(row.state)
    .bind::<sql::Array<sql::Text>, _>(&row.tables)
    .bind::<sql::Text, _>(&row.booker)
    .bind::<sql::Integer, _>(row.people)
    .bind::<sql::Timestamptz, _>(row.arrives_at)
    .bind::<sql::Text, _>(&row.host)
    .bind::<sql::Timestamptz, _>(row.changed_at)
    .execute(conn)
    .await?;
    Ok(written > 0)
}

/// Checks a party in whose guests were let in before the door heard of it.
pub(super) async fn seat_known(
    conn: &mut Conn,
    reservation: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query("SELECT seat_known($1, $2)")
        .bind::<sql::Uuid, _>(reservation)
        .bind::<sql::Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the name of a booker who asked to be forgotten out of the answers to the scans of their party.
pub(super) async fn forget(conn: &mut Conn, reservation: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("SELECT forget_party($1, $2)")
        .bind::<sql::Uuid, _>(reservation)
        .bind::<sql::Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// A night's name and zone of time.
#[derive(Debug, QueryableByName)]
pub(super) struct Head {
    #[diesel(sql_type = sql::Text)]
    pub(super) title: String,
    #[diesel(sql_type = sql::Text)]
    pub(super) time_zone: String,
}

/// The night, unless nobody but the desk knows of it.
pub(super) async fn head(conn: &mut Conn, event: Uuid) -> Result<Option<Head>, DbError> {
    let found = diesel::sql_query("SELECT title, time_zone FROM events WHERE id = $1 AND status <> 'draft'")
        .bind::<sql::Uuid, _>(event)
        .kept()
        .get_result(conn)
        .await;
    Ok(found.optional()?)
}

/// A party that is expected or here.
#[derive(Debug, QueryableByName)]
pub(super) struct Expected {
    #[diesel(sql_type = sql::Uuid)]
    pub(super) reservation_id: Uuid,
    #[diesel(sql_type = sql::Text)]
    pub(super) state: String,
    #[diesel(sql_type = sql::Array<sql::Text>)]
    pub(super) tables: Vec<String>,
    #[diesel(sql_type = sql::Text)]
    pub(super) booker_name: String,
    #[diesel(sql_type = sql::Integer)]
    pub(super) people: i32,
    #[diesel(sql_type = sql::Timestamptz)]
    pub(super) arrives_at: DateTime<Utc>,
    #[diesel(sql_type = sql::Text)]
    pub(super) host: String,
    #[diesel(sql_type = sql::Nullable<sql::Timestamptz>)]
    pub(super) came_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    pub(super) gate_name: Option<String>,
    #[diesel(sql_type = sql::BigInt)]
    pub(super) inside: i64,
}

/// The night's parties that have paid and not left, by their time.
pub(super) async fn expected(conn: &mut Conn, event: Uuid) -> Result<Vec<Expected>, DbError> {
    let parties = diesel::sql_query(
        "SELECT p.reservation_id, p.state, p.tables, p.booker_name, p.people, p.arrives_at, p.host, c.at AS came_at, c.gate_name,
                party_inside(p.reservation_id) AS inside
           FROM parties p LEFT JOIN party_check_ins c ON c.reservation_id = p.reservation_id
          WHERE p.event_id = $1 AND p.state IN ('confirmed', 'checked_in')
          ORDER BY p.arrives_at, p.tables, p.reservation_id",
    );
    Ok(parties.bind::<sql::Uuid, _>(event).kept().load(conn).await?)
}
