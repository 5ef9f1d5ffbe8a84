//! Many at once: two replicas with one line, a rush, a crowd behind one address.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SystemClock};
use futures::future::join_all;
use serde_json::Value;

use super::{Guest, NOTICE, ROOM, ask, hot, hot_with, terms};
use crate::stage::{LOOKS, Stage, pause};

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_have_one_line() {
    let (stage, clock) = hot("2").await;
    let other = stage.replica(&terms("2"), clock.clone()).await;
    let bases = [stage.url(""), format!("http://{}", other.public)];
    for _ in 0..LOOKS {
        let html = stage.http.get(format!("{}/e/friday-night", bases[1])).send().await.expect("an answer");
        if html.text().await.expect("a page").contains(NOTICE) {
            break;
        }
        pause().await;
    }
    // One after the other, now here, now there: the numbers are in their order.
    let mut guests = Vec::new();
    let mut tokens = Vec::new();
    for n in 0..10_usize {
        let key = format!("turn-{n}");
        let (status, body) = ask(&stage, &bases[n % 2], &key, &stage.wish(0, 1), None).await;
        assert_eq!((status, body["place"]["number"].as_i64()), (429, Some(n as i64 + 1)), "{body}");
        tokens.push((key, body["place"]["token"].as_str().expect("a token").to_owned()));
    }
    // All at once: everybody has a number of their own.
    for n in 0..30_usize {
        guests.push(format!("crowd-{n}"));
    }
    let wish = stage.wish(0, 1);
    let asked = guests.iter().enumerate().map(|(n, key)| ask(&stage, &bases[n % 2], key, &wish, None));
    let numbers = join_all(asked).await.into_iter().map(|(_, body)| body["place"]["number"].as_i64());
    let numbers: BTreeSet<Option<i64>> = numbers.collect();
    assert_eq!(numbers, (11..=40).map(Some).collect::<BTreeSet<_>>());
    clock.advance(TimeDelta::seconds(1));
    stage.until_count("SELECT admitted FROM waiting_rooms", 2).await;
    // Each is let in where it did not stand before.
    for (n, (key, token)) in tokens.iter().enumerate().take(2) {
        let mut served = 0;
        for _ in 0..LOOKS {
            served = ask(&stage, &bases[(n + 1) % 2], key, &wish, Some(token)).await.0;
            if served == 201 {
                break;
            }
            pause().await;
        }
        assert_eq!(served, 201);
    }
    for base in &bases {
        assert_eq!(ask(&stage, base, &tokens[2].0, &wish, Some(&tokens[2].1)).await.0, 429);
    }
    assert_eq!(
        stage.count("SELECT admitted FROM waiting_rooms").await,
        2,
        "two a second, however many let in"
    );
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_waits_and_without_the_guard_it_does_not() {
    let (guarded, _) = hot("1").await;
    let open = Stage::open().await;
    for (stage, served) in [(&guarded, 0), (&open, 30)] {
        let (base, wish) = (stage.url(""), stage.wish(0, 1));
        let keys: Vec<String> = (0..30).map(|n| format!("rush-{n}")).collect();
        let answers = join_all(keys.iter().map(|key| ask(stage, &base, key, &wish, None))).await;
        assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), served);
    }
}

/// Asks for so many new places at one address, all at once; says how many were given.
async fn newcomers(stage: &Stage, address: &str, many: usize) -> usize {
    let asked = (0..many).map(|_| {
        let get = stage.http.get(stage.url(ROOM)).header("accept", "application/json");
        get.header("x-envoy-external-address", address).send()
    });
    let mut given = 0;
    for answer in join_all(asked).await {
        let answer = answer.expect("an answer");
        if answer.status() == 429 {
            let wait = answer.headers()["retry-after"].to_str().expect("text").parse::<u64>();
            assert!(wait.is_ok_and(|wait| wait > 0), "it says when to come again");
            let body: Value = answer.json().await.expect("JSON");
            assert_eq!(body["code"], "network_busy", "{body}");
        } else {
            assert_eq!(answer.status(), 200);
            given += 1;
        }
    }
    given
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carriers_guests_come_in_together_through_one_address() {
    let (stage, _) = hot("1").await;
    assert_eq!(newcomers(&stage, "192.0.2.66", 300).await, 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_does_not_fill_the_room() {
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    let few = [terms("1").as_slice(), &[("WAITING_ROOM_PLACES_PER_ADDRESS", "5")]].concat();
    let (stage, clock) = hot_with(&few, clock).await;
    assert_eq!(newcomers(&stage, "192.0.2.66", 9).await, 5);
    let get = stage.http.get(stage.url(ROOM)).header("x-envoy-external-address", "192.0.2.66");
    let page = get.header("accept", "text/html").send().await.expect("an answer");
    let html = page.text().await.expect("a page");
    assert!(html.contains("Many guests came from your network"), "{html}");
    assert_eq!(newcomers(&stage, "192.0.2.67", 1).await, 1, "the neighbour is another one");
    assert_eq!(newcomers(&stage, "192.0.2.68", 20).await, 5);
    let others = (70..90).map(|last| format!("192.0.2.{last}"));
    let mut given = 11;
    for address in others {
        given += newcomers(&stage, &address, 5).await;
    }
    assert_eq!(given, 25, "the network is full");
    Guest::joins(&stage).await;
    assert_eq!(stage.count("SELECT handed_out FROM waiting_rooms").await, 26);
    clock.advance(TimeDelta::minutes(2));
    assert_eq!(newcomers(&stage, "192.0.2.66", 3).await, 1, "one comes back within two minutes");
}
