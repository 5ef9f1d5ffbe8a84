//! A stream for the staff ends with the session that opened it.

use std::{fmt::Display, time::Duration};

use domain::clock::SharedClock;

use crate::session::Claims;

/// How often an open stream's session is looked at. Its expiry needs no looking.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Waits until the session that opened a stream has expired or been ended, which `lives` tells. A database that is away for a
/// moment ends nothing; the expiry does not depend on it.
pub async fn session_over<E: Display>(
    clock: SharedClock,
    claims: Claims,
    lives: impl AsyncFn(&Claims) -> Result<bool, E>,
) {
    over(&clock, &claims, LOOK_EVERY, lives).await;
}

async fn over<E: Display>(
    clock: &SharedClock,
    claims: &Claims,
    every: Duration,
    lives: impl AsyncFn(&Claims) -> Result<bool, E>,
) {
    loop {
        let left = (claims.expires_at() - clock.now()).to_std().unwrap_or_default();
        #[expect(
            clippy::disallowed_methods,
            reason = "the pause between two looks at the session; the stream's end drops it"
        )]
        tokio::time::sleep(left.min(every)).await;
        if claims.expires_at() <= clock.now() {
            return;
        }
        match lives(claims).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::info!(%error, "could not ask whether an open page's session lives"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::{Cell, RefCell},
        sync::Arc,
    };

    use chrono::DateTime;
    use domain::{
        clock::FixedClock,
        ids::{SessionId, StaffId},
    };

    use super::*;
    use crate::session::LIFETIME;

    fn signed_in() -> (Arc<FixedClock>, Claims) {
        let clock = Arc::new(FixedClock::at(DateTime::UNIX_EPOCH));
        let claims = Claims::new("scanner", StaffId::generate(), SessionId::generate(), DateTime::UNIX_EPOCH);
        (clock, claims)
    }

    #[tokio::test]
    async fn a_session_that_was_ended_is_over_and_one_that_cannot_be_asked_about_is_not() {
        let (clock, claims) = signed_in();
        let clock: SharedClock = clock;
        let answers = RefCell::new(vec![Ok(false), Err("the database is away"), Ok(true)]);
        let lives = async |asked: &Claims| {
            assert_eq!(asked.sid, claims.sid);
            answers.borrow_mut().pop().unwrap()
        };
        over(&clock, &claims, Duration::ZERO, lives).await;
        assert!(answers.borrow().is_empty());
    }

    #[tokio::test]
    async fn a_session_that_expired_is_over_whatever_the_database_says() {
        let (moved, claims) = signed_in();
        let clock: SharedClock = moved.clone();
        let asked = Cell::new(0);
        let lives = async |_: &Claims| {
            asked.set(asked.get() + 1);
            moved.advance(LIFETIME);
            Err("the database is away")
        };
        over(&clock, &claims, Duration::ZERO, lives).await;
        assert_eq!(asked.get(), 1);
    }
}
