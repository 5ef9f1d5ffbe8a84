//! *Remind me when it goes on sale*: on the page of a night whose sale has not begun a guest leaves an address ([`ask`]). The
//! answer is the same for every address, and asking is limited as all mail that guests ask for. When the sale begins, one
//! mail goes out ([`work`]), noted in the transaction that asks for it: once, whatever dies, however many processes look. Its link
//! ([`link`]) ends all reminders to the address ([`stop`]).

pub mod ask;
pub mod link;
pub mod stop;
pub(crate) mod store;
pub(crate) mod work;
