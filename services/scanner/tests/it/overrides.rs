//! Whoever answers for the door lets somebody in against the rule: who may, what may, and what is left of it.

use chrono::TimeDelta;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::permission::Role;
use messages::{
    purchase::v1::{TicketChanged, TicketState},
    scanner::v1::TicketScanned,
};
use prost::Message;
use serde_json::{Value, json};

use crate::house::{House, code_of, token};

/// The body of an override of `code` at tonight's first gate.
fn override_of(house: &House, code: &str) -> Value {
    let mut body = house.scan_of(code);
    body["note"] = json!(" Her friend came in with her ticket \n");
    body
}

async fn ask(house: &House, bearer: &str, body: &Value) -> (u16, Value) {
    let call = house.http.post(house.url("/api/v1/overrides")).bearer_auth(bearer).json(body);
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

async fn forced(house: &House, ticket: &TicketChanged) -> Value {
    let (status, answer) =
        ask(house, &house.token(Role::Manager), &override_of(house, &code_of(ticket))).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn scanned(house: &House, ticket: &TicketChanged) -> Value {
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(ticket))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_for_the_door_may_and_says_why() {
    let house = House::open().await;
    let blocked = TicketChanged { state: TicketState::Blocked as i32, ..house.unsold() };
    house.tell_ticket(&blocked).await;
    assert_eq!(scanned(&house, &blocked).await["reason"], "blocked");
    let body = override_of(&house, &code_of(&blocked));
    let (status, refused) = ask(&house, &house.token(Role::DoorStaff), &body).await;
    assert_eq!((status, &refused["code"]), (403, &json!("forbidden")));
    assert_eq!(house.count("select count(*) from entries").await, 0);
    let manager = house.claims(Role::Manager);
    for note in ["", "  ", &"ñ".repeat(501)] {
        let mut silent = body.clone();
        silent["note"] = json!(note);
        let (status, problem) = ask(&house, &token(&manager), &silent).await;
        assert_eq!((status, &problem["code"]), (422, &json!("validation_failed")), "{note:?}");
    }
    let mut out = body.clone();
    out["direction"] = json!("exit");
    let (status, problem) = ask(&house, &token(&manager), &out).await;
    assert_eq!((status, &problem["code"]), (422, &json!("unknown_field")), "an exit needs nobody's leave");

    let (status, first) = ask(&house, &token(&manager), &body).await;
    assert_eq!((status, &first["decision"], &first["overridden"]), (200, &json!("admit"), &json!("blocked")));
    assert_eq!((&first["reason"], &first["inside"]), (&json!("ok"), &json!(1)), "{first}");
    let (_, again) = ask(&house, &token(&manager), &body).await;
    assert_eq!(again, first, "the same act, once");
    let audited = format!(
        "select count(*) from audit_log where action = 'scan.overridden' and target = '{}' and staff_id = '{}'
         and actor = 'manager' and reason = 'Her friend came in with her ticket' and request_id <> ''
         and detail ->> 'overridden' = 'blocked' and detail ->> 'gate_name' = 'Main door'
         and detail ->> 'scan' = '{}'",
        blocked.ticket_id,
        manager.sub,
        first["scan"].as_str().unwrap()
    );
    assert_eq!(house.count(&audited).await, 1);
    assert_eq!(house.count("select count(*) from audit_log where action = 'scan.overridden'").await, 1);
    let noted = "select count(*) from scans where override_note = 'Her friend came in with her ticket'";
    assert_eq!(house.count(noted).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_stand_aside_does_and_nothing_else() {
    let house = House::open().await;
    for (state, reason) in [
        (TicketState::Blocked, Some("blocked")),
        (TicketState::Disputed, Some("disputed")),
        (TicketState::Cancelled, None),
        (TicketState::Refunded, None),
        (TicketState::Revoked, None),
    ] {
        let ticket = TicketChanged { state: state as i32, ..house.unsold() };
        house.tell_ticket(&ticket).await;
        let answer = forced(&house, &ticket).await;
        assert_eq!(answer["decision"], if reason.is_some() { "admit" } else { "deny" }, "{answer}");
        assert_eq!(answer["overridden"].as_str(), reason, "{answer}");
    }
    let vip = TicketChanged { zone_id: house.night.zones[1].zone_id.clone(), ..house.unsold() };
    house.tell_ticket(&vip).await;
    assert_eq!(forced(&house, &vip).await["overridden"], "wrong_gate");
    let banned = house.ticket().await;
    let ban = format!("update admissions set banned = true where ticket_id = '{}'", banned.ticket_id);
    house.db.conn().await.unwrap().batch_execute(&ban).await.unwrap();
    assert_eq!(scanned(&house, &banned).await["reason"], "banned");
    assert_eq!(forced(&house, &banned).await["overridden"], "banned");
    assert_eq!(forced(&house, &house.unsold()).await["reason"], "unknown");
    let (_, nonsense) = ask(&house, &house.token(Role::Owner), &override_of(&house, "hello")).await;
    assert_eq!(nonsense["reason"], "malformed");

    // A ticket that needs nobody's leave has none noted.
    let good = forced(&house, &house.ticket().await).await;
    assert_eq!((&good["decision"], good.get("overridden")), (&json!("admit"), None));
    house.clock.advance(TimeDelta::hours(3));
    let late = house.ticket().await;
    assert_eq!(scanned(&house, &late).await["reason"], "too_late");
    assert_eq!(forced(&house, &late).await["overridden"], "too_late");
    let written = house.count("select count(*) from audit_log where action = 'scan.overridden'").await;
    assert_eq!(house.count("select count(*) from entries where forced").await, written);
    assert_eq!(written, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_guest_on_one_ticket_is_counted_in_told_and_goes_out_like_the_first() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    scanned(&house, &ticket).await;
    let second = forced(&house, &ticket).await;
    assert_eq!((&second["overridden"], &second["inside"]), (&json!("already_inside"), &json!(2)), "{second}");
    assert!(second["sentence"].as_str().unwrap().contains("the manager answers for it"), "{second}");
    assert_eq!(second["first_scan"]["gate_name"], "Main door", "{second}");
    let beside = "select count(*) from entries where forced and not is_primary and nth = 1";
    assert_eq!(house.count(beside).await, 1);
    assert_eq!(scanned(&house, &ticket).await["reason"], "already_inside", "for everybody else");

    #[derive(diesel::QueryableByName)]
    struct Payload {
        #[diesel(sql_type = diesel::sql_types::Bytea)]
        payload: Vec<u8>,
    }
    let told = format!("select payload from outbox where aggregate = '{}'", second["scan"].as_str().unwrap());
    let told: Payload =
        diesel::sql_query(told).get_result(&mut *house.db.conn().await.unwrap()).await.unwrap();
    let told = TicketScanned::decode(&told.payload[..]).unwrap();
    assert_eq!((told.decision.as_str(), told.inside_after, told.inside_revision), ("admit", 2, 2));

    let out = crate::reentry::exit_of(&house, &code_of(&ticket));
    for (left, reason) in [(1, "ok"), (0, "ok"), (0, "not_inside")] {
        let mut out = out.clone();
        out["nonce"] = json!(format!("{left}{reason}"));
        let answer = house.answer(&house.token(Role::DoorStaff), &out).await;
        assert_eq!((&answer["reason"], &answer["inside"]), (&json!(reason), &json!(left)), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_house_and_a_used_up_ticket_may_stand_aside() {
    let house = House::open().await;
    let none =
        format!("insert into occupancy (event_id, limit_people) values ('{}', 0)", house.night.event_id);
    house.db.conn().await.unwrap().batch_execute(&none).await.unwrap();
    let ticket = house.ticket().await;
    assert_eq!(scanned(&house, &ticket).await["reason"], "full");
    let came = forced(&house, &ticket).await;
    assert_eq!(
        (&came["overridden"], &came["inside"], &came["limit"]),
        (&json!("full"), &json!(1), &json!(0))
    );
    let out = crate::reentry::exit_of(&house, &code_of(&ticket));
    house.answer(&house.token(Role::DoorStaff), &out).await;
    assert_eq!(scanned(&house, &ticket).await["reason"], "no_reentry");
    assert_eq!(forced(&house, &ticket).await["overridden"], "no_reentry");
    assert_eq!(house.count("select count(*) from entries where forced and is_primary and nth = 2").await, 1);
}

/// A ticket was scanned by mistake and its guest let in all the same, by a supervisor's word; then the mistake is undone.
#[tokio::test(flavor = "multi_thread")]
async fn who_was_let_in_beside_an_entry_that_is_undone_has_its_right() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    let mistaken = scanned(&house, &ticket).await;
    assert_eq!(forced(&house, &ticket).await["overridden"], "already_inside");
    let undo = house.url(&format!("/api/v1/scans/{}/undo", mistaken["scan"].as_str().unwrap()));
    let request = house.http.post(undo).bearer_auth(house.token(Role::Manager));
    let undone = request.json(&json!({"reason": "wrong guest"})).send().await.unwrap();
    assert_eq!(undone.json::<Value>().await.unwrap()["inside"], 1);
    assert_eq!(
        scanned(&house, &ticket).await["reason"],
        "already_inside",
        "with that ticket somebody is inside"
    );
}

/// What is overridden comes before the question where the ticket's guest is: it hides nobody.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_overridden_the_guest_who_is_inside_is_told_and_on_record() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    let first = scanned(&house, &ticket).await;
    let ban = format!("update admissions set banned = true where ticket_id = '{}'", ticket.ticket_id);
    house.db.conn().await.unwrap().batch_execute(&ban).await.unwrap();
    assert_eq!(scanned(&house, &ticket).await["reason"], "banned");
    let second = forced(&house, &ticket).await;
    assert_eq!((&second["overridden"], &second["inside"]), (&json!("banned"), &json!(2)), "{second}");
    assert_eq!(second["first_scan"]["gate_name"], "Main door", "{second}");
    assert!(second["sentence"].as_str().unwrap().starts_with("Second guest with this ticket"), "{second}");
    let audited = format!(
        "select count(*) from audit_log where action = 'scan.overridden' and detail ->> 'inside' = '{}'",
        first["scan"].as_str().unwrap()
    );
    assert_eq!(house.count(&audited).await, 1);
    // Of a ticket that nobody is inside with there is nothing to tell.
    let other = house.ticket().await;
    let ban = format!("update admissions set banned = true where ticket_id = '{}'", other.ticket_id);
    house.db.conn().await.unwrap().batch_execute(&ban).await.unwrap();
    assert_eq!(forced(&house, &other).await.get("first_scan"), None);
}
