use std::time::Duration;

use crate::stage::Stage;

/// What a stolen password of one service is worth: nothing but that service's own subjects.
#[tokio::test]
async fn a_service_can_neither_speak_for_another_nor_touch_its_stream() {
    let stage = Stage::set().await;
    stage.relay().await;
    let client = stage.nats.client("scanner").await;
    let jetstream = async_nats::jetstream::context::ContextBuilder::new()
        .timeout(Duration::from_millis(300))
        .ack_timeout(Duration::from_millis(300))
        .build(client);

    let forged = jetstream.publish("ticket.changed", "x".into()).await.unwrap().await;
    assert!(forged.is_err(), "scanner spoke for purchase");
    assert!(jetstream.delete_stream("SALES").await.is_err(), "scanner deleted purchase's stream");
    let copies = async_nats::jetstream::stream::Config {
        name: "DOOR".into(),
        subjects: vec!["door.>".into()],
        sources: Some(vec![async_nats::jetstream::stream::Source {
            name: "SALES".into(),
            ..Default::default()
        }]),
        ..Default::default()
    };
    assert!(jetstream.update_stream(copies).await.is_err(), "scanner has its stream copy purchase's");
    assert!(
        jetstream
            .get_consumer_from_stream::<async_nats::jetstream::consumer::pull::Config, _, _>(
                "purchase_event_changed",
                "CLUB"
            )
            .await
            .is_err(),
        "scanner looked at purchase's durable"
    );
    assert_eq!(stage.receive().await, bus::consumer::Drained::default(), "nothing arrived");
}
