//! Money goes to the shop's bank, and comes back, through the real client, which parses strictly.

use serde_json::json;
use stripe_core::balance_transaction::ListBalanceTransaction;
use stripe_core::payout::{ListPayout, RetrievePayout};
use stripe_shared::{BalanceTransactionSource, PayoutReconciliationStatus};

use crate::shop::{self, OK};

#[tokio::test]
async fn a_payout_takes_the_balance_names_its_lines_and_brings_it_back_when_it_fails() {
    let shop = shop::open().await;
    assert_eq!(shop.post("/control/payouts", json!({})).await.0, 409, "nothing to pay out");
    let session = shop.session().await;
    shop.press_pay(&session, OK).await;
    let (_, fee) = shop.post("/control/balance", json!({"kind": "stripe_fee", "amount": -200})).await;
    assert!(fee["id"].is_string(), "{fee}");
    let (status, made) = shop.post("/control/payouts", json!({})).await;
    assert_eq!((status, &made["amount"]), (200, &json!(4820 - 97 - 200)), "{made}");
    let id = made["id"].as_str().expect("an id");

    let payout = RetrievePayout::new(id).send(&shop.stripe).await.expect("the payout");
    assert_eq!((payout.status.as_str(), payout.amount), ("paid", 4523));
    assert_eq!(payout.reconciliation_status, PayoutReconciliationStatus::Completed);
    let lines = ListBalanceTransaction::new().payout(id).expand(["data.source".to_owned()]).limit(100);
    let lines = lines.send(&shop.stripe).await.expect("its lines").data;
    assert_eq!((lines.len(), lines.iter().map(|line| line.net).sum::<i64>()), (3, 0));
    let sources = lines.iter().filter_map(|line| line.source.as_ref()?.as_object());
    assert!(sources.clone().any(|source| matches!(source, BalanceTransactionSource::Charge(_))));
    assert!(sources.clone().any(|source| matches!(source, BalanceTransactionSource::Payout(_))));

    let path = format!("/control/payouts/{id}");
    assert_eq!(shop.post(&path, json!({"status": "failed"})).await.0, 200);
    assert_eq!(shop.post(&path, json!({"status": "paid"})).await.0, 409, "what failed stays so");
    let listed = ListPayout::new().send(&shop.stripe).await.expect("payouts").data;
    assert_eq!((listed.len(), listed[0].status.as_str()), (1, "failed"));
    assert!(listed[0].failure_message.is_some() && listed[0].failure_balance_transaction.is_some());
    let (_, again) = shop.post("/control/payouts", json!({"status": "in_transit"})).await;
    assert_eq!(again["amount"], 4523, "the next one takes it");
    let events = shop.get("/v1/events?type=payout.*&limit=100").await;
    let kinds: Vec<_> =
        events["data"].as_array().expect("events").iter().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds, ["payout.created", "payout.failed", "payout.paid", "payout.created"]);
    shop.sandbox.stop().await;
}
