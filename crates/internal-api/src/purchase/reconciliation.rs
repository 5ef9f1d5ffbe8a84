//! Ledger and Stripe, night by night.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The comparison.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reconciliation {
    /// The last look at Stripe's lists, if there was one.
    pub look: Option<Look>,
    /// The latest night first.
    pub nights: Vec<Night>,
    /// Orders whose two sides differ.
    pub differences: Vec<Difference>,
    /// What Stripe holds that belongs to no order of ours, by currency, minor units.
    pub foreign: Vec<(String, i64)>,
    /// Payments that came after their order's places had been let go, and what became of each, the latest first.
    #[serde(default)]
    pub late: Vec<LatePayment>,
}

/// A payment that came too late.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct LatePayment {
    /// Of which order.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// Its night.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// Of which zone.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// Of the amount.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// How much, minor units.
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
    /// When it came.
    #[diesel(sql_type = Timestamptz)]
    pub captured_at: DateTime<Utc>,
    /// `kept` where there was room still, else how the money goes back: `returning`, `returned`, `stuck` or `settled_otherwise`.
    #[diesel(sql_type = Text)]
    pub became: String,
    /// Whether its buyer stands in a line of that night.
    #[diesel(sql_type = Bool)]
    pub waits: bool,
}

/// A look at Stripe's lists.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::Queryable)]
pub struct Look {
    /// When.
    pub started_at: DateTime<Utc>,
    /// How far back.
    pub since: DateTime<Utc>,
    /// Sessions looked at.
    pub sessions: i64,
    /// Payments that nobody had told us of.
    pub adopted: i64,
    /// Payments and refunds written down.
    pub movements: i64,
    /// Why it was broken off.
    pub problem: Option<String>,
}

/// A night's two sides, in one currency.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct Night {
    /// Its key.
    #[diesel(sql_type = SqlUuid)]
    pub event: Uuid,
    /// Its title.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// When it begins.
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    /// Of which zone.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// Of the amounts.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// Orders with money.
    #[diesel(sql_type = BigInt)]
    pub orders: i64,
    /// What our books say Stripe holds of it, minor units.
    #[diesel(sql_type = BigInt)]
    pub ledger_minor: i64,
    /// What Stripe says.
    #[diesel(sql_type = BigInt)]
    pub stripe_minor: i64,
    /// Orders that differ.
    #[diesel(sql_type = BigInt)]
    pub differences: i64,
    /// What of it Stripe keeps because the club paid it to guests another way.
    #[diesel(sql_type = BigInt)]
    pub otherwise_minor: i64,
}

/// An order whose two sides differ.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct Difference {
    /// Its reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// Its night.
    #[diesel(sql_type = SqlUuid)]
    pub event: Uuid,
    /// Of the amounts.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// What our books say, minor units.
    #[diesel(sql_type = BigInt)]
    pub ledger_minor: i64,
    /// What Stripe says.
    #[diesel(sql_type = BigInt)]
    pub stripe_minor: i64,
    /// `booked_since` the last look, `refund_on_its_way`, `quarantined`, `settled_otherwise`, `not_at_stripe`, `not_booked` or `unexplained`.
    #[diesel(sql_type = Text)]
    pub why: String,
}
