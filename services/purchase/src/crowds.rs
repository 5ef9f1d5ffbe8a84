//! How much guests at one network address, or in one network, may have at once of what costs nothing: places in a waiting room,
//! places on a waitlist (and the mail that says so), free tickets.
//!
//! Each has a bucket that fills again within [`REFILL`]. It is as large as a crowd of guests behind one address is: a mobile network
//! shows three hundred phones as one, and they all come when the sale opens. So an honest crowd meets an empty bucket
//! hardly ever, and who plays a crowd gets what a crowd gets, once, and from then on little. What that comes to:
//!
//! - A place in a waiting room is cheap: a number, no row. 600 of them at once are twelve seconds for everybody behind, at the usual
//!   fifty a second, and then one of fifty. Nobody gets in sooner by them: who is let in, and what an order may hold, is
//!   counted elsewhere. A network has five times as much, for its addresses are many carriers' customers or one attacker's.
//! - A place on the waitlist sends a mail, to an address that the sender names; a free ticket is a place that nobody else gets.
//!   Both are counted by network alone: who has one address of a /24, or of a /48, often has the others.
//!
//! Counted in this process, as the gateway's own limits are: with several replicas it is that many times as much. moka and no crate for
//! rate limits, because the hold engine must look before it takes, and take only once its transaction stands.

use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;
use web::{ClientAddress, ClientNetwork, Fault};

/// How long an empty bucket takes to fill.
pub const REFILL: TimeDelta = TimeDelta::minutes(10);
/// Full addresses in a full network.
const ADDRESSES: u32 = 5;
/// Addresses, or networks, remembered; of more, the least busy are forgotten.
const REMEMBERED: u64 = 20_000;

/// What may be had at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrowdLimits {
    /// New places in waiting rooms, by network address.
    pub places: u32,
    /// Places on waitlists, by network.
    pub joins: u32,
    /// Free tickets, by network.
    pub gifts: u32,
}

/// What each has left.
pub struct Crowd<K> {
    most: u32,
    /// When each bucket is full again, in microseconds.
    full_at: Cache<K, Arc<Mutex<i64>>>,
}

// Addresses are guests', and no business of a log.
impl<K> std::fmt::Debug for Crowd<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crowd").field("most", &self.most).finish_non_exhaustive()
    }
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static> Crowd<K> {
    /// All buckets are full, and hold so many.
    pub fn new(most: u32) -> Self {
        // Who has not come for that long has a full bucket, as who never came.
        let idle = REFILL.to_std().unwrap_or_default();
        let full_at = Cache::builder().max_capacity(REMEMBERED).time_to_idle(idle).build();
        Self { most: most.max(1), full_at }
    }

    /// Takes one. `Err`: there is none; how long until there is.
    pub fn take(&self, who: &K, now: DateTime<Utc>) -> Result<(), Duration> {
        let bucket = self.full_at.get_with(who.clone(), Arc::default);
        let mut full_at = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let then = (*full_at).max(now.timestamp_micros()) + self.cost(1);
        let over = then - now.timestamp_micros() - micros(REFILL);
        if over > 0 {
            return Err(Duration::from_micros(over.unsigned_abs()));
        }
        *full_at = then;
        Ok(())
    }

    /// How many are left.
    pub fn left(&self, who: &K, now: DateTime<Utc>) -> i64 {
        let full_at =
            self.full_at.get(who).map_or(0, |at| *at.lock().unwrap_or_else(PoisonError::into_inner));
        let missing = (full_at - now.timestamp_micros()).max(0);
        let cost = self.cost(1);
        i64::from(self.most) - (missing + cost - 1) / cost
    }

    /// Notes that so many were had, whether they were there or not.
    pub fn note(&self, who: &K, many: i64, now: DateTime<Utc>) {
        let bucket = self.full_at.get_with(who.clone(), Arc::default);
        let mut full_at = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        *full_at = (*full_at).max(now.timestamp_micros()) + self.cost(many);
    }

    fn cost(&self, many: i64) -> i64 {
        (micros(REFILL) / i64::from(self.most)).max(1).saturating_mul(many)
    }
}

fn micros(time: TimeDelta) -> i64 {
    time.num_microseconds().unwrap_or(i64::MAX)
}

/// New places in waiting rooms.
#[derive(Debug)]
pub struct Newcomers {
    addresses: Crowd<ClientAddress>,
    networks: Crowd<ClientNetwork>,
}

impl Newcomers {
    /// So many at one address.
    pub fn new(of_address: u32) -> Self {
        Self { addresses: Crowd::new(of_address), networks: Crowd::new(of_address.saturating_mul(ADDRESSES)) }
    }

    /// Whether somebody at this address may take another place.
    pub fn welcome(&self, from: &ClientAddress, now: DateTime<Utc>) -> Result<(), Fault> {
        let network = || self.networks.take(&from.network(), now);
        self.addresses.take(from, now).and_then(|()| network()).map_err(busy)
    }
}

/// 429 for a guest from whose network too many came.
pub fn busy(wait: Duration) -> Fault {
    // Whole seconds, and none too few.
    Fault::new(StatusCode::TOO_MANY_REQUESTS, "network_busy")
        .retry_after(Duration::from_secs(wait.as_secs() + 1))
        .detail("As many guests of this network as may at once were served. Ask again after Retry-After.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
    }

    #[test]
    fn a_crowd_gets_what_a_crowd_gets_and_then_little() {
        let crowd = Crowd::new(600);
        for _ in 0..600 {
            assert_eq!(crowd.take(&"carrier", at(0)), Ok(()));
        }
        let wait = crowd.take(&"carrier", at(0)).expect_err("one too many");
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(crowd.take(&"another", at(0)), Ok(()));
        let had = (0..60).filter(|_| crowd.take(&"carrier", at(10)).is_ok()).count();
        assert_eq!(had, 10, "one a second");
        assert_eq!(crowd.left(&"carrier", at(10)), 0);
        assert_eq!(crowd.left(&"carrier", at(700)), 600, "full again");
        assert_eq!(crowd.left(&"nobody", at(0)), 600);
    }

    #[test]
    fn what_was_had_beyond_is_waited_for() {
        let crowd = Crowd::new(10);
        crowd.note(&"network", 15, at(0));
        assert_eq!(crowd.left(&"network", at(0)), -5);
        assert_eq!(crowd.left(&"network", at(300)), 0);
        assert!(crowd.take(&"network", at(300)).is_err());
        assert_eq!(crowd.left(&"network", at(360)), 1);
    }

    #[test]
    fn a_full_network_is_busy_at_an_address_of_its_own_as_well() {
        let newcomers = Newcomers::new(2);
        let from = |last: u32| ClientAddress::passed_on(Some(&format!("192.0.2.{last}")));
        let welcome = |last: u32| newcomers.welcome(&from(last), at(0));
        assert!(welcome(1).is_ok() && welcome(1).is_ok());
        let fault = welcome(1).expect_err("a full address");
        assert_eq!((fault.status().as_u16(), fault.code()), (429, "network_busy"));
        let had = (2..20).filter(|last| welcome(*last).is_ok()).count();
        assert_eq!(had, 8, "ten in all");
        assert!(newcomers.welcome(&ClientAddress::passed_on(Some("192.0.3.1")), at(0)).is_ok());
    }
}
