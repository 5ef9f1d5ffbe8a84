//! Every scan of a night, read later: by supervisors, by the doorman whose they are, and from a file.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use domain::permission::Role;
use messages::purchase::v1::TicketChanged;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::batch::{admitted, report, with};
use crate::desk::Reader;
use crate::house::{House, code_of, token};

/// Reads a path: status and body.
async fn read(house: &House, bearer: &str, path: &str) -> (u16, Value) {
    let answer = house.http.get(house.url(path)).bearer_auth(bearer).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

/// A page of tonight's scans, as a supervisor asks for it.
async fn scans(house: &House, query: &str) -> Value {
    let path = format!("/api/v1/events/friday/scans?{query}");
    let (status, page) = read(house, &house.token(Role::Manager), &path).await;
    assert_eq!(status, 200, "{page}");
    page
}

fn all<'a>(page: &'a Value, field: &str) -> Vec<&'a Value> {
    page["scans"].as_array().unwrap().iter().map(|scan| &scan[field]).collect()
}

async fn sql(house: &House, statements: &str) {
    house.db.conn().await.unwrap().batch_execute(statements).await.unwrap();
}

/// So many scans of an event, as many hours ago, a millisecond apart.
async fn scanned(house: &House, event: &str, hours_ago: i32, number: i32) {
    let statement = format!(
        "insert into scans (id, device, nonce, content, event_id, gate_id, zone_id, staff_id, decision, reason, language, facts,
                            scanned_at, recorded_at, time_suspect)
         select (lpad(to_hex((extract(epoch from now() - interval '{hours_ago} hours') * 1000)::bigint + n), 12, '0')
                 || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
                '{event}', '{hours_ago} ' || n, '', '{event}', '{event}', '{event}', '{event}', 'deny', 'forged', 'en', '{{}}',
                now(), now(), false
           from generate_series(1, {number}) as n"
    );
    sql(house, &statement).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scan_is_there_the_denied_ones_too_with_who_scanned_where() {
    let house = House::open().await;
    let (ticket, claims) = (house.ticket().await, house.claims(Role::DoorStaff));
    let doorman = token(&claims);
    for code in [code_of(&ticket), code_of(&ticket), "not a ticket".to_owned()] {
        house.answer(&doorman, &house.scan_of(&code)).await;
    }
    let page = scans(&house, "").await;
    assert_eq!(all(&page, "reason"), ["malformed", "already_inside", "ok"], "the newest first");
    assert_eq!((&page["next"], &page["looked_no_further"]), (&Value::Null, &json!(false)));
    let first = &page["scans"][2];
    for (field, value) in [
        ("decision", json!("admit")),
        ("direction", json!("entry")),
        ("gate_name", json!("Main door")),
        ("holder", json!("Lucía Ferrer")),
        ("type", json!("General admission")),
        ("ticket", json!(ticket.ticket_id)),
        ("at", json!(house.now())),
        ("offline", json!(false)),
        ("conflict", json!(false)),
        ("device", Value::Null),
        ("staff", json!(claims.sub.uuid())),
        ("staff_name", Value::Null),
    ] {
        assert_eq!(first[field], value, "{field}: {first}");
    }

    // Once the door has heard their names, the person and the phone have them.
    let (who, invitation) = (claims.sub.uuid(), Uuid::now_v7());
    let held = format!(
        "insert into device_invitations (id, name, code_hash, invited_by, invited_at, expires_at)
           values ('{invitation}', 'Door 1', sha256('{invitation}'), '{who}', now(), now() + interval '10 minutes');
         insert into devices (id, invitation_id, name, secret_hash, enrolled_by, enrolled_at)
           values ('{who}', '{invitation}', 'Door 1', sha256('{who}'), '{who}', now());
         insert into device_hands (id, device_id, session_id, staff_id, staff_name, from_at, expires_at)
           values ('{invitation}', '{who}', '{invitation}', '{who}', 'Ana', now(), now() + interval '1 hour')"
    );
    sql(&house, &held).await;
    let page = scans(&house, &format!("device={who}&staff={who}")).await;
    assert_eq!(all(&page, "staff_name"), ["Ana", "Ana", "Ana"]);
    assert_eq!(all(&page, "device_name"), ["Door 1", "Door 1", "Door 1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn scans_are_chosen_by_what_is_said_of_them() {
    let house = House::open().await;
    let (ticket, doorman) = (house.ticket().await, house.token(Role::DoorStaff));
    for code in [code_of(&ticket), code_of(&ticket), "not a ticket".to_owned()] {
        house.answer(&doorman, &house.scan_of(&code)).await;
    }
    let gate = House::gate(&house.night, 0);
    for (query, number) in [
        ("decision=deny".to_owned(), 2),
        ("decision=admit".to_owned(), 1),
        ("reason=malformed".to_owned(), 1),
        ("decision=admit&reason=malformed".to_owned(), 0),
        (format!("gate={gate}&decision=&reason=&staff=&device="), 3),
        (format!("gate={}", House::gate(&house.night, 1)), 0),
        (format!("staff={}", Uuid::now_v7()), 0),
        (format!("device={}", Uuid::now_v7()), 0),
    ] {
        assert_eq!(scans(&house, &query).await["scans"].as_array().unwrap().len(), number, "{query}");
    }
    let manager = house.token(Role::Manager);
    for query in ["decision=perhaps", "reason=rain", "gate=main", "staff=Ana", "device=1", "before=yesterday"]
    {
        let path = format!("/api/v1/events/friday/scans?{query}");
        assert_eq!(read(&house, &manager, &path).await.0, 422, "{query}");
    }
    assert_eq!(read(&house, &manager, "/api/v1/events/no-such-night/scans").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_undone_overridden_or_decided_without_a_network_is_marked() {
    let house = House::open().await;
    let (doorman, manager) = (house.token(Role::DoorStaff), house.token(Role::Manager));
    let (taken_back, twice) = (house.ticket().await, house.ticket().await);

    let scan = house.answer(&doorman, &house.scan_of(&code_of(&taken_back))).await;
    let undo = house.url(&format!("/api/v1/scans/{}/undo", scan["scan"].as_str().unwrap()));
    let undone = house.http.post(undo).bearer_auth(&doorman).json(&json!({"reason": "wrong guest"}));
    assert_eq!(undone.send().await.unwrap().status(), 200);
    let page = scans(&house, "").await;
    assert_eq!(all(&page, "undone_reason"), ["wrong guest"]);
    assert_eq!(all(&page, "undone_at"), [&json!(house.now())]);

    house.answer(&doorman, &house.scan_of(&code_of(&twice))).await;
    let mut body = house.scan_of(&code_of(&twice));
    body["note"] = json!("Her friend came in with it");
    let forced = house.http.post(house.url("/api/v1/overrides")).bearer_auth(&manager).json(&body);
    assert_eq!(forced.send().await.unwrap().status(), 200);
    let page = scans(&house, "").await;
    let notes = all(&page, "override_note");
    assert_eq!(notes[0], "Her friend came in with it", "{page}");

    // A phone let a guest in without a network, with a ticket that was inside already.
    let offline = admitted(&house.night, &code_of(&twice), house.now() - TimeDelta::minutes(1));
    let refused = with(
        &with(&admitted(&house.night, "not a ticket", house.now()), "decision", "deny"),
        "reason",
        "malformed",
    );
    report(&house, &doorman, &[offline, refused]).await;
    let page = scans(&house, "").await;
    let offline: Vec<&Value> =
        page["scans"].as_array().unwrap().iter().filter(|scan| scan["offline"] == true).collect();
    assert_eq!(offline.len(), 2, "{page}");
    let entry = offline.iter().find(|scan| scan["decision"] == "admit").unwrap();
    assert_eq!(entry["at"], json!(house.now() - TimeDelta::minutes(1)), "when it happened: {entry}");
    assert!(entry["judged"].is_string(), "{entry}");
    assert!(all(&page, "conflict").contains(&&json!(true)), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_and_none_looks_too_far() {
    let house = House::open().await;
    let other = Uuid::now_v7().to_string();
    scanned(&house, &house.night.event_id, 2, 130).await;
    let read_all = async || {
        let (mut seen, mut pages, mut before) = (Vec::new(), Vec::new(), String::new());
        loop {
            let page = scans(&house, &format!("before={before}")).await;
            seen.extend(all(&page, "scan").into_iter().map(|scan| scan.as_str().unwrap().to_owned()));
            pages.push((page["scans"].as_array().unwrap().len(), page["looked_no_further"] == true));
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut before),
                None => return (seen, pages),
            }
        }
    };
    let (seen, pages) = read_all().await;
    assert_eq!(pages, [(50, false), (50, false), (30, false)]);
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 130, "each once");
    assert!(seen.is_sorted_by(|newer, older| newer > older), "the newest first");

    // Another night has filled the door since: a page looks through that much and no more, and says so.
    scanned(&house, &other, 1, 20_050).await;
    let (seen_then, pages) = read_all().await;
    assert_eq!(pages, [(0, true), (50, false), (50, false), (30, false)]);
    assert_eq!(seen_then, seen);
}

/// A phone whose clock stood in another year brought a scan: it is no less of the night.
#[tokio::test(flavor = "multi_thread")]
async fn a_scan_of_a_phone_with_a_wrong_clock_stands_last() {
    let house = House::open().await;
    scanned(&house, &house.night.event_id, 1, 50).await;
    let early =
        admitted(&house.night, &code_of(&house.ticket().await), "2001-01-01T00:00:00Z".parse().unwrap());
    report(&house, &house.token(Role::DoorStaff), &[early]).await;
    let first = scans(&house, "").await;
    assert_eq!(all(&first, "reason"), ["forged"; 50]);
    let last = scans(&house, &format!("before={}", first["next"].as_str().unwrap())).await;
    assert_eq!((all(&last, "reason"), &last["next"]), (vec![&json!("ok")], &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doorman_sees_what_is_his_own() {
    let house = House::open().await;
    let (ana, bea) = (token(&house.claims(Role::DoorStaff)), token(&house.claims(Role::DoorStaff)));
    house.answer(&ana, &house.scan_of(&code_of(&house.ticket().await))).await;
    for _ in 0..21 {
        house.answer(&bea, &house.scan_of("not a ticket")).await;
    }
    let (status, mine) = read(&house, &ana, "/api/v1/scans/mine").await;
    assert_eq!((status, all(&mine, "reason")), (200, vec![&json!("ok")]));
    let (_, mine) = read(&house, &bea, "/api/v1/scans/mine").await;
    assert_eq!(all(&mine, "reason"), ["malformed"; 20]);

    for path in
        ["/api/v1/events/friday/scans", "/api/v1/events/friday/people", "/desk/scans.csv?event=friday"]
    {
        assert_eq!(read(&house, &ana, path).await.0, 403, "{path}");
    }
    let doorman = Reader::new(&house, Role::DoorStaff);
    for path in ["/desk/scans", "/desk/people"] {
        assert_eq!(doorman.page(path).await.status, 403, "{path}");
        assert!(!doorman.page("/desk").await.html.contains(path), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_a_scan_in_words_and_leads_on() {
    let house = House::open().await;
    let (ticket, doorman) = (house.ticket().await, house.token(Role::DoorStaff));
    let owner = Reader::new(&house, Role::Owner);
    assert!(owner.page("/desk/scans?event=friday").await.html.contains("No scans here"));
    for _ in 0..2 {
        house.answer(&doorman, &house.scan_of(&code_of(&ticket))).await;
    }
    let page = owner.page("/desk/scans?event=friday").await;
    assert_eq!(page.status, 200);
    // Madrid is an hour ahead.
    for words in [
        "01:30:00",
        "Already inside",
        "Admitted",
        "Main door",
        "Lucía Ferrer",
        "General admission",
        "not enrolled",
    ] {
        assert!(page.html.contains(words), "{words} in {}", page.html);
    }
    assert!(!page.html.contains("rel=\"next\""), "two scans are one page");
    let denied = owner.page("/desk/scans?event=friday&decision=deny&gate=").await.html;
    assert_eq!(denied.matches("<tr>").count(), 2, "the head and one scan: {denied}");
    assert_eq!(owner.page("/desk/scans?event=friday&reason=rain").await.status, 422);
    assert_eq!(owner.page("/desk/scans?event=no-such-night").await.status, 404);
    for (language, title) in [("en", "Scan history"), ("es", "Historial de escaneos")] {
        let page = owner.page(&format!("/desk/scans?event=friday&lang={language}")).await;
        assert!(page.html.contains(title) && !page.html.contains(">door-history-"), "{}", page.html);
    }
    scanned(&house, &house.night.event_id, 1, 60).await;
    let page = owner.page("/desk/scans").await.html;
    assert!(page.contains("rel=\"next\"") && page.contains("before="), "{page}");
    assert!(owner.page("/desk").await.html.contains("/desk/scans?event=friday"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_whole_harmless_and_on_record() {
    let house = House::open().await;
    let ticket = TicketChanged { holder_name: "=HYPERLINK(1)".into(), ..house.unsold() };
    house.tell_ticket(&ticket).await;
    house.answer(&house.token(Role::DoorStaff), &house.scan_of(&code_of(&ticket))).await;
    // More than are read at once.
    scanned(&house, &house.night.event_id, 1, 1100).await;
    let owner = Reader::new(&house, Role::Owner);
    let file = owner.page("/desk/scans.csv?event=friday").await;
    assert_eq!(file.status, 200);
    let lines: Vec<&str> = file.html.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 1 + 1 + 1100, "the heads and every scan");
    assert!(lines[0].starts_with("\"Time\",\"Gate\",\"Direction\""), "{}", lines[0]);
    let named: Vec<&&str> = lines.iter().filter(|line| line.contains("HYPERLINK")).collect();
    assert!(named.len() == 1 && named[0].contains("\"'=HYPERLINK(1)\""), "{named:?}");
    assert!(named[0].contains("2026-11-21 01:30:00") && named[0].contains("\"Admitted\""), "{named:?}");
    let taken = format!(
        "select count(*) from audit_log where action = 'scans.exported' and target = '{}' and actor = 'owner'",
        house.night.event_id
    );
    assert_eq!(house.count(&taken).await, 1);
    assert_eq!(owner.page("/desk/scans.csv?event=no-such-night").await.status, 404);
    assert_eq!(house.count("select count(*) from audit_log where action = 'scans.exported'").await, 1);
}
