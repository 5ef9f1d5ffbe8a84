//! From NATS into a service's own tables, once.

mod handle;
mod pull;
mod revive;
mod work;

use std::marker::PhantomData;
use std::time::Duration;

use chrono::{DateTime, Utc};
use db::DbError;
use domain::ids::MessageId;
use messages::Subject;

pub use pull::Drained;
pub use work::{BatchHandler, Handler};

/// What a handler is told about a message besides its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message's id, the same whenever it is delivered.
    pub id: MessageId,
    /// Its subject.
    pub subject: String,
    /// When the stream got it.
    pub published_at: DateTime<Utc>,
    /// The how manieth try this is, from 1.
    pub attempt: i64,
}

/// What a message did. All three are success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It changed something.
    Applied,
    /// We hold this revision or a newer one already.
    Stale,
    /// It is none of our business.
    Ignored,
}

impl Outcome {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Stale => "stale",
            Self::Ignored => "ignored",
        }
    }
}

/// Why a message was not handled.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// The database refused. While it is merely away the message waits, however long that takes.
    #[error(transparent)]
    Database(#[from] DbError),
    /// It failed now; later tries may succeed.
    #[error("{0}")]
    Failed(String),
    /// It can never succeed: a dead letter at once.
    #[error("{0}")]
    Never(String),
}

impl From<diesel::result::Error> for HandleError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl HandleError {
    /// A failure that may pass.
    pub fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    /// A failure that will not pass: a message that makes no sense.
    pub fn never(reason: impl std::fmt::Display) -> Self {
        Self::Never(reason.to_string())
    }
}

/// Reads one subject through one durable. The durable's name must never change: it is the key of the inbox.
#[derive(Debug, Clone)]
pub struct Consumer<M> {
    durable: &'static str,
    max_deliver: i64,
    first_pause: Duration,
    concurrency: usize,
    batch: usize,
    ack_wait: Duration,
    message: PhantomData<fn() -> M>,
}

impl<M: Subject> Consumer<M> {
    /// A consumer for `M`. Name the durable `<service>_<subject>`, with `_` for dots: the NATS users' rights name it.
    pub fn new(durable: &'static str) -> Self {
        Self {
            durable,
            max_deliver: 8,
            first_pause: Duration::from_millis(200),
            concurrency: 4,
            batch: 1,
            ack_wait: Duration::from_secs(30),
            message: PhantomData,
        }
    }

    /// How often a message is tried before it becomes a dead letter (8, which takes about 25 s).
    pub fn max_deliver(mut self, times: i64) -> Self {
        self.max_deliver = times.max(1);
        self
    }

    /// The pause after the first failure (200 ms); each further one doubles it, up to 30 s.
    pub fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = pause;
        self
    }

    /// How many messages are handled at once (4). Handlers compare revisions, so their order does not matter.
    pub fn concurrency(mut self, messages: usize) -> Self {
        self.concurrency = messages.max(1);
        self
    }

    /// How many messages that have arrived may share one transaction (1). If it fails, each is tried alone. For handlers
    /// whose messages do not lock rows in each other's way; what one transaction holds, it holds until all are handled.
    pub fn batch(mut self, messages: usize) -> Self {
        self.batch = messages.max(1);
        self
    }

    /// How long the server waits for an answer before it delivers again (30 s).
    pub fn ack_wait(mut self, wait: Duration) -> Self {
        self.ack_wait = wait;
        self
    }

    /// The durable's name.
    pub fn durable(&self) -> &'static str {
        self.durable
    }

    fn pause_after(&self, attempt: i64) -> Duration {
        let doublings = u32::try_from(attempt.clamp(1, 12) - 1).unwrap_or(0);
        (self.first_pause * 2_u32.pow(doublings)).min(Duration::from_secs(30))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_within_half_a_minute() {
        let consumer = Consumer::<messages::marketing_admin::v1::EventChanged>::new("test");
        let pauses: Vec<u128> = (1..=9).map(|attempt| consumer.pause_after(attempt).as_millis()).collect();
        assert_eq!(pauses, [200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000]);
        assert_eq!(consumer.pause_after(i64::MAX).as_secs(), 30);
    }
}
