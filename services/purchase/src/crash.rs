//! Named points at which a crash test can kill this process.
//!
//! Inert unless `MAGUEY_ENV=test`: only then does the configuration read `CRASH_AT=name:nth` and [`arm`] it. The nth time
//! the point is reached the process aborts, as `kill -9` would: no destructor runs, no answer is sent, no transaction ends.
//!
//! | point | where |
//! |---|---|
//! | P1 | hold written, not committed |
//! | P2 | hold committed, Stripe not yet called |
//! | P3 | session created at Stripe, its id not stored |
//! | P4 | webhook stored, not yet answered |
//! | P5 | webhook answered, not yet processed |
//! | P6 | inside the fulfilment, before its commit |
//! | P7 | fulfilment committed, nothing published |
//! | P10 | refund accepted by Stripe, not stored |
//! | P11 | session confirmed dead, places not yet freed |
//!
//! P8 (published, not marked sent) is the relay's and stands in `crates/bus`; P9 is the mailer's.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

struct Armed {
    point: String,
    left: AtomicU32,
}

static ARMED: OnceLock<Armed> = OnceLock::new();

/// Arms one point: `P3` or `P3:2` for the second time. Called by `build` with what the configuration read.
pub fn arm(spec: &str) {
    let (point, nth) = spec.split_once(':').unwrap_or((spec, "1"));
    let left = AtomicU32::new(nth.parse().unwrap_or(1));
    if ARMED.set(Armed { point: point.to_owned(), left }).is_ok() {
        tracing::warn!(point, nth, "this process will abort itself: a crash test is running");
    }
}

/// Aborts here if this point is armed and its turn has come.
pub(crate) fn point(name: &str) {
    let Some(armed) = ARMED.get() else { return };
    if armed.point == name && armed.left.fetch_sub(1, Ordering::SeqCst) == 1 {
        std::process::abort();
    }
}
