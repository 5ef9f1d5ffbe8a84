//! The SQL of refunds: here what both sides of a refund read; [`asked`] until the door has spoken, [`at_stripe`] from then on,
//! [`by_hand`] what a person made there, [`lists`] for people.

mod asked;
mod at_stripe;
mod by_hand;
mod lists;

pub(crate) use asked::*;
pub(crate) use at_stripe::*;
pub(crate) use by_hand::*;
pub(crate) use lists::*;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::{OrderId, RefundId};
use domain::refund::{Parts, Reason, State};
use uuid::Uuid;

use crate::schema::{orders, payments, refunds};

/// A refund with the payment it takes from, where there is one.
#[derive(Debug, Clone, Queryable)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub(crate) struct RefundRow {
    pub id: Uuid,
    pub order: Uuid,
    /// None of an order that Stripe has no payment of: sold at the venue, given away, or free.
    pub payment: Option<Uuid>,
    pub payment_intent: Option<String>,
    /// How the order was paid.
    pub channel: String,
    /// `payment`, `order`, `tickets` or `amount`.
    pub scope: String,
    pub amount_minor: i64,
    pub fees_minor: i64,
    pub tax_minor: i64,
    pub currency: String,
    pub reason: String,
    pub state: String,
    /// Also for guests who are inside.
    pub anyway: bool,
    /// Stripe's id, once Stripe has it.
    pub stripe_refund: Option<String>,
    pub tries: i32,
    /// How often Stripe said no, or a person asked again: each makes a new key.
    pub refusals: i32,
    /// Stripe's refunds that came to nothing before a person asked again.
    pub failed_before: Vec<String>,
    /// The last thing Stripe said.
    pub problem: Option<String>,
    pub created_at: DateTime<Utc>,
    /// When a person last had it made again.
    pub retried_at: Option<DateTime<Utc>>,
    /// How much of the amount is no money.
    pub credit_minor: i64,
    /// Its guest gets a credit instead of money.
    pub as_credit: bool,
}

impl RefundRow {
    pub(crate) fn key(&self) -> RefundId {
        self.id.into()
    }

    pub(crate) fn order(&self) -> OrderId {
        self.order.into()
    }

    /// The table's CHECK knows the same words. What it did not would be a person's to look at.
    pub(crate) fn state(&self) -> State {
        State::from_code(&self.state).unwrap_or(State::Failed)
    }

    pub(crate) fn reason(&self) -> Option<Reason> {
        Reason::from_code(&self.reason)
    }

    /// What of it is money.
    pub(crate) const fn money_minor(&self) -> i64 {
        self.amount_minor - self.credit_minor
    }

    /// What it is made of.
    pub(crate) const fn parts(&self) -> Parts {
        Parts {
            tickets_minor: self.amount_minor - self.fees_minor - self.tax_minor,
            fees_minor: self.fees_minor,
            tax_minor: self.tax_minor,
        }
    }
}

/// The payment at Stripe that paid an order, if one did.
pub(crate) async fn payment_of(conn: &mut Conn, order: OrderId) -> Result<Option<Uuid>, DbError> {
    let payment = payments::table
        .filter(payments::order_id.eq(order.uuid()))
        .filter(payments::purpose.eq("order"))
        .select(payments::id)
        .first(conn)
        .await;
    Ok(payment.optional()?)
}

/// The newest refund by which staff took tickets of an order back.
pub(crate) async fn by_staff(conn: &mut Conn, order: OrderId) -> Result<Option<RefundRow>, DbError> {
    let newest: Option<Uuid> = refunds::table
        .filter(refunds::order_id.eq(order.uuid()))
        .filter(refunds::reason.eq("staff"))
        .filter(refunds::scope.eq_any(["order", "tickets"]))
        .filter(refunds::state.ne_all(["asked", "withdrawn"]))
        .order(refunds::id.desc())
        .select(refunds::id)
        .first(conn)
        .await
        .optional()?;
    match newest {
        Some(id) => find_refund(conn, id.into()).await,
        None => Ok(None),
    }
}

/// What has gone or is going back of what paid an order.
pub(crate) async fn given_back(conn: &mut Conn, order: OrderId) -> Result<Parts, DbError> {
    let rows: Vec<(i64, i64, i64)> = refunds::table
        .filter(refunds::order_id.eq(order.uuid()))
        // Money that became no order is another payment's.
        .filter(refunds::scope.ne("payment"))
        .filter(refunds::state.ne("withdrawn"))
        .select((refunds::amount_minor, refunds::fees_minor, refunds::tax_minor))
        .load(conn)
        .await?;
    let parts = rows.into_iter().map(|(amount, fees_minor, tax_minor)| Parts {
        tickets_minor: amount - fees_minor - tax_minor,
        fees_minor,
        tax_minor,
    });
    Ok(parts.fold(Parts::default(), Parts::plus))
}

/// Locks a refund and says what state it is in.
pub(crate) async fn lock_state(conn: &mut Conn, id: RefundId) -> Result<Option<State>, DbError> {
    let state: Option<String> = refunds::table
        .find(id.uuid())
        .select(refunds::state)
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    Ok(state.as_deref().and_then(State::from_code))
}

/// A refund by our id.
pub(crate) async fn find_refund(conn: &mut Conn, id: RefundId) -> Result<Option<RefundRow>, DbError> {
    Ok(read(conn, vec![id.uuid()]).await?.pop())
}

async fn read(conn: &mut Conn, ids: Vec<Uuid>) -> Result<Vec<RefundRow>, DbError> {
    let rows = refunds::table
        .inner_join(orders::table.on(orders::id.eq(refunds::order_id)))
        .left_join(payments::table.on(payments::id.nullable().eq(refunds::payment_id)))
        .filter(refunds::id.eq_any(ids))
        .select((
            refunds::id,
            refunds::order_id,
            refunds::payment_id,
            payments::payment_intent.nullable(),
            orders::channel,
            refunds::scope,
            refunds::amount_minor,
            refunds::fees_minor,
            refunds::tax_minor,
            refunds::currency,
            refunds::reason,
            refunds::state,
            refunds::anyway,
            refunds::stripe_refund,
            refunds::tries,
            refunds::refusals,
            refunds::failed_before,
            refunds::problem,
            refunds::created_at,
            refunds::retried_at,
            refunds::credit_minor,
            refunds::as_credit,
        ))
        .load(conn)
        .await?;
    Ok(rows)
}
