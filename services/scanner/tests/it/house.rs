//! A door with one night, one gate per zone, and a stand-in for marketing-admin's internal sign-in.

use std::sync::Arc;

use actix_web::HttpResponse;
use bus::{Bus, BusSettings, Delivery};
use chrono::{DateTime, TimeDelta, Utc};
use db::{Db, DbSettings, Owner, testing::TestDatabase};
use diesel_async::RunQueryDsl;
use domain::{
    clock::{Clock, FixedClock, SharedClock},
    ids::{EventId, MessageId, SessionId, StaffId, TicketId},
    permission::Role,
    ticket_code::{CodeKind, KeyRing, Step, TicketCode},
};
use ed25519_dalek::SigningKey;
use messages::{
    Subject,
    marketing_admin::v1::{self as club, EventChanged},
    millis,
    purchase::v1::{TicketChanged, TicketState},
};
use scanner::Config;
use scanner::sessions::{Ended, Identity, revoked};
use serde_json::{Value, json};
use settings::{Environment, Secret};
use telemetry::TelemetrySettings;
use ui::Links;
use uuid::Uuid;
use web::{
    ApiJson, App, Context, Fault, Running, ServiceCaller, WebSettings, boot, callers,
    service_token::{ServiceKeys, ServiceSigner},
    session::{Claims, SessionKeys, SessionSigner},
};

/// The door's own address in the world, as browsers send it in `Origin`.
pub const ORIGIN: &str = "https://scanner.club.test";
/// What signs manifests: a seed of thirty-two nines.
pub const MANIFEST_KEY: &str = "m1:CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";
/// What the stand-in lets in.
pub const PASSWORD: &str = "agave at midnight";
/// What the owner's app says.
pub const CODE: &str = "492039";

fn session_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}
fn ticket_key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}
fn service_key(name: &str) -> SigningKey {
    SigningKey::from_bytes(&[name.len() as u8; 32])
}

/// The whole of a test.
pub struct House {
    pub database: TestDatabase,
    pub running: Running,
    pub desk: Running,
    pub http: reqwest::Client,
    pub clock: Arc<FixedClock>,
    /// Tonight, open for entry, with the zones "Club" and "VIP deck".
    pub night: EventChanged,
    /// The service's pool.
    pub pool: Db,
    /// A pool of the test's own, as the service's role.
    pub db: Db,
    ended_at_desk: EndedAtDesk,
}

impl House {
    /// Without NATS: the door works all the same.
    pub async fn open() -> Self {
        Self::open_with("nats://scanner:none@127.0.0.1:1").await
    }

    pub async fn open_with(nats: &str) -> Self {
        Self::open_at(nats, after_midnight()).await
    }

    pub async fn open_at(nats: &str, clock: Arc<FixedClock>) -> Self {
        Self::open_on(TestDatabase::create().await, nats, clock).await
    }

    /// For control runs: repeats of a scan do not wait for each other.
    pub async fn open_unguarded() -> Self {
        let database = TestDatabase::create().await;
        database.without_advisory_locks().await;
        Self::open_on(database, "nats://scanner:none@127.0.0.1:1", after_midnight()).await
    }

    /// A door of whose eight connections so many are kept for what is urgent.
    pub async fn open_keeping(reserved: usize) -> Self {
        let database = TestDatabase::create().await;
        let mut settings = DbSettings::new(&database.url(Owner::Scanner));
        (settings.reserved, settings.patience) = (reserved, std::time::Duration::from_secs(5));
        let pool = Db::connect(&settings).unwrap();
        Self::open_with_pool(database, pool, "nats://scanner:none@127.0.0.1:1", after_midnight()).await
    }

    async fn open_on(database: TestDatabase, nats: &str, clock: Arc<FixedClock>) -> Self {
        let pool = database.db(Owner::Scanner);
        Self::open_with_pool(database, pool, nats, clock).await
    }

    async fn open_with_pool(database: TestDatabase, pool: Db, nats: &str, clock: Arc<FixedClock>) -> Self {
        let ended_at_desk = EndedAtDesk::default();
        let desk = boot::start(desk(clock.clone(), ended_at_desk.clone())).await.unwrap();
        let config = config(&database, nats, &desk);
        let context = Context::new(clock.clone() as SharedClock);
        let running =
            boot::start(scanner::build_on(pool.clone(), config, context).await.unwrap()).await.unwrap();
        let db = database.db(Owner::Scanner);
        let night = night("friday", clock.now());
        let house =
            Self { ended_at_desk, pool, database, running, desk, http: web::client(), clock, night, db };
        house.tell_event(&house.night).await;
        house
    }

    /// The desk ends a session.
    pub fn desk_ends(&self, claims: &Claims) {
        self.ended_at_desk.lock().unwrap().push(json!({
            "session": claims.sid, "ended_at": self.now(), "expires_at": claims.expires_at(),
        }));
    }

    /// The door asks the desk, as it does every few seconds; how many sessions it heard of.
    pub async fn learn_ended(&self) -> usize {
        let clock = self.clock.clone() as SharedClock;
        let signer = ServiceSigner::new("scanner", &service_key("scanner"));
        let identity = Identity::at(&format!("http://{}", self.desk.internal), &signer, &clock);
        revoked::learn(&identity, &Ended::new(&self.db, &clock), &clock).await.unwrap()
    }

    /// The one number a query gives.
    pub async fn count(&self, sql: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Number {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            number: i64,
        }
        let mut conn = self.db.conn().await.unwrap();
        let query = diesel::sql_query(format!("select ({sql})::bigint as number"));
        query.get_result::<Number>(&mut conn).await.unwrap().number
    }

    /// The time, which stands still until a test moves it.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub async fn tell_event(&self, event: &EventChanged) -> bus::Outcome {
        let mut conn = self.db.conn().await.unwrap();
        scanner::door::projection::apply(&mut conn, event.clone(), delivery()).await.unwrap()
    }

    pub async fn tell_ticket(&self, ticket: &TicketChanged) -> bus::Outcome {
        let mut conn = self.db.conn().await.unwrap();
        scanner::admissions::projection::apply(&mut conn, ticket.clone(), delivery()).await.unwrap()
    }

    /// A valid ticket of tonight for the first zone, known to the door.
    pub async fn ticket(&self) -> TicketChanged {
        let ticket = self.unsold();
        self.tell_ticket(&ticket).await;
        ticket
    }

    /// The same, which the door has not heard of.
    pub fn unsold(&self) -> TicketChanged {
        TicketChanged {
            ticket_id: TicketId::generate().to_string(),
            revision: 1,
            event_id: self.night.event_id.clone(),
            ticket_type_id: Uuid::now_v7().to_string(),
            ticket_type_name: "General admission".into(),
            zone_id: self.night.zones[0].zone_id.clone(),
            holder_name: "Lucía Ferrer".into(),
            order_reference: "MAGUEY42".into(),
            state: TicketState::Valid as i32,
            attention: String::new(),
            changed_at: millis(self.now()),
            admit_until: 0,
            buyer_email_hash: domain::look_up::email_hash(
                self.night.event_id.parse().unwrap(),
                "lucia@mail.test",
            )
            .to_vec(),
            birth_date: String::new(),
        }
    }

    /// The gate of a zone of an event.
    pub fn gate(event: &EventChanged, zone: usize) -> Uuid {
        Uuid::new_v5(&event.zones[zone].zone_id.parse().unwrap(), b"main gate")
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.public)
    }

    pub fn token(&self, role: Role) -> String {
        token(&self.claims(role))
    }

    pub fn claims(&self, role: Role) -> Claims {
        Claims::new("scanner", StaffId::generate(), SessionId::generate(), self.now()).person(
            "Ana",
            "ana@club.test",
            role,
        )
    }

    /// The body of a scan of `code` at tonight's first gate.
    pub fn scan_of(&self, code: &str) -> Value {
        json!({
            "code": code, "event": self.night.slug, "gate": Self::gate(&self.night, 0),
            "nonce": Uuid::now_v7().to_string(), "scanned_at": self.now(),
        })
    }

    /// Sends a scan: status and body as text.
    pub async fn scan(&self, token: &str, body: &Value) -> (u16, String) {
        let request = self.http.post(self.url("/api/v1/scans")).bearer_auth(token).json(body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Sends a scan that must be answered.
    pub async fn answer(&self, token: &str, body: &Value) -> Value {
        let (status, text) = self.scan(token, body).await;
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The problem code of an answer.
    pub async fn code(request: reqwest::RequestBuilder) -> (u16, String) {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap_or_default();
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    }
}

fn after_midnight() -> Arc<FixedClock> {
    Arc::new(FixedClock::at("2026-11-21T00:30:00Z".parse::<DateTime<Utc>>().unwrap()))
}

pub fn token(claims: &Claims) -> String {
    SessionSigner::new("k1", &session_key()).sign(claims)
}

/// The signed code of a ticket.
pub fn code_of(ticket: &TicketChanged) -> String {
    signed(ticket, 1, &ticket_key())
}

/// The code that a ticket of a type whose codes move shows at an instant.
pub fn code_at(ticket: &TicketChanged, shown: DateTime<Utc>) -> String {
    TicketCode { step: Some(Step::at(shown)), ..content(ticket, 1) }.sign(&ticket_key())
}

pub fn signed(ticket: &TicketChanged, key_id: u8, key: &SigningKey) -> String {
    content(ticket, key_id).sign(key)
}

fn content(ticket: &TicketChanged, key_id: u8) -> TicketCode {
    let event: EventId = ticket.event_id.parse().unwrap();
    let ticket = ticket.ticket_id.parse().unwrap();
    TicketCode { key_id, kind: CodeKind::Ticket, ticket, event, step: None }
}

/// A night whose doors opened two hours ago.
pub fn night(slug: &str, now: DateTime<Utc>) -> EventChanged {
    let zone = |name: &str| club::Zone { zone_id: Uuid::now_v7().to_string(), name: name.into() };
    EventChanged {
        event_id: EventId::generate().to_string(),
        revision: 1,
        slug: slug.into(),
        title: format!("Night of {slug}"),
        status: club::EventStatus::Published as i32,
        starts_at: millis(now - TimeDelta::hours(2)),
        ends_at: millis(now + TimeDelta::hours(5)),
        entry_from: millis(now - TimeDelta::hours(2)),
        entry_until: millis(now + TimeDelta::hours(3)),
        time_zone: "Europe/Madrid".into(),
        venue: Some(club::Venue { name: "Maguey".into(), ..club::Venue::default() }),
        currency: "EUR".into(),
        zones: vec![zone("Club"), zone("VIP deck")],
        changed_at: millis(now),
        ..EventChanged::default()
    }
}

pub fn delivery() -> Delivery {
    Delivery {
        id: MessageId::generate(),
        subject: EventChanged::SUBJECT.into(),
        published_at: DateTime::UNIX_EPOCH,
        attempt: 1,
    }
}

fn config(database: &TestDatabase, nats: &str, desk: &Running) -> Config {
    Config {
        environment: Environment::Test,
        telemetry: TelemetrySettings::read(&mut settings::Reader::from_pairs([("A", "b")])),
        web: web_settings("scanner"),
        db: DbSettings::new(&database.url(Owner::Scanner)),
        bus: BusSettings::new(nats),
        links: Links::new("https://club.test", "https://tickets.club.test", ORIGIN),
        ticket_keys: KeyRing::new([(1, ticket_key().verifying_key())]),
        manifest_key: Secret::new(MANIFEST_KEY),
        // base64 of 32 bytes
        document_key: "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=".parse().ok(),
        marketing_admin: format!("http://{}", desk.internal),
        purchase: format!("http://{}", desk.internal),
        crash_at: settings::crash::CrashAt::default(),
    }
}

fn web_settings(service: &'static str) -> WebSettings {
    let names = ["scanner", "marketing-admin", "purchase", "magueyctl"];
    let keys = names.into_iter().map(|name| (name.to_owned(), service_key(name).verifying_key())).collect();
    WebSettings {
        service,
        mode: domain::mode::Mode::Live,
        listen: "127.0.0.1:0".parse().unwrap(),
        internal_listen: "127.0.0.1:0".parse().unwrap(),
        public_url: ORIGIN.to_owned(),
        session_keys: SessionKeys::one("k1", session_key().verifying_key()),
        service_keys: ServiceKeys::of(&keys),
        service_signer: ServiceSigner::new(service, &service_key(service)),
        workers: 2,
    }
}

/// Signs a call to the door's internal listener.
pub fn service_token(name: &str, now: DateTime<Utc>) -> String {
    ServiceSigner::new(name, &service_key(name)).token("scanner", now)
}

type EndedAtDesk = Arc<std::sync::Mutex<Vec<Value>>>;

/// marketing-admin's internal sign-in: any address, one password, the caller's audience; and the sessions it ended.
fn desk(clock: Arc<FixedClock>, ended: EndedAtDesk) -> App {
    let context = Context::new(clock.clone() as SharedClock);
    App::new(web_settings("marketing-admin"), context).internal(move |routes| {
        let (clock, clock_of_pins) = (clock.clone(), clock.clone());
        routes.post(
            "/internal/v1/sessions",
            move |_: ServiceCaller<callers::Scanner>, asked: ApiJson<Value>| {
                let now = clock.now();
                async move { open_session(&asked, now) }
            },
        );
        crate::pins::desk_with_pins(routes, &clock_of_pins);
        let ended = ended.clone();
        routes.get("/internal/v1/sessions/ended", move |_: ServiceCaller<callers::Scanner>| {
            let list = ended.lock().unwrap().clone();
            async move { HttpResponse::Ok().json(list) }
        });
    })
}

fn open_session(asked: &Value, now: DateTime<Utc>) -> Result<HttpResponse, Fault> {
    assert_eq!(asked["audience"], "scanner");
    assert_eq!(asked["address"], "127.0.0.1", "who asks is passed on");
    if asked["password"] != PASSWORD {
        return Err(Fault::new(actix_web::http::StatusCode::UNAUTHORIZED, "invalid_credentials"));
    }
    let email = asked["email"].as_str().unwrap_or_default();
    // The owner has an app with codes; a phone of the club's is as good.
    if email.starts_with("owner") && asked["device"] != true && asked["code"] != CODE {
        let code = if asked["code"].is_null() { "code_needed" } else { "invalid_credentials" };
        return Err(Fault::new(actix_web::http::StatusCode::UNAUTHORIZED, code));
    }
    let role = if email.starts_with("owner") { Role::Owner } else { Role::DoorStaff };
    let claims =
        Claims::new("scanner", StaffId::generate(), SessionId::generate(), now).person("Ana", email, role);
    Ok(HttpResponse::Ok().json(json!({
        "token": token(&claims), "expires_at": claims.expires_at(),
        "staff": {"id": claims.sub, "name": "Ana", "email": email, "role": role.code()},
    })))
}

/// A connection to NATS as another service.
pub async fn bus_as(nats: &devstack::Nats, service: &str) -> Bus {
    Bus::connect(&BusSettings::new(&nats.url(service)), service).await.unwrap()
}
