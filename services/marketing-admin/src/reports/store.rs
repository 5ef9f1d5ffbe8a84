//! SQL that writes the read models. Each function gives whether anything changed.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::order::Channel;
use uuid::Uuid;

/// Tells every replica that figures have changed.
pub const CHANNEL: &str = "marketing_admin_figures";

/// An order that was paid.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in proto/maguey/purchase/v1/order.proto")]
pub struct PaidOrder {
    pub id: Uuid,
    pub revision: i64,
    pub reference: String,
    pub event: Uuid,
    pub currency: String,
    pub total_minor: i64,
    pub promo: Option<Uuid>,
    pub promo_code: String,
    pub promoter: String,
    pub channel: Channel,
    pub paid_at: DateTime<Utc>,
    pub tickets: Vec<SoldTicket>,
}

/// A ticket of a paid order.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in proto/maguey/purchase/v1/order.proto")]
pub struct SoldTicket {
    pub id: Uuid,
    pub ticket_type: Uuid,
}

/// Money that went back.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in proto/maguey/purchase/v1/order.proto")]
pub struct Refund {
    pub id: Uuid,
    pub order: Uuid,
    pub revision: i64,
    pub event: Uuid,
    pub currency: String,
    pub amount_minor: i64,
    pub reason: String,
    pub takes_revenue: bool,
    pub tickets: Vec<Uuid>,
    pub refunded_at: DateTime<Utc>,
}

/// A scan and its answer.
#[derive(Debug)]
#[expect(missing_docs, reason = "as in proto/maguey/scanner/v1/ticket_scanned.proto")]
pub struct Scan {
    pub id: Uuid,
    pub event: Uuid,
    pub gate: Uuid,
    pub gate_name: String,
    pub ticket: Option<Uuid>,
    pub admitted: bool,
    pub reason: String,
    pub scanned_at: DateTime<Utc>,
    pub inside_after: i64,
    pub inside_revision: i64,
}

/// By how much an event's figures move.
#[derive(Debug, Default)]
struct Step {
    orders: i64,
    tickets_sold: i64,
    tickets_returned: i64,
    gross_minor: i64,
    refunded_minor: i64,
    disputed_minor: i64,
    admitted: i64,
    refused: i64,
    inside: Option<(i64, i64)>,
    sold_by_type: BTreeMap<Uuid, i64>,
}

#[derive(diesel::QueryableByName)]
struct Known {
    #[diesel(sql_type = BigInt)]
    revision: i64,
    #[diesel(sql_type = BigInt)]
    total_minor: i64,
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

/// Lets one message of an order in at a time, until the transaction ends: the original and its resend, a payment and its
/// refund may arrive in the same moment, and none of them would see what the other is about to count.
pub(crate) async fn alone_with(conn: &mut Conn, order: Uuid) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('order ' || $1, 0))")
        .bind::<Text, _>(order.to_string())
        .kept()
        .execute(conn)
        .await?;
    Ok(())
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
struct Placed {
    #[diesel(sql_type = SqlUuid)]
    ticket_type_id: Uuid,
    #[diesel(sql_type = Bool)]
    returned: bool,
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

#[derive(diesel::QueryableByName)]
struct Added {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// A bank took money of a night, or gave it back.
pub(crate) async fn add_disputed(conn: &mut Conn, event: Uuid, minor: i64) -> Result<(), DbError> {
    take(conn, event, &Step { disputed_minor: minor, ..Step::default() }).await
}

/// Counts scans, each once; gives those that are new. How many are inside is the scanner's word; the highest revision of it
/// holds.
pub async fn add_scans(conn: &mut Conn, scans: &[Scan]) -> Result<HashSet<Uuid>, DbError> {
    let added = put_scans(conn, scans).await?;
    // Event by event in one order: two batches never wait for each other crosswise.
    let mut steps: BTreeMap<Uuid, Step> = BTreeMap::new();
    let mut counted = HashSet::new();
    for scan in scans.iter().filter(|scan| added.contains(&scan.id)) {
        // The same scan may have been said twice, and both have come at once.
        if !counted.insert(scan.id) {
            continue;
        }
        let step = steps.entry(scan.event).or_default();
        step.admitted += i64::from(scan.admitted);
        step.refused += i64::from(!scan.admitted);
        if step.inside.is_none_or(|(_, revision)| revision < scan.inside_revision) {
            step.inside = Some((scan.inside_after, scan.inside_revision));
        }
    }
    for (event, step) in &steps {
        take(conn, *event, step).await?;
    }
    Ok(added)
}

async fn put_scans(conn: &mut Conn, scans: &[Scan]) -> Result<HashSet<Uuid>, DbError> {
    fn column<T>(scans: &[Scan], of: impl Fn(&Scan) -> T) -> Vec<T> {
        scans.iter().map(of).collect()
    }
    let added: Vec<Added> = diesel::sql_query(
        "INSERT INTO scans (id, event_id, gate_id, ticket_id, admitted, reason, scanned_at, inside_after, inside_revision, gate_name)
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS s (id) ORDER BY id
         ON CONFLICT (id) DO NOTHING RETURNING id",
    )
    .bind::<Array<SqlUuid>, _>(column(scans, |scan| scan.id))
    .bind::<Array<SqlUuid>, _>(column(scans, |scan| scan.event))
    .bind::<Array<SqlUuid>, _>(column(scans, |scan| scan.gate))
    .bind::<Array<Nullable<SqlUuid>>, _>(column(scans, |scan| scan.ticket))
    .bind::<Array<Bool>, _>(column(scans, |scan| scan.admitted))
    .bind::<Array<Text>, _>(column(scans, |scan| scan.reason.clone()))
    .bind::<Array<Timestamptz>, _>(column(scans, |scan| scan.scanned_at))
    .bind::<Array<BigInt>, _>(column(scans, |scan| scan.inside_after))
    .bind::<Array<BigInt>, _>(column(scans, |scan| scan.inside_revision))
    .bind::<Array<Text>, _>(column(scans, |scan| scan.gate_name.clone()))
    .kept()
    .load(conn)
    .await?;
    Ok(added.into_iter().map(|row| row.id).collect())
}

/// Moves the figures of an event and tells the dashboards, when the transaction commits.
async fn take(conn: &mut Conn, event: Uuid, step: &Step) -> Result<(), DbError> {
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
