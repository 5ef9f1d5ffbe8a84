//! A full house is called off: everybody's money goes back, each once, whatever Stripe says in between.

use futures::future::join_all;
use messages::marketing_admin::v1::{EventChanged, EventStatus};
use serde_json::json;

use crate::stage::Stage;

const GUESTS: i64 = 200;
/// Who comes at once.
const CROWD: i64 = 25;

/// A house so large, every place of it bought.
async fn sold(stage: &Stage) -> EventChanged {
    let mut event = EventChanged { revision: 2, ..stage.event.clone() };
    event.ticket_types[0].capacity = GUESTS;
    stage.publish(&event).await;
    for _ in 0..GUESTS / CROWD {
        let buying = (0..CROWD).map(|_| async {
            let order = stage.order(0, 1).await;
            stage.pay(&order, "4242424242424242").await;
        });
        join_all(buying).await;
    }
    stage.until_count("SELECT count(*) FROM orders WHERE state = 'paid'", GUESTS).await;
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_house_gets_its_money_back_each_guest_once() {
    let stage = Stage::open().await;
    let event = sold(&stage).await;
    // Stripe has a bad moment in the middle of it: some are refused for now, and the answers to some get lost.
    for (count, action) in [
        (5, json!({"kind": "status", "status": 500})),
        (5, json!({"kind": "lost"})),
        (5, json!({"kind": "status", "status": 429, "retry_after": 1})),
    ] {
        let fault = json!({"provider": "stripe", "method": "POST", "path": "/v1/refunds", "count": count, "action": action});
        stage.control("faults", fault).await;
    }
    let off = EventChanged { revision: 3, status: EventStatus::Cancelled.into(), ..event };
    stage.publish(&off).await;
    stage.all_back().await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", GUESTS).await;

    let state = stage.sandbox_state().await;
    assert_eq!(state["refunds"], GUESTS, "each once: {}", state["money"]);
    let eur = &state["money"]["eur"];
    assert_eq!((&eur["captured"], &eur["refunded"]), (&json!(GUESTS * 2100), &json!(GUESTS * 2100)));
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, GUESTS);
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE state <> 'refunded'").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state <> 'refunded'").await, 0);
    let told = "SELECT count(DISTINCT aggregate) FROM outbox WHERE subject = 'order.refunded'";
    assert_eq!(stage.count(told).await, GUESTS, "and each is told of");
    let progress = stage.progress().await;
    assert_eq!(
        (&progress["orders"], &progress["orders_open"], &progress["failed"]),
        (&json!(GUESTS), &json!(0), &json!(0)),
        "{progress}"
    );
    stage.audit().await;
    // Heard once more, it changes nothing.
    stage.sql("UPDATE cancellations SET finished_at = NULL").await;
    stage.all_back().await;
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, GUESTS);
}
