//! A limit that types share, named or changed after they have sold: it counts what was taken before. And the proof that the
//! race is one: a count under the stock's locks alone loses a payment that was on its way.

use diesel_async::SimpleAsyncConnection;
use futures::future::join_all;
use messages::marketing_admin::v1::{EventChanged, SharedCap};
use purchase::catalog::consume::{self, NotApplied};
use serde_json::Value;
use uuid::Uuid;

use crate::off_sale::one_after_the_other;
use crate::stage::Stage;

const CARD: &str = "4242424242424242";

fn cap(name: &str, capacity: i64) -> SharedCap {
    SharedCap { shared_cap_id: Uuid::now_v7().to_string(), name: name.into(), capacity }
}

/// The stage's night with both types in a room.
fn in_a_room(stage: &Stage, capacity: i64) -> EventChanged {
    let (mut event, room) = (stage.event.clone(), cap("Room", capacity));
    event.revision = 2;
    for kind in &mut event.ticket_types {
        kind.capacity = 100;
        kind.shared_cap_id.clone_from(&room.shared_cap_id);
    }
    event.shared_caps = vec![room];
    event
}

/// Takes a snapshot over as the consumer does: in one transaction, again if it collided.
async fn publish(stage: &Stage, event: &EventChanged) {
    let now = chrono::DateTime::from_timestamp_millis(event.changed_at).expect("a time");
    let take = async || {
        let applied = stage.purchase.transaction(async |conn| {
            conn.batch_execute("SET LOCAL lock_timeout = '60s'").await?;
            consume::apply(conn, event, now).await
        });
        match applied.await {
            Ok(_) => true,
            Err(NotApplied::Db(error)) if error.is_transient() => false,
            Err(error) => panic!("{error}"),
        }
    };
    while !take().await {
        crate::stage::pause().await;
    }
}

async fn taken(stage: &Stage, limit: &str) -> (i64, i64) {
    let of =
        async |column: &str| stage.count(&format!("SELECT {column} FROM stock WHERE id = '{limit}'")).await;
    (of("held").await, of("sold").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_named_late_is_as_full_as_it_is() {
    let stage = Stage::open().await;
    let paid = stage.order(0, 3).await;
    stage.pay(&paid, CARD).await;
    stage.until(&paid, "paid").await;
    let held = stage.order(0, 2).await;
    let event = in_a_room(&stage, 6);
    publish(&stage, &event).await;
    let room = &event.shared_caps[0].shared_cap_id;
    assert_eq!(taken(&stage, room).await, (2, 3));
    stage.audit().await;
    assert_eq!(stage.checkout("two", &stage.wish(1, 2)).await.1["code"], "sold_out", "one place is left");
    assert_eq!(stage.checkout("one", &stage.wish(1, 1)).await.0, 201);
    // What is held comes back to the room, too.
    stage.end_holds().await;
    stage.until(&held, "expired").await;
    assert_eq!(taken(&stage, room).await, (0, 4));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_smaller_than_what_is_sold_sells_nothing_more() {
    let stage = Stage::open().await;
    let order = stage.order(0, 5).await;
    let event = in_a_room(&stage, 3);
    publish(&stage, &event).await;
    assert_eq!(stage.count("SELECT held FROM stock_clamps WHERE asked_capacity = 3").await, 5);
    assert_eq!(stage.checkout("k", &stage.wish(1, 1)).await.1["code"], "sold_out");
    stage.pay(&order, CARD).await;
    stage.until(&order, "paid").await;
    assert_eq!(taken(&stage, &event.shared_caps[0].shared_cap_id).await, (0, 5), "who holds a place gets it");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_moves_takes_what_it_sold_along() {
    let stage = Stage::open().await;
    let mut event = in_a_room(&stage, 50);
    publish(&stage, &event).await;
    let order = stage.order(0, 4).await;
    stage.order(1, 2).await;
    let (room, deck) = (event.shared_caps[0].shared_cap_id.clone(), cap("Deck", 10));
    event.revision = 3;
    event.ticket_types[0].shared_cap_id.clone_from(&deck.shared_cap_id);
    event.shared_caps.push(deck.clone());
    publish(&stage, &event).await;
    assert_eq!((taken(&stage, &room).await, taken(&stage, &deck.shared_cap_id).await), ((0, 2), (4, 0)));
    stage.audit().await;
    event.revision = 4;
    event.ticket_types[0].shared_cap_id.clear();
    publish(&stage, &event).await;
    stage.pay(&order, CARD).await;
    stage.until(&order, "paid").await;
    assert_eq!(taken(&stage, &deck.shared_cap_id).await, (0, 0));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_named_in_the_middle_of_a_rush_misses_nobody() {
    let stage = Stage::open().await;
    let event = in_a_room(&stage, 30);
    let wishes: Vec<Value> = (0..60).map(|n| stage.wish(n % 2, 1)).collect();
    let keys: Vec<String> = (0..60).map(|n| format!("guest-{n}")).collect();
    let rush = join_all(keys.iter().zip(&wishes).map(|(key, wish)| stage.checkout(key, wish)));
    let (answers, ()) = tokio::join!(rush, publish(&stage, &event));
    let bought = answers.iter().filter(|(status, _)| *status == 201).count();
    let (held, sold) = taken(&stage, &event.shared_caps[0].shared_cap_id).await;
    assert_eq!(held + sold, i64::try_from(bought).expect("few"), "every guest of the rush is in the room");
    assert_eq!(stage.checkout("late", &stage.wish(0, 1)).await.1["code"], "sold_out");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_on_its_way_is_counted_whoever_comes_first() {
    for room_first in [true, false] {
        let stage = Stage::open().await;
        let order = stage.order(0, 2).await;
        let event = in_a_room(&stage, 30);
        let pay = async { drop(stage.pay(&order, CARD).await) };
        if room_first {
            Box::pin(one_after_the_other(&stage, publish(&stage, &event), pay)).await;
        } else {
            Box::pin(one_after_the_other(&stage, pay, publish(&stage, &event))).await;
        }
        stage.until(&order, "paid").await;
        assert_eq!(taken(&stage, &event.shared_caps[0].shared_cap_id).await, (0, 2), "{room_first}");
        stage.audit().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn under_the_stock_s_locks_alone_a_payment_on_its_way_is_lost() {
    let stage = Stage::open().await;
    let order = stage.order(0, 2).await;
    let room = Uuid::now_v7().to_string();
    let naive = async {
        let sql = format!(
            "BEGIN; SELECT FROM purchase.stock ORDER BY id FOR NO KEY UPDATE;
             INSERT INTO purchase.stock (id, event_id, asked_capacity, capacity, held, sold)
             SELECT '{room}', event_id, 30, 30, held, sold FROM purchase.stock WHERE id = '{}';
             UPDATE purchase.order_lines SET stock_ids = stock_ids || '{room}'::uuid WHERE kind = 'ticket'; COMMIT",
            stage.kind(0)
        );
        stage.sql(&sql).await;
    };
    Box::pin(one_after_the_other(&stage, naive, async { drop(stage.pay(&order, CARD).await) })).await;
    stage.until(&order, "paid").await;
    assert_eq!(taken(&stage, &room).await, (2, 0), "the race is no test: the room noticed the payment");
}
