//! How often somebody may try: counted together by all replicas, and never against the owner by a stranger.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use db::testing::TestDatabase;
use db::{Db, Owner};
use domain::clock::{Clock, SystemClock};
use futures::future::join_all;
use marketing_admin::identity::limits::refusals::Refusals;
use marketing_admin::identity::limits::{self, Allowance, Limit, store};
use reqwest::StatusCode;
use web::{ClientAddress, Fault};

use crate::guests::Guests;
use crate::house::{House, PASSWORD, count};

const ANA: &str = "ana@example.org";

fn from(address: &str) -> ClientAddress {
    ClientAddress::passed_on(Some(address))
}

/// A try at a replica that remembers nobody: the database is asked.
async fn attempt(
    db: &Db,
    limit: Limit,
    from: &ClientAddress,
    whom: &str,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    limits::count((db, &Refusals::default()), limit, from, whom, now).await
}

/// Two replicas on one database: each has its own pool, as two processes have.
async fn replicas() -> (TestDatabase, [Db; 2]) {
    let database = TestDatabase::create().await;
    let pools = [database.db(Owner::MarketingAdmin), database.db(Owner::MarketingAdmin)];
    (database, pools)
}

/// A hundred tries at once, by turns at each replica; how many were allowed.
async fn allowed_of_a_hundred(pools: &[Db; 2], now: DateTime<Utc>) -> usize {
    let address = from("192.0.2.7");
    let tries = (0..100).map(|number| attempt(&pools[number % 2], Limit::SignIn, &address, ANA, now));
    let answers: Vec<Result<(), Fault>> = join_all(tries).await;
    for refused in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        assert_eq!((refused.status().as_u16(), refused.code()), (429, "rate_limited"));
        assert!(refused.wait().is_some());
    }
    answers.iter().filter(|answer| answer.is_ok()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_tries_at_two_replicas_pass_as_often_as_one_may_and_no_more() {
    let (_database, pools) = replicas().await;
    let now = SystemClock.now();
    let burst = usize::try_from(Limit::SignIn.rates().pair.burst).expect("few");
    assert_eq!(allowed_of_a_hundred(&pools, now).await, burst);
    assert_eq!(allowed_of_a_hundred(&pools, now).await, 0, "and nothing is left at either");
}

/// What each replica would count by itself.
#[derive(Default)]
struct Memory(Mutex<HashMap<&'static str, DateTime<Utc>>>);

impl Memory {
    fn take(&self, key: &'static str, allowance: Allowance, now: DateTime<Utc>) -> bool {
        let mut held = self.0.lock().expect("unpoisoned");
        let whole_at = held.entry(key).or_insert(now);
        let after = (*whole_at).max(now) + TimeDelta::seconds(i64::from(allowance.every));
        let fits = after <= now + TimeDelta::seconds(i64::from(allowance.every) * i64::from(allowance.burst));
        if fits {
            *whole_at = after;
        }
        fits
    }
}

/// The control: replicas that count in memory let twice as much through, so the test above sees what it is for.
#[test]
fn replicas_that_count_by_themselves_would_let_double_through() {
    let replicas = [Memory::default(), Memory::default()];
    let (now, allowance) = (SystemClock.now(), Limit::SignIn.rates().pair);
    let passed = (0..100).filter(|number| replicas[number % 2].take(ANA, allowance, now)).count();
    assert_eq!(passed, 2 * usize::try_from(allowance.burst).expect("few"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_as_long_as_told_is_let_through() {
    let (_database, [db, other]) = replicas().await;
    let now = SystemClock.now();
    let (address, pair) = (from("2001:db8:1:2::9"), Limit::Reset.rates().pair);
    for _ in 0..pair.burst {
        attempt(&db, Limit::Reset, &address, ANA, now).await.expect("within the burst");
    }
    let later = now + TimeDelta::seconds(10);
    let refused = attempt(&other, Limit::Reset, &address, ANA, later).await.expect_err("one too many");
    let wait = refused.wait().expect("a time");
    assert_eq!(wait.as_secs(), u64::from(pair.every) - 10);
    let nearly = later + TimeDelta::from_std(wait).expect("short") - TimeDelta::seconds(1);
    attempt(&db, Limit::Reset, &address, ANA, nearly).await.expect_err("a second early");
    let then = later + TimeDelta::from_std(wait).expect("short");
    attempt(&db, Limit::Reset, &address, ANA, then).await.expect("as told");
    attempt(&db, Limit::Reset, &address, ANA, then).await.expect_err("one, not a burst");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_uses_up_their_own_allowance_and_not_the_owners() {
    let (_database, [db, other]) = replicas().await;
    let now = SystemClock.now();
    let mut refused = 0;
    for _ in 0..50 {
        refused += usize::from(attempt(&db, Limit::SignIn, &from("198.51.100.9"), ANA, now).await.is_err());
    }
    assert_eq!(refused, 40, "the stranger is stopped after ten");
    // A neighbour of the stranger's is the same network; the owner is not.
    attempt(&db, Limit::SignIn, &from("198.51.100.10"), ANA, now).await.expect_err("the same network");
    attempt(&other, Limit::SignIn, &from("192.0.2.7"), ANA, now).await.expect("the owner");
    // Others behind the owner's address have room as well.
    for number in 0..20 {
        let whom = format!("guest-{number}@example.org");
        attempt(&db, Limit::SignIn, &from("192.0.2.7"), &whom, now).await.expect("the family");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_that_tries_everybody_is_stopped_and_leaves_few_rows() {
    let (_database, [db, _]) = replicas().await;
    let (now, address) = (SystemClock.now(), from("198.51.100.9"));
    let burst = Limit::SignIn.rates().address.burst;
    let mut passed = 0;
    for number in 0..burst + 30 {
        let whom = format!("guest-{number}@example.org");
        passed += u32::from(attempt(&db, Limit::SignIn, &address, &whom, now).await.is_ok());
    }
    assert_eq!(passed, burst);
    let mut conn = db.conn().await.expect("a connection");
    let rows = count(&mut conn, "SELECT count(*) FROM allowances").await;
    assert_eq!(rows, i64::from(burst) + 1, "one per person tried while it was allowed, and the address");
    // An hour later all of it is whole again, and forgotten.
    let later = now + TimeDelta::hours(1);
    store::clear(&mut conn, later).await.expect("cleared");
    assert_eq!(count(&mut conn, "SELECT count(*) FROM allowances").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_flooded_with_mails_and_the_next_comes_before_the_last_link_dies() {
    let (_database, [db, other]) = replicas().await;
    let now = SystemClock.now();
    let person = Limit::Link.rates().person;
    for _ in 0..person.burst {
        assert!(limits::reaches(&db, Limit::Link, ANA, now).await.expect("counted"));
    }
    assert!(!limits::reaches(&other, Limit::Link, " Ana@Example.org", now).await.expect("counted"));
    assert!(limits::reaches(&other, Limit::Link, "bea@example.org", now).await.expect("counted"));
    let later = now + TimeDelta::minutes(15);
    assert!(limits::reaches(&db, Limit::Link, ANA, later).await.expect("counted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_when_to_come_back_and_the_owner_signs_in_meanwhile() {
    let house = House::open().await;
    let ana = Guests::with_account(&house, ANA).await;
    let stranger = ana.elsewhere("198.51.100.9");
    for _ in 0..Limit::SignIn.rates().pair.burst {
        let answer = stranger.try_password(&house, "not her password").await;
        assert_ne!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_ne!(answer.status(), StatusCode::SEE_OTHER);
    }
    // Even the right password does not help them now.
    let refused = stranger.try_password(&house, PASSWORD).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = refused.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(stranger.cookie("__Secure-maguey_guest").is_none());
    ana.sign_in(&house).await;
    assert!(ana.cookie("__Secure-maguey_guest").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_wait_is_refused_without_a_word_to_the_database() {
    let (_database, [db, _]) = replicas().await;
    let (now, address, known) = (SystemClock.now(), from("198.51.100.9"), Refusals::default());
    let again = async |at| limits::count((&db, &known), Limit::SignIn, &address, ANA, at).await;
    let burst = Limit::SignIn.rates().pair.burst;
    for _ in 0..burst {
        again(now).await.expect("within the burst");
    }
    let told = again(now).await.expect_err("one too many").wait().expect("a time");
    let asked = db.statements();
    for _ in 0..1000 {
        assert_eq!(again(now).await.expect_err("still").wait(), Some(told), "the same as at first");
    }
    assert_eq!(db.statements(), asked, "nothing was asked");
    let then = now + TimeDelta::from_std(told).expect("short");
    again(then).await.expect("as told");
    assert!(db.statements() > asked, "and it was counted");
    attempt(&db, Limit::SignIn, &from("192.0.2.7"), ANA, now).await.expect("others are none of it");
}
