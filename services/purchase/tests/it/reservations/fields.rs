//! What can't be a booking: each field refused by its own code, and nothing is held.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{Stage, friday};

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_a_booking_is_refused_by_its_field() {
    let (stage, plan) = Stage::with_tables().await;
    let sound = stage.table_wish(&plan, 0, 2);
    let other = Uuid::now_v7().to_string();
    let late = chrono::DateTime::from_timestamp_millis(stage.event.ends_at).expect("a time").to_rfc3339();
    let early = chrono::DateTime::from_timestamp_millis(stage.event.entry_from - 60_000).expect("a time");
    let cases: Vec<(&str, Value, u16, &str)> = vec![
        ("party", json!(0), 422, "invalid_party"),
        ("party", json!(-1), 422, "invalid_party"),
        ("party", json!("2"), 422, "invalid_party"),
        ("party", json!(1.5), 422, "invalid_party"),
        ("party", json!(9_007_199_254_740_993_i64), 422, "invalid_party"),
        ("party", Value::Null, 422, "invalid_party"),
        ("party", json!(5), 409, "limit_exceeded"),
        ("arrives_at", json!("tomorrow"), 422, "invalid_arrival"),
        ("arrives_at", json!(""), 422, "invalid_arrival"),
        ("arrives_at", json!("9999-12-31T23:59:59Z"), 422, "invalid_arrival"),
        ("arrives_at", json!(late), 422, "invalid_arrival"),
        ("arrives_at", json!(early.to_rfc3339()), 422, "invalid_arrival"),
        ("table", json!(other), 422, "unknown_table"),
        ("table", json!(stage.kind(0)), 422, "unknown_table"),
        ("table", json!("' OR 1=1 --"), 422, "unknown_table"),
        ("table", json!(plan.tables[2].table_id), 409, "not_on_sale"),
        ("occasion", json!("x".repeat(101)), 422, "invalid_text"),
        ("wish", json!("x".repeat(60_000)), 422, "invalid_text"),
        ("wish", json!("\u{202e}"), 422, "invalid_text"),
        ("host", json!("line\nbreak"), 422, "invalid_text"),
        ("preorder", json!([{"bottle": other, "quantity": 1}]), 422, "unknown_bottle"),
        ("preorder", json!([{"bottle": plan.menu[0].bottle_id, "quantity": 0}]), 422, "invalid_quantity"),
        ("preorder", json!([{"bottle": plan.menu[0].bottle_id, "quantity": 51}]), 422, "invalid_quantity"),
        ("buyer", json!({"name": "", "email": "ana@example.org"}), 422, "invalid_name"),
        ("buyer", json!({"name": "Ana", "email": "a b@example.org"}), 422, "invalid_email"),
        ("event", json!("no-such-night"), 404, "not_found"),
        ("minimum_minor", json!(1), 422, "unknown_field"),
        ("deposit_minor", json!(1), 422, "unknown_field"),
    ];
    for (number, (field, value, status, code)) in cases.into_iter().enumerate() {
        let mut wish = sound.clone();
        wish[field] = value.clone();
        let (answered, body) = stage.reserve(&format!("key-{number}"), &wish).await;
        assert_eq!((answered.as_u16(), &body["code"]), (status, &json!(code)), "{field}: {body}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM reservations").await, 0);
    assert_eq!(stage.count("SELECT sum(held + sold) FROM stock").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_another_night_is_none_of_this_one() {
    let (stage, plan) = Stage::with_tables().await;
    let mut saturday = friday();
    saturday.slug = "saturday-night".to_owned();
    stage.publish(&saturday).await;
    let mut wish = stage.table_wish(&plan, 0, 2);
    wish["event"] = json!("saturday-night");
    let (status, body) = stage.reserve("a-key", &wish).await;
    assert_eq!((status.as_u16(), &body["code"]), (422, &json!("unknown_table")), "{body}");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_not_open_books_nothing() {
    let (stage, mut plan) = Stage::with_tables().await;
    plan.revision += 1;
    plan.open = false;
    stage.publish_plan(&plan).await;
    let (status, body) = stage.reserve("a-key", &stage.table_wish(&plan, 0, 2)).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("not_on_sale")), "{body}");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_has_a_key_of_its_own() {
    let (stage, plan) = Stage::with_tables().await;
    let post = stage.http.post(stage.url("/api/v1/reservations")).json(&stage.table_wish(&plan, 0, 2));
    let answer = post.send().await.expect("an answer");
    assert_eq!(answer.status(), 400);
    let body: Value = answer.json().await.expect("JSON");
    assert_eq!(body["code"], "idempotency_key_required");
}

/// As many are invited as the party has passes, whatever is sent.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_invited_for_whom_there_is_no_pass() {
    let (stage, plan) = Stage::with_tables().await;
    let (order, paid) = stage.table_booked(&plan, 0, 2).await;
    let own = paid["tickets"][1]["id"].as_str().expect("an id").to_owned();
    let mut fields = vec![("how".to_owned(), "share".to_owned())];
    for (ticket, email) in [(own, "bea@example.org"), (Uuid::now_v7().to_string(), "carl@example.org")] {
        fields.push((format!("name-{ticket}"), "Guest".to_owned()));
        fields.push((format!("email-{ticket}"), email.to_owned()));
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(stage.post(&order.file("guests"), &fields).await.status(), 303);
    assert_eq!(stage.count("SELECT count(*) FROM ticket_shares").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 2);
    stage.audit().await;
}
