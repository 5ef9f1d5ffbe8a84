//! SQL that reads what was counted of nights.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

#[derive(diesel::QueryableByName)]
struct Clock {
    #[diesel(sql_type = Text)]
    time_zone: String,
}

/// The clock of the venue that has been there longest.
pub(in crate::reports) async fn oldest_zone(conn: &mut Conn) -> Result<Option<String>, DbError> {
    let oldest = "SELECT time_zone FROM venues ORDER BY created_at, id LIMIT 1";
    let found: Option<Clock> = diesel::sql_query(oldest).get_result(conn).await.optional()?;
    Ok(found.map(|venue| venue.time_zone))
}

#[derive(diesel::QueryableByName)]
pub(in crate::reports) struct NightRow {
    #[diesel(sql_type = SqlUuid)]
    pub(in crate::reports) id: Uuid,
    #[diesel(sql_type = Text)]
    pub(in crate::reports) slug: String,
    #[diesel(sql_type = Text)]
    pub(in crate::reports) title: String,
    #[diesel(sql_type = Timestamptz)]
    pub(in crate::reports) starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub(in crate::reports) ends_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub(in crate::reports) time_zone: String,
    #[diesel(sql_type = Text)]
    pub(in crate::reports) currency: String,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) tickets_sold: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) revenue_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) disputed_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) inside: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) admitted: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) refused: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub(in crate::reports) limit_people: Option<i64>,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) conflicts_open: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) devices_seen: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) devices_silent: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) queue_length: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub(in crate::reports) door_changed_at: Option<DateTime<Utc>>,
}

pub(in crate::reports) async fn night_rows(
    conn: &mut Conn,
    ended_after: DateTime<Utc>,
) -> Result<Vec<NightRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT e.id, e.slug, e.title, e.starts_at, e.ends_at, venues.time_zone, e.currency,
                coalesce(f.tickets_sold - f.tickets_returned, 0) AS tickets_sold,
                coalesce(f.gross_minor - f.refunded_minor - f.disputed_minor, 0) AS revenue_minor,
                coalesce(f.disputed_minor, 0) AS disputed_minor,
                coalesce(f.inside, 0) AS inside, coalesce(f.admitted, 0) AS admitted, coalesce(f.refused, 0) AS refused,
                d.limit_people, coalesce(d.conflicts_open, 0) AS conflicts_open, coalesce(d.devices_seen, 0) AS devices_seen,
                coalesce(d.devices_silent, 0) AS devices_silent, coalesce(d.queue_length, 0) AS queue_length,
                d.changed_at AS door_changed_at
         FROM events e JOIN venues ON venues.id = e.venue_id LEFT JOIN event_figures f ON f.event_id = e.id
         LEFT JOIN door_states d ON d.event_id = e.id
         WHERE e.status IN ('published', 'cancelled') AND e.ends_at > $1
         ORDER BY e.starts_at, e.id LIMIT 100",
    )
    .bind::<Timestamptz, _>(ended_after)
    .load(conn)
    .await?)
}

#[derive(diesel::QueryableByName)]
pub(in crate::reports) struct TypeRow {
    #[diesel(sql_type = SqlUuid)]
    pub(in crate::reports) event_id: Uuid,
    #[diesel(sql_type = Text)]
    pub(in crate::reports) name: String,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) sold: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) capacity: i64,
}

/// A withdrawn ticket type still counts where it was sold, and offers no places any more.
pub(in crate::reports) async fn type_rows(conn: &mut Conn, events: &[Uuid]) -> Result<Vec<TypeRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT t.event_id, t.name, coalesce(f.sold, 0) AS sold,
                CASE WHEN t.withdrawn_at IS NULL THEN t.capacity ELSE coalesce(f.sold, 0) END AS capacity
         FROM ticket_types t LEFT JOIN ticket_type_figures f ON f.event_id = t.event_id AND f.ticket_type_id = t.id
         WHERE t.event_id = ANY($1) AND (t.withdrawn_at IS NULL OR f.sold > 0)
         ORDER BY t.event_id, t.position, t.id",
    )
    .bind::<Array<SqlUuid>, _>(events)
    .load(conn)
    .await?)
}

#[derive(diesel::QueryableByName)]
struct Gone {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The ticket types of some nights of which every place is sold, as far as we have heard. The ticket site has the last word.
pub async fn sold_out(conn: &mut Conn, events: &[Uuid]) -> Result<HashSet<Uuid>, DbError> {
    let rows: Vec<Gone> = diesel::sql_query(
        "SELECT t.id FROM ticket_types t
         JOIN ticket_type_figures f ON f.event_id = t.event_id AND f.ticket_type_id = t.id
         WHERE t.event_id = ANY($1) AND t.withdrawn_at IS NULL AND f.sold >= t.capacity",
    )
    .bind::<Array<SqlUuid>, _>(events)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

#[derive(diesel::QueryableByName)]
pub(in crate::reports) struct DeskRow {
    #[diesel(sql_type = SqlUuid)]
    pub(in crate::reports) event_id: Uuid,
    #[diesel(sql_type = Text)]
    pub(in crate::reports) channel: String,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) tickets: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) revenue_minor: i64,
}

/// What staff sold at the venue and gave away: few orders beside those of the guests, which are all the rest.
pub(in crate::reports) async fn desk_rows(conn: &mut Conn, events: &[Uuid]) -> Result<Vec<DeskRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT o.event_id, o.channel, sum(t.tickets)::bigint AS tickets, sum(o.total_minor - r.refunded)::bigint AS revenue_minor
         FROM orders o
         CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE NOT returned) AS tickets FROM sold_tickets
                             WHERE order_id = o.id) t
         CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0) AS refunded FROM order_refunds
                             WHERE order_id = o.id AND takes_revenue) r
         WHERE o.channel <> 'online' AND o.event_id = ANY($1) GROUP BY 1, 2 ORDER BY 1, 2",
    )
    .bind::<Array<SqlUuid>, _>(events)
    .load(conn)
    .await?)
}

#[derive(diesel::QueryableByName)]
pub(in crate::reports) struct TotalRow {
    #[diesel(sql_type = Text)]
    pub(in crate::reports) currency: String,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) tickets_sold: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) revenue_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub(in crate::reports) inside: i64,
}

/// What the nights that ended after this come to, per currency, the one with most revenue first.
pub(in crate::reports) async fn total_rows(
    conn: &mut Conn,
    ended_after: DateTime<Utc>,
) -> Result<Vec<TotalRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT e.currency, coalesce(sum(f.tickets_sold - f.tickets_returned), 0)::bigint AS tickets_sold,
                coalesce(sum(f.gross_minor - f.refunded_minor - f.disputed_minor), 0)::bigint AS revenue_minor,
                coalesce(sum(f.inside), 0)::bigint AS inside
         FROM event_figures f JOIN events e ON e.id = f.event_id
         WHERE e.ends_at > $1 AND e.status IN ('published', 'cancelled')
         GROUP BY e.currency ORDER BY 3 DESC",
    )
    .bind::<Timestamptz, _>(ended_after)
    .load(conn)
    .await?)
}
