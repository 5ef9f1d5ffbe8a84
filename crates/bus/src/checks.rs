//! What readiness and metrics ask of the bus.

use std::time::Duration;

use futures::future::BoxFuture;

use crate::Bus;

/// How a service stands without NATS. There is deliberately no *down*: a lost NATS delays what others learn, and must
/// not take buying or admitting away from the guests. Readiness shows it and stays ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// The server answers.
    Connected,
    /// It does not, and this is what that means.
    Degraded(String),
}

/// What readiness asks the bus.
#[derive(Debug, Clone)]
pub struct Checks {
    bus: Bus,
}

impl Checks {
    /// Checks for a connection.
    pub fn new(bus: &Bus) -> Self {
        Self { bus: bus.clone() }
    }

    /// [`Checks::nats`] as a readiness check asks it: an error where the service is degraded.
    pub fn probe(&self) -> impl Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static {
        let checks = self.clone();
        move || {
            let checks = checks.clone();
            Box::pin(async move {
                match checks.nats().await {
                    Health::Connected => Ok(()),
                    Health::Degraded(reason) => Err(reason),
                }
            })
        }
    }

    /// Whether NATS is there. Answers within a second.
    pub async fn nats(&self) -> Health {
        let mut connections = self.bus.connections();
        if *connections.borrow() == 0 {
            // Just started: the first connection takes milliseconds if there is a server.
            let first = connections.wait_for(|count| *count > 0);
            let _ = tokio::time::timeout(Duration::from_millis(500), first).await;
        }
        if self.bus.is_connected() {
            Health::Connected
        } else {
            Health::Degraded(
                "NATS is away: messages wait in the outbox and are sent when it returns".to_owned(),
            )
        }
    }
}
