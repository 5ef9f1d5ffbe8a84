//! SQL of promos.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::promo::PromoCode;
use domain::quote::Off;
use serde_json::Value;
use uuid::Uuid;

use super::input::PromoInput;

/// A promo with what is known of its use.
#[derive(Debug, Clone, diesel::QueryableByName)]
pub struct PromoRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub revision: i64,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Jsonb)]
    pub off: Value,
    #[diesel(sql_type = Text)]
    pub currency: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub event_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub event_title: Option<String>,
    #[diesel(sql_type = Array<SqlUuid>)]
    pub ticket_type_ids: Vec<Uuid>,
    #[diesel(sql_type = BigInt)]
    pub minimum_minor: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub valid_from: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub valid_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub most: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub most_per_guest: Option<i64>,
    #[diesel(sql_type = Bool)]
    pub single_use: bool,
    #[diesel(sql_type = Text)]
    pub promoter: String,
    #[diesel(sql_type = Bool)]
    pub active: bool,
    #[diesel(sql_type = Timestamptz)]
    pub changed_at: DateTime<Utc>,
    /// Its first code, and how many there are.
    #[diesel(sql_type = Text)]
    pub code: String,
    #[diesel(sql_type = BigInt)]
    pub codes: i64,
    /// Paid orders that used it, and what they came to.
    #[diesel(sql_type = BigInt)]
    pub orders: i64,
    #[diesel(sql_type = BigInt)]
    pub gross_minor: i64,
}

impl PromoRow {
    /// What it takes off. Only what the domain wrote stands in the column.
    pub fn off(&self) -> Off {
        serde_json::from_value(self.off.clone()).unwrap_or(Off::Minor(0))
    }
}

const SELECT: &str = "SELECT p.id, p.revision, p.name, p.off, p.currency, p.event_id, e.title AS event_title, p.ticket_type_ids,
        p.minimum_minor, p.valid_from, p.valid_until, p.most, p.most_per_guest, p.single_use, p.promoter, p.active, p.changed_at,
        coalesce((SELECT code FROM promo_codes c WHERE c.promo_id = p.id ORDER BY position LIMIT 1), '') AS code,
        (SELECT count(*) FROM promo_codes c WHERE c.promo_id = p.id) AS codes,
        coalesce(o.orders, 0) AS orders, coalesce(o.gross_minor, 0)::bigint AS gross_minor
    FROM promos p LEFT JOIN events e ON e.id = p.event_id
    LEFT JOIN LATERAL (SELECT count(*) AS orders, sum(total_minor) AS gross_minor FROM orders WHERE promo_id = p.id) o ON true ";

/// All promos, the newest first.
pub async fn list(conn: &mut Conn) -> Result<Vec<PromoRow>, DbError> {
    Ok(diesel::sql_query(format!("{SELECT} ORDER BY p.created_at DESC, p.id LIMIT 500")).load(conn).await?)
}

/// One promo.
pub async fn find(conn: &mut Conn, id: Uuid) -> Result<Option<PromoRow>, DbError> {
    let found =
        diesel::sql_query(format!("{SELECT} WHERE p.id = $1")).bind::<SqlUuid, _>(id).get_result(conn).await;
    Ok(found.optional()?)
}

#[derive(diesel::QueryableByName)]
struct CodeRow {
    #[diesel(sql_type = Text)]
    code: String,
}

/// The codes of a promo.
pub async fn codes(conn: &mut Conn, id: Uuid) -> Result<Vec<String>, DbError> {
    let rows: Vec<CodeRow> =
        diesel::sql_query("SELECT code FROM promo_codes WHERE promo_id = $1 ORDER BY position")
            .bind::<SqlUuid, _>(id)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|row| row.code).collect())
}

/// A code and the order that used it.
#[derive(Debug, diesel::QueryableByName)]
pub struct UsedCode {
    #[diesel(sql_type = Text)]
    pub code: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub reference: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub paid_at: Option<DateTime<Utc>>,
}

/// The codes of a promo with the paid orders that used them.
pub async fn used_codes(conn: &mut Conn, id: Uuid) -> Result<Vec<UsedCode>, DbError> {
    Ok(diesel::sql_query(
        "SELECT c.code, o.reference, o.paid_at FROM promo_codes c
         LEFT JOIN orders o ON o.promo_id = c.promo_id AND o.promo_code = c.code
         WHERE c.promo_id = $1 ORDER BY c.position, o.paid_at",
    )
    .bind::<SqlUuid, _>(id)
    .load(conn)
    .await?)
}

/// Writes a new promo.
pub async fn insert(
    conn: &mut Conn,
    id: Uuid,
    input: &PromoInput,
    currency: &str,
    single_use: bool,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO promos (id, revision, name, off, currency, event_id, ticket_type_ids, minimum_minor, valid_from,
                             valid_until, most, most_per_guest, single_use, promoter, active, created_at, changed_at)
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, true, $14, $14)",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(&input.name)
    .bind::<Jsonb, _>(serde_json::to_value(input.off).unwrap_or_default())
    .bind::<Text, _>(currency)
    .bind::<Nullable<SqlUuid>, _>(input.event)
    .bind::<Array<SqlUuid>, _>(&input.ticket_types)
    .bind::<BigInt, _>(input.minimum_minor)
    .bind::<Nullable<Timestamptz>, _>(input.from)
    .bind::<Nullable<Timestamptz>, _>(input.until)
    .bind::<Nullable<BigInt>, _>(input.most)
    .bind::<Nullable<BigInt>, _>(input.most_per_guest)
    .bind::<Bool, _>(single_use)
    .bind::<Text, _>(&input.promoter)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the codes of a new promo.
pub async fn insert_codes(conn: &mut Conn, id: Uuid, codes: &[PromoCode]) -> Result<(), DbError> {
    let codes: Vec<&str> = codes.iter().map(PromoCode::as_str).collect();
    diesel::sql_query(
        "INSERT INTO promo_codes (code, promo_id, position)
         SELECT code, $2, position FROM unnest($1) WITH ORDINALITY AS codes (code, position)",
    )
    .bind::<Array<Text>, _>(codes)
    .bind::<SqlUuid, _>(id)
    .execute(conn)
    .await?;
    Ok(())
}

/// Switches a promo, one revision further. `false`: it is so already, or is not there.
pub async fn switch(conn: &mut Conn, id: Uuid, active: bool, now: DateTime<Utc>) -> Result<bool, DbError> {
    let switched = diesel::sql_query(
        "UPDATE promos SET active = $2, revision = revision + 1, changed_at = $3 WHERE id = $1 AND active <> $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Bool, _>(active)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(switched == 1)
}
