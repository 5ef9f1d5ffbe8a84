//! The SQL of disputes; of the persons behind them in [`marks`].

pub(crate) mod marks;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::dispute::{DisputeStatus, Standing};
use domain::ids::OrderId;
use internal_api::purchase::disputes::Dispute;
use uuid::Uuid;

use crate::schema::{disputes, orders, payments};

/// A dispute as stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = disputes, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
pub(crate) struct DisputeRow {
    pub id: Uuid,
    pub stripe_dispute: String,
    pub payment_id: Uuid,
    pub order_id: Uuid,
    pub revision: i64,
    pub status: String,
    pub reason: String,
    pub currency: String,
    pub amount_minor: i64,
    pub movements: i32,
    pub taken_minor: i64,
    pub fees_minor: i64,
    pub answer_by: Option<DateTime<Utc>>,
    pub answers: i32,
    pub opened_at: DateTime<Utc>,
    pub noted_at: DateTime<Utc>,
    pub changed_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
}

impl DisputeRow {
    /// The status; the table's CHECK knows the same words.
    pub(crate) fn status(&self) -> DisputeStatus {
        DisputeStatus::from_code(&self.status).unwrap_or(DisputeStatus::NeedsResponse)
    }

    /// How far it is.
    pub(crate) fn standing(&self) -> Standing {
        Standing { status: self.status(), movements: usize::try_from(self.movements).unwrap_or_default() }
    }

    /// Whether nothing but the count of its changes differs.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let same = Self { revision: other.revision, changed_at: other.changed_at, ..self.clone() };
        same == *other
    }
}

impl From<DisputeRow> for Dispute {
    fn from(row: DisputeRow) -> Self {
        Self {
            id: row.id,
            stripe_dispute: row.stripe_dispute,
            status: row.status,
            reason: row.reason,
            currency: row.currency,
            amount_minor: row.amount_minor,
            taken_minor: row.taken_minor,
            fees_minor: row.fees_minor,
            answer_by: row.answer_by,
            answers: row.answers,
            opened_at: row.opened_at,
            closed_at: row.closed_at,
        }
    }
}

/// The payment that is disputed.
#[derive(Debug)]
pub(crate) struct Disputed {
    pub payment: Uuid,
    pub order: Uuid,
    /// Whether it paid the order; money that became none froze nothing.
    pub for_order: bool,
}

pub(crate) async fn payment(conn: &mut Conn, intent: &str) -> Result<Option<Disputed>, DbError> {
    let found: Option<(Uuid, Uuid, String)> = payments::table
        .filter(payments::payment_intent.eq(intent))
        .select((payments::id, payments::order_id, payments::purpose))
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(|(payment, order, purpose)| Disputed { payment, order, for_order: purpose == "order" }))
}

/// The dispute with Stripe's id.
pub(crate) async fn by_stripe(conn: &mut Conn, id: &str) -> Result<Option<DisputeRow>, DbError> {
    let found = disputes::table
        .filter(disputes::stripe_dispute.eq(id))
        .select(DisputeRow::as_select())
        .first(conn)
        .await;
    Ok(found.optional()?)
}

/// Stores how a dispute stands. Its order is locked.
pub(crate) async fn put(conn: &mut Conn, row: &DisputeRow) -> Result<(), DbError> {
    diesel::insert_into(disputes::table)
        .values(row)
        .on_conflict(disputes::stripe_dispute)
        .do_update()
        .set(row)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether a bank has money that paid an order.
pub(crate) async fn holds_money_of(conn: &mut Conn, order: OrderId) -> Result<bool, DbError> {
    let held = disputes::table
        .inner_join(payments::table.on(payments::id.eq(disputes::payment_id)))
        .filter(disputes::order_id.eq(order.uuid()))
        .filter(payments::purpose.eq("order"))
        .filter(disputes::status.eq_any(holding()));
    Ok(diesel::select(diesel::dsl::exists(held)).get_result(conn).await?)
}

/// The words for a status in which the money is gone.
fn holding() -> Vec<&'static str> {
    DisputeStatus::ALL.into_iter().filter(|status| status.holds_money()).map(DisputeStatus::code).collect()
}

/// The disputes with these keys.
pub(crate) async fn all(conn: &mut Conn, ids: Vec<Uuid>) -> Result<Vec<DisputeRow>, DbError> {
    let rows = disputes::table
        .filter(disputes::id.eq_any(ids))
        .order(disputes::id)
        .select(DisputeRow::as_select())
        .load(conn)
        .await?;
    Ok(rows)
}

/// The disputes of an order, the first first.
pub(crate) async fn of_order(conn: &mut Conn, order: OrderId) -> Result<Vec<DisputeRow>, DbError> {
    let rows = disputes::table
        .filter(disputes::order_id.eq(order.uuid()))
        .order(disputes::id)
        .select(DisputeRow::as_select())
        .load(conn)
        .await?;
    Ok(rows)
}

/// A dispute with the reference of its order.
pub(crate) async fn find(conn: &mut Conn, id: Uuid) -> Result<Option<(DisputeRow, String)>, DbError> {
    let found = disputes::table
        .inner_join(orders::table.on(orders::id.eq(disputes::order_id)))
        .filter(disputes::id.eq(id))
        .select((DisputeRow::as_select(), orders::reference))
        .first(conn)
        .await;
    Ok(found.optional()?)
}

/// The newest disputes with what staff see in a list: reference, buyer.
pub(crate) async fn newest(conn: &mut Conn) -> Result<Vec<(DisputeRow, String, String)>, DbError> {
    let rows = disputes::table
        .inner_join(orders::table.on(orders::id.eq(disputes::order_id)))
        .order(disputes::opened_at.desc())
        .limit(200)
        .select((DisputeRow::as_select(), orders::reference, orders::buyer_name))
        .load(conn)
        .await?;
    Ok(rows)
}

/// How many are open, of those that the club has yet to answer.
pub(crate) async fn to_answer(conn: &mut Conn) -> Result<i64, DbError> {
    let open = disputes::table.filter(disputes::status.eq_any(["needs_response", "warning_needs_response"]));
    Ok(open.count().get_result(conn).await?)
}

/// Stripe's ids of the disputes to be asked about: those that have not come to their end, and those that have changed since an
/// instant, for money moves as they end. The oldest first.
pub(crate) async fn to_follow(conn: &mut Conn, since: DateTime<Utc>) -> Result<Vec<String>, DbError> {
    let ids = disputes::table
        .filter(disputes::closed_at.is_null().or(disputes::changed_at.ge(since)))
        .order(disputes::id)
        .limit(200)
        .select(disputes::stripe_dispute)
        .load(conn)
        .await?;
    Ok(ids)
}
