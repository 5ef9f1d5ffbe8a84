//! What each service may do in NATS: `deploy/nats/nats.conf`, tried by the users themselves.

use std::time::Duration;

use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::{self, Context, stream};
use devstack::{Nats, Service, Stack, StackOptions};
use messages::subjects;

/// Whose stream, one of its subjects, a durable that reads it, and whose that durable is.
const STREAMS: [(&str, &str, &str, &str, &str); 3] = [
    ("marketing_admin", "CLUB", "event.changed", "purchase_event_changed", "purchase"),
    ("purchase", "SALES", "ticket.changed", "scanner_ticket_changed", "scanner"),
    ("scanner", "DOOR", "ticket.scanned", "marketing_admin_ticket_scanned", "marketing_admin"),
];

/// How long we wait for what must be answered.
const ANSWERED: Duration = Duration::from_secs(60);
/// What is refused is never answered. That nothing came of it is seen afterwards, in the stream.
const REFUSED: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_service_cannot_speak_for_another_nor_make_or_delete_what_is_anothers() {
    let nats = Nats::start().await.unwrap();
    for (owner, stream, subject, durable, reader) in STREAMS {
        let own = jetstream(&nats, owner, ANSWERED).await;
        own.publish(subject, "said".into()).await.unwrap().await.unwrap();
        let reading = jetstream(&nats, reader, ANSWERED).await;
        reading.create_consumer_on_stream(reads(durable, subject), stream).await.unwrap();
        for stranger in ["marketing_admin", "purchase", "scanner"] {
            let service = jetstream(&nats, stranger, REFUSED).await;
            let what = format!("{stranger} on {owner}'s {stream}");
            assert!(service.delete_consumer_from_stream(durable, stream).await.is_err(), "delete: {what}");
            // Not even its owner throws a stream away or changes it: that is the operator's.
            assert!(service.delete_stream(stream).await.is_err(), "delete: {what}");
            assert!(service.update_stream(config(stream, "other.thing")).await.is_err(), "update: {what}");
            let new = reads("a_new_one", subject);
            assert!(service.create_consumer_on_stream(new, stream).await.is_err(), "new durable: {what}");
            if stranger != reader {
                let same = reads(durable, subject);
                assert!(service.create_consumer_on_stream(same, stream).await.is_err(), "durable: {what}");
            }
            if stranger != owner {
                let spoken = service.publish(subject, "forged".into()).await.unwrap().await;
                assert!(spoken.is_err(), "publish: {what}");
            }
        }
        let operator = jetstream(&nats, "operator", ANSWERED).await;
        let kept = operator.get_stream(stream).await.unwrap();
        let (state, config) = (&kept.cached_info().state, &kept.cached_info().config);
        let made = subjects::STREAMS.iter().find(|made| made.name == stream).expect("one of ours");
        assert_eq!(config.subjects, made.subjects, "{stream} is as the operator made it");
        assert_eq!((state.messages, state.consumer_count), (1, 1), "{stream} is as its owner left it");
    }
}

/// A stream with sources reads any other stream; one that republishes speaks on any subject. The right to make or change a
/// stream knows its name alone, so no service has it.
#[tokio::test]
async fn no_service_makes_its_stream_an_ear_or_a_mouth() {
    let nats = Nats::start().await.unwrap();
    let operator = jetstream(&nats, "operator", ANSWERED).await;
    for (index, (owner, name, subject, _, _)) in STREAMS.into_iter().enumerate() {
        let (_, other, others_subject, _, _) = STREAMS[(index + 1) % STREAMS.len()];
        let source = stream::Source { name: other.into(), ..Default::default() };
        let ear = stream::Config { sources: Some(vec![source]), ..config(name, subject) };
        let republish = stream::Republish {
            source: subject.into(),
            destination: others_subject.into(),
            headers_only: false,
        };
        let mouth = stream::Config { republish: Some(republish), ..config(name, subject) };

        let service = jetstream(&nats, owner, REFUSED).await;
        for change in [&ear, &mouth] {
            assert!(service.update_stream(change).await.is_err(), "{owner} changed {name}");
        }
        operator.delete_stream(name).await.unwrap();
        for new in [&config(name, subject), &ear, &mouth] {
            assert!(service.create_stream(new.clone()).await.is_err(), "{owner} made {name}");
            assert!(operator.get_stream(name).await.is_err(), "{owner} made {name}");
        }
        // The control: the server itself minds neither.
        for new in [ear, mouth] {
            operator.create_stream(new).await.unwrap();
            operator.delete_stream(name).await.unwrap();
        }
        nats.make_streams().await.unwrap();
        let own = jetstream(&nats, owner, ANSWERED).await;
        own.publish(subject, "said".into()).await.unwrap().await.unwrap();
    }
}

#[tokio::test]
async fn a_durable_reads_its_own_subject_and_nothing_else() {
    let nats = Nats::start().await.unwrap();
    let door = jetstream(&nats, "scanner", REFUSED).await;
    // Names and amounts of orders are none of the door's business.
    let curious =
        door.create_consumer_on_stream(reads("scanner_ticket_changed", "order.paid"), "SALES").await;
    assert!(curious.is_err());
}

/// Everything that the services do of their own is allowed: a refusal would be in the server's log.
#[tokio::test(flavor = "multi_thread")]
async fn the_three_services_work_without_one_refusal() {
    let stack = Stack::start(StackOptions::default()).await.unwrap();
    let operator = jetstream(&stack.nats, "operator", ANSWERED).await;
    let expected = [("CLUB", 5), ("SALES", 10), ("DOOR", 4)];
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    loop {
        let mut found = Vec::new();
        for (stream, _) in expected {
            let info = operator.get_stream(stream).await;
            found.push((stream, info.map_or(0, |stream| stream.cached_info().state.consumer_count)));
        }
        if found == expected {
            break;
        }
        let logs = Service::ALL.map(|service| stack.log(service)).join("\n");
        assert!(tokio::time::Instant::now() < deadline, "{found:?}\n{}\n{logs}", stack.nats.log());
    }
    let said = stack.nats.log();
    let refusals: Vec<&str> = said.lines().filter(|line| line.contains("Violation")).collect();
    assert!(refusals.is_empty(), "{refusals:#?}");
}

/// The test above would see a refusal if there were one.
#[tokio::test]
async fn a_refusal_is_in_the_log() {
    let nats = Nats::start().await.unwrap();
    let door = jetstream(&nats, "scanner", REFUSED).await;
    assert!(door.publish("order.paid", "forged".into()).await.unwrap().await.is_err());
    // The refused call was given up before the server needs to have written a word.
    let deadline = tokio::time::Instant::now() + ANSWERED;
    while !nats.log().contains("Violation") {
        assert!(tokio::time::Instant::now() < deadline, "{}", nats.log());
        tokio::task::yield_now().await;
    }
}

async fn jetstream(nats: &Nats, user: &str, patience: Duration) -> Context {
    let client = async_nats::ConnectOptions::new()
        .custom_inbox_prefix(format!("_INBOX_{user}"))
        .user_and_password(user.to_owned(), nats.password(user).to_owned())
        .connect(nats.address())
        .await
        .expect("the server lets its users in");
    jetstream::context::ContextBuilder::new().timeout(patience).ack_timeout(patience).build(client)
}

fn config(name: &str, subject: &str) -> stream::Config {
    stream::Config { name: name.into(), subjects: vec![subject.into()], ..Default::default() }
}

fn reads(durable: &str, subject: &str) -> pull::Config {
    pull::Config { durable_name: Some(durable.into()), filter_subject: subject.into(), ..Default::default() }
}
