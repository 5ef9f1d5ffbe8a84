//! Passes in phones' wallets follow their tickets.

mod google;
mod round;

use std::io::{Cursor, Read as _};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::FixedClock;
use messages::marketing_admin::v1::{EventChanged, EventStatus};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::papers::accounts;
use crate::stage::{Order, SANDBOX, Stage};

const PASS_TYPE: &str = "pass.example.maguey";
const DEVICE: &str = "0d9a3c5f2b7e4a6188c1f0e2d4b6a897";
const PHONE: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90";

/// The club's accounts, with Google's tokens from the sandbox.
fn variables() -> Vec<(&'static str, String)> {
    let tokens = |(name, value): &(&'static str, String)| {
        if *name != "GOOGLE_WALLET_SERVICE_ACCOUNT" {
            return (*name, value.clone());
        }
        let file = STANDARD.decode(value).expect("base64");
        let mut file: Value = serde_json::from_slice(&file).expect("JSON");
        file["token_uri"] = json!(format!("{SANDBOX}/token"));
        (*name, file.to_string())
    };
    accounts().iter().map(tokens).collect()
}

async fn stage() -> Stage {
    let variables = variables();
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Stage::with(&variables).await
}

/// A pass on a phone.
#[derive(Clone)]
struct Held {
    ticket: String,
    token: String,
    /// When it changed last, as it was told.
    modified: String,
    json: Value,
}

/// What a pass says, and when it changed.
async fn unpacked(answer: Response) -> (Value, String) {
    assert_eq!(answer.status(), 200);
    let modified = answer.headers()["last-modified"].to_str().expect("plain text").to_owned();
    let file = answer.bytes().await.expect("bytes");
    let mut archive = zip::ZipArchive::new(Cursor::new(&file[..])).expect("an archive");
    let mut text = String::new();
    archive.by_name("pass.json").expect("a pass").read_to_string(&mut text).expect("text");
    (serde_json::from_str(&text).expect("JSON"), modified)
}

fn a_week_later(event: &mut EventChanged) {
    for at in [&mut event.starts_at, &mut event.ends_at, &mut event.entry_from, &mut event.entry_until] {
        *at += 7 * 24 * 3_600_000;
    }
}

impl Stage {
    /// A guest takes a ticket's pass along.
    async fn takes_pass(&self, order: &Order, paid: &Value) -> Held {
        let ticket = paid["tickets"][0]["id"].as_str().expect("an id").to_owned();
        let answer = self.get(&order.file(&format!("tickets/{ticket}/wallet.pkpass"))).await;
        let (json, modified) = unpacked(answer).await;
        let token = json["authenticationToken"].as_str().expect("a key").to_owned();
        Held { ticket, token, modified, json }
    }

    /// A phone registers a pass, or gives it away.
    async fn phone(&self, method: Method, ticket: &str, token: &str, push_token: &str) -> u16 {
        let path = format!("/wallet/v1/devices/{DEVICE}/registrations/{PASS_TYPE}/{ticket}");
        let call = self.http.request(method.clone(), self.url(&path));
        let mut call = call.header("authorization", format!("ApplePass {token}"));
        if method == Method::POST {
            call = call.json(&json!({ "pushToken": push_token }));
        }
        call.send().await.expect("an answer").status().as_u16()
    }

    async fn registers(&self, held: &Held) -> u16 {
        self.phone(Method::POST, &held.ticket, &held.token, PHONE).await
    }

    /// A phone asks for a pass as it is now.
    async fn fetch(&self, held: &Held, since: Option<&str>) -> Response {
        let path = format!("/wallet/v1/passes/{PASS_TYPE}/{}", held.ticket);
        let mut call = self.http.get(self.url(&path));
        call = call.header("authorization", format!("ApplePass {}", held.token));
        if let Some(since) = since {
            call = call.header("if-modified-since", since);
        }
        call.send().await.expect("an answer")
    }

    async fn changed_passes(&self, since: Option<i64>) -> Response {
        let query = since.map(|since| format!("?passesUpdatedSince={since}")).unwrap_or_default();
        self.get(&format!("/wallet/v1/devices/{DEVICE}/registrations/{PASS_TYPE}{query}")).await
    }

    /// Waits until everything that changed was looked at, and whoever is to be told was told.
    async fn all_know(&self) {
        let stale = "SELECT count(*) FROM wallet_passes p JOIN tickets t ON t.id = p.ticket_id
            JOIN events e ON e.id = p.event_id WHERE p.ticket_revision <> t.revision OR p.event_revision <> e.revision";
        self.until_count(stale, 0).await;
        self.until_count("SELECT count(*) FROM wallet_devices WHERE due_at IS NOT NULL", 0).await;
    }

    async fn pushes(&self) -> Vec<Value> {
        self.sandbox_state().await["pushes"].as_array().expect("pushes").clone()
    }

    async fn renames(&self, order: &Order, ticket: &str, name: &str) {
        let path = order.file(&format!("tickets/{ticket}/name"));
        assert_eq!(self.post(&path, &[("name", name)]).await.status(), 303);
    }

    async fn voids(&self, ticket: &str) {
        let path = format!("/internal/v1/tickets/{ticket}/void");
        let (status, body) = self.inside("magueyctl", &path, Some(json!({"reason": "lost phone"}))).await;
        assert_eq!(status, 200, "{body}");
    }

    fn later(&self, revision: i64, change: impl FnOnce(&mut EventChanged)) -> EventChanged {
        let mut event = EventChanged { revision, ..self.event.clone() };
        change(&mut event);
        event
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_told_once_of_a_change_and_takes_the_pass_as_it_is() {
    let stage = stage().await;
    let (order, paid) = stage.bought(0, 1).await;
    let held = stage.takes_pass(&order, &paid).await;
    assert_eq!(held.json["webServiceURL"], format!("{}/wallet", crate::stage::PUBLIC_URL));
    assert_eq!([stage.registers(&held).await, stage.registers(&held).await], [201, 200]);
    assert_eq!(stage.changed_passes(None).await.status(), 200);
    assert_eq!(stage.fetch(&held, Some(&held.modified)).await.status(), 304);

    stage.renames(&order, &held.ticket, "Bea Ruiz").await;
    stage.all_know().await;
    let pushes = stage.pushes().await;
    assert_eq!(pushes.len(), 1, "one phone, one change: {pushes:?}");
    assert_eq!((&pushes[0]["token"], &pushes[0]["topic"]), (&json!(PHONE), &json!(PASS_TYPE)));
    assert_eq!(pushes[0]["payload"], json!({}), "nothing of a guest goes to Apple");

    let listed: Value = stage.changed_passes(None).await.json().await.expect("JSON");
    assert_eq!(listed["serialNumbers"], json!([held.ticket]));
    let tag: i64 = listed["lastUpdated"].as_str().and_then(|tag| tag.parse().ok()).expect("a tag");
    assert_eq!(stage.changed_passes(Some(tag + 3600)).await.status(), 204);
    assert_eq!(
        stage.changed_passes(Some(-8_000_000_000_000)).await.status(),
        200,
        "a tag that is none of ours"
    );
    let (now, modified) = unpacked(stage.fetch(&held, Some(&held.modified)).await).await;
    assert!(now.to_string().contains("Bea Ruiz"), "{now}");
    assert_eq!(now["serialNumber"], held.json["serialNumber"]);
    assert_eq!(stage.fetch(&held, Some(&modified)).await.status(), 304);

    // What no pass shows is no change.
    stage.publish(&stage.later(2, |event| event.description = "Another text".into())).await;
    stage.until_count("SELECT count(*) FROM wallet_passes WHERE event_revision = 2", 1).await;
    stage.all_know().await;
    assert_eq!(stage.pushes().await.len(), 1);
    assert_eq!(stage.fetch(&held, Some(&modified)).await.status(), 304);

    // The pass is thrown away: nobody tells this phone any more, and nothing of it is kept.
    assert_eq!(stage.phone(Method::DELETE, &held.ticket, &held.token, "").await, 200);
    assert_eq!(stage.count("SELECT count(*) FROM wallet_devices").await, 0);
    stage.renames(&order, &held.ticket, "Carla Gil").await;
    stage.all_know().await;
    assert_eq!(stage.pushes().await.len(), 1);
    assert_eq!(stage.changed_passes(None).await.status(), 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_of_a_ticket_that_counts_no_more_is_void_and_a_new_date_stands_on_it() {
    let stage = stage().await;
    let (order, paid) = stage.bought(0, 1).await;
    let held = stage.takes_pass(&order, &paid).await;
    stage.registers(&held).await;
    let moved = stage.later(2, a_week_later);
    stage.publish(&moved).await;
    stage.all_know().await;
    assert_eq!(stage.pushes().await.len(), 1);
    let (later, modified) = unpacked(stage.fetch(&held, Some(&held.modified)).await).await;
    let at: DateTime<Utc> = later["relevantDate"].as_str().and_then(|at| at.parse().ok()).expect("a date");
    assert_eq!(at.timestamp(), moved.starts_at / 1000, "the phone shows it on the new date");
    assert!(
        later.get("voided").is_none()
            && later["barcodes"][0]["message"] == held.json["barcodes"][0]["message"]
    );

    stage.voids(&held.ticket).await;
    stage.all_know().await;
    assert_eq!(stage.pushes().await.len(), 2);
    let (void, _) = unpacked(stage.fetch(&held, Some(&modified)).await).await;
    assert_eq!(void["voided"], true);
    assert!(void.get("barcodes").is_none(), "no code that the door refuses");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_called_off_voids_its_passes_and_a_ticket_passed_on_voids_the_old_one() {
    let stage = stage().await;
    let (order, paid) = stage.bought(1, 1).await;
    let held = stage.takes_pass(&order, &paid).await;
    stage.registers(&held).await;
    let to = order.file(&format!("tickets/{}/transfer", held.ticket));
    assert_eq!(stage.post(&to, &[("name", "Bea"), ("email", "bea@example.org")]).await.status(), 303);
    stage.all_know().await;
    let (void, _) = unpacked(stage.fetch(&held, Some(&held.modified)).await).await;
    assert_eq!(void["voided"], true);

    let (other, paid) = stage.bought(1, 1).await;
    let held = stage.takes_pass(&other, &paid).await;
    stage.registers(&held).await;
    stage.publish(&stage.later(2, |event| event.status = EventStatus::Cancelled.into())).await;
    stage.all_know().await;
    let (void, _) = unpacked(stage.fetch(&held, Some(&held.modified)).await).await;
    assert_eq!(void["voided"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_key_in_a_pass_opens_it() {
    let stage = stage().await;
    let (order, paid) = stage.bought(0, 1).await;
    let held = stage.takes_pass(&order, &paid).await;
    let (another, paid) = stage.bought(0, 1).await;
    let others = stage.takes_pass(&another, &paid).await;
    let order_key = order.page.split_once("key=").expect("a key").1.to_owned();
    for wrong in [others.token.as_str(), "", order_key.as_str(), &held.token[..held.token.len() - 2]] {
        assert_eq!(stage.phone(Method::POST, &held.ticket, wrong, PHONE).await, 401, "{wrong}");
        assert_eq!(stage.phone(Method::DELETE, &held.ticket, wrong, "").await, 401, "{wrong}");
        let guess = Held { token: wrong.to_owned(), ..held.clone() };
        assert_eq!(stage.fetch(&guess, None).await.status(), 401, "{wrong}");
    }
    assert_eq!(stage.phone(Method::POST, &held.ticket, &held.token, "no address").await, 422);
    assert_eq!(stage.count("SELECT count(*) FROM wallet_registrations").await, 0);
    let log = stage.http.post(stage.url("/wallet/v1/log")).json(&json!({"logs": ["a pass is broken"]}));
    assert_eq!(log.send().await.expect("an answer").status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_phone_too_many_nothing_is_kept() {
    let stage = stage().await;
    let (order, paid) = stage.bought(0, 1).await;
    let held = stage.takes_pass(&order, &paid).await;
    let many = |first: i64, last: i64| {
        format!(
            "INSERT INTO wallet_devices (device, push_token, seen_at)
             SELECT 'phone' || n, 'abcd' || n, now() FROM generate_series({first}, {last}) n;
             INSERT INTO wallet_registrations (device, ticket_id)
             SELECT 'phone' || n, '{}'::uuid FROM generate_series({first}, {last}) n",
            held.ticket
        )
    };
    stage.sql(&many(1, 20)).await;
    assert_eq!(stage.registers(&held).await, 409);
    assert_eq!(
        stage.count("SELECT count(*) FROM wallet_devices").await,
        20,
        "nobody fills the table with one pass"
    );
    stage.sql("DELETE FROM wallet_devices WHERE device = 'phone20'").await;
    assert_eq!([stage.registers(&held).await, stage.registers(&held).await], [201, 200]);
    assert_eq!(stage.count("SELECT count(*) FROM wallet_registrations").await, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_gone_is_forgotten() {
    let stage = stage().await;
    let (order, paid) = stage.bought(0, 1).await;
    let held = stage.takes_pass(&order, &paid).await;
    stage.registers(&held).await;
    let gone = json!({"provider": "apple", "path": format!("/3/device/{PHONE}"), "count": 0,
        "action": {"kind": "status", "status": 410, "body": {"reason": "Unregistered"}}});
    stage.control("faults", gone).await;
    stage.renames(&order, &held.ticket, "Bea Ruiz").await;
    stage.until_count("SELECT count(*) FROM wallet_devices", 0).await;
    assert_eq!(stage.count("SELECT count(*) FROM wallet_registrations").await, 0);
    assert_eq!(stage.pushes().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_apple_is_away_a_phone_is_told_later_and_once() {
    let stage = stage().await;
    let (order, paid) = stage.bought(0, 1).await;
    let held = stage.takes_pass(&order, &paid).await;
    stage.registers(&held).await;
    let away = json!({"provider": "apple", "count": 0, "action": {"kind": "status", "status": 503}});
    stage.control("faults", away).await;
    stage.renames(&order, &held.ticket, "Bea Ruiz").await;
    stage.until_count("SELECT count(*) FROM wallet_devices WHERE tries >= 1", 1).await;
    assert_eq!(stage.pushes().await.len(), 0);
    // It is back, and it is time.
    let back = stage.http.delete(format!("{}/control/faults", stage.sandbox.url)).send().await;
    assert!(back.expect("the sandbox").status().is_success());
    // (One that is being told at this moment is left alone.)
    stage.sql("UPDATE wallet_devices SET due_at = now() WHERE due_at < now() + interval '2 minutes'").await;
    stage.all_know().await;
    assert_eq!(stage.pushes().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_night_is_over_phones_are_forgotten() {
    let stage = stage().await;
    let (order, paid) = stage.bought(0, 1).await;
    let held = stage.takes_pass(&order, &paid).await;
    stage.registers(&held).await;
    let over = DateTime::from_timestamp_millis(stage.event.ends_at).expect("a time") + TimeDelta::days(3);
    let later = stage.replica(&[], Arc::new(FixedClock::at(over))).await;
    for table in ["wallet_passes", "wallet_registrations", "wallet_devices"] {
        stage.until_count(&format!("SELECT count(*) FROM {table}"), 0).await;
    }
    drop(later);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_account_phones_find_nothing() {
    let stage = Stage::open().await;
    let (_, paid) = stage.bought(0, 1).await;
    let ticket = paid["tickets"][0]["id"].as_str().expect("an id");
    assert_eq!(stage.phone(Method::POST, ticket, "order.en.guess", PHONE).await, 404);
    assert_eq!(stage.changed_passes(None).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_loses_its_code_when_that_begins_to_move_and_says_where_it_is() {
    let stage = stage().await;
    let (order, paid) = stage.bought(0, 1).await;
    let held = stage.takes_pass(&order, &paid).await;
    assert_eq!(held.json["barcodes"][0]["message"], paid["tickets"][0]["code"]);
    assert_eq!(stage.registers(&held).await, 201);
    let until = stage.event.entry_from + 3_600_000;
    let moving = stage.later(2, |event| {
        let kind = &mut event.ticket_types[0];
        (kind.rotating_code, kind.admit_until) = (true, until);
    });
    stage.publish(&moving).await;
    stage.until_count("SELECT count(*) FROM wallet_passes WHERE event_revision = 2", 1).await;
    stage.all_know().await;
    assert_eq!(stage.pushes().await.len(), 1, "a guest would see it");
    let (now, _) = unpacked(stage.fetch(&held, None).await).await;
    assert!(now.get("barcodes").is_none() && now.get("voided").is_none(), "good, and without a code: {now}");
    let said = now.to_string();
    for words in ["Open your ticket page at the door: the code moves.", "Lets in until", &order.page] {
        assert!(said.contains(words), "{words} in {said}");
    }
}
