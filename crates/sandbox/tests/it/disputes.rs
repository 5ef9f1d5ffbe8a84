//! A payer's bank takes money back, through the real client, which parses strictly.

use serde_json::{Value, json};
use stripe::StripeError;
use stripe_core::dispute::{ListDispute, RetrieveDispute};
use stripe_core::refund::CreateRefund;
use stripe_shared::DisputeStatus;

use crate::shop::{self, OK, Shop};

/// A payment of 48.20.
async fn paid(shop: &Shop) -> String {
    let session = shop.session().await;
    shop.press_pay(&session, OK).await;
    let state = shop.get("/control/state").await;
    state["payments"][0]["payment_intent"].as_str().expect("a payment").to_owned()
}

async fn opened(shop: &Shop, body: Value) -> String {
    let (status, dispute) = shop.post("/control/disputes", body).await;
    assert_eq!(status, 200, "{dispute}");
    dispute["id"].as_str().expect("an id").to_owned()
}

async fn moved(shop: &Shop, id: &str, status: &str) -> u16 {
    shop.post(&format!("/control/disputes/{id}"), json!({ "status": status })).await.0
}

async fn events(shop: &Shop) -> Vec<String> {
    let events = shop.get("/v1/events?type=charge.dispute.*&limit=100").await;
    let events = events["data"].as_array().expect("events").clone();
    events.iter().rev().map(|event| event["type"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn what_a_bank_takes_back_leaves_with_a_fee_and_comes_back_when_won() {
    let shop = shop::open().await;
    let payment = paid(&shop).await;
    let id = opened(&shop, json!({"payment": payment})).await;
    let dispute = RetrieveDispute::new(id.as_str()).send(&shop.stripe).await.expect("the dispute");
    assert_eq!((dispute.amount, &dispute.status), (4820, &DisputeStatus::NeedsResponse));
    assert_eq!(dispute.balance_transactions.len(), 1);
    let taken = &dispute.balance_transactions[0];
    assert_eq!((taken.amount, taken.fee, taken.net), (-4820, 1500, -6320));
    assert!(dispute.evidence_details.due_by.expect("a deadline") > dispute.created);

    let refused = CreateRefund::new().payment_intent(payment.as_str()).send(&shop.stripe).await;
    let Err(StripeError::Stripe(error, 400)) = refused else { panic!("refunded a disputed charge") };
    assert_eq!(error.code.as_ref().map(|code| code.to_string()).as_deref(), Some("charge_disputed"));

    assert_eq!(moved(&shop, &id, "under_review").await, 200);
    assert_eq!(moved(&shop, &id, "won").await, 200);
    assert_eq!(moved(&shop, &id, "lost").await, 409, "a closed dispute stays closed");
    let listed =
        ListDispute::new().payment_intent(payment.as_str()).send(&shop.stripe).await.expect("disputes");
    let won = &listed.data[0];
    assert_eq!((&won.status, won.balance_transactions.len()), (&DisputeStatus::Won, 2));
    assert_eq!(won.balance_transactions.iter().map(|moved| moved.net).sum::<i64>(), 0);
    let state = shop.get("/control/state").await;
    assert_eq!(
        (&state["money"]["eur"]["disputed"], &state["money"]["eur"]["dispute_fees"]),
        (&json!(0), &json!(0))
    );
    CreateRefund::new().payment_intent(payment.as_str()).send(&shop.stripe).await.expect("can go back again");
    assert_eq!(
        events(&shop).await,
        [
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.updated",
            "charge.dispute.closed",
            "charge.dispute.funds_reinstated",
        ]
    );
    shop.sandbox.stop().await;
}

#[tokio::test]
async fn an_inquiry_moves_no_money_until_it_becomes_a_dispute() {
    let shop = shop::open().await;
    let payment = paid(&shop).await;
    let id = opened(&shop, json!({"payment": payment, "inquiry": true, "amount": 1000})).await;
    let asked = RetrieveDispute::new(id.as_str()).send(&shop.stripe).await.expect("the inquiry");
    assert_eq!((&asked.status, asked.balance_transactions.len()), (&DisputeStatus::WarningNeedsResponse, 0));
    assert!(asked.is_charge_refundable);
    let (status, _) = shop.post("/control/disputes", json!({"payment": payment})).await;
    assert_eq!(status, 409, "one at a time");
    assert_eq!(moved(&shop, &id, "needs_response").await, 200);
    assert_eq!(moved(&shop, &id, "lost").await, 200);
    let lost = RetrieveDispute::new(id.as_str()).send(&shop.stripe).await.expect("the dispute");
    assert_eq!((&lost.status, lost.balance_transactions[0].net), (&DisputeStatus::Lost, -2500));
    let state = shop.get("/control/state").await;
    assert_eq!(state["disputes"][0]["net"], -2500);
    assert_eq!(state["money"]["eur"]["balance"], 4820 - 97 - 2500);
}
