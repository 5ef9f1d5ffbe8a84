//! The connection to NATS, and the wish that wakes the relay.

use std::sync::Arc;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::{self, context::ContextBuilder};
use async_nats::{ConnectOptions, Event, ServerAddr};
use tokio::sync::{Notify, watch};

use crate::{BusError, BusSettings};

/// How long a request to NATS may take. A server that is there answers within milliseconds.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

/// The connection to NATS. Clones share it; it reconnects for as long as the process lives.
#[derive(Clone)]
pub struct Bus {
    client: async_nats::Client,
    jetstream: jetstream::Context,
    service: Arc<str>,
    connections: watch::Receiver<u64>,
    work: Arc<Notify>,
}

impl Bus {
    /// Prepares the connection as `service` (its database role's name, which is its NATS user's name too).
    ///
    /// Returns before it is connected, and while NATS is away: nothing that a guest does waits for NATS.
    /// An error means that the URL cannot be right.
    pub async fn connect(settings: &BusSettings, service: &str) -> Result<Self, BusError> {
        let (connected, connections) = watch::channel(0_u64);
        let connected = Arc::new(connected);
        let addresses = addresses(settings)?;
        let mut options = credentials(&addresses);
        if let Some(file) = &settings.ca {
            options = options.add_root_certificates(file.clone());
        }
        let client = options
            .name(service)
            // The server lets a service subscribe to its own inbox only.
            .custom_inbox_prefix(format!("_INBOX_{service}"))
            .retry_on_initial_connect()
            .connection_timeout(PATIENCE)
            .request_timeout(Some(PATIENCE))
            // A peer that vanished without a word is noticed within ten seconds.
            .ping_interval(Duration::from_secs(5))
            .reconnect_delay_callback(|attempt| {
                Duration::from_millis(50 * 2_u64.pow(u32::try_from(attempt.min(6)).unwrap_or(6)))
                    .min(Duration::from_secs(2))
            })
            .event_callback(move |event| {
                let connected = connected.clone();
                async move { report(&event, &connected) }
            })
            .connect(addresses)
            .await
            .map_err(BusError::nats)?;
        let jetstream = ContextBuilder::new().timeout(PATIENCE).ack_timeout(PATIENCE).build(client.clone());
        Ok(Self { client, jetstream, service: service.into(), connections, work: Arc::default() })
    }

    /// Whether the connection stands, as far as this side can tell.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Tells this process's relay to look at the outbox now: for a writer that used
    /// [`outbox::add_quietly`](crate::outbox::add_quietly), after its commit.
    pub fn wake_relay(&self) {
        self.work.notify_one();
    }

    /// Sends what is buffered and closes the connection. The last thing a service does.
    pub async fn close(&self) {
        if let Err(error) = self.client.drain().await {
            tracing::debug!(%error, "NATS was closed already");
        }
    }

    pub(crate) fn jetstream(&self) -> &jetstream::Context {
        &self.jetstream
    }

    /// Counts the connections made: a change means that the server may have lost what it had.
    pub(crate) fn connections(&self) -> watch::Receiver<u64> {
        self.connections.clone()
    }

    pub(crate) async fn woken(&self) {
        self.work.notified().await;
    }
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bus")
            .field("service", &self.service)
            .field("connected", &self.is_connected())
            .finish_non_exhaustive()
    }
}

fn addresses(settings: &BusSettings) -> Result<Vec<ServerAddr>, BusError> {
    // The error never repeats the URL, which holds a password.
    let parse =
        |text: &str| text.trim().parse().map_err(|_| BusError::Nats("NATS_URL is not a NATS URL".to_owned()));
    settings.url.expose().split(',').map(parse).collect()
}

/// async-nats leaves the user and password of a URL alone: they must be handed to it.
fn credentials(addresses: &[ServerAddr]) -> ConnectOptions {
    let named = addresses.iter().find_map(|address| Some((address.username()?, address.password()?)));
    match named {
        Some((user, password)) => {
            ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned())
        }
        None => ConnectOptions::new(),
    }
}

fn report(event: &Event, connected: &watch::Sender<u64>) {
    match event {
        Event::Connected => {
            tracing::info!("connected to NATS");
            connected.send_modify(|count| *count += 1);
        }
        Event::Disconnected => tracing::warn!("lost NATS; messages wait in the outbox"),
        // A refused publish or subscription arrives here and nowhere else.
        Event::ServerError(error) => tracing::error!(%error, "NATS refused something"),
        Event::ClientError(error) => tracing::warn!(%error, "NATS client"),
        other => tracing::info!(event = %other, "NATS"),
    }
}
