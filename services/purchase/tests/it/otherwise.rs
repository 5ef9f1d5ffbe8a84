//! A refund that Stripe could not make for good, and that the club paid to the guest another way.

use domain::ids::StaffId;
use serde_json::{Value, json};

use crate::payments::{REFUND_BOUNCES, paid_too_late};
use crate::stage::{Order, Stage};

impl Stage {
    /// A refund that Stripe will never make; its key.
    pub async fn given_up(&self, order: &Order, key: &str, amount: i64) -> String {
        let body =
            json!({"error": {"type": "invalid_request_error", "code": "charge_disputed", "message": "No."}});
        let action = json!({"kind": "status", "status": 400, "body": body, "saved": true});
        let fault = json!({"provider": "stripe", "method": "POST", "path": "/v1/refunds", "count": 1, "action": action});
        self.control("faults", fault).await;
        let (status, answer) = self.give_back(order, key, json!({"amount_minor": amount})).await;
        assert_eq!(status, 200, "{answer}");
        let id = answer["id"].as_str().expect("an id").to_owned();
        let failed = format!("SELECT count(*) FROM refunds WHERE id = '{id}' AND state = 'failed'");
        self.until_count(&failed, 1).await;
        id
    }

    pub async fn settle(&self, refund: &str, how: &str) -> (u16, Value) {
        let path = format!("/internal/v1/refunds/{refund}/settle");
        let body = json!({"how": how, "reason": "the card's account is closed"});
        self.inside_for(Some(StaffId::generate()), "marketing-admin", &path, Some(body)).await
    }

    /// How often money of a refund left an account.
    async fn times_booked(&self, refund: &str) -> i64 {
        self.count(&format!(
            "SELECT count(*) FROM ledger_transactions WHERE source IN ('refund', 'refund_otherwise') AND source_id = '{refund}'"
        ))
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stripe_could_not_give_back_is_paid_another_way_and_no_book_differs() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 2).await;
    let refund = stage.given_up(&order, "some", 700).await;
    let path = format!("/internal/v1/refunds/{refund}/settle");
    let cash = |reason: &str| Some(json!({"how": "cash", "reason": reason}));
    assert_eq!(stage.inside("scanner", &path, cash("closed")).await.0, 403);
    assert_eq!(stage.inside("magueyctl", &path, cash(" ")).await.0, 422);
    let nothing = format!("/internal/v1/refunds/{}/settle", uuid::Uuid::nil());
    assert_eq!(stage.inside("magueyctl", &nothing, cash("closed")).await.0, 404);
    let (status, answer) = stage.settle(&refund, "cash").await;
    assert_eq!((status, &answer["state"]), (200, &json!("settled_otherwise")), "{answer}");

    // The till has less, Stripe what it had, and both sides agree without a word.
    assert_eq!((stage.balance("cash_at_venue").await, stage.balance("stripe_clearing").await), (-700, 4200));
    let books = stage.reconcile().await;
    let night = &books["nights"][0];
    assert_eq!(books["differences"], json!([]), "{books}");
    assert_eq!(
        (&night["ledger_minor"], &night["stripe_minor"], &night["otherwise_minor"]),
        (&json!(4200), &json!(4200), &json!(700))
    );
    // The guest is told, and reads it.
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.refunded'").await, 1);
    let page = stage.get(&format!("{}&lang=en", order.page)).await.text().await.expect("a page");
    assert!(page.contains("the club paid it to you itself"), "{page}");
    assert!(page.contains("Paid back to you in cash"), "{page}");
    assert_eq!(stage.order_now(&order).await["refunds"][0]["state"], "settled_otherwise");

    // Nothing waits for a person any more, and it is neither settled twice nor made again.
    assert_eq!(stage.inside("magueyctl", "/internal/v1/refunds", None).await.1, json!([]));
    assert_eq!(stage.settle(&refund, "bank_transfer").await.1["code"], "not_failed");
    let retry = format!("/internal/v1/refunds/{refund}/retry");
    let again = stage.inside("magueyctl", &retry, Some(json!({"reason": "once more"}))).await;
    assert_eq!((again.0, &again.1["code"]), (409, &json!("not_failed")));
    assert_eq!(stage.give_back(&order, "too much", json!({"amount_minor": 3501})).await.0, 409);
    let row = format!(
        "SELECT count(*) FROM audit_log WHERE action = 'refund.settled_otherwise' AND target = '{refund}'
           AND actor = 'marketing-admin' AND staff_id IS NOT NULL AND reason = 'the card''s account is closed'
           AND detail ->> 'how' = 'cash' AND detail ->> 'amount_minor' = '700'"
    );
    assert_eq!(stage.count(&row).await, 1, "who, what, how and why");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_sent_back_is_owed_no_more_once_it_is_paid_by_transfer() {
    let stage = Stage::open().await;
    paid_too_late(&stage, REFUND_BOUNCES).await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'failed'", 1).await;
    let (_, list) = stage.inside("magueyctl", "/internal/v1/refunds", None).await;
    let refund = list[0]["id"].as_str().expect("an id");
    assert_eq!(stage.settle(refund, "bank_transfer").await.0, 200);
    assert_eq!((stage.balance("owed_to_guests").await, stage.balance("bank_transfer").await), (0, -4200));
    assert_eq!(
        stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.refunded'").await,
        2,
        "that it is on its way, and that it came otherwise"
    );
    assert_eq!(stage.reconcile().await["differences"], json!([]));
    stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'waiting'", 0).await;
    stage.audit().await;

    // Stripe says after all that it has arrived: a person hears of it, and the books do not follow.
    let url = format!("{}/v1/refunds", stage.sandbox.url);
    let asked = stage.http.get(url).bearer_auth(&stage.keys.stripe).send().await.expect("the sandbox");
    let made: Value = asked.json().await.expect("JSON");
    let mut object = made["data"][0].clone();
    object["status"] = json!("succeeded");
    let fault = json!({"provider": "stripe", "method": "GET", "path": "/v1/refunds/*", "count": 0,
                       "action": {"kind": "status", "status": 200, "body": object}});
    stage.control("faults", fault).await;
    stage.tell("evt_after_all", "refund.updated", object).await;
    stage.until_count("SELECT count(*) FROM quarantine WHERE kind = 'refunded_at_stripe'", 1).await;
    assert_eq!(stage.balance("stripe_clearing").await, 4200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_settling_otherwise_and_a_late_refund_at_stripe_one_counts_and_the_other_is_told() {
    let stage = Stage::open().await;
    for round in 0..6 {
        let (order, _) = stage.bought(0, 1).await;
        let refund = stage.given_up(&order, &format!("round {round}"), 700).await;
        // A person settles it in the moment in which another gives it back in Stripe's dashboard, or just after.
        let settled = if round % 2 == 0 {
            tokio::join!(stage.settle(&refund, "cash"), stage.refund_at_stripe(&order, Some(700))).0
        } else {
            stage.refund_at_stripe(&order, Some(700)).await;
            stage.settle(&refund, "cash").await
        };
        let ended = format!(
            "SELECT count(*) FROM refunds r WHERE id = '{refund}' AND (state = 'succeeded' OR state = 'settled_otherwise'
               AND EXISTS (SELECT FROM quarantine q WHERE q.order_id = r.order_id AND q.kind = 'refunded_at_stripe'))"
        );
        stage.until_count(&ended, 1).await;
        assert_eq!(stage.times_booked(&refund).await, 1, "round {round}");
        let otherwise =
            format!("SELECT count(*) FROM refunds WHERE id = '{refund}' AND state = 'settled_otherwise'");
        let status = if stage.count(&otherwise).await == 1 { 200 } else { 409 };
        assert_eq!(settled.0, status, "who lost was told so: {}", settled.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stripe_gives_back_after_it_was_settled_is_a_difference_for_a_person() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let refund = stage.given_up(&order, "some", 700).await;
    assert_eq!(stage.settle(&refund, "cash").await.0, 200);
    stage.refund_at_stripe(&order, Some(700)).await;
    stage.until_count("SELECT count(*) FROM quarantine WHERE kind = 'refunded_at_stripe'", 1).await;
    assert_eq!(stage.times_booked(&refund).await, 1);
    let why = async || stage.reconcile().await["differences"][0]["why"].clone();
    assert_eq!(why().await, "quarantined");
    stage.sql("UPDATE quarantine SET resolved_at = now()").await;
    assert_eq!(why().await, "settled_otherwise");

    // The control run: without the state that both sides look at, the same news books it once more.
    stage.sql("UPDATE refunds SET state = 'failed', settled_how = NULL").await;
    stage.reconcile().await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    assert_eq!(stage.times_booked(&refund).await, 2, "paid twice, and both times booked");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_holds_is_not_paid_a_second_time() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let refund = stage.given_up(&order, "some", 700).await;
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    let (status, answer) = stage.settle(&refund, "cash").await;
    assert_eq!((status, &answer["code"]), (409, &json!("invalid_state")), "{answer}");
    assert_eq!(stage.balance("cash_at_venue").await, 0);
}
