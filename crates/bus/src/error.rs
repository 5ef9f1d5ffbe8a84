//! Why the bus did not move on.

/// Why the bus did not move on. Every cause passes by itself: callers wait and try again.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// NATS is not reachable, or did not answer in time.
    #[error("NATS is unavailable: {0}")]
    Nats(String),
    /// The stream does not exist; the operator's upkeep makes it.
    #[error("the stream {0} does not exist: is `magueyctl streams --keep` running?")]
    NoStream(&'static str),
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] db::DbError),
}

impl From<diesel::result::Error> for BusError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error.into())
    }
}

impl BusError {
    pub(crate) fn nats(error: impl std::fmt::Display) -> Self {
        Self::Nats(error.to_string())
    }
}
