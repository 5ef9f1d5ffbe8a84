//! Who has disputed a payment is known at the door and at the desk, and is refused nothing by it.

use domain::ids::StaffId;
use serde_json::{Value, json};

use crate::stage::{Order, Stage};

const MARKED: &str = "SELECT count(*) FROM tickets WHERE disputed_before";

impl Stage {
    /// An order of one ticket by somebody, paid.
    async fn bought_by(&self, key: &str, email: &str) -> Order {
        let mut wish = self.wish(0, 1);
        wish["buyer"]["email"] = json!(email);
        let (status, body) = self.checkout(&format!("marks-{key}"), &wish).await;
        assert_eq!(status, 201, "{body}");
        let order = Order::of(&body);
        self.pay(&order, "4242424242424242").await;
        self.until(&order, "paid").await;
        order
    }

    async fn recorded(&self, order: &Order) -> Value {
        self.inside("marketing-admin", &format!("/internal/v1/orders/{}", order.reference), None).await.1
    }

    async fn clear_mark(&self, order: &Order, reason: &str) -> (u16, Value) {
        let path = format!("/internal/v1/orders/{}/dispute-mark/clear", order.reference);
        let body = json!({ "reason": reason });
        self.inside_for(Some(StaffId::generate()), "marketing-admin", &path, Some(body)).await
    }

    /// How many valid tickets of an order the door was told of in these words.
    async fn until_marked(&self, order: &Order, many: i64) {
        let marked = format!(
            "{MARKED} AND order_id = (SELECT id FROM orders WHERE reference = '{}')",
            order.reference
        );
        self.until_count(&marked, many).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_marks_the_person_until_the_owner_takes_the_mark_off() {
    let stage = Stage::open().await;
    let (disputed, other) =
        (stage.bought_by("1", "ana@example.org").await, stage.bought_by("2", "ANA@example.org").await);
    let stranger = stage.bought_by("3", "bea@example.org").await;
    assert_eq!(stage.recorded(&other).await["disputed_before"], Value::Null);
    let id = stage.dispute(&disputed, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;

    // The tickets of the person's other order, whatever the letters of the address; nobody else's.
    stage.until_marked(&other, 1).await;
    let said = "SELECT count(*) FROM outbox WHERE subject = 'ticket.changed'
                   AND position('Payment disputed before: ask a supervisor / Pago reclamado antes'::bytea IN payload) > 0";
    assert_eq!(stage.count(said).await, 1, "the door is told in words");
    let now = stage.order_now(&other).await;
    assert!(now["tickets"][0]["code"].is_string(), "the ticket stays good: {now}");
    assert_eq!(stage.recorded(&other).await["disputed_before"]["reference"], disputed.reference);
    assert_eq!(stage.recorded(&stranger).await["disputed_before"], Value::Null);

    // What is bought later, online and at the venue.
    let later = stage.bought_by("4", "ana@example.org").await;
    stage.until_marked(&later, 1).await;
    let mut sale = stage.sale("cash_at_venue", 1);
    sale["email"] = json!("Ana@example.org");
    let (status, sold) = stage.sell("venue", &sale).await;
    assert_eq!((status, &sold["disputed_before"]), (200, &json!(true)), "{sold}");
    stage.until_count(MARKED, 3).await;
    assert_eq!(stage.count(&format!("{MARKED} AND state <> 'valid'")).await, 0);
    stage.until_marked(&stranger, 0).await;

    // The owner takes it off, and says why; this dispute's going on does not bring it back.
    assert_eq!(stage.clear_mark(&later, " ").await.0, 422);
    assert_eq!(stage.clear_mark(&stranger, "not theirs").await.0, 404);
    assert_eq!(stage.clear_mark(&later, "Talked to her: the card was stolen").await.0, 200);
    stage.until_count(MARKED, 0).await;
    assert_eq!(stage.clear_mark(&later, "again").await.0, 404);
    let noted = "SELECT count(*) FROM audit_log WHERE action = 'dispute_mark.cleared' AND reason LIKE 'Talked%' AND staff_id IS NOT NULL";
    assert_eq!(stage.count(noted).await, 1);
    stage.dispute_goes(&id, "under_review").await;
    stage.until_disputed(&id, "under_review").await;
    stage.dispute_goes(&id, "lost").await;
    stage.until_disputed(&id, "lost").await;
    assert_eq!(stage.count("SELECT count(*) FROM dispute_marks WHERE cleared_at IS NULL").await, 0);

    // Another dispute does.
    let second = stage.dispute(&other, json!({})).await;
    stage.until_disputed(&second, "needs_response").await;
    stage.until_marked(&later, 1).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inquiry_in_which_no_money_moved_marks_nobody() {
    let stage = Stage::open().await;
    let order = stage.bought_by("1", "ana@example.org").await;
    let id = stage.dispute(&order, json!({"inquiry": true})).await;
    stage.until_disputed(&id, "warning_needs_response").await;
    assert_eq!(stage.count("SELECT count(*) FROM dispute_marks").await, 0);
    assert_eq!(stage.recorded(&order).await["disputed_before"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_had_a_mark_is_forgotten_a_month_after_it_was_taken_off() {
    let stage = Stage::open().await;
    let mut orders = Vec::new();
    for who in ["ana", "bea", "cleo"] {
        let order = stage.bought_by(who, &format!("{who}@example.org")).await;
        let id = stage.dispute(&order, json!({})).await;
        stage.until_disputed(&id, "needs_response").await;
        orders.push(order);
    }
    stage.until_count("SELECT count(*) FROM dispute_marks", 3).await;
    for order in &orders[..2] {
        assert_eq!(stage.clear_mark(order, "Talked to them").await.0, 200);
    }
    stage.sql("UPDATE dispute_marks SET marked_at = now() - interval '3 months'").await;
    stage
        .sql("UPDATE dispute_marks SET cleared_at = now() - interval '31 days' WHERE email LIKE 'ana%'")
        .await;
    stage
        .sql("UPDATE dispute_marks SET cleared_at = now() - interval '29 days' WHERE email LIKE 'bea%'")
        .await;
    let other = stage.replica(&[], std::sync::Arc::new(domain::clock::SystemClock)).await;
    stage.until_count("SELECT count(*) FROM dispute_marks", 2).await;
    assert_eq!(stage.count("SELECT count(*) FROM dispute_marks WHERE email LIKE 'ana%'").await, 0);
    assert_eq!(stage.recorded(&orders[2]).await["disputed_before"]["reference"], orders[2].reference);
    drop(other);
}

/// A ticket of a marked person, frozen by a dispute of its own: the door hears that the mark is gone when the ticket is good again.
#[tokio::test(flavor = "multi_thread")]
async fn a_mark_is_kept_until_a_frozen_ticket_can_be_told_of() {
    let stage = Stage::open().await;
    let first = stage.bought_by("1", "ana@example.org").await;
    let frozen = stage.bought_by("2", "ana@example.org").await;
    let other = stage.bought_by("3", "bea@example.org").await;
    for order in [&first, &other] {
        let id = stage.dispute(order, json!({})).await;
        stage.until_disputed(&id, "needs_response").await;
    }
    stage.until_marked(&frozen, 1).await;
    let id = stage.dispute(&frozen, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    for order in [&frozen, &other] {
        assert_eq!(stage.clear_mark(order, "Talked to them").await.0, 200);
    }
    stage.sql("UPDATE dispute_marks SET cleared_at = now() - interval '31 days'").await;

    let replica = stage.replica(&[], std::sync::Arc::new(domain::clock::SystemClock)).await;
    stage.until_count("SELECT count(*) FROM dispute_marks WHERE email LIKE 'bea%'", 0).await;
    assert_eq!(stage.count("SELECT count(*) FROM dispute_marks WHERE email LIKE 'ana%'").await, 1);
    assert_eq!(stage.count(MARKED).await, 1, "a frozen ticket was told of");
    drop(replica);

    stage.dispute_goes(&id, "won").await;
    stage.until_disputed(&id, "won").await;
    stage.until_count(MARKED, 0).await;
    let now = stage.order_now(&frozen).await;
    assert!(now["tickets"][0]["code"].is_string(), "the ticket is good again: {now}");
    let replica = stage.replica(&[], std::sync::Arc::new(domain::clock::SystemClock)).await;
    stage.until_count("SELECT count(*) FROM dispute_marks", 0).await;
    drop(replica);
}
