//! When everything asks at once: what Stripe says is heard all the same, and becomes tickets.

use std::time::Duration;

use db::Connection;
use db::testing::TestDatabase;
use serde_json::json;
use stripe_webhook::Webhook;

use crate::stage::{Stage, Terms};

/// Connections of the service's pool.
const ALL: usize = 16;

/// A club of whose connections so many are kept for what is urgent.
async fn keeping(reserved: Option<usize>) -> Stage {
    let terms = Terms { reserved, patience: Duration::from_secs(5), ..Terms::default() };
    Stage::furnished_on(TestDatabase::create().await, &[], terms).await
}

/// Uses up what ordinary work may have.
async fn rush(stage: &Stage, connections: usize) -> Vec<Connection> {
    let mut held = Vec::new();
    for _ in 0..connections {
        held.push(stage.pool.conn().await.expect("a connection"));
    }
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn stripe_is_heard_and_tickets_are_made_while_everything_else_waits() {
    let stage = keeping(None).await;
    let order = stage.order(0, 2).await;
    let held = rush(&stage, ALL - ALL / 4).await;
    stage.pay(&order, "4242424242424242").await;
    stage.until_count("SELECT count(*) FROM orders WHERE state = 'paid'", 1).await;
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 2);
    let page = stage.get(&order.api).await;
    assert_eq!(page.status(), 503, "a look at the order is told to come again");
    assert!(page.headers().contains_key("retry-after"));
    drop(held);
    stage.until(&order, "paid").await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_connections_of_its_own_stripe_would_be_told_to_come_again() {
    let stage = keeping(Some(0)).await;
    let held = rush(&stage, ALL).await;
    let body = json!({"id": "evt_1", "object": "event", "type": "checkout.session.completed", "livemode": false,
        "created": 1, "pending_webhooks": 1, "data": {"object": {"id": "cs_1", "object": "checkout.session"}}})
    .to_string();
    let signature = Webhook::generate_test_header(&body, &stage.keys.stripe_webhook, None);
    let post =
        stage.http.post(stage.url("/webhooks/stripe")).header("stripe-signature", signature).body(body);
    assert_eq!(post.send().await.expect("an answer").status(), 503);
    assert_eq!(stage.count("SELECT count(*) FROM webhook_events").await, 0, "nothing was heard");
    drop(held);
}
