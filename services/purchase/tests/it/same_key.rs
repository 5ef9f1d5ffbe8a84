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

/// Nobody knows whether there is a session: once because Stripe repeats the failure that it remembers, once because every answer
/// got lost. Half an hour later its list is read: what is not there frees its places, what is there is ended first.
#[tokio::test(flavor = "multi_thread")]
async fn after_half_an_hour_the_list_is_read_and_the_old_key_is_left_alone() {
    let remembered = json!({"kind": "status", "status": 500, "saved": true});
    for (count, action, made) in [(1, remembered, 0), (3, json!({"kind": "lost"}), 1)] {
        let stage = Stage::open().await;
        stage.control("faults", sessions_answer(count, action.clone())).await;
        let (status, body) = stage.checkout("k", &stage.wish(0, 2)).await;
        assert_eq!(
            (status.as_u16(), &body["code"]),
            (503, &json!("payment_unavailable")),
            "{action}: {body}"
        );
        assert_eq!(sessions(&stage).await, made, "{action}");
        assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 2, "the places stay held");
        stage
            .sql(
                "UPDATE attempts SET lease_until = now() - interval '1 minute',
                        request = jsonb_set(request, '{made_at}', to_jsonb(now() - interval '31 minutes'))",
            )
            .await;
        stage.end_holds().await;
        stage.until(&Order::of(&body), "expired").await;
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
