//! Phones of the door: invited, enrolled once, named, bound.

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;
use domain::permission::Role;
use futures::future::join_all;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use uuid::Uuid;
use web::session::COOKIE;

use crate::house::{House, ORIGIN, code_of, token};

pub async fn invite(house: &House, name: &str) -> Value {
    let body = json!({"name": name, "gate": House::gate(&house.night, 0)});
    let request = house.http.post(house.url("/api/v1/devices/invitations"));
    let answer = request.bearer_auth(house.token(Role::Manager)).json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    answer.json().await.unwrap()
}

pub fn enrol_with(house: &House, code: &str) -> RequestBuilder {
    house.http.post(house.url("/api/v1/devices/enrol")).json(&json!({"code": code}))
}

/// A phone of the door: its key and its secret.
pub async fn enrolled(house: &House, name: &str) -> (Uuid, String) {
    let invited = invite(house, name).await;
    let answer = enrol_with(house, invited["code"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let enrolled: Value = answer.json().await.unwrap();
    let id = enrolled["device"]["id"].as_str().unwrap().parse().unwrap();
    (id, enrolled["token"].as_str().unwrap().to_owned())
}

pub fn scan_on(house: &House, secret: &str, token: &str, body: &Value) -> RequestBuilder {
    house.http.post(house.url("/api/v1/scans")).header("maguey-device", secret).bearer_auth(token).json(body)
}

/// Sends a form as a browser with these cookies does.
pub async fn submit(house: &House, path: &str, cookies: &str, form: &[(&str, &str)]) -> Response {
    let request = house.http.post(house.url(path)).header("origin", ORIGIN).header("cookie", cookies);
    request.form(form).send().await.unwrap()
}

pub async fn page(house: &House, path: &str, cookies: &str) -> String {
    let answer = house.http.get(house.url(path)).header("cookie", cookies).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

/// The token of a page's form.
pub fn csrf(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
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
    assert!(spanish.contains("Teléfonos"), "{spanish}");
}
