//! The books against Stripe's own lists: whatever was lost, doubled, reordered or delayed, no difference is left.

use serde_json::{Value, json};

use crate::stage::{Order, Stage};

const CARD: &str = "4242424242424242";

impl Stage {
    pub async fn books(&self) -> Value {
        self.inside("marketing-admin", "/internal/v1/reconciliation", None).await.1
    }

    /// Has Stripe's lists read, and waits for a look that began after this call.
    pub async fn reconcile(&self) -> Value {
        let looks = "SELECT count(*) FROM reconciliations WHERE finished_at IS NOT NULL";
        let before = self.count(looks).await;
        let (status, _) =
            self.inside("marketing-admin", "/internal/v1/reconciliation", Some(json!({}))).await;
        assert_eq!(status, 202);
        for _ in 0..300 {
            if self.count(looks).await > before {
                return self.books().await;
            }
            crate::stage::pause().await;
        }
        panic!("nobody looked");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ledger_is_stripe_to_the_cent() {
    let stage = Stage::open().await;
    let one = stage.order(0, 2).await;
    stage.pay(&one, CARD).await;
    stage.until(&one, "paid").await;
    let two = stage.order(0, 1).await;
    stage.pay(&two, CARD).await;
    stage.until(&two, "paid").await;
    let some = json!({"key": "some", "reason": "a stain", "amount_minor": 300});
    let refunds = format!("/internal/v1/orders/{}/refunds", one.reference);
    assert_eq!(stage.inside("marketing-admin", &refunds, Some(some)).await.0, 200);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    let books = stage.reconcile().await;
    let night = &books["nights"][0];
    assert_eq!((&night["ledger_minor"], &night["stripe_minor"]), (&json!(6000), &json!(6000)), "{books}");
    assert_eq!((&books["differences"], &books["foreign"]), (&json!([]), &json!([])));
    assert_eq!(books["look"]["problem"], Value::Null);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stripe_lost_doubled_delayed_and_what_we_forgot_is_found() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    // Never told of: the sweep is not due for hours.
    let lost = stage.order(0, 1).await;
    stage.pay(&lost, CARD).await;
    // Forgotten: as after a restored backup, the attempt is not known, and the order had expired.
    let forgotten = stage.order(0, 2).await;
    stage.pay(&forgotten, CARD).await;
    stage
        .sql(&format!(
            "UPDATE attempts SET state = 'dead', settled_at = now() WHERE order_id = (SELECT id FROM orders WHERE reference = '{0}');
             UPDATE stock SET held = held - 2 WHERE id IN (SELECT unnest(stock_ids) FROM order_lines l JOIN orders o ON o.id = l.order_id
               WHERE o.reference = '{0}' AND l.kind = 'ticket');
             UPDATE orders SET state = 'expired', expired_at = now() WHERE reference = '{0}'",
            forgotten.reference
        ))
        .await;
    stage.sql("UPDATE orders SET next_check_at = now() + interval '1 day'").await;
    let books = stage.reconcile().await;
    assert_eq!(books["look"]["adopted"], 2, "{books}");
    stage.until(&lost, "paid").await;
    stage.until(&forgotten, "paid").await;
    // What was adopted is booked after Stripe's lists were read: the next look sees both sides.
    let books = stage.reconcile().await;
    assert_eq!(books["differences"], json!([]), "{books}");
    assert_eq!(
        (&books["nights"][0]["ledger_minor"], &books["nights"][0]["stripe_minor"]),
        (&json!(6300), &json!(6300))
    );
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_is_shown_with_what_is_known_of_it() {
    let stage = Stage::open().await;
    let order = stage.order(0, 1).await;
    stage.pay(&order, CARD).await;
    stage.until(&order, "paid").await;
    stage.reconcile().await;
    // Stripe's side of it is taken away behind our back.
    stage.sql("UPDATE stripe_movements SET amount_minor = 0").await;
    let books = stage.books().await;
    let difference = &books["differences"][0];
    assert_eq!(difference["reference"], order.reference.as_str());
    assert_eq!((&difference["ledger_minor"], &difference["stripe_minor"]), (&json!(2100), &json!(0)));
    assert_eq!(difference["why"], "not_at_stripe");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stripe_that_does_not_answer_is_said_and_asked_again() {
    let stage = Stage::open().await;
    let away = json!({"provider": "stripe", "path": "/v1/payment_intents", "count": 1, "action": {"kind": "status", "status": 500}});
    stage.control("faults", away).await;
    let books = stage.reconcile().await;
    assert!(books["look"]["problem"].is_string(), "{books}");
    let _: Order = stage.order(0, 1).await;
    assert_eq!(stage.reconcile().await["look"]["problem"], Value::Null);
}
