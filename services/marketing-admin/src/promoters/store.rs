//! The SQL of promoters' figures.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// What was sold in a promoter's name for a night with one code.
#[derive(Debug, diesel::QueryableByName)]
pub struct PromoterFigures {
    /// Whom it is credited to.
    #[diesel(sql_type = Text)]
    pub promoter: String,
    /// The night.
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    /// Its title; empty where the desk does not know the night.
    #[diesel(sql_type = Text)]
    pub event_title: String,
    /// When it begins.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub starts_at: Option<DateTime<Utc>>,
    /// In which zone.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// The code that was used; empty for none.
    #[diesel(sql_type = Text)]
    pub code: String,
    /// Of the amounts.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// Paid orders.
    #[diesel(sql_type = BigInt)]
    pub orders: i64,
    /// Tickets that were sold.
    #[diesel(sql_type = BigInt)]
    pub sold: i64,
    /// Of them, those that were given back.
    #[diesel(sql_type = BigInt)]
    pub returned: i64,
    /// Of them, those that the door has let in, whoever held them: one that was passed on keeps its order.
    #[diesel(sql_type = BigInt)]
    pub came: i64,
    /// What was paid, minor units.
    #[diesel(sql_type = BigInt)]
    pub gross_minor: i64,
    /// What of that went back.
    #[diesel(sql_type = BigInt)]
    pub refunded_minor: i64,
}

impl PromoterFigures {
    /// What is left.
    pub fn net_minor(&self) -> i64 {
        self.gross_minor - self.refunded_minor
    }
}

/// The figures of one night, or of all: the latest night first. A night has few promoters with few codes each.
pub async fn figures(conn: &mut Conn, event: Option<Uuid>) -> Result<Vec<PromoterFigures>, DbError> {
    Ok(diesel::sql_query(
        "SELECT o.promoter, o.event_id, coalesce(e.title, '') AS event_title, e.starts_at,
                coalesce(v.time_zone, 'UTC') AS time_zone, o.promo_code AS code, o.currency, count(*) AS orders,
                sum(t.sold)::bigint AS sold, sum(t.returned)::bigint AS returned, sum(t.came)::bigint AS came,
                sum(o.total_minor)::bigint AS gross_minor, sum(r.refunded)::bigint AS refunded_minor
           FROM orders o
           LEFT JOIN events e ON e.id = o.event_id LEFT JOIN venues v ON v.id = e.venue_id
          CROSS JOIN LATERAL (
            SELECT count(*) AS sold, count(*) FILTER (WHERE returned) AS returned,
                   (SELECT count(DISTINCT s.ticket_id) FROM scans s
                     WHERE s.admitted AND s.ticket_id IN (SELECT id FROM sold_tickets WHERE order_id = o.id
                           UNION ALL SELECT ticket_id FROM passed_on_tickets WHERE order_id = o.id)) AS came
              FROM sold_tickets WHERE order_id = o.id) t
          CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS refunded FROM order_refunds
                               WHERE order_id = o.id AND takes_revenue) r
          WHERE o.promoter <> '' AND ($1 IS NULL OR o.event_id = $1)
          GROUP BY o.promoter, o.event_id, e.title, e.starts_at, v.time_zone, o.promo_code, o.currency
          ORDER BY e.starts_at DESC NULLS LAST, o.event_id, o.promoter, o.promo_code, o.currency LIMIT 5000",
    )
    .bind::<Nullable<SqlUuid>, _>(event)
    .load(conn)
    .await?)
}
