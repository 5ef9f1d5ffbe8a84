//! Staff give money back: the whole order, a ticket, an amount; and what the door has to say about it.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use crate::stage::{Order, Stage};

const CARD: &str = "4242424242424242";

/// A paid order of so many Regular tickets (20.00 each, fee 0.50 + 2.5 %).
async fn paid(stage: &Stage, tickets: u32) -> (Order, Value) {
    let order = stage.order(0, tickets).await;
    stage.pay(&order, CARD).await;
    let now = stage.until(&order, "paid").await;
    (order, now)
}

fn ticket(order: &Value, index: usize) -> String {
    order["tickets"][index]["id"].as_str().expect("a ticket").to_owned()
}

impl Stage {
    pub async fn give_back(&self, order: &Order, key: &str, more: Value) -> (u16, Value) {
        let mut body = json!({"key": key, "reason": "the guest is ill"});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let path = format!("/internal/v1/orders/{}/refunds", order.reference);
        self.inside("marketing-admin", &path, Some(body)).await
    }

    pub async fn all_succeeded(&self, refunds: i64) {
        self.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", refunds).await;
    }

    pub async fn balance(&self, account: &str) -> i64 {
        self.count(&format!(
            "SELECT coalesce(sum(amount_minor), 0) FROM ledger_entries WHERE account = '{account}'"
        ))
        .await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_order_goes_back_and_its_places_are_free() {
    let stage = Stage::open().await;
    let (order, _) = paid(&stage, 2).await;
    let (status, answer) = stage.give_back(&order, "all", json!({})).await;
    assert_eq!(
        (status, &answer["amount_minor"], &answer["inside"]),
        (200, &json!(4200), &json!([])),
        "{answer}"
    );
    let now = stage.until(&order, "refunded").await;
    assert!(
        now["tickets"]
            .as_array()
            .expect("tickets")
            .iter()
            .all(|t| t["state"] == "refunded" && t["code"].is_null())
    );
    stage.all_succeeded(1).await;
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 0);
    assert_eq!((stage.balance("stripe_clearing").await, stage.balance("service_fees").await), (0, 0));
    assert_eq!(stage.balance("ticket_revenue").await + stage.balance("refunds").await, 0);

    // The same key is the same refund; another finds nothing left.
    let (status, again) = stage.give_back(&order, "all", json!({})).await;
    assert_eq!((status, &again["id"], &again["state"]), (200, &answer["id"], &json!("succeeded")));
    assert_eq!(stage.give_back(&order, "more", json!({})).await.1["code"], "invalid_state");
    let told = "SELECT count(*) FROM outbox WHERE subject = 'ticket.changed' AND revision = 2";
    assert_eq!(stage.count(told).await, 2, "the door hears of each ticket");
    let row = "SELECT count(*) FROM audit_log WHERE action = 'refund.asked' AND reason = 'the guest is ill'
                 AND detail ->> 'amount_minor' = '4200'";
    assert_eq!(stage.count(row).await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_go_back_one_by_one_with_the_fee_or_without() {
    let stage = Stage::open().await;
    let (order, bought) = paid(&stage, 3).await;
    let one = json!({"tickets": [ticket(&bought, 0)], "keep_fees": true});
    assert_eq!(
        stage.give_back(&order, "one", one.clone()).await.1["amount_minor"],
        2000,
        "the club keeps 1.00"
    );
    let (status, twice) = stage.give_back(&order, "one more", one).await;
    assert_eq!((status, &twice["code"]), (409, &json!("invalid_state")), "a ticket goes back once");
    let two = json!({"tickets": [ticket(&bought, 1)], "keep_fees": false});
    assert_eq!(stage.give_back(&order, "two", two).await.1["amount_minor"], 2100);
    stage.all_succeeded(2).await;
    let now = stage.order_now(&order).await;
    assert_eq!(now["state"], "paid", "one ticket is good");
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 1);
    assert_eq!(stage.balance("service_fees").await, -200);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert_eq!(page.matches("class=\"qr\"").count(), 1);

    stage.give_back(&order, "rest", json!({"keep_fees": true})).await;
    stage.until(&order, "refunded").await;
    let record = format!("/internal/v1/orders/{}", order.reference);
    let record = stage.inside("marketing-admin", &record, None).await.1;
    assert_eq!(
        (&record["left_minor"], &record["fee_left_minor"]),
        (&json!(200), &json!(200)),
        "the fee: {record}"
    );
    // What the club kept can still go.
    let (_, fees) = stage.give_back(&order, "fees", json!({"amount_minor": 200})).await;
    assert_eq!(fees["amount_minor"], 200, "{fees}");
    stage.all_succeeded(4).await;
    assert_eq!(stage.balance("stripe_clearing").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_out_of_goodwill_leaves_the_tickets_good() {
    let stage = Stage::open().await;
    let (order, _) = paid(&stage, 2).await;
    for (amount, status, code) in
        [(0, 422, "invalid_amount"), (-1, 422, "invalid_amount"), (4201, 409, "refund_exceeds_captured")]
    {
        let (got, answer) = stage.give_back(&order, "bad", json!({"amount_minor": amount})).await;
        assert_eq!((got, &answer["code"]), (status, &json!(code)), "{amount}");
    }
    assert_eq!(stage.give_back(&order, "some", json!({"amount_minor": 1500})).await.0, 200);
    assert_eq!(stage.door.asked(), 0, "the door has no say in it");
    assert_eq!(stage.order_now(&order).await["state"], "paid");
    // The rest: no more than is left.
    assert_eq!(stage.give_back(&order, "all", json!({})).await.1["amount_minor"], 2700);
    stage.until(&order, "refunded").await;
    stage.all_succeeded(2).await;
    assert_eq!(stage.balance("stripe_clearing").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_inside_is_asked_about_first() {
    let stage = Stage::open().await;
    let (order, bought) = paid(&stage, 2).await;
    stage.door.inside(&ticket(&bought, 0));
    let (status, asked) = stage.give_back(&order, "first", json!({})).await;
    assert_eq!((status, &asked["state"]), (200, &json!("withdrawn")), "{asked}");
    assert_eq!(asked["inside"][0]["gate"], "Main door");
    let now = stage.order_now(&order).await;
    assert_eq!(
        (&now["state"], &now["tickets"][1]["state"]),
        (&json!("paid"), &json!("valid")),
        "nothing was done"
    );
    stage.audit().await;

    let (_, anyway) = stage.give_back(&order, "second", json!({"anyway": true})).await;
    assert_eq!((&anyway["amount_minor"], anyway["inside"].as_array().map(Vec::len)), (&json!(4200), Some(1)));
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 1, "who is inside takes a place");
    let marked = "SELECT count(*) FROM refund_tickets t JOIN refunds r ON r.id = t.refund_id WHERE t.inside AND r.anyway";
    assert_eq!(stage.count(marked).await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_door_is_waited_for_and_the_refund_goes_on_by_itself() {
    let stage = Stage::open().await;
    let (order, _) = paid(&stage, 1).await;
    stage.door.silent(true);
    let (status, asked) = stage.give_back(&order, "wait", json!({})).await;
    assert_eq!((status, &asked["state"]), (200, &json!("asked")));
    assert_eq!(stage.order_now(&order).await["state"], "paid");
    stage.sql("UPDATE refunds SET next_try_at = now()").await;
    stage
        .until_count(
            "SELECT count(*) FROM refunds WHERE tries > 0 AND problem = 'the door has not answered'",
            1,
        )
        .await;
    stage.door.silent(false);
    stage.sql("UPDATE refunds SET next_try_at = now()").await;
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_silent_door_if_it_is_anyway() {
    let stage = Stage::open().await;
    let (order, _) = paid(&stage, 1).await;
    stage.door.silent(true);
    stage.give_back(&order, "now", json!({"anyway": true})).await;
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    assert_eq!(
        stage.count("SELECT sum(sold) FROM stock").await,
        1,
        "the guest may be inside: the place stays taken"
    );
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_waits_is_let_go_by_the_same_wish_and_nothing_else() {
    let stage = Stage::open().await;
    let (order, bought) = stage.bought(0, 2).await;
    stage.door.silent(true);
    let one = json!({"tickets": [ticket(&bought, 0)]});
    assert_eq!(stage.give_back(&order, "wait", one.clone()).await.1["state"], "asked");
    assert_eq!(stage.give_back(&order, "again", one).await.1["code"], "refund_waits");
    let other = json!({"tickets": [ticket(&bought, 1)], "anyway": true});
    assert_eq!(stage.give_back(&order, "other", other).await.1["code"], "refund_waits");
    let now = json!({"tickets": [ticket(&bought, 0)], "anyway": true});
    assert_eq!(stage.give_back(&order, "now", now).await.0, 200);
    stage.all_succeeded(1).await;
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 1);
    let states = stage.order_now(&order).await;
    assert_eq!((&states["state"], &states["tickets"][0]["state"]), (&json!("paid"), &json!("refunded")));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_give_the_same_back_at_once_give_it_once() {
    let stage = Stage::open().await;
    let (order, bought) = paid(&stage, 1).await;
    let wish = json!({"tickets": [ticket(&bought, 0)]});
    let both = futures::future::join_all((0..8).map(|n| {
        let (stage, order, wish) = (&stage, &order, wish.clone());
        async move { stage.give_back(order, &format!("key {n}"), wish).await.0 }
    }));
    let statuses = both.await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    stage.audit().await;

    // The control run: without the indexes and the CHECK the same row twice stands, and more goes back than was paid.
    let twice = "INSERT INTO refunds (id, payment_id, order_id, scope, amount_minor, currency, reason, state, next_try_at, created_at)
        SELECT gen_random_uuid(), payment_id, order_id, scope, amount_minor, currency, reason, 'pending', now() + interval '1 hour', now()
          FROM refunds";
    let spend = "UPDATE payments SET refunded_minor = refunded_minor + amount_minor";
    let mut conn = stage.purchase.conn().await.expect("a connection");
    let refused = diesel_async::SimpleAsyncConnection::batch_execute(&mut *conn, spend).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("payments_never_overrefunded")));
    stage.sql("ALTER TABLE payments DROP CONSTRAINT payments_never_overrefunded").await;
    stage.sql(&format!("{twice}; {spend}")).await;
    assert_eq!(stage.count("SELECT count(*) FROM payments WHERE refunded_minor > amount_minor").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_paid_and_what_is_another_s_does_not_go_back() {
    let stage = Stage::open().await;
    let pending = stage.order(0, 1).await;
    assert_eq!(stage.give_back(&pending, "early", json!({})).await.1["code"], "invalid_state");
    let (order, _) = paid(&stage, 1).await;
    let (other, bought) = paid(&stage, 1).await;
    let theirs = json!({"tickets": [ticket(&bought, 0)]});
    assert_eq!(stage.give_back(&order, "theirs", theirs).await.0, 404);
    assert_eq!(stage.give_back(&order, "same", json!({"amount_minor": 100})).await.0, 200);
    assert_eq!(
        stage.give_back(&other, "same", json!({"amount_minor": 100})).await.1["code"],
        "idempotency_key_reused"
    );
    assert_eq!(
        stage.give_back(&order, "", json!({"amount_minor": 100})).await.1["code"],
        "idempotency_key_invalid"
    );
    let nowhere = stage
        .inside("magueyctl", "/internal/v1/orders/ABCDEFGH/refunds", Some(json!({"key": "k", "reason": "x"})))
        .await;
    assert_eq!(nowhere.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_speaks_after_the_money_frees_the_places_of_who_did_not_come() {
    let stage = Stage::open().await;
    let (order, bought) = paid(&stage, 3).await;
    stage.door.silent(true);
    stage.door.inside(&ticket(&bought, 1));
    stage.give_back(&order, "now", json!({"anyway": true})).await;
    stage.all_succeeded(1).await;
    // Asked again, and silent still: nobody's place is given away.
    let asked = stage.door.asked();
    stage.sql("UPDATE refunds SET door_due_at = now() WHERE door_due_at IS NOT NULL").await;
    for _ in 0..300 {
        if stage.door.asked() > asked {
            break;
        }
        crate::stage::pause().await;
    }
    assert!(stage.door.asked() > asked, "it is asked again");
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 3);
    stage.audit().await;

    stage.door.silent(false);
    stage.sql("UPDATE refunds SET door_due_at = now() WHERE door_due_at IS NOT NULL").await;
    stage.until_count("SELECT count(*) FROM refunds WHERE door_due_at IS NULL", 1).await;
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 1, "who is inside takes a place");
    let marked =
        format!("SELECT count(*) FROM refund_tickets WHERE inside = (ticket_id = '{}')", ticket(&bought, 1));
    assert_eq!(stage.count(&marked).await, 3, "the door's word is kept");
    let asked = stage.door.asked();
    stage.rounds_pass().await;
    assert_eq!(stage.door.asked(), asked, "and it is left in peace");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_never_speaks_keeps_no_place_beyond_its_night() {
    let stage = Stage::open().await;
    let (order, _) = paid(&stage, 2).await;
    stage.door.silent(true);
    stage.give_back(&order, "now", json!({"anyway": true})).await;
    stage.all_succeeded(1).await;
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 2);
    stage
        .sql(
            "UPDATE events SET starts_at = now() - interval '9 hours', ends_at = now() - interval '1 hour';
             UPDATE refunds SET door_due_at = now()",
        )
        .await;
    stage.until_count("SELECT count(*) FROM refunds WHERE door_due_at IS NULL", 1).await;
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 0);
    stage.audit().await;
}

/// Everything that moves an order's money has its row first: a refund that ends, too, before it has its own and a credit's.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_ends_waits_for_its_order_before_it_has_anything_else() {
    let stage = Stage::open().await;
    let (order, _) = paid(&stage, 1).await;
    let body =
        json!({"error": {"type": "invalid_request_error", "code": "balance_insufficient", "message": "No."}});
    let action = json!({"kind": "status", "status": 400, "body": body});
    stage
        .control(
            "faults",
            json!({"provider": "stripe", "method": "POST", "path": "/v1/refunds", "count": 0, "action": action}),
        )
        .await;
    assert_eq!(stage.give_back(&order, "some", json!({"amount_minor": 300})).await.0, 200);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'pending' AND refusals > 0", 1).await;
    let mut other = stage.admin.conn().await.expect("a connection");
    other
        .batch_execute("BEGIN; SELECT FROM purchase.orders FOR NO KEY UPDATE")
        .await
        .expect("the order's row");
    stage.http.delete(format!("{}/control/faults", stage.sandbox.url)).send().await.expect("the sandbox");
    stage.sql("UPDATE refunds SET next_try_at = now()").await;
    stage.until_waiting(1, "usename = 'purchase'").await;
    let free = "SELECT count(*) FROM (SELECT FROM refunds FOR NO KEY UPDATE SKIP LOCKED) AS free";
    let free = stage.count(free).await;
    other.batch_execute("ROLLBACK").await.expect("it is let go");
    assert_eq!(free, 1, "who has the order can have its refund, too");
    stage.sql("UPDATE refunds SET next_try_at = now() WHERE state = 'pending'").await;
    stage.all_succeeded(1).await;
    stage.audit().await;
}
