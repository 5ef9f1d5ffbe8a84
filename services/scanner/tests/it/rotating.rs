//! Codes that move: the present one comes in, a picture of an earlier one does not.

use chrono::{DateTime, TimeDelta, Utc};
use domain::permission::Role;
use futures::future::join_all;
use messages::{
    marketing_admin::v1::{EventChanged, TicketType},
    purchase::v1::TicketChanged,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::batch::{admitted, report, with};
use crate::house::{House, code_at, code_of};

/// Tells the door of a type whose tickets come in as often as they like, and whose codes move or do not.
async fn tell_type(house: &House, ticket_type_id: &str, rotating_code: bool) {
    let kind = TicketType {
        ticket_type_id: ticket_type_id.to_owned(),
        name: "General admission".into(),
        zone_id: house.night.zones[0].zone_id.clone(),
        entries: -1,
        rotating_code,
        ..TicketType::default()
    };
    let known = house.count("select coalesce(max(revision), 0) from events").await;
    let event = EventChanged { revision: known + 1, ticket_types: vec![kind], ..house.night.clone() };
    house.tell_event(&event).await;
}

async fn ticket(house: &House, rotating_code: bool) -> TicketChanged {
    let ticket = house.unsold();
    tell_type(house, &ticket.ticket_type_id, rotating_code).await;
    house.tell_ticket(&ticket).await;
    ticket
}

/// What is said of a code.
async fn scanned(house: &House, code: &str) -> Value {
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(code)).await
}

async fn reason(house: &House, code: &str) -> String {
    scanned(house, code).await["reason"].as_str().unwrap().to_owned()
}

fn ago(house: &House, seconds: i64) -> DateTime<Utc> {
    house.now() - TimeDelta::seconds(seconds)
}

async fn post(house: &House, path: &str, role: Role, body: &Value) -> Value {
    let call = house.http.post(house.url(path)).bearer_auth(house.token(role)).json(body);
    let answer = call.send().await.unwrap();
    let (status, text) = (answer.status(), answer.text().await.unwrap());
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_present_code_comes_in_and_a_picture_of_an_earlier_one_does_not() {
    let house = House::open().await;
    let ticket = ticket(&house, true).await;
    let picture = code_at(&ticket, ago(&house, 3600));
    let refused = scanned(&house, &picture).await;
    assert_eq!(
        (&refused["decision"], &refused["reason"]),
        (&json!("deny"), &json!("stale_code")),
        "{refused}"
    );
    assert_eq!(
        refused["sentence"],
        "This is a picture of a ticket. Ask the guest to open the ticket page: the code moves."
    );
    assert_eq!((&refused["ticket"]["holder"], &refused["inside"]), (&json!("Lucía Ferrer"), &json!(0)));
    assert_eq!(reason(&house, &code_of(&ticket)).await, "stale_code", "a sheet of paper moves as little");
    assert_eq!(reason(&house, &code_at(&ticket, ago(&house, -30))).await, "stale_code", "made for later");
    assert_eq!(house.count("select count(*) from entries").await, 0);

    let came = scanned(&house, &code_at(&ticket, house.now())).await;
    assert_eq!((&came["reason"], &came["inside"]), (&json!("ok"), &json!(1)), "{came}");
    let again = scanned(&house, &code_at(&ticket, house.now())).await;
    assert_eq!(
        (&again["reason"], again["first_scan"].is_object()),
        (&json!("already_inside"), true),
        "{again}"
    );
    let sent_on = scanned(&house, &picture).await;
    assert_eq!((&sent_on["reason"], sent_on.get("first_scan")), (&json!("stale_code"), None), "{sent_on}");

    // Who leaves is asked for no present code; who comes in again is.
    let mut leaves = house.scan_of(&picture);
    leaves["direction"] = json!("exit");
    assert_eq!(house.answer(&house.token(Role::DoorStaff), &leaves).await["reason"], "ok");
    assert_eq!(reason(&house, &picture).await, "stale_code");
    assert_eq!(reason(&house, &code_at(&ticket, house.now())).await, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_as_long_as_it_takes_to_hold_a_phone_out() {
    let house = House::open().await;
    for (seconds, expected) in
        [(-16, "stale_code"), (-15, "ok"), (0, "ok"), (44, "ok"), (45, "stale_code"), (600, "stale_code")]
    {
        let ticket = ticket(&house, true).await;
        let code = code_at(&ticket, house.now());
        house.clock.advance(TimeDelta::seconds(seconds));
        assert_eq!(reason(&house, &code).await, expected, "{seconds} s after its step began");
        house.clock.advance(TimeDelta::seconds(-seconds));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_codes_need_not_move_nobody_asks() {
    let house = House::open().await;
    let (still, early) = (ticket(&house, false).await, ticket(&house, false).await);
    assert_eq!(reason(&house, &code_of(&still)).await, "ok");
    assert_eq!(reason(&house, &code_at(&early, ago(&house, 86_400))).await, "ok");
    // The club makes the type move later: what was sent before is a picture from then on.
    let changed = ticket(&house, false).await;
    tell_type(&house, &changed.ticket_type_id, true).await;
    assert_eq!(reason(&house, &code_of(&changed)).await, "stale_code");
    tell_type(&house, &changed.ticket_type_id, false).await;
    assert_eq!(reason(&house, &code_of(&changed)).await, "ok");
    // A type that the door has not heard of asks for nothing of the kind.
    let unheard = house.ticket().await;
    assert_eq!(reason(&house, &code_of(&unheard)).await, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_gates_that_read_one_present_code_one_lets_in() {
    let house = House::open().await;
    let ticket = ticket(&house, true).await;
    let code = code_at(&ticket, house.now());
    let mut reasons = join_all((0..8).map(|_| reason(&house, &code))).await;
    reasons.sort();
    assert_eq!(reasons[7], "ok");
    assert!(reasons[..7].iter().all(|reason| reason == "already_inside"), "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_lets_a_picture_in_and_answers_for_it() {
    let house = House::open().await;
    let ticket = ticket(&house, true).await;
    let mut body = house.scan_of(&code_of(&ticket));
    body["note"] = json!("Her page does not load, her document is right");
    let forced = post(&house, "/api/v1/overrides", Role::Manager, &body).await;
    assert_eq!((&forced["reason"], &forced["overridden"]), (&json!("ok"), &json!("stale_code")), "{forced}");
    let audited = "select count(*) from audit_log where action = 'scan.overridden'
        and detail ->> 'overridden' = 'stale_code' and reason = 'Her page does not load, her document is right'";
    assert_eq!(house.count(audited).await, 1);
    assert_eq!(house.count("select count(*) from entries where is_primary and forced").await, 1);
    assert_eq!(reason(&house, &code_at(&ticket, house.now())).await, "already_inside");
}

/// A friend sends a picture and goes in: whoever stands there with it is a second guest, which the word on a picture is not about.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_hides_no_guest_who_is_inside_from_a_supervisor() {
    let house = House::open().await;
    let ticket = ticket(&house, true).await;
    assert_eq!(reason(&house, &code_at(&ticket, house.now())).await, "ok");
    let picture = code_at(&ticket, ago(&house, 3600));
    let noted = |code: &str| {
        let mut body = house.scan_of(code);
        body["note"] = json!("Her page does not load");
        body
    };
    let told = post(&house, "/api/v1/overrides", Role::Manager, &noted(&picture)).await;
    assert_eq!((&told["decision"], &told["reason"]), (&json!("deny"), &json!("already_inside")), "{told}");
    assert!(told["first_scan"].is_object(), "{told}");
    assert_eq!(house.count("select count(*) from entries").await, 1);
    assert_eq!(house.count("select count(*) from audit_log where action = 'scan.overridden'").await, 0);
    // With the present code it is about the guest inside, and stands on record as that.
    let present = code_at(&ticket, house.now());
    let forced = post(&house, "/api/v1/overrides", Role::Manager, &noted(&present)).await;
    assert_eq!(
        (&forced["reason"], &forced["overridden"]),
        (&json!("ok"), &json!("already_inside")),
        "{forced}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_phone_is_dead_comes_in_by_the_list() {
    let house = House::open().await;
    let ticket = ticket(&house, true).await;
    let body = json!({
        "ticket": ticket.ticket_id, "event": house.night.slug, "gate": House::gate(&house.night, 0),
        "nonce": Uuid::now_v7().to_string(), "reason": "phone_dead",
    });
    let came = post(&house, "/api/v1/check-ins", Role::DoorStaff, &body).await;
    assert_eq!((&came["decision"], &came["reason"]), (&json!("admit"), &json!("ok")), "{came}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_phone_decided_is_judged_by_the_time_of_its_scan() {
    let house = House::open().await;
    let phone = house.token(Role::DoorStaff);
    let then = ago(&house, 3600);
    let (fresh, fooled) = (ticket(&house, true).await, ticket(&house, true).await);
    let good = admitted(&house.night, &code_at(&fresh, then), then);
    // By a list from before the codes moved.
    let picture = admitted(&house.night, &code_of(&fooled), then);
    let refused = admitted(&house.night, &code_at(&fooled, ago(&house, 7200)), then);
    let refused = with(&with(&refused, "decision", "deny"), "reason", "stale_code");
    let results = report(&house, &phone, &[good, picture, refused]).await;
    let said: Vec<_> = results.iter().map(|one| (&one["outcome"], &one["reason"])).collect();
    let recorded = json!("recorded");
    let (ok, stale) = (json!("ok"), json!("stale_code"));
    assert_eq!(said, [(&recorded, &ok), (&recorded, &stale), (&recorded, &stale)]);
    let conflict = &results[1]["conflict"];
    assert_eq!(
        (&conflict["kind"], &conflict["judged"]),
        (&json!("let_in_although"), &stale),
        "a supervisor sees whom a picture let in"
    );
    assert!(results[0]["conflict"].is_null() && results[2]["conflict"].is_null(), "{results:?}");
    assert_eq!(house.count("select inside from occupancy").await, 2, "whom a phone let in, it let in");
    assert_eq!(house.count("select count(*) from scans where offline and judged = 'ok'").await, 1);

    // A phone a day behind, which knew it.
    let late = ticket(&house, true).await;
    let off = admitted(&house.night, &code_at(&late, then), then - TimeDelta::days(1));
    let off = with(&off, "corrected_at", json!(then));
    assert_eq!(report(&house, &phone, &[off]).await[0]["reason"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_tells_phones_whose_codes_move() {
    let house = House::open().await;
    let (moves, still) = (ticket(&house, true).await, ticket(&house, false).await);
    let unheard = house.ticket().await;
    let url = house.url(&format!("/api/v1/manifest?event={}", house.night.event_id));
    let call = house.http.get(url).bearer_auth(house.token(Role::DoorStaff));
    let list: Value = call.send().await.unwrap().json().await.unwrap();
    let types = list["types"].as_array().unwrap();
    for (ticket, expected) in [(&moves, 1), (&still, 0), (&unheard, 0)] {
        let told = types.iter().find(|told| told[0] == ticket.ticket_type_id.as_str()).unwrap();
        assert_eq!(told[7], expected, "{told}");
    }
}
