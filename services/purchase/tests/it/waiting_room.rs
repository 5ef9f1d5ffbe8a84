//! The waiting room: who comes first is let in first, at the club's rate, by whatever door; and nobody gets past the line.

mod switch;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SystemClock};
use futures::future::join_all;
use reqwest::Response;
use serde_json::{Value, json};

use crate::stage::{PUBLIC_URL, Stage, pause};

const ROOM: &str = "/e/friday-night/waiting-room";
const NOTICE: &str = "Many people want tickets right now";

/// One arrival a second is too hot already, and so many are let in.
fn terms(admits: &'static str) -> [(&'static str, &'static str); 2] {
    [("WAITING_ROOM_OPENS_ABOVE_PER_SECOND", "1"), ("WAITING_ROOM_ADMITS_PER_SECOND", admits)]
}

/// A night at whose checkout six guests arrived in the same moment. Time stands still.
async fn hot(admits: &'static str) -> (Stage, Arc<FixedClock>) {
    hot_with(&terms(admits), Arc::new(FixedClock::at(SystemClock.now()))).await
}

async fn hot_with(
    terms: &[(&'static str, &'static str)],
    clock: Arc<FixedClock>,
) -> (Stage, Arc<FixedClock>) {
    let stage = Stage::at(terms, clock.clone()).await;
    assert!(!page(&stage).await.contains(NOTICE), "nobody waits in ordinary times");
    for _ in 0..6 {
        stage.order(0, 1).await;
    }
    until_page(&stage, true).await;
    (stage, clock)
}

async fn page(stage: &Stage) -> String {
    stage.get("/e/friday-night").await.text().await.expect("a page")
}

async fn until_page(stage: &Stage, waits: bool) {
    for _ in 0..300 {
        if page(stage).await.contains(NOTICE) == waits {
            return;
        }
        pause().await;
    }
    panic!("the room never opened, or never closed: {waits}");
}

/// A guest's browser: it keeps the cookie of its place.
struct Guest {
    base: String,
    cookie: String,
}

impl Guest {
    async fn joins(stage: &Stage) -> Self {
        Self::joins_at(stage, stage.url("")).await
    }

    async fn joins_at(stage: &Stage, base: String) -> Self {
        let mut guest = Self { base, cookie: String::new() };
        let place = guest.place(stage).await;
        assert_eq!(place["admitted"], false, "{place}");
        guest
    }

    fn keep(&mut self, answer: &Response) {
        let cookies =
            answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().expect("text"));
        for cookie in cookies.filter(|cookie| cookie.starts_with("__Host-place-")) {
            assert!(cookie.contains("HttpOnly") && cookie.contains("Secure"), "{cookie}");
            self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        }
    }

    async fn get(&mut self, stage: &Stage, path: &str, accept: &str) -> Response {
        let get = stage.http.get(format!("{}{path}", self.base)).header("accept", accept);
        let answer = get.header("cookie", self.cookie.as_str()).send().await.expect("an answer");
        self.keep(&answer);
        answer
    }

    async fn place(&mut self, stage: &Stage) -> Value {
        self.get(stage, ROOM, "application/json").await.json().await.expect("JSON")
    }

    async fn until_admitted(&mut self, stage: &Stage) {
        for _ in 0..300 {
            if self.place(stage).await["admitted"] == true {
                return;
            }
            pause().await;
        }
        panic!("never let in");
    }

    async fn sends_the_form(&mut self, stage: &Stage) -> String {
        let kind = format!("q-{}", stage.kind(0));
        let fields = [(kind.as_str(), "1"), ("name", "Ana"), ("email", "ana@example.org")];
        let post = stage.http.post(format!("{}/e/friday-night", self.base)).header("origin", PUBLIC_URL);
        let post = post.header("cookie", self.cookie.as_str()).form(&fields);
        let answer = post.send().await.expect("an answer");
        assert_eq!(answer.status(), 303);
        self.keep(&answer);
        answer.headers()["location"].to_str().expect("text").to_owned()
    }
}

/// Asks the API at one of the replicas for an order, with a place in hand or without.
async fn ask(stage: &Stage, base: &str, key: &str, wish: &Value, place: Option<&str>) -> (u16, Value) {
    let post = stage.http.post(format!("{base}/api/v1/checkouts")).header("idempotency-key", key).json(wish);
    let post = match place {
        Some(token) => post.header("waiting-place", token),
        None => post,
    };
    let answer = post.send().await.expect("an answer");
    let (status, retry) = (answer.status().as_u16(), answer.headers().contains_key("retry-after"));
    let body: Value = answer.json().await.expect("JSON");
    if status == 429 {
        assert_eq!((&body["code"], retry), (&json!("waiting_room"), true), "{body}");
    }
    (status, body)
}

/// The token of a place that was let in.
async fn let_in(stage: &Stage, clock: &FixedClock) -> String {
    let (status, body) = ask(stage, &stage.url(""), "first", &stage.wish(0, 1), None).await;
    assert_eq!(status, 429, "{body}");
    let token = body["place"]["token"].as_str().expect("a token").to_owned();
    clock.advance(TimeDelta::seconds(1));
    for _ in 0..300 {
        let get = stage.http.get(stage.url(ROOM)).header("accept", "application/json");
        let place = get.header("waiting-place", &token).send().await.expect("an answer");
        if place.json::<Value>().await.expect("JSON")["admitted"] == true {
            return token;
        }
        pause().await;
    }
    panic!("never let in");
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_are_let_in_in_their_order_and_at_the_clubs_rate() {
    let (stage, clock) = hot("2").await;
    let mut guests = Vec::new();
    for before in ["You’re next", "1 person is before you", "2 people", "3 people", "4 people"] {
        let mut guest = Guest::joins(&stage).await;
        let place = guest.place(&stage).await;
        assert!(place["before"].as_str().is_some_and(|text| text.starts_with(before)), "{before}: {place}");
        guests.push(guest);
    }
    for round in [[0, 1], [2, 3]] {
        clock.advance(TimeDelta::seconds(1));
        for guest in round {
            guests[guest].until_admitted(&stage).await;
        }
        assert_eq!(guests[round[1] + 1].place(&stage).await["admitted"], false, "two a second, no more");
    }
    assert_eq!(stage.count("SELECT admitted FROM waiting_rooms").await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_survives_reloading_and_says_an_honest_wait() {
    let (stage, _) = hot("1").await;
    let mut first = Guest::joins(&stage).await;
    stage.sql("UPDATE waiting_rooms SET handed_out = handed_out + 150").await;
    let mut guest = Guest::joins(&stage).await;
    let cookie = guest.cookie.clone();
    let html = guest.get(&stage, ROOM, "text/html").await.text().await.expect("a page");
    assert!(html.contains("151 people are before you") && html.contains("About 3 minutes"), "{html}");
    assert!(html.contains("http-equiv=\"refresh\""), "without a script it loads itself anew: {html}");
    let spanish =
        guest.get(&stage, &format!("{ROOM}?lang=es"), "text/html").await.text().await.expect("a page");
    assert!(spanish.contains("Hay 151 personas antes que tú"), "{spanish}");
    assert_eq!(guest.cookie, cookie, "it is the same place");
    assert!(
        first.place(&stage).await["wait"].as_str().is_some_and(|wait| wait.contains("Less than a minute"))
    );
    assert_eq!(first.get(&stage, "/e/nowhere/waiting-room", "text/html").await.status(), 404);
}

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
    for _ in 0..300 {
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

#[tokio::test(flavor = "multi_thread")]
async fn forged_places_and_those_of_other_nights_are_worth_nothing() {
    let (stage, clock) = hot("1").await;
    let token = let_in(&stage, &clock).await;
    let (base, wish) = (stage.url(""), stage.wish(0, 1));
    let flipped = |at: usize| {
        let letter = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{letter}{}", &token[..at], &token[at + 1..])
    };
    for (n, forged) in [flipped(10), flipped(40), String::new(), "x".repeat(64)].iter().enumerate() {
        let (status, body) = ask(&stage, &base, &format!("forged-{n}"), &wish, Some(forged)).await;
        assert_eq!(status, 429, "{forged}: {body}");
    }
    // The same place before a night of its own: it was not signed for that.
    let mut saturday = crate::stage::friday();
    saturday.slug = "saturday-night".into();
    stage.publish(&saturday).await;
    let open = format!(
        "INSERT INTO waiting_rooms (event_id, handed_out, admitted, reckoned_at, counted_from, open_since)
         SELECT id, 10, 10, reckoned_at, counted_from, open_since
           FROM events CROSS JOIN waiting_rooms WHERE id = '{}'",
        saturday.event_id
    );
    stage.sql(&open).await;
    let other = json!({
        "event": "saturday-night",
        "items": [{"ticket_type": saturday.ticket_types[0].ticket_type_id, "quantity": 1}],
        "buyer": {"name": "Ana López", "email": "ana@example.org"},
    });
    for _ in 0..300 {
        let (status, body) =
            ask(&stage, &base, &uuid::Uuid::now_v7().to_string(), &other, Some(&token)).await;
        if status == 429 {
            assert!(body["place"]["number"].as_i64().is_some_and(|number| number > 10), "{body}");
            assert_eq!(ask(&stage, &base, "good", &wish, Some(&token)).await.0, 201, "the true one is good");
            return;
        }
        pause().await;
    }
    panic!("this process never heard that the other night's room is open");
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
    stage.sql("UPDATE waiting_rooms SET open_since = NULL").await;
    until_page(&stage, false).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_nobody_uses_is_over() {
    let (stage, clock) = hot("1").await;
    let mut guest = Guest::joins(&stage).await;
    stage.sql("UPDATE waiting_rooms SET handed_out = handed_out + 1000").await;
    clock.advance(TimeDelta::seconds(20));
    guest.until_admitted(&stage).await;
    stage.until_count("SELECT jsonb_array_length(marks) FROM waiting_rooms", 2).await;
    clock.advance(TimeDelta::minutes(11));
    stage.until_count("SELECT count(*) FROM waiting_rooms WHERE lapsed >= 1", 1).await;
    let cookie = guest.cookie.clone();
    for _ in 0..300 {
        if guest.place(&stage).await["admitted"] == false {
            assert_ne!(guest.cookie, cookie, "at the end of the line");
            assert_eq!(guest.sends_the_form(&stage).await, ROOM);
            return;
        }
        pause().await;
    }
    panic!("the turn was never over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_before_which_nobody_waits_closes() {
    let (stage, clock) = hot("50").await;
    clock.advance(TimeDelta::seconds(61));
    until_page(&stage, false).await;
    stage.order(0, 1).await;
    let mut guest = Guest { base: stage.url(""), cookie: String::new() };
    assert_eq!(guest.place(&stage).await["admitted"], true, "who still asks is led on");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_have_one_line() {
    let (stage, clock) = hot("2").await;
    let other = stage.replica(&terms("2"), clock.clone()).await;
    let bases = [stage.url(""), format!("http://{}", other.public)];
    for _ in 0..300 {
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
        for _ in 0..300 {
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
