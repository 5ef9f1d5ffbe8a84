//! A rush: exactly what there is is held. And the proof that the test can fail: the same rush on a naive shop oversells.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::stage::{Order, Stage};
use db::{Db, DbSettings};
use diesel_async::RunQueryDsl;
use futures::future::join_all;

const BUYERS: usize = 100;
const PLACES: i64 = 60;

async fn stage_with_sixty() -> Stage {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    event.revision = 2;
    event.ticket_types[0].capacity = PLACES;
    stage.publish(&event).await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_buyers_of_sixty_places_hold_sixty() {
    let stage = stage_with_sixty().await;
    let wish = stage.wish(0, 1);
    let keys: Vec<String> = (0..BUYERS).map(|n| format!("buyer-{n}")).collect();
    let answers = join_all(keys.iter().map(|key| stage.checkout(key, &wish))).await;
    let held = answers.iter().filter(|(status, _)| *status == 201).count();
    let sold_out =
        answers.iter().filter(|(status, body)| *status == 409 && body["code"] == "sold_out").count();
    assert_eq!((held as i64, sold_out), (PLACES, BUYERS - PLACES as usize), "no other answer");
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, PLACES);
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, PLACES);
    stage.audit().await;
}

/// As many places as buyers: everybody has one, and everybody's payment is heard.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_buyers_of_a_hundred_places_pay_and_have_them() {
    let stage = Stage::open().await;
    let wish = stage.wish(0, 1);
    let keys: Vec<String> = (0..BUYERS).map(|n| format!("buyer-{n}")).collect();
    let answers = join_all(keys.iter().map(|key| stage.checkout(key, &wish))).await;
    assert!(answers.iter().all(|(status, _)| *status == 201), "{:?}", answers.last());
    let orders: Vec<Order> = answers.iter().map(|(_, body)| Order::of(body)).collect();
    join_all(orders.iter().map(|order| stage.pay(order, "4242424242424242"))).await;
    for order in &orders {
        stage.until(order, "paid").await;
    }
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 0);
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, BUYERS as i64);
    assert_eq!(stage.checkout("one-more", &wish).await.0, 409);
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_rush_without_the_guard_oversells() {
    let stage = stage_with_sixty().await;
    stage.sql("ALTER TABLE stock DROP CONSTRAINT stock_never_oversold").await;
    let mut settings = DbSettings::new(&stage.database.admin_url());
    settings.max_connections = 20;
    settings.patience = std::time::Duration::from_secs(60);
    let db = Db::connect(&settings).expect("sound settings");
    let held = AtomicI64::new(0);
    join_all((0..BUYERS).map(|_| naive(&db, stage.kind(0), &held))).await;
    let held = held.into_inner();
    assert!(held > PLACES, "the rush is no test: a naive shop sold {held} of {PLACES}");
}

/// Check, then act: what the hold engine is there to prevent.
async fn naive(db: &Db, kind: &str, held: &AtomicI64) {
    #[derive(diesel::QueryableByName)]
    struct Left {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        left: i64,
    }
    let mut conn = db.conn().await.expect("a connection");
    let check = format!("SELECT capacity - held - sold AS left FROM purchase.stock WHERE id = '{kind}'");
    let found: Left = diesel::sql_query(check).get_result(&mut *conn).await.expect("a row");
    if found.left > 0 {
        let act = format!("UPDATE purchase.stock SET held = held + 1 WHERE id = '{kind}'");
        diesel::sql_query(act).execute(&mut *conn).await.expect("written");
        held.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_constraint_alone_refuses_what_a_bug_might_try() {
    let stage = stage_with_sixty().await;
    let mut conn = stage.admin.conn().await.expect("a connection");
    for change in ["held = 61", "held = -1", "sold = 61", "held = 30, sold = 31"] {
        let refused = diesel::sql_query(format!("UPDATE purchase.stock SET {change} WHERE capacity = 60"))
            .execute(&mut *conn)
            .await;
        let error = db::DbError::from(refused.expect_err(change));
        assert_eq!(error.constraint(), Some("stock_never_oversold"), "{change}");
    }
}
