#![doc = include_str!("../README.md")]

mod apple;
mod books;
mod breaches;
mod clock;
mod config;
mod control;
mod google;
mod house;
mod html;
mod idempotency;
mod ids;
mod mailbox;
mod moment;
mod oidc;
mod page;
mod resend;
mod routes;
mod server;
mod shelf;
mod store;
mod stripe;
mod twilio;
mod webhooks;

pub use config::Config;
pub use server::{Running, start};

/// A pause that is meant: back-off, a scripted delay, the debounce of the state file.
#[expect(clippy::disallowed_methods, reason = "every caller also listens for the sandbox's end")]
async fn pause(time: std::time::Duration) {
    tokio::time::sleep(time).await;
}
