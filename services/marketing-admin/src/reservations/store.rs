//! The SQL of reservations as the desk knows them.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError, Keep};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::floor_plan::NightPlan;
use domain::reservation::ReservationState;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// A reservation as it stands.
#[derive(Debug, Clone, PartialEq, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Reservation {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub revision: i64,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub order_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub order_reference: String,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Jsonb)]
    pub tables: Value,
    #[diesel(sql_type = BigInt)]
    pub party: i64,
    #[diesel(sql_type = Text)]
    pub booker_name: String,
    #[diesel(sql_type = Text)]
    pub booker_email: String,
    #[diesel(sql_type = Text)]
    pub language: String,
    #[diesel(sql_type = Timestamptz)]
    pub arrives_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub occasion: String,
    #[diesel(sql_type = Text)]
    pub wish: String,
    #[diesel(sql_type = Text)]
    pub host: String,
    #[diesel(sql_type = Text)]
    pub promoter: String,
    #[diesel(sql_type = Jsonb)]
    pub preorder: Value,
    #[diesel(sql_type = Text)]
    pub currency: String,
    #[diesel(sql_type = BigInt)]
    pub minimum_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub deposit_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub spent_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub balance_minor: i64,
    #[diesel(sql_type = Timestamptz)]
    pub made_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub changed_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub held_until: Option<DateTime<Utc>>,
}

/// A table of a reservation: an item of `reservations.tables`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in proto/maguey/purchase/v1/reservation.proto")]
pub struct TableOf {
    pub id: Uuid,
    pub label: String,
    pub seats: i64,
}

/// What was ordered beforehand: an item of `reservations.preorder`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "as in proto/maguey/purchase/v1/reservation.proto")]
pub struct Preorder {
    pub name: String,
    pub quantity: i64,
    pub price_minor: i64,
}

impl Reservation {
    /// Where it stands; none for a state that a newer ticket site knows.
    pub fn state(&self) -> Option<ReservationState> {
        self.state.parse().ok()
    }

    /// Its tables, the first first. Only what this service wrote stands in the column.
    pub fn tables(&self) -> Vec<TableOf> {
        serde_json::from_value(self.tables.clone()).unwrap_or_default()
    }

    /// What was ordered beforehand.
    pub fn preorder(&self) -> Vec<Preorder> {
        serde_json::from_value(self.preorder.clone()).unwrap_or_default()
    }
}

/// A reservation as the desk knows it, held until the transaction ends.
pub async fn lock(conn: &mut Conn, id: Uuid) -> Result<Option<Reservation>, DbError> {
    let known = diesel::sql_query("SELECT * FROM reservations WHERE id = $1 FOR UPDATE")
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await;
    Ok(known.optional()?)
}

/// A reservation of a night.
pub async fn find(conn: &mut Conn, event: Uuid, id: Uuid) -> Result<Option<Reservation>, DbError> {
    let found = diesel::sql_query("SELECT * FROM reservations WHERE id = $1 AND event_id = $2")
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(event)
        .get_result(conn)
        .await;
    Ok(found.optional()?)
}

/// Every reservation of a night, by when the party is to arrive.
pub async fn of_night(conn: &mut Conn, event: Uuid) -> Result<Vec<Reservation>, DbError> {
    Ok(diesel::sql_query("SELECT * FROM reservations WHERE event_id = $1 ORDER BY arrives_at, made_at, id")
        .bind::<SqlUuid, _>(event)
        .load(conn)
        .await?)
}

/// Boards listen here; the payload is the night.
pub const CHANNEL: &str = "marketing_admin_reservations";

/// Wakes the boards of a night, of all replicas, when the transaction commits.
pub async fn wake(conn: &mut Conn, event: Uuid) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(CHANNEL)
        .bind::<Text, _>(event.to_string())
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps how a reservation stands; whether it was news.
pub async fn put(conn: &mut Conn, row: &Reservation) -> Result<bool, DbError> {
    let changed = diesel::sql_query(
        "INSERT INTO reservations (id, revision, event_id, order_id, order_reference, state, tables, party, booker_name, booker_email,
                                   language, arrives_at, occasion, wish, host, promoter, preorder, currency, minimum_minor,
                                   deposit_minor, spent_minor, balance_minor, made_at, changed_at, held_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
         ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, event_id = excluded.event_id, order_id = excluded.order_id,
           order_reference = excluded.order_reference, state = excluded.state, tables = excluded.tables, party = excluded.party,
           booker_name = excluded.booker_name, booker_email = excluded.booker_email, language = excluded.language,
           arrives_at = excluded.arrives_at, occasion = excluded.occasion, wish = excluded.wish, host = excluded.host,
           promoter = excluded.promoter, preorder = excluded.preorder, currency = excluded.currency,
           minimum_minor = excluded.minimum_minor, deposit_minor = excluded.deposit_minor, spent_minor = excluded.spent_minor,
           balance_minor = excluded.balance_minor, made_at = excluded.made_at, changed_at = excluded.changed_at,
           held_until = excluded.held_until
         WHERE reservations.revision < excluded.revision",
    )
    .bind::<SqlUuid, _>(row.id)
    .bind::<BigInt, _>(row.revision)
    .bind::<SqlUuid, _>(row.event_id)
    .bind::<Nullable<SqlUuid>, _>(row.order_id)
    .bind::<Text, _>(&row.order_reference)
    .bind::<Text, _>(&row.state)
    .bind::<Jsonb, _>(&row.tables)
    .bind::<BigInt, _>(row.party)
    .bind::<Text, _>(&row.booker_name)
    .bind::<Text, _>(&row.booker_email)
    .bind::<Text, _>(&row.language)
    .bind::<Timestamptz, _>(row.arrives_at)
    .bind::<Text, _>(&row.occasion)
    .bind::<Text, _>(&row.wish)
    .bind::<Text, _>(&row.host)
    .bind::<Text, _>(&row.promoter)
    .bind::<Jsonb, _>(&row.preorder)
    .bind::<Text, _>(&row.currency)
    .bind::<BigInt, _>(row.minimum_minor)
    .bind::<BigInt, _>(row.deposit_minor)
    .bind::<BigInt, _>(row.spent_minor)
    .bind::<BigInt, _>(row.balance_minor)
    .bind::<Timestamptz, _>(row.made_at)
    .bind::<Timestamptz, _>(row.changed_at)
    .bind::<Nullable<Timestamptz>, _>(row.held_until)
    .execute(conn)
    .await?;
    Ok(changed == 1)
}

/// Reminded only of what was booked longer before than that; and reminded no sooner.
pub const AHEAD: TimeDelta = TimeDelta::hours(24);

/// Up to a hundred reservations whose bookers are to be reminded now, noted as reminded: each comes once, in one pair of hands. Whoever
/// booked within the day knows it well.
pub async fn to_remind(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<Reservation>, DbError> {
    Ok(diesel::sql_query(
        "UPDATE reservations SET reminded_at = $1 WHERE id IN (
           SELECT r.id FROM reservations r
             JOIN table_orders o ON o.order_id = r.order_id
             JOIN events e ON e.id = r.event_id AND e.status = 'published'
            WHERE r.state = 'confirmed' AND r.reminded_at IS NULL AND r.arrives_at > $1 AND r.arrives_at <= $2
              AND r.made_at < r.arrives_at - ($2 - $1)
            ORDER BY r.arrives_at LIMIT 100 FOR UPDATE OF r SKIP LOCKED)
         RETURNING *",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now + AHEAD)
    .load(conn)
    .await?)
}

#[derive(diesel::QueryableByName)]
struct Address {
    #[diesel(sql_type = Text)]
    order_url: String,
}

/// Remembers where the page of an order is that paid for a table; not of a booker who was forgotten, should it be said again.
pub async fn note_order(conn: &mut Conn, order: Uuid, url: &str) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO table_orders (order_id, order_url) SELECT $1, $2
          WHERE NOT EXISTS (SELECT FROM reservations WHERE order_id = $1 AND booker_email LIKE '%@erased.invalid')
         ON CONFLICT (order_id) DO UPDATE SET order_url = excluded.order_url",
    )
    .bind::<SqlUuid, _>(order)
    .bind::<Text, _>(url)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets where that page is: its address has the order's key in it.
pub async fn forget_order(conn: &mut Conn, order: Option<Uuid>) -> Result<(), DbError> {
    diesel::sql_query("DELETE FROM table_orders WHERE order_id = $1")
        .bind::<Nullable<SqlUuid>, _>(order)
        .execute(conn)
        .await?;
    Ok(())
}

/// Where that page is, as far as the desk has heard.
pub async fn order_url(conn: &mut Conn, order: Option<Uuid>) -> Result<Option<String>, DbError> {
    let found: Option<Address> = diesel::sql_query("SELECT order_url FROM table_orders WHERE order_id = $1")
        .bind::<Nullable<SqlUuid>, _>(order)
        .get_result(conn)
        .await
        .optional()?;
    Ok(found.map(|found| found.order_url))
}

#[derive(diesel::QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// Whether a night is off: its guests are told of that, and need not hear of each thing that goes with it.
pub async fn night_is_off(conn: &mut Conn, event: Uuid) -> Result<bool, DbError> {
    let off: Answer =
        diesel::sql_query("SELECT EXISTS (SELECT FROM events WHERE id = $1 AND status = 'cancelled') AS yes")
            .bind::<SqlUuid, _>(event)
            .get_result(conn)
            .await?;
    Ok(off.yes)
}

#[derive(diesel::QueryableByName)]
struct Drawn {
    #[diesel(sql_type = Jsonb)]
    night: Value,
}

/// The night's own plan: which tables there are, and who stands next to whom. None where nobody has made one.
pub async fn plan(conn: &mut Conn, event: Uuid) -> Result<Option<NightPlan>, DbError> {
    let kept: Answer =
        diesel::sql_query("SELECT to_regclass('night_plans') IS NOT NULL AS yes").get_result(conn).await?;
    if !kept.yes {
        return Ok(None);
    }
    let drawn: Option<Drawn> = diesel::sql_query("SELECT night FROM night_plans WHERE event_id = $1")
        .bind::<SqlUuid, _>(event)
        .get_result(conn)
        .await
        .optional()?;
    let plan = drawn.map(|drawn| serde_json::from_value(drawn.night)).transpose();
    // Its writer keeps no other; a board without free tables is better than none.
    Ok(plan.unwrap_or_else(|error| {
        tracing::warn!(%error, %event, "a night's plan could not be read");
        None
    }))
}
