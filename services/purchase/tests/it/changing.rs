//! The club changes a night while guests are in the middle of buying: fewer places, another price, no night at all.

use std::sync::atomic::{AtomicBool, Ordering};

use diesel_async::SimpleAsyncConnection;
use futures::future::join_all;
use messages::marketing_admin::v1::{EventChanged, EventStatus};
use purchase::catalog::consume::{self, NotApplied};
use serde_json::Value;
use uuid::Uuid;

use crate::stage::{Order, Stage};

const CARD: &str = "4242424242424242";

/// The night in a later revision.
fn changed(stage: &Stage, revision: i64, change: impl FnOnce(&mut EventChanged)) -> EventChanged {
    let mut event = EventChanged { revision, ..stage.event.clone() };
    change(&mut event);
    event
}

/// Takes it over as the consumer does, in one transaction, which takes its time if guests are before it.
async fn take_over(stage: &Stage, event: &EventChanged) {
    let now = chrono::DateTime::from_timestamp_millis(event.changed_at).expect("a time");
    stage
        .purchase
        .transaction(async |conn| {
            conn.batch_execute("SET LOCAL lock_timeout = '60s'").await?;
            consume::apply(conn, event, now).await?;
            Ok::<_, NotApplied>(())
        })
        .await
        .expect("a sound event");
}

/// So many guests ask for one ticket each, all at once.
async fn crowd(stage: &Stage, many: usize) -> Vec<(u16, Value)> {
    let wish = stage.wish(0, 1);
    let keys: Vec<String> = (0..many).map(|_| Uuid::now_v7().to_string()).collect();
    let answers = join_all(keys.iter().map(|key| stage.checkout(key, &wish))).await;
    answers.into_iter().map(|(status, body)| (status.as_u16(), body)).collect()
}

fn held(answers: &[(u16, Value)]) -> Vec<&Value> {
    answers.iter().filter(|(status, _)| *status == 201).map(|(_, body)| body).collect()
}

/// The capacity falls in the middle of a rush. Whoever has a place keeps it, nobody gets one that is not there, and once places
/// come back the lower capacity holds.
#[tokio::test(flavor = "multi_thread")]
async fn a_capacity_lowered_in_a_rush_is_never_passed() {
    const FEWER: i64 = 20;
    let stage = Stage::open().await;
    let fewer = changed(&stage, 2, |event| event.ticket_types[0].capacity = FEWER);
    let (answers, ()) = tokio::join!(crowd(&stage, 60), take_over(&stage, &fewer));
    let many = held(&answers).len() as i64;
    let sold_out = answers.iter().filter(|(_, body)| body["code"] == "sold_out").count();
    assert_eq!(many as usize + sold_out, 60, "no other answer: {:?}", answers.last());
    let row = |what: &str| format!("SELECT {what} FROM stock WHERE id = '{}'", stage.kind(0));
    assert_eq!(stage.count(&row("held")).await, many);
    assert_eq!(stage.count(&row("capacity")).await, many.max(FEWER), "what was held before stays held");
    assert_eq!(stage.count(&row("asked_capacity")).await, FEWER);
    stage.audit().await;
    if many >= FEWER {
        assert!(held(&crowd(&stage, 5).await).is_empty(), "nothing more is sold");
    }
    stage.end_holds().await;
    stage.until_count("SELECT count(*) FROM orders WHERE state = 'pending'", 0).await;
    assert_eq!(held(&crowd(&stage, 40).await).len() as i64, FEWER, "the club's word holds");
    assert_eq!(stage.count(&row("capacity")).await, FEWER);
    stage.audit().await;
    stage.all_is_well().await;
}

/// The price goes up and down while guests buy. Each pays what the answer to the order said, whatever the price is by then.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_pays_another_price_than_the_one_shown() {
    let stage = Stage::open().await;
    let closing = AtomicBool::new(false);
    let prices = async {
        let mut revision = 1;
        while !closing.load(Ordering::Relaxed) {
            revision += 1;
            let price = if revision % 2 == 0 { 3000 } else { 2000 };
            let other = changed(&stage, revision, |event| event.ticket_types[0].price_minor = price);
            take_over(&stage, &other).await;
        }
    };
    let buying = async {
        let mut answers = Vec::new();
        for _ in 0..4 {
            answers.extend(crowd(&stage, 8).await);
        }
        closing.store(true, Ordering::Relaxed);
        answers
    };
    let (answers, ()) = tokio::join!(buying, Box::pin(prices));
    let orders = held(&answers);
    assert_eq!(orders.len(), 32, "{:?}", answers.last());
    let mut shown = 0;
    for body in orders {
        let total = body["quote"]["total"]["minor"].as_i64().expect("a total");
        assert!(total == 2100 || total == 3125, "one price or the other, fee included: {total}");
        let order = Order::of(body);
        stage.pay(&order, CARD).await;
        let paid = stage.until(&order, "paid").await;
        assert_eq!(paid["quote"], body["quote"], "what was shown is what the order says");
        shown += total;
    }
    let state = stage.sandbox_state().await;
    assert_eq!(state["money"]["eur"]["captured"], shown, "and what was charged");
    assert_eq!(stage.count("SELECT count(*) FROM quarantine").await, 0);
    stage.audit().await;
    stage.all_is_well().await;
}

/// Fifty are at the payment page when the night is called off, and half of them pay in that moment. Nobody comes in, nobody
/// loses money, and nobody can pay any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_called_off_with_fifty_at_the_payment_page() {
    let stage = Stage::open().await;
    let answers = crowd(&stage, 50).await;
    let orders: Vec<Order> = held(&answers).into_iter().map(Order::of).collect();
    assert_eq!(orders.len(), 50, "{:?}", answers.last());
    let off = changed(&stage, 2, |event| event.status = EventStatus::Cancelled.into());
    let (quick, slow) = orders.split_at(25);
    let paying = join_all(quick.iter().map(|order| stage.paid_in_time(order, CARD)));
    let (paid, ()) = tokio::join!(paying, take_over(&stage, &off));
    stage.until_count("SELECT count(*) FROM cancellations WHERE finished_at IS NOT NULL", 1).await;
    let late = join_all(slow.iter().map(|order| stage.paid_in_time(order, CARD))).await;
    assert!(late.iter().all(|paid| !paid), "their pages are closed");
    let paid = paid.into_iter().filter(|paid| *paid).count() as i64;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", paid).await;
    assert_eq!(stage.count("SELECT count(*) FROM payments").await, paid);
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE state IN ('pending', 'paid')").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'valid'").await, 0);
    let eur = stage.sandbox_state().await["money"]["eur"].clone();
    assert_eq!(eur["captured"].as_i64().unwrap_or(0), eur["refunded"].as_i64().unwrap_or(0), "{eur}");
    stage.audit().await;
}
