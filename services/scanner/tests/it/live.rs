//! What supervisors see of a night while it runs, and what the owner is told of its door.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use domain::permission::Role;
use messages::scanner::v1::DoorChanged;
use prost::Message;
use scanner::live::told;
use serde_json::{Value, json};
use uuid::Uuid;
use web::session::COOKIE;

use crate::heal::until;
use crate::house::{House, code_of};

async fn live(house: &House) -> Value {
    let url = house.url("/api/v1/events/friday/live");
    let answer = house.http.get(url).bearer_auth(house.token(Role::Manager)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

async fn sql(house: &House, statements: &str) {
    house.db.conn().await.unwrap().batch_execute(statements).await.unwrap();
}

fn night(house: &House) -> Uuid {
    house.night.event_id.parse().unwrap()
}

/// A phone that was last heard of so many seconds ago.
async fn phone(house: &House, name: &str, seconds_ago: i64) -> Uuid {
    let (invitation, device) = (Uuid::now_v7(), Uuid::now_v7());
    let (now, who) = (house.now().to_rfc3339(), Uuid::now_v7());
    sql(
        house,
        &format!(
            "insert into device_invitations (id, name, code_hash, invited_by, invited_at, expires_at)
             values ('{invitation}', '{name}', sha256('{invitation}'), '{who}', '{now}', '{now}'::timestamptz + interval '10 minutes');
             insert into devices (id, invitation_id, name, secret_hash, enrolled_by, enrolled_at, last_seen_at, battery, queue_length, data_at)
             values ('{device}', '{invitation}', '{name}', sha256('{device}'), '{who}', '{now}',
                     '{now}'::timestamptz - interval '{seconds_ago} seconds', 15, 4, '{now}'::timestamptz - interval '10 minutes')"
        ),
    )
    .await;
    device
}

/// Somebody who came in with a ticket that had come in before, on another phone without a network.
async fn second_entry(house: &House, ticket: &str, device: Uuid) -> Uuid {
    let (scan, now) = (Uuid::now_v7(), house.now().to_rfc3339());
    sql(
        house,
        &format!(
            "insert into entries (scan_id, ticket_id, zone_id, event_id, gate_id, gate_name, admitted_at, is_primary, nth, device, offline)
             select '{scan}', ticket_id, zone_id, event_id, gate_id, 'Garden door', '{now}'::timestamptz + interval '3 minutes', false, nth, '{device}', true
               from entries where ticket_id = '{ticket}' and is_primary"
        ),
    )
    .await;
    scan
}

#[tokio::test(flavor = "multi_thread")]
async fn every_figure_is_what_happened() {
    let house = House::open().await;
    let doorman = house.token(Role::DoorStaff);
    let (one, two, _outside) = (house.ticket().await, house.ticket().await, house.ticket().await);
    for code in [code_of(&one), code_of(&two), code_of(&one), "not a code".to_owned()] {
        house.answer(&doorman, &house.scan_of(&code)).await;
    }
    let seen = live(&house).await;
    assert_eq!((&seen["inside"], &seen["limit"], &seen["sold"]), (&json!(2), &json!(null), &json!(3)));
    let gates = seen["gates"].as_array().unwrap();
    assert_eq!(gates.len(), 2, "{seen}");
    let main = gates.iter().find(|gate| gate["name"] == "Main door").unwrap();
    for (figure, number) in
        [("admitted", 2), ("denied", 2), ("left", 0), ("last_minute", 4), ("last_five_minutes", 4)]
    {
        assert_eq!(main[figure], number, "{figure}: {seen}");
    }
    let denials = json!([{"reason": "already_inside", "scans": 1}, {"reason": "malformed", "scans": 1}]);
    assert_eq!(seen["denials"], denials);
    // Two hours after the doors opened: twelve steps of ten minutes, and the one that has just begun.
    let arrivals = seen["arrivals"].as_array().unwrap();
    assert_eq!((arrivals.len(), &arrivals[11]["total"]), (13, &json!(0)), "{seen}");
    assert_eq!((&arrivals[12]["came"], &arrivals[12]["total"]), (&json!(2), &json!(2)));

    // What was undone did not happen.
    let undone = "insert into undos (scan_id, event_id, ticket_id, inside, reason, device, staff_id, at)
                  select id, event_id, ticket_id, -1, 'wrong one', device, staff_id, recorded_at
                    from scans where reason = 'ok' order by id limit 1";
    sql(&house, undone).await;
    until("an undone scan is no arrival", async || {
        let seen = live(&house).await;
        seen["arrivals"][12]["total"] == 1 && seen["gates"][0]["admitted"] == 1
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_scans_are_added_to_new_ones_and_the_rate_falls() {
    let house = House::open().await;
    let token = house.token(Role::DoorStaff);
    house.answer(&token, &house.scan_of(&code_of(&house.ticket().await))).await;
    assert_eq!(live(&house).await["gates"][0]["last_minute"], 1);
    for minutes in [7, 8] {
        house.clock.advance(chrono::TimeDelta::minutes(minutes));
        house.answer(&token, &house.scan_of(&code_of(&house.ticket().await))).await;
        until("a scan more is counted", async || {
            let seen = live(&house).await;
            let gate = &seen["gates"][0];
            gate["admitted"] == minutes - 5 && gate["last_minute"] == 1 && gate["last_five_minutes"] == 1
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_the_limit_the_phones_and_what_to_look_at() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&ticket))).await;
    sql(&house, "update occupancy set limit_people = 1").await;
    let garden = phone(&house, "Garden phone", 300).await;
    phone(&house, "Main phone", 5).await;
    let second = second_entry(&house, &ticket.ticket_id, garden).await;

    let seen = live(&house).await;
    assert_eq!((&seen["limit"], &seen["inside"]), (&json!(1), &json!(1)));
    let state = |name: &str| {
        let devices = seen["devices"].as_array().unwrap();
        devices.iter().find(|device| device["name"] == name).unwrap().clone()
    };
    assert_eq!(
        (&state("Garden phone")["state"], &state("Main phone")["state"]),
        (&json!("silent"), &json!("seen"))
    );
    let main = state("Main phone");
    assert_eq!(
        (&main["battery"], &main["queue_length"], &main["data_is_old"]),
        (&json!(15), &json!(4), &json!(true))
    );
    let conflict = &seen["conflicts"][0];
    assert_eq!((&conflict["scan"], &conflict["holder"]), (&json!(second), &json!("Lucía Ferrer")));
    assert_eq!(conflict["second"]["device"], "Garden phone");
    assert_eq!(
        (&conflict["first"]["gate"], &conflict["second"]["gate"]),
        (&json!("Main door"), &json!("Garden door"))
    );

    let cookie = format!("{COOKIE}={}", house.token(Role::Owner));
    let page = |path: &str| house.http.get(house.url(path)).header("cookie", cookie.clone()).send();
    let english = page("/live").await.unwrap().text().await.unwrap();
    for words in ["Night of friday", "of 1<", "The house is full", "Garden phone", "One entry to look at"] {
        assert!(english.contains(words), "{words}: {english}");
    }
    assert!(english.contains(&format!("/api/v1/conflicts/{second}/close")), "{english}");
    let spanish = page("/live?event=friday&lang=es").await.unwrap().text().await.unwrap();
    assert!(spanish.contains("Aforo completo") && spanish.contains("Un acceso por revisar"), "{spanish}");
    assert_eq!(page("/live?event=nowhere").await.unwrap().status(), 404);

    let closed = format!(
        "insert into conflict_notes (scan_id, note, staff_id, closed_at) values ('{second}', 'one guest', '{second}', now())"
    );
    sql(&house, &closed).await;
    until("what was looked at is gone", async || live(&house).await["conflicts"] == json!([])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_is_told_of_a_scan() {
    let house = House::open().await;
    let cookie = format!("{COOKIE}={}", house.token(Role::Manager));
    let stream = house.http.get(house.url("/live/stream?event=friday")).header("cookie", cookie).send();
    let mut stream = stream.await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    let mut wait_for = async |what: &str| {
        let waiting = async {
            while !text.contains(what) {
                let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
                text.push_str(&String::from_utf8_lossy(&chunk));
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("it comes");
    };
    wait_for("data-figure=\"inside\">0<").await;
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&house.ticket().await))).await;
    wait_for("data-figure=\"inside\">1<").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doorman_sees_none_of_it() {
    let house = House::open().await;
    for path in ["/live", "/live/stream?event=friday", "/api/v1/events/friday/live"] {
        let refused =
            House::code(house.http.get(house.url(path)).bearer_auth(house.token(Role::DoorStaff))).await;
        assert_eq!(refused.0, 403, "{path}");
        let nobody = house.http.get(house.url(path)).header("accept", "application/json").send();
        assert_eq!(nobody.await.unwrap().status(), 401, "{path}");
    }
}

#[derive(diesel::QueryableByName)]
struct Said {
    #[diesel(sql_type = diesel::sql_types::Bytea)]
    payload: Vec<u8>,
}

/// What was said of the door, the first first.
async fn said(house: &House) -> Vec<DoorChanged> {
    let rows = "select payload from outbox where subject = 'door.changed' order by revision";
    let mut conn = house.db.conn().await.unwrap();
    let rows: Vec<Said> = diesel_async::RunQueryDsl::load(diesel::sql_query(rows), &mut conn).await.unwrap();
    rows.iter().map(|row| DoorChanged::decode(&*row.payload).unwrap()).collect()
}

async fn tell(house: &House) -> bool {
    told::door_changed(&mut house.db.conn().await.unwrap(), night(house), house.now()).await.unwrap()
}

/// Looks as the service does by itself every ten seconds, which it may have done meanwhile; the newest that was said.
async fn looked(house: &House) -> Option<DoorChanged> {
    told::look_once(&house.pool, house.now()).await.unwrap();
    said(house).await.pop()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_told_what_changed_and_nothing_twice() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&ticket))).await;
    assert_eq!(looked(&house).await, None, "a scan tells of itself");
    sql(&house, "update occupancy set limit_people = 300").await;
    tell(&house).await;
    assert!(!tell(&house).await, "nothing new");
    let first = said(&house).await.pop().unwrap();
    assert_eq!((first.inside, first.inside_revision, first.limit), (1, 1, 300));

    let garden = phone(&house, "Garden phone", 5).await;
    second_entry(&house, &ticket.ticket_id, garden).await;
    let seen = looked(&house).await.unwrap();
    assert_eq!((seen.devices_seen, seen.devices_silent), (1, 0));
    assert_eq!((seen.conflicts_open, seen.queue_length), (1, 4));
    house.clock.advance(chrono::TimeDelta::minutes(3));
    let silent = looked(&house).await.unwrap();
    assert_eq!((silent.devices_seen, silent.devices_silent, silent.limit), (0, 1, 300));
    looked(&house).await;

    let said = said(&house).await;
    let revisions: Vec<i64> = said.iter().map(|each| each.revision).collect();
    assert_eq!(revisions, (1..=said.len() as i64).collect::<Vec<_>>());
    let bare = |each: &DoorChanged| DoorChanged { revision: 0, changed_at: 0, ..each.clone() };
    assert!(said.windows(2).all(|two| bare(&two[0]) != bare(&two[1])), "{said:?}");
    assert_eq!(said.last().unwrap().event_id, house.night.event_id);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_replica_looks_at_a_time() {
    let house = House::open().await;
    let mut other = house.db.conn().await.unwrap();
    other.batch_execute("select pg_advisory_lock(hashtextextended('doors are told', 0))").await.unwrap();
    phone(&house, "Main phone", 5).await;
    assert_eq!(looked(&house).await, None);
    other.batch_execute("select pg_advisory_unlock(hashtextextended('doors are told', 0))").await.unwrap();
    assert_eq!(looked(&house).await.unwrap().devices_seen, 1);
}

/// Somebody sets a limit and tells; before that has committed, a phone is taken in, and that is told. What the second says of the
/// limit.
async fn limit_after_two_at_once(house: &House) -> i64 {
    sql(
        house,
        &format!("insert into occupancy (event_id, inside, revision) values ('{}', 0, 0)", night(house)),
    )
    .await;
    let mut slow = house.db.conn().await.unwrap();
    slow.batch_execute("begin; update occupancy set limit_people = 300").await.unwrap();
    assert!(told::door_changed(&mut slow, night(house), house.now()).await.unwrap());
    phone(house, "Main phone", 5).await;
    let (db, event, now) = (house.db.clone(), night(house), house.now());
    let second =
        tokio::spawn(
            async move { told::door_changed(&mut db.conn().await.unwrap(), event, now).await.unwrap() },
        );
    until("the second waits for the first", async || {
        let waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        house.count(waiting).await >= 1
    })
    .await;
    slow.batch_execute("commit").await.unwrap();
    second.await.unwrap();
    let said = said(house).await;
    said.iter().find(|each| each.devices_seen == 1).unwrap().limit
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_tell_at_once_the_second_says_what_the_first_did() {
    assert_eq!(limit_after_two_at_once(&House::open().await).await, 300);
}

/// The control run.
#[tokio::test(flavor = "multi_thread")]
async fn without_waiting_the_second_would_take_the_first_s_word_back() {
    assert_eq!(limit_after_two_at_once(&House::open_unguarded().await).await, 0);
}
