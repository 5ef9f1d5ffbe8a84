//! Named places at which a test may have the process die, to prove that nothing is lost there.
//!
//! `CRASH_AT=name:nth` aborts at the nth passage of `name`. It exists only where `MAGUEY_ENV=test`: anywhere else the
//! variable is a fault of the environment and the service does not start.

use std::sync::atomic::{AtomicU32, Ordering};

use settings::{Environment, Reader};

/// Before the statement that records scans (S1): nothing is committed, nothing was answered.
pub const SCAN_NOT_COMMITTED: &str = "S1";
/// After it (S2): committed, nothing was answered.
pub const SCAN_COMMITTED: &str = "S2";

/// Where this process dies, if anywhere.
#[derive(Debug, Default)]
pub struct CrashAt(Option<Point>);

#[derive(Debug)]
struct Point {
    name: String,
    left: AtomicU32,
}

impl CrashAt {
    /// Reads `CRASH_AT`.
    pub fn read(reader: &mut Reader) -> Self {
        const PURPOSE: &str = "name:nth of the place at which a test has this process die";
        let Some(text) = reader.optional::<String>("CRASH_AT", PURPOSE) else { return Self(None) };
        if reader.environment() != Environment::Test {
            reader.fault("CRASH_AT", PURPOSE, "is only for tests");
            return Self(None);
        }
        let (name, nth) = text.split_once(':').unwrap_or((&text, "1"));
        match nth.parse() {
            Ok(nth) => Self(Some(Point { name: name.to_owned(), left: AtomicU32::new(nth) })),
            Err(_) => {
                reader.fault("CRASH_AT", PURPOSE, "can't be used: expected name:nth");
                Self(None)
            }
        }
    }

    /// Dies here if this is the place and the time.
    pub fn pass(&self, name: &str) {
        let Some(point) = self.0.as_ref().filter(|point| point.name == name) else { return };
        if point.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            tracing::error!(name, "crashing on request of a test");
            std::process::abort();
        }
    }
}
