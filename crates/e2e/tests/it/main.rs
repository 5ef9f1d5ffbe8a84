//! The whole of Maguey under test; see the crate's README for the modules.

mod access;
mod accessible;
mod account;
mod adds_up;
mod at_the_door;
mod audited;
mod bad_input;
mod exports;
mod extras;
mod faults;
mod friends;
mod gateway;
mod journeys;
mod openapi;
mod operate;
mod proven;
mod tables;
mod traces;
mod twin;
