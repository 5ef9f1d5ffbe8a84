//! Settlements of nights.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Nullable, Text, Timestamptz};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A night's settlements.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NightSettlements {
    /// Whether the night is over: it can be settled then.
    pub over: bool,
    /// The public half of the key that signs them, base64; none where the club has set none.
    pub public_key: Option<String>,
    /// The newest first.
    pub settlements: Vec<ListedSettlement>,
}

/// One of them.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct ListedSettlement {
    /// As it is printed.
    #[diesel(sql_type = Text)]
    pub number: String,
    /// The one that it replaces.
    #[diesel(sql_type = Nullable<Text>)]
    pub replaces: Option<String>,
    /// Who made it.
    #[diesel(sql_type = Text)]
    pub made_by: String,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub made_at: DateTime<Utc>,
}

/// What the desk says when a night is to be settled.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettlementRequest {
    /// Who settles it.
    pub made_by: String,
    /// How many guests of each ticket type came, as the desk has heard from the door.
    pub came: Vec<Came>,
}

/// Guests of a ticket type who came.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Came {
    /// The ticket type.
    pub ticket_type: Uuid,
    /// How many.
    pub guests: i64,
}
