//! What the owner's dashboard shows of the figures, and guests of what is sold out.

use futures::StreamExt;
use marketing_admin::reports::figures;
use messages::millis;
use serde_json::json;
use uuid::Uuid;

use super::{Told, order, scan, take};
use crate::house::{House, body, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sold_after_midnight_belongs_to_the_evening_before() {
    let house = House::open().await;
    let mut conn = house.db.conn().await.expect("a connection");
    // The venue is in Madrid: 23:00, then 01:10 of the same night; 11:30 the next morning; noon.
    for (paid_at, tickets) in [
        ("2026-11-20T22:00:00Z", 1),
        ("2026-11-21T00:10:00Z", 2),
        ("2026-11-21T10:30:00Z", 4),
        ("2026-11-21T11:00:00Z", 8),
    ] {
        let mut paid =
            order(&Uuid::now_v7().to_string(), &Uuid::now_v7().to_string(), "ana@example.org", tickets);
        paid.paid_at = millis(paid_at.parse().expect("an instant"));
        take(&mut conn, &Told::Paid(paid)).await;
    }
    let mut sold = async |now: &str| {
        let now = now.parse().expect("an instant");
        figures::read(&mut conn, now).await.expect("figures").sales[11..].to_vec()
    };
    assert_eq!(sold("2026-11-21T10:59:00Z").await, [0, 0, 7]);
    assert_eq!(sold("2026-11-21T12:00:00Z").await, [0, 7, 8]);
    assert_eq!(sold("2026-11-22T01:00:00Z").await, [0, 7, 8], "midnight changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_goes_dark_when_its_session_is_over() {
    let house = House::open().await;
    let token = house.short_token("olga@club.test", 6).await;
    let stream = house.get("/api/v1/figures/stream", &token).await;
    assert_eq!(stream.status(), reqwest::StatusCode::OK);
    let mut stream = stream.bytes_stream();
    let all = async { while let Some(Ok(_)) = stream.next().await {} };
    tokio::time::timeout(tokio::time::Duration::from_secs(60), all).await.expect("the stream ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_sold_out_says_so_to_guests() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let event = house.published(&token, "Agave").await;
    let (id, slug) = (event["id"].as_str().expect("id"), event["slug"].as_str().expect("slug"));
    let kind = |place: usize| event["ticket_types"][place]["id"].as_str().expect("id");
    let page = async |path: String| {
        let answer = house.http.get(house.url(&path)).send().await.expect("an answer");
        answer.text().await.expect("a page").replace('\u{a0}', " ")
    };
    let home = page("/".to_owned()).await;
    assert!(home.contains("15.88 €") && home.contains("Get tickets"), "{home}");
    house.say(&order(id, kind(0), "ana@example.org", 120)).await;
    until("the price is that of what is left", async || {
        let home = page("/".to_owned()).await;
        home.contains("41.50 €") && !home.contains("15.88 €") && !home.contains("Sold out")
    })
    .await;
    let night = page(format!("/events/{slug}")).await;
    assert_eq!(night.matches("Sold out").count(), 1, "one of two types: {night}");
    house.say(&order(id, kind(1), "ben@example.org", 40)).await;
    until("nothing is for sale any more", async || {
        let home = page("/".to_owned()).await;
        home.contains("Sold out") && !home.contains("Get tickets")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_rises_without_a_reload() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let event = house.published(&token, "Agave").await;
    let (id, kind) =
        (event["id"].as_str().expect("id"), event["ticket_types"][0]["id"].as_str().expect("id"));
    let stream = house.get("/api/v1/figures/stream", &token).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut stream = stream.bytes_stream();
    let mut text = String::new();
    let shows = |text: &str, what: &str| text.contains(what);
    let mut wait_for = async |what: String| {
        let deadline = tokio::time::Duration::from_secs(60);
        tokio::time::timeout(deadline, async {
            while !shows(&text, &what) {
                let chunk = stream.next().await.expect("the stream goes on").expect("bytes");
                text.push_str(std::str::from_utf8(&chunk).expect("text"));
            }
        })
        .await
        .unwrap_or_else(|_| panic!("{what} did not come: {text}"));
    };
    wait_for(format!("sold:{id}\">0 of 160<")).await;
    house.say(&order(id, kind, "ana@example.org", 3)).await;
    wait_for(format!("sold:{id}\">3 of 160<")).await;
    wait_for(format!("revenue:{id}\">47.64")).await;
    house.say(&scan(id, true, 1, 1)).await;
    wait_for("data-figure=\"inside\">1<".to_owned()).await;
    let figures = body(house.get("/api/v1/figures", &token).await).await;
    assert_eq!(figures["total"]["tickets_sold"], 3);
    assert_eq!(figures["total"]["revenue"][0]["minor"], 3 * 1588);
    // The last day of the chart is today, or was when they were sold: a day of the club ends at noon.
    until("today's sales are in the chart", async || {
        let figures = body(house.get("/api/v1/figures", &token).await).await;
        let last_two = json!([figures["sales"][12], figures["sales"][13]]);
        last_two == json!([0, 3]) || last_two == json!([3, 0])
    })
    .await;
}
