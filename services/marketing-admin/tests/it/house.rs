//! A running service with everything around it, thrown away at the end of the test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bus::{Bus, BusSettings};
use db::testing::TestDatabase;
use db::{Db, Owner};
use devstack::Credentials;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use domain::clock::{Clock, SharedClock, SystemClock};
use ed25519_dalek::SigningKey;
use marketing_admin::{Config, SERVICE, build};
use messages::Subject;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use settings::Reader;
use web::service_token::{ServiceKeys, ServiceSigner};
use web::session::{Claims, SessionKeys, SessionSigner};
use web::{Context, Running, WebSettings};

/// Password of every account in these tests.
pub const PASSWORD: &str = "a long enough password";
const PUBLIC: &str = "http://maguey.localhost:8080";

/// The service and its surroundings.
pub struct House {
    pub database: TestDatabase,
    pub db: Db,
    pub sandbox: sandbox::Running,
    pub nats: devstack::Nats,
    pub http: Client,
    /// Where the desk looks for the others' internal listeners; nobody is there unless a test says so.
    pub purchase_url: String,
    pub scanner_url: String,
    /// Variables beside the usual ones, for the next start.
    pub variables: Vec<(&'static str, String)>,
    running: Option<Running>,
    keys: Keys,
    /// The apps with codes of who has one, and the sessions that were opened with them: a code is good once.
    apps: Mutex<HashMap<String, Credentials>>,
    tokens: Mutex<HashMap<String, String>>,
}

struct Keys {
    session: SigningKey,
    own: SigningKey,
    scanner: SigningKey,
    operator: SigningKey,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

impl House {
    /// Everything started; an owner and a member of the door staff have accounts, the club has a venue.
    pub async fn open() -> Self {
        let mut house = Self::unopened().await;
        house.move_in().await;
        house
    }

    /// The same before the service runs, so that neighbours can be put beside it first; [`Self::move_in`] does the rest.
    pub async fn unopened() -> Self {
        let _ = rustls_provider();
        let database = TestDatabase::create().await;
        let keys = Keys { session: key(1), own: key(2), scanner: key(3), operator: key(4) };
        Self {
            db: database.db(Owner::MarketingAdmin),
            sandbox: sandbox::start(sandbox::Config::default()).await.expect("the sandbox starts"),
            nats: devstack::Nats::start().await.expect("NATS starts"),
            // Nobody here speaks TLS, and reading the machine's root certificates takes a debug build a while.
            http: Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .tls_certs_only([])
                .build()
                .expect("a client"),
            purchase_url: "http://127.0.0.1:9".to_owned(),
            scanner_url: "http://127.0.0.1:9".to_owned(),
            variables: Vec::new(),
            running: None,
            database,
            keys,
            apps: Mutex::default(),
            tokens: Mutex::default(),
        }
    }

    /// Starts the service for the first time, and makes accounts and venue.
    pub async fn move_in(&mut self) {
        self.start().await;
        for (email, role) in
            [("olga@club.test", "owner"), ("max@club.test", "manager"), ("dora@club.test", "door_staff")]
        {
            self.put_staff(email, role, PASSWORD).await;
        }
        let owner = self.token("olga@club.test").await;
        let venue =
            json!({"name": "Maguey", "address": "Calle de Alcalá 20, Madrid", "time_zone": "Europe/Madrid"});
        let made = self.post("/api/v1/venues", &owner, venue).await;
        assert_eq!(made.status(), StatusCode::CREATED);
    }

    /// Starts the service (again).
    pub async fn start(&mut self) {
        self.start_at(Arc::new(SystemClock)).await;
    }

    /// The same at a time of the test's own.
    pub async fn start_at(&mut self, clock: SharedClock) {
        self.running = Some(self.replica_at(clock).await);
    }

    /// A second replica on the same database, beside the one that runs; whoever starts it stops it.
    pub async fn replica_at(&self, clock: SharedClock) -> Running {
        let config = Config::read(&mut self.environment());
        let app = build(config, Context::new(clock)).await.expect("the service is built");
        web::boot::start(app).await.expect("the service starts")
    }

    /// Stops it, as SIGTERM would.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    fn environment(&self) -> Reader {
        let public = |key: &SigningKey| base64(key.verifying_key().as_bytes());
        let services = [
            ("marketing-admin", &self.keys.own),
            ("scanner", &self.keys.scanner),
            ("magueyctl", &self.keys.operator),
        ];
        let services: Vec<String> =
            services.iter().map(|(name, key)| format!("{name}:{}", public(key))).collect();
        let usual = [
            ("MAGUEY_ENV", "test".to_owned()),
            ("LISTEN", "127.0.0.1:0".to_owned()),
            ("INTERNAL_LISTEN", "127.0.0.1:0".to_owned()),
            ("PUBLIC_URL_MARKETING", PUBLIC.to_owned()),
            ("PUBLIC_URL_PURCHASE", "http://tickets.maguey.localhost:8080".to_owned()),
            ("PUBLIC_URL_SCANNER", "http://scanner.maguey.localhost:8080".to_owned()),
            ("DATABASE_URL", self.database.url(Owner::MarketingAdmin)),
            ("NATS_URL", self.nats.url("marketing_admin")),
            ("SESSION_PUBLIC_KEYS", format!("k1:{}", public(&self.keys.session))),
            ("SESSION_SIGNING_KEY", format!("k1:{}", base64(self.keys.session.as_bytes()))),
            ("ACCOUNT_KEYS", format!("a1:{}", base64(b"thirty-two bytes for tests alone"))),
            ("SERVICE_SIGNING_KEY", base64(self.keys.own.as_bytes())),
            ("SERVICE_PUBLIC_KEYS", services.join(",")),
            ("RESEND_BASE_URL", self.sandbox.url.clone()),
            ("RESEND_API_KEY", "re_test_key".to_owned()),
            ("RESEND_RATE_LIMIT", "100".to_owned()),
            ("CLUB_CONTACT_EMAIL", "hola@maguey.localhost".to_owned()),
            ("MAIL_FROM", "Maguey <tickets@maguey.localhost>".to_owned()),
            ("PURCHASE_INTERNAL_URL", self.purchase_url.clone()),
            ("SCANNER_INTERNAL_URL", self.scanner_url.clone()),
        ];
        Reader::from_pairs(usual.into_iter().chain(self.variables.clone()))
    }

    /// Settings of a service that believes the desk and nobody else.
    pub fn neighbour(&self, service: &'static str) -> WebSettings {
        let believed = [(SERVICE.to_owned(), self.keys.own.verifying_key())].into();
        WebSettings {
            service,
            mode: domain::mode::Mode::Test,
            listen: "127.0.0.1:0".parse().expect("an address"),
            internal_listen: "127.0.0.1:0".parse().expect("an address"),
            public_url: PUBLIC.to_owned(),
            session_keys: SessionKeys::one("k1", self.keys.session.verifying_key()),
            service_keys: ServiceKeys::of(&believed),
            service_signer: ServiceSigner::new(service, &self.keys.scanner),
            workers: 1,
        }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("the service runs")
    }

    /// An address of the public listener.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running().public)
    }

    /// An address of the internal listener.
    pub fn internal(&self, path: &str) -> String {
        format!("http://{}{path}", self.running().internal)
    }

    /// A call as one of our services.
    pub fn as_service(&self, name: &str, request: RequestBuilder) -> RequestBuilder {
        let key = if name == "scanner" { &self.keys.scanner } else { &self.keys.operator };
        request.bearer_auth(ServiceSigner::new(name, key).token(SERVICE, SystemClock.now()))
    }

    /// Makes or changes an account; with an app with codes where the role needs one.
    pub async fn put_staff(&self, email: &str, role: &str, password: &str) {
        let app = (role != "door_staff").then(|| app(email, role, password));
        self.put_staff_with(email, role, password, app.as_ref().and_then(|app| app.totp.clone())).await;
        self.tokens.lock().expect("no panic").remove(email);
        if let Some(app) = app {
            self.apps.lock().expect("no panic").insert(email.to_owned(), app);
        }
    }

    /// The same with this app's secret, or with none whatever the role.
    pub async fn put_staff_with(&self, email: &str, role: &str, password: &str, totp: Option<String>) {
        let account = json!({
            "email": email, "name": "Somebody", "role": role, "password": password, "totp_secret": totp,
        });
        let request = self.http.post(self.internal("/internal/v1/staff")).json(&account);
        let answer = self.as_service("magueyctl", request).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{}", answer.text().await.unwrap_or_default());
    }

    /// Somebody's app with codes.
    pub fn app(&self, email: &str) -> Option<Credentials> {
        self.apps.lock().expect("no panic").get(email).cloned()
    }

    /// Tries to sign in through the API, with a code where the account has an app and the password is its own.
    pub async fn sign_in(&self, email: &str, password: &str) -> Response {
        let body = match self.app(email).filter(|app| app.password == password) {
            Some(app) => app.sign_in().await.expect("a code"),
            None => json!({"email": email, "password": password}),
        };
        self.http.post(self.url("/api/v1/session")).json(&body).send().await.expect("an answer")
    }

    /// Tries to sign in from an address, as the gateway tells it.
    pub async fn sign_in_from(&self, address: &str, email: &str, password: &str) -> Response {
        let body = json!({"email": email, "password": password});
        let request = self.http.post(self.url("/api/v1/session")).header("x-envoy-external-address", address);
        request.json(&body).send().await.expect("an answer")
    }

    /// A bearer token of a real session that dies in so many seconds.
    pub async fn short_token(&self, email: &str, seconds: i64) -> String {
        let keys = SessionKeys::one("k1", self.keys.session.verifying_key());
        let token = self.token(email).await;
        // Signing in took its time.
        let now = SystemClock.now();
        let claims = keys.verify(&token, SERVICE, now).expect("a token of ours");
        SessionSigner::new("k1", &self.keys.session)
            .sign(&Claims { exp: now.timestamp() + seconds, ..claims })
    }

    /// A bearer token; of the session of before, for who has an app with codes.
    pub async fn token(&self, email: &str) -> String {
        let kept = self.tokens.lock().expect("no panic").get(email).cloned();
        if let Some(token) = kept {
            return token;
        }
        let token = self.new_token(email).await;
        if self.app(email).is_some() {
            self.tokens.lock().expect("no panic").insert(email.to_owned(), token.clone());
        }
        token
    }

    /// A bearer token of a session of its own.
    pub async fn new_token(&self, email: &str) -> String {
        let answer = self.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::OK);
        body(answer).await["token"].as_str().expect("a token").to_owned()
    }

    pub async fn post(&self, path: &str, token: &str, json: Value) -> Response {
        self.http.post(self.url(path)).bearer_auth(token).json(&json).send().await.expect("an answer")
    }

    pub async fn put(&self, path: &str, token: &str, json: Value) -> Response {
        self.http.put(self.url(path)).bearer_auth(token).json(&json).send().await.expect("an answer")
    }

    pub async fn get(&self, path: &str, token: &str) -> Response {
        self.http.get(self.url(path)).bearer_auth(token).send().await.expect("an answer")
    }

    /// The cookie header of a browser that is signed in: through the page, or with the session of [`Self::token`].
    pub async fn cookie(&self, email: &str) -> String {
        if self.app(email).is_some() {
            return format!("{}={}", web::session::COOKIE, self.token(email).await);
        }
        let form = [("email", email), ("password", PASSWORD), ("next", "/admin/events")];
        let answer = self
            .http
            .post(self.url("/admin/sign-in"))
            .header("origin", PUBLIC)
            .form(&form)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()["location"], "/admin/events");
        let cookie = answer.headers()["set-cookie"].to_str().expect("text").to_owned();
        for part in ["__Host-maguey_staff=", "HttpOnly", "Secure", "Path=/"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(!cookie.to_lowercase().contains("domain="), "host only");
        cookie.split(';').next().expect("a pair").to_owned()
    }

    pub async fn page(&self, path: &str, cookie: &str) -> Response {
        self.http.get(self.url(path)).header("cookie", cookie).send().await.expect("an answer")
    }

    /// Sends a form of the desk, as a browser would.
    pub async fn submit(&self, path: &str, cookie: &str, form: &[(&str, &str)]) -> Response {
        let request = self.http.post(self.url(path)).header("cookie", cookie).header("origin", PUBLIC);
        request.form(form).send().await.expect("an answer")
    }

    /// A published event with two ticket types.
    pub async fn published(&self, token: &str, title: &str) -> Value {
        let made = self.post("/api/v1/events", token, event(title)).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let id = body(made).await["id"].as_str().expect("an id").to_owned();
        let answer = self.post(&format!("/api/v1/events/{id}/publish"), token, json!({})).await;
        assert_eq!(answer.status(), StatusCode::OK);
        body(answer).await
    }

    /// Says a message as another service would: through its own outbox and relay.
    pub async fn say<M: Subject>(&self, message: &M) {
        let owner = if M::STREAM.owner == "scanner" { Owner::Scanner } else { Owner::Purchase };
        let db = self.database.db(owner);
        let clock: SharedClock = Arc::new(SystemClock);
        bus::outbox::add(&mut db.conn().await.expect("a connection"), message, clock.now())
            .await
            .expect("said");
        let settings = BusSettings::new(&self.nats.url(owner.name()));
        let bus = Bus::connect(&settings, owner.name()).await.expect("a bus");
        until(
            "the message is with NATS",
            async || matches!(bus::relay::drain(&db, &bus, M::STREAM, &clock).await, Ok(sent) if sent > 0),
        )
        .await;
    }

    /// The one number a query gives.
    pub async fn count(&self, sql: &str) -> i64 {
        count(&mut self.db.conn().await.expect("a connection"), sql).await
    }

    /// What the provider has accepted for an address.
    pub async fn mailbox(&self, to: &str) -> Vec<Value> {
        let url = format!("{}/mailbox.json", self.sandbox.url);
        let mails: Value = self
            .http
            .get(url)
            .query(&[("to", to)])
            .send()
            .await
            .expect("a mailbox")
            .json()
            .await
            .expect("JSON");
        mails.as_array().cloned().unwrap_or_default()
    }

    /// Scripts what goes wrong at the provider.
    pub async fn fault(&self, script: Value) {
        let url = format!("{}/control/faults", self.sandbox.url);
        let answer = self.http.post(url).json(&script).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
    }
}

/// The one number a query gives.
pub async fn count(conn: &mut db::Conn, sql: &str) -> i64 {
    let query = diesel::sql_query(format!("SELECT ({sql})::bigint AS number"));
    query.get_result::<Number>(conn).await.expect("a number").number
}

#[derive(diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// A new app with codes.
pub fn app(email: &str, role: &str, password: &str) -> Credentials {
    let secret = devstack::secret::bytes::<20>().expect("random bytes");
    Credentials {
        email: email.to_owned(),
        password: password.to_owned(),
        role: role.to_owned(),
        totp: Some(totp_rs::Secret::from(secret).to_base32()),
    }
}

fn rustls_provider() -> Result<(), ()> {
    rustls::crypto::aws_lc_rs::default_provider().install_default().map_err(|_| ())
}

/// An event as JSON, a week from now.
pub fn event(title: &str) -> Value {
    let starts = SystemClock.now() + chrono::TimeDelta::days(7);
    json!({
        "title": title,
        "description": "First paragraph.\n\nSecond <b>paragraph</b>.",
        "starts_at": starts.to_rfc3339(),
        "ends_at": (starts + chrono::TimeDelta::hours(7)).to_rfc3339(),
        "fee": {"fixed_minor": 50, "basis_points": 250},
        "ticket_types": [
            {"name": "Early bird", "price": {"minor": 1500, "currency": "EUR"}, "capacity": 120},
            {"name": "VIP deck", "price": {"minor": 4000, "currency": "EUR"}, "capacity": 40, "zone": "Deck",
             "attention": "Wristband"},
        ],
    })
}

/// An answer's JSON.
pub async fn body(answer: Response) -> Value {
    answer.json().await.expect("JSON")
}

/// Waits for a condition, and says which one did not come true.
pub async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    while !condition().await {
        assert!(tokio::time::Instant::now() < deadline, "in a minute it did not happen that {what}");
        tick.tick().await;
    }
}
