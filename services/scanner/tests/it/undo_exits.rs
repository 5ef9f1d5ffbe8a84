//! Exits by mistake, taken back on a phone that has no network: their guests never left, whoever reports first.

use chrono::TimeDelta;
use domain::permission::Role;
use serde_json::{Value, json};

use crate::batch::{admitted, report, with};
use crate::house::{House, code_of, token};

/// The one answer to one scan.
async fn told(house: &House, token: &str, scan: &Value) -> Value {
    report(house, token, std::slice::from_ref(scan)).await.remove(0)
}

/// So many are inside, by the count and by the stays.
async fn inside(house: &House, people: i64) {
    assert_eq!(house.count("select inside from occupancy").await, people);
    let stays = "select count(*) from entries where left_at is null and annulled_at is null";
    assert_eq!(house.count(stays).await, people);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_scanned_out_by_mistake_without_network_is_inside_whoever_reports_first() {
    for swapped in [false, true] {
        let house = House::open().await;
        let code = code_of(&house.ticket().await);
        let at = house.now() - TimeDelta::minutes(50);
        let came = admitted(&house.night, &code, at);
        let exit = with(&admitted(&house.night, &code, at + TimeDelta::minutes(5)), "direction", "exit");
        let mistake = with(&exit, "undone_at", json!(at + TimeDelta::minutes(6)));
        let mut scans = [came, mistake];
        if swapped {
            scans.reverse();
        }
        let phones = [house.token(Role::DoorStaff), house.token(Role::DoorStaff)];
        let mut undone = Vec::new();
        for (phone, scan) in phones.iter().zip(&scans) {
            undone.push(told(&house, phone, scan).await["undone"] == json!(true));
        }
        assert_eq!(undone, if swapped { [true, false] } else { [false, true] });
        inside(&house, 1).await;
        let audited = "select count(*) from audit_log where action = 'scan.undone' and reason is not null
            and detail ->> 'direction' = 'exit'";
        assert_eq!(house.count(audited).await, 1);
        assert_eq!(house.count("select count(*) from exits").await, 0);
    }
}

/// The exit was on its way, or here, when it was taken back.
#[tokio::test(flavor = "multi_thread")]
async fn an_exit_that_is_here_already_is_taken_back_once_and_in_time() {
    for entry_is_known in [true, false] {
        let house = House::open().await;
        let (door, side) = (house.token(Role::DoorStaff), token(&house.claims(Role::DoorStaff)));
        let code = code_of(&house.ticket().await);
        let at = house.now() - TimeDelta::minutes(50);
        let came = admitted(&house.night, &code, at);
        if entry_is_known {
            told(&house, &door, &came).await;
        }
        let left = at + TimeDelta::minutes(5);
        let exit = with(&admitted(&house.night, &code, left), "direction", "exit");
        told(&house, &side, &exit).await;
        let late = with(&exit, "undone_at", json!(left + TimeDelta::minutes(16)));
        assert_eq!(told(&house, &side, &late).await["undone"], json!(false));
        let in_time = with(&exit, "undone_at", json!(left + TimeDelta::minutes(2)));
        for _ in 0..2 {
            let answer = told(&house, &side, &in_time).await;
            assert_eq!((&answer["outcome"], &answer["undone"]), (&json!("repeated"), &json!(true)));
        }
        if !entry_is_known {
            told(&house, &door, &came).await;
        }
        inside(&house, 1).await;
        assert_eq!(house.count("select count(*) from undos").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_last_exit_is_taken_back_at_the_gate_within_a_quarter_of_an_hour() {
    let house = House::open().await;
    let (ana, bo) = (token(&house.claims(Role::DoorStaff)), token(&house.claims(Role::DoorStaff)));
    let ticket = house.ticket().await;
    house.answer(&ana, &house.scan_of(&code_of(&ticket))).await;
    let exit = house.answer(&ana, &with(&house.scan_of(&code_of(&ticket)), "direction", "exit")).await;
    assert_eq!((&exit["decision"], &exit["inside"]), (&json!("admit"), &json!(0)), "{exit}");
    let url = house.url(&format!("/api/v1/scans/{}/undo", exit["scan"].as_str().unwrap()));
    let undo =
        |token: &str, reason: &str| house.http.post(&url).bearer_auth(token).json(&json!({"reason": reason}));
    assert_eq!(House::code(undo(&bo, "wrong guest")).await.0, 403, "somebody else's");
    assert_eq!(House::code(undo(&ana, " ")).await.0, 422, "no reason");
    assert_eq!(House::code(undo(&ana, "wrong guest")).await.0, 200);
    inside(&house, 1).await;
    // A second mistake, noticed too late.
    let exit = house.answer(&ana, &with(&house.scan_of(&code_of(&ticket)), "direction", "exit")).await;
    house.clock.advance(TimeDelta::minutes(16));
    let url = house.url(&format!("/api/v1/scans/{}/undo", exit["scan"].as_str().unwrap()));
    let late = house.http.post(url).bearer_auth(&ana).json(&json!({"reason": "wrong guest"}));
    assert_eq!(House::code(late).await, (403, "forbidden".into()));
}
