//! The SQL of orders and their lines; what guests answered with theirs in [`answers`].

pub(crate) mod answers;

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::prelude::*;
use diesel::sql_types;
use diesel_async::RunQueryDsl;
use domain::ids::{OrderId, TicketTypeId};
use domain::order::{Channel, OrderState};
use domain::quote::{LineKind, QuoteLine};
use internal_api::purchase::orders::{FoundOrder, RecordedLine, RecordedOrder};
use serde::Serialize;
use uuid::Uuid;

use crate::reservations;
use crate::schema::{events, order_lines, orders};

/// An order as stored.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = orders, check_for_backend(diesel::pg::Pg))]
pub(crate) struct OrderRow {
    pub id: Uuid,
    pub reference: String,
    pub event_id: Uuid,
    pub state: String,
    pub revision: i64,
    pub buyer_name: String,
    pub buyer_email: String,
    pub language: String,
    pub currency: String,
    pub total_minor: i64,
    pub promo_id: Option<Uuid>,
    pub promo_code: Option<String>,
    pub promoter: String,
    pub held_until: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub paid_at: Option<DateTime<Utc>>,
    pub expired_at: Option<DateTime<Utc>>,
    pub refunded_at: Option<DateTime<Utc>>,
    pub channel: String,
    /// The ticket of another order that it exchanges for its own.
    pub exchanges: Option<Uuid>,
}

/// A line of an order as stored.
#[derive(Debug, Clone, Queryable, Selectable, Serialize)]
#[diesel(table_name = order_lines, check_for_backend(diesel::pg::Pg))]
pub(crate) struct LineRow {
    pub id: Uuid,
    pub kind: String,
    pub ticket_type_id: Option<Uuid>,
    pub label: String,
    pub quantity: i32,
    pub places: i32,
    pub unit_minor: i64,
    pub total_minor: i64,
    pub tax_minor: i64,
    pub tax_basis_points: i64,
    pub absorbed_fee_minor: i64,
    pub stock_ids: Vec<Uuid>,
}

impl LineRow {
    /// A line of a quote as it is stored, with the limits that its places are taken from.
    pub(crate) fn of(line: &QuoteLine, id: Uuid, stock_ids: Vec<Uuid>) -> Self {
        let small = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        Self {
            id,
            kind: line.kind.code().to_owned(),
            ticket_type_id: line.ticket_type.map(TicketTypeId::uuid),
            label: line.label.clone(),
            quantity: small(line.quantity),
            places: small(line.places),
            unit_minor: line.unit_minor,
            total_minor: line.total_minor,
            tax_minor: line.tax_minor,
            tax_basis_points: line.tax_basis_points,
            absorbed_fee_minor: line.absorbed_fee_minor,
            stock_ids,
        }
    }

    /// The line as it was quoted.
    pub(crate) fn quoted(&self) -> QuoteLine {
        QuoteLine {
            // The table's CHECK knows the same kinds.
            kind: LineKind::from_code(&self.kind).unwrap_or(LineKind::Ticket),
            ticket_type: self.ticket_type_id.map(Into::into),
            label: self.label.clone(),
            quantity: self.quantity.unsigned_abs(),
            places: self.places.unsigned_abs(),
            unit_minor: self.unit_minor,
            total_minor: self.total_minor,
            tax_minor: self.tax_minor,
            tax_basis_points: self.tax_basis_points,
            absorbed_fee_minor: self.absorbed_fee_minor,
        }
    }
}

impl OrderRow {
    pub(crate) fn key(&self) -> OrderId {
        OrderId::from_uuid(self.id)
    }

    /// The state with what belongs to it. The table's CHECK guarantees that each state has its time.
    pub(crate) fn state(&self) -> OrderState {
        match self.state.as_str() {
            "paid" => OrderState::Paid { at: self.paid_at.unwrap_or(self.created_at) },
            "expired" => OrderState::Expired { at: self.expired_at.unwrap_or(self.held_until) },
            "refunded" => OrderState::Refunded { at: self.refunded_at.unwrap_or(self.created_at) },
            _ => OrderState::Pending { until: self.held_until },
        }
    }

    /// Whether staff took its money at the venue, and have it there.
    pub(crate) fn at_venue(&self) -> bool {
        Channel::from_code(&self.channel).is_some_and(Channel::at_venue)
    }

    pub(crate) fn language(&self) -> domain::language::Language {
        self.language.parse().unwrap_or_default()
    }
}

impl From<OrderRow> for RecordedOrder {
    fn from(row: OrderRow) -> Self {
        Self {
            reference: row.reference,
            state: row.state,
            buyer_name: row.buyer_name,
            buyer_email: row.buyer_email,
            currency: row.currency,
            total_minor: row.total_minor,
            promo_code: row.promo_code,
            promoter: row.promoter,
            channel: row.channel,
            created_at: row.created_at,
            paid_at: row.paid_at,
        }
    }
}

impl From<LineRow> for RecordedLine {
    fn from(row: LineRow) -> Self {
        Self { kind: row.kind, label: row.label, quantity: row.quantity, total_minor: row.total_minor }
    }
}

/// The order, locked against every other change of it.
pub(crate) async fn lock(conn: &mut Conn, id: OrderId) -> Result<Option<OrderRow>, DbError> {
    let found =
        orders::table.find(id.uuid()).select(OrderRow::as_select()).for_no_key_update().first(conn).await;
    Ok(found.optional()?)
}

pub(crate) async fn find(conn: &mut Conn, id: OrderId) -> Result<Option<OrderRow>, DbError> {
    Ok(orders::table.find(id.uuid()).select(OrderRow::as_select()).first(conn).await.optional()?)
}

pub(crate) async fn by_reference(conn: &mut Conn, reference: &str) -> Result<Option<OrderRow>, DbError> {
    let found =
        orders::table.filter(orders::reference.eq(reference)).select(OrderRow::as_select()).first(conn).await;
    Ok(found.optional()?)
}

pub(crate) async fn lines(conn: &mut Conn, id: OrderId) -> Result<Vec<LineRow>, DbError> {
    let lines = order_lines::table
        .filter(order_lines::order_id.eq(id.uuid()))
        .order(order_lines::position)
        .select(LineRow::as_select())
        .load(conn)
        .await?;
    Ok(lines)
}

/// Which orders staff look for.
#[derive(Debug)]
pub(crate) enum Wanted {
    Reference(String),
    Email(String),
    Name { part: String, since: DateTime<Utc> },
}

pub(crate) async fn search(
    conn: &mut Conn,
    wanted: &Wanted,
    event: Option<Uuid>,
) -> Result<Vec<FoundOrder>, DbError> {
    let mut found = orders::table.inner_join(events::table).into_boxed();
    match wanted {
        Wanted::Reference(reference) => found = found.filter(orders::reference.eq(reference)),
        Wanted::Email(email) => found = found.filter(lower(orders::buyer_email).eq(email)),
        Wanted::Name { part, since } => {
            if !part.is_empty() {
                found = found.filter(orders::buyer_name.ilike(format!("%{}%", literally(part))));
            }
            if event.is_none() {
                found = found.filter(events::ends_at.gt(since));
            }
        }
    }
    if let Some(event) = event {
        found = found.filter(orders::event_id.eq(event));
    }
    let rows = found
        .order(orders::created_at.desc())
        .limit(100)
        .select((
            orders::reference,
            events::title,
            events::starts_at,
            events::time_zone,
            orders::buyer_name,
            orders::buyer_email,
            orders::state,
            orders::total_minor,
            orders::currency,
            orders::created_at,
        ))
        .load(conn)
        .await?;
    Ok(rows)
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// As in the index of guests.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// So that what somebody typed is looked for as it is.
fn literally(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// Writes a locked order's next state, which `domain::order` has allowed, and its next revision. The table that it pays for follows.
pub(crate) async fn step(conn: &mut Conn, order: &mut OrderRow, next: OrderState) -> Result<(), DbError> {
    next.name().clone_into(&mut order.state);
    order.revision += 1;
    match next {
        OrderState::Pending { until } => order.held_until = until,
        OrderState::Paid { at } => order.paid_at = Some(at),
        OrderState::Expired { at } => order.expired_at = Some(at),
        OrderState::Refunded { at } => order.refunded_at = Some(at),
    }
    // Whether it is a table's, the same statement says: of hardly any order it is.
    let stepped: Stepped = diesel::sql_query(
        "UPDATE orders SET state = $2, revision = $3, held_until = $4, paid_at = $5, expired_at = $6, refunded_at = $7
         WHERE id = $1 RETURNING EXISTS (SELECT FROM reservations r WHERE r.order_id = orders.id) AS of_table",
    )
    .bind::<sql_types::Uuid, _>(order.id)
    .bind::<sql_types::Text, _>(&order.state)
    .bind::<sql_types::BigInt, _>(order.revision)
    .bind::<sql_types::Timestamptz, _>(order.held_until)
    .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(order.paid_at)
    .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(order.expired_at)
    .bind::<sql_types::Nullable<sql_types::Timestamptz>, _>(order.refunded_at)
    .kept()
    .get_result(conn)
    .await?;
    if !stepped.of_table {
        return Ok(());
    }
    let at = order.refunded_at.max(order.expired_at).max(order.paid_at).unwrap_or(order.created_at);
    Box::pin(reservations::follow::follow(conn, order, at)).await
}

#[derive(QueryableByName)]
struct Stepped {
    #[diesel(sql_type = sql_types::Bool)]
    of_table: bool,
}

/// Counts a change of an order that is not a change of its state.
pub(crate) async fn next_revision(conn: &mut Conn, id: OrderId) -> Result<i64, DbError> {
    let revision = diesel::update(orders::table.find(id.uuid()))
        .set(orders::revision.eq(orders::revision + 1))
        .returning(orders::revision)
        .get_result(conn)
        .await?;
    Ok(revision)
}

/// Orders whose turn it is to be looked at: pending, and `next_check_at` has come. Each is put off until `again`, so
/// that no other process takes it at the same time.
pub(crate) async fn claim_due(
    conn: &mut Conn,
    now: DateTime<Utc>,
    again: DateTime<Utc>,
    most: i64,
) -> Result<Vec<OrderRow>, DbError> {
    let due = orders::table
        .filter(orders::state.eq("pending"))
        .filter(orders::next_check_at.le(now))
        .order(orders::next_check_at)
        .limit(most)
        .select(orders::id)
        .for_no_key_update()
        .skip_locked();
    let ids: Vec<Uuid> = due.load(conn).await?;
    let claimed = diesel::update(orders::table.filter(orders::id.eq_any(ids)))
        .set(orders::next_check_at.eq(again))
        .returning(OrderRow::as_returning())
        .get_results(conn)
        .await?;
    Ok(claimed)
}

/// Sets when the sweep looks at an order again.
pub(crate) async fn check_again(conn: &mut Conn, id: OrderId, at: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(orders::table.find(id.uuid())).set(orders::next_check_at.eq(at)).execute(conn).await?;
    Ok(())
}
