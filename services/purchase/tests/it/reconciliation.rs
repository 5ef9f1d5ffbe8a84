//! The books against Stripe's own lists: whatever was lost, doubled, reordered or delayed, no difference is left.

use serde_json::{Value, json};

use crate::stage::{LOOKS, Order, Stage};

const CARD: &str = "4242424242424242";
const LOOKED: &str = "SELECT count(*) FROM reconciliations WHERE finished_at IS NOT NULL";

impl Stage {
    pub async fn books(&self) -> Value {
        self.inside("marketing-admin", "/internal/v1/reconciliation", None).await.1
    }

    /// A service that starts looks at once. What a test wants the next look to find, that one must not.
    pub async fn first_look_is_over(&self) {
        self.until_count(LOOKED, 1).await;
    }

    /// Has Stripe's lists read, and waits for a look that began after this call.
    pub async fn reconcile(&self) -> Value {
        // The first one of all may be under way still, or not even that.
        let begun = "SELECT (count(*) > 0 AND bool_and(finished_at IS NOT NULL))::int FROM reconciliations";
        self.until_count(begun, 1).await;
        let before = self.count(LOOKED).await;
        let (status, _) =
            self.inside("marketing-admin", "/internal/v1/reconciliation", Some(json!({}))).await;
        assert_eq!(status, 202);
        for _ in 0..LOOKS {
            if self.count(LOOKED).await > before {
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
    stage.first_look_is_over().await;
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
    stage.first_look_is_over().await;
    let away = json!({"provider": "stripe", "path": "/v1/payment_intents", "count": 1, "action": {"kind": "status", "status": 500}});
    stage.control("faults", away).await;
    let books = stage.reconcile().await;
    assert!(books["look"]["problem"].is_string(), "{books}");
    let _: Order = stage.order(0, 1).await;
    assert_eq!(stage.reconcile().await["look"]["problem"], Value::Null);
}

const FAR: &str = "SELECT count(*) FROM reconciliations WHERE since < now() - interval '29 days'";

impl Stage {
    /// As if nobody had looked before: the worker does at once.
    async fn never_looked(&self) {
        self.until_count("SELECT count(*) FROM reconciliations WHERE finished_at IS NULL", 0).await;
        self.sql("DELETE FROM reconciliations").await;
    }

    /// As if all looks had been so much earlier.
    async fn looked(&self, ago: &str) {
        self.sql(&format!(
            "UPDATE reconciliations SET started_at = started_at - interval '{ago}', finished_at = finished_at - interval '{ago}'"
        ))
        .await;
    }

    /// Rounds of the workers have passed.
    pub async fn rounds_pass(&self) {
        for _ in 0..3 {
            let order = self.order(0, 1).await;
            self.pay(&order, CARD).await;
            self.until(&order, "paid").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_are_paced_by_when_they_began_and_go_far_back_once_a_day() {
    let stage = Stage::open().await;
    stage.until_count(LOOKED, 1).await;
    assert_eq!(stage.count(FAR).await, 1, "the first looks far back");
    stage.rounds_pass().await;
    assert_eq!(stage.count(LOOKED).await, 1, "five minutes have not passed");
    stage.looked("6 minutes").await;
    stage.until_count(LOOKED, 2).await;
    assert_eq!(stage.count(FAR).await, 1, "that was today");
    stage.looked("25 hours").await;
    stage.until_count(LOOKED, 3).await;
    assert_eq!(stage.count(FAR).await, 2, "a day later it goes far back once more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_that_fails_is_not_repeated_at_once_and_a_far_one_not_within_the_hour() {
    let stage = Stage::open().await;
    let away = json!({"provider": "stripe", "path": "/v1/payment_intents", "count": 1, "action": {"kind": "status", "status": 500}});
    stage.until_count(LOOKED, 1).await;
    stage.control("faults", away).await;
    stage.never_looked().await;
    let failed = "SELECT count(*) FROM reconciliations WHERE problem IS NOT NULL";
    stage.until_count(failed, 1).await;
    stage.rounds_pass().await;
    assert_eq!(stage.count(LOOKED).await, 1, "it waits for its turn like any other");
    stage.looked("6 minutes").await;
    stage.until_count(LOOKED, 2).await;
    assert_eq!(stage.count(FAR).await, 1, "the hour after a far look that failed belongs to the near ones");
    stage.looked("61 minutes").await;
    stage.until_count(LOOKED, 3).await;
    assert_eq!((stage.count(FAR).await, stage.count(failed).await), (2, 1), "then it is made up for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_the_bank_sends_back_is_found_without_its_webhook() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let order = stage.order(0, 1).await;
    stage.pay(&order, crate::payments::REFUND_BOUNCES).await;
    // The guest comes back: nobody else tells us.
    stage.get(&format!("{}&session_id={}", order.page, order.session())).await;
    stage.until(&order, "paid").await;
    let all = json!({"key": "all", "reason": "ill"});
    let refunds = format!("/internal/v1/orders/{}/refunds", order.reference);
    assert_eq!(stage.inside("marketing-admin", &refunds, Some(all)).await.0, 200);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    let bounced = "SELECT count(*) FROM refunds WHERE state = 'failed' AND problem IS NOT NULL";
    for _ in 0..LOOKS {
        let books = stage.reconcile().await;
        if stage.count(bounced).await == 1 {
            assert_eq!(books["look"]["problem"], Value::Null);
            break;
        }
    }
    assert_eq!(stage.count(bounced).await, 1, "the list says that the bank sent it back");
    assert_eq!(
        stage.count("SELECT count(*) FROM ledger_transactions WHERE source = 'refund_bounced'").await,
        1
    );
    assert_eq!(stage.count("SELECT count(*) FROM webhook_events").await, 0, "no webhook told it");
    let books = stage.reconcile().await;
    assert_eq!(books["differences"], json!([]), "owed again in the books, and back at Stripe: {books}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_turns_when_it_is_too_old_for_stripes_lists_is_seen_in_the_next_look() {
    let stage = Stage::open().await;
    // As days later: Stripe lists neither the payments nor the refunds of this test any more.
    for list in ["payment_intents", "refunds"] {
        let empty = json!({"object": "list", "data": [], "has_more": false, "url": format!("/v1/{list}")});
        let fault = json!({"provider": "stripe", "method": "GET", "path": format!("/v1/{list}"), "count": 0,
                           "action": {"kind": "status", "status": 200, "body": empty}});
        stage.control("faults", fault).await;
    }
    let seen = |kind: &str| {
        format!("SELECT coalesce(sum(amount_minor), 0) FROM stripe_movements WHERE kind = '{kind}'")
    };

    // A payment of which Stripe's side was never seen, and a refund that a bank takes its time over.
    let late = stage.order(0, 1).await;
    stage.pay(&late, crate::payments::REFUND_LATER).await;
    stage.until(&late, "paid").await;
    assert_eq!(stage.reconcile().await["differences"], json!([]));
    assert_eq!(stage.give_back(&late, "late", json!({})).await.0, 200);
    stage.all_succeeded(1).await;
    let books = stage.reconcile().await;
    assert_eq!(books["differences"], json!([]), "{books}");
    assert_eq!((stage.count(&seen("payment")).await, stage.count(&seen("refund")).await), (2100, -2100));

    // One that a bank sends back after it had been seen to be gone.
    let bounced = stage.order(0, 1).await;
    stage.pay(&bounced, crate::payments::REFUND_BOUNCES).await;
    stage.until(&bounced, "paid").await;
    assert_eq!(stage.give_back(&bounced, "bounced", json!({})).await.0, 200);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'failed'", 1).await;
    let books = stage.reconcile().await;
    assert_eq!(books["differences"], json!([]), "{books}");
    stage
        .sql(
            "INSERT INTO stripe_movements (id, kind, payment_intent, order_id, amount_minor, currency, happened_at, seen_at)
             SELECT r.stripe_refund, 'refund', p.payment_intent, r.order_id, -2100, 'EUR', now(), now() - interval '3 days'
               FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE r.state = 'failed'
             ON CONFLICT (id) DO UPDATE SET amount_minor = excluded.amount_minor, seen_at = excluded.seen_at",
        )
        .await;
    assert_eq!(stage.books().await["differences"][0]["reference"], bounced.reference.as_str());
    let books = stage.reconcile().await;
    assert_eq!(books["differences"], json!([]), "it is asked about by itself: {books}");
    assert_eq!(stage.count(&seen("refund")).await, -2100, "the late one's alone");
    stage.audit().await;
}
