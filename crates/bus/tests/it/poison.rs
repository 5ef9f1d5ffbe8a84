use bus::consumer::Drained;
use bus::dead_letters;
use bus::{Delivery, HandleError};
use db::{Conn, DbError};
use messages::purchase::v1::TicketChanged;

use crate::stage::{Stage, count, now, project, ticket};

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

#[tokio::test]
async fn bytes_that_are_no_message_are_dead_at_once() {
    let stage = Stage::set().await;
    stage.relay().await; // makes the stream
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
