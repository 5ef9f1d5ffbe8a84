//! A running service with everything around it, thrown away at the end of the test.

mod around;
mod asks;
mod keys;
mod people;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use db::testing::TestDatabase;
use db::{Db, Owner};
use devstack::Credentials;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use domain::clock::{SharedClock, SystemClock};
use marketing_admin::{Config, build};
use reqwest::{Client, StatusCode};
use serde_json::json;
use web::{Context, Running};

pub use asks::{body, event};
pub use people::app;

use keys::Keys;

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
    tokens: tokio::sync::Mutex<HashMap<String, String>>,
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
            keys: Keys::new(),
            apps: Mutex::default(),
            tokens: tokio::sync::Mutex::default(),
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

    /// The one number a query gives.
    pub async fn count(&self, sql: &str) -> i64 {
        count(&mut self.db.conn().await.expect("a connection"), sql).await
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

fn rustls_provider() -> Result<(), ()> {
    rustls::crypto::aws_lc_rs::default_provider().install_default().map_err(|_| ())
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
