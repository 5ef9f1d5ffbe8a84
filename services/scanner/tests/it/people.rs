//! How many people were inside when, and the log of what changed that.

use chrono::TimeDelta;
use domain::permission::Role;
use messages::purchase::v1::TicketChanged;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::Reader;
use crate::house::{House, code_of};

async fn call(house: &House, method: Method, path: &str, role: Role, body: &Value) -> Value {
    let request = house.http.request(method, house.url(path)).bearer_auth(house.token(role)).json(body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{path} {body}");
    response.json().await.unwrap()
}

async fn count(house: &House, by: i64, reason: &str) -> Value {
    let mut body = json!({"by": by, "nonce": Uuid::now_v7().to_string()});
    if !reason.is_empty() {
        body["reason"] = json!(reason);
    }
    call(house, Method::POST, "/api/v1/events/friday/counter", Role::Manager, &body).await
}

async fn limit(house: &House, people: i64, note: &str) {
    let body = json!({"people": people, "note": note});
    call(house, Method::PUT, "/api/v1/events/friday/limit", Role::Owner, &body).await;
}

async fn scan(house: &House, ticket: &TicketChanged, direction: &str) -> Value {
    let mut body = house.scan_of(&code_of(ticket));
    body["direction"] = json!(direction);
    let answer = house.answer(&house.token(Role::DoorStaff), &body).await;
    assert_eq!(answer["decision"], "admit", "{answer}");
    answer
}

async fn undo(house: &House, scan: &Value) {
    let path = format!("/api/v1/scans/{}/undo", scan["scan"].as_str().unwrap());
    call(house, Method::POST, &path, Role::Manager, &json!({"reason": "wrong guest"})).await;
}

async fn people(house: &House) -> Value {
    let url = house.url("/api/v1/events/friday/people");
    let answer = house.http.get(url).bearer_auth(house.token(Role::Manager)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

/// Half past midnight: five come without tickets and one with, two leave; twenty minutes later somebody is
/// let in by mistake, and a coach arrives.
async fn a_night(house: &House) {
    limit(house, 12, "Terrace closed").await;
    count(house, 5, "").await;
    scan(house, &house.ticket().await, "entry").await;
    count(house, -2, "").await;
    house.clock.advance(TimeDelta::minutes(20));
    let mistaken = scan(house, &house.ticket().await, "entry").await;
    undo(house, &mistaken).await;
    count(house, 6, "coach party").await;
}

/// Ten minutes as they are told.
fn step(from: &str, [came, left, inside, most]: [i64; 4], limit: Value) -> Value {
    json!({"from": from, "came": came, "left": left, "inside": inside, "most": most, "limit": limit})
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_inside_when_follows_from_what_was_written_down() {
    let house = House::open().await;
    let empty = people(&house).await;
    assert_eq!((&empty["inside"], &empty["peak"], &empty["log"]), (&json!(0), &Value::Null, &json!([])));
    a_night(&house).await;

    let seen = people(&house).await;
    assert_eq!((&seen["inside"], &seen["limit"]), (&json!(10), &json!(12)));
    assert_eq!(seen["peak"], json!({"at": "2026-11-21T00:50:00Z", "people": 10}));
    let steps = seen["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 15, "since the doors opened at half past ten: {seen}");
    assert_eq!(steps[11], step("2026-11-21T00:20:00Z", [0, 0, 0, 0], Value::Null));
    assert_eq!(steps[12], step("2026-11-21T00:30:00Z", [6, 2, 4, 4], json!(12)));
    assert_eq!(steps[13], step("2026-11-21T00:40:00Z", [0, 0, 4, 4], json!(12)));
    assert_eq!(steps[14], step("2026-11-21T00:50:00Z", [7, 1, 10, 10], json!(12)));

    let log = seen["log"].as_array().unwrap();
    let told: Vec<(&str, i64)> =
        log.iter().map(|row| (row["what"].as_str().unwrap(), row["by"].as_i64().unwrap())).collect();
    assert_eq!(told, [("limit", 0), ("count", 5), ("count", -2), ("undo", -1), ("count", 6)]);
    assert_eq!((&log[0]["limit_before"], &log[0]["limit_after"]), (&Value::Null, &json!(12)));
    assert_eq!((&log[0]["reason"], &log[3]["reason"]), (&json!("Terrace closed"), &json!("wrong guest")));
    assert_eq!((&log[3]["gate_name"], &log[4]["reason"]), (&json!("Main door"), &json!("coach party")));
    assert_eq!(seen["log_left_out"], 0);
    assert_eq!(house.count("select inside from occupancy").await, 10, "as the counter has it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exit_that_was_undone_is_seen_both_ways() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    scan(&house, &ticket, "entry").await;
    house.clock.advance(TimeDelta::minutes(10));
    let out = scan(&house, &ticket, "exit").await;
    house.clock.advance(TimeDelta::minutes(10));
    undo(&house, &out).await;
    let seen = people(&house).await;
    let inside: Vec<i64> =
        seen["steps"].as_array().unwrap()[12..].iter().map(|step| step["inside"].as_i64().unwrap()).collect();
    assert_eq!((inside, &seen["inside"]), (vec![1, 0, 1], &json!(1)), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_the_night_to_inspectors() {
    let house = House::open().await;
    let owner = Reader::new(&house, Role::Owner);
    let page = owner.page("/desk/people?event=friday").await;
    assert!(page.status == 200 && page.html.contains("Nobody has come in yet"), "{}", page.html);
    a_night(&house).await;
    let page = owner.page("/desk/people?event=friday").await.html;
    for words in [
        "10 at 01:50",
        "people-chart__limit",
        "Limit set: none to 12",
        "Terrace closed",
        "Counted by hand: +5",
        "Counted by hand: −2",
        "Scan undone: −1",
        "coach party",
        "Main door",
        "<th scope=\"col\"",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(!page.contains("style=\""), "{page}");
    for (language, title) in [("en", "People log"), ("es", "Registro de aforo")] {
        let page = owner.page(&format!("/desk/people?event=friday&lang={language}")).await;
        assert!(page.html.contains(title) && !page.html.contains(">door-history-"), "{}", page.html);
    }
    assert!(owner.page("/desk").await.html.contains("/desk/people?event=friday"));
    assert_eq!(owner.page("/desk/people?event=no-such-night").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_house_that_fills_warns_in_three_steps_and_then_one_out_is_one_in() {
    let house = House::open().await;
    limit(&house, 20, "").await;
    for _ in 0..3 {
        count(&house, 5, "").await;
    }
    for (by, warn) in [(2, "none"), (1, "near"), (1, "nearly"), (1, "full")] {
        assert_eq!(count(&house, by, "").await["warn"], warn);
    }
    let ticket = house.ticket().await;
    let refused = house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&ticket))).await;
    assert_eq!(refused["reason"], "full");
    assert_eq!(count(&house, -1, "").await["warn"], "nearly");
    scan(&house, &ticket, "entry").await;
}
