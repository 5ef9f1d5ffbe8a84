//! What Stripe posts, and what others post in its name.

use crate::stage::{Order, Stage};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use serde_json::{Value, json};
use stripe_webhook::Webhook;

async fn post(stage: &Stage, body: &str, signature: Option<&str>) -> (u16, Value) {
    let mut request = stage.http.post(stage.url("/webhooks/stripe")).body(body.to_owned());
    if let Some(signature) = signature {
        request = request.header("stripe-signature", signature);
    }
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

fn event(id: &str, kind: &str, session: &str) -> String {
    json!({"id": id, "object": "event", "type": kind, "livemode": false, "created": 1, "pending_webhooks": 1,
        "data": {"object": {"id": session, "object": "checkout.session"}}})
    .to_string()
}

fn now() -> i64 {
    chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_stripes_own_and_fresh_words_are_taken() {
    let stage = Stage::open().await;
    let (secret, body) =
        (stage.keys.stripe_webhook.clone(), event("evt_1", "checkout.session.completed", "cs_1"));
    let good = Webhook::generate_test_header(&body, &secret, Some(now()));
    let forged = Webhook::generate_test_header(&body, "whsec_wrong", Some(now()));
    for signature in [
        None,
        Some(""),
        Some("nonsense"),
        Some("t=1,v1="),
        Some(forged.as_str()),
        Some(&good[good.find("v1").expect("v1")..]),
    ] {
        let (status, answer) = post(&stage, &body, signature).await;
        assert_eq!((status, &answer["code"]), (400, &json!("invalid_signature")), "{signature:?}");
    }
    let (status, answer) = post(&stage, &body.replace("cs_1", "cs_2"), Some(&good)).await;
    assert_eq!((status, &answer["code"]), (400, &json!("invalid_signature")), "the body was changed");
    let stale = Webhook::generate_test_header(&body, &secret, Some(now() - 400));
    let (status, answer) = post(&stage, &body, Some(&stale)).await;
    assert_eq!((status, &answer["code"]), (400, &json!("stale_signature")));
    assert_eq!(stage.count("SELECT count(*) FROM webhook_events").await, 0, "nothing of it is stored");

    assert_eq!(post(&stage, &body, Some(&good)).await.0, 200);
    assert_eq!(post(&stage, &body, Some(&good)).await.0, 200, "a replay inside the window has no effect");
    assert_eq!(stage.count("SELECT count(*) FROM webhook_events").await, 1);
    let older = Webhook::generate_test_header(&body, "whsec_older", Some(now()));
    assert_eq!(
        post(&stage, &body, Some(&older)).await.0,
        200,
        "both secrets count while one replaces the other"
    );
    let huge = "x".repeat(300_000);
    assert_eq!(post(&stage, &huge, Some(&good)).await.0, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_none_of_our_business_is_stored_and_ignored() {
    let stage = Stage::open().await;
    let secret = stage.keys.stripe_webhook.clone();
    let live = event("evt_live", "checkout.session.completed", "cs_9")
        .replace("\"livemode\":false", "\"livemode\":true");
    for body in [
        event("evt_a", "customer.created", "cs_9"),
        event("evt_b", "checkout.session.completed", "cs_elsewhere"),
        live,
    ] {
        let signature = Webhook::generate_test_header(&body, &secret, Some(now()));
        assert_eq!(post(&stage, &body, Some(&signature)).await.0, 200, "{body}");
    }
    stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'ignored'", 3).await;
}

/// The attempt that a session of the sandbox's was made for.
async fn attempt_of(stage: &Stage, order: &Order) -> Value {
    let state = stage.sandbox_state().await;
    let mut sessions = state["sessions"].as_array().expect("sessions").iter();
    let made = sessions.find(|session| session["id"] == order.session()).expect("the order's session");
    made["metadata"]["attempt_id"].clone()
}

/// Nobody comes back, and the order is not yet due to be asked about: Stripe's own word is on the order's page.
#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_is_on_the_orders_page_before_the_guest_is() {
    let stage = Stage::open().await;
    let order = stage.order(0, 2).await;
    assert_eq!(stage.pay(&order, "4000000000009995").await["outcome"], "declined");
    stage.until_count("SELECT count(*) FROM attempts WHERE declined = 'insufficient_funds'", 1).await;
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("The card was declined") && page.contains("too little money"), "{page}");
    assert!(page.contains("Nothing was charged") && page.contains("Pay now"), "{page}");
    assert_eq!(stage.order_now(&order).await["state"], "pending");
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 2, "the places are kept");
    assert_eq!(stage.count("SELECT count(*) FROM ledger_transactions").await, 0);

    stage.pay(&order, "4242424242424242").await;
    stage.until(&order, "paid").await;
    // The same word once more, and late: the session is read, and it is paid.
    let attempt = attempt_of(&stage, &order).await;
    let intent = json!({"id": "pi_late", "object": "payment_intent", "metadata": {"attempt_id": attempt}});
    stage.tell("evt_late", "payment_intent.payment_failed", intent).await;
    let looked_at = "SELECT count(*) FROM webhook_events WHERE id = 'evt_late' AND outcome = 'known'";
    stage.until_count(looked_at, 1).await;
    assert_eq!(stage.order_now(&order).await["state"], "paid");
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(!page.contains("declined"), "{page}");
    stage.audit().await;
}

/// What an event says is a reason to look, never what is true.
#[tokio::test(flavor = "multi_thread")]
async fn a_decline_that_names_a_paid_attempt_brings_its_tickets() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let order = stage.order(0, 1).await;
    stage.pay(&order, "4242424242424242").await;
    let attempt = attempt_of(&stage, &order).await;
    let failed = |attempt: &Value| {
        json!({"id": "pi_1", "object": "payment_intent", "status": "requires_payment_method",
        "metadata": {"attempt_id": attempt}, "last_payment_error": {"code": "card_declined"}})
    };
    stage.tell("evt_failed", "payment_intent.payment_failed", failed(&attempt)).await;
    stage.until(&order, "paid").await;
    // Another shop's of the same account, and one of an attempt that nobody knows.
    stage
        .tell("evt_other", "payment_intent.payment_failed", json!({"id": "pi_2", "object": "payment_intent"}))
        .await;
    stage.tell("evt_none", "payment_intent.payment_failed", failed(&json!(uuid::Uuid::now_v7()))).await;
    let ignored =
        "SELECT count(*) FROM webhook_events WHERE id IN ('evt_other', 'evt_none') AND state = 'ignored'";
    stage.until_count(ignored, 2).await;
    assert_eq!(stage.count("SELECT count(*) FROM attempts WHERE declined IS NOT NULL").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn told_five_times_at_once_it_acts_once() {
    let stage = Stage::open().await;
    for (action, paid) in [
        (json!({"kind": "concurrent", "times": 5}), 1),
        (json!({"kind": "twin"}), 2),
        (json!({"kind": "duplicate", "times": 5}), 3),
    ] {
        stage
            .control(
                "faults",
                json!({"provider": "webhook", "event": "checkout.session.completed", "action": action}),
            )
            .await;
        let order = stage.order(0, 2).await;
        stage.pay(&order, "4242424242424242").await;
        stage.until(&order, "paid").await;
        stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'waiting'", 0).await;
        assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 2 * paid);
        assert_eq!(stage.count("SELECT count(*) FROM ledger_transactions").await, paid);
        assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.paid'").await, paid);
        stage.audit().await;
    }
}

/// The control run: two who learn of one payment, both look whether it is known, and then both take it. The lock of the
/// order's row keeps the second from looking too early; a look without it, and no constraint, and the payment is booked twice.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_lock_one_payment_would_be_taken_twice() {
    for (guarded, expected) in [(true, 1), (false, 2)] {
        let stage = Stage::open().await;
        stage.order(0, 2).await;
        stage
            .sql(
                "ALTER TABLE payments DROP CONSTRAINT payments_session, DROP CONSTRAINT payments_intent;
                 DROP INDEX payments_one_per_order",
            )
            .await;
        let mut first = stage.purchase.conn().await.expect("a connection");
        assert!(!looks_known(&mut first, guarded).await);
        let second = tokio::spawn({
            let db = stage.purchase.clone();
            async move {
                let mut conn = db.conn().await.expect("a connection");
                let known = looks_known(&mut conn, guarded).await;
                if !known {
                    conn.batch_execute(TAKE).await.expect("taken");
                }
                conn.batch_execute("COMMIT").await.expect("committed");
            }
        });
        if guarded {
            stage.until_waiting(1, "").await;
            first.batch_execute(TAKE).await.expect("taken");
            first.batch_execute("COMMIT").await.expect("committed");
            second.await.expect("it ends");
        } else {
            second.await.expect("it waits for nobody");
            first.batch_execute(TAKE).await.expect("taken");
            first.batch_execute("COMMIT").await.expect("committed");
        }
        assert_eq!(stage.count("SELECT count(*) FROM payments").await, expected, "guarded: {guarded}");
    }
}

/// Begins a transaction, locks the only order if `guarded`, and says whether its payment is known.
async fn looks_known(conn: &mut db::Conn, guarded: bool) -> bool {
    let lock = if guarded { "SELECT FROM orders FOR UPDATE" } else { "" };
    conn.batch_execute(&format!("BEGIN; {lock}")).await.expect("begun");
    let known = diesel::sql_query("SELECT FROM payments WHERE session_id = 'cs_1'").execute(conn).await;
    known.expect("a look") > 0
}

const TAKE: &str = "
    INSERT INTO payments (id, order_id, session_id, payment_intent, amount_minor, currency, purpose, captured_at)
    SELECT gen_random_uuid(), id, 'cs_1', 'pi_1', total_minor, currency, 'order', now() FROM orders";

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_for_an_order_we_do_not_have_is_kept_for_a_person() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let order = stage.order(0, 1).await;
    stage.pay(&order, "4242424242424242").await;
    // As after a restore from a backup that is older than the order.
    stage.sql("DELETE FROM checkout_requests; DELETE FROM attempts; DELETE FROM order_lines; DELETE FROM orders").await;
    let body = event("evt_lost", "checkout.session.completed", order.session());
    let signature = Webhook::generate_test_header(&body, &stage.keys.stripe_webhook, Some(now()));
    assert_eq!(post(&stage, &body, Some(&signature)).await.0, 200);
    stage
        .until_count(
            "SELECT count(*) FROM quarantine WHERE kind = 'unknown_order' AND amount_minor = 2100",
            1,
        )
        .await;
    stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'quarantined'", 1).await;
}
