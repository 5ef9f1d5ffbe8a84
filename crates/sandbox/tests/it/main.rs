//! The sandbox through the wire, with the clients that the services use.

mod disputes;
mod faults;
mod guest;
mod idempotency;
mod mail;
mod memory;
mod payouts;
mod receiver;
mod shop;
mod stripe_client;
mod wallets;
mod ways_in;
mod webhooks;
