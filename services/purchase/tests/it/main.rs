//! The service as its callers meet it: over HTTP, on real PostgreSQL (and NATS where it matters), against the sandbox's Stripe.

mod buying;
mod cancellations;
mod catalog;
mod free;
mod guessing;
mod idempotency;
mod inside;
mod late;
mod ledger;
mod limits;
mod map;
mod off_sale;
mod open;
mod overdue;
mod pages;
mod payments;
mod promos;
mod race;
mod reconciliation;
mod refunds;
mod refusals;
mod selling;
mod stage;
mod webhooks;
