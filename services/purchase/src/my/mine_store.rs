//! SQL of a signed-in guest's nights.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// An order of theirs, or a ticket that was passed on to them.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct MineRow {
    #[diesel(sql_type = SqlUuid)]
    pub order_id: Uuid,
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Text)]
    pub currency: String,
    #[diesel(sql_type = BigInt)]
    pub total_minor: i64,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Text)]
    pub event_status: String,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    #[diesel(sql_type = Text)]
    pub venue_name: String,
    /// Good ones.
    #[diesel(sql_type = BigInt)]
    pub tickets: i64,
    /// The one ticket that it is about, where that was passed on to them.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ticket: Option<Uuid>,
}

const MINE: &str = "
SELECT * FROM (
  SELECT o.id AS order_id, o.reference, o.state, o.currency, o.total_minor, e.title, e.status AS event_status, e.starts_at,
         e.ends_at, e.time_zone, e.venue_name,
         (SELECT count(*) FROM tickets t WHERE t.order_id = o.id AND t.state = 'valid'
             AND NOT EXISTS (SELECT FROM ticket_transfers x WHERE x.to_ticket = t.id AND NOT x.to_buyer)) AS tickets,
         NULL::uuid AS ticket
    FROM orders o JOIN events e ON e.id = o.event_id
   WHERE (lower(o.buyer_email) = $2 OR o.id IN (SELECT order_id FROM account_orders WHERE account_id = $1))
     AND (o.state IN ('paid', 'refunded') OR (o.state = 'pending' AND o.held_until > $3))
  UNION ALL
  -- Of the order that it was bought with its guest sees nothing.
  SELECT t.order_id, '', 'paid', 'EUR', 0, e.title, e.status, e.starts_at, e.ends_at, e.time_zone, e.venue_name, 1, t.id
    FROM ticket_transfers x JOIN tickets t ON t.id = x.to_ticket AND t.state = 'valid'
    JOIN events e ON e.id = t.event_id
   WHERE lower(x.to_email) = $2 AND NOT x.to_buyer) AS mine";

/// Nights that are not over, the next one first.
pub(crate) async fn coming(
    conn: &mut Conn,
    account: Uuid,
    email: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Vec<MineRow>, DbError> {
    let sql = format!("{MINE} WHERE ends_at > $3 ORDER BY starts_at, order_id, ticket LIMIT 200");
    Ok(diesel::sql_query(sql)
        .bind::<SqlUuid, _>(account)
        .bind::<Nullable<Text>, _>(email)
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?)
}

/// Nights that are over and began before an instant, the last one first.
pub(crate) async fn past(
    conn: &mut Conn,
    account: Uuid,
    email: Option<&str>,
    (now, before): (DateTime<Utc>, DateTime<Utc>),
    most: i64,
) -> Result<Vec<MineRow>, DbError> {
    let sql = format!(
        "{MINE} WHERE ends_at <= $3 AND starts_at < $4 ORDER BY starts_at DESC, order_id DESC, ticket DESC LIMIT $5"
    );
    Ok(diesel::sql_query(sql)
        .bind::<SqlUuid, _>(account)
        .bind::<Nullable<Text>, _>(email)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(before)
        .bind::<BigInt, _>(most)
        .load(conn)
        .await?)
}
