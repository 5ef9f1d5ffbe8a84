//! Where a credit meets a bank, a silent door, a card's least charge, and a crowd at two processes.

use std::net::SocketAddr;

use futures::future::join_all;
use messages::purchase::v1::OrderRefunded;
use serde_json::{Value, json};
use uuid::Uuid;

use super::life::money;
use super::{GUESTS, TICKET, left, with_credit};
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn who_has_a_credit_and_asks_the_bank_as_well_is_put_before_a_person() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    assert_eq!(stage.give_back(&order, "credit", json!({"as_credit": true})).await.0, 200);
    stage.all_succeeded(1).await;
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    let waits = format!(
        "SELECT count(*) FROM quarantine WHERE kind = 'credit_disputed' AND object_id = '{id}' AND resolved_at IS NULL
            AND amount_minor = {TICKET}"
    );
    assert_eq!(stage.count(&waits).await, 1);
    stage.dispute_goes(&id, "under_review").await;
    stage.until_disputed(&id, "under_review").await;
    assert_eq!(stage.count("SELECT count(*) FROM quarantine").await, 1, "once");
    // A dispute of somebody who has none is no such matter.
    let (plain, _) = stage.bought(0, 1).await;
    let other = stage.dispute(&plain, json!({})).await;
    stage.until_disputed(&other, "needs_response").await;
    assert_eq!(stage.count("SELECT count(*) FROM quarantine").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_leaves_the_card_what_a_card_can_pay() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let nearly = json!({"amount_minor": TICKET - 20, "as_credit": true});
    assert_eq!(stage.give_back(&order, "nearly", nearly).await.0, 200);
    stage.all_succeeded(1).await;
    let code = stage.said::<OrderRefunded>("order.refunded").await.credit_code;
    let bought = stage.buys("bea", 1, &code).await;
    assert_eq!(money(&stage.in_the_file(&bought).await), [50, 50, 0, TICKET - 50, 0], "nobody charges 0.20");
    assert_eq!((left(&stage).await, stage.balance("credits").await), (30, -30));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_for_the_door_goes_as_what_it_was_asked_for() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    stage.door.silent(true);
    let (_, asked) = stage.give_back(&order, "credit", json!({"as_credit": true})).await;
    assert_eq!(asked["state"], "asked", "{asked}");
    let record = format!("/internal/v1/orders/{}", order.reference);
    let (_, record) = stage.inside("marketing-admin", &record, None).await;
    assert_eq!(record["waiting"]["as_credit"], json!(true), "{record}");
    let (status, refused) = stage.give_back(&order, "money", json!({"anyway": true})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("refund_waits")), "money is another wish");
    let (_, gone) = stage.give_back(&order, "again", json!({"as_credit": true, "anyway": true})).await;
    assert_ne!(gone["state"], "asked", "{gone}");
    stage.all_succeeded(1).await;
    assert_eq!((left(&stage).await, stage.balance("stripe_clearing").await), (TICKET, TICKET));
}

/// Two processes, each with an engine of its own, that meet at the credit's row alone.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_at_two_processes_one_spends_it() {
    let (stage, code) = with_credit().await;
    let beside = stage.replica(&[], std::sync::Arc::new(domain::clock::SystemClock)).await;
    let hosts = [stage.service.public, beside.public];
    let guests = (0..GUESTS).map(|guest| buy_at(&stage, hosts[guest % hosts.len()], guest, &code));
    let answers = join_all(guests).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
    assert_eq!((left(&stage).await, stage.balance("credits").await), (0, 0));
    stage.audit().await;
}

async fn buy_at(stage: &Stage, host: SocketAddr, guest: usize, code: &str) -> (u16, Value) {
    let mut wish = stage.wish(0, 1);
    wish["buyer"]["email"] = json!(format!("guest-{guest}@example.org"));
    wish["promo"] = json!(code);
    let post = stage.http.post(format!("http://{host}/api/v1/checkouts"));
    let post = post.header("idempotency-key", Uuid::now_v7().to_string()).json(&wish);
    let answer = post.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}
