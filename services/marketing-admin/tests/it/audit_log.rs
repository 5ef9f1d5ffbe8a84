//! Who did what, in all three services, on one page.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use db::Owner;
use domain::clock::{Clock, FixedClock, SystemClock};
use reqwest::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use crate::house::{House, body, until};

const PAGE: &str = "/admin/audit";

/// A row in a service's log.
async fn note(house: &House, owner: Owner, action: &str, target: &str) {
    house
        .as_admin(&format!(
            "INSERT INTO {owner}.audit_log (id, at, staff_id, actor, action, target, request_id, reason, detail)
             VALUES ('{}', now(), NULL, 'manager', '{action}', '{target}', 'request-{target}', 'why {target}',
                     '{{\"before\": \"old {target}\", \"after\": \"new {target}\"}}')",
            Uuid::now_v7()
        ))
        .await;
}

async fn page(house: &House, cookie: &str, path: &str) -> String {
    let answer = house.page(path, cookie).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    answer.text().await.expect("a page")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_anywhere_is_found_on_one_page_the_newest_first() {
    let (house, _purchase, _scanner) = House::among_neighbours().await;
    note(&house, Owner::Purchase, "ticket.voided", "sold").await;
    note(&house, Owner::Scanner, "access.denied", "door").await;
    note(&house, Owner::MarketingAdmin, "staff.put", "desk").await;
    let cookie = house.cookie("olga@club.test").await;
    let html = page(&house, &cookie, PAGE).await;
    let at = |what: &str| html.find(what).unwrap_or_else(|| panic!("{what} in {html}"));
    assert!(at("why desk") < at("why door") && at("why door") < at("why sold"));
    assert!(html.contains("old sold") && html.contains("new sold") && html.contains("Refused"), "{html}");

    let html = page(&house, &cookie, &format!("{PAGE}?search=request-SOLD")).await;
    assert!(html.contains("why sold") && !html.contains("why door"), "{html}");
    let html = page(&house, &cookie, &format!("{PAGE}?service=scanner")).await;
    assert!(html.contains("why door") && !html.contains("why sold"), "{html}");
    let html = page(&house, &cookie, &format!("{PAGE}?until=2020-01-01")).await;
    assert!(html.contains("Nothing was found"), "{html}");
    let html = page(&house, &cookie, &format!("{PAGE}?search=%27%20OR%201%3D1%20--")).await;
    assert!(html.contains("Nothing was found"), "no more than a text: {html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_away_is_named_and_what_means_nothing_is_refused() {
    let (house, purchase, _scanner) = House::among_neighbours().await;
    note(&house, Owner::Scanner, "scan.undone", "door").await;
    purchase.stop().await;
    let cookie = house.cookie("olga@club.test").await;
    let html = page(&house, &cookie, PAGE).await;
    assert!(html.contains("The ticket site can’t be asked right now"), "{html}");
    assert!(html.contains("why door"), "{html}");
    for (query, status) in [
        ("sort=reason", StatusCode::UNPROCESSABLE_ENTITY),
        ("from=yesterday", StatusCode::UNPROCESSABLE_ENTITY),
        ("before=x", StatusCode::UNPROCESSABLE_ENTITY),
        ("service=kitchen", StatusCode::NOT_FOUND),
    ] {
        let answer = house.page(&format!("{PAGE}?{query}"), &cookie).await;
        assert_eq!(answer.status(), status, "{query}");
    }
}

const API: &str = "/api/v1/audit";
const FILE: &str = "/admin/exports/audit";

/// So many rows in a service's log, of one request.
async fn bulk(house: &House, owner: Owner, rows: usize) {
    house
        .as_admin(&format!(
            "INSERT INTO {owner}.audit_log (id, at, staff_id, actor, action, target, request_id, reason, detail)
             SELECT gen_random_uuid(), now(), NULL, 'manager', 'ticket.voided', '{owner} ' || n, 'request-bulk', NULL, '{{}}'
               FROM generate_series(1, {rows}) n"
        ))
        .await;
}

fn ids(list: &Value) -> Vec<String> {
    let entries = list["entries"].as_array().expect("entries");
    entries.iter().map(|entry| entry["id"].as_str().expect("a key").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_reads_the_same_log_with_the_same_filters_page_by_page() {
    let (house, purchase, _scanner) = House::among_neighbours().await;
    let token = house.token("olga@club.test").await;
    let list = async |query: &str| {
        let answer = house.get(&format!("{API}?{query}"), &token).await;
        assert_eq!(answer.status(), StatusCode::OK, "{query}");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        body(answer).await
    };
    note(&house, Owner::Purchase, "ticket.voided", "sold").await;
    note(&house, Owner::Scanner, "scan.undone", "door").await;
    let found = list("search=request-SOLD").await;
    assert_eq!(ids(&found).len(), 1);
    let entry = &found["entries"][0];
    assert_eq!((&entry["service"], &entry["action"]), (&"purchase".into(), &"ticket.voided".into()));
    assert_eq!((&entry["reason"], &entry["detail"]["after"]), (&"why sold".into(), &"new sold".into()));
    assert_eq!(found["next"], Value::Null);
    assert_eq!(ids(&list("service=scanner&search=why").await).len(), 1);
    assert_eq!(ids(&list("service=purchase&search=why%20door").await).len(), 0);
    assert_eq!(ids(&list("search=why&until=2020-01-01").await).len(), 0);
    assert_eq!(ids(&list("search=why&from=2020-01-01").await).len(), 2);
    assert_eq!(ids(&list("search=%27%20OR%201%3D1%20--").await).len(), 0, "no more than a text");

    bulk(&house, Owner::Purchase, 70).await;
    bulk(&house, Owner::Scanner, 50).await;
    let (mut seen, mut pages, mut before) = (BTreeSet::new(), 0, String::new());
    loop {
        let page = list(&format!("search=request-bulk{before}")).await;
        let ids = ids(&page);
        assert!(ids.len() <= 50 && ids.is_sorted_by(|newer, older| newer > older), "{ids:?}");
        assert!(ids.into_iter().all(|id| seen.insert(id)), "no row twice");
        pages += 1;
        match page["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
        assert!(pages < 10, "it ends");
    }
    assert_eq!((seen.len(), pages), (120, 3));

    purchase.stop().await;
    let rest = list("search=why").await;
    assert_eq!((ids(&rest).len(), &rest["away"]), (1, &serde_json::json!(["purchase"])));
    for (query, status) in [
        ("sort=reason", StatusCode::UNPROCESSABLE_ENTITY),
        ("from=yesterday", StatusCode::UNPROCESSABLE_ENTITY),
        ("before=x", StatusCode::UNPROCESSABLE_ENTITY),
        ("service=kitchen", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(house.get(&format!("{API}?{query}"), &token).await.status(), status, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_reads_any_of_it_and_that_they_tried_is_in_it() {
    let (house, _purchase, _scanner) = House::among_neighbours().await;
    note(&house, Owner::MarketingAdmin, "staff.put", "secret").await;
    let door = house.token("dora@club.test").await;
    for path in [API, FILE, PAGE] {
        let refused = house.get(&format!("{path}?search=secret"), &door).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(!refused.text().await.expect("a text").contains("why secret"), "{path}");
        let nobody = house.http.get(house.url(path)).send().await.expect("an answer");
        assert!(nobody.status().is_redirection() || nobody.status() == StatusCode::UNAUTHORIZED, "{path}");
        assert!(!nobody.text().await.expect("a text").contains("why secret"), "{path}");
    }
    let owner = house.token("olga@club.test").await;
    for path in [API, FILE, PAGE] {
        let tried = format!("{API}?service=marketing-admin&search={path}");
        until("the attempt is in the log", async || {
            let list = body(house.get(&tried, &owner).await).await;
            let entries = list["entries"].as_array().expect("entries");
            entries.iter().any(|entry| {
                entry["action"] == "access.denied"
                    && entry["target"] == path
                    && entry["staff_id"].is_string()
                    && entry["detail"]["permission"] == "audit.read"
            })
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_the_filter_finds_is_one_harmless_file_and_on_record() {
    let (house, purchase, _scanner) = House::among_neighbours().await;
    bulk(&house, Owner::Purchase, 1100).await;
    bulk(&house, Owner::Scanner, 1200).await;
    note(&house, Owner::Scanner, "ticket.voided", "=1+1").await;
    let cookie = house.cookie("olga@club.test").await;
    let html = page(&house, &cookie, &format!("{PAGE}?search=request-bulk")).await;
    assert!(html.contains("/admin/exports/audit?search=request-bulk"), "{html}");
    let token = house.token("olga@club.test").await;
    let read = async |query: &str| {
        let answer = house.get(&format!("{FILE}?{query}&lang=en"), &token).await;
        assert_eq!(answer.status(), StatusCode::OK, "{query}");
        let name = answer.headers()["content-disposition"].to_str().expect("text").to_owned();
        assert!(name.starts_with("attachment; filename=\"audit-") && name.ends_with(".csv\""), "{name}");
        let bytes = answer.bytes().await.expect("a file");
        let mut file = csv::Reader::from_reader(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes));
        let row = |row: csv::StringRecord| row.iter().map(str::to_owned).collect::<Vec<String>>();
        file.records().map(|read| row(read.expect("a row"))).collect::<Vec<_>>()
    };
    let rows = read("search=request-bulk").await;
    assert_eq!(rows.len(), 2300, "all of it, not a page");
    assert_eq!(rows.iter().map(|row| row[6].clone()).collect::<BTreeSet<_>>().len(), 2300);
    assert_eq!(read("search=request-bulk&service=purchase").await.len(), 1100);
    let rows = read("search=%3D1%2B1&service=scanner").await;
    assert_eq!((rows.len(), rows[0][6].as_str(), rows[0][7].as_str()), (1, "'=1+1", "why =1+1"));
    assert_eq!((rows[0][1].as_str(), rows[0][5].as_str()), ("scanner", "ticket.voided"));
    let on_record = "SELECT count(*) FROM audit_log WHERE action = 'audit.exported' AND target = 'all'
                       AND staff_id IS NOT NULL AND detail ->> 'rows' = '2300' AND detail -> 'asked' ->> 'search' = 'request-bulk'";
    assert_eq!(house.count(on_record).await, 1);

    purchase.stop().await;
    let half = house.get(&format!("{FILE}?search=request-bulk"), &token).await;
    assert_eq!(half.status(), StatusCode::SERVICE_UNAVAILABLE, "not half of it");
    assert_eq!(house.count("SELECT count(*) FROM audit_log WHERE action = 'audit.exported'").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_leaves_the_house_within_five_minutes_of_a_proof() {
    let mut house = House::open().await;
    house.stop().await;
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    house.start_at(clock.clone()).await;
    let cookie = house.cookie("olga@club.test").await;
    clock.advance(TimeDelta::minutes(6));
    assert_eq!(house.page(PAGE, &cookie).await.status(), StatusCode::OK, "the page asks for no more");
    let led = house.page(&format!("{FILE}?service=marketing-admin"), &cookie).await;
    assert_eq!(led.status(), StatusCode::SEE_OTHER);
    let place = led.headers()["location"].to_str().expect("text").to_owned();
    assert!(place.starts_with("/admin/prove?next=/admin/exports/audit"), "{place}");
    assert_eq!(house.count("SELECT count(*) FROM audit_log WHERE action = 'audit.exported'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_keeps_where_its_neighbours_chains_end_and_no_more_of_one_that_was_written_anew() {
    let (mut house, _purchase, _scanner) = House::among_neighbours().await;
    let link = async |house: &House, owner: Owner| {
        let db = house.database.db(owner);
        while audit::chain::seal(&db).await.expect("linked") > 0 {}
    };
    for owner in [Owner::Purchase, Owner::Scanner] {
        note(&house, owner, "ticket.voided", "one").await;
        note(&house, owner, "ticket.voided", "two").await;
        link(&house, owner).await;
    }
    // It asks when it starts, and then every hour.
    house.stop().await;
    house.start().await;
    let kept = |service: &str| {
        format!(
            "SELECT count(*) FROM witnessed_heads WHERE service = '{service}' AND seq = 2 AND length(hash) = 32"
        )
    };
    until("both heads are kept", async || {
        house.count(&kept("purchase")).await == 1 && house.count(&kept("scanner")).await == 1
    })
    .await;

    house
        .as_admin(
            "SET session_replication_role = replica;
             UPDATE purchase.audit_log SET reason = 'another one';
             TRUNCATE purchase.audit_links;
             RESET session_replication_role",
        )
        .await;
    for owner in [Owner::Purchase, Owner::Scanner] {
        note(&house, owner, "ticket.voided", "three").await;
        link(&house, owner).await;
    }
    house.stop().await;
    house.start().await;
    // The till is asked before the door.
    let door = "SELECT count(*) FROM witnessed_heads WHERE service = 'scanner' AND seq = 3";
    until("the door's next head is kept", async || house.count(door).await == 1).await;
    let till = "SELECT count(*) FROM witnessed_heads WHERE service = 'purchase'";
    assert_eq!(house.count(till).await, 1, "the till's new chain is not taken for its old one");
}
