//! What staff do with table reservations. Every command names the reservation in its path,
//! `POST /internal/v1/reservations/{id}/{approve|decline|cancel|move|swap|merge|party|host|tab|close|release}`, carries an `Idempotency-Key`, and is
//! answered with a [`ReservationView`].

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A reservation after a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservationView {
    /// Its key.
    pub id: Uuid,
    /// Where it stands, as `domain::reservation::ReservationState` names it.
    pub state: String,
    /// Its tables; the first is the one that was booked.
    pub tables: Vec<ViewedTable>,
    /// People, the booker among them.
    pub party: u32,
    /// Who looks after the table; may be empty.
    pub host: String,
    /// Of the amounts.
    pub currency: String,
    /// What the party spends at least, minor units.
    pub minimum_minor: i64,
    /// What was paid for it, or is to be, minor units.
    pub deposit_minor: i64,
    /// At the table so far, minor units.
    pub spent_minor: i64,
    /// Still owed at the venue, minor units.
    pub balance_minor: i64,
    /// Counts its changes.
    pub revision: i64,
}

/// A table of a reservation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewedTable {
    /// Its key on the night's plan.
    pub id: Uuid,
    /// What its passes call it: "Table 12".
    pub label: String,
    /// The largest party.
    pub seats: u32,
}

/// Answers a request: yes holds its table for its deposit, no ends it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerRequest {
    /// What the host writes to whoever asked, at most 500 characters; may be empty.
    #[serde(default)]
    pub note: String,
}

/// Calls a reservation off: its passes are good no more, and its table is free.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// What goes back of its deposit.
    pub refund: RefundOf,
    /// For the audit log: 1 to 500 characters.
    pub reason: String,
}

/// How much of a deposit goes back: `"all"`, `"none"` or `{"amount_minor": 5000}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundOf {
    /// All that is left of it.
    All,
    /// Nothing: the club keeps it.
    None,
    /// So much, minor units.
    AmountMinor(i64),
}

/// Moves a reservation to another table that is free. What was put together with its own is free again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveRequest {
    /// The table to which it moves.
    pub table: Uuid,
    /// Whether the minimum stays as it was agreed; else it is the new table's.
    #[serde(default)]
    pub keep_minimum: bool,
}

/// Has two reservations of a night, each with one table, change places. Their minimums stay.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwapRequest {
    /// The other reservation.
    pub with: Uuid,
}

/// Puts a free table that stands next to one of its own to a reservation. Its minimum stays.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeRequest {
    /// The table that comes to it.
    pub table: Uuid,
}

/// Says how large the party is. More get passes of their own; of fewer, the passes that nobody was given go first.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyRequest {
    /// People, the booker among them.
    pub party: u32,
}

/// Says who looks after the table.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostRequest {
    /// A name, at most 100 characters; empty: nobody.
    pub host: String,
}

/// Says what the party has spent so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TabRequest {
    /// Minor units.
    pub spent_minor: i64,
}

/// Says that the bill is settled.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloseRequest {
    /// What the party spent in all, minor units.
    pub spent_minor: i64,
}

/// Gives the table of a party away that did not come.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRequest {}
