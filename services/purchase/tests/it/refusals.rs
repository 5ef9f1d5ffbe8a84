//! Bad input: a clear answer, and nothing held.

use crate::stage::{Stage, friday};
use messages::marketing_admin::v1::EventStatus;
use serde_json::{Value, json};

async fn refused(stage: &Stage, wish: Value, status: u16, code: &str) {
    let (got, body) = stage.checkout(&uuid::Uuid::now_v7().to_string(), &wish).await;
    assert_eq!((got.as_u16(), body["code"].as_str()), (status, Some(code)), "{wish} → {body}");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 0);
}

fn with(mut wish: Value, pointer: &str, value: Value) -> Value {
    *wish.pointer_mut(pointer).expect("it is there") = value;
    wish
}

#[tokio::test(flavor = "multi_thread")]
async fn quantities_and_types_that_cannot_be() {
    let stage = Stage::open().await;
    for quantity in [
        json!(-1),
        json!(0),
        json!(1.5),
        json!("2"),
        json!(1001),
        json!(2_147_483_648_u64),
        json!(9_223_372_036_854_775_808_u64),
        json!(1e3),
        Value::Null,
    ] {
        refused(&stage, with(stage.wish(0, 1), "/items/0/quantity", quantity), 422, "invalid_quantity").await;
    }
    refused(&stage, with(stage.wish(0, 1), "/items", json!([])), 422, "invalid_quantity").await;
    refused(&stage, stage.wish(0, 11), 409, "limit_exceeded").await;
    let unknown = json!(uuid::Uuid::now_v7().to_string());
    refused(&stage, with(stage.wish(0, 1), "/items/0/ticket_type", unknown), 422, "unknown_ticket_type")
        .await;
    refused(
        &stage,
        with(stage.wish(0, 1), "/items/0/ticket_type", json!("1' OR 1=1")),
        422,
        "unknown_ticket_type",
    )
    .await;
    let mut other = friday();
    other.slug = "saturday".into();
    stage.publish(&other).await;
    let foreign = json!(other.ticket_types[0].ticket_type_id);
    refused(&stage, with(stage.wish(0, 1), "/items/0/ticket_type", foreign), 422, "unknown_ticket_type")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_say_too_much_or_too_little() {
    let stage = Stage::open().await;
    let mut priced = stage.wish(0, 1);
    priced["items"][0]["price"] = json!(1);
    refused(&stage, priced, 422, "unknown_field").await;
    let mut admin = stage.wish(0, 1);
    admin["is_admin"] = json!(true);
    refused(&stage, admin, 422, "unknown_field").await;
    refused(&stage, with(stage.wish(0, 1), "/buyer/email", json!("ana@")), 422, "invalid_email").await;
    for name in [" ", "Ana\u{202E}gpj.exe", "A\u{200B}na", "Ana www.evil.example", "evil.example/win"] {
        refused(&stage, with(stage.wish(0, 1), "/buyer/name", json!(name)), 422, "invalid_name").await;
    }
    let mut promo = stage.wish(0, 1);
    promo["promo"] = json!("FREE100");
    refused(&stage, promo, 422, "promo_invalid").await;
    let post = |body: Vec<u8>| {
        let request = stage.http.post(stage.url("/api/v1/checkouts")).header("idempotency-key", "k");
        request.header("content-type", "application/json").body(body).send()
    };
    assert_eq!(post(vec![b' '; 70_000]).await.expect("an answer").status(), 413);
    assert_eq!(post(b"{\"event\": \"\xff\"}".to_vec()).await.expect("an answer").status(), 400);
    assert_eq!(post(b"{".to_vec()).await.expect("an answer").status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn nights_that_are_not_on_sale() {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    let hour = 3_600_000;
    event.revision = 2;
    event.ticket_types[0].sale_from = event.changed_at + hour;
    event.ticket_types[1].sale_until = event.changed_at - hour;
    stage.publish(&event).await;
    refused(&stage, stage.wish(0, 1), 409, "not_on_sale").await;
    refused(&stage, stage.wish(1, 1), 409, "not_on_sale").await;
    for (revision, status) in [(3, EventStatus::Cancelled), (4, EventStatus::Draft)] {
        let mut gone = event.clone();
        gone.revision = revision;
        gone.status = status.into();
        stage.publish(&gone).await;
        refused(&stage, stage.wish(0, 1), 404, "not_found").await;
    }
    refused(&stage, with(stage.wish(0, 1), "/event", json!("no-such-night")), 404, "not_found").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sold_out_says_what_is_left() {
    let stage = Stage::open().await;
    stage.order(1, 7).await;
    let (status, body) = stage.checkout("k", &stage.wish(1, 4)).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("sold_out")));
    assert_eq!(body["detail"], "3 left.");
    stage.order(1, 3).await;
    stage.audit().await;
}
