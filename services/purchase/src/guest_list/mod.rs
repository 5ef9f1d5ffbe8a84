//! The guest list: who comes in for nothing, with how many, until when, and on whose account.
//!
//! An entry is an order that the club gave away, with one ticket for each head. It goes through the hold engine like
//! everything that takes places ([`add`]), so the stock, the line before a sold-out type, the mail and the door's record are the
//! same as for everybody. What sets it apart: its tickets let in until a cut-off (`tickets.admit_until`, judged by
//! `domain::admission`), and it may count on a promoter's allotment for the night ([`allot`]), which is locked, judged and
//! counted in the transaction that takes the places.
//!
//! An entry only shrinks ([`shrink`]). The wish is on record first; then the door is asked ([`leave`]), and takes back the codes
//! of those who have not come in, in the moment in which it sees that. Who is inside stays. Only then are their places free, for
//! the line or for anybody. A door that does not answer is asked again by the worker, and a process that dies leaves the wish.
//!
//! Where the night gets a new date, the cut-offs move along ([`new_date`]).

pub mod add;
pub mod allot;
pub(crate) mod leave;
pub mod list;
pub(crate) mod new_date;
pub mod shrink;
pub(crate) mod store;

use chrono::{DateTime, Utc};
use domain::guest_list::Promoter;
use domain::ids::GuestEntryId;

/// What makes a gift an entry of the night's guest list.
#[derive(Debug, Clone)]
pub struct GuestEntry {
    /// Its key.
    pub id: GuestEntryId,
    /// Whose guests these are; none: the house's.
    pub promoter: Option<Promoter>,
    /// What staff wrote down about them; may be empty.
    pub note: String,
    /// Heads: the guest, and who comes along.
    pub party: u32,
    /// From when on the door refuses them.
    pub admit_until: DateTime<Utc>,
}
