//! Stripe forgets the key of a call after a day: what was not made by then is looked up there before it is asked for once more.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SystemClock};
use serde_json::json;

use crate::stage::Stage;

/// A refund whose every answer got lost, and of whose try nobody knows any more, as after a restored backup: it looks like one that
/// Stripe has not heard of. `young`: as if it had been wished for only just now. Says how often Stripe has made it a day later.
async fn a_day_later(young: bool) -> i64 {
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    let stage = Stage::at(&[], clock.clone()).await;
    let (order, _) = stage.bought(0, 2).await;
    // Nobody tells us, and no comparison of the books finds it before the worker does.
    stage.drop_webhooks().await;
    let fault = json!({"provider": "stripe", "method": "POST", "path": "/v1/refunds", "count": 3, "action": {"kind": "lost"}});
    let lost = stage.control("faults", fault).await;
    assert_eq!(stage.give_back(&order, "some", json!({"amount_minor": 700})).await.0, 200);
    // The clock stands, so the pause before the next try does not end.
    let waits = "SELECT count(*) FROM refunds WHERE state = 'pending' AND problem IS NOT NULL";
    stage.until_count(waits, 1).await;
    assert_eq!(stage.sandbox_state().await["refunds"], 1, "Stripe has made it, and we don't know");
    // On a slow machine the first try ends before it has met all three.
    let left = format!("{}/control/faults/{}", stage.sandbox.url, lost["faults"][0]["id"]);
    assert_eq!(stage.http.delete(left).send().await.expect("the sandbox").status(), 200);
    stage
        .sql(
            "INSERT INTO reconciliations (since, started_at, finished_at)
             VALUES (now() - interval '1 hour', now() + interval '2 days', now() + interval '2 days')",
        )
        .await;
    let born = if young { "created_at + interval '25 hours'" } else { "created_at" };
    stage.sql(&format!("UPDATE refunds SET tries = 0, created_at = {born}")).await;
    stage.control("clock", json!({"offset_seconds": 25 * 3600})).await;
    clock.advance(TimeDelta::hours(25));
    stage.all_succeeded(1).await;
    if !young {
        // What Stripe keeps of the payment is booked when a look at its payouts comes by, which after a day may be before this one.
        let ours = "SELECT sum(amount_minor) FROM ledger_entries WHERE account IN ('stripe_clearing', 'stripe_fees')";
        assert_eq!(stage.count(ours).await, 4200 - 700);
        stage.audit().await;
    }
    stage.sandbox_state().await["refunds"].as_i64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_is_a_day_old_is_looked_up_and_not_made_twice() {
    assert_eq!(a_day_later(false).await, 1);
}

/// The control: sent without the look, under a key that Stripe has forgotten, the guest has the money twice.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_look_it_would_be_made_twice() {
    assert_eq!(a_day_later(true).await, 2);
}
