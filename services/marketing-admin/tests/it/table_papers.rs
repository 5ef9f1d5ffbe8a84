//! The night's tables on paper, as who serves them reads it.

use chrono::TimeDelta;
use diesel_async::RunQueryDsl;
use domain::clock::{Clock, SystemClock};
use messages::millis;
use messages::purchase::v1::{Buyer, Preordered, ReservationChanged, ReservedTable};
use reqwest::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use crate::house::{House, PASSWORD, until};

const VERA: &str = "vera@club.test";

/// The words of each page, without white space.
fn words(pdf: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(pdf).expect("a PDF");
    document.get_pages().keys().map(|page| squeeze(&document.extract_text(&[*page]).expect("text"))).collect()
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && *letter != '\u{200b}').collect()
}

/// A party at a table, as the ticket site tells of it.
fn told(event: &str, name: &str, table: u128, state: &str, arrives: &str) -> ReservationChanged {
    let now = SystemClock.now();
    ReservationChanged {
        reservation_id: Uuid::now_v7().to_string(),
        revision: 2,
        event_id: event.to_owned(),
        order_id: Uuid::now_v7().to_string(),
        order_reference: "K7MPX2QD".to_owned(),
        state: state.to_owned(),
        tables: vec![ReservedTable {
            table_id: Uuid::from_u128(table).to_string(),
            label: format!("Table {table}"),
            seats: 10,
        }],
        party: 8,
        booker: Some(Buyer {
            name: name.to_owned(),
            email: "ana@example.org".to_owned(),
            language: "en".to_owned(),
        }),
        arrives_at: millis(arrives.parse().expect("an instant")),
        occasion: "Birthday".to_owned(),
        wish: "Near the stage".to_owned(),
        host: "Marta".to_owned(),
        currency: "EUR".to_owned(),
        minimum_minor: 50_000,
        deposit_minor: 10_000,
        spent_minor: 0,
        balance_minor: 40_000,
        preorder: vec![Preordered {
            bottle_id: Uuid::now_v7().to_string(),
            name: "Mezcal".to_owned(),
            quantity: 2,
            price_minor: 12_000,
        }],
        order_url: String::new(),
        asked: false,
        note: String::new(),
        made_at: millis(now - TimeDelta::days(3)),
        changed_at: millis(now),
        held_until: millis(now + TimeDelta::minutes(10)),
        change: "confirm".to_owned(),
        promoter: "Lola".to_owned(),
    }
}

async fn hears(house: &House, message: &ReservationChanged) {
    house.say(message).await;
    let known = format!("SELECT count(*) FROM reservations WHERE id = '{}'", message.reservation_id);
    until("the desk has heard", async || house.count(&known).await == 1).await;
}

async fn opened() -> (House, String) {
    let house = House::open().await;
    house.put_staff(VERA, "vip_host", PASSWORD).await;
    let owner = house.token("olga@club.test").await;
    let event = house.published(&owner, "Agave Nights").await["id"].as_str().expect("an id").to_owned();
    (house, event)
}

async fn paper(house: &House, event: &str, lang: &str) -> Vec<String> {
    let cookie = house.cookie(VERA).await;
    let path = format!("/admin/events/{event}/reservations/run-sheet.pdf?lang={lang}");
    let answer = house.page(&path, &cookie).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/pdf");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    words(&answer.bytes().await.expect("bytes"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_run_sheet_has_every_party_by_arrival_with_what_it_booked_and_owes() {
    let (house, event) = opened().await;
    let later = told(&event, "Zoe Late", 3, "confirmed", "2030-11-21T00:30:00Z");
    let mut sooner = told(&event, "Ana Ruiz", 12, "checked_in", "2030-11-20T23:00:00Z");
    sooner.balance_minor = 25_000;
    let mut unpaid = told(&event, "Pia Pending", 7, "pending", "2030-11-20T23:30:00Z");
    unpaid.host = String::new();
    let gone = told(&event, "Gil Gone", 9, "cancelled", "2030-11-20T23:30:00Z");
    for message in [&later, &sooner, &unpaid, &gone] {
        hears(&house, message).await;
    }
    let said = paper(&house, &event, "en").await.concat();
    for what in [
        "Tables: Agave Nights",
        "3 parties",
        "24 people",
        "Ana Ruiz",
        "8 people",
        "Birthday",
        "Near the stage",
        "2 × Mezcal",
        "500.00",
        "100.00",
        "250.00",
        "Host: Marta",
        "Promoter: Lola",
        "Not paid yet",
        "Tab, notes",
        "Made ",
        "1 · 1",
    ] {
        assert!(said.contains(&squeeze(what)), "{what} in {said}");
    }
    let at = |name: &str| said.find(&squeeze(name)).expect("it stands there");
    assert!(at("Ana Ruiz") < at("Pia Pending") && at("Pia Pending") < at("Zoe Late"), "{said}");
    assert!(!said.contains("GilGone"), "who called off does not come: {said}");
    assert!(!said.contains("example.org"), "no address lies about on paper: {said}");
    let spanish = paper(&house, &event, "es").await.concat();
    for what in ["Mesas: Agave Nights", "3 grupos", "Anfitrión: Marta", "Sin pagar"] {
        assert!(spanish.contains(&squeeze(what)), "{what} in {spanish}");
    }
    assert!(!spanish.contains("tables-desk-"), "a text is missing: {spanish}");
    let taken = format!(
        "SELECT count(*) FROM audit_log WHERE action = 'reservations.run_sheet_made' AND target = '{event}' AND staff_id IS NOT NULL"
    );
    assert_eq!(house.count(&taken).await, 2, "who took it along, each time");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_for_who_runs_tables_is_found_on_the_board_and_says_when_there_is_nobody() {
    let (house, event) = opened().await;
    assert!(
        paper(&house, &event, "en").await.concat().contains(&squeeze("Nobody has a table on this night."))
    );
    let board = format!("/admin/events/{event}/reservations");
    let cookie = house.cookie(VERA).await;
    let page = house.page(&format!("{board}?lang=en"), &cookie).await.text().await.expect("a page");
    assert!(page.contains(&format!("href=\"{board}/run-sheet.pdf?lang=en\"")), "{page}");
    let door = house.token("dora@club.test").await;
    let path = format!("{board}/run-sheet.pdf");
    assert_eq!(house.get(&path, &door).await.status(), StatusCode::FORBIDDEN);
    let nowhere = format!("/admin/events/{}/reservations/run-sheet.pdf", Uuid::now_v7());
    assert_eq!(house.page(&nowhere, &cookie).await.status(), StatusCode::NOT_FOUND);
    let owner = house.token("olga@club.test").await;
    let draft: Value =
        house.post("/api/v1/events", &owner, crate::house::event("Draft")).await.json().await.expect("JSON");
    let path = format!("/admin/events/{}/reservations/run-sheet.pdf", draft["id"].as_str().expect("an id"));
    assert_eq!(house.page(&path, &cookie).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_board_stands_by_host_and_a_host_is_chosen_among_those_who_run_tables() {
    let (house, event) = opened().await;
    let mut conn = house.db.conn().await.expect("a connection");
    for (email, name) in [(VERA, "Vera Host"), ("dora@club.test", "Dora Door")] {
        diesel::sql_query(format!("UPDATE accounts SET name = '{name}' WHERE email = '{email}'"))
            .execute(&mut *conn)
            .await
            .expect("renamed");
    }
    drop(conn);
    let mut nobody = told(&event, "Nora Nobody", 1, "confirmed", "2030-11-20T23:00:00Z");
    nobody.host = String::new();
    let mut zoe = told(&event, "Zoe Late", 2, "confirmed", "2030-11-20T23:30:00Z");
    zoe.host = "Zacarias".to_owned();
    let first = told(&event, "Ana Ruiz", 12, "confirmed", "2030-11-20T23:30:00Z");
    let second = told(&event, "Ben Soto", 3, "checked_in", "2030-11-20T23:00:00Z");
    for message in [&nobody, &zoe, &first, &second] {
        hears(&house, message).await;
    }
    let cookie = house.cookie(VERA).await;
    let board = format!("/admin/events/{event}/reservations?lang=en");
    let page = house.page(&format!("{board}&by=host"), &cookie).await.text().await.expect("a page");
    let at = |what: &str| page.find(what).unwrap_or_else(|| panic!("{what} in {page}"));
    let order = [
        "Host: Marta · 2 tables",
        "<strong>Ben Soto",
        "<strong>Ana Ruiz",
        "Host: Zacarias · 1 table",
        "<strong>Zoe Late",
        "Without a host · 1 table",
        "<strong>Nora Nobody",
    ];
    assert!(order.map(at).is_sorted(), "{page}");
    assert!(page.contains("<option value=\"Vera Host\">") && page.contains("list=\"hosts\""), "{page}");
    assert!(!page.contains("Dora Door"), "who does not run tables is no host: {page}");
    let plain = house.page(&board, &cookie).await.text().await.expect("a page");
    assert!(!plain.contains("Host: Marta") && plain.contains("by=host"), "{plain}");
}
