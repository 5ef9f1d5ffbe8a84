//! Orders while guests wait: by the form and by the API, with a turn and without, again and refused.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SystemClock};
use futures::future::join_all;
use messages::marketing_admin::v1::EventVisibility;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Guest, ROOM, ask, hot, let_in, terms, until_page, until_shut};
use crate::stage::{LOOKS, PUBLIC_URL, Stage, pause};

#[tokio::test(flavor = "multi_thread")]
async fn the_form_leads_to_the_line_and_from_there_to_the_payment() {
    let (stage, clock) = hot("1").await;
    let mut guest = Guest { base: stage.url(""), cookie: String::new() };
    assert_eq!(guest.sends_the_form(&stage).await, ROOM);
    assert_eq!(guest.place(&stage).await["before"], "You’re next", "the form gave a place");
    assert_eq!(guest.sends_the_form(&stage).await, ROOM, "going back changes nothing");
    clock.advance(TimeDelta::seconds(1));
    guest.until_admitted(&stage).await;
    assert_eq!(guest.get(&stage, ROOM, "text/html").await.headers()["location"], "/e/friday-night");
    let html = guest.get(&stage, "/e/friday-night", "text/html").await.text().await.expect("a page");
    assert!(html.contains("It’s your turn") && html.contains("id=\"email\""), "{html}");
    assert!(guest.sends_the_form(&stage).await.contains("/c/pay/"), "to the payment page");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_takes_no_order_past_the_line_and_keeps_its_place() {
    let (stage, clock) = hot("1").await;
    let (base, wish) = (stage.url(""), stage.wish(0, 1));
    let (status, body) = ask(&stage, &base, "api", &wish, None).await;
    assert_eq!(
        (status, &body["place"]["before"], &body["place"]["wait_seconds"]),
        (429, &json!(0), &json!(1))
    );
    let token = body["place"]["token"].as_str().expect("a token");
    let (status, again) = ask(&stage, &base, "api", &wish, Some(token)).await;
    assert_eq!((status, &again["place"]["number"]), (429, &body["place"]["number"]), "{again}");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 6, "nothing was held");
    clock.advance(TimeDelta::seconds(1));
    for _ in 0..LOOKS {
        let (status, body) = ask(&stage, &base, "api", &wish, Some(token)).await;
        if status == 201 {
            // The order stands: it needs no place any more, and nobody's turn.
            let (status, again) = ask(&stage, &base, "api", &wish, None).await;
            assert_eq!((status, &again["order"]), (201, &body["order"]), "{again}");
            return;
        }
        pause().await;
    }
    panic!("never let in");
}

/// Who has a ticket already passes nobody: another type's places are for whose turn it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_exchanged_in_its_turn() {
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    let mut stage = Stage::at(&terms("1"), clock.clone()).await;
    let mut balcony = stage.event.ticket_types[0].clone();
    (balcony.ticket_type_id, balcony.position) = (Uuid::now_v7().to_string(), 2);
    (balcony.name, balcony.price_minor) = ("Balcony".into(), 3000);
    stage.event.ticket_types.push(balcony);
    (stage.event.revision, stage.event.exchange_until) = (2, stage.event.entry_from);
    stage.publish(&stage.event).await;
    // Six guests in one moment, of whom one has paid: the seventh might be asked to wait already.
    let (order, paid) = stage.bought(0, 1).await;
    for _ in 0..5 {
        stage.order(0, 1).await;
    }
    until_page(&stage, true).await;
    stage.event.revision = 3;
    (stage.event.visibility, stage.event.access_code) = (EventVisibility::Private.into(), "deck".into());
    stage.publish(&stage.event).await;

    let ticket = paid["tickets"][0]["id"].as_str().expect("an id");
    let path = order.file(&format!("tickets/{ticket}/exchange"));
    let form = [("once", Uuid::now_v7().to_string()), ("to", stage.kind(2).to_owned())];
    let mut guest = Guest { base: stage.url(""), cookie: String::new() };
    for turn in [ROOM, "/c/pay/"] {
        let post = stage.http.post(stage.url(&path)).header("origin", PUBLIC_URL).form(&form);
        let answer = post.header("cookie", guest.cookie.as_str()).send().await.expect("an answer");
        assert_eq!(answer.status(), 303);
        let next = answer.headers()["location"].to_str().expect("text").to_owned();
        assert!(next.contains(turn), "{turn}: {answer:?}");
        guest.keep(&answer);
        if turn == ROOM {
            // A private night is no secret to who has a ticket for it.
            stage.until_gone(&next).await;
            assert_eq!(guest.get(&stage, &next, "text/html").await.status(), 200);
            clock.advance(TimeDelta::seconds(1));
            guest.until_admitted_at(&stage, &next).await;
            let on = guest.get(&stage, &next, "text/html").await;
            assert_eq!(on.headers()["location"], path.as_str(), "back to the exchange, not to the sale");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_place_is_no_hundred_guests() {
    let (stage, clock) = hot("1").await;
    let token = let_in(&stage, &clock).await;
    let base = stage.url("");
    let wish = |n: usize| {
        let mut wish = stage.wish(0, 1);
        wish["buyer"]["email"] = format!("guest-{n}@example.org").into();
        wish
    };
    let wishes: Vec<(String, Value)> = (0..20).map(|n| (format!("shared-{n}"), wish(n))).collect();
    let asked = wishes.iter().map(|(key, wish)| ask(&stage, &base, key, wish, Some(&token)));
    let answers = join_all(asked).await;
    let served: Vec<usize> = (0..20).filter(|n| answers[*n].0 == 201).collect();
    assert_eq!(served.len(), 1, "one of them: {answers:?}");
    // That one may go back and change the order, twice.
    let own = wish(served[0]);
    let mut orders = 1;
    for n in 0..5 {
        orders += usize::from(ask(&stage, &base, &format!("own-{n}"), &own, Some(&token)).await.0 == 201);
    }
    assert_eq!(orders, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_stands_opens_no_way_past_the_line() {
    let (stage, _) = hot("1").await;
    let kind = format!("q-{}", stage.kind(0));
    let send = async |quantity: &str| {
        let fields = [
            (kind.as_str(), quantity),
            ("name", "Ana"),
            ("email", "ana@example.org"),
            ("form_key", "a-form-that-was-sent-before"),
        ];
        let post = stage.http.post(stage.url("/e/friday-night")).header("origin", PUBLIC_URL).form(&fields);
        let answer = post.send().await.expect("an answer");
        answer.headers()["location"].to_str().expect("text").to_owned()
    };
    assert_eq!(send("1").await, ROOM);
    // As if it had been sent before the room opened.
    until_shut(&stage).await;
    let payment = send("1").await;
    assert!(payment.contains("/c/pay/"), "{payment}");
    stage.sql("UPDATE waiting_rooms SET open_since = reckoned_at, empty_since = NULL").await;
    until_page(&stage, true).await;
    assert_eq!(send("1").await, payment, "the same order, as often as she likes");
    assert_eq!(send("2").await, ROOM, "another one under the same key is another order");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_refused_leaves_the_turn() {
    let (stage, clock) = hot("1").await;
    let token = let_in(&stage, &clock).await;
    let base = stage.url("");
    for n in 0..5 {
        let (status, body) =
            ask(&stage, &base, &format!("large-{n}"), &stage.wish(0, 11), Some(&token)).await;
        assert_eq!((status, &body["code"]), (409, &json!("limit_exceeded")), "{body}");
    }
    assert_eq!(ask(&stage, &base, "small", &stage.wish(0, 2), Some(&token)).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_stands_keeps_its_place_though_it_is_refused_when_sent_again() {
    let (stage, clock) = hot("1").await;
    let token = let_in(&stage, &clock).await;
    let base = stage.url("");
    let mut wish = stage.wish(0, 1);
    assert_eq!(ask(&stage, &base, "stands", &wish, Some(&token)).await.0, 201);
    // Who has named too many wrong codes is refused before anything is looked at, also what stands.
    for guess in 0..10 {
        let quote = json!({
            "event": "friday-night",
            "items": [{"ticket_type": stage.kind(0), "quantity": 1}],
            "promo": format!("GUESS-{guess}"),
        });
        let post = stage.http.post(stage.url("/api/v1/quotes")).json(&quote);
        assert_eq!(post.send().await.expect("an answer").status(), 422);
    }
    wish["access_code"] = "a-code".into();
    let post = stage.http.post(stage.url("/api/v1/checkouts")).header("idempotency-key", "stands");
    let again = post.header("waiting-place", &token).json(&wish).send().await.expect("an answer");
    let again: Value = again.json().await.expect("JSON");
    assert_eq!(again["code"], "rate_limited", "{again}");
    // The place is still hers.
    let mut other = stage.wish(0, 1);
    other["buyer"]["email"] = "somebody.else@example.org".into();
    let (status, body) = ask(&stage, &base, "other", &other, Some(&token)).await;
    assert_eq!((status, &body["code"]), (429, &json!("waiting_room")), "{body}");
}
