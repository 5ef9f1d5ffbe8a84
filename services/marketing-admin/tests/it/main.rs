//! The desk through HTTP, on real PostgreSQL and NATS, with the sandbox as the email provider.

mod emails;
mod events;
mod figures;
mod house;
mod identity;
mod pages;
mod scans;
