//! Whom a phone let in is inside, whatever the server would have said, has said, or hears later.

use chrono::TimeDelta;
use domain::permission::Role;
use messages::{
    marketing_admin::v1::EventChanged,
    millis,
    purchase::v1::{TicketChanged, TicketState},
};
use serde_json::{Value, json};

use super::{admitted, lines, outcomes, report, with};
use crate::house::{House, code_of};

/// The owner closes the terrace while its phone has no network: whom it let in is inside, and the ticket is used.
#[tokio::test(flavor = "multi_thread")]
async fn whom_a_gate_let_in_that_was_closed_since_is_inside() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let ticket = TicketChanged { zone_id: house.night.zones[1].zone_id.clone(), ..house.unsold() };
    house.tell_ticket(&ticket).await;
    let zones = vec![house.night.zones[0].clone()];
    house.tell_event(&EventChanged { revision: 2, zones, ..house.night.clone() }).await;
    assert_eq!(house.count("select count(*) from gates where not active").await, 1);
    let scan = admitted(&house.night, &code_of(&ticket), house.now() - TimeDelta::minutes(5));
    let scan = with(&scan, "gate", House::gate(&house.night, 1).to_string());
    let results = report(&house, &token, &[scan]).await;
    assert_eq!((outcomes(&results), &results[0]["reason"]), (vec!["recorded"], &json!("ok")));
    assert_eq!(house.count("select count(*) from entries where is_primary").await, 1);
    assert_eq!(house.count("select inside from occupancy").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_times_are_kept_and_one_that_cannot_be_right_counts_as_of_the_report() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    for (off, suspect) in [
        (TimeDelta::minutes(4), false),
        (TimeDelta::minutes(6), true),
        (-TimeDelta::days(6), false),
        (-TimeDelta::days(8), true),
    ] {
        let told = house.now() + off;
        let scan = admitted(&house.night, &code_of(&house.unsold()), told);
        report(&house, &token, std::slice::from_ref(&scan)).await;
        let counts = if suspect { house.now() } else { told };
        let row = format!(
            "select count(*) from scans s join entries e on e.scan_id = s.id where s.nonce = '{}' and s.time_suspect = {suspect}
                and s.scanned_at = '{told}' and s.corrected_at = '{told}' and e.admitted_at = '{counts}'",
            scan["nonce"].as_str().unwrap()
        );
        assert_eq!(house.count(&row).await, 1, "{off}");
    }
    // A clock that is two hours behind, of which the phone knows nothing: the report tells.
    let wrong = house.now() - TimeDelta::hours(2);
    let mut scan = admitted(&house.night, &code_of(&house.unsold()), wrong - TimeDelta::minutes(10));
    scan.as_object_mut().unwrap().remove("corrected_at");
    let body = json!({"device_time": wrong, "scans": [scan]});
    let sent = house.http.post(house.url("/api/v1/scans/batch")).bearer_auth(&token).json(&body).send().await;
    assert_eq!(sent.unwrap().status(), 200);
    let right = house.now() - TimeDelta::minutes(10);
    assert_eq!(house.count(&format!("select count(*) from entries where admitted_at = '{right}'")).await, 1);
}

/// The server refused and its answer got lost; the phone let the guest in by itself. Both stand.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_decided_otherwise_than_the_server_is_a_fact_too() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let ticket = house.ticket().await;
    let code = code_of(&ticket);
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code)).await;
    let asked = house.scan_of(&code);
    assert_eq!(house.answer(&token, &asked).await["reason"], "already_inside");
    let decided = with(&admitted(&house.night, &code, house.now()), "nonce", asked["nonce"].clone());
    for _ in 0..2 {
        let result = report(&house, &token, std::slice::from_ref(&decided)).await;
        assert_eq!(outcomes(&result), ["repeated"]);
        assert_eq!(result[0]["reason"], "already_inside", "what was answered then");
    }
    assert_eq!(house.count("select count(*) from entries").await, 2);
    assert_eq!(house.count("select count(*) from conflicts").await, 1);
    assert_eq!(house.count("select inside from occupancy").await, 2, "two people");
    assert_eq!(house.answer(&token, &asked).await["reason"], "already_inside", "and that answer stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_the_door_hears_of_later_fits() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let ticket = house.unsold();
    let scan = admitted(&house.night, &code_of(&ticket), house.now());
    assert_eq!(report(&house, &token, &[scan]).await[0]["reason"], "unknown");
    house.tell_ticket(&ticket).await;
    assert_eq!(house.answer(&token, &house.scan_of(&code_of(&ticket))).await["reason"], "already_inside");
    assert_eq!(house.count("select count(*) from conflicts").await, 0);
}

/// The phone was sooner than the ticket. What the door hears of it then is what it would have said.
#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_the_door_hears_nothing_good_of_later_is_a_conflict() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let refunded = TicketChanged { state: TicketState::Refunded as i32, ..house.unsold() };
    let elsewhere = TicketChanged { zone_id: house.night.zones[1].zone_id.clone(), ..house.unsold() };
    let in_order = house.unsold();
    let tickets = [refunded, elsewhere, in_order];
    for ticket in &tickets {
        let scan = admitted(&house.night, &code_of(ticket), house.now());
        assert_eq!(report(&house, &token, &[scan]).await[0]["reason"], "unknown");
    }
    assert_eq!(house.count("select count(*) from conflicts").await, 0);
    for ticket in &tickets {
        house.tell_ticket(ticket).await;
    }
    let said = lines(&house, "select kind || ' ' || judged as line from conflicts order by judged").await;
    assert_eq!(said, ["not_allowed refunded", "not_allowed wrong_gate"]);
    // What becomes of a ticket after its guest came in is no fault of the door's.
    house.clock.advance(TimeDelta::minutes(5));
    let since = millis(house.now());
    let later = TicketChanged {
        revision: 2,
        state: TicketState::Refunded as i32,
        changed_at: since,
        ..tickets[2].clone()
    };
    house.tell_ticket(&later).await;
    assert_eq!(house.count("select count(*) from conflicts").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exit_ends_the_stay_whichever_phone_reports_first() {
    let house = House::open().await;
    let (in_, out) = (house.token(Role::DoorStaff), house.token(Role::DoorStaff));
    let code = code_of(&house.ticket().await);
    let at = |minutes: i64| house.now() - TimeDelta::minutes(60 - minutes);
    let exit = with(&admitted(&house.night, &code, at(20)), "direction", "exit");
    let early = report(&house, &out, &[exit]).await;
    assert_eq!(early[0]["reason"], "not_inside", "as far as anybody knows by then");
    assert_eq!(house.count("select count(*) from entries").await, 0);
    let came = admitted(&house.night, &code, at(0));
    let back = admitted(&house.night, &code, at(40));
    report(&house, &in_, &[came, back]).await;
    let stays = lines(
        &house,
        "select nth || ' ' || is_primary || ' ' || (left_at is null) as line from entries order by admitted_at",
    )
    .await;
    assert_eq!(stays, ["1 true false", "2 true true"]);
    assert_eq!(house.count("select inside from occupancy").await, 1);
    assert_eq!(house.count("select count(*) from conflicts").await, 0);
}

/// Money goes back while a phone that let the guest in has no network. Whichever is first, somebody hears of it.
#[tokio::test(flavor = "multi_thread")]
async fn who_came_in_with_a_ticket_that_had_gone_bad_is_noticed() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let (before, after) = (house.ticket().await, house.ticket().await);
    let scan = |ticket: &TicketChanged| {
        admitted(&house.night, &code_of(ticket), house.now() - TimeDelta::minutes(9))
    };
    assert_eq!(report(&house, &token, &[scan(&before)]).await[0]["conflict"], Value::Null);
    let (_, inside) = crate::revoke::revoke(&house, &[&before], false).await;
    assert_eq!((&inside["revoked"], inside["inside"].as_array().unwrap().len()), (&json!(false), 1));

    let (_, nobody) = crate::revoke::revoke(&house, &[&after], false).await;
    assert_eq!((&nobody["revoked"], &nobody["inside"]), (&json!(true), &json!([])));
    house
        .tell_ticket(&TicketChanged { revision: 2, state: TicketState::Refunded as i32, ..after.clone() })
        .await;
    let result = report(&house, &token, &[scan(&after)]).await;
    assert_eq!(
        (&result[0]["reason"], &result[0]["conflict"]["kind"]),
        (&json!("refunded"), &json!("not_allowed"))
    );
}
