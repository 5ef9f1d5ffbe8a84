//! The waiting room: who comes first is let in first, at the club's rate, by whatever door; and nobody gets past the line.

mod crowd;
mod orders;
mod switch;
mod turns;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SystemClock};
use reqwest::Response;
use serde_json::{Value, json};

use crate::stage::{LOOKS, PUBLIC_URL, Stage, pause};

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
    for _ in 0..LOOKS {
        if page(stage).await.contains(NOTICE) == waits {
            return;
        }
        pause().await;
    }
    panic!("the room never opened, or never closed: {waits}");
}

/// Shuts the room; again, where a round that was under way has opened it once more.
async fn until_shut(stage: &Stage) {
    for _ in 0..LOOKS {
        stage.sql("UPDATE waiting_rooms SET open_since = NULL").await;
        if !page(stage).await.contains(NOTICE) {
            return;
        }
        pause().await;
    }
    panic!("the room never closed");
}

impl Stage {
    /// Waits until a page is not there for a stranger: what is shown of a night is a moment old.
    async fn until_gone(&self, page: &str) {
        for _ in 0..LOOKS {
            if self.get(page).await.status() == 404 {
                return;
            }
            pause().await;
        }
        panic!("everybody is shown {page}");
    }
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
        self.until_admitted_at(stage, ROOM).await;
    }

    async fn until_admitted_at(&mut self, stage: &Stage, page: &str) {
        for _ in 0..LOOKS {
            let place = self.get(stage, page, "application/json").await;
            if place.json::<Value>().await.expect("JSON")["admitted"] == true {
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
    for _ in 0..LOOKS {
        let get = stage.http.get(stage.url(ROOM)).header("accept", "application/json");
        let place = get.header("waiting-place", &token).send().await.expect("an answer");
        if place.json::<Value>().await.expect("JSON")["admitted"] == true {
            return token;
        }
        pause().await;
    }
    panic!("never let in");
}
