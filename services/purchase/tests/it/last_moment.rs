//! A guest pays in the moment in which the hold ends. Stripe's word decides: who has paid there has tickets, for everybody else
//! the places are free, and no place is lost or there twice. And the proof that it can fail: a shop that lets holds go when
//! their time is over, without a question.

use futures::StreamExt;
use serde_json::json;

use crate::stage::{Order, Stage};

const CARD: &str = "4242424242424242";
const RACES: usize = 100;

async fn orders(stage: &Stage, many: usize) -> Vec<Order> {
    let placed = futures::stream::iter(0..many).map(|_| stage.order(0, 1)).buffered(10);
    placed.collect().await
}

/// Everybody pays, a few at a time; says who did in time.
async fn all_pay(stage: &Stage, orders: &[Order]) -> Vec<bool> {
    let paying = futures::stream::iter(orders).map(|order| stage.paid_in_time(order, CARD)).buffered(4);
    paying.collect().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_who_pay_as_their_hold_ends_have_tickets_or_are_not_charged() {
    let stage = Stage::open().await;
    let orders = orders(&stage, RACES).await;
    // The sweep hears that a session is open some time after it was: there a payment comes in between.
    let late = json!({"provider": "stripe", "method": "GET", "path": "/v1/checkout/sessions/*", "count": 0,
        "action": {"kind": "slow_answer", "ms": 25}});
    stage.control("faults", late).await;
    let ((), paid) = tokio::join!(stage.end_holds(), all_pay(&stage, &orders));
    stage.until_count("SELECT count(*) FROM orders WHERE state = 'pending'", 0).await;
    for (order, paid) in orders.iter().zip(&paid) {
        let now = stage.order_now(order).await;
        let (state, tickets) = if *paid { ("paid", 1) } else { ("expired", 0) };
        assert_eq!(now["state"], state, "{now}");
        assert_eq!(now["tickets"].as_array().map_or(0, Vec::len), tickets, "{now}");
    }
    let paid = paid.into_iter().filter(|paid| *paid).count() as i64;
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 0);
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, paid);
    assert_eq!(stage.count("SELECT count(*) FROM payments WHERE purpose = 'order'").await, paid);
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0, "nobody is charged and told to wait");
    stage.audit().await;
    stage.all_is_well().await;
}

/// The control run: the same guests at a shop whose holds end with the clock. Nobody asks Stripe, and nothing else of ours is
/// awake to mend it.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_question_people_are_charged_for_nothing() {
    let stage = Stage::quiet().await;
    stage.drop_webhooks().await;
    let orders = orders(&stage, 12).await;
    let naive = "UPDATE orders SET state = 'expired', expired_at = now() WHERE state = 'pending';
                 UPDATE attempts SET state = 'dead', settled_at = now();
                 UPDATE stock SET held = 0";
    let ((), paid) = tokio::join!(stage.sql(naive), all_pay(&stage, &orders));
    assert!(paid.contains(&true), "the race is no test: nobody was charged for a place that is gone");
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 0);
    assert!(!stage.wrongs().await.is_empty(), "and the checks see it");
}
