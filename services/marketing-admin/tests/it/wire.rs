//! The wire to the email provider is cut, and lies there without a word: emails wait, the desk goes on, and each goes once when
//! the provider is back.

use std::time::Duration;

use devstack::proxy::{Proxy, Wire};

use crate::emails::{arrived, event};
use crate::figures::order;
use crate::house::{House, until};

/// The desk, started again with a wire between it and the provider.
async fn on_a_wire(house: &mut House) -> Proxy {
    let wire = Proxy::before(&house.sandbox.url).await;
    house.stop().await;
    let provider = std::mem::replace(&mut house.sandbox.url, wire.url.clone());
    house.start().await;
    // The test looks into the mailbox past the wire.
    house.sandbox.url = provider;
    wire
}

const FAILED: &str = "SELECT count(*) FROM email_attempts WHERE outcome = 'retry'";

/// Emails that a sender has had in its hands for two seconds of its lease of sixty.
const IN_HAND: &str = "SELECT count(*) FROM emails WHERE state = 'waiting'
    AND lease_until > now() AND lease_until < now() + interval '58 seconds'";

/// Transactions of ours that wait for something else than the database.
const IDLE: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND usename = current_user AND state LIKE 'idle in transaction%' AND xact_start < now() - interval '1 second'";

#[tokio::test(flavor = "multi_thread")]
async fn emails_wait_for_a_wire_that_is_cut_or_silent_and_go_once_when_it_is_back() {
    let mut house = House::open().await;
    let wire = on_a_wire(&mut house).await;
    let token = house.token("olga@club.test").await;
    let (id, kind) = event(&house).await;
    let states = [Wire::Cut, Wire::Silent, Wire::Cut, Wire::Slow(Duration::from_millis(50))];
    for (n, state) in states.into_iter().enumerate() {
        let guest = format!("guest-{n}@example.org");
        let failed = house.count(FAILED).await;
        wire.is(state);
        house.say(&order(&id, &kind, &guest, 2)).await;
        if state == Wire::Silent {
            until("the provider keeps a sender waiting", async || house.count(IN_HAND).await == 1).await;
            assert_eq!(house.count(IDLE).await, 0, "no transaction waits for the provider");
        }
        if matches!(state, Wire::Cut | Wire::Silent) {
            until("a try has failed", async || house.count(FAILED).await > failed).await;
            assert!(house.mailbox(&guest).await.is_empty(), "{state:?}: nothing can have arrived");
            assert_eq!(house.get("/api/v1/events", &token).await.status(), 200, "the desk goes on");
        }
        wire.is(Wire::Open);
        assert_eq!(arrived(&house, &guest).await.len(), 1, "{state:?}");
    }
    // What lay on the silent wire may have arrived after its try was given up: the key made one email of the two.
    for n in 0..states.len() {
        assert_eq!(house.mailbox(&format!("guest-{n}@example.org")).await.len(), 1, "guest {n}");
    }
    let sent = "SELECT count(*) FROM emails WHERE state = 'sent'";
    assert_eq!(house.count(sent).await, states.len() as i64);
    assert_eq!(house.count("SELECT count(*) FROM emails").await, states.len() as i64, "none was given up");
}
