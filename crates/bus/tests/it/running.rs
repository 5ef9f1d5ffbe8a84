use std::time::Duration;

use bus::{Bus, BusSettings, Delivery, HandleError, Outcome, outbox, relay};
use chrono::TimeDelta;
use db::Conn;
use diesel_async::RunQueryDsl;
use messages::purchase::v1::TicketChanged;
use messages::subjects::SALES;
use tokio_util::sync::CancellationToken;

use crate::stage::{Stage, count, now, project, ticket, until};

#[tokio::test]
async fn a_message_arrives_without_waiting_for_a_poll() {
    let stage = Stage::set().await;
    let stop = CancellationToken::new();
    let relay = tokio::spawn(relay::run(
        stage.sales.clone(),
        stage.sales_bus.clone(),
        SALES,
        stage.clock.clone(),
        stop.clone(),
    ));
    let consumer = tokio::spawn(stage.consumer.clone().run(
        stage.door.clone(),
        stage.door_bus.clone(),
        stage.clock.clone(),
        stop.clone(),
        project,
    ));
    stage.say(&ticket("first", 1)).await;
    until(async || stage.held().await.0 == 1).await;

    // Five polls would take five seconds, each time; a machine that stands still for a while makes one round slow, not all.
    let mut quickest = Duration::MAX;
    for round in 0..6 {
        let start = std::time::Instant::now();
        for n in round * 5..(round + 1) * 5 {
            if n % 2 == 0 {
                stage.say(&ticket(&format!("t{n}"), 1)).await;
            } else {
                let mut conn = stage.sales.conn().await.unwrap();
                let quiet = ticket(&format!("t{n}"), 1);
                outbox::add_quietly(&mut conn, &quiet, stage.clock.now()).await.unwrap();
                stage.sales_bus.wake_relay();
            }
            until(async || stage.held().await.0 == 2 + n).await;
        }
        quickest = quickest.min(start.elapsed());
        if quickest < Duration::from_secs(3) {
            break;
        }
    }
    assert!(quickest < Duration::from_secs(3), "{quickest:?}");
    stop.cancel();
    let stopped = async { relay.await.and(consumer.await) };
    tokio::time::timeout(Duration::from_secs(30), stopped).await.expect("they stop in time").unwrap();
}

#[tokio::test]
async fn two_relays_and_two_consumers_share_the_work() {
    let stage = Stage::set().await;
    for n in 0..600 {
        stage.say(&ticket(&format!("t{n}"), 1)).await;
    }
    let other_sales = Bus::connect(&BusSettings::new(&stage.nats.url("purchase")), "purchase").await.unwrap();
    let other_door = Bus::connect(&BusSettings::new(&stage.nats.url("scanner")), "scanner").await.unwrap();
    let stop = CancellationToken::new();
    let mut tasks = tokio::task::JoinSet::new();
    for bus in [stage.sales_bus.clone(), other_sales] {
        tasks.spawn(relay::run(stage.sales.clone(), bus, SALES, stage.clock.clone(), stop.clone()));
    }
    for bus in [stage.door_bus.clone(), other_door] {
        tasks.spawn(stage.consumer.clone().run(
            stage.door.clone(),
            bus,
            stage.clock.clone(),
            stop.clone(),
            add_up,
        ));
    }
    until(async || stage.held().await.0 == 600 && stage.waiting().await == 0).await;
    stop.cancel();
    tasks.join_all().await;
    // What may still lie in the stream has its chance to act a second time.
    stage.consumer.drain(&stage.door, &stage.door_bus, &stage.clock, add_up).await.unwrap();
    assert_eq!(stage.held().await, (600, 600));
}

/// The control run: two relays that did not share the work would tell each message under an id of their own, and each would act.
#[tokio::test]
async fn told_under_two_ids_a_message_would_act_twice() {
    let stage = Stage::set().await;
    for n in 0..60 {
        for _ in 0..2 {
            stage.say(&ticket(&format!("t{n}"), 1)).await;
        }
    }
    stage.relay().await;
    stage.consumer.drain(&stage.door, &stage.door_bus, &stage.clock, add_up).await.unwrap();
    assert_eq!(stage.held().await, (60, 120));
}

/// Counts every time it is called: no revision saves it from a message that comes twice.
async fn add_up(conn: &mut Conn, message: TicketChanged, _: Delivery) -> Result<Outcome, HandleError> {
    diesel::sql_query(
        "INSERT INTO held (aggregate, revision, effects) VALUES ($1, 1, 1)
         ON CONFLICT (aggregate) DO UPDATE SET effects = held.effects + 1",
    )
    .bind::<diesel::sql_types::Text, _>(&message.ticket_id)
    .execute(conn)
    .await?;
    Ok(Outcome::Applied)
}

#[tokio::test]
async fn services_start_while_nats_is_away() {
    let mut stage = Stage::set().await;
    stage.nats.kill();
    let late = Bus::connect(&BusSettings::new(&stage.nats.url("purchase")), "purchase").await.unwrap();
    assert!(matches!(bus::Checks::new(&late).nats().await, bus::Health::Degraded(_)));
    stage.say(&ticket("t1", 1)).await;
    stage.nats.resume().await;
    until(async || late.is_connected()).await;
    assert_eq!(relay::drain(&stage.sales, &late, SALES, &stage.clock).await.unwrap(), 1);
}

#[tokio::test]
async fn old_payloads_are_cleared_and_old_inbox_rows_dropped() {
    let stage = Stage::set().await;
    for (id, age) in [("old", 31), ("young", 29)] {
        let mut conn = stage.sales.conn().await.unwrap();
        outbox::add(&mut conn, &ticket(id, 1), now() - TimeDelta::days(age)).await.unwrap();
    }
    let stop = CancellationToken::new();
    let relay = tokio::spawn(relay::run(
        stage.sales.clone(),
        stage.sales_bus.clone(),
        SALES,
        stage.clock.clone(),
        stop.clone(),
    ));
    // It is sent before it is cleared: age never loses a message.
    until(async || {
        count(
            &stage.sales,
            "SELECT count(*) AS value FROM outbox WHERE sent_at IS NOT NULL AND payload IS NULL",
        )
        .await
            == 1
    })
    .await;
    assert_eq!(count(&stage.sales, "SELECT count(*) AS value FROM outbox").await, 2);
    stop.cancel();
    relay.await.unwrap();
    assert_eq!(stage.receive().await.applied, 2);
}
