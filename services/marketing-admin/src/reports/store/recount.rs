//! The figures of an event, counted again from the rows they stand for.

use db::{Conn, DbError};
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// An event's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Counted {
    #[diesel(sql_type = BigInt)]
    pub orders: i64,
    #[diesel(sql_type = BigInt)]
    pub tickets_sold: i64,
    #[diesel(sql_type = BigInt)]
    pub tickets_returned: i64,
    #[diesel(sql_type = BigInt)]
    pub gross_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub refunded_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub disputed_minor: i64,
    #[diesel(sql_type = BigInt)]
    pub admitted: i64,
    #[diesel(sql_type = BigInt)]
    pub refused: i64,
    #[diesel(sql_type = BigInt)]
    pub inside: i64,
}

/// What the running figures say.
pub async fn running(conn: &mut Conn, event: Uuid) -> Result<Counted, DbError> {
    Ok(diesel::sql_query(
        "SELECT orders, tickets_sold, tickets_returned, gross_minor, refunded_minor, disputed_minor, admitted, refused, inside
         FROM event_figures WHERE event_id = $1",
    )
    .bind::<SqlUuid, _>(event)
    .get_result(conn)
    .await?)
}

/// What the rows say.
pub async fn from_rows(conn: &mut Conn, event: Uuid) -> Result<Counted, DbError> {
    Ok(diesel::sql_query(
        "SELECT (SELECT count(*) FROM orders WHERE event_id = $1) AS orders,
                (SELECT count(*) FROM sold_tickets WHERE event_id = $1) AS tickets_sold,
                (SELECT count(*) FROM sold_tickets WHERE event_id = $1 AND returned) AS tickets_returned,
                (SELECT coalesce(sum(total_minor), 0)::bigint FROM orders WHERE event_id = $1) AS gross_minor,
                (SELECT coalesce(sum(amount_minor), 0)::bigint FROM order_refunds
                  WHERE event_id = $1 AND takes_revenue) AS refunded_minor,
                (SELECT coalesce(sum(taken_minor), 0)::bigint FROM order_disputes WHERE event_id = $1) AS disputed_minor,
                (SELECT count(*) FROM scans WHERE event_id = $1 AND admitted) AS admitted,
                (SELECT count(*) FROM scans WHERE event_id = $1 AND NOT admitted AND NOT is_exit) AS refused,
                coalesce((SELECT inside_after FROM scans WHERE event_id = $1 AND inside_revision > 0
                  ORDER BY inside_revision DESC LIMIT 1), 0) AS inside",
    )
    .bind::<SqlUuid, _>(event)
    .get_result(conn)
    .await?)
}
