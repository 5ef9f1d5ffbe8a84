//! Who has which table on a night.
//!
//! A table is a ticket type of kind `table` ([`domain::event::terms::TicketKind::Table`]) with a stock row of its own: its price is the
//! deposit, and its places are as many tickets as the party is large. So a table is held, paid, refunded, expired and taken late by
//! the same functions as any ticket, and the party's passes are the order's tickets, each with its own code. What is more about a table
//! stands in `reservations`: the party, when it comes, what it spends.
//!
//! - the engine (`inventory`) takes a table whole: only one of which nobody has a place, and its reservation is written in the
//!   batch's own transaction;
//! - guests book by the form of a table's sheet ([`form`]) or by the API ([`api`]); what they wish is judged by [`wish`];
//! - a reservation follows its order ([`follow`]), in the transaction that steps the order;
//! - `reserved_tables_one_live` is the second fence: one live reservation per table and night.
//!
//! - it comes at an hour of the night, also when that gets other ones ([`hours`]);
//! - what staff do with it ([`desk`]): call it off ([`cancel`]), move it ([`move_table`], [`swap`], [`merge`]), change its party
//!   ([`mod@grow`]), its host, its bill ([`tab`], [`close`]), or give its table away ([`release`]). The first of the party to come in checks
//!   it in ([`check_in`]).
//!
//! On a night whose plan says so a table is asked for ([`request`], [`request_page`]): nothing is held until a host says yes ([`approve`]),
//! and then the engine holds it as any other.
//!
//! A party's places are all counted at the table that was booked, also those at a table that was put to it: that one's own stock row
//! stays empty, and its live `reserved_tables` row keeps it from being sold.
//!
//! Locks: the order's row, then the reservation's, then stock rows in sorted order.

pub mod api;
pub mod approve;
pub mod cancel;
pub mod check_in;
pub mod close;
mod counted;
mod desk;
pub mod follow;
pub(crate) mod forget;
pub mod form;
pub mod grow;
pub mod host;
pub(crate) mod hours;
pub(crate) mod made;
pub mod merge;
pub mod message;
pub mod move_table;
pub(crate) mod on_sale;
mod plan;
pub(crate) mod refusal;
pub mod release;
pub(crate) mod request;
pub mod request_page;
pub mod store;
pub mod swap;
pub mod tab;
pub(crate) mod view;
pub mod wish;
pub(crate) mod work_store;
