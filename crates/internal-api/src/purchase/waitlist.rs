//! How a night's lines stand.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The lines of a night.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NightLines {
    /// Ticket types that anybody waits or waited for, in the club's order.
    pub ticket_types: Vec<TypeLine>,
}

/// The line before a ticket type.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TypeLine {
    /// The ticket type.
    pub ticket_type_id: Uuid,
    /// Its name.
    pub name: String,
    /// Parties that wait.
    pub waiting: i64,
    /// Tickets they want.
    pub tickets: i64,
    /// Parties that have an open offer.
    pub offers: i64,
    /// Parties that made an offer an order.
    pub claimed: i64,
}
