//! A zone that holds so many and no more, beside the house.

use std::collections::BTreeMap;

use domain::permission::Role;
use futures::future::join_all;
use messages::purchase::v1::TicketChanged;
use messages::scanner::v1::DoorChanged;
use prost::Message;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, code_of};
use crate::race::{count, for_the_last_place};

/// Calls a path of tonight's: status and body.
async fn call(house: &House, method: Method, what: &str, token: &str, body: &Value) -> (u16, Value) {
    let url = house.url(&format!("/api/v1/events/{}/{what}", house.night.slug));
    let response = house.http.request(method, url).bearer_auth(token).json(body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// A supervisor limits a zone; what is said then.
async fn limit(house: &House, zone: usize, people: Option<i32>) -> Value {
    let body = json!({"people": people, "zone": house.night.zones[zone].zone_id, "note": "fire code"});
    let (status, said) = call(house, Method::PUT, "limit", &house.token(Role::Manager), &body).await;
    assert_eq!(status, 200, "{said}");
    said
}

/// A ticket of a zone, and its scan at the zone's gate.
async fn guest(house: &House, zone: usize) -> (TicketChanged, Value) {
    let ticket = TicketChanged { zone_id: house.night.zones[zone].zone_id.clone(), ..house.unsold() };
    house.tell_ticket(&ticket).await;
    let scan = scan(house, &ticket, zone, "entry");
    (ticket, scan)
}

fn scan(house: &House, ticket: &TicketChanged, zone: usize, direction: &str) -> Value {
    let mut scan = house.scan_of(&code_of(ticket));
    scan["gate"] = json!(House::gate(&house.night, zone));
    scan["direction"] = json!(direction);
    scan
}

async fn occupancy(house: &House, zone: usize) -> Value {
    let gate = House::gate(&house.night, zone);
    let url = house.url(&format!("/api/v1/events/friday/occupancy?gate={gate}"));
    let asked = house.http.get(url).bearer_auth(house.token(Role::DoorStaff));
    asked.send().await.unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_scans_for_ten_places_in_a_zone_fill_them_and_the_house_takes_on() {
    let house = House::open().await;
    limit(&house, 1, Some(10)).await;
    let mut scans = Vec::new();
    for nth in 0..80 {
        scans.push(guest(&house, nth % 2).await.1);
    }
    let token = house.token(Role::DoorStaff);
    let answers = join_all(scans.iter().map(|scan| house.answer(&token, scan))).await;
    let mut counted = BTreeMap::new();
    for (nth, answer) in answers.iter().enumerate() {
        *counted.entry((nth % 2, answer["reason"].as_str().unwrap())).or_insert(0) += 1;
        assert_eq!(answer["limit"], Value::Null);
        if nth % 2 == 0 {
            assert_eq!(answer["zone"], Value::Null, "this zone has no limit: {answer}");
        } else {
            assert_eq!((&answer["zone"]["name"], &answer["zone"]["limit"]), (&json!("VIP deck"), &json!(10)));
            assert!(answer["zone"]["inside"].as_i64().unwrap() <= 10, "{answer}");
        }
    }
    assert_eq!(counted, BTreeMap::from([((0, "ok"), 40), ((1, "full"), 30), ((1, "ok"), 10)]));
    assert_eq!(count(&house, "select inside as count from zone_limits").await, 10);
    assert_eq!(count(&house, "select inside as count from occupancy").await, 50);
    let full = answers.iter().find(|answer| answer["reason"] == "full").unwrap();
    assert_eq!(full["sentence"], "VIP deck is full. One out, one in.");
}

/// Two batches want the last place of a zone. The second waits for the night's row before it looks; with that lock off (the control
/// run) both see the place free.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_lock_two_would_take_the_last_place_of_a_zone() {
    for (guarded, expected) in [(true, 1), (false, 2)] {
        let house = House::open().await;
        limit(&house, 1, Some(1)).await;
        let (a, b) = (guest(&house, 1).await.1, guest(&house, 1).await.1);
        let admitted = for_the_last_place(&house, &a, &b, guarded).await;
        assert_eq!(admitted, expected, "guarded: {guarded}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_out_one_in_by_scan_by_hand_and_by_undo() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    // Who is there when the limit is set counts.
    let (early, first) = guest(&house, 1).await;
    house.answer(&token, &first).await;
    let gate = House::gate(&house.night, 1);
    let click = async |by: i32| {
        let body = json!({"by": by, "nonce": Uuid::now_v7().to_string(), "gate": gate});
        call(&house, Method::POST, "counter", &token, &body).await.1
    };
    assert_eq!(click(1).await["zone"], Value::Null);
    let said = limit(&house, 1, Some(3)).await;
    assert_eq!(said["zone"]["inside"], 2, "one with a ticket and one without");

    let clicked = click(1).await;
    assert_eq!((&clicked["zone"]["inside"], &clicked["zone"]["warn"]), (&json!(3), &json!("full")));
    let (waits, at_the_door) = guest(&house, 1).await;
    assert_eq!(house.answer(&token, &at_the_door).await["reason"], "full");
    // Elsewhere nobody waits.
    assert_eq!(house.answer(&token, &guest(&house, 0).await.1).await["reason"], "ok");
    let left = house.answer(&token, &scan(&house, &early, 1, "exit")).await;
    assert_eq!((&left["reason"], &left["zone"]["inside"]), (&json!("ok"), &json!(2)));
    let came = house.answer(&token, &scan(&house, &waits, 1, "entry")).await;
    assert_eq!((&came["reason"], &came["zone"]["inside"]), (&json!("ok"), &json!(3)));

    let undo = house.url(&format!("/api/v1/scans/{}/undo", came["scan"].as_str().unwrap()));
    let undone =
        house.http.post(undo).bearer_auth(house.token(Role::Manager)).json(&json!({"reason": "wrong guest"}));
    assert_eq!(undone.send().await.unwrap().status(), 200);
    assert_eq!(
        occupancy(&house, 1).await["zone"],
        json!({"id": house.night.zones[1].zone_id, "name": "VIP deck", "inside": 2, "limit": 3, "warn": "none"})
    );
    assert_eq!(occupancy(&house, 0).await["zone"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_lets_in_against_a_full_zone_and_the_house_s_limit_holds_too() {
    let house = House::open().await;
    limit(&house, 1, Some(1)).await;
    let token = house.token(Role::DoorStaff);
    assert_eq!(house.answer(&token, &guest(&house, 1).await.1).await["reason"], "ok");
    let mut scan = guest(&house, 1).await.1;
    assert_eq!(house.answer(&token, &scan).await["reason"], "full");
    scan["nonce"] = json!(Uuid::now_v7());
    scan["note"] = json!("the host's brother");
    scan.as_object_mut().unwrap().remove("direction");
    let forced =
        house.http.post(house.url("/api/v1/overrides")).bearer_auth(house.token(Role::Manager)).json(&scan);
    let forced: Value = forced.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&forced["decision"], &forced["overridden"], &forced["zone"]["inside"]),
        (&json!("admit"), &json!("full"), &json!(2)),
        "{forced}"
    );
    let body = json!({"people": 2});
    call(&house, Method::PUT, "limit", &house.token(Role::Manager), &body).await;
    limit(&house, 1, Some(5)).await;
    let full = house.answer(&token, &guest(&house, 1).await.1).await;
    assert_eq!(full["sentence"], "The house is full. Somebody has to leave first.", "{full}");
}

#[tokio::test(flavor = "multi_thread")]
async fn supervisors_alone_set_it_for_zones_that_the_night_has_and_it_is_on_record() {
    let house = House::open().await;
    let body = json!({"people": 5, "zone": house.night.zones[1].zone_id});
    assert_eq!(call(&house, Method::PUT, "limit", &house.token(Role::DoorStaff), &body).await.0, 403);
    let manager = house.token(Role::Manager);
    let nowhere = json!({"people": 5, "zone": Uuid::now_v7()});
    assert_eq!(call(&house, Method::PUT, "limit", &manager, &nowhere).await.0, 404);
    let nobody = json!({"people": 0, "zone": house.night.zones[1].zone_id});
    assert_eq!(call(&house, Method::PUT, "limit", &manager, &nobody).await.0, 422);
    limit(&house, 1, Some(5)).await;
    limit(&house, 1, Some(5)).await;
    limit(&house, 1, None).await;
    let rows = "select count(*) from audit_log where action = 'zone_limit.set'";
    assert_eq!(count(&house, rows).await, 2, "what changes nothing is none");
    assert_eq!(count(&house, "select count(*) from occupancy where zones_limited").await, 0);
    assert_eq!(count(&house, "select count(*) from zone_limits").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_the_live_page_and_the_owner_know_of_it() {
    let house = House::open().await;
    limit(&house, 1, Some(2)).await;
    let token = house.token(Role::DoorStaff);
    for _ in 0..2 {
        assert_eq!(house.answer(&token, &guest(&house, 1).await.1).await["reason"], "ok");
    }
    let url = house.url("/api/v1/manifest?event=friday");
    let list: Value = house.http.get(url).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
    let mut zones: Vec<Value> = list["zones"].as_array().unwrap().clone();
    zones.sort_by_key(|zone| zone.as_array().unwrap().len());
    assert_eq!(zones[0].as_array().unwrap().len(), 2, "{list}");
    assert_eq!(zones[1], json!([house.night.zones[1].zone_id, "VIP deck", 2, 2]));

    let supervisor = house.token(Role::Manager);
    let live = house.http.get(house.url("/api/v1/events/friday/live")).bearer_auth(&supervisor);
    let live: Value = live.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        live["zones"],
        json!([{"id": house.night.zones[1].zone_id, "name": "VIP deck", "inside": 2, "limit": 2, "warn": "full"}])
    );
    let cookie = format!("{}={supervisor}", web::session::COOKIE);
    let page = house.http.get(house.url("/live")).header("cookie", cookie).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("This zone is full: one out, one in."));

    // Scans told of themselves, not of the zone: that it filled up is news.
    scanner::live::told::look_once(&house.pool, house.now()).await.unwrap();
    let last = last_said(&house).await;
    let zone = last.zones.first().unwrap();
    assert_eq!((zone.name.as_str(), zone.inside, zone.limit), ("VIP deck", 2, 2));
    assert_eq!(zone.warn, "full");
}

#[derive(diesel::QueryableByName)]
struct Said {
    #[diesel(sql_type = diesel::sql_types::Bytea)]
    payload: Vec<u8>,
}

async fn last_said(house: &House) -> DoorChanged {
    let rows = "select payload from outbox where subject = 'door.changed' order by revision desc limit 1";
    let mut conn = house.db.conn().await.unwrap();
    let said: Said = diesel_async::RunQueryDsl::get_result(diesel::sql_query(rows), &mut conn).await.unwrap();
    DoorChanged::decode(&*said.payload).unwrap()
}
