//! SQL that counts money which goes back.

use db::{Conn, DbError, Keep};
use diesel::sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::alone_with;
use super::figures::{Step, take};
use super::orders::Placed;
use super::said::Refund;

/// Counts a refund, once.
pub async fn add_refund(conn: &mut Conn, refund: &Refund) -> Result<bool, DbError> {
    alone_with(conn, refund.order).await?;
    if !put_refund(conn, refund).await? {
        return Ok(false);
    }
    let taken: Vec<Placed> = diesel::sql_query(
        "UPDATE sold_tickets SET returned = true WHERE id = ANY($1) AND order_id = $2 AND NOT returned
         RETURNING ticket_type_id, returned",
    )
    .bind::<Array<SqlUuid>, _>(&refund.tickets)
    .bind::<SqlUuid, _>(refund.order)
    .kept()
    .load(conn)
    .await?;
    let mut step = Step {
        refunded_minor: if refund.takes_revenue { refund.amount_minor } else { 0 },
        ..Step::default()
    };
    for ticket in taken {
        step.tickets_returned += 1;
        *step.sold_by_type.entry(ticket.ticket_type_id).or_default() -= 1;
    }
    take(conn, refund.event, &step).await?;
    Ok(true)
}

async fn put_refund(conn: &mut Conn, refund: &Refund) -> Result<bool, DbError> {
    let added = diesel::sql_query(
        "INSERT INTO order_refunds (id, order_id, revision, event_id, currency, amount_minor, reason, takes_revenue,
                                    ticket_ids, refunded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(refund.id)
    .bind::<SqlUuid, _>(refund.order)
    .bind::<BigInt, _>(refund.revision)
    .bind::<SqlUuid, _>(refund.event)
    .bind::<Text, _>(&refund.currency)
    .bind::<BigInt, _>(refund.amount_minor)
    .bind::<Text, _>(&refund.reason)
    .bind::<Bool, _>(refund.takes_revenue)
    .bind::<Array<SqlUuid>, _>(&refund.tickets)
    .bind::<Timestamptz, _>(refund.refunded_at)
    .kept()
    .execute(conn)
    .await?;
    Ok(added == 1)
}

/// A bank took money of a night, or gave it back.
pub(crate) async fn add_disputed(conn: &mut Conn, event: Uuid, minor: i64) -> Result<(), DbError> {
    take(conn, event, &Step { disputed_minor: minor, ..Step::default() }).await
}
