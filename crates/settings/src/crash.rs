//! Named points at which a test may have this process die, to prove that nothing is lost there.
//!
//! `CRASH_AT=name:nth` aborts at the nth passage of the point, as `kill -9` would: no destructor runs, no answer is sent,
//! no transaction ends. It exists only where `MAGUEY_ENV=test`: anywhere else the variable is a fault of the environment
//! and the service does not start. Where nothing is armed a [`point`] costs one load.
//!
//! | point | where |
//! |---|---|
//! | P1 | purchase: hold written, not committed |
//! | P2 | purchase: hold committed, Stripe not yet called |
//! | P3 | purchase: session created at Stripe, its id not stored |
//! | P4 | purchase: webhook stored, not yet answered |
//! | P5 | purchase: webhook answered, not yet processed |
//! | P6 | purchase: inside the fulfilment, before its commit |
//! | P7 | purchase: fulfilment committed, nothing published |
//! | P8 | the relay: the stream has the messages, they are not marked sent |
//! | P10 | purchase: refund accepted by Stripe, not stored |
//! | P11 | purchase: session confirmed dead, places not yet freed |
//! | R1 | purchase: refund asked for, the door not yet asked |
//! | R2 | purchase: the door has answered, nothing was done about it |
//! | D1 | purchase: a dispute taken over and its tickets frozen, its event not worked off |
//! | R3 | purchase: an order of a called-off night taken back, the next one not |
//! | W1 | purchase: offers to those in line written, not committed |
//! | S1 | scanner: before the statement that records scans; nothing committed, nothing answered |
//! | S2 | scanner: after it; committed, nothing answered |
//! | S3 | scanner: a part of what a phone reported committed, the rest not, nothing answered |
//! | S5 | scanner: a night read for a phone's list, nothing answered |

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{Environment, Reader};

/// The point at which this process is to die, if at any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrashAt(Option<(String, u32)>);

#[derive(Debug)]
struct Armed {
    name: String,
    left: AtomicU32,
}

/// One per process: a crash takes all of it.
static ARMED: OnceLock<Armed> = OnceLock::new();

impl CrashAt {
    /// Reads `CRASH_AT`.
    pub fn read(reader: &mut Reader) -> Self {
        const NAME: &str = "CRASH_AT";
        const PURPOSE: &str = "for tests alone: name:nth of the point at which the process dies";
        let Some(text) = reader.optional::<String>(NAME, PURPOSE) else { return Self(None) };
        if reader.environment() != Environment::Test {
            reader.fault(NAME, PURPOSE, "is only for tests");
            return Self(None);
        }
        let (name, nth) = text.split_once(':').unwrap_or((&text, "1"));
        match nth.parse() {
            Ok(nth) if nth > 0 => Self(Some((name.to_owned(), nth))),
            _ => {
                reader.fault(NAME, PURPOSE, "can't be used: expected name:nth");
                Self(None)
            }
        }
    }

    /// Arms it, for the rest of the process's life. Called when a service is put together.
    pub fn arm(self) {
        let Some((name, nth)) = self.0 else { return };
        tracing::warn!(name, nth, "this process will abort itself: a crash test is running");
        let _ = ARMED.set(Armed { name, left: AtomicU32::new(nth) });
    }
}

/// Aborts here if this point is armed and its turn has come.
pub fn point(name: &str) {
    let Some(armed) = ARMED.get() else { return };
    if armed.name == name && armed.left.fetch_sub(1, Ordering::SeqCst) == 1 {
        std::process::abort();
    }
}

#[cfg(test)]
mod proofs;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_is_a_fault_outside_of_tests() {
        for (place, good) in [("test", true), ("local", false), ("production", false)] {
            let mut reader = Reader::from_pairs([("MAGUEY_ENV", place), ("CRASH_AT", "P8:2")]);
            let crash_at = CrashAt::read(&mut reader);
            assert_eq!(crash_at == CrashAt(Some(("P8".to_owned(), 2))), good, "{place}");
            assert_eq!(reader.finish(crash_at).is_ok(), good, "{place}");
        }
    }

    #[test]
    fn a_point_without_a_number_is_the_first_passage_and_nonsense_is_a_fault() {
        for (text, nth) in [("P1", Some(1)), ("P1:3", Some(3)), ("P1:x", None), ("P1:0", None)] {
            let mut reader = Reader::from_pairs([("MAGUEY_ENV", "test"), ("CRASH_AT", text)]);
            let crash_at = CrashAt::read(&mut reader);
            assert_eq!(reader.finish(crash_at).ok(), nth.map(|nth| CrashAt(Some(("P1".to_owned(), nth)))));
        }
    }
}
