//! The SQL of presales.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use internal_api::purchase::presales::Presale;
use uuid::Uuid;

use crate::inventory::EventName;
use crate::reminders::store::GENERAL_SALE;

/// An order that gave its guest nothing: it ran out unpaid, or its money came too late and goes back.
const UNUSED: &str = "(o.state = 'expired' OR (o.state = 'refunded' AND o.paid_at IS NULL))";

/// A guest's own code.
#[derive(Debug, diesel::QueryableByName)]
pub(super) struct Own {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// What it stands for.
    #[diesel(sql_type = Text)]
    pub access_code: String,
    /// Orders with it that gave its guest nothing.
    #[diesel(sql_type = BigInt)]
    pub ended: i64,
}

/// The guest's own code of a night, as long as it stands for anything: until the sale begins for everybody.
pub(super) async fn own(
    conn: &mut Conn,
    code: &str,
    event: &EventName,
    now: DateTime<Utc>,
) -> Result<Option<Own>, DbError> {
    let (id, slug) = match event {
        EventName::Id(id) => (Some(*id), None),
        EventName::Slug(slug) => (None, Some(slug.as_str())),
    };
    let own = diesel::sql_query(format!(
        "SELECT r.id, p.access_code,
                (SELECT count(*) FROM checkout_requests c JOIN orders o ON o.id = c.order_id
                  WHERE {UNUSED}
                    AND c.key IN (SELECT 'presale:' || r.id || ':' || n FROM generate_series(0, 9) n)) AS ended
           FROM sale_reminders r JOIN presales p ON p.event_id = r.event_id JOIN events e ON e.id = r.event_id
          WHERE r.presale_code = $2 AND (e.id = $3 OR e.slug = $4) AND e.status = 'published' AND NOT {GENERAL_SALE}"
    ))
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(code)
    .bind::<Nullable<SqlUuid>, _>(id)
    .bind::<Nullable<Text>, _>(slug)
    .get_result(conn)
    .await;
    Ok(own.optional()?)
}

#[derive(diesel::QueryableByName)]
struct Yes {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// Late money of a locked order whose code its hold had given back wants it again: whether it could be had, or none was used. It takes the
/// key that the code's next order would have: with each order that gave its guest nothing the count in [`own`] moves on, so that key is
/// free only as long as the code is, and what is placed with it in this moment waits for this transaction.
pub(crate) async fn take_again(conn: &mut Conn, order: OrderId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let had: Yes = diesel::sql_query(format!(
        "WITH own AS (
           SELECT substring(key FROM '^(.*:)[0-9]+$') AS code, fingerprint, order_id FROM checkout_requests
            WHERE order_id = $1 AND key LIKE 'presale:%' AND key ~ '^presale:[0-9a-f-]{{36}}:[0-9]{{1,2}}$'
            ORDER BY key LIMIT 1
         ), taken AS (
           INSERT INTO checkout_requests (key, fingerprint, order_id, created_at)
           SELECT own.code || (SELECT count(*) FROM checkout_requests c JOIN orders o ON o.id = c.order_id
                                WHERE {UNUSED} AND c.key IN (SELECT own.code || n FROM generate_series(0, 9) n)),
                  own.fingerprint, own.order_id, $2
             FROM own
           ON CONFLICT (key) DO NOTHING RETURNING key
         )
         SELECT (SELECT count(*) FROM own) = (SELECT count(*) FROM taken) AS yes"
    ))
    .bind::<SqlUuid, _>(order.uuid())
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(had.yes)
}

#[derive(diesel::QueryableByName)]
struct Stands {
    #[diesel(sql_type = BigInt)]
    registered: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    opened_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    told: i64,
    #[diesel(sql_type = BigInt)]
    used: i64,
}

/// How a night's presale stands.
pub(super) async fn stands(conn: &mut Conn, event: Uuid) -> Result<Presale, DbError> {
    let Stands { registered, opened_at, told, used } = diesel::sql_query(format!(
        "SELECT count(r.id) AS registered, (SELECT opened_at FROM presales WHERE event_id = $1) AS opened_at,
                count(r.presale_code) AS told,
                count(*) FILTER (WHERE r.presale_code IS NOT NULL AND EXISTS (
                  SELECT FROM checkout_requests c JOIN orders o ON o.id = c.order_id
                   WHERE NOT {UNUSED}
                     AND c.key IN (SELECT 'presale:' || r.id || ':' || n FROM generate_series(0, 10) n))) AS used
           FROM sale_reminders r WHERE r.event_id = $1"
    ))
    .bind::<SqlUuid, _>(event)
    .get_result(conn)
    .await?;
    Ok(Presale { registered, opened_at, told, used })
}

#[derive(diesel::QueryableByName)]
struct Said {
    #[diesel(sql_type = Bool)]
    general: bool,
    #[diesel(sql_type = Bool)]
    opens: bool,
}

/// Whether the sale has begun for everybody, and whether an access code opens a hidden type of the night.
pub(super) async fn look(
    conn: &mut Conn,
    event: Uuid,
    access_code: &str,
    now: DateTime<Utc>,
) -> Result<(bool, bool), DbError> {
    let said: Said = diesel::sql_query(format!(
        "SELECT {GENERAL_SALE} AS general,
                EXISTS (SELECT FROM ticket_types h WHERE h.event_id = e.id AND NOT h.withdrawn
                           AND h.terms ->> 'access_code' = $3) AS opens
           FROM events e WHERE e.id = $2"
    ))
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(event)
    .bind::<Text, _>(access_code)
    .get_result(conn)
    .await?;
    Ok((said.general, said.opens))
}

/// Opens it, once. Says for which code it is open.
pub(super) async fn open(
    conn: &mut Conn,
    event: Uuid,
    access_code: &str,
    now: DateTime<Utc>,
) -> Result<(bool, String), DbError> {
    #[derive(diesel::QueryableByName)]
    struct Code {
        #[diesel(sql_type = Text)]
        access_code: String,
    }
    let new = diesel::sql_query(
        "INSERT INTO presales (event_id, access_code, opened_at) VALUES ($1, $2, $3) ON CONFLICT (event_id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Text, _>(access_code)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    let stands: Code = diesel::sql_query("SELECT access_code FROM presales WHERE event_id = $1")
        .bind::<SqlUuid, _>(event)
        .get_result(conn)
        .await?;
    Ok((new == 1, stands.access_code))
}

/// A guest who is to have a code.
#[derive(Debug, diesel::QueryableByName)]
pub(super) struct DueRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub language: String,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = Text)]
    pub slug: String,
}

/// Guests who had registered when the presale opened and have no code yet, locked: another process passes them by.
pub(super) async fn due(conn: &mut Conn, now: DateTime<Utc>, most: i64) -> Result<Vec<DueRow>, DbError> {
    Ok(diesel::sql_query(format!(
        "SELECT r.id, r.email, r.language, e.id AS event_id, e.slug
           FROM presales p JOIN sale_reminders r ON r.event_id = p.event_id JOIN events e ON e.id = p.event_id
          WHERE r.presale_code IS NULL AND r.mailed_at IS NULL AND r.asked_at <= p.opened_at
            AND e.status = 'published' AND e.ends_at > $1 AND NOT {GENERAL_SALE}
          ORDER BY r.id LIMIT $2 FOR UPDATE OF r SKIP LOCKED"
    ))
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}

/// Notes the codes that guests are mailed.
pub(super) async fn give(conn: &mut Conn, ids: Vec<Uuid>, codes: Vec<String>) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE sale_reminders r SET presale_code = given.code FROM unnest($1, $2) AS given (id, code) WHERE r.id = given.id",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Text>, _>(codes)
    .execute(conn)
    .await?;
    Ok(())
}
