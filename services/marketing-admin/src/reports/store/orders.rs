//! SQL that counts paid orders.

use db::{Conn, DbError, Keep};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::alone_with;
use super::figures::{Step, take};
use super::said::PaidOrder;

#[derive(diesel::QueryableByName)]
struct Known {
    #[diesel(sql_type = BigInt)]
    revision: i64,
    #[diesel(sql_type = BigInt)]
    total_minor: i64,
}

/// Counts a paid order, once; a newer revision of it counts by its difference.
pub async fn add_paid(conn: &mut Conn, order: &PaidOrder) -> Result<bool, DbError> {
    alone_with(conn, order.id).await?;
    let known: Option<Known> =
        diesel::sql_query("SELECT revision, total_minor FROM orders WHERE id = $1 FOR UPDATE")
            .bind::<SqlUuid, _>(order.id)
            .kept()
            .get_result(conn)
            .await
            .optional()?;
    let stale = known.as_ref().is_some_and(|known| known.revision >= order.revision);
    if stale || !put_order(conn, order).await? {
        return Ok(false);
    }
    let mut step = Step {
        orders: i64::from(known.is_none()),
        gross_minor: order.total_minor - known.map_or(0, |known| known.total_minor),
        ..Step::default()
    };
    for ticket in put_tickets(conn, order).await? {
        step.tickets_sold += 1;
        step.tickets_returned += i64::from(ticket.returned);
        *step.sold_by_type.entry(ticket.ticket_type_id).or_default() += i64::from(!ticket.returned);
    }
    take(conn, order.event, &step).await?;
    Ok(true)
}

/// Whether this state of the order is newer than the one held.
async fn put_order(conn: &mut Conn, order: &PaidOrder) -> Result<bool, DbError> {
    let written = diesel::sql_query(
        "INSERT INTO orders (id, revision, reference, event_id, currency, total_minor, paid_at, promo_id, promo_code, promoter, channel)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, total_minor = excluded.total_minor
         WHERE orders.revision < excluded.revision",
    )
    .bind::<SqlUuid, _>(order.id)
    .bind::<BigInt, _>(order.revision)
    .bind::<Text, _>(&order.reference)
    .bind::<SqlUuid, _>(order.event)
    .bind::<Text, _>(&order.currency)
    .bind::<BigInt, _>(order.total_minor)
    .bind::<Timestamptz, _>(order.paid_at)
    .bind::<Nullable<SqlUuid>, _>(order.promo)
    .bind::<Text, _>(&order.promo_code)
    .bind::<Text, _>(&order.promoter)
    .bind::<Text, _>(order.channel.code())
    .kept()
    .execute(conn)
    .await?;
    Ok(written == 1)
}

#[derive(diesel::QueryableByName)]
pub(super) struct Placed {
    #[diesel(sql_type = SqlUuid)]
    pub(super) ticket_type_id: Uuid,
    #[diesel(sql_type = Bool)]
    pub(super) returned: bool,
}

/// Adds the tickets that are new. The refund may have come first: then they are born returned.
async fn put_tickets(conn: &mut Conn, order: &PaidOrder) -> Result<Vec<Placed>, DbError> {
    let ids: Vec<Uuid> = order.tickets.iter().map(|ticket| ticket.id).collect();
    let types: Vec<Uuid> = order.tickets.iter().map(|ticket| ticket.ticket_type).collect();
    Ok(diesel::sql_query(
        "INSERT INTO sold_tickets (id, order_id, event_id, ticket_type_id, returned)
         SELECT t.id, $1, $2, t.type_id,
                EXISTS (SELECT FROM order_refunds r WHERE r.order_id = $1 AND t.id = ANY(r.ticket_ids))
         FROM unnest($3, $4) AS t(id, type_id)
         ON CONFLICT (id) DO NOTHING
         RETURNING ticket_type_id, returned",
    )
    .bind::<SqlUuid, _>(order.id)
    .bind::<SqlUuid, _>(order.event)
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<SqlUuid>, _>(types)
    .kept()
    .load(conn)
    .await?)
}

/// A ticket of an order was passed on or handed back, and this one came in its place: who comes with it comes with that order.
pub(crate) async fn put_passed_on(conn: &mut Conn, ticket: Uuid, order: Uuid) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO passed_on_tickets (ticket_id, order_id) VALUES ($1, $2) ON CONFLICT (ticket_id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<SqlUuid, _>(order)
    .execute(conn)
    .await?;
    Ok(())
}
