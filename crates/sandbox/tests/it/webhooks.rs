//! Webhooks, verified with the service's own library.

use sandbox::Config;
use serde_json::json;

use crate::receiver::{self, SECRET};
use crate::shop::{self, OK};

const COMPLETED: &str = "checkout.session.completed";

async fn paid_shop(failures: u32, fault: Option<serde_json::Value>) -> (shop::Shop, receiver::Receiver) {
    let shop = shop::open().await;
    let receiver = receiver::start(failures);
    shop.sandbox.deliver_to(&receiver.url, &["whsec_old", SECRET]);
    if let Some(fault) = fault {
        shop.fault(fault).await;
    }
    let session = shop.session().await;
    shop.press_pay(&session, OK).await;
    (shop, receiver)
}

fn on_completed(action: serde_json::Value) -> Option<serde_json::Value> {
    Some(json!({"provider": "webhook", "event": COMPLETED, "action": action}))
}

#[tokio::test]
async fn a_payment_is_told_signed_and_understood() {
    let (shop, receiver) = paid_shop(0, None).await;
    receiver.until(|seen| seen.all().len() == 4).await;
    let mut kinds = receiver.kinds();
    kinds.sort();
    assert_eq!(kinds, ["charge.succeeded", COMPLETED, "payment_intent.created", "payment_intent.succeeded"]);
    let session = shop.get("/control/state").await["sessions"][0].clone();
    shop.form(
        "/v1/refunds",
        None,
        &format!("payment_intent={}", session["payment_intent"].as_str().expect("an id")),
    )
    .await;
    receiver.until(|seen| seen.of("refund.created").len() + seen.of("charge.refunded").len() == 2).await;
    let declined = shop.session().await;
    shop.press_pay(&declined, "4000000000000002").await;
    shop.form(&format!("/v1/checkout/sessions/{}/expire", declined.id), None, "").await;
    receiver
        .until(|seen| {
            let one = |kind| seen.of(kind).len() == 1;
            one("payment_intent.payment_failed") && one("checkout.session.expired")
        })
        .await;
    receiver.stop().await;
}

#[tokio::test]
async fn a_refusing_endpoint_is_asked_again() {
    let (shop, receiver) = paid_shop(5, None).await;
    receiver.until(|seen| seen.of(COMPLETED).len() == 1 && seen.all().len() == 4).await;
    // An attempt is written down when its answer is here, which is after the receiver has taken it.
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    loop {
        let told = shop.get("/control/webhooks").await;
        let rows = told["webhooks"].as_array().expect("a list").iter();
        let attempts: usize = rows.map(|row| row["attempts"].as_array().map_or(0, Vec::len)).sum();
        if attempts >= 8 {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "{told}");
    }
}

#[tokio::test]
async fn copies_come_at_once_one_by_one_or_under_two_names() {
    let (_shop, receiver) = paid_shop(0, on_completed(json!({"kind": "concurrent", "times": 5}))).await;
    receiver.until(|seen| seen.of(COMPLETED).len() == 5).await;
    let (_shop, receiver) = paid_shop(0, on_completed(json!({"kind": "duplicate", "times": 3}))).await;
    receiver.until(|seen| seen.of(COMPLETED).len() == 3).await;
    let (_shop, receiver) = paid_shop(0, on_completed(json!({"kind": "twin"}))).await;
    receiver.until(|seen| seen.of(COMPLETED).len() == 2).await;
    let twins = receiver.of(COMPLETED);
    assert_ne!(twins[0].id, twins[1].id);
}

#[tokio::test]
async fn a_dropped_webhook_can_be_sent_by_hand() {
    let (shop, receiver) = paid_shop(0, on_completed(json!({"kind": "drop"}))).await;
    receiver.until(|seen| seen.all().len() == 3).await;
    assert!(receiver.of(COMPLETED).is_empty());
    let told = shop.get(&format!("/v1/events?type={COMPLETED}")).await;
    let path = format!("/control/webhooks/{}/send", told["data"][0]["id"].as_str().expect("an id"));
    let (_, sent) = shop.post(&path, json!({"times": 2, "concurrent": true})).await;
    assert_eq!(sent["attempts"][1]["status"], 200);
    assert_eq!(receiver.of(COMPLETED).len(), 2);
    let (_, old) = shop.post(&path, json!({"age_seconds": 400})).await;
    assert_eq!(old["attempts"][0]["status"], 400);
    let (_, forged) = shop.post(&path, json!({"secret": "whsec_wrong"})).await;
    assert_eq!(forged["attempts"][0]["status"], 400);
    assert_eq!(receiver.refused().len(), 2);
}

#[tokio::test]
async fn a_held_webhook_comes_last() {
    let hold = on_completed(json!({"kind": "hold", "until": "payment_intent.succeeded"}));
    let (_shop, receiver) = paid_shop(0, hold).await;
    receiver.until(|seen| seen.of(COMPLETED).len() == 1).await;
    let kinds = receiver.kinds();
    let at = |kind: &str| kinds.iter().position(|seen| seen == kind);
    assert!(at(COMPLETED) > at("payment_intent.succeeded"), "{kinds:?}");
}

#[tokio::test]
async fn a_bank_may_answer_a_refund_later() {
    for (card, last, captured_minus_refunded) in
        [("4000000000007726", "refund.updated", 0), ("4000000000005126", "refund.failed", 4820)]
    {
        let receiver = receiver::start(0);
        let shop = shop::open_with(Config::default()).await;
        shop.sandbox.deliver_to(&receiver.url, &[SECRET]);
        let session = shop.session().await;
        shop.press_pay(&session, card).await;
        let payment = shop.get("/control/state").await["payments"][0]["payment_intent"].clone();
        shop.form("/v1/refunds", None, &format!("payment_intent={}", payment.as_str().expect("an id"))).await;
        shop.post("/control/clock", json!({"offset_seconds": 60})).await;
        receiver.until(|seen| seen.of(last).len() == 1).await;
        let money = shop.get("/control/state").await["money"]["eur"].clone();
        let kept = money["captured"].as_i64().unwrap_or(0) - money["refunded"].as_i64().unwrap_or(0);
        assert_eq!(kept, captured_minus_refunded, "{card}");
    }
}
