//! The door's database was put back to an earlier time: phones notice by themselves, and what they send again is there once.

use chrono::DateTime;
use diesel_async::SimpleAsyncConnection;
use domain::permission::Role;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    batch::{admitted, report, with},
    house::{House, code_of},
};

/// Contact of a phone that had this answer before.
async fn contact(house: &House, token: &str, told: &Value) -> Value {
    let mut body = json!({"device_time": house.now().timestamp_millis()});
    for name in ["house", "mark"] {
        if let Some(value) = told.get(name) {
            body[name] = value.clone();
        }
    }
    let request = house.http.post(house.url("/api/v1/contact")).bearer_auth(token).json(&body);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

/// The time that an id begins with.
fn millis_of(id: Uuid) -> i64 {
    let mut time = [0; 8];
    time[2..].copy_from_slice(&id.as_bytes()[..6]);
    i64::from_be_bytes(time)
}

/// As who may do more than the door.
async fn behind_its_back(house: &House, statements: &str) {
    let admin = db::Db::connect(&db::DbSettings::new(&house.database.admin_url())).unwrap();
    admin.conn().await.unwrap().batch_execute(statements).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_phone_that_knows_more_than_the_records_is_enough_for_all_of_them() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let early = contact(&house, &token, &json!({})).await;
    let late = contact(&house, &token, &early).await;
    assert_eq!(early["house"], late["house"]);
    assert!(early["mark"].as_i64() < late["mark"].as_i64(), "{early} {late}");

    behind_its_back(&house, "update scanner.door_marks set mark = 0").await;
    let stranger = contact(&house, &token, &json!({})).await;
    assert_eq!(stranger["house"], early["house"], "nobody has said yet what they know");
    let noticed = contact(&house, &token, &late).await;
    assert_ne!(noticed["house"], late["house"], "this phone had heard more");
    assert!(noticed["mark"].as_i64() > late["mark"].as_i64());
    for told in [&early, &stranger, &noticed, &late] {
        let next = contact(&house, &token, told).await;
        assert_eq!(next["house"], noticed["house"], "once for one restore, whoever comes next: {told}");
    }
    // Nor do they become others again a moment later, whatever somebody says.
    let more = json!({"house": noticed["house"], "mark": noticed["mark"].as_i64().unwrap() + 1000});
    assert_eq!(contact(&house, &token, &more).await["house"], noticed["house"]);
    house.clock.advance(chrono::TimeDelta::minutes(11));
    // What no door ever said changes nothing.
    for mark in [i64::MAX, 1 << 40, -1] {
        let made_up = json!({"house": noticed["house"], "mark": mark});
        assert_eq!(contact(&house, &token, &made_up).await["house"], noticed["house"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_before_is_taken_again_where_it_is_gone_and_repeated_where_it_is_not() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let (lost, kept) = (code_of(&house.ticket().await), code_of(&house.ticket().await));
    let mut again = Vec::new();
    for code in [&lost, &kept] {
        let asked = house.scan_of(code);
        let answer = house.answer(&token, &asked).await;
        assert_eq!(answer["decision"], "admit");
        // Ids of scans are made by the machine's clock, which is not this house's.
        let made: Uuid = answer["scan"].as_str().unwrap().parse().unwrap();
        let at = DateTime::from_timestamp_millis(millis_of(made)).unwrap();
        let scan = with(&admitted(&house.night, code, house.now()), "corrected_at", json!(at));
        again.push(with(&with(&scan, "nonce", asked["nonce"].clone()), "scan", answer["scan"].clone()));
    }
    let nonce = again[0]["nonce"].as_str().unwrap();
    let gone = format!(
        "delete from scanner.entries where scan_id in (select id from scanner.scans where nonce = '{nonce}');
         delete from scanner.scans where nonce = '{nonce}';
         update scanner.occupancy set inside = 1"
    );
    behind_its_back(&house, &gone).await;
    for outcome in ["recorded", "repeated"] {
        let results = report(&house, &token, &again).await;
        assert_eq!((&results[0]["outcome"], &results[1]["outcome"]), (&json!(outcome), &json!("repeated")));
        assert_eq!(results[0]["scan"], again[0]["scan"], "the desk, which was told of it, knows it again");
        assert_eq!(house.count("select count(*) from entries where is_primary").await, 2);
        assert_eq!(house.count("select inside from occupancy").await, 2);
        assert_eq!(house.count("select count(*) from conflicts").await, 0);
    }
    // A name that something else has is nobody's.
    let thief = admitted(&house.night, &code_of(&house.ticket().await), house.now());
    let thief = with(
        &with(&thief, "corrected_at", again[1]["corrected_at"].clone()),
        "scan",
        again[1]["scan"].clone(),
    );
    let results = report(&house, &token, &[thief]).await;
    assert_eq!(results[0]["outcome"], "recorded");
    assert_ne!(results[0]["scan"], again[1]["scan"]);
    let third = house.answer(&token, &house.scan_of(&lost)).await;
    assert_eq!(third["reason"], "already_inside");
}
