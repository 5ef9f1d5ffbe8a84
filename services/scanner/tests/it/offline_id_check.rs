//! Guests' documents, looked at on the way in while there was no network.

use chrono::TimeDelta;
use domain::permission::Role;
use serde_json::{Value, json};

use crate::batch::{admitted, report, with};
use crate::house::{House, code_of, token};
use crate::id_check::{look, ticket};

/// The one answer to one scan.
async fn told(house: &House, token: &str, scan: &Value) -> Value {
    report(house, token, std::slice::from_ref(scan)).await.remove(0)
}

/// Somebody let in half an hour ago, with what was found of their document so many minutes later.
fn looked(house: &House, code: &str, passed: bool, minutes: i64) -> Value {
    let at = house.now() - TimeDelta::minutes(30);
    let found = json!({"passed": passed, "checked_at": at + TimeDelta::minutes(minutes)});
    with(&admitted(&house.night, code, at), "id_check", found)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_document_is_on_record_once_and_its_guest_inside() {
    let house = House::open().await;
    let door = token(&house.claims(Role::DoorStaff));
    let scan = looked(&house, &code_of(&ticket(&house, true).await), true, 1);
    for outcome in ["recorded", "repeated"] {
        let answer = told(&house, &door, &scan).await;
        assert_eq!((&answer["outcome"], &answer["undone"]), (&json!(outcome), &json!(false)), "{answer}");
    }
    let at = house.now() - TimeDelta::minutes(29);
    let good = format!(
        "select count(*) from id_checks c join scans s on s.id = c.scan_id where c.passed and c.at = '{at}' and c.staff_id = s.staff_id"
    );
    assert_eq!(house.count(&good).await, 1);
    assert_eq!(house.count("select inside from occupancy").await, 1);
    assert_eq!(house.count("select count(*) from incidents").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_had_no_good_document_never_came_in_and_is_an_incident() {
    let house = House::open().await;
    let door = token(&house.claims(Role::DoorStaff));
    let ticket = ticket(&house, true).await;
    let scan = looked(&house, &code_of(&ticket), false, 1);
    for _ in 0..2 {
        assert_eq!(told(&house, &door, &scan).await["undone"], json!(true));
    }
    assert_eq!(house.count("select inside from occupancy").await, 0);
    assert_eq!(house.count("select count(*) from undos where reason = 'id'").await, 1);
    assert_eq!(
        house.count("select count(*) from audit_log where action = 'scan.undone' and reason = 'id'").await,
        1
    );
    let at = house.now() - TimeDelta::minutes(29);
    let told_of = format!(
        "select count(*) from incidents where kind = 'refused' and staff_name = 'Ana' and at = '{at}' and recorded_at = '{}'",
        house.now()
    );
    assert_eq!(house.count(&told_of).await, 1);
    // With another document the ticket is as good as before.
    assert_eq!(house.answer(&door, &house.scan_of(&code_of(&ticket))).await["decision"], "admit");
}

/// The club had let them in, and then the network went.
#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_a_guest_whom_the_club_let_in_is_told_under_the_same_nonce() {
    let house = House::open().await;
    let door = token(&house.claims(Role::DoorStaff));
    let code = code_of(&ticket(&house, true).await);
    let asked = house.scan_of(&code);
    let online = house.answer(&door, &asked).await;
    assert_eq!((&online["decision"], &online["asks_id"]), (&json!("admit"), &json!(true)));
    let found = json!({"passed": false, "checked_at": house.now()});
    let scan = with(&admitted(&house.night, &code, house.now()), "nonce", asked["nonce"].clone());
    let scan = with(&scan, "id_check", found);
    for _ in 0..2 {
        let answer = told(&house, &door, &scan).await;
        assert_eq!(
            (&answer["outcome"], &answer["scan"], &answer["undone"]),
            (&json!("repeated"), &online["scan"], &json!(true))
        );
    }
    assert_eq!(house.count("select inside from occupancy").await, 0);
    assert_eq!(house.count("select count(*) from incidents").await, 1);
    let (status, fault) = look(&house, &door, &online, &json!({"passed": true})).await;
    assert_eq!((status, &fault["code"]), (409, &json!("id_already_checked")), "what was found first stands");
}

#[tokio::test(flavor = "multi_thread")]
async fn later_than_a_quarter_of_an_hour_only_a_supervisor_says_so() {
    let house = House::open().await;
    for (role, checks) in [(Role::DoorStaff, 0), (Role::Manager, 1)] {
        let scan = looked(&house, &code_of(&ticket(&house, true).await), false, 16);
        let answer = told(&house, &token(&house.claims(role)), &scan).await;
        assert_eq!(answer["undone"], json!(checks == 1), "{answer}");
        assert_eq!(house.count("select count(*) from id_checks").await, checks);
    }
    assert_eq!(house.count("select inside from occupancy").await, 1);
}
