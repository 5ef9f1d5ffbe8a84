//! Money goes back: whose guests are inside, and codes that go bad in the moment in which that is seen.

use domain::permission::Role;
use messages::purchase::v1::{TicketChanged, TicketState};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, code_of, service_token};
use crate::race::{HESITATE, count, hesitating};
use diesel_async::SimpleAsyncConnection;

/// Asks as purchase does.
pub async fn revoke(house: &House, tickets: &[&TicketChanged], anyway: bool) -> (u16, Value) {
    ask(house, tickets, json!({"anyway": anyway})).await
}

async fn ask(house: &House, tickets: &[&TicketChanged], more: Value) -> (u16, Value) {
    let url = format!("http://{}/internal/v1/revocations", house.running.internal);
    let tickets: Vec<&str> = tickets.iter().map(|ticket| ticket.ticket_id.as_str()).collect();
    let mut body = json!({"event": house.night.event_id, "tickets": tickets});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let call = house.http.post(url).bearer_auth(service_token("purchase", house.now())).json(&body);
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

async fn scan(house: &House, ticket: &TicketChanged) -> Value {
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(ticket))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_nobody_used_is_bad_from_the_answer_on() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    for _ in 0..2 {
        let (status, answer) = revoke(&house, &[&ticket], false).await;
        assert_eq!(
            (status, &answer["revoked"], &answer["inside"]),
            (200, &json!(true), &json!([])),
            "and again"
        );
    }
    assert_eq!(scan(&house, &ticket).await["reason"], "refunded");
    assert_eq!(house.count("select count(*) from audit_log where action = 'ticket.revoked'").await, 1);

    // The owner's own word comes with the same revision, or a later one, and says the same.
    let refunded = TicketChanged { revision: 2, state: TicketState::Refunded as i32, ..ticket.clone() };
    house.tell_ticket(&refunded).await;
    assert_eq!(scan(&house, &ticket).await["reason"], "refunded");
    // A late word of before changes nothing.
    house.tell_ticket(&ticket).await;
    assert_eq!(scan(&house, &ticket).await["reason"], "refunded");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_ticket_that_cost_nothing_no_money_is_spoken_of() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    let becomes =
        async |state: &str| ask(&house, &[&ticket], json!({"anyway": false, "becomes": state})).await.0;
    assert_eq!(becomes("free").await, 422, "it becomes one of the states there are");
    assert_eq!(becomes("cancelled").await, 200);
    assert_eq!(scan(&house, &ticket).await["reason"], "cancelled");
    // The owner's own word comes with the same revision.
    let cancelled = TicketChanged { revision: 2, state: TicketState::Cancelled as i32, ..ticket.clone() };
    house.tell_ticket(&cancelled).await;
    assert_eq!(scan(&house, &ticket).await["reason"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_guest_inside_leaves_all_codes_as_they_are_unless_it_is_anyway() {
    let house = House::open().await;
    let (inside, outside) = (house.ticket().await, house.ticket().await);
    assert_eq!(scan(&house, &inside).await["decision"], "admit");
    let (status, answer) = revoke(&house, &[&inside, &outside], false).await;
    assert_eq!((status, &answer["revoked"]), (200, &json!(false)));
    assert_eq!(answer["inside"][0]["ticket"], inside.ticket_id.as_str());
    assert_eq!(answer["inside"][0]["gate"], "Main door");
    assert_eq!(scan(&house, &outside).await["decision"], "admit", "nothing was changed");

    let (_, answer) = revoke(&house, &[&inside, &outside], true).await;
    assert_eq!((&answer["revoked"], answer["inside"].as_array().unwrap().len()), (&json!(true), 2));
    assert_eq!(scan(&house, &inside).await["reason"], "refunded");
}

/// A guest's bank takes the money back: the owner's word comes as any other state of a ticket, and so does its end.
#[tokio::test(flavor = "multi_thread")]
async fn a_disputed_ticket_is_frozen_with_words_of_its_own_until_the_club_wins() {
    let house = House::open().await;
    let (inside, outside) = (house.ticket().await, house.ticket().await);
    assert_eq!(scan(&house, &inside).await["decision"], "admit");
    let as_of = |ticket: &TicketChanged, revision, state: TicketState| TicketChanged {
        revision,
        state: state as i32,
        ..ticket.clone()
    };
    for ticket in [&inside, &outside] {
        house.tell_ticket(&as_of(ticket, 2, TicketState::Disputed)).await;
        let answer = scan(&house, ticket).await;
        assert_eq!((&answer["decision"], &answer["reason"]), (&json!("deny"), &json!("disputed")));
        assert!(answer["sentence"].as_str().unwrap().contains("disputed"), "{answer}");
    }
    assert_eq!(house.count("select count(*) from entries").await, 1, "who came in did come in");
    // A late word of before changes nothing.
    house.tell_ticket(&outside).await;
    assert_eq!(scan(&house, &outside).await["reason"], "disputed");
    for ticket in [&inside, &outside] {
        house.tell_ticket(&as_of(ticket, 3, TicketState::Valid)).await;
    }
    assert_eq!(scan(&house, &outside).await["decision"], "admit");
    assert_eq!(scan(&house, &inside).await["reason"], "already_inside");
}

/// A refund that was asked for before the bank was quicker takes a frozen ticket back like a good one.
#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_ticket_can_be_taken_back() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    let frozen = TicketChanged { revision: 2, state: TicketState::Disputed as i32, ..ticket.clone() };
    house.tell_ticket(&frozen).await;
    assert_eq!(revoke(&house, &[&ticket], false).await.1["revoked"], true);
    assert_eq!(scan(&house, &ticket).await["reason"], "refunded");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_does_not_speak_of_tickets_it_has_not_heard_of() {
    let house = House::open().await;
    let (known, unheard) = (house.ticket().await, house.unsold());
    let (status, answer) = revoke(&house, &[&known, &unheard], true).await;
    assert_eq!((status, &answer["code"]), (409, &json!("not_known_yet")));
    assert_eq!(scan(&house, &known).await["decision"], "admit");
    assert_eq!(revoke(&house, &[], false).await.0, 422);
    let other = TicketChanged { event_id: Uuid::now_v7().to_string(), ..house.unsold() };
    house.tell_ticket(&other).await;
    assert_eq!(revoke(&house, &[&other], false).await.0, 409, "a ticket of another night");
}

/// A scan has found the ticket good and not yet written its entry when purchase asks. The lock makes the question wait for the
/// entry; without it (the control run) the guest comes in and the code is said to be bad before anybody used it.
#[tokio::test(flavor = "multi_thread")]
async fn a_scan_and_a_refund_in_the_same_moment_do_not_both_succeed() {
    for guarded in [true, false] {
        let house = if guarded { House::open().await } else { House::open_unguarded().await };
        let ticket = house.ticket().await;
        let admin = db::Db::connect(&db::DbSettings::new(&house.database.admin_url())).unwrap();
        let mut admin = admin.conn().await.unwrap();
        admin.batch_execute("set search_path = pg_catalog").await.unwrap();
        admin.batch_execute(HESITATE).await.unwrap();
        let asked = async {
            hesitating(&house, 1).await;
            revoke(&house, &[&ticket], false).await.1
        };
        let steps = async {
            if guarded {
                waiting(&house, 2).await;
            } else {
                let url = "select count(*) from admissions where status = 'refunded'";
                let mut look_again = tokio::time::interval(std::time::Duration::from_millis(10));
                while count(&house, url).await < 1 {
                    look_again.tick().await;
                }
            }
            admin.batch_execute("select pg_advisory_unlock(4242)").await.unwrap();
        };
        let (scan, asked, ()) = tokio::join!(scan(&house, &ticket), asked, steps);
        assert_eq!(scan["decision"], "admit");
        assert_eq!(asked["revoked"], !guarded, "guarded: {guarded}, {asked}");
        assert_eq!(asked["inside"].as_array().unwrap().len(), usize::from(guarded));
    }
}

/// Waits until so many wait for any advisory lock.
pub async fn waiting(house: &House, wanted: i64) {
    let waiting = "select count(*) from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())";
    let mut look_again = tokio::time::interval(std::time::Duration::from_millis(10));
    while count(house, waiting).await < wanted {
        look_again.tick().await;
    }
}
