//! Every reason, over HTTP, and what a scan must not be.

use chrono::TimeDelta;
use domain::{ids::EventId, permission::Role};
use ed25519_dalek::SigningKey;
use messages::{
    marketing_admin::v1::EventStatus,
    millis,
    purchase::v1::{TicketChanged, TicketState},
};
use serde_json::json;
use uuid::Uuid;

use crate::desk::look_after;
use crate::house::{House, code_of, night, signed};

async fn reason(house: &House, code: &str) -> String {
    let answer = house.answer(&house.token(Role::DoorStaff), &house.scan_of(code)).await;
    assert_eq!(answer["decision"], if answer["reason"] == "ok" { "admit" } else { "deny" }, "{answer}");
    assert!(!answer["sentence"].as_str().unwrap().is_empty());
    answer["reason"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_valid_ticket_is_admitted_once_and_the_second_time_says_when_and_where() {
    let house = House::open().await;
    let ticket = TicketChanged { attention: "Check ID".into(), ..house.ticket().await };
    house.tell_ticket(&TicketChanged { revision: 2, ..ticket.clone() }).await;
    let token = house.token(Role::DoorStaff);

    let first = house.answer(&token, &house.scan_of(&code_of(&ticket))).await;
    assert_eq!(first["decision"], "admit");
    assert_eq!(first["ticket"], json!({"type": "General admission", "holder": "Lucía Ferrer"}));
    assert_eq!(first["attention"], "Check ID");
    assert!(first.get("first_scan").is_none());

    house.clock.advance(TimeDelta::minutes(12));
    let second = house.answer(&token, &house.scan_of(&code_of(&ticket))).await;
    assert_eq!(
        (second["decision"].as_str(), second["reason"].as_str()),
        (Some("deny"), Some("already_inside"))
    );
    assert_eq!(second["first_scan"]["gate_name"], "Main door");
    assert_eq!(second["first_scan"]["gate"], House::gate(&house.night, 0).to_string());
    assert_eq!(second["sentence"], "Came in at 01:30, Main door. Two tickets? Ask for the other code.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_is_not_in_order_is_refused_with_its_own_reason() {
    let house = House::open().await;
    for (state, expected) in [
        (TicketState::Cancelled, "cancelled"),
        (TicketState::Refunded, "refunded"),
        (TicketState::Revoked, "revoked"),
        (TicketState::Blocked, "blocked"),
        (TicketState::Disputed, "disputed"),
    ] {
        let ticket = TicketChanged { state: state as i32, ..house.unsold() };
        house.tell_ticket(&ticket).await;
        assert_eq!(reason(&house, &code_of(&ticket)).await, expected);
    }
    assert_eq!(reason(&house, &code_of(&house.unsold())).await, "unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_test_mode_is_refused_by_name_at_a_door_for_guests() {
    let house = House::open().await;
    let ticket = house.unsold();
    house.tell_ticket(&ticket).await;
    // Whoever signed it: this door has no key of test mode, and the record of a real ticket does not help it in.
    let code = signed(&ticket, 129, &SigningKey::from_bytes(&[7; 32]));
    let answer = house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code)).await;
    assert_eq!((answer["decision"].as_str(), answer["reason"].as_str()), (Some("deny"), Some("test_ticket")));
    let sentence = answer["sentence"].as_str().unwrap();
    assert_eq!(sentence, "This ticket was made in test mode and lets nobody in. Ask for the real one.");
    assert!(answer.get("ticket").is_none(), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_of_another_night_or_zone_is_told_where_it_belongs() {
    let house = House::open().await;
    let other = night("saturday", house.now() + TimeDelta::days(1));
    house.tell_event(&other).await;
    let elsewhere = TicketChanged { event_id: other.event_id.clone(), ..house.unsold() };
    let answer = house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&elsewhere))).await;
    assert_eq!(answer["reason"], "wrong_event");
    assert!(answer["sentence"].as_str().unwrap().contains("Night of saturday"), "{answer}");
    let foreign = TicketChanged { event_id: EventId::generate().to_string(), ..house.unsold() };
    assert_eq!(reason(&house, &code_of(&foreign)).await, "wrong_event");

    let vip = TicketChanged { zone_id: house.night.zones[1].zone_id.clone(), ..house.unsold() };
    house.tell_ticket(&vip).await;
    let answer = house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&vip))).await;
    assert_eq!(answer["reason"], "wrong_gate");
    assert!(answer["sentence"].as_str().unwrap().contains("VIP deck"), "{answer}");
    let mut there = house.scan_of(&code_of(&vip));
    there["gate"] = json!(House::gate(&house.night, 1));
    assert_eq!(house.answer(&house.token(Role::DoorStaff), &there).await["reason"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_the_entry_window_and_on_a_cancelled_night_nobody_comes_in() {
    let house = House::open().await;
    let now = house.now();
    let nights = [
        ("early", 1, 3, EventStatus::Published, "too_early"),
        ("late", -3, 0, EventStatus::Published, "too_late"),
        ("off", -1, 3, EventStatus::Cancelled, "cancelled"),
    ];
    for (slug, from, until, status, expected) in nights {
        let mut event = night(slug, now);
        event.entry_from = millis(now + TimeDelta::hours(from));
        event.entry_until = millis(now + TimeDelta::hours(until));
        event.status = status as i32;
        house.tell_event(&event).await;
        let zone_id = event.zones[0].zone_id.clone();
        let ticket = TicketChanged { event_id: event.event_id.clone(), zone_id, ..house.unsold() };
        house.tell_ticket(&ticket).await;
        let mut scan = house.scan_of(&code_of(&ticket));
        // An event may be named by its id as well.
        scan["event"] = json!(event.event_id);
        scan["gate"] = json!(House::gate(&event, 0));
        assert_eq!(house.answer(&house.token(Role::DoorStaff), &scan).await["reason"], expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_of_the_list_comes_in_until_the_cut_off_and_not_in_it() {
    let house = House::open().await;
    // The doors are open for three hours yet; this ticket lets in for half an hour.
    let cut_off = millis(house.now() + TimeDelta::minutes(30));
    let [first, second, changed] =
        std::array::from_fn(|_| TicketChanged { admit_until: cut_off, ..house.unsold() });
    for ticket in [&first, &second, &changed] {
        house.tell_ticket(ticket).await;
    }
    let token = house.token(Role::DoorStaff);
    house.clock.advance(TimeDelta::minutes(30) - TimeDelta::milliseconds(1));
    let early = house.answer(&token, &house.scan_of(&code_of(&first))).await;
    assert_eq!((early["decision"].as_str(), early.get("entry")), (Some("admit"), None), "{early}");

    house.clock.advance(TimeDelta::milliseconds(1));
    let late = house.answer(&token, &house.scan_of(&code_of(&second))).await;
    assert_eq!((&late["decision"], &late["reason"]), (&json!("deny"), &json!("too_late")));
    assert_eq!(late["sentence"], "This ticket let in until 02:00 only.");
    let at = |instant: &serde_json::Value| {
        millis(instant.as_str().expect("an instant").parse().expect("an instant"))
    };
    assert_eq!((at(&late["entry"]["from"]), at(&late["entry"]["until"])), (house.night.entry_from, cut_off));
    let again = house.answer(&token, &house.scan_of(&code_of(&first))).await;
    assert_eq!(again["reason"], "already_inside", "who was in before is not late");
    assert_eq!(reason(&house, &code_of(&house.ticket().await)).await, "ok", "the doors are open for others");

    // The club gives this one longer: the newer word counts.
    house.tell_ticket(&TicketChanged { revision: 2, admit_until: 0, ..changed.clone() }).await;
    assert_eq!(reason(&house, &code_of(&changed)).await, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_says_how_old_a_guest_is_on_the_night_and_forgets_the_date_after_it() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    // Half past midnight by the world's clock, half past one in Madrid, on the 21st in both.
    for (born, age) in [("2008-11-21", json!(18)), ("2008-11-22", json!(17)), ("", json!(null))] {
        let ticket = TicketChanged { birth_date: born.into(), ..house.unsold() };
        house.tell_ticket(&ticket).await;
        let said = house.answer(&token, &house.scan_of(&code_of(&ticket))).await;
        assert_eq!((&said["decision"], &said["ticket"]["age"]), (&json!("admit"), &age), "{born}");
    }
    let known = "select count(*) from admissions where birth_date is not null";
    assert_eq!(house.count(known).await, 2);
    assert_eq!(house.count("select count(*) from scans where facts::text like '%2008-11%'").await, 0);
    look_after(&house).await;
    assert_eq!(house.count(known).await, 2, "the night is not over");
    house.clock.advance(TimeDelta::hours(6));
    look_after(&house).await;
    assert_eq!(house.count(known).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_a_ticket_is_told_from_what_is_forged() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    let good = code_of(&ticket);
    let another = SigningKey::from_bytes(&[99; 32]);
    assert_eq!(reason(&house, &signed(&ticket, 1, &another)).await, "forged");
    assert_eq!(reason(&house, &signed(&ticket, 9, &another)).await, "forged");
    let id = ticket.ticket_id.clone();
    for code in [
        "",
        "hello",
        "https://example.org/t/1",
        "'; drop table scans; --",
        &good[..140],
        &id,
        &"A".repeat(513),
    ] {
        assert_eq!(reason(&house, code).await, "malformed", "{code}");
    }
    assert_eq!(reason(&house, &good).await, "ok", "nothing of this used the ticket");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sentence_is_in_the_doormans_language() {
    let house = House::open().await;
    let request = house.http.post(house.url("/api/v1/scans")).bearer_auth(house.token(Role::DoorStaff));
    let answer =
        request.header("accept-language", "es-MX,en;q=0.5").json(&house.scan_of("x")).send().await.unwrap();
    let answer: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(answer["sentence"], "Esto no es el código de una entrada. Pide la entrada.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_no_scan_is_refused_with_its_code() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    let refused = async |change: &dyn Fn(&mut serde_json::Value)| {
        let mut scan = house.scan_of("x");
        change(&mut scan);
        let (status, text) = house.scan(&token, &scan).await;
        let problem: serde_json::Value = serde_json::from_str(&text).unwrap();
        (status, problem["code"].as_str().unwrap_or_default().to_owned())
    };
    let expect = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(refused(&|scan| scan["event"] = json!("no-such-night")).await, expect(404, "not_found"));
    assert_eq!(refused(&|scan| scan["gate"] = json!(Uuid::now_v7())).await, expect(404, "not_found"));
    assert_eq!(refused(&|scan| scan["gate"] = json!("north")).await, expect(404, "not_found"));
    assert_eq!(refused(&|scan| scan["price"] = json!(1)).await, expect(422, "unknown_field"));
    assert_eq!(refused(&|scan| scan["nonce"] = json!("")).await, expect(422, "invalid_value"));
    assert_eq!(refused(&|scan| scan["nonce"] = json!("n".repeat(129))).await, expect(422, "invalid_value"));
    assert_eq!(refused(&|scan| scan["scanned_at"] = json!("yesterday")).await, expect(422, "invalid_value"));
    assert_eq!(
        refused(&|scan| scan["code"] = json!("A".repeat(5000))).await,
        expect(413, "payload_too_large")
    );
    assert_eq!(refused(&|scan| scan["code"] = json!("a\0b")).await, expect(400, "invalid_encoding"));
}
