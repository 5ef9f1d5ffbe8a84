//! A phone goes from hand to hand without a network: what it brings stands under the name of who scanned.

use chrono::TimeDelta;
use domain::permission::Role;
use serde_json::{Value, json};
use uuid::Uuid;
use web::session::Claims;

use crate::batch::{admitted, lines, report, with};
use crate::devices::enrolled;
use crate::house::{House, code_of, token};
use crate::phones::contact;

/// Takes the phone into these hands.
async fn take(house: &House, secret: &str, claims: &Claims) {
    let answer = contact(house, secret, &token(claims)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

fn person(house: &House, name: &str) -> Claims {
    house.claims(Role::DoorStaff).person(name, "door@club.test", Role::DoorStaff)
}

#[tokio::test(flavor = "multi_thread")]
async fn scans_stand_under_the_name_of_who_held_the_phone_whoever_brings_them() {
    let house = House::open().await;
    let (_, secret) = enrolled(&house, "Main door 2").await;
    let (ana, bo) = (person(&house, "Ana"), person(&house, "Bo"));
    let begin = house.now();
    take(&house, &secret, &ana).await;
    house.clock.advance(TimeDelta::minutes(10));
    take(&house, &secret, &bo).await;
    house.clock.advance(TimeDelta::minutes(20));

    let mut scans = Vec::new();
    for (nonce, minutes, staff) in [
        ("a-before", 5, ana.sub.to_string()),
        ("b-after", 20, bo.sub.to_string()),
        ("c-too-late", 20, ana.sub.to_string()),
        ("d-stranger", 5, Uuid::now_v7().to_string()),
    ] {
        let code = code_of(&house.ticket().await);
        let scan = admitted(&house.night, &code, begin + TimeDelta::minutes(minutes));
        scans.push(with(&with(&scan, "nonce", nonce), "staff", staff));
    }
    scans[0] = with(&scans[0], "undone_at", json!(begin + TimeDelta::minutes(6)));
    let body = json!({"device_time": house.now(), "scans": scans});
    let call = house.http.post(house.url("/api/v1/scans/batch")).header("maguey-device", &secret);
    let answer = call.bearer_auth(token(&bo)).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert!(answer["results"].as_array().unwrap().iter().all(|one| one["outcome"] == "recorded"), "{answer}");

    let by = format!(
        "select nonce || ' ' || case staff_id when '{}' then 'Ana' when '{}' then 'Bo' else '?' end as line
           from scans order by nonce",
        ana.sub, bo.sub
    );
    assert_eq!(lines(&house, &by).await, ["a-before Ana", "b-after Bo", "c-too-late Bo", "d-stranger Bo"]);
    let undone = format!(
        "select count(*) from undos u join audit_log l on l.target = u.scan_id::text and l.action = 'scan.undone'
          where u.staff_id = '{0}' and l.staff_id = '{0}'",
        ana.sub
    );
    assert_eq!(house.count(&undone).await, 1, "and what they took back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_nobody_enrolled_speaks_for_who_is_signed_in_alone() {
    let house = House::open().await;
    let (ana, bo) = (person(&house, "Ana"), person(&house, "Bo"));
    let scan = admitted(&house.night, &code_of(&house.ticket().await), house.now());
    let scan = with(&scan, "staff", ana.sub.to_string());
    report(&house, &token(&bo), &[scan]).await;
    let whose = format!("select count(*) from scans where staff_id = '{0}' and device = '{0}'", bo.sub);
    assert_eq!(house.count(&whose).await, 1);
}
