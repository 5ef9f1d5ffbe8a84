//! Parties that have a table: whose pass is scanned, who is here, and that the first of them is told of once.

mod hosts;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::permission::Role;
use futures::future::join_all;
use messages::millis;
use messages::purchase::v1::{Buyer, ReservationChanged, ReservedTable, TicketChanged};
use messages::scanner::v1::ReservationCheckedIn;
use prost::Message;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::batch::{admitted, report, with};
use crate::desk::look_after;
use crate::house::{House, code_of, delivery};
use crate::race::{HESITATE, admin, side_by_side};

/// Eight people who have reserved a table, to arrive at this time.
fn party(house: &House, reference: &str, arrives_at: DateTime<Utc>) -> ReservationChanged {
    ReservationChanged {
        reservation_id: Uuid::now_v7().to_string(),
        revision: 1,
        event_id: house.night.event_id.clone(),
        order_id: Uuid::now_v7().to_string(),
        order_reference: reference.into(),
        state: "confirmed".into(),
        tables: vec![ReservedTable {
            table_id: Uuid::now_v7().to_string(),
            label: "Table 12".into(),
            seats: 10,
        }],
        party: 8,
        booker: Some(Buyer { name: "Ana Ruiz".into(), email: "ana@mail.test".into(), language: "en".into() }),
        arrives_at: millis(arrives_at),
        host: "Eva".into(),
        currency: "EUR".into(),
        made_at: millis(house.now()),
        changed_at: millis(house.now()),
        change: "confirm".into(),
        ..ReservationChanged::default()
    }
}

async fn tell(house: &House, party: &ReservationChanged) -> bus::Outcome {
    let mut conn = house.db.conn().await.unwrap();
    scanner::parties::consume::apply(&mut conn, party.clone(), delivery()).await.unwrap()
}

/// A party that the door knows.
async fn known(house: &House, reference: &str) -> ReservationChanged {
    let party = party(house, reference, house.now());
    tell(house, &party).await;
    party
}

/// A ticket of an order.
async fn pass(house: &House, reference: &str, holder: &str) -> TicketChanged {
    let pass = TicketChanged {
        order_reference: reference.into(),
        holder_name: holder.into(),
        ticket_type_name: "Table 12".into(),
        attention: "VIP · 12".into(),
        ..house.unsold()
    };
    house.tell_ticket(&pass).await;
    pass
}

async fn scan(house: &House, pass: &TicketChanged, direction: &str) -> Value {
    let body = with(&house.scan_of(&code_of(pass)), "direction", direction);
    house.answer(&house.token(Role::DoorStaff), &body).await
}

/// What was said of parties that came.
async fn said(house: &House) -> Vec<ReservationCheckedIn> {
    #[derive(diesel::QueryableByName)]
    struct Said {
        #[diesel(sql_type = diesel::sql_types::Bytea)]
        payload: Vec<u8>,
    }
    let rows = "select payload from outbox where subject = 'reservation.checked_in' order by message_id";
    let mut conn = house.db.conn().await.unwrap();
    let rows: Vec<Said> = diesel::sql_query(rows).load(&mut *conn).await.unwrap();
    rows.iter().map(|row| ReservationCheckedIn::decode(&*row.payload).unwrap()).collect()
}

async fn check_ins(house: &House) -> i64 {
    house.count("select count(*) from party_check_ins").await
}

/// The night's parties as a host's program reads them.
async fn listed(house: &House) -> Vec<Value> {
    let url = house.url("/api/v1/events/friday/parties");
    let answer = house.http.get(url).bearer_auth(house.token(Role::VipHost)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let list: Value = answer.json().await.unwrap();
    list["parties"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_pass_checks_the_party_in_and_every_answer_says_whose_table_it_is() {
    let house = House::open().await;
    let party = known(&house, "TABLE12").await;
    let (ana, ben) = (pass(&house, "TABLE12", "Ana Ruiz").await, pass(&house, "TABLE12", "Ben").await);

    let first = scan(&house, &ana, "entry").await;
    assert_eq!(first["decision"], "admit", "{first}");
    assert_eq!(first["party"]["reservation"], party.reservation_id.as_str());
    assert_eq!(first["party"]["tables"], json!(["12"]), "the word before it is the reader's");
    assert_eq!((&first["party"]["booker"], &first["party"]["host"]), (&json!("Ana Ruiz"), &json!("Eva")));
    assert_eq!((&first["party"]["inside"], &first["party"]["of"]), (&json!(1), &json!(8)));
    let arrives: DateTime<Utc> = first["party"]["arrives_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(arrives, house.now());
    assert_eq!(scan(&house, &ben, "entry").await["party"]["inside"], 2);
    let refused = scan(&house, &ben, "entry").await;
    assert_eq!((&refused["reason"], &refused["party"]["inside"]), (&json!("already_inside"), &json!(2)));
    assert_eq!(scan(&house, &ben, "exit").await["party"]["inside"], 1, "who leaves is not in");

    assert_eq!(check_ins(&house).await, 1);
    let said = said(&house).await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!((&said[0].reservation_id, &said[0].event_id), (&party.reservation_id, &house.night.event_id));
    assert_eq!(said[0].scan_id, first["scan"].as_str().unwrap());
    assert_eq!((said[0].gate_name.as_str(), said[0].checked_in_at), ("Main door", millis(house.now())));

    let other = scan(&house, &house.ticket().await, "entry").await;
    assert!(other.get("party").is_none(), "of no table: {other}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_scan_asked_again_has_the_same_answer() {
    let house = House::open().await;
    known(&house, "TABLE12").await;
    let (ana, ben) = (pass(&house, "TABLE12", "Ana Ruiz").await, pass(&house, "TABLE12", "Ben").await);
    let (token, body) = (house.token(Role::DoorStaff), house.scan_of(&code_of(&ana)));
    let first = house.scan(&token, &body).await;
    scan(&house, &ben, "entry").await;
    assert_eq!(house.scan(&token, &body).await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_of_a_party_at_once_are_one_row_and_one_message() {
    let house = House::open().await;
    known(&house, "TABLE12").await;
    let mut passes = Vec::new();
    for guest in 0..10 {
        passes.push(pass(&house, "TABLE12", &format!("Guest {guest}")).await);
    }
    let answers = join_all(passes.iter().map(|pass| scan(&house, pass, "entry"))).await;
    assert!(answers.iter().all(|answer| answer["decision"] == "admit"), "{answers:?}");
    assert_eq!((check_ins(&house).await, said(&house).await.len()), (1, 1));
    assert_eq!(listed(&house).await[0]["inside"], 10);
}

/// The control run: two passes at two gates, both let in before either has checked the party in. With the primary key one of them does;
/// without it both would, and the party would be told of twice.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_primary_key_a_party_would_check_in_twice() {
    for (guarded, expected) in [(true, 1), (false, 2)] {
        let house = House::open().await;
        known(&house, "TABLE12").await;
        let (ana, ben) = (pass(&house, "TABLE12", "Ana Ruiz").await, pass(&house, "TABLE12", "Ben").await);
        let mut admin = admin(&house).await;
        admin.batch_execute(HESITATE).await.unwrap();
        if !guarded {
            let off = "alter table scanner.party_check_ins drop constraint party_check_ins_pkey";
            admin.batch_execute(off).await.unwrap();
        }
        let (a, b) = (house.scan_of(&code_of(&ana)), house.scan_of(&code_of(&ben)));
        let answers = side_by_side(&house, &mut admin, &a, &b).await;
        assert!(answers.iter().all(|answer| answer["decision"] == "admit"), "{answers:?}");
        let told = (check_ins(&house).await, said(&house).await.len());
        assert_eq!(told, (i64::try_from(expected).unwrap(), expected), "guarded: {guarded}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undo_of_the_only_entry_leaves_the_party_checked_in() {
    let house = House::open().await;
    known(&house, "TABLE12").await;
    let ana = pass(&house, "TABLE12", "Ana Ruiz").await;
    let entry = scan(&house, &ana, "entry").await;
    let url = house.url(&format!("/api/v1/scans/{}/undo", entry["scan"].as_str().unwrap()));
    let undone = house.http.post(url).bearer_auth(house.token(Role::Manager));
    let undone = undone.json(&json!({"reason": "wrong guest"})).send().await.unwrap();
    assert_eq!(undone.status(), 200);
    let rows = listed(&house).await;
    assert_eq!((&rows[0]["stage"], &rows[0]["inside"]), (&json!("inside"), &json!(0)));
    assert_eq!(scan(&house, &ana, "entry").await["party"]["inside"], 1);
    assert_eq!((check_ins(&house).await, said(&house).await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_phone_let_in_checks_the_party_in_and_its_list_tells_whose_passes_they_are() {
    let house = House::open().await;
    let party = known(&house, "TABLE12").await;
    let (ana, ben) = (pass(&house, "TABLE12", "Ana Ruiz").await, pass(&house, "TABLE12", "Ben").await);
    let (token, earlier) = (house.token(Role::DoorStaff), house.now() - TimeDelta::minutes(10));
    // Taken back on the phone: nobody came.
    let taken_back =
        with(&admitted(&house.night, &code_of(&ben), earlier), "undone_at", earlier.to_rfc3339());
    report(&house, &token, &[taken_back]).await;
    assert_eq!(check_ins(&house).await, 0);
    let brought = [
        admitted(&house.night, &code_of(&ana), earlier),
        admitted(&house.night, &code_of(&house.ticket().await), earlier),
    ];
    report(&house, &token, &brought).await;
    report(&house, &token, &brought).await;
    let said = said(&house).await;
    assert_eq!((check_ins(&house).await, said.len()), (1, 1));
    assert_eq!((&said[0].reservation_id, said[0].checked_in_at), (&party.reservation_id, millis(earlier)));

    let url = house.url(&format!("/api/v1/manifest?event={}", house.night.event_id));
    let list: Value = house.http.get(url).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
    let expected = json!([["TABLE12", ["12"], "Ana Ruiz", 8, "Eva", millis(house.now()), 1]]);
    assert_eq!(list["parties"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_without_tables_says_nothing_of_them() {
    let house = House::open().await;
    house.ticket().await;
    let url = house.url(&format!("/api/v1/manifest?event={}", house.night.event_id));
    let list = house.http.get(url).bearer_auth(house.token(Role::DoorStaff)).send().await.unwrap();
    assert!(!list.text().await.unwrap().contains("\"parties\""));
    assert!(listed(&house).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_heard_of_after_its_guests_is_checked_in_then() {
    let house = House::open().await;
    let ana = pass(&house, "TABLE12", "Ana Ruiz").await;
    let entry = scan(&house, &ana, "entry").await;
    assert!(entry.get("party").is_none(), "{entry}");
    let party = known(&house, "TABLE12").await;
    let said = said(&house).await;
    assert_eq!((check_ins(&house).await, said.len()), (1, 1));
    assert_eq!(said[0].scan_id, entry["scan"].as_str().unwrap());
    // Told again, as after a comparison.
    assert_eq!(tell(&house, &party).await, bus::Outcome::Stale);
    assert_eq!(check_ins(&house).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_came_late_makes_them_a_party_again() {
    let house = House::open().await;
    let expired = ReservationChanged { state: "expired".into(), ..party(&house, "TABLE12", house.now()) };
    tell(&house, &expired).await;
    let ana = pass(&house, "TABLE12", "Ana Ruiz").await;
    assert!(scan(&house, &ana, "entry").await.get("party").is_none());
    let paid = ReservationChanged { revision: 2, state: "confirmed".into(), ..expired };
    assert_eq!(tell(&house, &paid).await, bus::Outcome::Applied);
    assert_eq!((check_ins(&house).await, said(&house).await.len()), (1, 1));
    assert_eq!(scan(&house, &ana, "exit").await["party"]["inside"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_was_given_up_is_nobody_s() {
    let house = House::open().await;
    let party = known(&house, "TABLE12").await;
    let ana = pass(&house, "TABLE12", "Ana Ruiz").await;
    let cancelled = ReservationChanged { revision: 3, state: "cancelled".into(), ..party.clone() };
    assert_eq!(tell(&house, &cancelled).await, bus::Outcome::Applied);
    let older = ReservationChanged { revision: 2, ..party };
    assert_eq!(tell(&house, &older).await, bus::Outcome::Stale, "an older state changes nothing");
    let answer = scan(&house, &ana, "entry").await;
    assert!(answer.get("party").is_none(), "{answer}");
    assert_eq!((check_ins(&house).await, listed(&house).await.len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booker_who_is_forgotten_is_in_no_answer_any_more() {
    let house = House::open().await;
    known(&house, "TABLE12").await;
    let (ana, ben) = (pass(&house, "TABLE12", "Ana Ruiz").await, pass(&house, "TABLE12", "Ben").await);
    scan(&house, &ana, "entry").await;
    scan(&house, &ben, "entry").await;
    let named = "select (select count(*) from scans where facts::text like '%Ana Ruiz%')
                      + (select count(*) from parties where booker_name = 'Ana Ruiz')";
    assert_eq!(house.count(named).await, 3);
    let forget = async |pass: &TicketChanged| {
        let gone = TicketChanged {
            revision: 2,
            holder_name: String::new(),
            buyer_email_hash: Vec::new(),
            ..pass.clone()
        };
        house.tell_ticket(&gone).await;
        look_after(&house).await;
    };
    forget(&ben).await;
    assert_eq!(house.count(named).await, 3, "a guest of hers is not the booker");
    forget(&ana).await;
    assert_eq!(house.count(named).await, 0);
    assert_eq!(house.count("select count(*) from scans where facts -> 'party' ->> 'inside' = '2'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booker_is_forgotten_whichever_is_heard_of_first_and_whoever_has_the_passes() {
    let named = "select (select count(*) from scans where facts::text like '%Ana Ruiz%')
                      + (select count(*) from parties where booker_name = 'Ana Ruiz')";
    let erased = |party: &ReservationChanged| ReservationChanged {
        revision: 2,
        booker: Some(Buyer { email: "erased@erased.invalid".into(), ..Buyer::default() }),
        change: "erased".into(),
        ..party.clone()
    };
    let house = House::open().await;
    let party = known(&house, "TABLE12").await;
    // She gave both passes away: no ticket has her name.
    scan(&house, &pass(&house, "TABLE12", "Ben").await, "entry").await;
    scan(&house, &pass(&house, "TABLE12", "Eva Luz").await, "entry").await;
    assert_eq!(house.count(named).await, 3);
    assert_eq!(tell(&house, &erased(&party)).await, bus::Outcome::Applied);
    assert_eq!(house.count(named).await, 0);

    let other = known(&house, "TABLE14").await;
    let ana = pass(&house, "TABLE14", "Ana Ruiz").await;
    scan(&house, &ana, "entry").await;
    assert_eq!(tell(&house, &erased(&other)).await, bus::Outcome::Applied);
    let holder = "select count(*) from scans where facts -> 'party' ->> 'booker' = 'Ana Ruiz'";
    assert_eq!(house.count(holder).await, 0, "her ticket has not been heard of yet");
    let gone = TicketChanged { revision: 2, holder_name: String::new(), buyer_email_hash: Vec::new(), ..ana };
    house.tell_ticket(&gone).await;
    look_after(&house).await;
    assert_eq!(house.count(named).await, 0);
}
