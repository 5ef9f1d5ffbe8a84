#![doc = include_str!("../README.md")]

pub mod admission;
pub mod clock;
pub mod event;
pub mod ids;
pub mod language;
pub mod money;
pub mod night;
pub mod order;
pub mod permission;
pub mod promo;
pub mod quote;
pub mod refund;
pub mod ticket;
pub mod ticket_code;
pub mod tier;
pub mod waitlist;
