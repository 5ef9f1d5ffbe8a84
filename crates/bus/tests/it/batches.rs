//! Messages that share a transaction.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bus::consumer::Drained;
use bus::{Consumer, Delivery, HandleError, Outcome};
use db::{Conn, DbError};
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use messages::purchase::v1::TicketChanged;
use tokio_util::sync::CancellationToken;

use crate::stage::{Stage, count, project, ticket, until};
use crate::travel::forget_durable;

async fn stage(batch: usize) -> Stage {
    let mut stage = Stage::set().await;
    stage.consumer = stage.consumer.batch(batch);
    stage
}

async fn say(stage: &Stage, names: impl Iterator<Item = String>) {
    for name in names {
        stage.say(&ticket(&name, 1)).await;
    }
    stage.relay().await;
}

fn guests(numbers: std::ops::Range<usize>) -> impl Iterator<Item = String> {
    numbers.map(|n| format!("t{n}"))
}

#[derive(diesel::QueryableByName)]
struct Transaction {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

#[tokio::test]
async fn what_has_arrived_shares_one_transaction() {
    let stage = stage(50).await;
    say(&stage, guests(0..20)).await;
    let seen = Mutex::new(HashSet::new());
    let seen = &seen;
    let noting = async |conn: &mut Conn, message: TicketChanged, delivery: Delivery| {
        let current = "SELECT txid_current() AS id";
        let transaction: Transaction = diesel::sql_query(current).get_result(conn).await?;
        seen.lock().unwrap().insert(transaction.id);
        project(conn, message, delivery).await
    };
    let drained = stage.consumer.drain(&stage.door, &stage.door_bus, &stage.clock, noting).await.unwrap();
    assert_eq!(drained, Drained { applied: 20, ..Drained::default() });
    assert_eq!(seen.lock().unwrap().len(), 1);
    assert_eq!(stage.held().await, (20, 20));
}

#[tokio::test]
async fn poison_in_a_batch_harms_no_other() {
    let stage = stage(50).await;
    say(&stage, guests(0..10).chain(["poison".to_owned()]).chain(guests(10..20))).await;
    let drained = stage.receive().await;
    assert_eq!(drained, Drained { applied: 20, failed: 2, dead: 1, ..Drained::default() }, "three tries");
    assert_eq!(stage.held().await, (20, 20), "what the batch had done was undone, and then done once");
    let dead = "SELECT count(*) AS value FROM inbox WHERE outcome = 'dead'";
    assert_eq!(count(&stage.door, dead).await, 1);
}

/// The transaction has committed, the answers are lost: all comes again, among others that are new.
#[tokio::test]
async fn a_consumer_that_died_between_commit_and_answer_changes_nothing_twice() {
    let stage = stage(50).await;
    say(&stage, guests(0..20)).await;
    assert_eq!(stage.receive().await.applied, 20);
    forget_durable(&stage).await;
    say(&stage, guests(20..25)).await;
    assert_eq!(stage.receive().await, Drained { applied: 5, known: 20, ..Drained::default() });
    assert_eq!(stage.held().await, (25, 25));
}

#[tokio::test]
async fn a_batch_tells_what_each_message_did() {
    let stage = stage(50).await;
    for revision in [2, 1, 3] {
        stage.say(&ticket("t1", revision)).await;
    }
    say(&stage, guests(2..5)).await;
    assert_eq!(stage.receive().await, Drained { applied: 5, stale: 1, ..Drained::default() });
    let stale = "SELECT count(*) AS value FROM inbox WHERE outcome = 'stale'";
    assert_eq!(count(&stage.door, stale).await, 1);
    assert_eq!(count(&stage.door, "SELECT revision AS value FROM held WHERE aggregate = 't1'").await, 3);
}

#[tokio::test]
async fn a_database_that_is_merely_away_kills_no_batch() {
    let stage = stage(50).await;
    say(&stage, guests(0..5)).await;
    // More failures than max_deliver allows.
    let away = async |conn: &mut Conn, message: TicketChanged, delivery: Delivery| {
        if delivery.attempt <= 5 {
            return Err(HandleError::Database(DbError::Unavailable("away".to_owned())));
        }
        project(conn, message, delivery).await
    };
    let drained = stage.consumer.drain(&stage.door, &stage.door_bus, &stage.clock, away).await.unwrap();
    assert_eq!(drained, Drained { applied: 5, failed: 25, ..Drained::default() });
}

/// A database that answers nothing is waited for once, not once for each message; then each is tried alone.
#[tokio::test]
async fn a_database_that_does_not_answer_is_waited_for_once() {
    let stage = stage(50).await;
    say(&stage, guests(0..5)).await;
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let silent = async |conn: &mut Conn, message: TicketChanged, delivery: Delivery| {
        if delivery.attempt == 1 {
            CALLS.fetch_add(1, Ordering::SeqCst);
            return Err(HandleError::Database(DbError::Timeout("PostgreSQL does not answer".to_owned())));
        }
        project(conn, message, delivery).await
    };
    let drained = stage.consumer.drain(&stage.door, &stage.door_bus, &stage.clock, silent).await.unwrap();
    assert_eq!(drained, Drained { applied: 5, failed: 5, ..Drained::default() });
    // They may come in more than one batch.
    assert!(AtomicUsize::load(&CALLS, Ordering::SeqCst) < 5, "the first of a batch asks for all of it");
}

async fn all_at_once(
    conn: &mut Conn,
    messages: Vec<(TicketChanged, Delivery)>,
) -> Result<Vec<Outcome>, HandleError> {
    let mut outcomes = Vec::new();
    for (message, delivery) in messages {
        if message.ticket_id == "silence" {
            continue; // A handler with a mistake: it does not say what this one did.
        }
        outcomes.push(project(conn, message, delivery).await?);
    }
    Ok(outcomes)
}

#[tokio::test]
async fn a_handler_of_batches_is_held_to_the_same() {
    let stage = stage(50).await;
    say(&stage, guests(0..10).chain(["poison".to_owned(), "silence".to_owned()]).chain(guests(10..20))).await;
    let stop = CancellationToken::new();
    let consumer: Consumer<TicketChanged> = stage.consumer.clone();
    let running = tokio::spawn(consumer.run_batches(
        stage.door.clone(),
        stage.door_bus.clone(),
        stage.clock.clone(),
        stop.clone(),
        all_at_once,
    ));
    let dead = "SELECT count(*) AS value FROM dead_letters";
    until(async || stage.held().await == (20, 20) && count(&stage.door, dead).await == 2).await;
    stop.cancel();
    running.await.unwrap();
}
