//! A guest's document, looked at on the way in.

use chrono::TimeDelta;
use domain::permission::Role;
use messages::{marketing_admin::v1::TicketType, purchase::v1::TicketChanged};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::desk::look_after;
use crate::house::{House, code_of, token};
use crate::types::ticket_of;

/// A ticket whose type asks for a document, or does not.
pub async fn ticket(house: &House, asks_id: bool) -> TicketChanged {
    ticket_of(house, TicketType { name: "Over 21".into(), asks_id, ..TicketType::default() }).await
}

async fn enter(house: &House, token: &str, ticket: &TicketChanged) -> Value {
    house.answer(token, &house.scan_of(&code_of(ticket))).await
}

/// Says what was found: status and body.
pub async fn look(house: &House, token: &str, answer: &Value, found: &Value) -> (u16, Value) {
    let url = house.url(&format!("/api/v1/scans/{}/id-check", answer["scan"].as_str().unwrap()));
    let response = house.http.post(url).bearer_auth(token).json(found).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_is_told_whose_document_to_look_at_and_keeps_that_it_did() {
    let house = House::open().await;
    let door = token(&house.claims(Role::DoorStaff));
    let plain = enter(&house, &door, &ticket(&house, false).await).await;
    assert_eq!((&plain["decision"], plain.get("asks_id")), (&json!("admit"), None), "{plain}");
    let over_21 = ticket(&house, true).await;
    let admitted = enter(&house, &door, &over_21).await;
    assert_eq!((&admitted["decision"], &admitted["asks_id"]), (&json!("admit"), &json!(true)), "{admitted}");
    assert_eq!(enter(&house, &door, &over_21).await.get("asks_id"), None, "nobody comes in");

    let (status, good) = look(&house, &door, &admitted, &json!({"passed": true})).await;
    assert_eq!((status, &good["passed"], &good["inside"]), (200, &json!(true), &json!(2)), "{good}");
    house.clock.advance(TimeDelta::minutes(1));
    assert_eq!(look(&house, &door, &admitted, &json!({"passed": true})).await, (200, good), "once");
    let (status, fault) = look(&house, &door, &admitted, &json!({"passed": false})).await;
    assert_eq!((status, &fault["code"]), (409, &json!("id_already_checked")));
    assert_eq!(house.count("select inside from occupancy").await, 2, "who was found good stays");
    assert_eq!(house.count("select count(*) from id_checks where passed").await, 1);
    assert_eq!(house.count("select count(*) from incidents").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_good_document_goes_out_again_and_is_an_incident() {
    let house = House::open().await;
    let door = token(&house.claims(Role::DoorStaff));
    let ticket = ticket(&house, true).await;
    let admitted = enter(&house, &door, &ticket).await;
    let found = json!({"passed": false, "note": " somebody else's "});
    let (status, bad) = look(&house, &door, &admitted, &found).await;
    assert_eq!((status, &bad["passed"], &bad["inside"]), (200, &json!(false), &json!(0)), "{bad}");
    assert_eq!(look(&house, &door, &admitted, &found).await, (200, bad), "asked again, the same");

    assert_eq!(house.count("select count(*) from undos where reason = 'id' and inside = -1").await, 1);
    let told = "select count(*) from incidents where kind = 'refused' and ticket_id is not null
        and text = 'Refused: ID not OK. somebody else''s'";
    assert_eq!(house.count(told).await, 1);
    let audited = "select count(*) from audit_log where action = 'scan.undone' and reason = 'id'";
    assert_eq!(house.count(audited).await, 1);
    // With another document the ticket is as good as before.
    assert_eq!(enter(&house, &door, &ticket).await["decision"], "admit");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_looks_at_whom_one_let_in_oneself_and_it_is_forgotten_in_time() {
    let house = House::open().await;
    let (ana, bo) = (token(&house.claims(Role::DoorStaff)), token(&house.claims(Role::DoorStaff)));
    let admitted = enter(&house, &ana, &ticket(&house, true).await).await;
    let (status, fault) = look(&house, &bo, &admitted, &json!({"passed": true})).await;
    assert_eq!((status, &fault["code"]), (403, &json!("forbidden")));
    let denied = enter(&house, &ana, &house.unsold()).await;
    let (status, fault) = look(&house, &ana, &denied, &json!({"passed": true})).await;
    assert_eq!((status, &fault["code"]), (409, &json!("nothing_to_check")));
    let nowhere = json!({"scan": Uuid::now_v7().to_string()});
    assert_eq!(look(&house, &ana, &nowhere, &json!({"passed": true})).await.0, 404);
    let long = json!({"passed": false, "note": "x".repeat(501)});
    assert_eq!(look(&house, &ana, &admitted, &long).await.0, 422);

    house.clock.advance(TimeDelta::minutes(16));
    let again = token(&house.claims(Role::Manager));
    assert_eq!(look(&house, &again, &admitted, &json!({"passed": true})).await.0, 200, "a supervisor may");
    look_after(&house).await;
    assert_eq!(house.count("select count(*) from id_checks").await, 1);
    house.clock.advance(TimeDelta::days(366));
    look_after(&house).await;
    assert_eq!(house.count("select count(*) from id_checks").await, 0);
}
