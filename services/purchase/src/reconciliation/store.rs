//! The SQL of the books against Stripe.

mod shown;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::ids::OrderId;
use uuid::Uuid;

pub(crate) use self::shown::{differences, differences_in_all, differences_of, foreign, late, look, nights};
use crate::schema::{orders, payments, reconciliations, stripe_movements};

/// What one look found.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub sessions: i64,
    pub adopted: i64,
    pub movements: i64,
}

/// Money as it moved at Stripe.
#[derive(Debug)]
pub(crate) struct Movement<'a> {
    pub id: &'a str,
    pub kind: &'static str,
    pub payment_intent: &'a str,
    /// As Stripe's metadata name it; our own record of the payment goes before.
    pub order: Option<OrderId>,
    pub amount_minor: i64,
    pub currency: &'a str,
    pub happened_at: DateTime<Utc>,
}

/// When the last look that went well began, among those that looked back at least to `since`.
pub(crate) async fn last(conn: &mut Conn, since: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, DbError> {
    let last = reconciliations::table
        .filter(reconciliations::finished_at.is_not_null())
        .filter(reconciliations::problem.is_null())
        .filter(reconciliations::since.le(since))
        .order(reconciliations::started_at.desc())
        .select(reconciliations::started_at)
        .first(conn)
        .await;
    Ok(last.optional()?)
}

/// When the last look began, whatever came of it, among those that looked back at least to `since`.
pub(crate) async fn begun(conn: &mut Conn, since: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, DbError> {
    let begun = reconciliations::table
        .filter(reconciliations::since.le(since))
        .order(reconciliations::started_at.desc())
        .select(reconciliations::started_at)
        .first(conn)
        .await;
    Ok(begun.optional()?)
}

/// Begins a look, unless another process began one after `busy_since` and is still at it.
pub(crate) async fn begin(
    conn: &mut Conn,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
    busy_since: DateTime<Utc>,
) -> Result<Option<i64>, DbError> {
    #[derive(QueryableByName)]
    struct Begun {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let begun: Result<Begun, _> = diesel::sql_query(
        "INSERT INTO reconciliations (since, started_at)
         SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM reconciliations WHERE finished_at IS NULL AND started_at > $3)
         RETURNING id",
    )
    .bind::<Timestamptz, _>(since)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(busy_since)
    .get_result(conn)
    .await;
    Ok(begun.optional()?.map(|begun| begun.id))
}

pub(crate) async fn end(
    conn: &mut Conn,
    id: i64,
    run: &Run,
    problem: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::update(reconciliations::table.find(id))
        .set((
            reconciliations::finished_at.eq(now),
            reconciliations::sessions.eq(run.sessions),
            reconciliations::adopted.eq(run.adopted),
            reconciliations::movements.eq(run.movements),
            reconciliations::problem.eq(problem),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes down how a movement stands at Stripe now.
pub(crate) async fn note(
    conn: &mut Conn,
    movement: &Movement<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let booked: Option<Uuid> = payments::table
        .filter(payments::payment_intent.eq(movement.payment_intent))
        .select(payments::order_id)
        .first(conn)
        .await
        .optional()?;
    let named = match (booked, movement.order) {
        (None, Some(order)) => {
            orders::table.find(order.uuid()).select(orders::id).first(conn).await.optional()?
        }
        (booked, _) => booked,
    };
    diesel::insert_into(stripe_movements::table)
        .values((
            stripe_movements::id.eq(movement.id),
            stripe_movements::kind.eq(movement.kind),
            stripe_movements::payment_intent.eq(movement.payment_intent),
            stripe_movements::order_id.eq(named),
            stripe_movements::amount_minor.eq(movement.amount_minor),
            stripe_movements::currency.eq(movement.currency),
            stripe_movements::happened_at.eq(movement.happened_at),
            stripe_movements::seen_at.eq(now),
        ))
        .on_conflict(stripe_movements::id)
        .do_update()
        .set((
            stripe_movements::order_id.eq(named),
            stripe_movements::amount_minor.eq(movement.amount_minor),
            stripe_movements::seen_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    id: String,
}

/// Refunds to ask Stripe about however old they are, those first that were not seen for longest: whatever is open in our books, and
/// whatever belongs to an order whose two sides differ. What failed before a person asked again is among them.
pub(crate) async fn refunds_to_see(conn: &mut Conn, most: i64) -> Result<Vec<String>, DbError> {
    let rows: Vec<Named> = diesel::sql_query(
        "WITH wanted AS (
           SELECT x.id FROM refunds r CROSS JOIN LATERAL unnest(r.failed_before || r.stripe_refund) AS x (id)
            WHERE r.state IN ('asked', 'pending')
           UNION
           SELECT x.id FROM order_books b JOIN refunds r ON r.order_id = b.order_id
            CROSS JOIN LATERAL unnest(r.failed_before || r.stripe_refund) AS x (id) WHERE b.differs
           UNION
           SELECT m.id FROM order_books b JOIN stripe_movements m ON m.order_id = b.order_id AND m.kind = 'refund'
            WHERE b.differs)
         SELECT w.id FROM wanted w LEFT JOIN stripe_movements m ON m.id = w.id
          WHERE w.id IS NOT NULL ORDER BY m.seen_at NULLS FIRST, w.id LIMIT $1",
    )
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The same of payments: those of orders whose two sides differ.
pub(crate) async fn payments_to_see(conn: &mut Conn, most: i64) -> Result<Vec<String>, DbError> {
    let rows: Vec<Named> = diesel::sql_query(
        "SELECT p.payment_intent AS id FROM order_books b JOIN payments p ON p.order_id = b.order_id
           LEFT JOIN stripe_movements m ON m.id = p.payment_intent
          WHERE b.differs ORDER BY m.seen_at NULLS FIRST, p.payment_intent LIMIT $1",
    )
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}
