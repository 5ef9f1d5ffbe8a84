//! The guest's own area, with an account or without one: mail that a guest asks for, and tickets in other hands.
//!
//! [`again`] sends an order's tickets once more, from its page. [`find`] is for those who have lost even that page's address:
//! whoever types an address is answered the same, in the same time, whatever it is, because the request only writes the wish
//! down; [`search`] looks afterwards, and mails the links of coming nights to the address they belong to. Both are limited:
//! a mailbox and an order have few an hour, a network address as many as a crowd behind it needs.
//!
//! Who is signed in finds all of theirs at once ([`mine`]).
//!
//! [`give_back`] returns tickets for their money, as long as the night's terms allow it.
//!
//! [`group`] sends every ticket of an order to the guest it is for, in one form: shared or passed on. [`change`] corrects the
//! name on one ticket, passes it on to somebody, or hands it back to who bought it; [`ticket`] is that one's page, with a key of its own.

pub mod again;
pub mod change;
pub mod find;
pub mod give_back;
pub mod group;
pub mod mine;
mod mine_store;
pub(crate) mod search;
pub(crate) mod store;
pub mod ticket;

use chrono::TimeDelta;

/// The time that the limits count in.
pub(crate) const WINDOW: TimeDelta = TimeDelta::hours(1);
/// Mails with the same tickets that one order may ask for within it.
pub(crate) const MAILS_PER_ORDER: i64 = 3;
/// Mails that share one ticket within it.
pub(crate) const MAILS_PER_TICKET: usize = 3;
/// Mails with somebody else's ticket that one address gets within it, whoever sends them: a large group's, and no flood.
pub(crate) const TICKETS_PER_MAILBOX: i64 = 30;
/// Searches that are mailed to one address within it.
pub(crate) const MAILS_PER_GUEST: i64 = 3;
/// Searches, and reminders, from one network address within it. A mobile network is one address to hundreds of phones: a mailbox is
/// protected by what is mailed to it, not by who else asks from there. This only keeps one machine from filling the tables.
pub(crate) const SEARCHES_PER_NETWORK: i64 = 300;
/// How long a wish is kept: nobody needs to know afterwards who typed which address. As long after its night, with whom a ticket was
/// shared.
pub(crate) const KEPT: TimeDelta = TimeDelta::days(1);
