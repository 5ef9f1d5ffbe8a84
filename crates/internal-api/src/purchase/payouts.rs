//! What Stripe keeps and pays out.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Payouts, and Stripe's balance beside the books.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payouts {
    /// The last look at Stripe's balance, if there was one.
    pub look: Option<Look>,
    /// By currency.
    pub balances: Vec<Balance>,
    /// Some of them, the one that arrives last first.
    pub payouts: Vec<Payout>,
    /// What each is made of, night by night.
    pub parts: Vec<Part>,
    /// What `after` says for those before them; none where these are the first.
    pub next: Option<String>,
}

/// A look at Stripe's balance and payouts.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct Look {
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    /// Lines of the balance read.
    #[diesel(sql_type = BigInt)]
    pub lines: i64,
    /// Payouts read.
    #[diesel(sql_type = BigInt)]
    pub payouts: i64,
    /// Why it was broken off.
    #[diesel(sql_type = Nullable<Text>)]
    pub problem: Option<String>,
}

/// What Stripe holds, and what the books say of it, in one currency.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct Balance {
    /// Which.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// What the books say Stripe holds, minor units.
    #[diesel(sql_type = BigInt)]
    pub ledger_minor: i64,
    /// What the lines of Stripe's balance come to.
    #[diesel(sql_type = BigInt)]
    pub stripe_minor: i64,
    /// Of the difference: payouts that have left Stripe and are not at the bank yet.
    #[diesel(sql_type = BigInt)]
    pub on_its_way_minor: i64,
    /// Of the difference: booked since the last look.
    #[diesel(sql_type = BigInt)]
    pub since_minor: i64,
    /// Of the difference: orders whose two sides differ.
    #[diesel(sql_type = BigInt)]
    pub orders_minor: i64,
    /// What the books say the bank has received.
    #[diesel(sql_type = BigInt)]
    pub bank_minor: i64,
    /// What Stripe has kept, in all.
    #[diesel(sql_type = BigInt)]
    pub fees_minor: i64,
}

impl Balance {
    /// What Stripe holds more than the books say and nothing here explains.
    pub fn unexplained_minor(&self) -> i64 {
        self.stripe_minor - self.ledger_minor - self.on_its_way_minor - self.since_minor - self.orders_minor
    }
}

/// A payout.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct Payout {
    /// Stripe's id.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// How much, minor units; negative where Stripe collects.
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
    /// Of which currency.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// `pending`, `in_transit`, `paid`, `failed` or `canceled`.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Whether Stripe's schedule made it: of others Stripe does not say what they are made of.
    #[diesel(sql_type = Bool)]
    pub automatic: bool,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub made_at: DateTime<Utc>,
    /// When the bank should have it.
    #[diesel(sql_type = Timestamptz)]
    pub arrives_at: DateTime<Utc>,
    /// Why it failed; empty where it did not.
    #[diesel(sql_type = Text)]
    pub failure: String,
    /// Whether what it is made of was read.
    #[diesel(sql_type = Bool)]
    pub contents_known: bool,
}

/// What a payout pays of one night, or of no night of ours.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct Part {
    /// The payout.
    #[diesel(sql_type = Text)]
    pub payout: String,
    /// The night; none for what is of no order of ours.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub event: Option<Uuid>,
    /// Its title.
    #[diesel(sql_type = Text)]
    pub title: String,
    /// When it begins.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub starts_at: Option<DateTime<Utc>>,
    /// Of which zone.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// Payments, minor units.
    #[diesel(sql_type = BigInt)]
    pub payments_minor: i64,
    /// Refunds, negative, and those that came back.
    #[diesel(sql_type = BigInt)]
    pub refunds_minor: i64,
    /// What banks took and gave back, with Stripe's fee for it.
    #[diesel(sql_type = BigInt)]
    pub disputes_minor: i64,
    /// What Stripe kept, negative.
    #[diesel(sql_type = BigInt)]
    pub fees_minor: i64,
    /// Money of no order of ours.
    #[diesel(sql_type = BigInt)]
    pub foreign_minor: i64,
    /// Money of a payout that had failed.
    #[diesel(sql_type = BigInt)]
    pub returned_minor: i64,
    /// All of it.
    #[diesel(sql_type = BigInt)]
    pub net_minor: i64,
}

/// A line of Stripe's balance that was paid out.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct PayoutLine {
    /// Stripe's id of it.
    #[diesel(sql_type = Text)]
    pub id: String,
    /// The payout.
    #[diesel(sql_type = Text)]
    pub payout: String,
    /// When the bank should have it.
    #[diesel(sql_type = Timestamptz)]
    pub arrives_at: DateTime<Utc>,
    /// Where the payout stands.
    #[diesel(sql_type = Text)]
    pub status: String,
    /// Stripe's type of it.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// The object at Stripe behind it; empty for none.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// The order's reference; empty for money of no order of ours.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// Its night's title; empty for none.
    #[diesel(sql_type = Text)]
    pub event_title: String,
    /// Of the amounts.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// Before the fee, minor units.
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
    /// What Stripe keeps.
    #[diesel(sql_type = BigInt)]
    pub fee_minor: i64,
    /// What is left.
    #[diesel(sql_type = BigInt)]
    pub net_minor: i64,
    /// When it happened.
    #[diesel(sql_type = Timestamptz)]
    pub happened_at: DateTime<Utc>,
}
