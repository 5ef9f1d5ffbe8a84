//! Who has which table on a night, as the desk shows and mails it. The reservations are purchase's; [`consume`] keeps what it says of
//! them ([`store`]), and [`mail`] writes to whoever booked when something about their table is otherwise than they know, [`remind`]
//! the day before.
//!
//! [`board`] is the night's page: every table with its party, its host, what was paid, is spent and still owed, and what can be done
//! about it. It works without a script. Its forms ([`act`]) ask purchase ([`purchase`]) and lead back to the board, which by then
//! shows how the reservation stands.

pub mod act;
pub mod board;
pub mod consume;
mod lines;
mod mail;
pub mod purchase;
pub mod remind;
mod room;
pub mod store;
