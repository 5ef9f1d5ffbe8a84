//! Phones of the door at work: how they are, that they may nothing alone, and that they are taken off.

use domain::{clock::SharedClock, permission::Role};
use reqwest::RequestBuilder;
use scanner::devices::{Devices, secret};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use web::session::COOKIE;

use crate::{
    devices::{enrolled, invite, scan_on, submit},
    heal::until,
    house::{House, ORIGIN, token},
};

pub fn contact(house: &House, secret: &str, token: &str) -> RequestBuilder {
    let body = json!({"device_time": house.now().timestamp_millis() + 2000, "battery": 83, "queue_length": 4,
        "data_at": house.now(), "app_version": "1.2.3", "event": house.night.event_id});
    let request = house.http.post(house.url("/api/v1/contact")).header("maguey-device", secret);
    request.bearer_auth(token).json(&body)
}

pub async fn revoke(house: &House, device: Uuid) {
    let url = house.url(&format!("/api/v1/devices/{device}/revoke"));
    let answer = house.http.post(url).bearer_auth(house.token(Role::Owner)).send().await.unwrap();
    assert_eq!(answer.status(), 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_taken_off_takes_its_sessions_with_it() {
    let house = House::open().await;
    let (device, secret_text) = enrolled(&house, "Main door 2").await;
    let (bystander, _) = enrolled(&house, "Side door").await;
    let claims = house.claims(Role::DoorStaff);
    let session = token(&claims);
    assert_eq!(contact(&house, &secret_text, &session).send().await.unwrap().status(), 200);
    // A sibling, whose list was read before.
    let clock = house.clock.clone() as SharedClock;
    let (sibling, shutdown) = (Devices::new(&house.db, &clock), CancellationToken::new());
    let hash = secret::hash(&secret_text).unwrap();
    assert!(!sibling.of(&hash).await.unwrap().unwrap().revoked);
    let fresh = tokio::spawn(sibling.clone().keep_fresh(shutdown.clone()));

    revoke(&house, device).await;
    let revoked = (401, "token_revoked".to_owned());
    assert_eq!(House::code(contact(&house, &secret_text, &session)).await, revoked);
    assert_eq!(House::code(scan_on(&house, &secret_text, &session, &house.scan_of("x"))).await, revoked);
    let without = house.http.post(house.url("/api/v1/scans")).bearer_auth(&session).json(&house.scan_of("x"));
    assert_eq!(House::code(without).await, revoked, "the session is dead without the phone's secret, too");
    let other = house.token(Role::DoorStaff);
    assert_eq!(House::code(scan_on(&house, &secret_text, &other, &house.scan_of("x"))).await, revoked);
    assert_eq!(house.scan(&other, &house.scan_of("y")).await.0, 200, "elsewhere that person goes on");
    until("the sibling knows", async || sibling.of(&hash).await.unwrap().unwrap().revoked).await;
    shutdown.cancel();
    fresh.await.unwrap();

    revoke(&house, device).await;
    assert_eq!(
        house.count("select count(*) from audit_log where action = 'device.revoked'").await,
        1,
        "twice is once"
    );
    let left = format!("select count(*) from devices where id = '{bystander}' and revoked_at is null");
    assert_eq!(house.count(&left).await, 1);
    let url = house.url(&format!("/api/v1/devices/{}/revoke", Uuid::now_v7()));
    let nowhere = house.http.post(url).bearer_auth(house.token(Role::Owner));
    assert_eq!(House::code(nowhere).await, (404, "not_found".into()));
}

/// Who was signed in before the phone was enrolled is signed out with it all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_from_before_the_enrolment_ends_with_the_phone() {
    let house = House::open().await;
    let session = house.token(Role::DoorStaff);
    let invited = invite(&house, "Main door 2").await;
    let form = [("code", invited["code"].as_str().unwrap())];
    let enrolled = submit(&house, "/enrol", &format!("{COOKIE}={session}"), &form).await;
    assert_eq!((enrolled.status().as_u16(), enrolled.headers()["location"].to_str().unwrap()), (303, "/"));
    let request = house.http.get(house.url("/api/v1/devices")).bearer_auth(house.token(Role::Owner));
    let listed: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(listed["devices"][0]["held_by_name"], "Ana");
    revoke(&house, listed["devices"][0]["id"].as_str().unwrap().parse().unwrap()).await;
    let scan = house.http.post(house.url("/api/v1/scans")).bearer_auth(&session).json(&house.scan_of("x"));
    assert_eq!(House::code(scan).await, (401, "token_revoked".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_alone_may_nothing() {
    let house = House::open().await;
    let (_, secret) = enrolled(&house, "Main door 2").await;
    let cookie = format!("__Host-device={secret}");
    for (method, path) in [
        ("POST", "/api/v1/scans"),
        ("POST", "/api/v1/contact"),
        ("GET", "/api/v1/events"),
        ("GET", "/api/v1/devices"),
    ] {
        let request = house.http.request(method.parse().unwrap(), house.url(path));
        let request =
            request.header("cookie", &cookie).header("origin", ORIGIN).header("maguey-device", &secret);
        let answer = House::code(request.json(&house.scan_of("x"))).await;
        assert_eq!(answer, (401, "token_missing".into()), "{path}");
    }
    assert_eq!(house.count("select count(*) from scans").await, 0);
    let twice = house.http.post(house.url("/api/v1/contact")).bearer_auth(house.token(Role::DoorStaff));
    let twice = twice.header("maguey-device", &secret).header("maguey-device", "another");
    assert_eq!(
        House::code(twice.json(&json!({"device_time": 0}))).await,
        (400, "duplicate_parameter".into())
    );
}

/// Who knows the phone asks the database nothing: a scan on it costs what a scan costs.
#[tokio::test(flavor = "multi_thread")]
async fn a_scan_on_an_enrolled_phone_costs_no_statement_more() {
    let house = House::open().await;
    let (_, secret) = enrolled(&house, "Main door 2").await;
    let session = house.token(Role::DoorStaff);
    let mut least = [u64::MAX; 2];
    // What runs beside the scans asks as well, now and then: the least of several is the scan's own.
    for _ in 0..8 {
        for (place, known) in [secret.as_str(), "nobody knows this"].into_iter().enumerate() {
            let before = house.pool.statements();
            let answer = scan_on(&house, known, &session, &house.scan_of("x")).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            least[place] = least[place].min(house.pool.statements() - before);
        }
    }
    assert!(least[0] <= least[1], "{least:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_tells_how_it_is_and_hears_the_time() {
    let house = House::open().await;
    let (device, secret) = enrolled(&house, "Main door 2").await;
    let heard: Value =
        contact(&house, &secret, &house.token(Role::DoorStaff)).send().await.unwrap().json().await.unwrap();
    assert_eq!(heard["server_time"], house.now().timestamp_millis());
    assert_eq!((&heard["device"]["id"], &heard["inside"]), (&json!(device), &json!(0)));
    let request = house.http.get(house.url("/api/v1/devices")).bearer_auth(house.token(Role::Manager));
    let listed: Value = request.send().await.unwrap().json().await.unwrap();
    let state = &listed["devices"][0];
    let found = (&state["battery"], &state["queue_length"], &state["skew_ms"], &state["held_by_name"]);
    assert_eq!(found, (&json!(83), &json!(4), &json!(2000), &json!("Ana")));
    assert!(!listed.to_string().contains(&secret));

    let strange = json!({"device_time": "2026-11-21T00:30:00Z", "battery": 1e9, "queue_length": 0, "app_version": "x".repeat(99)});
    let request = house.http.post(house.url("/api/v1/contact")).header("maguey-device", &secret);
    let request = request.bearer_auth(house.token(Role::DoorStaff)).json(&strange);
    assert_eq!(
        request.send().await.unwrap().status(),
        200,
        "a phone with a strange clock is heard all the same"
    );
    let bare = house.http.post(house.url("/api/v1/contact")).json(&json!({"device_time": 0}));
    let heard: Value =
        bare.bearer_auth(house.token(Role::DoorStaff)).send().await.unwrap().json().await.unwrap();
    assert!(heard["device"].is_null() && heard.get("inside").is_none(), "{heard}");
}
