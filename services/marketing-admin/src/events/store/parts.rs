//! SQL that writes an event's zones and ticket types.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::json;
use crate::events::plan::TicketTypePlan;

/// Makes a zone or renames it.
pub async fn put_zone(
    conn: &mut Conn,
    id: Uuid,
    event: Uuid,
    name: &str,
    position: i32,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO zones (id, event_id, name, position) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, position = excluded.position",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(event)
    .bind::<Text, _>(name)
    .bind::<Integer, _>(position)
    .execute(conn)
    .await?;
    Ok(())
}

/// The event's zones to which a ticket type belongs, withdrawn or not, or its tables give entry.
pub async fn zones_in_use(conn: &mut Conn, event: Uuid) -> Result<Vec<Uuid>, DbError> {
    #[derive(diesel::QueryableByName)]
    struct InUse {
        #[diesel(sql_type = SqlUuid)]
        zone_id: Uuid,
    }
    let rows: Vec<InUse> = diesel::sql_query(
        "SELECT zone_id FROM ticket_types WHERE event_id = $1 UNION SELECT zone_id FROM night_plans WHERE event_id = $1",
    )
    .bind::<SqlUuid, _>(event)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.zone_id).collect())
}

/// Takes away the zones that are not kept and that no ticket type, withdrawn or not, belongs to, nor the event's tables.
pub async fn remove_zones_except(conn: &mut Conn, event: Uuid, kept: &[Uuid]) -> Result<(), DbError> {
    diesel::sql_query(
        "DELETE FROM zones WHERE event_id = $1 AND NOT id = ANY($2)
         AND NOT EXISTS (SELECT FROM ticket_types WHERE ticket_types.zone_id = zones.id)
         AND NOT EXISTS (SELECT FROM night_plans WHERE night_plans.zone_id = zones.id)",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Array<SqlUuid>, _>(kept)
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes a ticket type or changes it; a withdrawn one comes back.
pub async fn put_ticket_type(
    conn: &mut Conn,
    id: Uuid,
    event: Uuid,
    zone: Uuid,
    position: i32,
    plan: &TicketTypePlan,
) -> Result<(), DbError> {
    // The domain keeps both within 1..=100.
    let per_order = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
    diesel::sql_query(
        "INSERT INTO ticket_types (id, event_id, zone_id, position, name, description, price_minor, capacity,
                                   min_per_order, max_per_order, sale_from, sale_until, attention, terms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (id) DO UPDATE SET zone_id = excluded.zone_id, position = excluded.position, name = excluded.name,
             description = excluded.description, price_minor = excluded.price_minor, capacity = excluded.capacity,
             min_per_order = excluded.min_per_order, max_per_order = excluded.max_per_order,
             sale_from = excluded.sale_from, sale_until = excluded.sale_until, attention = excluded.attention,
             terms = excluded.terms, withdrawn_at = NULL",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(event)
    .bind::<SqlUuid, _>(zone)
    .bind::<Integer, _>(position)
    .bind::<Text, _>(&plan.input.name)
    .bind::<Text, _>(&plan.input.description)
    .bind::<BigInt, _>(plan.input.price.minor())
    .bind::<BigInt, _>(plan.input.capacity)
    .bind::<Integer, _>(per_order(plan.input.min_per_order))
    .bind::<Integer, _>(per_order(plan.input.max_per_order))
    .bind::<Nullable<Timestamptz>, _>(plan.input.sale_from)
    .bind::<Nullable<Timestamptz>, _>(plan.input.sale_until)
    .bind::<Text, _>(&plan.input.attention)
    .bind::<Jsonb, _>(json(&plan.input.terms))
    .execute(conn)
    .await?;
    Ok(())
}

/// Withdraws the ticket types that are not kept: tickets sold of them stay good.
pub async fn withdraw_except(
    conn: &mut Conn,
    event: Uuid,
    kept: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE ticket_types SET withdrawn_at = $3 WHERE event_id = $1 AND NOT id = ANY($2) AND withdrawn_at IS NULL",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Array<SqlUuid>, _>(kept)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts withdrawn ticket types whose zone is not kept into the first that is: of a draft, where nothing was ever on sale, so
/// that no zone must stay for them.
pub async fn rehouse_withdrawn(conn: &mut Conn, event: Uuid, kept: &[Uuid]) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE ticket_types SET zone_id = $2[1]
         WHERE event_id = $1 AND withdrawn_at IS NOT NULL AND NOT zone_id = ANY($2)",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Array<SqlUuid>, _>(kept)
    .execute(conn)
    .await?;
    Ok(())
}
