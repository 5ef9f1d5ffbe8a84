//! A night is called off: holds end, money goes back, once each, whoever dies in between.

mod large;

use messages::marketing_admin::v1::{EventChanged, EventStatus};
use serde_json::json;

use crate::stage::{Order, Stage};

const CARD: &str = "4242424242424242";

impl Stage {
    pub async fn call_off(&self) {
        let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis();
        let off = EventChanged {
            revision: self.event.revision + 1,
            status: EventStatus::Cancelled.into(),
            changed_at: now,
            ..self.event.clone()
        };
        self.publish(&off).await;
    }

    pub async fn progress(&self) -> serde_json::Value {
        let path = format!("/internal/v1/cancellations/{}", self.event.event_id);
        let (status, body) = self.inside("marketing-admin", &path, None).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub async fn all_back(&self) {
        self.until_count("SELECT count(*) FROM cancellations WHERE finished_at IS NOT NULL", 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_everything_back_and_every_ticket_stops_working() {
    let stage = Stage::open().await;
    let path = format!("/internal/v1/cancellations/{}", stage.event.event_id);
    assert_eq!(stage.inside("marketing-admin", &path, None).await.0, 404, "not called off");
    let mut paid = Vec::new();
    for tickets in 1..=3 {
        paid.push(stage.bought(0, tickets).await.0);
    }
    let (_, free) = stage.checkout("free", &stage.wish(1, 2)).await;
    let free = Order::of(&free);
    let pending = stage.order(0, 2).await;
    // One had got something back before.
    let some = json!({"key": "some", "reason": "a stain", "amount_minor": 700});
    let refunds = format!("/internal/v1/orders/{}/refunds", paid[2].reference);
    assert_eq!(stage.inside("marketing-admin", &refunds, Some(some)).await.0, 200);

    stage.call_off().await;
    stage.all_back().await;
    for order in &paid {
        let now = stage.until(order, "refunded").await;
        assert!(
            now["tickets"].as_array().expect("tickets").iter().all(|t| t["state"] == "refunded"),
            "{now}"
        );
    }
    assert_eq!(stage.order_now(&free).await["tickets"][0]["state"], "cancelled");
    assert_eq!(stage.order_now(&pending).await["state"], "expired");
    let session = pending.session();
    let page =
        stage.http.get(format!("{}/c/pay/{session}", stage.sandbox.url)).send().await.expect("the sandbox");
    assert!(!page.text().await.expect("text").contains("card_number"), "nobody can pay there any more");
    let progress = stage.progress().await;
    assert_eq!(
        (&progress["orders"], &progress["orders_open"], &progress["failed"]),
        (&json!(4), &json!(0), &json!(0))
    );
    assert_eq!((&progress["amount_minor"], &progress["returned_minor"]), (&json!(12600), &json!(12600)));
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 4, "each once, and the 7.00 of before");
    let told = "SELECT count(*) FROM outbox WHERE subject = 'order.refunded'";
    assert_eq!(stage.count(told).await, 5, "the free order is told of too");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_pays_in_the_moment_in_which_the_night_is_called_off_gets_it_back() {
    let stage = Stage::open().await;
    let orders = futures::future::join_all((0..12).map(|_| stage.order(0, 1))).await;
    let pay = futures::future::join_all(orders.iter().map(|order| stage.paid_in_time(order, CARD)));
    let ((), _) = tokio::join!(stage.call_off(), pay);
    stage.all_back().await;
    // Every payment has gone back, also one that is heard of only now.
    let open = "SELECT (SELECT count(*) FROM orders WHERE state IN ('paid', 'pending'))
        + (SELECT count(*) FROM payments) - (SELECT count(*) FROM refunds WHERE state = 'succeeded')";
    stage.until_count(open, 0).await;
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'valid'").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE state IN ('paid', 'pending')").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_waits_for_a_silent_door_does_not_keep_the_night_open() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 2).await;
    stage.door.silent(true);
    let refunds = format!("/internal/v1/orders/{}/refunds", order.reference);
    let wish = json!({"key": "waits", "reason": "ill"});
    assert_eq!(stage.inside("marketing-admin", &refunds, Some(wish)).await.1["state"], "asked");
    stage.call_off().await;
    stage.all_back().await;
    assert_eq!(stage.order_now(&order).await["state"], "refunded");
    assert_eq!(stage.count("SELECT count(*) FROM refunds WHERE state = 'succeeded'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hearing_of_it_twice_changes_nothing() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    stage.call_off().await;
    stage.all_back().await;
    stage.call_off().await;
    stage.sql("UPDATE cancellations SET finished_at = NULL").await;
    stage.all_back().await;
    assert_eq!(stage.order_now(&order).await["state"], "refunded");
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 1);
    stage.audit().await;
}
