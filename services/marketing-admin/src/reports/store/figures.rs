//! SQL of an event's figures: what it has sold, and by how much that moves.

use std::collections::BTreeMap;

use db::{Conn, DbError, Keep};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::CHANNEL;

/// By how much an event's figures move.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) orders: i64,
    pub(super) tickets_sold: i64,
    pub(super) tickets_returned: i64,
    pub(super) gross_minor: i64,
    pub(super) refunded_minor: i64,
    pub(super) disputed_minor: i64,
    pub(super) admitted: i64,
    pub(super) refused: i64,
    pub(super) inside: Option<(i64, i64)>,
    pub(super) sold_by_type: BTreeMap<Uuid, i64>,
}

/// What an event has sold, as far as the desk has heard.
#[derive(Debug, Default, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Sold {
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
}

/// What an event has sold.
pub async fn sold(conn: &mut Conn, event: Uuid) -> Result<Sold, DbError> {
    let sold = diesel::sql_query(
        "SELECT orders, tickets_sold, tickets_returned, gross_minor, refunded_minor FROM event_figures WHERE event_id = $1",
    )
    .bind::<SqlUuid, _>(event)
    .kept()
    .get_result(conn)
    .await;
    Ok(sold.optional()?.unwrap_or_default())
}

/// Moves the figures of an event and tells the dashboards, when the transaction commits.
pub(super) async fn take(conn: &mut Conn, event: Uuid, step: &Step) -> Result<(), DbError> {
    let (inside, inside_revision) = step.inside.unwrap_or_default();
    diesel::sql_query(
        "INSERT INTO event_figures AS f (event_id, orders, tickets_sold, tickets_returned, gross_minor, refunded_minor,
                                         admitted, refused, inside, inside_revision, disputed_minor)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (event_id) DO UPDATE SET
             orders = f.orders + excluded.orders,
             tickets_sold = f.tickets_sold + excluded.tickets_sold,
             tickets_returned = f.tickets_returned + excluded.tickets_returned,
             gross_minor = f.gross_minor + excluded.gross_minor,
             refunded_minor = f.refunded_minor + excluded.refunded_minor,
             disputed_minor = f.disputed_minor + excluded.disputed_minor,
             admitted = f.admitted + excluded.admitted,
             refused = f.refused + excluded.refused,
             inside = CASE WHEN excluded.inside_revision > f.inside_revision THEN excluded.inside ELSE f.inside END,
             inside_revision = greatest(f.inside_revision, excluded.inside_revision)",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<BigInt, _>(step.orders)
    .bind::<BigInt, _>(step.tickets_sold)
    .bind::<BigInt, _>(step.tickets_returned)
    .bind::<BigInt, _>(step.gross_minor)
    .bind::<BigInt, _>(step.refunded_minor)
    .bind::<BigInt, _>(step.admitted)
    .bind::<BigInt, _>(step.refused)
    .bind::<BigInt, _>(inside)
    .bind::<BigInt, _>(inside_revision)
    .bind::<BigInt, _>(step.disputed_minor)
    .kept()
    .execute(conn)
    .await?;
    take_types(conn, event, &step.sold_by_type).await?;
    diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(CHANNEL)
        .bind::<Text, _>(event.to_string())
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

async fn take_types(conn: &mut Conn, event: Uuid, sold: &BTreeMap<Uuid, i64>) -> Result<(), DbError> {
    if sold.is_empty() {
        return Ok(());
    }
    let (types, steps): (Vec<Uuid>, Vec<i64>) = sold.iter().map(|(id, step)| (*id, *step)).unzip();
    diesel::sql_query(
        "INSERT INTO ticket_type_figures AS f (event_id, ticket_type_id, sold)
         SELECT $1, t.id, t.step FROM unnest($2, $3) AS t(id, step)
         ON CONFLICT (event_id, ticket_type_id) DO UPDATE SET sold = f.sold + excluded.sold",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Array<SqlUuid>, _>(types)
    .bind::<Array<BigInt>, _>(steps)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}
