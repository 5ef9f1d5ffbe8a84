//! Finding the ticket of a guest who has no code to show.

use chrono::TimeDelta;
use domain::{look_up, permission::Role};
use messages::{millis, purchase::v1::TicketChanged, purchase::v1::TicketState};
use serde_json::Value;

use crate::house::{House, code_of};

/// What a search answers: status and body.
async fn look(house: &House, q: &str) -> (u16, Value) {
    let url = house.url(&format!("/api/v1/events/{}/search", house.night.slug));
    let request = house.http.get(url).query(&[("q", q)]).bearer_auth(house.token(Role::DoorStaff));
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The holders that are found.
async fn holders(house: &House, q: &str) -> Vec<String> {
    let (status, found) = look(house, q).await;
    assert_eq!(status, 200, "{found}");
    let tickets = found["tickets"].as_array().unwrap();
    tickets.iter().map(|ticket| ticket["holder"].as_str().unwrap().to_owned()).collect()
}

/// A known ticket of tonight.
async fn sold(house: &House, holder: &str, reference: &str, email: &str) -> TicketChanged {
    let event = house.night.event_id.parse().unwrap();
    let ticket = TicketChanged {
        holder_name: holder.into(),
        order_reference: reference.into(),
        buyer_email_hash: look_up::email_hash(event, email).to_vec(),
        ..house.unsold()
    };
    house.tell_ticket(&ticket).await;
    ticket
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_is_found_by_name_order_last_four_and_address() {
    let house = House::open().await;
    let lucia = sold(&house, "Lucía Ferrer Núñez", "K7MPX2QD", "lucia@mail.test").await;
    sold(&house, "Lucas O’Brien", "AB3DE5FG", "lucas@mail.test").await;
    // Of another night, and one that the door has heard of twice.
    house.tell_ticket(&TicketChanged { revision: 2, ..lucia.clone() }).await;
    let elsewhere = TicketChanged { event_id: uuid::Uuid::now_v7().to_string(), ..house.unsold() };
    house.tell_ticket(&elsewhere).await;

    let both = ["Lucas O’Brien", "Lucía Ferrer Núñez"];
    let nobody: &[&str] = &[];
    let last_four = lucia.ticket_id.split_at(lucia.ticket_id.len() - 4).1.to_uppercase();
    for (typed, found) in [
        ("luc", &both[..]),
        ("LUCIA", &both[1..]),
        ("lucía", &both[1..]),
        ("nunez luc", &both[1..]),
        ("ferrer obrien", nobody),
        ("o'brien", &both[..1]),
        ("k7mpx2qd", &both[1..]),
        ("k7mp", &both[1..]),
        ("x2qd", &both[1..]),
        ("5FG ", nobody),
        ("E5FG", &both[..1]),
        (last_four.as_str(), &both[1..]),
        (" Lucia@Mail.test ", &both[1..]),
        ("lucia@mail", nobody),
        ("nobody@mail.test", nobody),
        ("%u_c%", nobody),
    ] {
        assert_eq!(holders(&house, typed).await, found, "{typed:?}");
    }
    let (_, found) = look(&house, "lucia@mail.test").await;
    assert!(!found.to_string().contains('@'), "no address comes back: {found}");
    for short in ["", "l", "ñ", " . -"] {
        let (status, fault) = look(&house, short).await;
        assert_eq!((status, fault["code"].as_str().unwrap()), (422, "too_short"), "{short:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_on_a_ticket_is_found_and_the_old_one_no_more() {
    let house = House::open().await;
    let ticket = sold(&house, "Marta Gil", "AB3DE5FG", "marta@mail.test").await;
    let renamed = TicketChanged { revision: 2, holder_name: "Marta Soto".into(), ..ticket.clone() };
    house.tell_ticket(&renamed).await;
    assert_eq!(holders(&house, "soto").await, ["Marta Soto"]);
    assert_eq!(holders(&house, "gil").await, [""; 0]);
    // A late word of before changes nothing.
    house.tell_ticket(&ticket).await;
    assert_eq!(holders(&house, "marta").await, ["Marta Soto"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_says_whether_the_guest_is_inside_and_what_is_wrong_with_the_ticket() {
    let house = House::open().await;
    let ticket = sold(&house, "Ana Ruiz", "AB3DE5FG", "ana@mail.test").await;
    let first = |found: Value| found["tickets"][0].clone();
    let before = first(look(&house, "ruiz").await.1);
    assert_eq!(
        (&before["stay"], &before["since"], &before["gate"]),
        (&"never".into(), &Value::Null, &Value::Null)
    );
    assert_eq!(
        (&before["status"], &before["zone"], &before["banned"]),
        (&"valid".into(), &"Club".into(), &false.into())
    );
    assert_eq!((&before["guest_list"], &before["admit_until"]), (&false.into(), &Value::Null));

    let token = house.token(Role::DoorStaff);
    assert_eq!(house.answer(&token, &house.scan_of(&code_of(&ticket))).await["decision"], "admit");
    let inside = first(look(&house, "ruiz").await.1);
    assert_eq!((&inside["stay"], &inside["gate"]), (&"inside".into(), &"Main door".into()));
    assert!(inside["since"].is_string());

    house.clock.advance(TimeDelta::minutes(5));
    let mut exit = house.scan_of(&code_of(&ticket));
    exit["direction"] = "exit".into();
    assert_eq!(house.answer(&token, &exit).await["decision"], "admit");
    let out = first(look(&house, "ruiz").await.1);
    assert_eq!((&out["stay"], &out["gate"]), (&"out".into(), &"Main door".into()));
    assert_ne!(out["since"], inside["since"], "since they left");

    let refunded = TicketChanged { revision: 2, state: TicketState::Refunded as i32, ..ticket };
    house.tell_ticket(&refunded).await;
    assert_eq!(first(look(&house, "ruiz").await.1)["status"], "refunded");
}

/// A party on the guest list: each head a ticket of one order, with the list's cut-off. They stand together, the good ones first.
#[tokio::test(flavor = "multi_thread")]
async fn a_party_on_the_guest_list_stands_together() {
    let house = House::open().await;
    let until = millis(house.now() + TimeDelta::hours(1));
    for reference in ["GUEST111", "GUEST222"] {
        for _ in 0..3 {
            let place = TicketChanged {
                holder_name: "DJ Ñandú".into(),
                order_reference: reference.into(),
                admit_until: until,
                ..house.unsold()
            };
            house.tell_ticket(&place).await;
        }
    }
    let (_, found) = look(&house, "nandu").await;
    let orders: Vec<&str> = found["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["order_reference"].as_str().unwrap())
        .collect();
    assert_eq!(orders, ["GUEST111", "GUEST111", "GUEST111", "GUEST222", "GUEST222", "GUEST222"]);
    assert!(found["tickets"].as_array().unwrap().iter().all(|one| one["guest_list"] == true));
    assert!(found["tickets"][0]["admit_until"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn at_most_thirty_are_shown_and_that_there_are_more() {
    let house = House::open().await;
    for nth in 0..30 {
        sold(&house, &format!("Iris {nth:02}"), "AB3DE5FG", "").await;
    }
    let (_, found) = look(&house, "iris").await;
    assert_eq!((found["tickets"].as_array().unwrap().len(), &found["more"]), (30, &false.into()));
    sold(&house, "Iris 30", "AB3DE5FG", "").await;
    let (_, found) = look(&house, "iris").await;
    assert_eq!((found["tickets"].as_array().unwrap().len(), &found["more"]), (30, &true.into()));
}

/// What an empty address would be hashed to finds nobody either.
#[tokio::test(flavor = "multi_thread")]
async fn who_gave_no_address_is_not_found_by_none() {
    let house = House::open().await;
    let ticket = TicketChanged { buyer_email_hash: Vec::new(), ..house.unsold() };
    house.tell_ticket(&ticket).await;
    assert_eq!(holders(&house, "@").await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_not_at_this_door_is_not_searched() {
    let house = House::open().await;
    let url = house.url("/api/v1/events/no-such-night/search?q=ana");
    let request = house.http.get(url).bearer_auth(house.token(Role::DoorStaff));
    assert_eq!(House::code(request).await, (404, "not_found".into()));
}
