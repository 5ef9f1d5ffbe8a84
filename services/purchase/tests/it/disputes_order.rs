//! News of a dispute in any order, doubled, late, stale, or not at all: what holds is what the object says.

use diesel_async::SimpleAsyncConnection;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::payments::{CARD, tell};
use crate::stage::Stage;

const KINDS: [&str; 4] = ["created", "funds_withdrawn", "updated", "closed"];

/// Every order of four things.
fn orders() -> Vec<[usize; 4]> {
    let all = (0..256_usize).map(|n| [n % 4, n / 4 % 4, n / 16 % 4, n / 64 % 4]);
    all.filter(|order| (0..4).all(|each| order.contains(&each))).collect()
}

/// Posts an event about a dispute and waits until it was worked off.
async fn told(stage: &Stage, event: &str, kind: &str, dispute: &str) {
    let object = json!({"id": dispute, "object": "dispute"});
    tell(stage, event, &format!("charge.dispute.{kind}"), object).await;
    let done = format!("SELECT count(*) FROM webhook_events WHERE id = '{event}' AND state = 'done'");
    stage.until_count(&done, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_whatever_order_its_events_come_a_dispute_ends_as_the_object_says() {
    let stage = Stage::open().await;
    let bought = join_all(orders().iter().map(|_| stage.bought(0, 1))).await;
    stage.drop_webhooks().await;
    let mut disputes = Vec::new();
    for (order, _) in &bought {
        disputes.push(stage.dispute(order, json!({})).await);
    }
    let end = ["won", "lost"];
    // Each order of events is a dispute of its own, so they can all be told of side by side.
    for step in 0..KINDS.len() {
        let all = disputes.iter().zip(orders()).enumerate().map(|(index, (id, sequence))| {
            let stage = &stage;
            async move {
                // What happened at Stripe goes on between the events, so that each says less than the object does.
                match step {
                    1 => drop(stage.dispute_goes(id, "under_review").await),
                    2 => drop(stage.dispute_goes(id, end[index % 2]).await),
                    _ => {}
                }
                told(stage, &format!("evt_{index}_{step}"), KINDS[sequence[step]], id).await;
            }
        });
        join_all(all).await;
    }
    for (index, id) in disputes.iter().enumerate() {
        stage.until_disputed(id, end[index % 2]).await;
    }
    let half = i64::try_from(disputes.len() / 2).expect("few");
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'disputed'").await, half);
    assert_eq!(stage.dispute_books().await.0, half * 2100);
    assert_eq!(stage.count("SELECT count(*) FROM disputes").await, half * 2);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_news_ten_times_at_once_acts_once() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    stage.drop_webhooks().await;
    let id = stage.dispute(&order, json!({})).await;
    let object = json!({"id": id, "object": "dispute"});
    let ten = (0..10).map(|n| {
        // Half of them are the same event, half are twins of it.
        let (stage, object) = (&stage, object.clone());
        async move { tell(stage, &format!("evt_{}", n / 2), "charge.dispute.created", object).await }
    });
    join_all(ten).await;
    stage.until_count("SELECT count(*) FROM webhook_events WHERE length(id) = 5 AND state = 'done'", 5).await;
    assert_eq!(stage.count("SELECT count(*) FROM disputes WHERE revision = 1").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM ledger_transactions WHERE source = 'dispute'").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.disputed'").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE revision = 2").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_answer_of_stripes_takes_nothing_back() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    stage.drop_webhooks().await;
    let id = stage.dispute(&order, json!({})).await;
    told(&stage, "evt_open", "created", &id).await;
    let url = format!("{}/v1/disputes/{id}", stage.sandbox.url);
    let asked = stage.http.get(url).bearer_auth(&stage.keys.stripe).send().await.expect("the sandbox");
    let old: Value = asked.json().await.expect("JSON");
    stage.dispute_goes(&id, "won").await;
    told(&stage, "evt_won", "closed", &id).await;
    let valid = "SELECT count(*) FROM tickets WHERE state = 'valid'";
    assert_eq!(stage.count(valid).await, 1);

    let stale = json!({"provider": "stripe", "method": "GET", "path": "/v1/disputes/*", "count": 2,
                       "action": {"kind": "status", "status": 200, "body": old}});
    stage.control("faults", stale).await;
    told(&stage, "evt_late", "updated", &id).await;
    stage.until_disputed(&id, "won").await;
    assert_eq!((stage.count(valid).await, stage.dispute_books().await), (1, (0, 0, 2100)));

    // The control run: without what is held the same answer would freeze the ticket again.
    stage.sql("UPDATE disputes SET status = 'needs_response', movements = 0, closed_at = NULL").await;
    told(&stage, "evt_later", "updated", &id).await;
    assert_eq!(stage.count(valid).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_news_the_comparison_finds_it_and_the_books_end_equal() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 2).await;
    stage.drop_webhooks().await;
    let id = stage.dispute(&order, json!({})).await;
    stage.reconcile().await;
    stage.until_disputed(&id, "needs_response").await;
    stage.dispute_goes(&id, "won").await;
    // Too old for Stripe's list: it is open here, so it is asked about all the same.
    let empty = json!({"object": "list", "url": "/v1/disputes", "has_more": false, "data": []});
    let list = json!({"provider": "stripe", "method": "GET", "path": "/v1/disputes", "count": 1,
                      "action": {"kind": "status", "status": 200, "body": empty}});
    stage.control("faults", list).await;
    stage.reconcile().await;
    stage.until_disputed(&id, "won").await;
    let books = stage.reconcile().await;
    assert_eq!(books["differences"], json!([]), "{books}");
    let night = &books["nights"][0];
    assert_eq!((&night["ledger_minor"], &night["stripe_minor"]), (&json!(4200), &json!(4200)), "{books}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_of_an_old_dispute_is_compared_though_its_webhook_was_faster() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    stage.reconcile().await;
    stage.dispute_goes(&id, "won").await;
    stage.until_disputed(&id, "won").await;
    stage.until_count("SELECT count(*) FROM disputes WHERE movements = 2", 1).await;
    // Banks take longer than Stripe's list goes back.
    let empty = json!({"object": "list", "url": "/v1/disputes", "has_more": false, "data": []});
    let list = json!({"provider": "stripe", "method": "GET", "path": "/v1/disputes", "count": 1,
                      "action": {"kind": "status", "status": 200, "body": empty}});
    stage.control("faults", list).await;
    let books = stage.reconcile().await;
    assert_eq!(books["differences"], json!([]), "{books}");
    let night = &books["nights"][0];
    assert_eq!((&night["ledger_minor"], &night["stripe_minor"]), (&json!(2100), &json!(2100)), "{books}");
}

#[tokio::test(flavor = "multi_thread")]
async fn disputes_that_cannot_be_read_keep_no_payment_from_its_order() {
    let stage = Stage::open().await;
    stage.first_look_is_over().await;
    stage.drop_webhooks().await;
    let lost = stage.order(0, 1).await;
    stage.pay(&lost, CARD).await;
    stage.sql("UPDATE orders SET next_check_at = now() + interval '1 day'").await;
    let away = json!({"provider": "stripe", "method": "GET", "path": "/v1/disputes", "count": 0,
                      "action": {"kind": "status", "status": 500}});
    stage.control("faults", away).await;
    let books = stage.reconcile().await;
    assert!(books["look"]["problem"].is_string(), "{books}");
    assert_eq!(books["look"]["adopted"], 1, "{books}");
    stage.until(&lost, "paid").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_bank_has_the_money_the_books_say_what_stripe_says() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    let books = stage.reconcile().await;
    let night = &books["nights"][0];
    assert_eq!((&night["ledger_minor"], &night["stripe_minor"]), (&json!(-1500), &json!(-1500)), "{books}");
    assert_eq!((&books["differences"], &books["foreign"]), (&json!([]), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_that_comes_before_its_payment_waits_for_it() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let order = stage.order(0, 1).await;
    stage.pay(&order, CARD).await;
    stage.sql("UPDATE orders SET next_check_at = now() + interval '1 day'").await;
    let id = stage.dispute(&order, json!({})).await;
    tell(&stage, "evt_early", "charge.dispute.created", json!({"id": id, "object": "dispute"})).await;
    let waits = "SELECT count(*) FROM webhook_events WHERE id = 'evt_early' AND state = 'waiting' AND outcome IS NOT NULL";
    stage.until_count(waits, 1).await;
    // One of somebody else's is not waited for.
    tell(&stage, "evt_other", "charge.dispute.created", json!({"id": "dp_none", "object": "dispute"})).await;
    stage
        .until_count("SELECT count(*) FROM webhook_events WHERE id = 'evt_other' AND state = 'ignored'", 1)
        .await;
    stage.reconcile().await;
    stage.until_disputed(&id, "needs_response").await;
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'disputed'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_staff_take_back_as_a_dispute_comes_stays_taken_back() {
    let stage = Stage::open().await;
    let (order, bought) = stage.bought(0, 1).await;
    let path = format!("/internal/v1/tickets/{}/void", bought["tickets"][0]["id"].as_str().expect("an id"));
    let mut holder = stage.admin.conn().await.expect("a connection");
    holder.batch_execute("BEGIN; SELECT FROM purchase.tickets FOR UPDATE").await.expect("the ticket");
    let void = async {
        let reason = Some(json!({"reason": "stolen"}));
        assert_eq!(stage.inside("marketing-admin", &path, reason).await.0, 200);
    };
    let dispute = async {
        stage.until_waiting(1, "").await;
        stage.dispute(&order, json!({})).await
    };
    let let_go = async {
        stage.until_waiting(2, "").await;
        holder.batch_execute("COMMIT").await.expect("let go");
    };
    let ((), id, ()) = tokio::join!(void, dispute, let_go);
    stage.until_disputed(&id, "needs_response").await;
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'cancelled'").await, 1);
    stage.dispute_goes(&id, "won").await;
    stage.until_disputed(&id, "won").await;
    assert_eq!(
        stage.count("SELECT count(*) FROM tickets WHERE state = 'valid'").await,
        0,
        "it is no good again"
    );
}

/// The control run: who takes a ticket back without its order is not seen by the dispute.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_orders_row_a_dispute_brings_a_ticket_back() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let mut naive = stage.admin.conn().await.expect("a connection");
    let void = "BEGIN; UPDATE purchase.tickets SET state = 'cancelled', revision = revision + 1";
    naive.batch_execute(void).await.expect("the ticket");
    let id = stage.dispute(&order, json!({})).await;
    // Two events tell of a dispute: it is the one that has read the ticket that is waited for.
    stage.until_waiting(1, "query LIKE 'UPDATE \"tickets\"%'").await;
    naive.batch_execute("COMMIT").await.expect("let go");
    stage.until_disputed(&id, "needs_response").await;
    assert_eq!(
        stage.count("SELECT count(*) FROM tickets WHERE state = 'disputed'").await,
        1,
        "the race is no test: the ticket stayed taken back"
    );
}
