use bus::consumer::Drained;
use bus::{Delivery, HandleError, Outcome, outbox};
use db::testing::count_statements;
use db::{Conn, DbError};
use diesel_async::RunQueryDsl;
use messages::purchase::v1::TicketChanged;
use messages::subjects::SALES;

use crate::stage::{Stage, count, project, ticket};

#[tokio::test]
async fn a_message_has_its_effect_once_however_often_it_comes() {
    let stage = Stage::set().await;
    for n in 0..20 {
        stage.say(&ticket(&format!("t{n}"), 1)).await;
    }
    assert_eq!(stage.relay().await, 20);
    assert_eq!(stage.waiting().await, 0);
    assert_eq!(stage.receive().await, Drained { applied: 20, ..Drained::default() });

    // A relay that died before it marked the rows sends all again; NATS knows them.
    let mut conn = stage.sales.conn().await.unwrap();
    diesel::sql_query("UPDATE outbox SET sent_at = NULL, stream_sequence = NULL")
        .execute(&mut conn)
        .await
        .unwrap();
    assert_eq!(stage.relay().await, 20);
    assert_eq!(stage.receive().await, Drained::default());

    // A consumer that died before it answered gets all again; the inbox knows them.
    let other = "SELECT count(*) AS value FROM inbox";
    assert_eq!(count(&stage.door, other).await, 20);
    forget_durable(&stage).await;
    assert_eq!(stage.receive().await, Drained { known: 20, ..Drained::default() });
    assert_eq!(stage.held().await, (20, 20));
}

/// The durable starts over: every message of the stream is delivered again.
pub(crate) async fn forget_durable(stage: &Stage) {
    // An administrator's act; services have no right to delete.
    let client = stage.nats.client("admin").await;
    async_nats::jetstream::new(client)
        .delete_consumer_from_stream("scanner_ticket_changed", "SALES")
        .await
        .unwrap();
}

#[tokio::test]
async fn what_was_rolled_back_was_never_said() {
    let stage = Stage::set().await;
    let clock = &stage.clock;
    let failed: Result<(), DbError> = stage
        .sales
        .transaction(async |conn: &mut Conn| {
            outbox::add(conn, &ticket("t1", 1), clock.now()).await?;
            Err(DbError::NotFound)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(stage.relay().await, 0);
}

#[tokio::test]
async fn a_handler_that_fails_leaves_nothing_and_succeeds_later() {
    let stage = Stage::set().await;
    stage.say(&ticket("t1", 1)).await;
    stage.relay().await;
    let fails_once = async |conn: &mut Conn, message: TicketChanged, delivery: Delivery| {
        let attempt = delivery.attempt;
        project(conn, message, delivery).await?;
        if attempt == 1 { Err(HandleError::failed("after the change")) } else { Ok(Outcome::Applied) }
    };
    let drained = stage.consumer.drain(&stage.door, &stage.door_bus, &stage.clock, fails_once).await.unwrap();
    assert_eq!(drained, Drained { applied: 1, failed: 1, ..Drained::default() });
    assert_eq!(stage.held().await, (1, 1));
}

#[tokio::test]
async fn an_older_revision_changes_nothing() {
    let stage = Stage::set().await;
    for revision in [3, 1, 2] {
        stage.say(&ticket("t1", revision)).await;
    }
    stage.relay().await;
    let drained = stage.receive().await;
    assert_eq!((drained.applied, drained.stale), (1, 2));
    assert_eq!(count(&stage.door, "SELECT revision AS value FROM held").await, 3);
    assert_eq!(count(&stage.door, "SELECT count(*) AS value FROM inbox WHERE outcome = 'stale'").await, 2);
}

#[tokio::test]
async fn saying_something_costs_one_round_trip() {
    let stage = Stage::set().await;
    let mut conn = stage.sales.conn().await.unwrap();
    let (added, statements) =
        count_statements(outbox::add(&mut conn, &ticket("t1", 1), stage.clock.now())).await;
    added.unwrap();
    assert_eq!(statements, 1);
    let many: Vec<TicketChanged> = (0..50).map(|n| ticket(&format!("m{n}"), 1)).collect();
    let (added, statements) = count_statements(outbox::add_all(&mut conn, &many, stage.clock.now())).await;
    assert_eq!((added.unwrap().len(), statements), (50, 1));
    assert_eq!(bus::relay::drain(&stage.sales, &stage.sales_bus, SALES, &stage.clock).await.unwrap(), 51);
    // More than one statement has room for.
    let very_many: Vec<TicketChanged> = (0..9000).map(|n| ticket(&format!("v{n}"), 1)).collect();
    let added = outbox::add_all(&mut conn, &very_many, stage.clock.now()).await.unwrap();
    assert_eq!(added.len(), 9000);
}
