//! Stripe limits us, or remembers a failure under the key of our call: the guest is answered, nothing is made twice, and an old key
//! is not asked with for ever: Stripe's own list says what became of it.

use serde_json::{Value, json};

use crate::stage::{Order, Stage};

const CARD: &str = "4242424242424242";

fn sessions_answer(count: u32, action: Value) -> Value {
    json!({"provider": "stripe", "method": "POST", "path": "/v1/checkout/sessions", "count": count, "action": action})
}

async fn sessions(stage: &Stage) -> usize {
    stage.sandbox_state().await["sessions"].as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_limited_by_stripe_gets_the_payment_page_all_the_same() {
    let stage = Stage::open().await;
    let limited = json!({"kind": "status", "status": 429, "retry_after": 1});
    stage.control("faults", sessions_answer(1, limited)).await;
    let order = stage.order(0, 1).await;
    assert_eq!(sessions(&stage).await, 1);
    stage.pay(&order, CARD).await;
    stage.until(&order, "paid").await;
    stage.audit().await;
}

/// Makes every attempt so old, and nobody's to call for.
async fn age(stage: &Stage, seconds: u32) {
    stage
        .sql(&format!(
            "UPDATE attempts SET lease_until = now() - interval '1 second',
                    request = jsonb_set(request, '{{made_at}}', to_jsonb(now() - interval '{seconds} seconds'))
              WHERE state = 'open'"
        ))
        .await;
}

async fn unanswered(stage: &Stage, key: &str, count: u32, action: Value) -> Order {
    stage.control("faults", sessions_answer(count, action)).await;
    let (status, body) = stage.checkout(key, &stage.wish(0, 2)).await;
    assert_eq!((status.as_u16(), &body["code"]), (503, &json!("payment_unavailable")), "{body}");
    Order::of(&body)
}

/// Within the same hold: while a call may be under way nothing is concluded, then the list is read and the next attempt asks anew.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_that_stripe_remembers_ends_the_attempt_and_the_guest_pays_on_the_next_one() {
    let stage = Stage::open().await;
    let remembered = json!({"kind": "status", "status": 500, "saved": true});
    let order = unanswered(&stage, "k", 1, remembered).await;
    age(&stage, 90).await;
    let (status, body) = stage.checkout("k", &stage.wish(0, 2)).await;
    assert_eq!(status, 503, "too early to say that there is none: {body}");
    assert_eq!(stage.count("SELECT count(*) FROM attempts").await, 1);
    age(&stage, 180).await;
    let (status, body) = stage.checkout("k", &stage.wish(0, 2)).await;
    assert_eq!(status, 201, "{body}");
    let again = Order::of(&body);
    assert_eq!(again.reference, order.reference, "the same order and the same hold");
    let given_up = "SELECT count(*) FROM attempts WHERE state = 'dead' AND problem LIKE '%never_made%'";
    assert_eq!(stage.count(given_up).await, 1);
    assert_eq!(sessions(&stage).await, 1);
    stage.pay(&again, CARD).await;
    stage.until(&order, "paid").await;
    stage.audit().await;
}

/// The list of a moment did not have it, and there it is: one of the two sessions pays the order, money of the other goes back.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_shows_itself_after_the_look_up_is_never_kept_beside_the_next_one() {
    for late_one_first in [true, false] {
        let stage = Stage::open().await;
        let order = unanswered(&stage, "k", 3, json!({"kind": "lost"})).await;
        let late = stage.sandbox_state().await["sessions"][0]["id"].as_str().expect("a session").to_owned();
        age(&stage, 180).await;
        let none = json!({"object": "list", "data": [], "has_more": false, "url": "/v1/checkout/sessions"});
        let empty = json!({"provider": "stripe", "method": "GET", "path": "/v1/checkout/sessions", "count": 0,
            "action": {"kind": "status", "status": 200, "body": none}});
        stage.control("faults", empty).await;
        let (status, body) = stage.checkout("k", &stage.wish(0, 2)).await;
        assert_eq!(status, 201, "{body}");
        let next = Order::of(&body);
        assert_ne!(next.session(), late);
        let late = Order { checkout_url: Some(format!("/{late}")), ..next.clone() };
        let (first, second) = if late_one_first { (&late, &next) } else { (&next, &late) };
        stage.pay(first, CARD).await;
        stage.until(&order, "paid").await;
        if late_one_first {
            stage.until_count("SELECT count(*) FROM attempts WHERE state = 'open'", 0).await;
            assert!(!stage.paid_in_time(second, CARD).await, "the next attempt's page is closed");
        } else if stage.paid_in_time(second, CARD).await {
            let back = "SELECT count(*) FROM refunds WHERE reason = 'second_payment' AND state = 'succeeded'";
            stage.until_count(back, 1).await;
        }
        assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 2);
        assert_eq!(stage.count("SELECT count(*) FROM payments WHERE purpose = 'order'").await, 1);
        stage.audit().await;
    }
}

/// Nobody knows whether there is a session: once because Stripe repeats the failure that it remembers, once because every answer
/// got lost. When the hold is over its list is read: what is not there frees its places, what is there is ended first.
#[tokio::test(flavor = "multi_thread")]
async fn after_the_hold_the_list_is_read_and_the_old_key_is_left_alone() {
    let remembered = json!({"kind": "status", "status": 500, "saved": true});
    for (count, action, made) in [(1, remembered, 0), (3, json!({"kind": "lost"}), 1)] {
        let stage = Stage::open().await;
        let order = unanswered(&stage, "k", count, action.clone()).await;
        assert_eq!(sessions(&stage).await, made, "{action}");
        assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 2, "the places stay held");
        age(&stage, 180).await;
        stage.end_holds().await;
        stage.until(&order, "expired").await;
        assert_eq!(stage.count("SELECT sum(held + sold) FROM stock").await, 0, "{action}");
        assert_eq!(sessions(&stage).await, made, "{action}: nothing was made anew");
        let open = stage.sandbox_state().await["sessions"]
            .as_array()
            .is_some_and(|sessions| sessions.iter().any(|session| session["status"] == "open"));
        assert!(!open, "{action}: nobody can pay any more");
        stage.audit().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn told_ten_times_at_once_it_acts_once() {
    let stage = Stage::open().await;
    let ten = json!({"provider": "webhook", "event": "checkout.session.completed",
        "action": {"kind": "concurrent", "times": 10}});
    stage.control("faults", ten).await;
    let order = stage.order(0, 2).await;
    stage.pay(&order, CARD).await;
    stage.until(&order, "paid").await;
    stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'waiting'", 0).await;
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 2);
    assert_eq!(stage.count("SELECT count(*) FROM ledger_transactions").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.paid'").await, 1);
    stage.audit().await;
}
