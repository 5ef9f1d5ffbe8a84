//! What banks took back, and what speaks for the club.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use domain::event::terms::RefundPolicy;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A dispute in a list.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListedDispute {
    /// Its key.
    pub id: Uuid,
    /// Its order.
    pub reference: String,
    /// Who bought.
    pub buyer_name: String,
    /// Where it stands, in Stripe's words.
    pub status: String,
    /// Why, as the bank gives it.
    pub reason: String,
    /// What the guest disputes, minor units.
    pub amount_minor: i64,
    /// Of which currency.
    pub currency: String,
    /// Until when the club may answer.
    pub answer_by: Option<DateTime<Utc>>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
}

/// A payment that a bank took back, or asks about.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Dispute {
    /// Its key.
    pub id: Uuid,
    /// Stripe's id of it.
    pub stripe_dispute: String,
    /// Where it stands, in Stripe's words.
    pub status: String,
    /// Why, as the bank gives it.
    pub reason: String,
    /// Of the amounts.
    pub currency: String,
    /// What the guest disputes, minor units.
    pub amount_minor: i64,
    /// What the bank has taken, minor units.
    pub taken_minor: i64,
    /// What Stripe has taken for it, minor units.
    pub fees_minor: i64,
    /// Until when the club may answer.
    pub answer_by: Option<DateTime<Utc>>,
    /// How often it did.
    pub answers: i32,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it came to its end.
    pub closed_at: Option<DateTime<Utc>>,
}

/// That a person has disputed a payment before.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct DisputedBefore {
    /// The last dispute.
    #[diesel(sql_type = SqlUuid)]
    pub dispute: Uuid,
    /// Of which order.
    #[diesel(sql_type = Text)]
    pub reference: String,
    /// Since when the person is marked.
    #[diesel(sql_type = Timestamptz)]
    pub marked_at: DateTime<Utc>,
}

/// A dispute and what speaks for the club.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DisputeRecord {
    /// The dispute.
    pub dispute: Dispute,
    /// Its order.
    pub reference: String,
    /// The number of the order's receipt, if it has one.
    pub receipt: Option<String>,
    /// When that was given.
    pub receipt_at: Option<DateTime<Utc>>,
    /// Where the night is.
    pub venue_name: String,
    /// Its address.
    pub venue_address: String,
    /// When the doors open.
    pub entry_from: DateTime<Utc>,
    /// What goes back, as the night says.
    pub refunds: RefundPolicy,
    /// Every ticket that was issued, those passed on and what came in their place.
    pub tickets: Vec<ProofTicket>,
}

/// A ticket that was issued.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ProofTicket {
    /// Its key.
    pub id: Uuid,
    /// Its type's name.
    pub type_name: String,
    /// The name on it.
    pub holder_name: String,
    /// Its state now.
    pub state: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// The name of whom it was passed on to.
    pub passed_on_to: Option<String>,
    /// When.
    pub passed_on_at: Option<DateTime<Utc>>,
}
