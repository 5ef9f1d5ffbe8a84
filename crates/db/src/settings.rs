use std::time::Duration;

use settings::{Reader, Secret};

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct DbSettings {
    /// `postgresql://role:password@host:port/database`, with `?sslmode=require` for verified TLS.
    pub url: Secret,
    /// The largest number of connections that requests and workers hold. Beside them stand one that says whether the database
    /// is there, and one per channel that is listened to.
    pub max_connections: usize,
    /// How long a request waits for a free connection, and how long a new one may take.
    pub patience: Duration,
}

impl DbSettings {
    /// Reads `DATABASE_URL` and `DATABASE_MAX_CONNECTIONS`.
    pub fn read(reader: &mut Reader) -> Self {
        let url = reader.secret("DATABASE_URL", "the PostgreSQL database and this service's role in it");
        let max_connections = reader.or(
            "DATABASE_MAX_CONNECTIONS",
            16,
            "the largest number of database connections this process holds",
        );
        Self { url, max_connections, patience: Duration::from_secs(3) }
    }

    /// Settings for a known URL: tests and tools.
    pub fn new(url: &str) -> Self {
        Self { url: Secret::new(url), max_connections: 8, patience: Duration::from_secs(3) }
    }
}
