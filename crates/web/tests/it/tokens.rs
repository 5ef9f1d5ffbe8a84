//! Rows B29 to B31: tokens that are over, forged, or for somebody else.

use std::sync::{Arc, Mutex};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use domain::{clock::Clock, permission::Role};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use web::{Denials, Denied, Standing, service_token::ServiceSigner, session::SessionSigner};

use crate::site::{Ended, ORIGIN, Site, service_key, session_key};

async fn scan(site: &Site, token: &str) -> (u16, String) {
    Site::code(site.get("/api/v1/scan").bearer_auth(token)).await
}

fn refused(code: &str) -> (u16, String) {
    (401, code.to_owned())
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token written by hand, so that it can be wrong in one place.
fn forge(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let text = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(text.as_bytes()));
    format!("{text}.{signature}")
}

fn genuinely(text: &[u8]) -> Vec<u8> {
    session_key().sign(text).to_bytes().to_vec()
}

fn header() -> Value {
    json!({"alg": "EdDSA", "typ": "maguey-session+jwt", "kid": "k1"})
}

fn with(mut value: Value, key: &str, to: Value) -> Value {
    value[key] = to;
    value
}

#[tokio::test]
async fn a_role_opens_what_its_permissions_say() {
    let site = Site::start().await;
    assert_eq!(scan(&site, &site.token(Role::DoorStaff)).await, (200, "ana@club.test".into()));
    let staff = |role| site.get("/api/v1/staff").bearer_auth(site.token(role));
    assert_eq!(Site::code(staff(Role::Owner)).await, (200, "owner".into()));
    assert_eq!(Site::code(staff(Role::Manager)).await, (403, "forbidden".into()));
    assert_eq!(Site::code(staff(Role::DoorStaff)).await, (403, "forbidden".into()));
    assert_eq!(Site::code(site.get("/api/v1/staff")).await, refused("token_missing"));
    let cookie = format!("lang=es; __Host-maguey_staff={}", site.token(Role::Manager));
    assert_eq!(Site::code(site.get("/admin").header("cookie", cookie)).await, (200, "Ana".into()));
}

#[tokio::test]
async fn a_token_expires_thirty_seconds_late_at_most() {
    let site = Site::start().await;
    let token = site.token(Role::DoorStaff);
    site.clock.advance(TimeDelta::hours(12) + TimeDelta::seconds(29));
    assert_eq!(scan(&site, &token).await.0, 200);
    site.clock.advance(TimeDelta::seconds(1));
    assert_eq!(scan(&site, &token).await, refused("token_expired"));
    let claims = serde_json::to_value(site.claims(Role::DoorStaff)).unwrap();
    let early = with(claims, "nbf", json!(site.clock.now().timestamp() + 31));
    assert_eq!(scan(&site, &forge(&header(), &early, genuinely)).await, refused("token_expired"));
}

#[tokio::test]
async fn a_forged_header_is_refused() {
    let site = Site::start().await;
    let claims = serde_json::to_value(site.claims(Role::Owner)).unwrap();
    assert_eq!(scan(&site, &forge(&header(), &claims, genuinely)).await.0, 200, "the forge itself works");
    let public = session_key().verifying_key().to_bytes();
    let hs256 = move |text: &[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&public).unwrap();
        mac.update(text);
        mac.finalize().into_bytes().to_vec()
    };
    let none = with(header(), "alg", json!("none"));
    assert_eq!(scan(&site, &forge(&none, &claims, |_| Vec::new())).await, refused("token_invalid"));
    assert_eq!(scan(&site, &forge(&none, &claims, genuinely)).await, refused("token_invalid"));
    let mac = with(header(), "alg", json!("HS256"));
    assert_eq!(scan(&site, &forge(&mac, &claims, hs256)).await, refused("token_invalid"));
    for (key, value) in [
        ("kid", json!("k2")),
        ("kid", Value::Null),
        ("typ", json!("JWT")),
        ("typ", json!("maguey-service+jwt")),
        ("jku", json!("https://evil.example/keys.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("crit", json!(["exp"])),
    ] {
        let token = forge(&with(header(), key, value.clone()), &claims, genuinely);
        assert_eq!(scan(&site, &token).await, refused("token_invalid"), "{key} {value}");
    }
}

#[tokio::test]
async fn foreign_claims_and_signatures_are_refused() {
    let site = Site::start().await;
    let claims = serde_json::to_value(site.claims(Role::Owner)).unwrap();
    for (key, value) in [
        ("aud", json!("scanner")),
        ("aud", Value::Null),
        ("iss", json!("evil")),
        ("iss", Value::Null),
        ("sub", Value::Null),
        ("exp", Value::Null),
        ("can", json!("everything")),
        ("can", Value::Null),
    ] {
        let mut changed = claims.clone();
        match value {
            Value::Null => changed.as_object_mut().unwrap().remove(key),
            ref value => changed.as_object_mut().unwrap().insert(key.to_owned(), value.clone()),
        };
        assert_eq!(
            scan(&site, &forge(&header(), &changed, genuinely)).await,
            refused("token_invalid"),
            "{key}"
        );
    }
    let stranger = SigningKey::from_bytes(&[66; 32]);
    let token = SessionSigner::new("k1", &stranger).sign(&site.claims(Role::Owner));
    assert_eq!(scan(&site, &token).await, refused("token_invalid"));
    let (head, _) = token.rsplit_once('.').unwrap();
    for text in [head.to_owned(), format!("{head}."), "a.b.c".into(), "x".into(), "e".repeat(5000)] {
        assert_eq!(scan(&site, &text).await, refused("token_invalid"));
    }
}

#[tokio::test]
async fn two_tokens_are_none() {
    let site = Site::start().await;
    let token = site.token(Role::Owner);
    let twice =
        site.get("/api/v1/scan").bearer_auth(&token).header("authorization", format!("Bearer {token}"));
    assert_eq!(Site::code(twice).await, (400, "duplicate_parameter".into()));
    assert_eq!(
        Site::code(site.get("/api/v1/scan").basic_auth("a", Some("b"))).await,
        refused("token_invalid")
    );
}

#[tokio::test]
async fn an_ended_session_is_refused_though_its_token_is_good() {
    for (standing, code) in [(Standing::Ended, "session_ended"), (Standing::Revoked, "token_revoked")] {
        let site = Site::start_with(|app| app.ended_sessions(Arc::new(Ended(standing)))).await;
        assert_eq!(scan(&site, &site.token(Role::Owner)).await, refused(code));
    }
    let site = Site::start_with(|app| app.ended_sessions(Arc::new(Ended(Standing::Live)))).await;
    assert_eq!(scan(&site, &site.token(Role::Owner)).await.0, 200);
}

#[tokio::test]
async fn services_know_each_other_by_their_own_keys() {
    let site = Site::start().await;
    let call =
        |token: &str| Site::code(site.http.post(site.internal_url("/internal/v1/refund")).bearer_auth(token));
    let now = site.clock.now();
    let scanner = ServiceSigner::new("scanner", &service_key());
    assert_eq!(call(&scanner.token("purchase", now)).await, (200, "scanner".into()));
    assert_eq!(call(&scanner.token("marketing-admin", now)).await, refused("token_invalid"));
    assert_eq!(
        call(&scanner.token("purchase", now - TimeDelta::seconds(90))).await,
        refused("token_expired")
    );
    let impostor = ServiceSigner::new("scanner", &SigningKey::from_bytes(&[66; 32]));
    assert_eq!(call(&impostor.token("purchase", now)).await, refused("token_invalid"));
    let unknown = ServiceSigner::new("marketing-admin", &service_key());
    assert_eq!(call(&unknown.token("purchase", now)).await, refused("token_invalid"));
    assert_eq!(call(&site.token(Role::Owner)).await, refused("token_invalid"), "staff is no service");
    assert_eq!(
        scan(&site, &scanner.token("purchase", now)).await,
        refused("token_invalid"),
        "a service is no staff"
    );
}

/// Keeps what it hears.
#[derive(Default)]
struct Heard(Mutex<Vec<Denied>>);

impl Denials for Heard {
    fn note(&self, denied: Denied) {
        self.0.lock().unwrap().push(denied);
    }
}

#[tokio::test]
async fn an_attempt_that_was_refused_to_somebody_known_is_noted_once() {
    let heard = Arc::new(Heard::default());
    let hook = heard.clone();
    let site = Site::start_with(move |app| app.denials(hook)).await;
    let claims = site.claims(Role::Manager);
    let manager = SessionSigner::new("k1", &session_key()).sign(&claims);
    let asked =
        site.get("/api/v1/staff?secret=1").bearer_auth(&manager).header("x-request-id", "request-0001");
    assert_eq!(Site::code(asked).await.0, 403);
    let form = site.post("/admin/form").bearer_auth(site.token(Role::DoorStaff)).header("origin", ORIGIN);
    assert_eq!(Site::code(form).await.0, 403);
    assert_eq!(Site::code(site.get("/api/v1/staff")).await.0, 401, "a stranger is nobody to take note of");
    assert_eq!(Site::code(site.get("/api/v1/staff").bearer_auth(site.token(Role::Owner))).await.0, 200);

    let noted = heard.0.lock().unwrap();
    assert_eq!(noted.len(), 2, "{noted:?}");
    let first = &noted[0];
    assert_eq!((first.staff, first.actor.as_str()), (Some(claims.sub), "manager"));
    assert_eq!((first.method.as_str(), first.path.as_str()), ("GET", "/api/v1/staff"));
    assert_eq!((first.permission, first.request.as_str()), (Some("staff.manage"), "request-0001"));
    assert_eq!(noted[1].permission, Some("events.write"));
}

#[tokio::test]
async fn a_service_that_may_not_call_is_noted_with_the_person_it_passed_on() {
    let heard = Arc::new(Heard::default());
    let hook = heard.clone();
    let site = Site::start_with(move |app| app.denials(hook)).await;
    let (staff, scanner) = (site.claims(Role::Owner).sub, ServiceSigner::new("scanner", &service_key()));
    let now = site.clock.now();
    let call = |path: &str, token: String| site.http.post(site.internal_url(path)).bearer_auth(token);
    let passed_on = call("/internal/v1/refund", scanner.token_for(Some(staff), "purchase", now));
    assert_eq!(Site::code(passed_on).await, (200, format!("scanner {staff}")));
    assert_eq!(Site::code(call("/internal/v1/refund", scanner.token("purchase", now))).await.1, "scanner");
    assert!(heard.0.lock().unwrap().is_empty());
    let refused = call("/internal/v1/wipe", scanner.token_for(Some(staff), "purchase", now));
    assert_eq!(Site::code(refused).await.0, 403);
    let noted = heard.0.lock().unwrap();
    assert_eq!((noted[0].staff, noted[0].actor.as_str(), noted.len()), (Some(staff), "scanner", 1));
}
