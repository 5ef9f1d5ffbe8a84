//! Two guests with one ticket: what nobody can prevent without a network, and everybody hears of with one.

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use domain::permission::Role;
use serde_json::{Value, json};

use crate::batch::{admitted, call, report, with};
use crate::house::{House, code_of, token};
use crate::race::{HESITATE, hesitating, waiting_for_a_row};
use crate::reentry::ticket_for;
use crate::revoke::{revoke, waiting};

async fn listed(house: &House) -> Value {
    let url = house.url(&format!("/api/v1/events/{}/conflicts", house.night.slug));
    let call = house.http.get(url).bearer_auth(house.token(Role::Manager));
    call.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_ticket_at_two_phones_is_one_admission_and_one_conflict_that_names_both() {
    let house = House::open().await;
    let code = code_of(&house.ticket().await);
    let (first, second) = (house.claims(Role::DoorStaff), house.claims(Role::DoorStaff));
    let at = |minutes| house.now() - TimeDelta::minutes(minutes);
    let later =
        with(&admitted(&house.night, &code, at(10)), "gate", House::gate(&house.night, 0).to_string());
    // The later guest is heard of first, and is the only one until then.
    let alone = report(&house, &token(&second), std::slice::from_ref(&later)).await;
    assert_eq!(alone[0]["conflict"], Value::Null);
    let earlier = admitted(&house.night, &code, at(30));
    let result = report(&house, &token(&first), &[earlier]).await;
    assert_eq!(
        (&result[0]["reason"], &result[0]["conflict"]),
        (&json!("already_inside"), &Value::Null),
        "it was the first"
    );
    let told = report(&house, &token(&second), &[later]).await;
    assert_eq!(
        told[0]["conflict"]["first_at"],
        json!(at(30)),
        "the other phone hears of it when it asks again"
    );

    let list = listed(&house).await;
    let conflict = &list["conflicts"][0];
    assert_eq!(list["conflicts"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!((&conflict["at"], &conflict["first_at"]), (&json!(at(10)), &json!(at(30))));
    assert_eq!((&conflict["device"], &conflict["first_device"]), (&json!(second.sub), &json!(first.sub)));
    assert_eq!(
        (&conflict["gate_name"], &conflict["first_gate_name"]),
        (&json!("Main door"), &json!("Main door"))
    );
    assert_eq!((&conflict["kind"], &conflict["holder"]), (&json!("second_entry"), &json!("Lucía Ferrer")));
    assert_eq!(house.count("select count(*) from entries where is_primary").await, 1);
    assert_eq!(house.count("select inside from occupancy").await, 2, "people, not tickets");
}

/// Somebody came in online in the meantime: they were first or they were not, like anybody else.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_let_in_online_gives_the_first_place_to_one_who_came_before() {
    for (minutes, online_is_first) in [(30, false), (-4, true)] {
        let house = House::open().await;
        let (online, phone) = (house.token(Role::DoorStaff), house.token(Role::DoorStaff));
        let code = code_of(&house.ticket().await);
        assert_eq!(house.answer(&online, &house.scan_of(&code)).await["decision"], "admit");
        let scan = admitted(&house.night, &code, house.now() - TimeDelta::minutes(minutes));
        let result = report(&house, &phone, &[scan]).await;
        assert_eq!(result[0]["conflict"].is_object(), online_is_first, "{result:?}");
        assert_eq!(house.count("select count(*) from entries where is_primary").await, 1);
        let primary = house.count("select count(*) from entries where is_primary and offline").await;
        assert_eq!(primary == 0, online_is_first);
        assert_eq!(house.count("select count(*) from conflicts").await, 1);
        assert_eq!(house.count("select inside from occupancy").await, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_closes_a_conflict_once_and_with_a_word() {
    let house = House::open().await;
    let code = code_of(&house.ticket().await);
    let (a, b) = (house.token(Role::DoorStaff), house.token(Role::DoorStaff));
    report(&house, &a, &[admitted(&house.night, &code, house.now() - TimeDelta::minutes(9))]).await;
    let result = report(&house, &b, &[admitted(&house.night, &code, house.now())]).await;
    let scan = result[0]["conflict"]["scan_id"].as_str().unwrap().to_owned();
    let close = |role: Role, scan: &str, note: &str| {
        let url = house.url(&format!("/api/v1/conflicts/{scan}/close"));
        house.http.post(url).bearer_auth(house.token(role)).json(&json!({"note": note}))
    };
    assert_eq!(House::code(close(Role::DoorStaff, &scan, "x")).await.0, 403);
    assert_eq!(House::code(close(Role::Manager, &scan, " ")).await.0, 422);
    let nothing = uuid::Uuid::now_v7().to_string();
    assert_eq!(House::code(close(Role::Manager, &nothing, "x")).await.0, 404);
    assert_eq!(House::code(close(Role::Manager, &scan, "sent one of them out")).await.0, 200);
    assert_eq!(House::code(close(Role::Owner, &scan, "again")).await, (409, "already_closed".into()));
    assert_eq!(listed(&house).await["conflicts"][0]["note"], "sent one of them out");
    let audited =
        "select count(*) from audit_log where action = 'conflict.closed' and reason = 'sent one of them out'";
    assert_eq!(house.count(audited).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_matched_is_shown_to_who_answers_for_the_door() {
    let house = House::open().await;
    let scan = admitted(&house.night, "not a ticket", house.now());
    report(&house, &house.token(Role::DoorStaff), &[scan]).await;
    let list = listed(&house).await;
    let (problem, decision) = (&list["unmatched"][0]["problem"], &list["unmatched"][0]["decision"]);
    assert_eq!((problem, decision), (&json!("code"), &json!("admit")));
    let url = house.url(&format!("/api/v1/events/{}/conflicts", house.night.slug));
    let staff = house.http.get(url).bearer_auth(house.token(Role::DoorStaff));
    assert_eq!(House::code(staff).await, (403, "forbidden".into()));
}

/// A report has found the ticket good and not yet written the entry when purchase asks. The lock makes purchase wait and see the
/// guest; without it (the control run) the money goes back, the guest is inside, and nobody hears of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_and_a_refund_in_the_same_moment_do_not_both_go_unnoticed() {
    for guarded in [true, false] {
        let house = if guarded { House::open().await } else { House::open_unguarded().await };
        let ticket = house.ticket().await;
        let token = house.token(Role::DoorStaff);
        let admin = db::Db::connect(&db::DbSettings::new(&house.database.admin_url())).unwrap();
        let mut admin = admin.conn().await.unwrap();
        admin.batch_execute("set search_path = pg_catalog").await.unwrap();
        admin.batch_execute(HESITATE).await.unwrap();
        let scans = [admitted(&house.night, &code_of(&ticket), house.now())];
        let asked = async {
            hesitating(&house, 1).await;
            revoke(&house, &[&ticket], false).await.1
        };
        let steps = async {
            if guarded {
                waiting(&house, 2).await;
            } else {
                let mut look_again = tokio::time::interval(std::time::Duration::from_millis(10));
                while house.count("select count(*) from admissions where status = 'refunded'").await < 1 {
                    look_again.tick().await;
                }
            }
            admin.batch_execute("select pg_advisory_unlock(4242)").await.unwrap();
        };
        let (result, asked, ()) = tokio::join!(report(&house, &token, &scans), asked, steps);
        let heard = asked["inside"].as_array().unwrap().len() == 1 || result[0]["conflict"].is_object();
        assert_eq!(heard, guarded, "guarded: {guarded}, {asked} {result:?}");
    }
}

/// A gate lets the ticket in online in the very moment in which a report puts the stays in order: both have looked before either
/// writes. The unique index has one of them look again.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_and_a_scan_in_the_same_moment_are_one_admission_and_one_conflict() {
    let house = House::open().await;
    let code = code_of(&house.ticket().await);
    let (online, phone) = (house.token(Role::DoorStaff), house.token(Role::DoorStaff));
    let admin = db::Db::connect(&db::DbSettings::new(&house.database.admin_url())).unwrap();
    let mut admin = admin.conn().await.unwrap();
    admin.batch_execute(HESITATE).await.unwrap();
    let scan = house.scan_of(&code);
    let scans = [admitted(&house.night, &code, house.now() - TimeDelta::minutes(20))];
    let steps = async {
        hesitating(&house, 2).await;
        admin.batch_execute("select pg_advisory_unlock(4242)").await.unwrap();
    };
    let (answer, result, ()) =
        tokio::join!(house.answer(&online, &scan), report(&house, &phone, &scans), steps);
    let entries = house.count("select count(*) from entries").await;
    assert_eq!(house.count("select count(*) from entries where is_primary").await, 1);
    assert_eq!(house.count("select inside from occupancy").await, entries);
    match answer["decision"].as_str() {
        Some("admit") => {
            assert_eq!((entries, house.count("select count(*) from conflicts").await), (2, 1), "{result:?}")
        }
        _ => assert_eq!((entries, &answer["reason"]), (1, &json!("already_inside")), "{result:?}"),
    }
}

/// Two phones find the network in the same moment: one brings a guest's entry, the other their exit. Whoever is second waits and finds
/// both; without that (the control run) neither sees the other, and the guest is inside for good.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_and_its_exit_that_two_phones_bring_at_once_find_each_other() {
    for guarded in [true, false] {
        let house = if guarded { House::open().await } else { House::open_unguarded().await };
        let (one, other) = (house.token(Role::DoorStaff), house.token(Role::DoorStaff));
        let code = code_of(&house.ticket().await);
        let came = [admitted(&house.night, &code, house.now() - TimeDelta::minutes(30))];
        let went = admitted(&house.night, &code, house.now() - TimeDelta::minutes(10));
        let went = [with(&went, "direction", "exit")];
        let admin = db::Db::connect(&db::DbSettings::new(&house.database.admin_url())).unwrap();
        let mut admin = admin.conn().await.unwrap();
        admin.batch_execute("set search_path = pg_catalog").await.unwrap();
        // The stays are in order, and nobody has been told of it.
        admin.batch_execute(&HESITATE.replace("scanner.entries", "scanner.outbox")).await.unwrap();
        let second = async {
            hesitating(&house, 1).await;
            report(&house, &other, &went).await
        };
        let steps = async {
            if guarded {
                waiting(&house, 2).await;
            } else {
                waiting_for_a_row(&house).await;
            }
            admin.batch_execute("select pg_advisory_unlock(4242)").await.unwrap();
        };
        let (_, _, ()) = tokio::join!(report(&house, &one, &came), second, steps);
        let inside = i64::from(!guarded);
        assert_eq!(
            house.count("select count(*) from entries where left_at is null").await,
            inside,
            "{guarded}"
        );
        assert_eq!(house.count("select inside from occupancy").await, inside, "guarded: {guarded}");
    }
}

/// Gates and phones at the same few tickets at once. Whatever they make of it, as many are counted as are inside.
#[tokio::test(flavor = "multi_thread")]
async fn gates_and_phones_at_once_count_everybody_who_is_inside() {
    let house = House::open().await;
    let mut codes = Vec::new();
    for _ in 0..6 {
        codes.push(code_of(&ticket_for(&house, -1).await));
    }
    let way = |n: usize| if n.is_multiple_of(2) { "entry" } else { "exit" };
    let gate = async |first: usize| {
        let token = house.token(Role::DoorStaff);
        for n in first..first + 40 {
            let scan = with(&house.scan_of(&codes[n * 5 % codes.len()]), "direction", way(n / 3 + first));
            // A gate that finds the database busy asks again; here it need not.
            house.scan(&token, &scan).await;
        }
    };
    let phone = async |first: usize| {
        let token = house.token(Role::DoorStaff);
        for n in first..first + 12 {
            let scans = codes.iter().enumerate().map(|(at, code)| {
                let scan = admitted(&house.night, code, house.now() - TimeDelta::seconds(60 - n as i64));
                with(&scan, "direction", way(n + at))
            });
            call(&house, &token, &scans.collect::<Vec<_>>()).send().await.unwrap();
        }
    };
    tokio::join!(gate(0), gate(1), gate(2), gate(3), gate(4), phone(0), phone(7), phone(15));
    let inside =
        house.count("select count(*) from entries where left_at is null and annulled_at is null").await;
    assert_eq!(house.count("select inside from occupancy").await, inside);
}
