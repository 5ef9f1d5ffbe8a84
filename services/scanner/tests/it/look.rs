//! Doors that were open are to open later: who is inside is said, and nothing is changed.

use chrono::TimeDelta;
use domain::permission::Role;
use messages::marketing_admin::v1::EventChanged;
use messages::millis;
use messages::purchase::v1::TicketChanged;
use serde_json::{Value, json};

use crate::heal::until;
use crate::house::{House, code_of, service_token};

/// Asks as purchase does.
async fn look(house: &House, tickets: &[&TicketChanged], revision: i64) -> (u16, Value) {
    let url = format!("http://{}/internal/v1/inside", house.running.internal);
    let tickets: Vec<&str> = tickets.iter().map(|ticket| ticket.ticket_id.as_str()).collect();
    let body = json!({"event": house.night.event_id, "tickets": tickets, "revision": revision});
    let call = house.http.post(url).bearer_auth(service_token("purchase", house.now())).json(&body);
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_says_who_came_in_before_it_was_to_open_later() {
    let house = House::open().await;
    let (inside, outside) = (house.ticket().await, house.ticket().await);
    let token = house.token(Role::DoorStaff);
    assert_eq!(house.answer(&token, &house.scan_of(&code_of(&inside))).await["decision"], "admit");

    let (status, early) = look(&house, &[&inside], 2).await;
    assert_eq!((status, &early["code"]), (409, &json!("not_known_yet")), "somebody may yet come in");
    let later = EventChanged {
        revision: 2,
        entry_from: millis(house.now() + TimeDelta::hours(1)),
        ..house.night.clone()
    };
    house.tell_event(&later).await;
    // A gate that has just read when its doors open goes by that for a moment: until then nobody knows who is inside.
    let (status, early) = look(&house, &[&inside], 2).await;
    assert_eq!((status, &early["code"]), (409, &json!("not_known_yet")), "a gate may yet let somebody in");
    until("every gate goes by the new time", async || look(&house, &[&inside], 2).await.0 == 200).await;
    let late = house.answer(&token, &house.scan_of(&code_of(&outside))).await;
    assert_eq!((&late["decision"], &late["reason"]), (&json!("deny"), &json!("too_early")), "{late}");
    let (status, answer) = look(&house, &[&inside, &outside], 2).await;
    assert_eq!((status, answer["inside"].as_array().unwrap().len()), (200, 1), "{answer}");
    assert_eq!(answer["inside"][0]["ticket"], inside.ticket_id.as_str());

    let (status, unheard) = look(&house, &[&house.unsold()], 2).await;
    assert_eq!((status, &unheard["code"]), (409, &json!("not_known_yet")));
    assert_eq!(look(&house, &[], 2).await.0, 422);
    assert_eq!(
        house.count("select count(*) from admissions where status = 'valid'").await,
        2,
        "nothing changed"
    );
}
