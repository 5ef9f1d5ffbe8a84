//! People without tickets, and how many may be inside.

use domain::permission::Role;
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, code_of};

/// Calls a path of tonight's: status and body.
async fn call(house: &House, method: Method, what: &str, token: &str, body: &Value) -> (u16, Value) {
    let url = house.url(&format!("/api/v1/events/{}/{what}", house.night.slug));
    let request = house.http.request(method, url).bearer_auth(token).json(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn click(house: &House, token: &str, by: i64) -> (u16, Value) {
    let body = json!({"by": by, "nonce": Uuid::now_v7().to_string()});
    call(house, Method::POST, "counter", token, &body).await
}

async fn occupancy(house: &House) -> Value {
    let url = house.url(&format!("/api/v1/events/{}/occupancy", house.night.slug));
    let request = house.http.get(url).bearer_auth(house.token(Role::DoorStaff));
    request.send().await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_clicked_in_and_out_and_never_below_nobody() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    assert_eq!(click(&house, &token, -1).await.1["code"], "nobody_inside");
    for (by, inside) in [(1, 1), (5, 6), (-2, 4)] {
        let (status, full) = click(&house, &token, by).await;
        assert_eq!((status, &full["inside"], &full["warn"]), (200, &inside.into(), &"none".into()));
    }
    let (status, refused) = click(&house, &token, -5).await;
    assert_eq!((status, &refused["code"]), (409, &"nobody_inside".into()));
    // A guest with a ticket is one more.
    let scan = house.scan_of(&code_of(&house.ticket().await));
    assert_eq!(house.answer(&token, &scan).await["inside"], 5);
    assert_eq!(occupancy(&house).await, json!({"inside": 5, "limit": null, "warn": "none"}));
    assert_eq!(house.count("select sum(by) from counts").await, 4, "what was refused is no row");
    assert_eq!(house.count("select count(*) from counts where staff_id is not null").await, 3);
    assert_eq!(house.count("select revision from occupancy").await, 4, "a step for every change");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_counts_once_however_often_it_is_sent() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let body = json!({"by": 2, "nonce": "one-tap", "gate": House::gate(&house.night, 0)});
    let sent = join_all((0..8).map(|_| call(&house, Method::POST, "counter", &token, &body))).await;
    assert!(sent.iter().all(|(status, full)| *status == 200 && full["inside"] == 2), "{sent:?}");
    assert_eq!(house.count("select count(*) from counts").await, 1);
    let other = json!({"by": 3, "nonce": "one-tap"});
    assert_eq!(call(&house, Method::POST, "counter", &token, &other).await.1["code"], "nonce_reused");
    // Somebody else's phone may choose the same.
    let (status, full) = call(&house, Method::POST, "counter", &house.token(Role::DoorStaff), &body).await;
    assert_eq!((status, &full["inside"]), (200, &4.into()));
    let nowhere = json!({"by": 1, "nonce": "another", "gate": Uuid::now_v7()});
    assert_eq!(call(&house, Method::POST, "counter", &token, &nowhere).await.0, 404);
}

/// Two came in by their tickets and a click took both off: then one goes out and the other's entry is undone. The number stays what its
/// parts add up to: the stays that go on, the counts, and who left uncounted.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_after_a_click_took_them_off_is_not_taken_off_twice() {
    let house = House::open().await;
    let token = house.token(Role::Manager);
    let mut scans = Vec::new();
    for _ in 0..2 {
        scans.push(house.scan_of(&code_of(&house.ticket().await)));
    }
    let leaver = house.answer(&token, &scans[0]).await;
    let mistaken = house.answer(&token, &scans[1]).await;
    assert_eq!((&leaver["inside"], &mistaken["inside"]), (&1.into(), &2.into()));
    assert_eq!(click(&house, &token, -2).await.1["inside"], 0);

    let mut exit = scans[0].clone();
    exit["nonce"] = Uuid::now_v7().to_string().into();
    exit["direction"] = "exit".into();
    let left = house.answer(&token, &exit).await;
    assert_eq!((&left["decision"], &left["inside"]), (&"admit".into(), &0.into()));
    let undo = house.url(&format!("/api/v1/scans/{}/undo", mistaken["scan"].as_str().unwrap()));
    let request = house.http.post(undo).bearer_auth(&token).json(&json!({"reason": "wrong guest"}));
    let undone: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(undone["inside"], 0);

    assert_eq!(house.count("select uncounted from occupancy").await, 2);
    let parts = "select o.uncounted + (select sum(by) from counts)
        + (select count(*) from entries where left_at is null and annulled_at is null) from occupancy o";
    assert_eq!(house.count(parts).await, 0);
    assert_eq!(click(&house, &token, 1).await.1["inside"], 1, "whoever comes now is one");
}

/// Thirty-two phones at once; `race::counted_by_look_and_write_somebody_would_be_lost` is the control run.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_lost_among_many_clicks() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    for _ in 0..2 {
        click(&house, &token, 5).await;
    }
    let clicks = join_all((0..32).map(|nth| click(&house, &token, if nth % 4 == 0 { -1 } else { 1 }))).await;
    assert!(clicks.iter().all(|(status, _)| *status == 200), "{clicks:?}");
    assert_eq!(occupancy(&house).await["inside"], 10 + 24 - 8);
    assert_eq!(house.count("select sum(by) from counts").await, 26);
    assert_eq!(house.count("select revision from occupancy").await, 34);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_five_at_once_are_a_supervisor_s_who_says_why() {
    let house = House::open().await;
    let (door, manager) = (house.token(Role::DoorStaff), house.token(Role::Manager));
    let by = |by: i64, reason: &str| json!({"by": by, "nonce": Uuid::now_v7().to_string(), "reason": reason});
    let (status, refused) = call(&house, Method::POST, "counter", &door, &by(6, "a coach party")).await;
    assert_eq!((status, &refused["code"]), (403, &"forbidden".into()));
    assert_eq!(house.count("select count(*) from audit_log where action = 'access.denied'").await, 1);
    assert_eq!(call(&house, Method::POST, "counter", &manager, &by(6, " ")).await.0, 422);
    for beyond in [0, 51, -51] {
        assert_eq!(
            call(&house, Method::POST, "counter", &manager, &by(beyond, "why")).await.0,
            422,
            "{beyond}"
        );
    }
    let (status, full) = call(&house, Method::POST, "counter", &manager, &by(40, "counted again")).await;
    assert_eq!((status, &full["inside"]), (200, &40.into()));
    let audited =
        "select count(*) from audit_log where action = 'people.corrected' and reason = 'counted again'
        and (detail ->> 'by')::int = 40";
    assert_eq!(house.count(audited).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_warns_and_then_holds_until_it_is_lifted() {
    let house = House::open().await;
    let (door, manager) = (house.token(Role::DoorStaff), house.token(Role::Manager));
    let limit = json!({"people": 10, "note": "Terrace closed"});
    assert_eq!(call(&house, Method::PUT, "limit", &door, &limit).await.0, 403);
    for none in [json!({"people": 0}), json!({"people": -1}), json!({"people": 1_000_001})] {
        assert_eq!(call(&house, Method::PUT, "limit", &manager, &none).await.0, 422, "{none}");
    }
    let (status, full) = call(&house, Method::PUT, "limit", &manager, &limit).await;
    assert_eq!((status, full), (200, json!({"inside": 0, "limit": 10, "warn": "none"})));
    call(&house, Method::PUT, "limit", &manager, &limit).await;
    let audited = "select count(*) from audit_log where action = 'limit.set' and reason = 'Terrace closed'
        and detail ->> 'after' = '10'";
    assert_eq!(house.count(audited).await, 1, "the same again is no change");

    click(&house, &door, 5).await;
    assert_eq!(click(&house, &door, 4).await.1["warn"], "near");
    let scan = async || house.answer(&door, &house.scan_of(&code_of(&house.ticket().await))).await;
    assert_eq!(scan().await["decision"], "admit");
    assert_eq!(occupancy(&house).await, json!({"inside": 10, "limit": 10, "warn": "full"}));
    assert_eq!(scan().await["reason"], "full");
    // One who leaves makes a place; whoever counts what is there counts it, full or not.
    click(&house, &door, -1).await;
    assert_eq!(scan().await["decision"], "admit");
    assert_eq!(click(&house, &door, 1).await.1["inside"], 11);

    let (status, full) = call(&house, Method::PUT, "limit", &manager, &json!({"people": null})).await;
    assert_eq!((status, full), (200, json!({"inside": 11, "limit": null, "warn": "none"})));
    assert_eq!(scan().await["decision"], "admit");
}
