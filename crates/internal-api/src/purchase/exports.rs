//! Lists that leave as files, and the movements of money, page by page.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Some rows in their order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What `after` says for the next page; none where this is the last.
    pub next: Option<String>,
}

/// An order.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct ExportedOrder {
    /// Its key.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its name among people.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// `pending`, `paid`, `expired` or `refunded`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// How it was paid.
    #[diesel(sql_type = Text)]
    pub channel: String,
    /// Who bought.
    #[diesel(sql_type = Text)]
    pub buyer_name: String,
    /// With which address; empty where none was given.
    #[diesel(sql_type = Text)]
    pub buyer_email: String,
    /// The code that was used; empty for none.
    #[diesel(sql_type = Text)]
    pub promo_code: String,
    /// Whom the sale is credited to; empty for nobody.
    #[diesel(sql_type = Text)]
    pub promoter: String,
    /// Tickets it is for.
    #[diesel(sql_type = BigInt)]
    pub tickets: i64,
    /// Of the amounts.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// What it costs, minor units.
    #[diesel(sql_type = BigInt)]
    pub total_minor: i64,
    /// What the books say was taken for it.
    #[diesel(sql_type = BigInt)]
    pub taken_minor: i64,
    /// What the books say went back.
    #[diesel(sql_type = BigInt)]
    pub returned_minor: i64,
    /// What the books say a credit paid of it.
    #[serde(default)]
    #[diesel(sql_type = BigInt)]
    pub credit_spent_minor: i64,
    /// What the books say went to credit instead of back.
    #[serde(default)]
    #[diesel(sql_type = BigInt)]
    pub credit_given_minor: i64,
    /// When it was made.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// When it was paid.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub paid_at: Option<DateTime<Utc>>,
}

/// A ticket.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct ExportedTicket {
    /// Its key.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its order's reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// The ticket type's name, as it was sold.
    #[diesel(sql_type = Text)]
    pub type_name: String,
    /// Whose it is.
    #[diesel(sql_type = Text)]
    pub holder_name: String,
    /// The holder's address, or the buyer's; empty where none was given.
    #[diesel(sql_type = Text)]
    pub email: String,
    /// Who bought it.
    #[diesel(sql_type = Text)]
    pub buyer_name: String,
    /// `valid`, `cancelled`, `refunded` or `blocked`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// How its order was paid.
    #[diesel(sql_type = Text)]
    pub channel: String,
    /// What the door is shown with it.
    #[diesel(sql_type = Text)]
    pub attention: String,
    /// When it was issued.
    #[diesel(sql_type = Timestamptz)]
    pub issued_at: DateTime<Utc>,
}

/// A line of the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct ExportedEntry {
    /// The order's key: pages end between orders.
    #[diesel(sql_type = SqlUuid)]
    pub order_id: Uuid,
    /// Its reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// The movement that the line is a side of.
    #[diesel(sql_type = SqlUuid)]
    pub transaction: Uuid,
    /// What moved the money, as `payments::ledger::Source` calls it.
    #[diesel(sql_type = Text)]
    pub source: String,
    /// When it was booked.
    #[diesel(sql_type = Timestamptz)]
    pub booked_at: DateTime<Utc>,
    /// Which account.
    #[diesel(sql_type = Text)]
    pub account: String,
    /// Of which currency.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// Debit positive, credit negative, minor units.
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
}

/// A movement of money.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct Movement {
    /// Its key: the ledger's transaction, or the refund.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// When it was booked; of a refund that is not, when it was asked for.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// What moved it, as `payments::ledger::Source` calls it.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// `booked`, or that of a refund that is not: `asked`, `pending`, `failed`, `withdrawn`.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// `online`, `cash_at_venue` or `card_at_venue`.
    #[diesel(sql_type = Text)]
    pub method: String,
    /// The order's reference.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// Its night's title.
    #[diesel(sql_type = Text)]
    pub event_title: String,
    /// Of which zone that is.
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    /// Of the amount.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// What came, positive, or went, negative; minor units.
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
    /// Why money went back; empty where none did.
    #[diesel(sql_type = Text)]
    pub reason: String,
    /// Stripe's id of it; empty for none.
    #[diesel(sql_type = Text)]
    pub provider_id: String,
}

/// What the movements come to.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Totals {
    /// What is booked, by the way it came.
    pub booked: Vec<BookedTotal>,
    /// Refunds that are not.
    pub open: Vec<OpenTotal>,
    /// What guests can still spend of credits, now and whatever is filtered.
    #[serde(default)]
    pub credits: Vec<OpenCredits>,
}

/// Money that is booked.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct BookedTotal {
    /// The way it came.
    #[diesel(sql_type = Text)]
    pub method: String,
    /// Of the amounts.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// Movements.
    #[diesel(sql_type = BigInt)]
    pub movements: i64,
    /// What was taken, minor units.
    #[diesel(sql_type = BigInt)]
    pub taken_minor: i64,
    /// What went back: refunds, and what banks took with what Stripe took for it.
    #[diesel(sql_type = BigInt)]
    pub returned_minor: i64,
    /// What the ledger says is left of it.
    #[diesel(sql_type = BigInt)]
    pub left_minor: i64,
}

/// Refunds that are not booked.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct OpenTotal {
    /// Where they stand.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// Of the amount.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// How many.
    #[diesel(sql_type = BigInt)]
    pub movements: i64,
    /// What they come to, minor units.
    #[diesel(sql_type = BigInt)]
    pub amount_minor: i64,
}

/// What the club owes its guests in credit.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct OpenCredits {
    /// Of the amounts.
    #[diesel(sql_type = Text)]
    pub currency: String,
    /// Credits that can be spent.
    #[diesel(sql_type = BigInt)]
    pub credits: i64,
    /// What is left of them, minor units.
    #[diesel(sql_type = BigInt)]
    pub open_minor: i64,
    /// What was left of those whose time is over, minor units.
    #[diesel(sql_type = BigInt)]
    pub lapsed_minor: i64,
}
