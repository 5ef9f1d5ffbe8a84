//! A night goes off sale in the moment in which a payment for it arrives. Who comes first to the stock row is heard first:
//! no ticket is issued once the night is off. And the proof that the test can fail: a shop that only looks beforehand sells.

use crate::stage::Stage;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use messages::marketing_admin::v1::EventStatus;
use purchase::catalog::consume::{self, NotApplied};

const CARD: &str = "4242424242424242";

/// Takes the night off sale as the consumer does, in one transaction.
pub async fn cancel(stage: &Stage) {
    let mut event = stage.event.clone();
    event.revision += 1;
    event.status = EventStatus::Cancelled.into();
    let now = chrono::DateTime::from_timestamp_millis(event.changed_at).expect("a time");
    let event = &event;
    stage
        .purchase
        .transaction(async |conn| {
            // The payment may take its time to come behind us.
            conn.batch_execute("SET LOCAL lock_timeout = '60s'").await?;
            consume::apply(conn, event, now).await?;
            Ok::<_, NotApplied>(())
        })
        .await
        .expect("a sound event");
}

/// Keeps the stock rows until `first` and then `second` have somebody wait for them, and lets go.
pub async fn one_after_the_other(
    stage: &Stage,
    first: impl Future<Output = ()>,
    second: impl Future<Output = ()>,
) {
    let mut holder = stage.admin.conn().await.expect("a connection");
    holder.batch_execute("BEGIN; SELECT FROM purchase.stock FOR UPDATE").await.expect("the rows");
    let second = async {
        stage.until_waiting(1, "").await;
        second.await;
    };
    let let_go = async {
        stage.until_waiting(2, "").await;
        holder.batch_execute("COMMIT").await.expect("let go");
    };
    tokio::join!(first, second, let_go);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_behind_the_end_of_sale_goes_back() {
    let stage = Stage::open().await;
    let order = stage.order(0, 2).await;
    Box::pin(one_after_the_other(&stage, cancel(&stage), async { drop(stage.pay(&order, CARD).await) }))
        .await;
    let body = stage.until(&order, "refunded").await;
    assert_eq!(body["refunds"][0]["reason"], "event_off_sale");
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 0);
    assert_eq!(stage.count("SELECT sum(held + sold) FROM stock").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_before_the_end_of_sale_has_its_tickets() {
    let stage = Stage::open().await;
    let order = stage.order(0, 2).await;
    Box::pin(one_after_the_other(&stage, async { drop(stage.pay(&order, CARD).await) }, cancel(&stage)))
        .await;
    let body = stage.until(&order, "paid").await;
    assert_eq!(body["tickets"].as_array().map(Vec::len), Some(2));
    assert_eq!(stage.count("SELECT count(*) FROM events WHERE status = 'cancelled'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_second_look_a_night_that_is_off_is_sold() {
    let stage = Stage::open().await;
    Box::pin(one_after_the_other(&stage, cancel(&stage), naive(&stage))).await;
    assert_eq!(stage.count("SELECT count(*) FROM events WHERE status = 'cancelled'").await, 1);
    assert_eq!(
        stage.count("SELECT sum(sold) FROM stock").await,
        1,
        "the race is no test: nobody sold too late"
    );
}

/// Looks whether the night is on, then takes a place.
async fn naive(stage: &Stage) {
    let mut conn = stage.admin.conn().await.expect("a connection");
    conn.batch_execute("BEGIN").await.expect("a transaction");
    let look = "SELECT FROM purchase.events WHERE status = 'published'";
    let on = diesel::sql_query(look).execute(&mut *conn).await.expect("a look");
    if on > 0 {
        let take =
            format!("UPDATE purchase.stock SET sold = sold + 1 WHERE ticket_type_id = '{}'", stage.kind(0));
        diesel::sql_query(take).execute(&mut *conn).await.expect("taken");
    }
    conn.batch_execute("COMMIT").await.expect("committed");
}
