use std::time::Duration;

use bus::{Bus, BusSettings, outbox, relay};
use chrono::TimeDelta;
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

    let start = std::time::Instant::now();
    for n in 0..5 {
        if n % 2 == 0 {
            stage.say(&ticket(&format!("t{n}"), 1)).await;
        } else {
            let mut conn = stage.sales.conn().await.unwrap();
            outbox::add_quietly(&mut conn, &ticket(&format!("t{n}"), 1), stage.clock.now()).await.unwrap();
            stage.sales_bus.wake_relay();
        }
        until(async || stage.held().await.0 == 2 + n).await;
    }
    // Five polls would take five seconds.
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    stop.cancel();
    let stopped = async { relay.await.and(consumer.await) };
    tokio::time::timeout(Duration::from_secs(5), stopped).await.expect("they stop in time").unwrap();
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
            project,
        ));
    }
    until(async || stage.held().await == (600, 600)).await;
    assert_eq!(stage.waiting().await, 0);
    stop.cancel();
    tasks.join_all().await;
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
