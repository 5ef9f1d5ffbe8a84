//! A guest exchanges a ticket for one of another type of the same night, as long as its terms allow it: from the order's page, with
//! nobody asked ([`page`]).
//!
//! The exchange is an order of its own, placed by the hold engine like any other, which names the ticket that it replaces
//! (`orders.exchanges`). Its line costs what the other type costs beside it ([`domain::exchange`]). Nothing of the ticket changes until
//! that order is paid: at Stripe, or at once where the types cost the same. The transaction that issues the new ticket cancels the old
//! one, tells the door and gives its places back ([`hand_over`]). So of two orders for one ticket the first that is paid has it, and the
//! other's money goes back like any that comes too late ([`standing`] says on the second page that the first waits); so does it where the doors have opened in between, or the ticket was passed
//! on, refunded or frozen.
//!
//! The money of the ticket stays booked, and at Stripe, where it was paid. While the new ticket is good it can't be given back there
//! ([`hand_over::carried`]). When staff give the new ticket back, what the first payment paid for it follows by itself ([`back`]); a night
//! that is called off gives back both.
//!
//! Locks: the exchange's order, then the order of the ticket that goes, then the ticket, then the stock of both in one go.

pub(crate) mod back;
pub(crate) mod hand_over;
pub(crate) mod old_ticket;
pub mod page;
mod standing;
pub(crate) mod store;
