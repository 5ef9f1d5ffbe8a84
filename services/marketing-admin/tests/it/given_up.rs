//! The provider forgets a key after a day: what it may have by then is not sent once more. Staff see it and decide.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SystemClock};
use serde_json::json;

use crate::emails::event;
use crate::figures::order;
use crate::house::{House, until};

const FAILED: &str = "SELECT count(*) FROM email_attempts WHERE outcome = 'retry'";
const GIVEN_UP: &str = "SELECT count(*) FROM emails WHERE state = 'dead'
    AND last_error LIKE 'given up after 24 hours%' AND provider_id IS NULL";

#[tokio::test(flavor = "multi_thread")]
async fn an_email_is_tried_for_a_day_and_then_given_up_rather_than_sent_twice() {
    let mut house = House::open().await;
    let (id, kind) = event(&house).await;
    house.stop().await;
    // A little ahead, so that what is said now is due.
    let clock = Arc::new(FixedClock::at(SystemClock.now() + TimeDelta::minutes(5)));
    house.start_at(clock.clone()).await;
    // The first try arrives and its answer is lost; the second is refused for now.
    for action in [json!({"kind": "lost"}), json!({"kind": "status", "status": 500})] {
        house.fault(json!({"provider": "resend", "path": "/emails", "count": 1, "action": action})).await;
    }
    house.say(&order(&id, &kind, "ana@example.org", 1)).await;
    until("the first try has failed", async || house.count(FAILED).await == 1).await;
    assert_eq!(house.mailbox("ana@example.org").await.len(), 1, "it has arrived, and nobody knows");
    clock.advance(TimeDelta::hours(23));
    until("it is tried within the day", async || house.count(FAILED).await == 2).await;
    assert_eq!(house.count(GIVEN_UP).await, 0);

    // A day later the provider would take the same key for a new email.
    let day = json!({"offset_seconds": 25 * 3600});
    let moved = house.http.post(format!("{}/control/clock", house.sandbox.url)).json(&day).send().await;
    assert!(moved.expect("the sandbox").status().is_success());
    clock.advance(TimeDelta::hours(2));
    until("it is given up", async || house.count(GIVEN_UP).await == 1).await;
    assert_eq!(house.mailbox("ana@example.org").await.len(), 1, "and did not arrive twice");

    // What is wished for now has a day of its own.
    house.say(&order(&id, &kind, "late@example.org", 1)).await;
    until("the next one goes", async || {
        house
            .count("SELECT count(*) FROM emails WHERE state = 'sent' AND recipient = 'late@example.org'")
            .await
            == 1
    })
    .await;
    assert_eq!(house.mailbox("late@example.org").await.len(), 1);
    assert_eq!(house.count("SELECT count(*) FROM emails").await, 2);
}
