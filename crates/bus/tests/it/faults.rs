use crate::stage::{Stage, ticket};

async fn say(stage: &Stage, range: std::ops::Range<i64>) {
    for n in range {
        stage.say(&ticket(&format!("t{n}"), 1)).await;
    }
}

/// Kills the server, lets `meanwhile` change its store, starts it again.
async fn restart(stage: &mut Stage, meanwhile: impl FnOnce(&crate::nats::Nats)) {
    stage.nats.kill();
    for bus in [&stage.sales_bus, &stage.door_bus] {
        crate::stage::until(async || !bus.is_connected()).await;
    }
    meanwhile(&stage.nats);
    stage.nats.resume().await;
    stage.connected().await;
}

#[tokio::test]
async fn nats_killed_mid_way_loses_and_doubles_nothing() {
    let mut stage = Stage::set().await;
    say(&stage, 0..10).await;
    stage.relay().await;
    stage.nats.kill();
    crate::stage::until(async || !stage.sales_bus.is_connected()).await;
    // Selling goes on.
    say(&stage, 10..20).await;
    let sent =
        bus::relay::drain(&stage.sales, &stage.sales_bus, messages::subjects::SALES, &stage.clock).await;
    assert!(matches!(sent, Err(bus::BusError::Nats(_))));
    assert_eq!(stage.waiting().await, 10);
    assert!(matches!(bus::Checks::new(&stage.sales_bus).nats().await, bus::Health::Degraded(_)));

    stage.nats.resume().await;
    stage.connected().await;
    assert_eq!(stage.relay().await, 10);
    assert_eq!(stage.receive().await.applied, 20);
    assert_eq!(stage.held().await, (20, 20));
    assert_eq!(bus::Checks::new(&stage.sales_bus).nats().await, bus::Health::Connected);
}

#[tokio::test]
async fn a_lost_store_is_filled_again_from_the_outbox() {
    let mut stage = Stage::set().await;
    say(&stage, 0..30).await;
    stage.relay().await;
    assert_eq!(stage.receive().await.applied, 30);
    say(&stage, 30..40).await;
    stage.relay().await; // acknowledged, and never delivered

    restart(&mut stage, crate::nats::Nats::wipe).await;
    say(&stage, 40..45).await;
    assert_eq!(stage.relay().await, 45, "everything is sent again");
    let drained = stage.receive().await;
    assert_eq!((drained.applied, drained.known), (15, 30));
    assert_eq!(stage.held().await, (45, 45));
}

#[tokio::test]
async fn a_store_that_was_rolled_back_gets_what_it_lost() {
    let mut stage = Stage::set().await;
    say(&stage, 0..10).await;
    stage.relay().await;
    assert_eq!(stage.receive().await.applied, 10);
    let mut snapshot = None;
    restart(&mut stage, |nats| snapshot = Some(nats.snapshot())).await;
    say(&stage, 10..25).await;
    assert_eq!(stage.relay().await, 15);

    let snapshot = snapshot.unwrap();
    restart(&mut stage, |nats| nats.restore(&snapshot)).await;
    assert_eq!(stage.relay().await, 15, "what came after the snapshot, and no more");
    stage.receive().await;
    assert_eq!(stage.held().await, (25, 25));
}

/// No service may make a stream: it waits, says which one is missing, and goes on once the upkeep has made it.
#[tokio::test]
async fn without_its_stream_the_line_waits_and_says_so() {
    let stage = Stage::set().await;
    say(&stage, 0..5).await;
    let operator = async_nats::jetstream::new(stage.nats.client("admin").await);
    operator.delete_stream("SALES").await.unwrap();
    let sent =
        bus::relay::drain(&stage.sales, &stage.sales_bus, messages::subjects::SALES, &stage.clock).await;
    assert!(matches!(sent, Err(bus::BusError::NoStream("SALES"))), "{sent:?}");
    let heard = stage.consumer.drain(&stage.door, &stage.door_bus, &stage.clock, crate::stage::project).await;
    assert!(matches!(heard, Err(bus::BusError::NoStream("SALES"))), "{heard:?}");
    assert_eq!(stage.waiting().await, 5);

    stage.nats.make_streams().await;
    assert_eq!(stage.relay().await, 5);
    assert_eq!(stage.receive().await.applied, 5);
}

/// Nobody calls anything: the tasks that a service runs notice and repair the loss.
#[tokio::test]
async fn a_running_relay_heals_a_lost_store_by_itself() {
    let mut stage = Stage::set().await;
    let stop = tokio_util::sync::CancellationToken::new();
    let relay = tokio::spawn(bus::relay::run(
        stage.sales.clone(),
        stage.sales_bus.clone(),
        messages::subjects::SALES,
        stage.clock.clone(),
        stop.clone(),
    ));
    let consumer = tokio::spawn(stage.consumer.clone().run(
        stage.door.clone(),
        stage.door_bus.clone(),
        stage.clock.clone(),
        stop.clone(),
        crate::stage::project,
    ));
    say(&stage, 0..20).await;
    crate::stage::until(async || stage.held().await == (20, 20)).await;
    restart(&mut stage, crate::nats::Nats::wipe).await;
    say(&stage, 20..40).await;
    crate::stage::until(async || stage.held().await == (40, 40)).await;
    // And once more, with a server that comes back to find traffic waiting.
    stage.nats.kill();
    say(&stage, 40..60).await;
    stage.nats.wipe();
    stage.nats.resume().await;
    crate::stage::until(async || stage.held().await == (60, 60)).await;

    stop.cancel();
    relay.await.unwrap();
    consumer.await.unwrap();
    stage.sales_bus.close().await;
}
