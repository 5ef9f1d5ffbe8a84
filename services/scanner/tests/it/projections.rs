//! What the door learns from others, and what the phones see of it.

use bus::Outcome;
use chrono::TimeDelta;
use domain::permission::Role;
use messages::{
    marketing_admin::v1::{EventChanged, EventStatus, Zone},
    purchase::v1::{TicketChanged, TicketState},
};
use serde_json::Value;
use uuid::Uuid;

use crate::house::{House, code_of, night};

async fn events(house: &House) -> Vec<Value> {
    let request = house.http.get(house.url("/api/v1/events")).bearer_auth(house.token(Role::DoorStaff));
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    body["events"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn tonights_event_comes_first_with_a_gate_for_each_zone() {
    let house = House::open().await;
    let now = house.now();
    let shifted = |slug: &str, hours: i64, status: EventStatus| {
        let event = night(slug, now + TimeDelta::hours(hours));
        EventChanged { status: status as i32, ..event }
    };
    for event in [
        shifted("draft", 24, EventStatus::Draft),
        shifted("saturday", 24, EventStatus::Published),
        shifted("long-over", -24 * 7, EventStatus::Published),
        shifted("just-over", -8, EventStatus::Published),
    ] {
        house.tell_event(&event).await;
    }
    let listed = events(&house).await;
    let slugs: Vec<_> = listed.iter().map(|event| event["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs[0], "friday");
    assert!(
        slugs.contains(&"saturday") && !slugs.contains(&"draft") && !slugs.contains(&"long-over"),
        "{slugs:?}"
    );
    assert_eq!(listed[0]["tonight"], true);
    let gates: Vec<_> =
        listed[0]["gates"].as_array().unwrap().iter().map(|gate| gate["name"].as_str().unwrap()).collect();
    assert_eq!(gates, ["Main door", "VIP deck door"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_snapshot_changes_nothing_and_a_removed_zone_closes_its_gate() {
    let house = House::open().await;
    let gate = House::gate(&house.night, 1);
    let mut newer = EventChanged { revision: 3, title: "Renamed".into(), ..house.night.clone() };
    newer.zones.truncate(1);
    assert_eq!(house.tell_event(&newer).await, Outcome::Applied);
    assert_eq!(house.tell_event(&EventChanged { revision: 2, ..house.night.clone() }).await, Outcome::Stale);
    assert_eq!(house.tell_event(&newer).await, Outcome::Stale);
    let listed = events(&house).await;
    assert_eq!(
        (listed[0]["title"].as_str(), listed[0]["gates"].as_array().unwrap().len()),
        (Some("Renamed"), 1)
    );
    let mut scan = house.scan_of("x");
    scan["gate"] = serde_json::json!(gate);
    assert_eq!(house.scan(&house.token(Role::DoorStaff), &scan).await.0, 404);

    // Back again: the same gate, because phones and printed plans know it by its id.
    let again = EventChanged { revision: 4, zones: house.night.zones.clone(), ..newer };
    house.tell_event(&again).await;
    assert_eq!(House::gate(&again, 1), gate);
    assert_eq!(events(&house).await[0]["gates"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_ticket_state_changes_nothing() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    let refunded = TicketChanged { revision: 3, state: TicketState::Refunded as i32, ..ticket.clone() };
    assert_eq!(house.tell_ticket(&refunded).await, Outcome::Applied);
    assert_eq!(house.tell_ticket(&TicketChanged { revision: 2, ..ticket.clone() }).await, Outcome::Stale);
    let answer = house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&ticket))).await;
    assert_eq!(answer["reason"], "refunded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_makes_no_sense_is_refused_for_good() {
    let house = House::open().await;
    let mut conn = house.db.conn().await.unwrap();
    let zones = vec![Zone { zone_id: "no uuid".into(), name: "x".into() }];
    for bad in [
        EventChanged { status: 0, ..house.night.clone() },
        EventChanged { event_id: "no uuid".into(), ..house.night.clone() },
        EventChanged { entry_from: 0, ..house.night.clone() },
        EventChanged { zones, ..house.night.clone() },
    ] {
        let refused = scanner::door::projection::apply(&mut conn, bad, crate::house::delivery()).await;
        assert!(matches!(refused, Err(bus::HandleError::Never(_))), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_counter_follows_the_door() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let inside = async |event: &str| {
        let path = house.url(&format!("/api/v1/events/{event}/occupancy"));
        let body: Value =
            house.http.get(path).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
        body["inside"].clone()
    };
    assert_eq!(inside("friday").await, 0);
    let ticket = house.ticket().await;
    house.answer(&token, &house.scan_of(&code_of(&ticket))).await;
    assert_eq!(inside(&house.night.event_id).await, 1);
    assert_eq!(inside(&Uuid::now_v7().to_string()).await, Value::Null);
}
