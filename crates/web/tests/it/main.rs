//! The front door through real sockets: one test binary, one module per promise.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod bodies;
mod csrf;
mod drain;
mod faults;
mod guests;
mod headers;
mod params;
mod site;
mod tokens;
