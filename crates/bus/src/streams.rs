//! Streams are the operator's, durables the services'. Whoever may make or change a stream can have it copy any other one, or
//! speak on any subject (`sources`, `republish`), so no service may: it waits for its stream. [`make()`] is what the operator's
//! upkeep (`magueyctl streams --keep`) does all the time, so that a lost store heals without a person.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, pull};
use async_nats::jetstream::context::{CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::{ErrorCode, stream};
use chrono::{DateTime, Utc};
use messages::Stream;
use messages::subjects::STREAMS;

use crate::{Bus, BusError};

/// How long NATS keeps messages. What is older heals from the owner's outbox.
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// Within it NATS recognises a message sent twice. Later ones are caught by the inbox.
const DUPLICATES: Duration = Duration::from_secs(120);

/// What tells one life of a stream from the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub created: DateTime<Utc>,
    pub last_sequence: i64,
}

/// Makes the streams that are missing, gives each the subjects that it is to keep, and returns the names of those it touched.
/// `bus` is connected as a user who may, which no service is.
pub async fn make(bus: &Bus) -> Result<Vec<&'static str>, BusError> {
    let mut touched = Vec::new();
    for spec in STREAMS {
        let found = match find(bus, spec).await {
            Err(BusError::NoStream(name)) => {
                touched.push(name);
                create(bus, spec).await?
            }
            found => found?,
        };
        let now = &found.cached_info().config;
        if now.subjects != spec.subjects {
            let config = stream::Config { subjects: config(spec).subjects, ..now.clone() };
            bus.jetstream().update_stream(config).await.map_err(BusError::nats)?;
            touched.push(spec.name);
        }
    }
    Ok(touched)
}

async fn find(bus: &Bus, spec: Stream) -> Result<stream::Stream, BusError> {
    bus.jetstream().get_stream(spec.name).await.map_err(|error| match error.kind() {
        GetStreamErrorKind::JetStream(e) if e.error_code() == ErrorCode::STREAM_NOT_FOUND => {
            BusError::NoStream(spec.name)
        }
        _ => BusError::nats(error),
    })
}

/// The owner's view of its stream.
pub(crate) async fn identity(bus: &Bus, spec: Stream) -> Result<Identity, BusError> {
    let found = find(bus, spec).await?;
    let info = found.cached_info();
    if info.config.subjects != spec.subjects {
        tracing::warn!(
            stream = spec.name,
            "the stream keeps other subjects than this version says: run `magueyctl streams`"
        );
    }
    let created =
        DateTime::from_timestamp_nanos(i64::try_from(info.created.unix_timestamp_nanos()).unwrap_or(0));
    let last_sequence = i64::try_from(info.state.last_sequence).unwrap_or(i64::MAX);
    // PostgreSQL keeps microseconds: compare what it can keep.
    let created = DateTime::from_timestamp_micros(created.timestamp_micros()).unwrap_or(created);
    Ok(Identity { created, last_sequence })
}

async fn create(bus: &Bus, spec: Stream) -> Result<stream::Stream, BusError> {
    match bus.jetstream().create_stream(config(spec)).await {
        Ok(created) => Ok(created),
        // Somebody else was faster.
        Err(error) if matches!(error.kind(), CreateStreamErrorKind::JetStream(_)) => {
            bus.jetstream().get_stream(spec.name).await.map_err(|_| BusError::nats(error))
        }
        Err(error) => Err(BusError::nats(error)),
    }
}

fn config(spec: Stream) -> stream::Config {
    stream::Config {
        name: spec.name.to_owned(),
        subjects: spec.subjects.iter().map(|subject| (*subject).to_owned()).collect(),
        max_age: KEPT,
        duplicate_window: DUPLICATES,
        ..Default::default()
    }
}

/// A consumer's durable, made if it is missing. It reads one subject from the start of the stream.
pub(crate) async fn durable(
    bus: &Bus,
    spec: Stream,
    name: &str,
    subject: &str,
    ack_wait: Duration,
    max_ack_pending: i64,
) -> Result<Consumer<pull::Config>, BusError> {
    let config = pull::Config {
        durable_name: Some(name.to_owned()),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait,
        // We count the deliveries ourselves: at its own limit the server would just fall silent.
        max_deliver: -1,
        max_ack_pending,
        filter_subject: subject.to_owned(),
        ..Default::default()
    };
    bus.jetstream().create_consumer_on_stream(config, spec.name).await.map_err(|error| {
        use async_nats::jetstream::stream::ConsumerErrorKind;
        match error.kind() {
            ConsumerErrorKind::JetStream(e) if e.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                BusError::NoStream(spec.name)
            }
            _ => BusError::nats(error),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use messages::subjects::STREAMS;

    use super::config;

    /// Messages name people. What an erased one's last messages said is gone from NATS after so long, and no stream is an exception.
    #[test]
    fn no_stream_keeps_a_message_longer_than_a_week() {
        let week = Duration::from_secs(7 * 24 * 3600);
        assert!(STREAMS.iter().all(|spec| config(*spec).max_age == week));
        let told: Vec<&str> = STREAMS.iter().flat_map(|spec| spec.subjects.iter().copied()).collect();
        assert!(told.contains(&"account.>"), "{told:?}");
    }
}
