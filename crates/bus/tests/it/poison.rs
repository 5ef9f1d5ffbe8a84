use bus::consumer::Drained;
use bus::dead_letters;
use bus::{Delivery, HandleError, Outcome};
use db::{Conn, DbError};
use messages::purchase::v1::TicketChanged;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::stage::{Stage, count, now, project, ticket, until};

#[tokio::test]
async fn poison_becomes_a_dead_letter_while_others_pass_and_can_be_replayed() {
    let stage = Stage::set().await;
    stage.say(&ticket("poison", 1)).await;
    for n in 0..10 {
        stage.say(&ticket(&format!("t{n}"), 1)).await;
    }
    stage.relay().await;
    let drained = stage.receive().await;
    assert_eq!(drained, Drained { applied: 10, failed: 2, dead: 1, ..Drained::default() }, "three tries");
    assert_eq!(stage.held().await, (10, 10));

    let mut conn = stage.door.conn().await.unwrap();
    let letters = dead_letters::list(&mut conn, 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].attempts, letters[0].error.as_str()), (3, "this ticket cannot be handled"));

    // Not mended yet: it stays dead, with one more try counted, and is not tried over and over.
    assert!(dead_letters::replay(&mut conn, letters[0].id, now()).await.unwrap());
    stage.receive().await;
    let letters = dead_letters::list(&mut conn, 10).await.unwrap();
    assert_eq!((letters[0].attempts, letters[0].replay_asked_at), (4, None));

    assert_eq!(dead_letters::replay_all(&mut conn, now()).await.unwrap(), 1);
    let mended = async |conn: &mut Conn, mut message: TicketChanged, delivery: Delivery| {
        message.ticket_id = message.ticket_id.replace("poison", "cured");
        project(conn, message, delivery).await
    };
    stage.consumer.drain(&stage.door, &stage.door_bus, &stage.clock, mended).await.unwrap();
    assert!(dead_letters::list(&mut conn, 10).await.unwrap().is_empty());
    assert_eq!(stage.held().await, (11, 11));
    assert!(!dead_letters::replay(&mut conn, letters[0].id, now()).await.unwrap(), "once is enough");
    assert_eq!(count(&stage.door, "SELECT count(*) AS value FROM inbox WHERE outcome = 'dead'").await, 0);
}

static BEGUN: Notify = Notify::const_new();
static RELEASED: Notify = Notify::const_new();

async fn hangs_on_poison(
    conn: &mut Conn,
    message: TicketChanged,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    if message.ticket_id == "poison" {
        BEGUN.notify_one();
        RELEASED.notified().await;
        return Ok(Outcome::Ignored);
    }
    project(conn, message, delivery).await
}

#[tokio::test]
async fn a_replay_that_takes_long_holds_up_no_message() {
    let stage = Stage::set().await;
    stage.say(&ticket("poison", 1)).await;
    stage.relay().await;
    assert_eq!(stage.receive().await.dead, 1);
    let mut conn = stage.door.conn().await.unwrap();
    dead_letters::replay_all(&mut conn, now()).await.unwrap();
    let stop = CancellationToken::new();
    let consumer = tokio::spawn(stage.consumer.clone().run(
        stage.door.clone(),
        stage.door_bus.clone(),
        stage.clock.clone(),
        stop.clone(),
        hangs_on_poison,
    ));
    BEGUN.notified().await;
    stage.say(&ticket("t1", 1)).await;
    stage.relay().await;
    until(async || stage.held().await == (1, 1)).await;
    assert_eq!(dead_letters::list(&mut conn, 10).await.unwrap().len(), 1, "it still hangs");
    RELEASED.notify_one();
    stop.cancel();
    consumer.await.unwrap();
    assert!(dead_letters::list(&mut conn, 10).await.unwrap().is_empty(), "what was begun is finished");
}

/// Larger than the server allows: it can never be sent, and the rest need not wait for it.
#[tokio::test]
async fn a_message_too_large_for_nats_is_parked_and_shown() {
    let mut stage = Stage::set().await;
    let huge = TicketChanged { holder_name: "x".repeat(300 * 1024), ..ticket("huge", 1) };
    stage.say(&huge).await;
    stage.say(&ticket("t1", 1)).await;
    assert_eq!(stage.relay().await, 2);
    assert_eq!(stage.waiting().await, 0);
    assert_eq!(stage.receive().await.applied, 1);
    let mut conn = stage.sales.conn().await.unwrap();
    let letters = dead_letters::list(&mut conn, 10).await.unwrap();
    assert_eq!((letters.len(), letters[0].durable.as_str()), (1, "purchase_outbox"));
    assert!(letters[0].error.contains("max payload"), "{}", letters[0].error);

    // Replayed in vain it is dead again; once the server takes more it goes.
    assert!(dead_letters::replay(&mut conn, letters[0].id, now()).await.unwrap());
    assert_eq!(stage.relay().await, 1);
    assert_eq!(dead_letters::list(&mut conn, 10).await.unwrap()[0].attempts, 2);
    stage.nats.kill();
    for bus in [&stage.sales_bus, &stage.door_bus] {
        crate::stage::until(async || !bus.is_connected()).await;
    }
    stage.nats.allow_payloads("1MB");
    stage.nats.resume().await;
    stage.connected().await;
    assert!(dead_letters::replay(&mut conn, letters[0].id, now()).await.unwrap());
    assert_eq!(stage.relay().await, 1);
    assert!(dead_letters::list(&mut conn, 10).await.unwrap().is_empty());
    assert_eq!(stage.receive().await.applied, 1);
}

#[tokio::test]
async fn bytes_that_are_no_message_are_dead_at_once() {
    let stage = Stage::set().await;
    let client = stage.nats.client("admin").await;
    let jetstream = async_nats::jetstream::new(client);
    jetstream.publish("ticket.changed", "\u{7f} no protobuf".into()).await.unwrap().await.unwrap();
    stage.say(&ticket("t1", 1)).await;
    stage.relay().await;
    assert_eq!(stage.receive().await, Drained { applied: 1, dead: 1, ..Drained::default() });
    let letters = dead_letters::list(&mut stage.door.conn().await.unwrap(), 10).await.unwrap();
    assert!(letters[0].error.starts_with("unreadable"), "{}", letters[0].error);
}

#[tokio::test]
async fn a_database_that_is_merely_away_kills_no_message() {
    let stage = Stage::set().await;
    stage.say(&ticket("t1", 1)).await;
    stage.relay().await;
    // More failures than max_deliver allows.
    let away = async |conn: &mut Conn, message: TicketChanged, delivery: Delivery| {
        if delivery.attempt <= 5 {
            return Err(HandleError::Database(DbError::Unavailable("away".to_owned())));
        }
        project(conn, message, delivery).await
    };
    let drained = stage.consumer.drain(&stage.door, &stage.door_bus, &stage.clock, away).await.unwrap();
    assert_eq!(drained, Drained { applied: 1, failed: 5, ..Drained::default() });
}
