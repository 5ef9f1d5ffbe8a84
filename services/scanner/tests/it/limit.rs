//! A house that holds so many and no more.

use std::collections::BTreeMap;

use diesel_async::SimpleAsyncConnection;
use domain::permission::Role;
use futures::future::join_all;
use messages::purchase::v1::TicketChanged;
use serde_json::{Value, json};

use crate::house::{House, code_of};
use crate::race::{count, for_the_last_place};
use crate::reentry::exit_of;

async fn limit(house: &House, people: u32) {
    let set = format!(
        "insert into occupancy (event_id, limit_people) values ('{}', {people})
         on conflict (event_id) do update set limit_people = excluded.limit_people",
        house.night.event_id
    );
    house.db.conn().await.unwrap().batch_execute(&set).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_scans_at_two_gates_fill_ten_places_and_no_more() {
    let house = House::open().await;
    limit(&house, 10).await;
    let mut scans = Vec::new();
    for nth in 0..40 {
        let zone = nth % 2;
        let ticket = TicketChanged { zone_id: house.night.zones[zone].zone_id.clone(), ..house.unsold() };
        house.tell_ticket(&ticket).await;
        let mut scan = house.scan_of(&code_of(&ticket));
        scan["gate"] = json!(House::gate(&house.night, zone));
        scans.push(scan);
    }
    let token = house.token(Role::DoorStaff);
    let answers = join_all(scans.iter().map(|scan| house.answer(&token, scan))).await;
    let mut counted = BTreeMap::new();
    for answer in &answers {
        *counted.entry(answer["reason"].as_str().unwrap()).or_insert(0) += 1;
        assert!(answer["inside"].as_i64().unwrap() <= 10 && answer["limit"] == 10, "{answer}");
    }
    assert_eq!(counted, BTreeMap::from([("full", 30), ("ok", 10)]));
    assert_eq!(count(&house, "select inside as count from occupancy").await, 10);
    assert_eq!(count(&house, "select count(*) from entries").await, 10);
    let full = answers.iter().find(|answer| answer["reason"] == "full").unwrap();
    assert_eq!(full["sentence"], "The house is full. Somebody has to leave first.");
}

/// Two batches want the last place. The second waits for the night's row before it looks; with that lock off (the control
/// run) both see the place free.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_night_s_lock_two_would_take_the_last_place() {
    for (guarded, expected) in [(true, 1), (false, 2)] {
        let house = House::open().await;
        limit(&house, 1).await;
        let (a, b) = (code_of(&house.ticket().await), code_of(&house.ticket().await));
        let (a, b) = (house.scan_of(&a), house.scan_of(&b));
        let admitted = for_the_last_place(&house, &a, &b, guarded).await;
        assert_eq!(admitted, expected, "guarded: {guarded}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exit_makes_a_place_and_a_ticket_scanned_twice_takes_one() {
    let house = House::open().await;
    limit(&house, 2).await;
    let token = house.token(Role::DoorStaff);
    let (first, waits) = (house.ticket().await, house.ticket().await);
    let scan = async |ticket: &TicketChanged| -> Value {
        house.answer(&token, &house.scan_of(&code_of(ticket))).await
    };
    let twice = [house.scan_of(&code_of(&first)), house.scan_of(&code_of(&first))];
    join_all(twice.iter().map(|scan| house.answer(&token, scan))).await;
    assert_eq!(count(&house, "select inside as count from occupancy").await, 1);
    assert_eq!(scan(&house.ticket().await).await["reason"], "ok", "the second place was free");
    assert_eq!(scan(&waits).await["reason"], "full");
    // Who is inside is told so, full or not.
    assert_eq!(scan(&first).await["reason"], "already_inside");
    assert_eq!(house.answer(&token, &exit_of(&house, &code_of(&first))).await["reason"], "ok");
    let came = scan(&waits).await;
    assert_eq!((&came["reason"], &came["inside"], &came["limit"]), (&json!("ok"), &json!(2), &json!(2)));

    // The counter on the phones says both.
    let path = house.url("/api/v1/events/friday/occupancy");
    let shown: Value = house.http.get(path).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
    assert_eq!(shown, json!({"inside": 2, "limit": 2, "warn": "full"}));
}
