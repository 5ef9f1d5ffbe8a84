//! Guests let in from the list, without a code.

use domain::permission::Role;
use futures::future::join_all;
use messages::purchase::v1::{TicketChanged, TicketState};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, code_of};

/// The body of a check-in at tonight's first gate.
pub fn check_in_of(house: &House, ticket: &TicketChanged) -> Value {
    json!({
        "ticket": ticket.ticket_id, "event": house.night.slug, "gate": House::gate(&house.night, 0),
        "nonce": Uuid::now_v7().to_string(), "reason": "phone_dead",
    })
}

/// Status and body as text.
async fn check_in(house: &House, token: &str, body: &Value) -> (u16, String) {
    let request = house.http.post(house.url("/api/v1/check-ins")).bearer_auth(token).json(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

pub async fn answer(house: &House, token: &str, body: &Value) -> Value {
    let (status, text) = check_in(house, token, body).await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_whose_phone_is_dead_comes_in_once_and_it_is_known_who_let_them() {
    let house = House::open().await;
    let (ticket, token) = (house.ticket().await, house.token(Role::DoorStaff));
    let let_in = answer(&house, &token, &check_in_of(&house, &ticket)).await;
    assert_eq!(
        (&let_in["decision"], &let_in["reason"], &let_in["inside"]),
        (&"admit".into(), &"ok".into(), &1.into())
    );
    assert_eq!(let_in["ticket"]["holder"], "Lucía Ferrer");

    // The phone works again, and so does the list: the same verdict either way.
    let scanned = house.answer(&token, &house.scan_of(&code_of(&ticket))).await;
    assert_eq!(
        (&scanned["reason"], &scanned["first_scan"]["gate_name"]),
        (&"already_inside".into(), &"Main door".into())
    );
    assert_eq!(answer(&house, &token, &check_in_of(&house, &ticket)).await["reason"], "already_inside");

    let audited = format!(
        "select count(*) from audit_log where action = 'ticket.checked_in' and target = '{}' and reason = 'phone_dead'
           and staff_id is not null and detail ->> 'gate_name' = 'Main door'",
        ticket.ticket_id
    );
    assert_eq!(house.count(&audited).await, 2, "each who asked");
    let joined =
        "select count(*) from check_ins c join scans s using (device, nonce) where s.ticket_id = c.ticket_id";
    assert_eq!(house.count(joined).await, 2, "with the scan that answered");
    assert_eq!(house.count("select count(*) from entries").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_check_in_gets_the_same_answer_and_its_nonce_is_for_nothing_else() {
    let house = House::open().await;
    let (ticket, other) = (house.ticket().await, house.ticket().await);
    let token = house.token(Role::DoorStaff);
    let body = check_in_of(&house, &ticket);
    let first = check_in(&house, &token, &body).await;
    assert_eq!(first.0, 200);
    assert_eq!(check_in(&house, &token, &body).await, first);
    assert_eq!(house.count("select count(*) from audit_log where action = 'ticket.checked_in'").await, 1);

    let mut another = check_in_of(&house, &other);
    another["nonce"] = body["nonce"].clone();
    let (status, text) = check_in(&house, &token, &another).await;
    assert_eq!(status, 409, "{text}");
    let mut scan = house.scan_of(&code_of(&ticket));
    scan["nonce"] = body["nonce"].clone();
    assert_eq!(house.scan(&token, &scan).await.0, 409, "nor for a scan of the same ticket");
    assert_eq!(house.count("select count(*) from entries").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_is_one_of_the_list_or_is_told() {
    let house = House::open().await;
    let (ticket, token) = (house.ticket().await, house.token(Role::DoorStaff));
    let with = |reason: &str, note: &str| {
        let mut body = check_in_of(&house, &ticket);
        (body["reason"], body["note"]) = (reason.into(), note.into());
        body
    };
    for (reason, note) in [("because", ""), ("other", ""), ("other", "  "), ("other", &"x".repeat(501))] {
        assert_eq!(check_in(&house, &token, &with(reason, note)).await.0, 422, "{reason} {note}");
    }
    assert_eq!(house.count("select count(*) from check_ins").await, 0);
    let let_in = answer(&house, &token, &with("other", "Cracked screen, showed ID")).await;
    assert_eq!(let_in["decision"], "admit");
    let told = "select count(*) from audit_log where reason = 'Cracked screen, showed ID'";
    assert_eq!(house.count(told).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_come_in_by_a_code_may_not_by_the_list() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let blocked = TicketChanged { state: TicketState::Blocked as i32, ..house.unsold() };
    let vip = TicketChanged { zone_id: house.night.zones[1].zone_id.clone(), ..house.unsold() };
    for ticket in [&blocked, &vip] {
        house.tell_ticket(ticket).await;
    }
    for (ticket, reason) in [(&blocked, "blocked"), (&vip, "wrong_gate"), (&house.unsold(), "unknown")] {
        let refused = answer(&house, &token, &check_in_of(&house, ticket)).await;
        assert_eq!((&refused["decision"], &refused["reason"]), (&"deny".into(), &reason.into()));
    }
    let mut nowhere = check_in_of(&house, &blocked);
    nowhere["gate"] = Uuid::now_v7().to_string().into();
    assert_eq!(check_in(&house, &token, &nowhere).await.0, 404);
}

/// A party ticked one by one while its codes are scanned at another gate: each head once.
#[tokio::test(flavor = "multi_thread")]
async fn list_and_codes_at_once_admit_each_head_once() {
    let house = House::open().await;
    let mut party = Vec::new();
    for _ in 0..8 {
        party.push(house.ticket().await);
    }
    let (list, phone) = (house.token(Role::DoorStaff), house.token(Role::DoorStaff));
    let (house, list, phone) = (&house, &list, &phone);
    let answers = join_all(party.iter().map(|ticket| async move {
        let (checked, scan) = (check_in_of(house, ticket), house.scan_of(&code_of(ticket)));
        let (one, two) = tokio::join!(answer(house, list, &checked), house.answer(phone, &scan));
        [one, two].iter().filter(|answer| answer["decision"] == "admit").count()
    }))
    .await;
    assert_eq!(answers, [1; 8]);
    assert_eq!(house.count("select inside from occupancy").await, 8);
}
