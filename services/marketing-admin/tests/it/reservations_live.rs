//! The board of tables as it changes before those who look at it, the night's plan on it, and its list for staff's programs.

use futures::{Stream, StreamExt};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::body;
use crate::reservations::{Night, VERA, table, told};

const OLGA: &str = "olga@club.test";

/// Reads until the stream has said this; gives all of it.
async fn hear(
    answer: &mut (impl Stream<Item = reqwest::Result<impl AsRef<[u8]>>> + Unpin),
    words: &str,
) -> String {
    let mut text = String::new();
    let told = async {
        while !text.contains(words) {
            let chunk = answer.next().await.expect("the stream goes on").expect("bytes");
            text.push_str(&String::from_utf8_lossy(chunk.as_ref()));
        }
    };
    tokio::time::timeout(tokio::time::Duration::from_secs(60), told).await.expect("the board is told");
    text
}

async fn open(night: &Night, query: &str) -> Response {
    let token = night.house.token(VERA).await;
    let answer = night.house.get(&format!("{}/stream{query}", night.path()), &token).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(answer.headers()["content-type"].to_str().expect("text").starts_with("text/event-stream"));
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_board_shows_what_changes_and_only_of_its_own_night() {
    let night = Night::with(200, json!({})).await;
    let mut stream = open(&night, "?show=live&by=table").await.bytes_stream();
    let first = hear(&mut stream, "Nobody has a table yet").await;
    assert!(first.contains("event: board"), "{first}");

    // Another night's news is not this board's.
    let elsewhere = told(&Uuid::now_v7().to_string(), Uuid::now_v7(), "", 1, "requested");
    night.hears(&elsewhere).await;
    let (id, order) = (Uuid::now_v7(), Uuid::now_v7().to_string());
    night.hears(&told(&night.event, id, &order, 1, "pending")).await;
    let said = hear(&mut stream, &format!("data-reservation=\"{id}\" data-state=\"pending\"")).await;
    assert!(!said.contains(&elsewhere.reservation_id), "{said}");
    night.hears(&told(&night.event, id, &order, 2, "confirmed")).await;
    let said = hear(&mut stream, &format!("data-reservation=\"{id}\" data-state=\"confirmed\"")).await;
    assert!(said.contains("Ana &#60;b&#62;Ruiz: Expected\""), "what a screen reader is told: {said}");

    // The page listens, and has room for what is told politely.
    let page = night.see(VERA, "?show=inside").await;
    for part in ["/reservations/stream?show=inside&#38;by=table", "data-said-here", "aria-live=\"polite\""] {
        assert!(page.contains(part), "{part} in {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_board_opens_for_a_night_that_is_not_there() {
    let night = Night::with(200, json!({})).await;
    let token = night.house.token(VERA).await;
    for path in ["admin/events/{}/reservations/stream", "api/v1/events/{}/reservations"] {
        let path = format!("/{}", path.replace("{}", &Uuid::now_v7().to_string()));
        assert_eq!(night.house.get(&path, &token).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

/// Tables 12 and 13 of a night, 13 kept by the club.
fn plan() -> Value {
    let table = |number: u128, x: i32| {
        json!({
            "id": Uuid::from_u128(number), "label": number.to_string(), "shape": "round", "seats": 10,
            "place": {"x": x, "y": 100, "width": 80, "height": 80},
        })
    };
    let offer = |number: u128, blocked: bool| {
        json!({
            "table": Uuid::from_u128(number), "minimum_minor": 50_000, "deposit": {"kind": "full"}, "includes": "", "photo": null,
            "blocked": blocked,
        })
    };
    json!({
        "plan": {"width": 1000, "height": 600, "rooms": [], "features": [], "tables": [table(12, 100), table(13, 300)]},
        "offers": [offer(12, false), offer(13, true)], "menu": [], "release_after_minutes": 0, "open": false,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nights_plan_shows_how_each_table_stands_and_whose_it_is() {
    let night = Night::with(200, json!({})).await;
    assert!(!night.see(VERA, "").await.contains("board-plan"), "a night without a plan has no picture");
    let owner = night.house.token(OLGA).await;
    let api = format!("/api/v1/events/{}/tables", night.event);
    let kept = night.house.put(&api, &owner, json!({"revision": 0, "night": plan()})).await;
    let status = kept.status();
    assert!(status.is_success(), "{status}: {}", kept.text().await.expect("text"));

    let page = night.see(VERA, "").await;
    assert!(
        page.contains("plan__table--round is-free\"") && page.contains("plan__table--round is-kept\""),
        "{page}"
    );
    let (id, order) = (Uuid::now_v7(), Uuid::now_v7().to_string());
    for (revision, state, class) in
        [(1, "pending", "is-held"), (2, "confirmed", "is-expected"), (3, "checked_in", "is-inside")]
    {
        night.hears(&told(&night.event, id, &order, revision, state)).await;
        let page = night.see(VERA, "").await;
        assert!(page.contains(&format!("plan__table--round {class}\"")), "{state}: {page}");
        assert!(
            page.contains("class=\"plan__party\"") && page.contains(">Ana &#60;b&#62;Ruiz</text>"),
            "{page}"
        );
    }
    night.hears(&told(&night.event, id, &order, 4, "closed")).await;
    assert!(night.see(VERA, "").await.contains("plan__table--round is-free\""), "free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_of_staff_read_who_has_which_table() {
    let night = Night::with(200, json!({})).await;
    let token = night.house.token(VERA).await;
    let api = format!("/api/v1/events/{}/reservations", night.event);
    assert_eq!(body(night.house.get(&api, &token).await).await, json!({"reservations": []}));
    let id = Uuid::now_v7();
    let mut message = told(&night.event, id, &Uuid::now_v7().to_string(), 2, "confirmed");
    message.tables.push(table(13, 6));
    night.hears(&message).await;
    let answer = night.house.get(&api, &token).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let list = body(answer).await;
    let item = &list["reservations"][0];
    assert_eq!(item["id"], json!(id));
    assert_eq!(item["tables"][0]["label"], "12");
    assert_eq!(item["tables"][1], json!({"id": Uuid::from_u128(13), "label": "13", "seats": 6}));
    assert_eq!(item["booker"], json!({"name": "Ana <b>Ruiz", "email": "ana@example.org"}));
    assert_eq!((item["party"].as_i64(), item["balance_minor"].as_i64()), (Some(8), Some(40_000)));
    assert_eq!(item["held_until"], Value::Null, "what is paid for is not held any more");
}
