//! Phones of the door: enrolled once, known on their scans, handed over, taken off.

use std::sync::Arc;

use actix_web::{HttpResponse, http::StatusCode, web::Path};
use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use domain::{
    clock::{Clock, FixedClock, SharedClock},
    ids::{SessionId, StaffId},
    permission::Role,
};
use futures::future::join_all;
use reqwest::{RequestBuilder, Response};
use scanner::devices::{Devices, secret};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use web::{ApiJson, Fault, Routes, ServiceCaller, callers, session::COOKIE, session::Claims};

use crate::heal::until;
use crate::house::{House, ORIGIN, PASSWORD, code_of, token};

/// The PIN of Dora, as the stand-in knows it.
const PIN: &str = "4071";
/// After this one she is locked out.
const LOCKED: &str = "9090";
const DORA: Uuid = Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_00d0);

/// marketing-admin's PINs, as far as the door asks: Dora has one.
pub fn desk_with_pins(routes: &mut Routes, clock: &Arc<FixedClock>) {
    let clock = clock.clone();
    routes.get("/internal/v1/pins", |_: ServiceCaller<callers::Scanner>| async {
        HttpResponse::Ok().json(json!([{"staff": DORA, "name": "Dora"}]))
    });
    routes.put(
        "/internal/v1/pins/{staff}",
        |caller: ServiceCaller<callers::Scanner>, staff: Path<Uuid>, asked: ApiJson<Value>| async move {
            assert_eq!(caller.staff.map(StaffId::uuid), Some(*staff), "who asks is passed on");
            match (asked["pin"].as_str(), asked["password"].as_str()) {
                (Some("1234"), _) => Err(Fault::invalid("pin_too_simple")),
                (_, Some(PASSWORD)) => Ok(HttpResponse::NoContent().finish()),
                _ => Err(Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials")),
            }
        },
    );
    routes.post(
        "/internal/v1/sessions/pin",
        move |_: ServiceCaller<callers::Scanner>, asked: ApiJson<Value>| {
            let now = clock.now();
            async move {
                assert!(asked["audience"] == "scanner" && asked["device"].is_string(), "{:?}", asked.0);
                match asked["pin"].as_str() {
                    Some(LOCKED) => Err(Fault::rate_limited(std::time::Duration::from_secs(60))),
                    Some(PIN) if asked["staff"] == json!(DORA) => {
                        let claims =
                            Claims::new("scanner", StaffId::from_uuid(DORA), SessionId::generate(), now)
                                .person("Dora", "dora@club.test", Role::DoorStaff);
                        Ok(HttpResponse::Ok().json(json!({
                            "token": token(&claims), "expires_at": claims.expires_at(),
                            "staff": {"id": DORA, "name": "Dora", "email": "dora@club.test", "role": "door_staff"},
                        })))
                    }
                    _ => Err(Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials")),
                }
            }
        },
    );
}

async fn invite(house: &House, name: &str) -> Value {
    let body = json!({"name": name, "gate": House::gate(&house.night, 0)});
    let request = house.http.post(house.url("/api/v1/devices/invitations"));
    let answer = request.bearer_auth(house.token(Role::Manager)).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    answer.json().await.unwrap()
}

fn enrol_with(house: &House, code: &str) -> RequestBuilder {
    house.http.post(house.url("/api/v1/devices/enrol")).json(&json!({"code": code}))
}

/// A phone of the door: its key and its secret.
async fn enrolled(house: &House, name: &str) -> (Uuid, String) {
    let invited = invite(house, name).await;
    let answer = enrol_with(house, invited["code"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let enrolled: Value = answer.json().await.unwrap();
    let id = enrolled["device"]["id"].as_str().unwrap().parse().unwrap();
    (id, enrolled["token"].as_str().unwrap().to_owned())
}

fn scan_on(house: &House, secret: &str, token: &str, body: &Value) -> RequestBuilder {
    house.http.post(house.url("/api/v1/scans")).header("maguey-device", secret).bearer_auth(token).json(body)
}

fn contact(house: &House, secret: &str, token: &str) -> RequestBuilder {
    let body = json!({"device_time": house.now().timestamp_millis() + 2000, "battery": 83, "queue_length": 4,
        "data_at": house.now(), "app_version": "1.2.3", "event": house.night.event_id});
    let request = house.http.post(house.url("/api/v1/contact")).header("maguey-device", secret);
    request.bearer_auth(token).json(&body)
}

async fn revoke(house: &House, device: Uuid) {
    let url = house.url(&format!("/api/v1/devices/{device}/revoke"));
    let answer = house.http.post(url).bearer_auth(house.token(Role::Owner)).send().await.unwrap();
    assert_eq!(answer.status(), 204);
}

/// Sends a form as a browser with these cookies does.
async fn submit(house: &House, path: &str, cookies: &str, form: &[(&str, &str)]) -> Response {
    let request = house.http.post(house.url(path)).header("origin", ORIGIN).header("cookie", cookies);
    request.form(form).send().await.unwrap()
}

async fn page(house: &House, path: &str, cookies: &str) -> String {
    let answer = house.http.get(house.url(path)).header("cookie", cookies).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

/// The token of a page's form.
fn csrf(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn session_of(answer: &Response) -> String {
    let mut cookies = answer.headers().get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let mine = cookies.find(|cookie| cookie.starts_with(COOKIE)).expect("a session");
    mine.split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_enrols_one_phone_once_and_its_scans_carry_it() {
    let house = House::open().await;
    let invited = invite(&house, "Main door 2").await;
    let code = invited["code"].as_str().unwrap();
    assert_eq!(invited["link"], format!("{ORIGIN}/enrol#{code}"));

    let answer = enrol_with(&house, &code.to_lowercase().replace('-', " ")).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["__Host-device=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/", "Max-Age="] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let device: Value = answer.json().await.unwrap();
    let secret = device["token"].as_str().unwrap();
    let device = &device["device"];
    assert_eq!(
        (&device["name"], &device["gate"]),
        (&json!("Main door 2"), &json!(House::gate(&house.night, 0)))
    );
    assert_eq!(House::code(enrol_with(&house, code)).await, (422, "code_refused".into()), "once");
    assert_eq!(House::code(enrol_with(&house, "7K2M-Q9TD-0XWB")).await, (422, "code_refused".into()));

    let claims = house.claims(Role::DoorStaff);
    let scan = house.scan_of(&code_of(&house.ticket().await));
    let answer = scan_on(&house, secret, &token(&claims), &scan).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let id = device["id"].as_str().unwrap();
    let its = format!("select count(*) from scans where device = '{id}' and staff_id = '{}'", claims.sub);
    assert_eq!(house.count(&its).await, 1);
    house.answer(&token(&claims), &house.scan_of("x")).await;
    let theirs = format!("select count(*) from scans where device = '{}'", claims.sub);
    assert_eq!(house.count(&theirs).await, 1, "a phone that nobody enrolled scans in the person's name");

    // Neither the code nor the secret is anywhere in the database.
    let bare = code.replace('-', "");
    for (table, text) in
        [("device_invitations", bare.as_str()), ("devices", secret), ("audit_log", bare.as_str())]
    {
        let told = format!(
            "select count(*) from {table} t where t::text like '%{text}%' or t::text like '%{code}%'"
        );
        assert_eq!(house.count(&told).await, 0, "{table}");
    }
    for action in ["device.invited", "device.enrolled"] {
        let rows = format!("select count(*) from audit_log where action = '{action}'");
        assert_eq!(house.count(&rows).await, 1, "{action}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_ten_minutes_and_only_supervisors_make_one() {
    let house = House::open().await;
    let (early, late) = (invite(&house, "One").await, invite(&house, "Two").await);
    house.clock.advance(TimeDelta::minutes(9));
    assert_eq!(House::code(enrol_with(&house, early["code"].as_str().unwrap())).await.0, 200);
    house.clock.advance(TimeDelta::minutes(1));
    let refused = House::code(enrol_with(&house, late["code"].as_str().unwrap())).await;
    assert_eq!(refused, (422, "code_refused".into()));

    let door = house.token(Role::DoorStaff);
    for (method, path) in
        [("POST", "/api/v1/devices/invitations"), ("GET", "/api/v1/devices"), ("GET", "/devices")]
    {
        let request = house.http.request(method.parse().unwrap(), house.url(path)).bearer_auth(&door);
        assert_eq!(request.json(&json!({"name": "Mine"})).send().await.unwrap().status(), 403, "{path}");
    }
    let nowhere = json!({"name": "Three", "gate": Uuid::now_v7()});
    let request = house.http.post(house.url("/api/v1/devices/invitations")).json(&nowhere);
    assert_eq!(House::code(request.bearer_auth(house.token(Role::Owner))).await, (404, "not_found".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_phones_with_one_code_one_is_enrolled() {
    let house = House::open().await;
    let invited = invite(&house, "Main door 2").await;
    let code = invited["code"].as_str().unwrap();
    let phones = (0..8).map(|_| async { enrol_with(&house, code).send().await.unwrap().status().as_u16() });
    let mut statuses = join_all(phones).await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422, 422, 422, 422, 422, 422, 422]);
    assert_eq!(house.count("select count(*) from devices").await, 1);
}

/// The control run: two that have both looked whether the code is unused, before either says that it has used it. The unique
/// constraint lets one write its phone; without it both do.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_constraint_a_code_that_is_only_looked_at_enrols_two() {
    for (guarded, expected) in [(true, 1), (false, 2)] {
        let house = House::open().await;
        invite(&house, "Main door 2").await;
        let admin = db::Db::connect(&db::DbSettings::new(&house.database.admin_url())).unwrap();
        if !guarded {
            let drop = "alter table scanner.devices drop constraint devices_one_of_a_code";
            admin.conn().await.unwrap().batch_execute(drop).await.unwrap();
        }
        let (mut one, mut other) = (house.db.conn().await.unwrap(), house.db.conn().await.unwrap());
        for conn in [&mut one, &mut other] {
            let look = "begin; select id from device_invitations where used_at is null";
            conn.batch_execute(look).await.unwrap();
        }
        let write = "insert into devices (id, invitation_id, name, secret_hash, enrolled_by, enrolled_at)
            select gen_random_uuid(), id, name, sha256(gen_random_uuid()::text::bytea), invited_by, now()
            from device_invitations";
        one.batch_execute(write).await.unwrap();
        one.batch_execute("commit").await.unwrap();
        let second = other.batch_execute(write).await;
        assert_eq!(second.is_err(), guarded);
        other.batch_execute(if guarded { "rollback" } else { "commit" }).await.unwrap();
        assert_eq!(house.count("select count(*) from devices").await, expected, "guarded: {guarded}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_taken_off_takes_its_sessions_with_it() {
    let house = House::open().await;
    let (device, secret_text) = enrolled(&house, "Main door 2").await;
    let (bystander, _) = enrolled(&house, "Side door").await;
    let claims = house.claims(Role::DoorStaff);
    let session = token(&claims);
    assert_eq!(contact(&house, &secret_text, &session).send().await.unwrap().status(), 200);
    // A sibling, whose list was read before.
    let clock = house.clock.clone() as SharedClock;
    let (sibling, shutdown) = (Devices::new(&house.db, &clock), CancellationToken::new());
    let hash = secret::hash(&secret_text).unwrap();
    assert!(!sibling.of(&hash).await.unwrap().unwrap().revoked);
    let fresh = tokio::spawn(sibling.clone().keep_fresh(shutdown.clone()));

    revoke(&house, device).await;
    let revoked = (401, "token_revoked".to_owned());
    assert_eq!(House::code(contact(&house, &secret_text, &session)).await, revoked);
    assert_eq!(House::code(scan_on(&house, &secret_text, &session, &house.scan_of("x"))).await, revoked);
    let without = house.http.post(house.url("/api/v1/scans")).bearer_auth(&session).json(&house.scan_of("x"));
    assert_eq!(House::code(without).await, revoked, "the session is dead without the phone's secret, too");
    let other = house.token(Role::DoorStaff);
    assert_eq!(House::code(scan_on(&house, &secret_text, &other, &house.scan_of("x"))).await, revoked);
    assert_eq!(house.scan(&other, &house.scan_of("y")).await.0, 200, "elsewhere that person goes on");
    until("the sibling knows", async || sibling.of(&hash).await.unwrap().unwrap().revoked).await;
    shutdown.cancel();
    fresh.await.unwrap();

    revoke(&house, device).await;
    assert_eq!(
        house.count("select count(*) from audit_log where action = 'device.revoked'").await,
        1,
        "twice is once"
    );
    let left = format!("select count(*) from devices where id = '{bystander}' and revoked_at is null");
    assert_eq!(house.count(&left).await, 1);
    let url = house.url(&format!("/api/v1/devices/{}/revoke", Uuid::now_v7()));
    let nowhere = house.http.post(url).bearer_auth(house.token(Role::Owner));
    assert_eq!(House::code(nowhere).await, (404, "not_found".into()));
}

/// Who was signed in before the phone was enrolled is signed out with it all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_from_before_the_enrolment_ends_with_the_phone() {
    let house = House::open().await;
    let session = house.token(Role::DoorStaff);
    let invited = invite(&house, "Main door 2").await;
    let form = [("code", invited["code"].as_str().unwrap())];
    let enrolled = submit(&house, "/enrol", &format!("{COOKIE}={session}"), &form).await;
    assert_eq!((enrolled.status().as_u16(), enrolled.headers()["location"].to_str().unwrap()), (303, "/"));
    let request = house.http.get(house.url("/api/v1/devices")).bearer_auth(house.token(Role::Owner));
    let listed: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(listed["devices"][0]["held_by_name"], "Ana");
    revoke(&house, listed["devices"][0]["id"].as_str().unwrap().parse().unwrap()).await;
    let scan = house.http.post(house.url("/api/v1/scans")).bearer_auth(&session).json(&house.scan_of("x"));
    assert_eq!(House::code(scan).await, (401, "token_revoked".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_alone_may_nothing() {
    let house = House::open().await;
    let (_, secret) = enrolled(&house, "Main door 2").await;
    let cookie = format!("__Host-device={secret}");
    for (method, path) in [
        ("POST", "/api/v1/scans"),
        ("POST", "/api/v1/contact"),
        ("GET", "/api/v1/events"),
        ("GET", "/api/v1/devices"),
    ] {
        let request = house.http.request(method.parse().unwrap(), house.url(path));
        let request =
            request.header("cookie", &cookie).header("origin", ORIGIN).header("maguey-device", &secret);
        let answer = House::code(request.json(&house.scan_of("x"))).await;
        assert_eq!(answer, (401, "token_missing".into()), "{path}");
    }
    assert_eq!(house.count("select count(*) from scans").await, 0);
    let twice = house.http.post(house.url("/api/v1/contact")).bearer_auth(house.token(Role::DoorStaff));
    let twice = twice.header("maguey-device", &secret).header("maguey-device", "another");
    assert_eq!(
        House::code(twice.json(&json!({"device_time": 0}))).await,
        (400, "duplicate_parameter".into())
    );
}

/// Who knows the phone asks the database nothing: a scan on it costs what a scan costs.
#[tokio::test(flavor = "multi_thread")]
async fn a_scan_on_an_enrolled_phone_costs_no_statement_more() {
    let house = House::open().await;
    let (_, secret) = enrolled(&house, "Main door 2").await;
    let session = house.token(Role::DoorStaff);
    let mut least = [u64::MAX; 2];
    // What runs beside the scans asks as well, now and then: the least of several is the scan's own.
    for _ in 0..8 {
        for (place, known) in [secret.as_str(), "nobody knows this"].into_iter().enumerate() {
            let before = house.pool.statements();
            let answer = scan_on(&house, known, &session, &house.scan_of("x")).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            least[place] = least[place].min(house.pool.statements() - before);
        }
    }
    assert!(least[0] <= least[1], "{least:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_tells_how_it_is_and_hears_the_time() {
    let house = House::open().await;
    let (device, secret) = enrolled(&house, "Main door 2").await;
    let heard: Value =
        contact(&house, &secret, &house.token(Role::DoorStaff)).send().await.unwrap().json().await.unwrap();
    assert_eq!(heard["server_time"], house.now().timestamp_millis());
    assert_eq!((&heard["device"]["id"], &heard["inside"]), (&json!(device), &json!(0)));
    let request = house.http.get(house.url("/api/v1/devices")).bearer_auth(house.token(Role::Manager));
    let listed: Value = request.send().await.unwrap().json().await.unwrap();
    let state = &listed["devices"][0];
    let found = (&state["battery"], &state["queue_length"], &state["skew_ms"], &state["held_by_name"]);
    assert_eq!(found, (&json!(83), &json!(4), &json!(2000), &json!("Ana")));
    assert!(!listed.to_string().contains(&secret));

    let strange = json!({"device_time": "2026-11-21T00:30:00Z", "battery": 1e9, "queue_length": 0, "app_version": "x".repeat(99)});
    let request = house.http.post(house.url("/api/v1/contact")).header("maguey-device", &secret);
    let request = request.bearer_auth(house.token(Role::DoorStaff)).json(&strange);
    assert_eq!(
        request.send().await.unwrap().status(),
        200,
        "a phone with a strange clock is heard all the same"
    );
    let bare = house.http.post(house.url("/api/v1/contact")).json(&json!({"device_time": 0}));
    let heard: Value =
        bare.bearer_auth(house.token(Role::DoorStaff)).send().await.unwrap().json().await.unwrap();
    assert!(heard["device"].is_null() && heard.get("inside").is_none(), "{heard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_handed_over_by_pin_and_stays_enrolled() {
    let house = House::open().await;
    let (device, secret) = enrolled(&house, "Main door 2").await;
    let phone = format!("__Host-device={secret}");
    let dora = DORA.to_string();
    let pin = |pin: &'static str| [("staff", dora.as_str()), ("pin", pin), ("next", "/")];
    assert!(page(&house, "/sign-in", &phone).await.contains("Dora"));
    assert!(!page(&house, "/sign-in", "lang=en").await.contains("Dora"), "no names on a stranger's phone");

    let wrong = submit(&house, "/sign-in/pin", &phone, &pin("5555")).await;
    assert_eq!(wrong.status(), 401);
    assert!(wrong.text().await.unwrap().contains("Name and PIN don’t match."));
    let locked = submit(&house, "/sign-in/pin", &phone, &pin(LOCKED)).await;
    assert_eq!(locked.status(), 429);
    assert!(locked.text().await.unwrap().contains("Too many wrong PINs."));
    let elsewhere = submit(&house, "/sign-in/pin", "lang=en", &pin(PIN)).await;
    assert_eq!(elsewhere.status(), 403, "on an enrolled phone alone");

    let welcome = submit(&house, "/sign-in/pin", &phone, &pin(PIN)).await;
    assert_eq!((welcome.status().as_u16(), welcome.headers()["location"].to_str().unwrap()), (303, "/"));
    let cookies = format!("{phone}; {}", session_of(&welcome));
    assert!(page(&house, "/", &cookies).await.contains("Hand over"));
    let holds = format!(
        "select count(*) from devices where id = '{device}' and held_by = '{DORA}' and held_by_name = 'Dora'"
    );
    assert_eq!(house.count(&holds).await, 1);

    let out = submit(&house, "/sign-out", &cookies, &[]).await;
    assert_eq!(out.headers()["location"], "/sign-in");
    assert!(
        !out.headers().get_all("set-cookie").iter().any(|cookie| cookie.to_str().unwrap().contains("device"))
    );
    assert_eq!(house.count(&holds).await, 0);
    let form = [("email", "owner@club.test"), ("password", PASSWORD), ("next", "/")];
    let next = submit(&house, "/sign-in", &phone, &form).await;
    assert_eq!(next.status(), 303, "the next one signs in, without enrolling anything");
    let hands = "select count(*) from device_hands where staff_name = 'Dora' and till_at is not null";
    assert_eq!((house.count(hands).await, house.count("select count(*) from device_hands").await), (1, 2));

    let supervisor = format!("{COOKIE}={}", house.token(Role::Manager));
    let shown = page(&house, &format!("/devices/{device}"), &supervisor).await;
    assert!(shown.contains("Dora") && shown.contains("Ana"), "who held it when: {shown}");
    revoke(&house, device).await;
    let refused = submit(&house, "/sign-in/pin", &phone, &pin(PIN)).await;
    assert_eq!(refused.status(), 401);
    assert!(refused.text().await.unwrap().contains("This phone was taken off the door."));
    assert!(!page(&house, "/sign-in", &phone).await.contains("Dora"));
}

#[tokio::test(flavor = "multi_thread")]
async fn supervisors_invite_name_bind_and_take_off_by_the_pages() {
    let house = House::open().await;
    let cookie = format!("{COOKIE}={}", house.token(Role::Manager));
    let token = csrf(&page(&house, "/devices", &cookie).await);
    let gate = House::gate(&house.night, 1).to_string();
    let form = [("csrf", token.as_str()), ("name", "VIP door"), ("gate", gate.as_str())];
    assert_eq!(
        submit(&house, "/devices/invitations", &cookie, &form[1..]).await.status(),
        403,
        "without its token"
    );
    let invited = submit(&house, "/devices/invitations", &cookie, &form).await;
    assert_eq!(invited.status(), 200);
    let invited = invited.text().await.unwrap();
    assert!(invited.contains("<svg class=\"qr\""), "{invited}");
    let (_, rest) = invited.split_once("translate=\"no\">").unwrap();
    let code = rest.split('<').next().unwrap();

    // The phone whose holder types it.
    assert!(page(&house, "/enrol", "lang=en").await.contains("Enrol this phone"));
    let wrong = submit(&house, "/enrol", "lang=en", &[("code", "nonsense")]).await;
    assert_eq!(wrong.status(), 422);
    assert!(wrong.text().await.unwrap().contains("This code doesn’t work."));
    let enrolled = submit(&house, "/enrol", "lang=en", &[("code", code)]).await;
    assert_eq!(
        (enrolled.status().as_u16(), enrolled.headers()["location"].to_str().unwrap()),
        (303, "/sign-in")
    );
    assert!(enrolled.headers()["set-cookie"].to_str().unwrap().starts_with("__Host-device="));

    let nobody = house.count("select count(*) from device_hands").await;
    assert_eq!(nobody, 0, "nobody was signed in on it");
    let listed = page(&house, "/devices", &cookie).await;
    assert!(listed.contains("VIP door"), "{listed}");
    let (_, rest) = listed.split_once("class=\"phone__name\" href=\"").unwrap();
    let path = rest.split('"').next().unwrap().to_owned();
    let renamed =
        submit(&house, &path, &cookie, &[("csrf", token.as_str()), ("name", "Terrace"), ("gate", "")]).await;
    assert_eq!(renamed.status(), 303);
    assert_eq!(
        house.count("select count(*) from devices where name = 'Terrace' and gate_id is null").await,
        1
    );
    assert!(page(&house, &format!("{path}/revoke"), &cookie).await.contains("Take Terrace off the door?"));
    let gone = submit(&house, &format!("{path}/revoke"), &cookie, &[("csrf", token.as_str())]).await;
    assert_eq!(gone.status(), 303);
    for action in ["device.invited", "device.enrolled", "device.changed", "device.revoked"] {
        let rows = format!("select count(*) from audit_log where action = '{action}'");
        assert_eq!(house.count(&rows).await, 1, "{action}");
    }
    let spanish = page(&house, "/devices?lang=es", &cookie).await;
    assert!(spanish.contains("Móviles"), "{spanish}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_is_set_with_the_password_by_who_is_signed_in() {
    let house = House::open().await;
    let cookie = format!("{COOKIE}={}", house.token(Role::DoorStaff));
    let token = csrf(&page(&house, "/pin", &cookie).await);
    for (password, pin, again, status, said) in [
        (PASSWORD, "4071", "4072", 422, "The two PINs differ."),
        (PASSWORD, "1234", "1234", 422, "one of the first that people try"),
        ("guess", "4071", "4071", 401, "That isn’t your password."),
    ] {
        let form = [("csrf", token.as_str()), ("password", password), ("pin", pin), ("again", again)];
        let refused = submit(&house, "/pin", &cookie, &form).await;
        assert_eq!(refused.status().as_u16(), status, "{said}");
        assert!(refused.text().await.unwrap().contains(said), "{said}");
    }
    let form = [("csrf", token.as_str()), ("password", PASSWORD), ("pin", PIN), ("again", PIN)];
    let done = submit(&house, "/pin", &cookie, &form).await;
    assert_eq!((done.status().as_u16(), done.headers()["location"].to_str().unwrap()), (303, "/pin?set=yes"));
    assert!(page(&house, "/pin?set=yes", &cookie).await.contains("Your PIN is set."));
    let nobody = house.http.get(house.url("/pin")).send().await.unwrap();
    assert_ne!(nobody.status(), 200);
}
