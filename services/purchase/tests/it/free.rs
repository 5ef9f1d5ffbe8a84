//! Orders that cost nothing: paid as soon as they stand, in the transaction of the batch they came in.

use crate::stage::{PUBLIC_URL, Stage};
use futures::future::join_all;
use messages::marketing_admin::v1::EventStatus;
use serde_json::{Value, json};

const FREE: usize = 1;

async fn stage_with(places: i64) -> Stage {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    event.revision = 2;
    event.ticket_types[FREE].capacity = places;
    stage.publish(&event).await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_guests_of_sixty_free_places_get_sixty_tickets() {
    let stage = stage_with(60).await;
    let wish = stage.wish(FREE, 1);
    let keys: Vec<String> = (0..100).map(|n| format!("guest-{n}")).collect();
    let answers = join_all(keys.iter().map(|key| stage.checkout(key, &wish))).await;
    let served = answers.iter().filter(|(status, _)| *status == 201).count();
    let sold_out =
        answers.iter().filter(|(status, body)| *status == 409 && body["code"] == "sold_out").count();
    assert_eq!((served, sold_out), (60, 40), "no other answer");
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 60);
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE state = 'paid'").await, 60);
    for (subject, told) in [("ticket.changed", 60), ("order.paid", 60)] {
        let said = format!("SELECT count(DISTINCT aggregate) FROM outbox WHERE subject = '{subject}'");
        assert_eq!(stage.count(&said).await, told, "{subject}");
    }
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn free_and_paid_orders_of_one_rush_each_get_their_own() {
    let stage = stage_with(20).await;
    let (free, paid) = (stage.wish(FREE, 2), stage.wish(0, 1));
    let keys: Vec<String> = (0..20).map(|n| format!("guest-{n}")).collect();
    let wishes = keys.iter().enumerate().map(|(n, key)| (key, if n % 2 == 0 { &free } else { &paid }));
    let answers = join_all(wishes.map(|(key, wish)| stage.checkout(key, wish))).await;
    for (n, (status, body)) in answers.iter().enumerate() {
        assert_eq!(*status, 201, "{body}");
        assert_eq!(body["checkout_url"].is_null(), n % 2 == 0, "{body}");
    }
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 20);
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 10);
    stage.audit().await;
}

/// Asks for tickets from an address; the answer's status, its code, and whether it says when to ask again.
async fn ask(stage: &Stage, address: &str, kind: usize, quantity: u32) -> (u16, Value, bool) {
    let post = stage.http.post(stage.url("/api/v1/checkouts")).header("x-envoy-external-address", address);
    let post = post.header("idempotency-key", uuid::Uuid::now_v7().to_string());
    let answer = post.json(&stage.wish(kind, quantity)).send().await.expect("an answer");
    let (status, again) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
    (status, answer.json::<Value>().await.expect("JSON")["code"].clone(), again)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_network_does_not_take_what_is_free_for_all() {
    let stage = Stage::with(&[("FREE_TICKETS_PER_NETWORK", "5")]).await;
    assert_eq!(ask(&stage, "192.0.2.7", FREE, 2).await.0, 201);
    assert_eq!(ask(&stage, "192.0.2.8", FREE, 4).await.0, 201, "as long as one is left");
    assert_eq!(ask(&stage, "192.0.2.9", FREE, 1).await, (429, json!("network_busy"), true));
    let kind = format!("q-{}", stage.kind(FREE));
    let fields = [(kind.as_str(), "1"), ("name", "Ana"), ("email", "ana@example.org")];
    let form = stage.http.post(stage.url("/e/friday-night")).header("origin", PUBLIC_URL).form(&fields);
    let form = form.header("x-envoy-external-address", "192.0.2.9").header("accept", "text/html");
    let answer = form.send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), answer.headers().contains_key("retry-after")), (429, true));
    let html = answer.text().await.expect("a page");
    assert!(html.contains("Many guests came from your network"), "{html}");
    assert_eq!(ask(&stage, "192.0.2.9", 0, 1).await.0, 201, "who pays is not counted");
    assert_eq!(ask(&stage, "198.51.100.7", FREE, 1).await.0, 201, "nor is who comes from elsewhere");
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 7);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_is_one_free_order() {
    let stage = Stage::open().await;
    let wish = stage.wish(FREE, 2);
    let answers = join_all((0..10).map(|_| stage.checkout("k", &wish))).await;
    let first = answers.iter().find(|(status, _)| *status == 201).expect("one is placed");
    for (status, body) in &answers {
        let fine = status.as_u16() == 201 && body["order"] == first.1["order"]
            || (status.as_u16() == 409 && body["code"] == "request_in_progress");
        assert!(fine, "{status} {body}");
    }
    let (status, body) = stage.checkout("k", &stage.wish(FREE, 1)).await;
    assert_eq!((status.as_u16(), &body["code"]), (422, &json!("idempotency_key_reused")));
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 2);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_off_gives_nothing_away() {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    event.revision += 1;
    event.status = EventStatus::Cancelled.into();
    stage.publish(&event).await;
    assert_eq!(stage.checkout("k", &stage.wish(FREE, 1)).await.0, 404);
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_cannot_be_issued_spoils_no_others_batch() {
    let stage = stage_with(60).await;
    stage
        .sql(
            "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN RAISE 'no ticket for this guest'; END $$;
             CREATE TRIGGER spoil BEFORE INSERT ON tickets FOR EACH ROW
             WHEN (NEW.holder_name = 'Spoiler') EXECUTE FUNCTION spoil()",
        )
        .await;
    let (wish, mut spoiled) = (stage.wish(FREE, 1), stage.wish(FREE, 1));
    spoiled["buyer"]["name"] = json!("Spoiler");
    let keys: Vec<String> = (0..40).map(|n| format!("guest-{n}")).collect();
    let wishes = keys.iter().enumerate().map(|(n, key)| (key, if n == 20 { &spoiled } else { &wish }));
    let answers = join_all(wishes.map(|(key, wish)| stage.checkout(key, wish))).await;
    for (n, (status, body)) in answers.iter().enumerate() {
        assert_eq!(status.as_u16(), if n == 20 { 503 } else { 201 }, "{n}: {body}");
    }
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 39);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_constraint_alone_knows_no_pending_free_order() {
    let stage = Stage::open().await;
    stage.order(FREE, 1).await;
    let mut conn = stage.admin.conn().await.expect("a connection");
    let change = "UPDATE purchase.orders SET state = 'pending', paid_at = NULL";
    let refused = diesel_async::RunQueryDsl::execute(diesel::sql_query(change), &mut *conn).await;
    let error = db::DbError::from(refused.expect_err(change));
    assert_eq!(error.constraint(), Some("orders_free_is_paid_at_once"));
}
