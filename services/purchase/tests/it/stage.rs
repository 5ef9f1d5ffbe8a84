//! A database, a sandbox and the service, all of one test's own.

mod audit;
mod buying;
mod database;
mod neighbours;
mod night;
mod start;
mod stripe;

use std::sync::OnceLock;
use std::time::Duration;

use db::testing::TestDatabase;
use db::{Db, Owner};
use devstack::keys::Keys;
use domain::clock::{Clock, SharedClock, SystemClock};
use messages::marketing_admin::v1::{EventChanged, PromoChanged};
use purchase::inventory::OpenLimits;

pub use self::buying::Order;
pub use self::database::patient;
pub use self::neighbours::{DoorSays, GUEST_KID, guest_key};
use self::neighbours::{desk, door};
pub use self::night::friday;
use self::start::start;

pub const PUBLIC_URL: &str = "http://tickets.maguey.localhost:8080";

/// The sandbox in a variable of a stage, before it has an address.
pub const SANDBOX: &str = "http://sandbox.invalid";

/// How often a test looks at a condition before it gives up: for a minute, and longer where each look takes its time. A
/// machine that has much else to do may need it; who passes waits for nothing.
pub const LOOKS: usize = 1500;

/// One guest at one address plays all of them.
const MANY: OpenLimits = OpenLimits { orders: 10_000, tickets: 10_000, share: 100, addresses: 10_000 };

pub struct Stage {
    pub database: TestDatabase,
    pub admin: Db,
    pub purchase: Db,
    pub sandbox: sandbox::Running,
    /// Answers as long as the stage stands.
    pub _desk: web::Running,
    pub _door: web::Running,
    /// What the door says when it is asked who is inside.
    pub door: DoorSays,
    pub service: web::Running,
    /// The service's own pool.
    pub pool: Db,
    pub keys: Keys,
    pub http: reqwest::Client,
    pub event: EventChanged,
}

/// What differs between stages.
#[derive(Clone)]
pub struct Terms {
    /// How much may wait for payment at once.
    pub open: OpenLimits,
    /// How often the workers look whether there is something to do, if nobody wakes them.
    pub round: Duration,
    pub clock: SharedClock,
    /// Connections kept for what is urgent, if not as many as usual.
    pub reserved: Option<usize>,
    /// How long somebody waits for a connection.
    pub patience: Duration,
}

impl Default for Terms {
    fn default() -> Self {
        // One guest at one address plays all of them.
        Self {
            open: MANY,
            round: Duration::from_millis(100),
            clock: std::sync::Arc::new(SystemClock),
            reserved: None,
            patience: Duration::from_secs(30),
        }
    }
}

pub fn keys() -> Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| Keys::generate().expect("random keys")).clone()
}

impl Stage {
    /// A published night: Regular (20.00, 100 places) and Free (10 places), fee 0.50 + 2.5 %.
    pub async fn open() -> Self {
        Self::with(&[]).await
    }

    /// The same, with a NATS server. Without one everything but hearing and telling works.
    pub async fn with_nats(nats: &str) -> Self {
        Self::with(&[("NATS_URL", nats)]).await
    }

    /// The same, where no more than this may wait for payment at once.
    pub async fn open_with(open: OpenLimits) -> Self {
        Self::furnished(&[], Terms { open, ..Terms::default() }).await
    }

    /// The same, where nothing happens that nobody asked for.
    pub async fn quiet() -> Self {
        Self::furnished(&[], Terms { round: Duration::from_secs(3600), ..Terms::default() }).await
    }

    /// The same, with more variables in the environment, or other ones.
    pub async fn with(variables: &[(&'static str, &str)]) -> Self {
        Self::furnished(variables, Terms::default()).await
    }

    /// The same, at a time of the test's own.
    pub async fn at(variables: &[(&'static str, &str)], clock: SharedClock) -> Self {
        Self::furnished(variables, Terms { clock, ..Terms::default() }).await
    }

    /// Another process of the same service on the same database.
    pub async fn replica(&self, variables: &[(&'static str, &str)], clock: SharedClock) -> web::Running {
        let others = [&self._desk, &self._door];
        let terms = Terms { clock, ..Terms::default() };
        start(&self.database, &self.sandbox, others, &self.keys, variables, terms).await.0
    }

    async fn furnished(variables: &[(&'static str, &str)], terms: Terms) -> Self {
        Self::furnished_on(TestDatabase::create().await, variables, terms).await
    }

    /// The same, on a database of the caller's.
    pub async fn furnished_on(
        database: TestDatabase,
        variables: &[(&'static str, &str)],
        terms: Terms,
    ) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let sandbox = sandbox::start(sandbox::Config::default()).await.expect("a sandbox");
        let keys = keys();
        let desk = desk(&database, &keys).await;
        let says = DoorSays::default();
        let door = door(&keys, says.clone()).await;
        let (service, pool) = start(&database, &sandbox, [&desk, &door], &keys, variables, terms).await;
        let webhooks = format!("http://{}/webhooks/stripe", service.public);
        sandbox.deliver_to(&webhooks, &[&keys.stripe_webhook]);
        // Nobody here speaks TLS, and reading the machine's root certificates takes a debug build a while.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).tls_certs_only([]);
        // The sandbox hangs up after five seconds, and a request sent in that moment has no answer.
        let http = http.pool_idle_timeout(std::time::Duration::from_secs(3)).build().expect("a client");
        let (admin, purchase) = (patient(&database.admin_url()), patient(&database.url(Owner::Purchase)));
        let stage = Self {
            database,
            admin,
            purchase,
            sandbox,
            _desk: desk,
            _door: door,
            door: says,
            service,
            pool,
            keys,
            http,
            event: friday(),
        };
        stage.publish(&stage.event).await;
        stage
    }

    /// Takes a snapshot over as the consumer would.
    pub async fn publish(&self, event: &EventChanged) {
        let now = chrono::DateTime::from_timestamp_millis(event.changed_at).expect("a time");
        let whole =
            self.purchase.transaction(async |conn| purchase::catalog::consume::apply(conn, event, now).await);
        whole.await.expect("a sound event");
    }

    /// The doors open, and then are to open an hour later.
    pub async fn open_and_shut(&mut self) {
        let now = SystemClock.now().timestamp_millis();
        for entry_from in [now - 1000, now + 3_600_000] {
            self.event.revision += 1;
            (self.event.changed_at, self.event.entry_from) = (now, entry_from);
            self.publish(&self.event).await;
        }
    }

    /// Takes a promo over as the consumer would.
    pub async fn publish_promo(&self, promo: &PromoChanged) {
        let mut conn = self.purchase.conn().await.expect("a connection");
        purchase::promos::consume::apply(&mut conn, promo, SystemClock.now()).await.expect("a sound promo");
    }
}

/// A moment between two looks at a condition.
pub async fn pause() {
    #[expect(clippy::disallowed_methods, reason = "between two looks at a condition that is waited for")]
    tokio::time::sleep(Duration::from_millis(40)).await;
}
