//! What is taken of a night.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Every limit of a night that was ever on sale.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct NightStock {
    /// Ticket types, their tiers, and limits that types share.
    pub limits: Vec<Taken>,
}

/// One of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Taken {
    /// The ticket type, the tier or the shared limit.
    pub id: Uuid,
    /// Tickets held for guests who pay, or for offers of the waitlist.
    pub held: i64,
    /// Tickets sold and not given back.
    pub sold: i64,
}
