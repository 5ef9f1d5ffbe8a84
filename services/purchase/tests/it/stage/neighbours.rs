//! The other services, as far as this one asks them.

use actix_web::web::{Path, Query};
use audit::Actor;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::Owner;
use db::testing::TestDatabase;
use devstack::keys::Keys;
use domain::clock::{Clock, SystemClock};
use ed25519_dalek::SigningKey;
use messages::subjects::CLUB;
use reqwest::StatusCode;
use serde_json::{Value, json};
use settings::Reader;
use web::{RequestId, ServiceCaller, WebSettings};

use super::PUBLIC_URL;

/// What every service's listeners and tokens are made from.
pub(super) fn surroundings(service: &str, keys: &Keys) -> Vec<(&'static str, String)> {
    vec![
        ("MAGUEY_ENV", "test".to_owned()),
        ("LISTEN", "127.0.0.1:0".to_owned()),
        ("INTERNAL_LISTEN", "127.0.0.1:0".to_owned()),
        ("SESSION_PUBLIC_KEYS", keys.session_public().expect("a key")),
        ("SERVICE_SIGNING_KEY", keys.service_signing(service)),
        ("SERVICE_PUBLIC_KEYS", keys.services_public().expect("keys")),
        ("PUBLIC_URL_MARKETING", "http://maguey.localhost:8080".to_owned()),
        ("PUBLIC_URL_PURCHASE", PUBLIC_URL.to_owned()),
        ("PUBLIC_URL_SCANNER", "http://scanner.maguey.localhost:8080".to_owned()),
    ]
}

/// What the door is to say of tickets: nothing, or who is inside; and how often it was asked.
#[derive(Debug, Clone, Default)]
pub struct DoorSays(std::sync::Arc<std::sync::Mutex<Script>>);

#[derive(Debug, Default)]
struct Script {
    silent: bool,
    inside: Vec<String>,
    asked: usize,
}

impl DoorSays {
    pub fn silent(&self, silent: bool) {
        self.0.lock().expect("no panic").silent = silent;
    }

    pub fn inside(&self, ticket: &str) {
        self.0.lock().expect("no panic").inside.push(ticket.to_owned());
    }

    pub fn asked(&self) -> usize {
        self.0.lock().expect("no panic").asked
    }

    fn answer(&self, question: &Value) -> Result<Value, web::Fault> {
        let mut script = self.0.lock().expect("no panic");
        script.asked += 1;
        if script.silent {
            return Err(web::Fault::new(
                StatusCode::SERVICE_UNAVAILABLE.as_u16().try_into().expect("a status"),
                "unavailable",
            ));
        }
        let asked = question["tickets"].as_array().expect("tickets");
        let inside: Vec<Value> = asked
            .iter()
            .filter(|ticket| script.inside.iter().any(|one| *ticket == one))
            .map(|ticket| json!({"ticket": ticket, "at": SystemClock.now(), "gate": "Main door"}))
            .collect();
        if question.get("revision").is_some() {
            return Ok(json!({"inside": inside}));
        }
        Ok(json!({"revoked": inside.is_empty() || question["anyway"] == true, "inside": inside}))
    }
}

/// scanner as far as it is asked who is inside.
pub(super) async fn door(keys: &Keys, says: DoorSays) -> web::Running {
    let mut reader = Reader::from_pairs(surroundings("scanner", keys));
    let settings = WebSettings::read(&mut reader, "scanner", "PUBLIC_URL_SCANNER");
    let app = web::App::new(reader.finish(settings).expect("sound settings"), web::Context::default());
    let app = app.internal(move |routes| {
        for path in ["/internal/v1/revocations", "/internal/v1/inside"] {
            let says = says.clone();
            routes.post(
                path,
                move |_: ServiceCaller<web::callers::Purchase>, question: web::ApiJson<Value>| {
                    let says = says.clone();
                    async move { says.answer(&question).map(actix_web::web::Json) }
                },
            );
        }
    });
    web::boot::start(app).await.expect("free ports")
}

/// What signs guests' tokens at marketing-admin, and by what name.
pub const GUEST_KID: &str = "g1";

/// See [`GUEST_KID`].
pub fn guest_key() -> SigningKey {
    SigningKey::from_bytes(&[5; 32])
}

/// Its public half, as marketing-admin tells it.
fn guest_keys() -> Value {
    let public = URL_SAFE_NO_PAD.encode(guest_key().verifying_key().as_bytes());
    json!({"keys": [{"kid": GUEST_KID, "kty": "OKP", "crv": "Ed25519", "use": "sig", "x": public}]})
}

/// marketing-admin as far as it is asked what it said, and for the guests' keys.
pub(super) async fn desk(database: &TestDatabase, keys: &Keys) -> web::Running {
    let mut reader = Reader::from_pairs(surroundings("marketing-admin", keys));
    let settings = WebSettings::read(&mut reader, "marketing-admin", "PUBLIC_URL_MARKETING");
    let (club, other) = (database.db(Owner::MarketingAdmin), database.db(Owner::MarketingAdmin));
    let app = web::App::new(reader.finish(settings).expect("sound settings"), web::Context::default());
    let app = app.internal(move |routes| {
        let (club, other) = (club.clone(), other.clone());
        routes
            .get(
                "/internal/v1/digest/{subject}",
                move |_: ServiceCaller, subject: Path<String>, query: Query<heal::DigestQuery>| {
                    let club = club.clone();
                    async move { heal::digest(&club, heal::ours(CLUB, &subject)?, &query).await }
                },
            )
            .get("/internal/v1/guest-keys", |_: ServiceCaller| async { actix_web::web::Json(guest_keys()) })
            .post(
                "/internal/v1/resend/{subject}",
                move |caller: ServiceCaller, id: RequestId, subject: Path<String>, body: heal::ResendBody| {
                    let club = other.clone();
                    let actor = Actor::caller(&caller, &id);
                    async move {
                        let subject = heal::ours(CLUB, &subject)?;
                        heal::resend(&club, &actor, subject, &body, SystemClock.now()).await
                    }
                },
            );
    });
    web::boot::start(app).await.expect("free ports")
}
