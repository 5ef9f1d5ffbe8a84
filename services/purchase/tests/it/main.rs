//! The service as its callers meet it: over HTTP, on real PostgreSQL (and NATS where it matters), against the sandbox's Stripe.

mod buying;
mod cancellations;
mod catalog;
mod free;
mod idempotency;
mod inside;
mod late;
mod ledger;
mod map;
mod my;
mod off_sale;
mod open;
mod overdue;
mod pages;
mod papers;
mod payments;
mod promos;
mod race;
mod receipts;
mod reconciliation;
mod refunds;
mod refusals;
mod selling;
mod stage;
mod transfers;
mod webhooks;
