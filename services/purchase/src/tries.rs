//! Codes are not to be fished for: who names ten in a minute that nobody knows is refused before the next one is looked at.
//!
//! Only wrong codes count, so that a guest whose code is good may look at the night and change the order as often as she
//! likes. Counted in this process by the client's network address, as the gateway's own limits are. Guesses that are on their way
//! at the same time are all let through: that makes them a few more, not many.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use moka::sync::Cache;
use web::{ClientAddress, Fault};

use crate::catalog::night::Night;
use crate::presales;

/// Wrong codes of one client within [`WINDOW`].
const MOST: u32 = 10;
const WINDOW: Duration = Duration::from_secs(60);
/// Clients remembered; of more, the least busy are forgotten.
const CLIENTS: u64 = 20_000;

/// The wrong codes of the last minute, by client.
#[derive(Debug)]
pub struct CodeTries(Cache<ClientAddress, Arc<AtomicU32>>);

impl Default for CodeTries {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(CLIENTS).time_to_live(WINDOW).build())
    }
}

impl CodeTries {
    /// Whether this client may name another code; 429 if not, whatever the code.
    pub fn admit(&self, from: &ClientAddress) -> Result<(), Fault> {
        let wrong = self.0.get(from).map_or(0, |wrong| wrong.load(Ordering::Relaxed));
        if wrong < MOST { Ok(()) } else { Err(Fault::rate_limited(WINDOW)) }
    }

    /// This client has named a code that nobody knows.
    pub fn wrong(&self, from: &ClientAddress) {
        self.0.get_with(from.clone(), Arc::default).fetch_add(1, Ordering::Relaxed);
    }

    /// The same for an access code to a night. Where there is none to be found, none is counted: an old link is no guess, and
    /// neither is a guest's own code of a presale.
    pub fn access(&self, from: &ClientAddress, night: &Night, code: Option<&str>) -> Result<(), Fault> {
        let Some(code) = code.filter(|_| night.has_codes()) else { return Ok(()) };
        self.admit(from)?;
        if !night.knows(code) && !presales::is_one(code) {
            self.wrong(from);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{CodeTries, MOST};
    use web::ClientAddress;

    #[test]
    fn ten_wrong_codes_are_enough_from_one_client_and_nothing_to_the_next() {
        let (tries, of) = (CodeTries::default(), |text| ClientAddress::passed_on(Some(text)));
        let (guesser, guest) = (of("192.0.2.66"), of("198.51.100.7"));
        for _ in 0..MOST {
            assert!(tries.admit(&guesser).is_ok());
            tries.wrong(&guesser);
        }
        assert_eq!(tries.admit(&guesser).expect_err("too many").code(), "rate_limited");
        assert!(tries.admit(&guest).is_ok());
    }
}
