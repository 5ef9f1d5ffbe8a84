//! How to reach the database, out of the environment.

use std::time::Duration;

use settings::{Reader, Secret};

use crate::connect;
use crate::pulse::LONGER;

/// Of so many connections one is kept for what is urgent.
const KEPT: usize = 4;

/// How to reach the database.
#[derive(Debug, Clone)]
pub struct DbSettings {
    /// `postgresql://role:password@host:port/database`, with `?sslmode=require` for verified TLS and `&sslrootcert=FILE` for an
    /// authority of your own.
    pub url: Secret,
    /// The largest number of connections that requests and workers hold. Beside them stand one that says whether the database
    /// is there, and one per channel that is listened to.
    pub max_connections: usize,
    /// How many of them are kept for what is urgent ([`urgently`](crate::urgently)); 0: everybody waits in one line.
    pub reserved: usize,
    /// How long a request waits for a free connection, and how long a new one may take.
    pub patience: Duration,
    /// How long a statement's answer is waited for before the connection is dropped: longer than the server's `statement_timeout`,
    /// which ends what a server that is alive takes too long for.
    pub answer: Duration,
}

/// See [`DbSettings::answer`].
const ANSWER: Duration = Duration::from_secs(5).saturating_add(LONGER);

impl DbSettings {
    /// Reads `DATABASE_URL` and `DATABASE_MAX_CONNECTIONS`.
    pub fn read(reader: &mut Reader) -> Self {
        let url = Self::url(reader, "DATABASE_URL", "the PostgreSQL database and this service's role in it");
        let max_connections = reader.or(
            "DATABASE_MAX_CONNECTIONS",
            16,
            "the largest number of database connections this process holds",
        );
        let reserved = max_connections / KEPT;
        Self { url, max_connections, reserved, patience: Duration::from_secs(3), answer: ANSWER }
    }

    /// Reads a database's URL. Names, addresses and the books travel there: in production never in the clear.
    pub fn url(reader: &mut Reader, name: &'static str, purpose: &'static str) -> Secret {
        let url = reader.secret(name, purpose);
        let plain = !url.expose().is_empty() && !connect::is_encrypted(url.expose());
        reader.refuse_in_production(
            name,
            purpose,
            plain,
            "needs sslmode=require, or stricter, in production",
        );
        url
    }

    /// Settings for a known URL: tests and tools.
    pub fn new(url: &str) -> Self {
        let url = Secret::new(url);
        Self { url, max_connections: 8, reserved: 0, patience: Duration::from_secs(3), answer: ANSWER }
    }
}

#[cfg(test)]
mod tests {
    use super::{DbSettings, Reader};

    #[test]
    fn production_takes_no_database_in_the_clear() {
        for (place, query, fine) in [
            ("production", "", false),
            ("production", "?sslmode=prefer", false),
            ("production", "?sslmode=require", true),
            ("production", "?sslmode=verify-full&sslrootcert=/etc/ca.crt", true),
            ("local", "", true),
            ("test", "", true),
        ] {
            let url = format!("postgres://purchase:secret@postgres/maguey{query}");
            let mut reader = Reader::from_pairs([("MAGUEY_ENV", place), ("DATABASE_URL", url.as_str())]);
            let settings = DbSettings::read(&mut reader);
            let faults = reader.finish(settings).err();
            let names: Vec<_> = faults.iter().flat_map(|faults| faults.names()).collect();
            let expected: &[&str] = if fine { &[] } else { &["DATABASE_URL"] };
            assert_eq!(names, expected, "{place} with {query:?}");
        }
    }
}
