//! What Stripe says later, says no to, or says about money that fits no order.

use crate::off_sale::{self, one_after_the_other};
use crate::stage::{Order, PUBLIC_URL, Stage};
use serde_json::{Value, json};

pub const CARD: &str = "4242424242424242";
/// The guest's bank takes its time over a refund.
pub const REFUND_LATER: &str = "4000000000007726";
/// The guest's bank sends a refund back.
pub const REFUND_BOUNCES: &str = "4000000000005126";

/// Posts an event as Stripe would.
pub async fn tell(stage: &Stage, id: &str, kind: &str, object: Value) {
    let body =
        json!({"id": id, "object": "event", "type": kind, "livemode": false, "data": {"object": object}})
            .to_string();
    let signature = stripe_webhook::Webhook::generate_test_header(&body, &stage.keys.stripe_webhook, None);
    let post = stage.http.post(stage.url("/webhooks/stripe")).header("stripe-signature", signature);
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let answer = post.header("traceparent", trace).body(body).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
}

/// An order that was paid as its night was cancelled, and is heard of behind that: once the night is off, its payment page is
/// closed within moments.
pub async fn paid_too_late(stage: &Stage, card: &str) -> Order {
    let order = stage.order(0, 2).await;
    let pay = async { drop(stage.pay(&order, card).await) };
    Box::pin(one_after_the_other(stage, off_sale::cancel(stage), pay)).await;
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn paying_for_a_night_that_is_off_takes_the_money_back() {
    let stage = Stage::open().await;
    let order = paid_too_late(&stage, CARD).await;
    let body = stage.until(&order, "refunded").await;
    assert_eq!(body["refunds"][0]["reason"], "event_off_sale");
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_of_a_night_that_is_off_leads_to_no_payment_page() {
    let stage = Stage::open().await;
    let order = stage.order(0, 2).await;
    off_sale::cancel(&stage).await;
    let pay = stage.url(&order.page.replace("?key", "/pay?key"));
    let answer = stage.http.post(pay).header("origin", PUBLIC_URL).send().await.expect("an answer");
    assert_eq!(answer.status(), 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_counts_only_once_stripe_says_it_succeeded() {
    let stage = Stage::open().await;
    stage
        .control(
            "faults",
            json!({"provider": "webhook", "event": "refund.*", "count": 0, "action": {"kind": "drop"}}),
        )
        .await;
    // Written down as it happens: the bank's moment may be over before a test looks.
    stage
        .sql(
            "CREATE TABLE seen (told boolean NOT NULL); GRANT ALL ON seen TO purchase;
             CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
               INSERT INTO purchase.seen SELECT EXISTS (SELECT FROM purchase.outbox WHERE subject = 'order.refunded');
               RETURN NEW; END $$;
             CREATE TRIGGER see AFTER UPDATE ON refunds FOR EACH ROW
               WHEN (NEW.stripe_refund IS NOT NULL AND NEW.state = 'pending') EXECUTE FUNCTION see()",
        )
        .await;
    paid_too_late(&stage, REFUND_LATER).await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    assert!(stage.count("SELECT count(*) FROM seen").await > 0, "Stripe had it before the bank did");
    assert_eq!(stage.count("SELECT count(*) FROM seen WHERE told").await, 0, "nobody was told then");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_the_bank_sends_back_is_owed_again() {
    let stage = Stage::open().await;
    paid_too_late(&stage, REFUND_BOUNCES).await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'failed'", 1).await;
    assert_eq!(
        stage.count("SELECT count(*) FROM ledger_transactions WHERE source = 'refund_bounced'").await,
        1
    );
    stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'waiting'", 0).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_stripe_refuses_for_now_is_asked_for_again() {
    let stage = Stage::open().await;
    let body = json!({"error": {"type": "invalid_request_error", "code": "balance_insufficient", "message": "Not now."}});
    stage
        .control(
            "faults",
            json!({"provider": "stripe", "method": "POST", "path": "/v1/refunds",
                "action": {"kind": "status", "status": 400, "body": body, "saved": true}}),
        )
        .await;
    paid_too_late(&stage, CARD).await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded' AND refusals = 1", 1).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_after_a_lost_answer_does_not_hide_the_session() {
    let stage = Stage::open().await;
    for action in [json!({"kind": "lost"}), json!({"kind": "status", "status": 400})] {
        let fault = json!({"provider": "stripe", "method": "POST", "path": "/v1/checkout/sessions", "action": action});
        stage.control("faults", fault).await;
    }
    let order = stage.order(0, 1).await;
    assert!(order.checkout_url.is_some(), "the session was found in Stripe's list");
    stage.pay(&order, CARD).await;
    stage.until(&order, "paid").await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_stripe_does_not_find_is_kept_if_it_names_our_order() {
    let stage = Stage::open().await;
    let order = stage.order(0, 1).await;
    let id = uuid::Uuid::now_v7();
    let session =
        json!({"id": "cs_gone", "object": "checkout.session", "metadata": {"order_id": id.to_string()}});
    tell(&stage, "evt_gone", "checkout.session.completed", session).await;
    stage.until_count("SELECT count(*) FROM quarantine WHERE kind = 'session_missing'", 1).await;
    assert_eq!(
        stage.count("SELECT count(*) FROM webhook_events WHERE state = 'waiting' AND traceparent LIKE '00-4bf92f35%'").await,
        1,
        "it is asked about again, and the trace of its coming is kept"
    );
    tell(&stage, "evt_other", "customer.created", json!({"id": "cus_1", "object": "customer"})).await;
    let kept = "SELECT count(*) FROM webhook_events WHERE id = 'evt_other' AND processed_at IS NOT NULL";
    assert_eq!(stage.count(kept).await, 1, "its body is forgotten like any other's");
    // A session of somebody else's is not even asked about.
    stage.get(&format!("{}&session_id=cs_gone", order.page)).await;
    assert_eq!(stage.order_now(&order).await["state"], "pending");
}
