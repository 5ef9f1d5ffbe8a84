//! Guests without a code whom a phone let in from its list while it had no network.

use chrono::TimeDelta;
use domain::permission::Role;
use messages::purchase::v1::TicketChanged;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::batch::{report, with};
use crate::check_in::{answer, check_in_of};
use crate::house::{House, code_of};

/// A guest whom a phone checked in from its list ten minutes ago.
fn listed(house: &House, ticket: &TicketChanged) -> Value {
    let at = house.now() - TimeDelta::minutes(10);
    json!({
        "ticket": ticket.ticket_id, "check_in_reason": "phone_dead", "event": house.night.event_id,
        "gate": House::gate(&house.night, 0), "nonce": Uuid::now_v7().to_string(), "direction": "entry",
        "scanned_at": at, "corrected_at": at, "decision": "admit", "reason": "ok",
    })
}

/// The one answer to one scan.
async fn told(house: &House, token: &str, scan: &Value) -> Value {
    report(house, token, std::slice::from_ref(scan)).await.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_let_in_from_the_list_is_inside_and_it_is_known_who_let_them_and_why() {
    let house = House::open().await;
    let (ticket, token) = (house.ticket().await, house.token(Role::DoorStaff));
    let scan = listed(&house, &ticket);
    let first = told(&house, &token, &scan).await;
    assert_eq!((&first["outcome"], &first["reason"]), (&json!("recorded"), &json!("ok")), "{first}");
    assert_eq!(told(&house, &token, &scan).await["outcome"], "repeated", "a lost answer changes nothing");

    assert_eq!(house.count("select count(*) from entries where offline and is_primary").await, 1);
    assert_eq!(house.count("select inside from occupancy").await, 1);
    let why = "select count(*) from check_ins c join scans s using (device, nonce)
        where s.ticket_id = c.ticket_id and c.reason = 'phone_dead' and c.note is null and c.at = s.corrected_at";
    assert_eq!(house.count(why).await, 1);
    let audited = format!(
        "select count(*) from audit_log where action = 'ticket.checked_in' and target = '{}' and reason = 'phone_dead'
           and staff_id is not null and detail ->> 'gate_name' = 'Main door' and (detail ->> 'offline')::boolean",
        ticket.ticket_id
    );
    assert_eq!(house.count(&audited).await, 1);
    assert_eq!(house.answer(&token, &house.scan_of(&code_of(&ticket))).await["reason"], "already_inside");
}

/// The club had answered, and the phone never heard.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_online_under_the_same_nonce_is_the_same_check_in() {
    let house = House::open().await;
    let (ticket, token) = (house.ticket().await, house.token(Role::DoorStaff));
    let asked = check_in_of(&house, &ticket);
    assert_eq!(answer(&house, &token, &asked).await["decision"], "admit");
    let scan = with(&listed(&house, &ticket), "nonce", asked["nonce"].clone());
    assert_eq!(told(&house, &token, &scan).await["outcome"], "repeated");
    for count in ["entries", "check_ins", "audit_log where action = 'ticket.checked_in'"] {
        assert_eq!(house.count(&format!("select count(*) from {count}")).await, 1, "{count}");
    }
    // A code under that nonce is something else, though it is of the same ticket.
    let mut code = with(&scan, "code", code_of(&ticket));
    for name in ["ticket", "check_in_reason"] {
        code.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(told(&house, &token, &code).await["outcome"], "reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_and_the_code_at_two_phones_are_one_admission_and_one_conflict() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    let (list, camera) = (house.token(Role::DoorStaff), house.token(Role::DoorStaff));
    told(&house, &list, &listed(&house, &ticket)).await;
    let scan = crate::batch::admitted(&house.night, &code_of(&ticket), house.now());
    assert_eq!(told(&house, &camera, &scan).await["conflict"]["kind"], "second_entry");
    assert_eq!(house.count("select inside from occupancy").await, 2, "people, not tickets");
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_phone_refused_from_the_list_is_on_record_with_the_reason_too() {
    let house = House::open().await;
    let (ticket, token) = (house.ticket().await, house.token(Role::DoorStaff));
    let refused = with(&with(&listed(&house, &ticket), "decision", "deny"), "reason", "already_inside");
    let other = with(&refused, "check_in_reason", "other");
    let other = with(&other, "check_in_note", " Cracked screen ");
    assert_eq!(told(&house, &token, &other).await["outcome"], "recorded");
    assert_eq!(house.count("select count(*) from entries").await, 0);
    assert_eq!(
        house
            .count("select count(*) from audit_log where reason = 'Cracked screen' and staff_id is not null")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_has_a_code_or_a_ticket_with_a_reason() {
    let house = House::open().await;
    let (ticket, token) = (house.ticket().await, house.token(Role::DoorStaff));
    let good = listed(&house, &ticket);
    let mut unexplained = good.clone();
    unexplained.as_object_mut().unwrap().remove("check_in_reason");
    let bad = [
        unexplained,
        with(&good, "code", code_of(&ticket)),
        with(&good, "check_in_reason", "because"),
        with(&good, "check_in_reason", "other"),
        with(&good, "direction", "exit"),
    ];
    for scan in &bad {
        assert_eq!(told(&house, &token, scan).await["outcome"], "unmatched", "{scan}");
    }
    assert_eq!(house.count("select count(*) from scans").await, 0);
    assert_eq!(house.count("select count(*) from check_ins").await, 0);
}
