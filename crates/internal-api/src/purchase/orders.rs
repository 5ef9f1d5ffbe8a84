//! Orders as staff look for them, and all of one.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Integer, Nullable, Text, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::disputes::{Dispute, DisputedBefore};

/// An order in a list.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::Queryable)]
pub struct FoundOrder {
    /// Its name among people.
    pub reference: String,
    /// Its night.
    pub event_title: String,
    /// When that begins.
    pub starts_at: DateTime<Utc>,
    /// Of which zone.
    pub time_zone: String,
    /// Who bought.
    pub buyer_name: String,
    /// With which address.
    pub buyer_email: String,
    /// `pending`, `paid`, `expired` or `refunded`.
    pub state: String,
    /// What it costs, minor units.
    pub total_minor: i64,
    /// Of which currency.
    pub currency: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// An order as staff see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OrderRecord {
    /// The order itself.
    pub order: RecordedOrder,
    /// Its night.
    pub event: RecordedEvent,
    /// The price, line by line.
    pub lines: Vec<RecordedLine>,
    /// Each ticket that was issued for it.
    pub tickets: Vec<RecordedTicket>,
    /// Money that Stripe captured for it.
    pub payments: Vec<RecordedPayment>,
    /// Money that went back, is going back, or was to.
    pub refunds: Vec<RecordedRefund>,
    /// The refund that waits for the door's word, if there is one.
    pub waiting: Option<Waiting>,
    /// Payments that a bank took back, or asks about.
    #[serde(default)]
    pub disputes: Vec<Dispute>,
    /// That its buyer has disputed a payment before, this one or another.
    #[serde(default)]
    pub disputed_before: Option<DisputedBefore>,
    /// What its guest answered.
    #[serde(default)]
    pub answers: Vec<Answered>,
    /// Whether its guests are on the guest list: they are taken off it there.
    #[serde(default)]
    pub guest_list: bool,
    /// What can still go back, minor units; nothing while a bank has the money.
    pub left_minor: i64,
    /// How much of that is the service fee with its tax: what stays where the club keeps the fee.
    #[serde(default)]
    pub fee_left_minor: i64,
    /// Whether the club keeps the fee, as the night's terms say.
    pub keeps_fees: bool,
}

/// An order itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordedOrder {
    /// Its name among people.
    pub reference: String,
    /// `pending`, `paid`, `expired` or `refunded`.
    pub state: String,
    /// Who bought.
    pub buyer_name: String,
    /// With which address; empty where none was given.
    pub buyer_email: String,
    /// Of the amounts.
    pub currency: String,
    /// What it costs, minor units.
    pub total_minor: i64,
    /// The code that was used.
    pub promo_code: Option<String>,
    /// Whom the sale is credited to; empty for nobody.
    pub promoter: String,
    /// How it was paid.
    pub channel: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was paid.
    pub paid_at: Option<DateTime<Utc>>,
}

/// The night of an order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordedEvent {
    /// Its key.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// `draft`, `published`, `cancelled` or `archived`.
    pub status: String,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// Of which zone.
    pub time_zone: String,
}

/// A line of its price.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordedLine {
    /// `ticket`, or what else is charged or taken off.
    pub kind: String,
    /// What it is called.
    pub label: String,
    /// How often.
    pub quantity: i32,
    /// What it comes to, minor units.
    pub total_minor: i64,
}

/// A ticket of an order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RecordedTicket {
    /// Its key.
    pub id: Uuid,
    /// The ticket type's name.
    pub type_name: String,
    /// Whose it is.
    pub holder_name: String,
    /// `valid`, `cancelled`, `refunded`, `revoked`, `blocked` or `disputed`.
    pub state: String,
    /// What was paid for it, fee and tax included, minor units.
    pub paid_minor: i64,
    /// The same without the fee.
    pub without_fee_minor: i64,
}

/// A captured payment.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::Queryable)]
pub struct RecordedPayment {
    /// Stripe's id.
    pub payment_intent: String,
    /// How much, minor units.
    pub amount_minor: i64,
    /// `order`, or `returned` where it became none.
    pub purpose: String,
    /// When.
    pub captured_at: DateTime<Utc>,
}

/// Money on its way back.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::Queryable)]
pub struct RecordedRefund {
    /// Its key.
    pub id: Uuid,
    /// `payment`, `order`, `tickets` or `amount`.
    pub scope: String,
    /// How much, minor units.
    pub amount_minor: i64,
    /// Why.
    pub reason: String,
    /// `asked`, `pending`, `succeeded`, `failed`, `withdrawn` or `settled_otherwise`.
    pub state: String,
    /// Stripe's id, once Stripe has it.
    pub stripe_refund: Option<String>,
    /// The last thing that went wrong.
    pub problem: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it came to its end.
    pub settled_at: Option<DateTime<Utc>>,
    /// How the club paid it itself, where Stripe could not: `cash` or `bank_transfer`.
    pub settled_how: Option<String>,
    /// How much of the amount is no money: a credit, or what a credit had paid.
    #[serde(default)]
    pub credit_minor: i64,
}

/// A refund that waits for the door's word. The same wish with `anyway` lets it go.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Waiting {
    /// `order` or `tickets`.
    pub scope: String,
    /// The tickets it takes.
    pub tickets: Vec<Uuid>,
    /// How much, minor units.
    pub amount_minor: i64,
    /// Who asked: `staff` or `guest`.
    pub reason: String,
    /// Since when.
    pub asked_at: DateTime<Utc>,
    /// Whether its guest gets a credit instead of money.
    #[serde(default)]
    pub as_credit: bool,
}

/// An answer as it is shown: to its guest, and to staff.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct Answered {
    /// The question.
    #[diesel(sql_type = SqlUuid)]
    pub question: Uuid,
    /// Of a ticket: the name of its type.
    #[diesel(sql_type = Nullable<Text>)]
    pub type_name: Option<String>,
    /// Its number among those of the type in the order, from 1.
    #[diesel(sql_type = Nullable<Integer>)]
    pub number: Option<i32>,
    /// `text`, `choice`, `yes_no` or `birth_date`.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// What was asked, as the guest read it.
    #[diesel(sql_type = Text)]
    pub label: String,
    /// The answer, in the same words for every language.
    #[diesel(sql_type = Text)]
    pub value: String,
    /// The answer as the guest read it.
    #[diesel(sql_type = Text)]
    pub shown: String,
}
