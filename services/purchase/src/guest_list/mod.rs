//! The guest list: who comes in for nothing, with how many, until when, and on whose account.
//!
//! An entry is an order that the club gave away, with one ticket for each head. It goes through the hold engine like
//! everything that takes places ([`add`]), so the stock, the line before a sold-out type, the mail and the door's record are the
//! same as for everybody. What sets it apart: its tickets let in until a cut-off (`tickets.admit_until`, judged by
//! `domain::admission`), and it may count on a promoter's allotment for the night ([`allot`]), which is locked, judged and
//! counted in the transaction that takes the places.
//!
//! Until the night is over a party may change ([`change`]). It grows by gifts of their own ([`mod@grow`]), so that what takes places is
//! the engine alone; together they are one line of the list. Its cut-off and its name change on all its tickets ([`terms`]). And it
//! shrinks ([`mod@shrink`]): the wish is on record first; then the door is asked ([`leave`]), and takes back the codes
//! of those who have not come in, in the moment in which it sees that. Who is inside stays. Only then are their places free, for
//! the line or for anybody. A door that does not answer is asked again by the worker, and a process that dies leaves the wish.
//!
//! Where the night is put on another date, the cut-offs move along ([`new_date`]).

pub mod add;
pub mod allot;
pub mod change;
mod grow;
pub(crate) mod leave;
pub mod list;
pub(crate) mod new_date;
mod shrink;
pub(crate) mod store;
mod terms;

use chrono::{DateTime, Utc};
use domain::guest_list::Promoter;
use domain::ids::GuestEntryId;
use web::Fault;

/// What makes a gift an entry of the night's guest list.
#[derive(Debug, Clone)]
pub struct GuestEntry {
    /// Its key.
    pub id: GuestEntryId,
    /// The entry whose party it makes larger.
    pub joins: Option<GuestEntryId>,
    /// Whose guests these are; none: the house's.
    pub promoter: Option<Promoter>,
    /// What staff wrote down about them; may be empty.
    pub note: String,
    /// Heads: the guest, and who comes along.
    pub party: u32,
    /// From when on the door refuses them.
    pub admit_until: DateTime<Utc>,
}

/// 409 while the door is asked who of a party is inside.
fn still_leaving(field: &'static str) -> Fault {
    Fault::conflict("still_leaving")
        .field(field, "still_leaving")
        .detail("The door is being asked about some of this party. Try again when it has answered.")
}
