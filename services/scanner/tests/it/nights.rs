//! Somebody who works on one night works on that night and on no other.

use domain::ids::EventId;
use domain::permission::{Grants, Role};
use messages::{marketing_admin::v1::EventChanged, purchase::v1::TicketChanged};
use serde_json::{Value, json};
use uuid::Uuid;
use web::session::Claims;

use crate::batch::{admitted, call, report};
use crate::check_in::check_in_of;
use crate::house::{House, code_of, night, token};

/// The token of somebody who works on `night` alone.
pub fn bound(house: &House, role: Role, night: &EventChanged) -> String {
    let event: EventId = night.event_id.parse().unwrap();
    let claims = house.claims(role);
    token(&Claims { grants: Grants::from(role).only([event]), ..claims })
}

/// A second night at the same club, with a ticket of its own.
async fn other_night(house: &House) -> (EventChanged, TicketChanged) {
    let other = night("saturday", house.now());
    house.tell_event(&other).await;
    let ticket = TicketChanged {
        event_id: other.event_id.clone(),
        zone_id: other.zones[0].zone_id.clone(),
        ..house.unsold()
    };
    house.tell_ticket(&ticket).await;
    (other, ticket)
}

fn scan_at(house: &House, night: &EventChanged, code: &str) -> Value {
    let mut body = house.scan_of(code);
    body["event"] = json!(night.slug);
    body["gate"] = json!(House::gate(night, 0));
    body
}

async fn code(house: &House, bearer: &str, path: &str, body: &Value) -> (u16, String) {
    House::code(house.http.post(house.url(path)).bearer_auth(bearer).json(body)).await
}

fn refused() -> (u16, String) {
    (403, "outside_your_nights".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doorman_of_one_night_scans_there_and_nowhere_else() {
    let house = House::open().await;
    let (other, theirs) = other_night(&house).await;
    let doorman = bound(&house, Role::DoorStaff, &house.night);
    let mine = house.ticket().await;
    assert_eq!(house.answer(&doorman, &house.scan_of(&code_of(&mine))).await["decision"], "admit");

    let scan = scan_at(&house, &other, &code_of(&theirs));
    assert_eq!(code(&house, &doorman, "/api/v1/scans", &scan).await, refused());
    let nightly = format!("/api/v1/scans?event={}", house.night.event_id);
    assert_eq!(code(&house, &doorman, &nightly, &scan).await, refused(), "whatever the address says");
    let mut check_in = check_in_of(&house, &theirs);
    check_in["event"] = json!(other.slug);
    check_in["gate"] = json!(House::gate(&other, 0));
    assert_eq!(code(&house, &doorman, "/api/v1/check-ins", &check_in).await, refused());
    let written = format!("select count(*) from entries where event_id = '{}'", other.event_id);
    assert_eq!(house.count(&written).await, 0);
    assert_eq!(house.count("select count(*) from check_ins").await, 0);

    // The same scan by somebody of all nights: it is the person that was refused.
    let anybody = house.token(Role::DoorStaff);
    assert_eq!(house.answer(&anybody, &scan).await["decision"], "admit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_with_a_scan_of_another_night_is_not_taken() {
    let house = House::open().await;
    let (other, theirs) = other_night(&house).await;
    let doorman = bound(&house, Role::DoorStaff, &house.night);
    let mine = house.ticket().await;
    let here = admitted(&house.night, &code_of(&mine), house.now());
    let there = admitted(&other, &code_of(&theirs), house.now());
    assert_eq!(House::code(call(&house, &doorman, &[here.clone(), there.clone()])).await, refused());
    assert_eq!(house.count("select count(*) from scans").await, 0, "nothing of it");
    assert_eq!(report(&house, &doorman, std::slice::from_ref(&here)).await[0]["outcome"], "recorded");
    let both = report(&house, &house.token(Role::DoorStaff), &[here, there]).await;
    assert_eq!(both[1]["outcome"], "recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_supervisor_of_one_night_sees_and_takes_back_is_of_that_night() {
    let house = House::open().await;
    let (other, theirs) = other_night(&house).await;
    let supervisor = bound(&house, Role::DoorSupervisor, &house.night);
    let scanned =
        house.answer(&house.token(Role::DoorStaff), &scan_at(&house, &other, &code_of(&theirs))).await;
    let undo = format!("/api/v1/scans/{}/undo", scanned["scan"].as_str().unwrap());
    assert_eq!(code(&house, &supervisor, &undo, &json!({"reason": "a mistake"})).await, refused());
    let mut forced = scan_at(&house, &other, &code_of(&theirs));
    forced["note"] = json!("agreed with the owner");
    assert_eq!(code(&house, &supervisor, "/api/v1/overrides", &forced).await, refused());
    let incident = json!({
        "event": other.slug, "kind": "refused", "text": "Too loud.", "nonce": Uuid::now_v7().to_string(),
    });
    assert_eq!(code(&house, &supervisor, "/api/v1/incidents", &incident).await, refused());

    let get = |path: &str| house.http.get(house.url(path)).bearer_auth(&supervisor);
    let listed: Value = get("/api/v1/events").send().await.unwrap().json().await.unwrap();
    let nights = listed["events"].as_array().unwrap();
    assert_eq!(nights.len(), 1, "{listed}");
    assert_eq!(nights[0]["slug"], house.night.slug);
    for asked in [&other.slug, &other.event_id] {
        let manifest = format!("/api/v1/manifest?event={asked}");
        assert_eq!(House::code(get(&manifest)).await, refused(), "{asked}");
        let search = format!("/api/v1/events/{asked}/search?q=lucia");
        assert_eq!(House::code(get(&search)).await, refused(), "{asked}");
    }
    for asked in [&house.night.slug, &house.night.event_id] {
        let manifest = format!("/api/v1/manifest?event={asked}");
        assert_eq!(get(&manifest).send().await.unwrap().status(), 200, "{asked}");
    }
}
