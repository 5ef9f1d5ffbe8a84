//! What phones decided without the network, brought afterwards: every scan is kept, once. What it makes of the night in [`facts`], that the
//! order in which it comes does not matter in [`order`].

mod facts;
mod order;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::RunQueryDsl;
use domain::permission::Role;
use messages::{marketing_admin::v1::EventChanged, scanner::v1::TicketScanned};
use prost::Message;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, code_of};

/// A scan that a phone let in, at the first gate of a night.
pub fn admitted(night: &EventChanged, code: &str, at: DateTime<Utc>) -> Value {
    json!({
        "code": code, "event": night.event_id, "gate": House::gate(night, 0), "nonce": Uuid::now_v7().to_string(),
        "direction": "entry", "scanned_at": at, "corrected_at": at, "decision": "admit", "reason": "ok",
    })
}

/// The same scan with another value.
pub fn with(scan: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut scan = scan.clone();
    scan[name] = value.into();
    scan
}

pub fn call(house: &House, token: &str, scans: &[Value]) -> reqwest::RequestBuilder {
    let body = json!({"device_time": house.now(), "scans": scans});
    house.http.post(house.url("/api/v1/scans/batch")).bearer_auth(token).json(&body)
}

/// Brings scans; what became of each.
pub async fn report(house: &House, token: &str, scans: &[Value]) -> Vec<Value> {
    let response = call(house, token, scans).send().await.unwrap();
    let (status, text) = (response.status(), response.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    let results = answer["results"].as_array().unwrap().clone();
    let nonces = |list: &[Value]| list.iter().map(|one| one["nonce"].clone()).collect::<Vec<_>>();
    assert_eq!(nonces(&results), nonces(scans), "each is answered, in order");
    results
}

fn outcomes(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["outcome"].as_str().unwrap()).collect()
}

/// One column of text.
pub async fn lines(house: &House, sql: &str) -> Vec<String> {
    #[derive(diesel::QueryableByName)]
    struct Line {
        #[diesel(sql_type = diesel::sql_types::Text)]
        line: String,
    }
    let mut conn = house.db.conn().await.unwrap();
    let found: Vec<Line> = diesel::sql_query(sql).load(&mut *conn).await.unwrap();
    found.into_iter().map(|found| found.line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_phone_let_in_is_inside_and_told_of_and_a_lost_answer_changes_nothing() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    let (token, earlier) = (house.token(Role::DoorStaff), house.now() - TimeDelta::minutes(50));
    let scan = admitted(&house.night, &code_of(&ticket), earlier);
    let refused = with(
        &with(&admitted(&house.night, "not a ticket", earlier), "decision", "deny"),
        "reason",
        "malformed",
    );
    let both = [scan.clone(), refused];
    let first = report(&house, &token, &both).await;
    assert_eq!((outcomes(&first), &first[0]["reason"]), (vec!["recorded", "recorded"], &json!("ok")));
    assert_eq!(first[1]["reason"], "malformed");
    let again = report(&house, &token, &both).await;
    assert_eq!((outcomes(&again), &again[0]["reason"]), (vec!["repeated", "repeated"], &json!("ok")));

    assert_eq!(
        house.count("select count(*) from entries where offline and is_primary and left_at is null").await,
        1
    );
    assert_eq!(house.count("select count(*) from scans where offline and judged = reason").await, 2);
    assert_eq!(house.count("select inside from occupancy").await, 1);
    let told = told(&house).await;
    let told = told.iter().find(|scan| scan.decision == "admit").unwrap();
    assert_eq!((told.reason.as_str(), told.inside_after), ("ok", 1));
    assert_eq!(told.scanned_at, earlier.timestamp_millis(), "when it happened, not when it was heard of");
    // Asked online, under the same nonce and under another.
    let mut online = house.scan_of(&code_of(&ticket));
    online["nonce"] = scan["nonce"].clone();
    assert_eq!(house.answer(&token, &online).await["reason"], "ok");
    let other = house.answer(&token, &house.scan_of(&code_of(&ticket))).await;
    assert_eq!((&other["reason"], &other["first_scan"]["at"]), (&json!("already_inside"), &json!(earlier)));
}

async fn told(house: &House) -> Vec<TicketScanned> {
    let payloads =
        lines(house, "select encode(payload, 'hex') as line from outbox where subject = 'ticket.scanned'")
            .await;
    payloads.iter().map(|hex| TicketScanned::decode(&hex::decode(hex).unwrap()[..]).unwrap()).collect()
}

/// The connection broke somewhere in the middle: what was recorded is, and the same batch brings the rest.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_broke_off_is_sent_again_and_nothing_is_there_twice() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let mut scans = Vec::new();
    for n in 0..120 {
        let at = house.now() - TimeDelta::minutes(n);
        scans.push(admitted(&house.night, &code_of(&house.unsold()), at));
    }
    let part = report(&house, &token, &scans[..70]).await;
    assert!(part.iter().all(|result| result["outcome"] == "recorded" && result["reason"] == "unknown"));
    let whole = report(&house, &token, &scans).await;
    assert!(whole[..70].iter().all(|result| result["outcome"] == "repeated"));
    assert!(whole[70..].iter().all(|result| result["outcome"] == "recorded"));
    assert_eq!(house.count("select count(*) from entries").await, 120);
    assert_eq!(house.count("select inside from occupancy").await, 120);
    assert_eq!(told(&house).await.len(), 120);
    // A nonce twice in one batch, of somebody who comes in with a ticket that was let in before.
    let later = with(&with(&scans[1], "nonce", "n"), "corrected_at", json!(house.now()));
    let twice = report(&house, &token, &[scans[0].clone(), later.clone(), later]).await;
    assert_eq!(outcomes(&twice), ["repeated", "recorded", "repeated"]);
    assert!(twice[2]["conflict"].is_object(), "its ticket came in before: {}", twice[2]);
}

/// Somebody else signs in on a phone that nobody enrolled, or it is enrolled, before the answer to its scans came.
#[tokio::test(flavor = "multi_thread")]
async fn scans_that_came_in_another_name_before_are_not_there_twice() {
    let house = House::open().await;
    let (ana, bo) = (house.token(Role::DoorStaff), house.token(Role::DoorStaff));
    let reported = admitted(&house.night, &code_of(&house.ticket().await), house.now());
    assert_eq!(outcomes(&report(&house, &ana, std::slice::from_ref(&reported)).await), ["recorded"]);
    // Asked online; the answer was lost, and the phone decided by itself.
    let code = code_of(&house.ticket().await);
    let asked = house.scan_of(&code);
    assert_eq!(house.answer(&ana, &asked).await["decision"], "admit");
    let decided = with(&admitted(&house.night, &code, house.now()), "nonce", asked["nonce"].clone());
    for _ in 0..2 {
        let again = report(&house, &bo, &[reported.clone(), decided.clone()]).await;
        assert_eq!(outcomes(&again), ["repeated", "repeated"]);
    }
    assert_eq!(house.count("select count(*) from entries").await, 2);
    assert_eq!(house.count("select count(*) from conflicts").await, 0);
    assert_eq!(house.count("select inside from occupancy").await, 2, "two people, not four");
    // Another phone's nonce for another ticket is nobody's repeat.
    let other = admitted(&house.night, &code_of(&house.ticket().await), house.now());
    let other = with(&other, "nonce", reported["nonce"].clone());
    assert_eq!(outcomes(&report(&house, &bo, &[other]).await), ["recorded"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_scan_that_cannot_be_taken_holds_up_none_of_the_others() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let ticket = house.ticket().await;
    let good = admitted(&house.night, &code_of(&ticket), house.now());
    let scans = [
        good.clone(),
        with(&good, "code", code_of(&house.unsold())),
        with(&with(&good, "decision", "deny"), "gate", Uuid::now_v7().to_string()),
        with(&with(&good, "nonce", "e"), "event", "no-such-night"),
        with(&with(&good, "nonce", "c"), "code", "not a ticket"),
        with(&with(&good, "nonce", "d"), "decision", "perhaps"),
        with(&with(&good, "nonce", "t"), "scanned_at", "yesterday"),
        with(&good, "nonce", "n".repeat(200)),
        admitted(&house.night, &code_of(&house.ticket().await), house.now()),
    ];
    let body = json!({"device_time": house.now(), "scans": scans});
    let sent = house.http.post(house.url("/api/v1/scans/batch")).bearer_auth(&token).json(&body);
    let answer: Value = sent.send().await.unwrap().json().await.unwrap();
    let results = answer["results"].as_array().unwrap();
    let expected = [
        "recorded",
        "reused",
        "unmatched",
        "unmatched",
        "unmatched",
        "unmatched",
        "unmatched",
        "unmatched",
        "recorded",
    ];
    assert_eq!(outcomes(results), expected);
    assert_eq!(results[4]["reason"], "malformed");
    call(&house, &token, &scans).send().await.unwrap();
    let kept = lines(&house, "select problem as line from unmatched_scans order by problem").await;
    assert_eq!(kept, ["code", "event", "gate", "nonce", "reused", "shape", "shape"], "each once");
    assert_eq!(house.count("select count(*) from entries").await, 2);
    let text = lines(&house, "select row_to_json(u)::text as line from unmatched_scans u").await.concat();
    assert!(!text.contains("not a ticket") && !text.contains(&code_of(&ticket)), "never the code itself");

    let mine = house.claims(Role::DoorStaff);
    let token = crate::house::token(&mine);
    let others = with(&good, "device", Uuid::now_v7().to_string());
    assert_eq!(House::code(call(&house, &token, &[others])).await, (403, "device_mismatch".into()));
    let own = with(&with(&good, "device", mine.sub.to_string()), "nonce", "own");
    assert_eq!(outcomes(&report(&house, &token, &[own]).await), ["recorded"]);
    let many = vec![good; 501];
    assert_eq!(House::code(call(&house, &token, &many)).await, (413, "payload_too_large".into()));
}
