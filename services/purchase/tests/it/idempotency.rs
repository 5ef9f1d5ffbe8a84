//! The same request twice.

use crate::stage::Stage;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures::future::join_all;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_and_body_is_one_order() {
    let stage = Stage::open().await;
    let wish = stage.wish(0, 1);
    let (first, again) = (stage.checkout("k", &wish).await, stage.checkout("k", &wish).await);
    assert_eq!((first.0, again.0), (201.try_into().expect("a status"), 201.try_into().expect("a status")));
    assert_eq!(first.1["order"], again.1["order"]);
    assert_eq!(first.1["checkout_url"], again.1["checkout_url"]);
    assert_eq!(first.1["quote"], again.1["quote"]);
    let (status, body) = stage.checkout("k", &stage.wish(0, 2)).await;
    assert_eq!((status.as_u16(), &body["code"]), (422, &json!("idempotency_key_reused")));
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_at_once_with_one_key_are_one_order() {
    let stage = Stage::open().await;
    let wish = stage.wish(0, 1);
    let answers = join_all((0..10).map(|_| stage.checkout("k", &wish))).await;
    for (status, body) in &answers {
        let fine =
            status.as_u16() == 201 || (status.as_u16() == 409 && body["code"] == "request_in_progress");
        assert!(fine, "{status} {body}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 1);
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 1);
}

/// The control run: two who both look for the key before either writes it. The constraint stops the second; without it the
/// guest has two orders.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_constraint_one_key_would_be_two_orders() {
    for (guarded, expected) in [(true, 1), (false, 2)] {
        let stage = Stage::open().await;
        if !guarded {
            stage.sql("ALTER TABLE checkout_requests DROP CONSTRAINT checkout_requests_pkey").await;
        }
        let mut ran = Vec::new();
        for reference in ["FIRST", "SECOND"] {
            let mut conn = stage.purchase.conn().await.expect("a connection");
            conn.batch_execute("BEGIN").await.expect("begun");
            let seen =
                diesel::sql_query("SELECT FROM checkout_requests WHERE key = 'k'").execute(&mut *conn).await;
            assert_eq!(seen.expect("a look"), 0, "neither sees the other");
            ran.push((conn, reference));
        }
        for (mut conn, reference) in ran {
            let placed = conn.batch_execute(&naive_order(&stage.event.event_id, reference)).await;
            conn.batch_execute(if placed.is_ok() { "COMMIT" } else { "ROLLBACK" }).await.expect("ended");
        }
        assert_eq!(stage.count("SELECT count(*) FROM orders").await, expected, "guarded: {guarded}");
    }
}

fn naive_order(event: &str, reference: &str) -> String {
    format!(
        "WITH placed AS (
           INSERT INTO orders (id, reference, event_id, state, buyer_name, buyer_email, language, currency, total_minor,
                               held_until, created_at, next_check_at)
           VALUES (gen_random_uuid(), '{reference}', '{event}', 'pending', 'Ana', 'ana@example.org', 'en', 'EUR', 2000,
                   'infinity', now(), 'infinity') RETURNING id)
         INSERT INTO checkout_requests (key, fingerprint, order_id, created_at) SELECT 'k', '', id, now() FROM placed"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_required_and_has_a_limit() {
    let stage = Stage::open().await;
    let bare = stage
        .http
        .post(stage.url("/api/v1/checkouts"))
        .json(&stage.wish(0, 1))
        .send()
        .await
        .expect("an answer");
    assert_eq!(bare.status(), 400);
    assert_eq!(bare.json::<serde_json::Value>().await.expect("JSON")["code"], "idempotency_key_required");
    assert_eq!(stage.checkout(&"k".repeat(256), &stage.wish(0, 1)).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_of_stripes_is_found_again() {
    let stage = Stage::open().await;
    let fault = json!({"provider": "stripe", "method": "POST", "path": "/v1/checkout/sessions", "action": {"kind": "lost"}});
    stage.control("faults", fault).await;
    let order = stage.order(0, 1).await;
    let sessions = stage.sandbox_state().await["sessions"].as_array().map(Vec::len);
    assert_eq!(sessions, Some(1), "the repeat with the same key found the first session");
    stage.pay(&order, "4242424242424242").await;
    stage.until(&order, "paid").await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_stripe_is_away_the_order_stands_and_is_paid_later() {
    let stage = Stage::open().await;
    let fault = json!({"provider": "stripe", "method": "POST", "path": "/v1/checkout/sessions", "count": 3, "action": {"kind": "status", "status": 500}});
    stage.control("faults", fault).await;
    let wish = stage.wish(0, 1);
    let (status, body) = stage.checkout("k", &wish).await;
    assert_eq!((status.as_u16(), &body["code"]), (503, &json!("payment_unavailable")), "{body}");
    let order = crate::stage::Order::of(&body);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("The payment page didn’t open") && page.contains("nothing was charged"), "{page}");
    let (status, body) = stage.checkout("k", &wish).await;
    assert_eq!(status, 201, "the same key goes on: {body}");
    assert_eq!(body["order"]["reference"], order.reference);
    assert_eq!(stage.count("SELECT count(*) FROM attempts").await, 1);
}
