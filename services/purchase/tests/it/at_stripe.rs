//! Refunds made in Stripe's dashboard: no wish of ours, and our money and tickets all the same.

use serde_json::{Value, json};

use crate::stage::{Order, Stage};

impl Stage {
    /// Somebody gives money of an order back in Stripe's dashboard; none: all that is left.
    pub async fn refund_at_stripe(&self, order: &Order, amount: Option<i64>) {
        let mut form = vec![("payment_intent", self.payment_of(order).await)];
        form.extend(amount.map(|minor| ("amount", minor.to_string())));
        let refund =
            self.http.post(format!("{}/v1/refunds", self.sandbox.url)).bearer_auth(&self.keys.stripe);
        let made = refund.form(&form).send().await.expect("the sandbox");
        assert_eq!(made.status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_was_given_back_at_stripe_is_given_back_here() {
    let stage = Stage::open().await;
    let (order, bought) = stage.bought(0, 2).await;
    stage.door.inside(bought["tickets"][0]["id"].as_str().expect("a ticket"));
    stage.refund_at_stripe(&order, None).await;
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'refunded'").await, 2);
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 1, "who is inside takes a place");
    assert_eq!((stage.balance("stripe_clearing").await, stage.balance("service_fees").await), (0, 0));
    assert_eq!(stage.count("SELECT count(*) FROM refunds WHERE reason = 'at_stripe' AND anyway").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM quarantine").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.refunded'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_leaves_the_tickets_good_and_the_last_part_takes_them() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 2).await;
    stage.refund_at_stripe(&order, Some(1500)).await;
    stage.all_succeeded(1).await;
    assert_eq!(stage.order_now(&order).await["state"], "paid");
    assert_eq!(stage.balance("stripe_clearing").await, 2700);
    assert_eq!(stage.give_back(&order, "too much", json!({"amount_minor": 2701})).await.0, 409);
    stage.refund_at_stripe(&order, Some(2700)).await;
    stage.until(&order, "refunded").await;
    stage.all_succeeded(2).await;
    assert_eq!(stage.balance("stripe_clearing").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_comparison_finds_it_where_nobody_told_us() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    stage.drop_webhooks().await;
    stage.refund_at_stripe(&order, None).await;
    stage.reconcile().await;
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    let books = stage.reconcile().await;
    assert_eq!(books["differences"], json!([]), "{books}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_door_is_waited_for_so_that_its_places_come_back() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 2).await;
    stage.door.silent(true);
    stage.refund_at_stripe(&order, None).await;
    let waits =
        "SELECT count(*) FROM refunds WHERE state = 'asked' AND problem = 'the door has not answered'";
    stage.until_count(waits, 1).await;
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 2);
    stage.door.silent(false);
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_stays_silent_is_not_waited_for_for_ever() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    stage.door.silent(true);
    stage.refund_at_stripe(&order, None).await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'asked'", 1).await;
    stage.sql("UPDATE refunds SET created_at = created_at - interval '6 minutes'").await;
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    assert_eq!(
        stage.count("SELECT sum(sold) FROM stock").await,
        1,
        "nobody knows whether its guest is inside"
    );
    stage.audit().await;
}

/// What our own refund could not do: Stripe says no, for good.
async fn refused(stage: &Stage, order: &Order, amount: i64) {
    let body =
        json!({"error": {"type": "invalid_request_error", "code": "charge_disputed", "message": "No."}});
    let action = json!({"kind": "status", "status": 400, "body": body, "saved": true});
    let fault: Value =
        json!({"provider": "stripe", "method": "POST", "path": "/v1/refunds", "count": 1, "action": action});
    stage.control("faults", fault).await;
    assert_eq!(stage.give_back(order, "no", json!({"amount_minor": amount})).await.0, 200);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'failed'", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_failed_and_was_made_there_by_hand_is_that_refund() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    refused(&stage, &order, 700).await;
    stage.refund_at_stripe(&order, Some(700)).await;
    stage.all_succeeded(1).await;
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 1);
    assert_eq!(stage.balance("stripe_clearing").await, 1400);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_was_left_waits_for_a_person() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    refused(&stage, &order, 700).await;
    stage.refund_at_stripe(&order, None).await;
    stage.until_count("SELECT count(*) FROM quarantine WHERE kind = 'refunded_at_stripe'", 1).await;
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 1);
}

/// Has the refund that failed made again, as staff do.
async fn again(stage: &Stage) {
    let (_, list) = stage.inside("magueyctl", "/internal/v1/refunds", None).await;
    let path = format!("/internal/v1/refunds/{}/retry", list[0]["id"].as_str().expect("an id"));
    let (status, answer) =
        stage.inside("magueyctl", &path, Some(json!({"reason": "the bank answers again"}))).await;
    assert_eq!(status, 200, "{answer}");
}

/// What Stripe gave back in all, by whomever.
async fn gone(stage: &Stage) -> i64 {
    stage.sandbox_state().await["money"]["eur"]["refunded"].as_i64().expect("an amount")
}

/// Nobody told us: the webhook is late, and the comparison has not come by. Yet nothing is paid twice.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_gave_back_meanwhile_is_not_sent_again() {
    let stage = Stage::quiet().await;
    let (order, _) = stage.bought(0, 1).await;
    stage.drop_webhooks().await;
    refused(&stage, &order, 700).await;
    stage.refund_at_stripe(&order, Some(700)).await;
    again(&stage).await;
    stage.all_succeeded(1).await;
    assert_eq!(gone(&stage).await, 700, "once");
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 1);
    assert_eq!(stage.balance("stripe_clearing").await, 1400);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_amount_by_hand_is_for_a_person_to_weigh() {
    let stage = Stage::quiet().await;
    let (order, _) = stage.bought(0, 1).await;
    stage.drop_webhooks().await;
    refused(&stage, &order, 700).await;
    stage.refund_at_stripe(&order, Some(500)).await;
    again(&stage).await;
    let stopped = "SELECT count(*) FROM refunds WHERE state = 'failed' AND amount_minor = 700
                     AND problem LIKE 'not sent: 5.00 EUR of this payment went back at Stripe by hand%'";
    stage.until_count(stopped, 1).await;
    stage.all_succeeded(1).await;
    assert_eq!(gone(&stage).await, 500, "and the books know it by now");
    // It was other money.
    again(&stage).await;
    stage.all_succeeded(2).await;
    assert_eq!(gone(&stage).await, 1200);
    assert_eq!(stage.balance("stripe_clearing").await, 900);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_of_more_than_was_left_is_booked_in_the_place_of_what_failed() {
    let stage = Stage::quiet().await;
    let (order, _) = stage.bought(0, 1).await;
    stage.drop_webhooks().await;
    refused(&stage, &order, 700).await;
    stage.refund_at_stripe(&order, None).await;
    again(&stage).await;
    let stopped =
        "SELECT count(*) FROM refunds WHERE state = 'failed' AND problem LIKE 'not sent: 0.00 EUR are left%'";
    stage.until_count(stopped, 1).await;
    let waits = "SELECT count(*) FROM quarantine WHERE kind = 'refunded_at_stripe' AND resolved_at IS NULL
                   AND note LIKE '%21.00 EUR went back at Stripe by hand, and the books have 14.00 EUR left beside 7.00 EUR%'";
    stage.until_count(waits, 1).await;
    assert_eq!(gone(&stage).await, 2100, "nothing beside it");

    let (_, list) = stage.inside("magueyctl", "/internal/v1/quarantine", None).await;
    let path = format!("/internal/v1/quarantine/{}/settle", list[0]["id"].as_str().expect("an id"));
    let why = || Some(json!({"reason": "it was the same money"}));
    assert_eq!(stage.inside("scanner", &path, why()).await.0, 403);
    assert_eq!(stage.inside("magueyctl", &path, Some(json!({"reason": ""}))).await.0, 422);
    let (status, answer) = stage.inside("magueyctl", &path, why()).await;
    assert_eq!((status, answer["stands_for"].as_array().map(Vec::len)), (200, Some(1)), "{answer}");
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    assert_eq!(
        stage.count("SELECT count(*) FROM refunds WHERE state = 'withdrawn' AND amount_minor = 700").await,
        1
    );
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'refunded'").await, 1);
    assert_eq!((stage.balance("stripe_clearing").await, stage.balance("refunds").await), (0, 2000));
    assert_eq!(stage.inside("magueyctl", "/internal/v1/quarantine", None).await.1, json!([]));
    assert_eq!(stage.inside("magueyctl", "/internal/v1/refunds", None).await.1, json!([]));
    assert_eq!(stage.inside("magueyctl", &path, why()).await.0, 404, "once is enough");
    let row = "SELECT count(*) FROM audit_log WHERE action = 'quarantine.settled' AND actor = 'magueyctl'
                 AND reason = 'it was the same money'";
    assert_eq!(stage.count(row).await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_refund_that_was_found_at_stripe_is_booked() {
    let stage = Stage::quiet().await;
    stage
        .sql(
            "INSERT INTO quarantine (id, kind, object_id, note, noted_at)
             VALUES (gen_random_uuid(), 'dispute', 'dp_1', 'a dispute', now())",
        )
        .await;
    let (_, list) = stage.inside("magueyctl", "/internal/v1/quarantine", None).await;
    let path = format!("/internal/v1/quarantine/{}/settle", list[0]["id"].as_str().expect("an id"));
    let (status, answer) = stage.inside("magueyctl", &path, Some(json!({"reason": "books"}))).await;
    assert_eq!((status, &answer["code"]), (409, &json!("invalid_state")), "{answer}");
    assert_eq!(stage.count("SELECT count(*) FROM quarantine WHERE resolved_at IS NULL").await, 1);
}
