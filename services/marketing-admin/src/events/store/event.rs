//! SQL that writes an event's own row.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::json;
use crate::events::plan::Plan;

/// Writes the event's own row: a new draft, or the next revision of the one with this id.
pub async fn put_event(
    conn: &mut Conn,
    id: Uuid,
    slug: &str,
    venue: Uuid,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO events (id, revision, slug, title, description, status, starts_at, ends_at, entry_from, entry_until,
                             venue_id, currency, fee_fixed_minor, fee_basis_points, fee_absorbed, terms, created_at, changed_at)
         VALUES ($1, 1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
         ON CONFLICT (id) DO UPDATE SET revision = events.revision + 1, slug = excluded.slug, title = excluded.title,
             description = excluded.description, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
             entry_from = excluded.entry_from, entry_until = excluded.entry_until, venue_id = excluded.venue_id,
             currency = excluded.currency, fee_fixed_minor = excluded.fee_fixed_minor,
             fee_basis_points = excluded.fee_basis_points, fee_absorbed = excluded.fee_absorbed, terms = excluded.terms,
             changed_at = excluded.changed_at",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(slug)
    .bind::<Text, _>(&plan.title)
    .bind::<Text, _>(&plan.description)
    .bind::<Timestamptz, _>(plan.starts_at)
    .bind::<Timestamptz, _>(plan.ends_at)
    .bind::<Timestamptz, _>(plan.entry_from)
    .bind::<Timestamptz, _>(plan.entry_until)
    .bind::<SqlUuid, _>(venue)
    .bind::<Text, _>(plan.currency.code())
    .bind::<BigInt, _>(plan.fee.fixed_minor)
    .bind::<BigInt, _>(plan.fee.basis_points)
    .bind::<Bool, _>(plan.fee.absorbed)
    .bind::<Jsonb, _>(json(&plan.terms))
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts a change of events that is not one of their own rows.
pub async fn next_revision(conn: &mut Conn, events: &[Uuid], now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("UPDATE events SET revision = revision + 1, changed_at = $2 WHERE id = ANY($1)")
        .bind::<Array<SqlUuid>, _>(events)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Moves the event to another status, one revision further.
pub async fn set_status(conn: &mut Conn, id: Uuid, status: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE events SET status = $2, revision = revision + 1, changed_at = $3,
                published_at = CASE WHEN $2 = 'published' THEN $3 ELSE published_at END,
                cancelled_at = CASE WHEN $2 = 'cancelled' THEN $3 ELSE cancelled_at END
         WHERE id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(status)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}
