//! A database, a sandbox and the service, all of one test's own.

use std::sync::OnceLock;
use std::time::Duration;

use actix_web::web::{Path, Query};
use audit::Actor;
use db::testing::TestDatabase;
use db::{Db, DbSettings, Owner};
use devstack::keys::Keys;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::clock::{Clock, SharedClock, SystemClock};
use messages::marketing_admin::v1::{
    EventChanged, EventStatus, PromoChanged, ServiceFee, TicketType, Venue, Zone,
};
use messages::subjects::CLUB;
use purchase::inventory::OpenLimits;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use settings::Reader;
use uuid::Uuid;
use web::{RequestId, ServiceCaller, WebSettings};

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
        let http = http.build().expect("a client");
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

    /// Takes a promo over as the consumer would.
    pub async fn publish_promo(&self, promo: &PromoChanged) {
        let mut conn = self.purchase.conn().await.expect("a connection");
        purchase::promos::consume::apply(&mut conn, promo, SystemClock.now()).await.expect("a sound promo");
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.service.public)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.expect("an answer")
    }

    pub async fn get_json(&self, path: &str) -> Value {
        self.get(path).await.json().await.expect("JSON")
    }

    pub fn kind(&self, index: usize) -> &str {
        &self.event.ticket_types[index].ticket_type_id
    }

    pub fn wish(&self, kind: usize, quantity: u32) -> Value {
        json!({
            "event": self.event.slug,
            "items": [{"ticket_type": self.kind(kind), "quantity": quantity}],
            "buyer": {"name": "Ana López", "email": "ana@example.org"},
        })
    }

    pub async fn checkout(&self, key: &str, wish: &Value) -> (StatusCode, Value) {
        let post = self.http.post(self.url("/api/v1/checkouts")).header("idempotency-key", key).json(wish);
        let answer = post.send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// Places an order that must succeed.
    pub async fn order(&self, kind: usize, quantity: u32) -> Order {
        let (status, body) = self.checkout(&Uuid::now_v7().to_string(), &self.wish(kind, quantity)).await;
        assert_eq!(status, 201, "{body}");
        Order::of(&body)
    }

    /// Places an order, pays it, and waits for its tickets.
    pub async fn bought(&self, kind: usize, quantity: u32) -> (Order, Value) {
        let order = self.order(kind, quantity).await;
        if order.checkout_url.is_some() {
            self.pay(&order, "4242424242424242").await;
        }
        let paid = self.until(&order, "paid").await;
        (order, paid)
    }

    /// Puts a card on the payment page of an order.
    pub async fn pay(&self, order: &Order, card: &str) -> Value {
        self.control(&format!("sessions/{}/pay", order.session()), json!({"card_number": card})).await
    }

    /// The same when the session may be over; says whether Stripe took the money.
    pub async fn paid_in_time(&self, order: &Order, card: &str) -> bool {
        let url = format!("{}/control/sessions/{}/pay", self.sandbox.url, order.session());
        let answer =
            self.http.post(url).json(&json!({"card_number": card})).send().await.expect("the sandbox");
        let (status, body) = (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null));
        assert!(matches!(status, 200 | 409), "{status} {body}");
        status == 200 && body["outcome"] == "paid"
    }

    /// Posts an event as Stripe would; it must be taken.
    pub async fn tell(&self, event: &str, kind: &str, object: Value) {
        let body = json!({"id": event, "object": "event", "type": kind, "livemode": false, "created": 1,
            "pending_webhooks": 1, "data": {"object": object}})
        .to_string();
        let signature = stripe_webhook::Webhook::generate_test_header(&body, &self.keys.stripe_webhook, None);
        let post =
            self.http.post(self.url("/webhooks/stripe")).header("stripe-signature", signature).body(body);
        assert_eq!(post.send().await.expect("an answer").status(), 200);
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/control/{path}", self.sandbox.url);
        let answer = self.http.post(url).json(&body).send().await.expect("the sandbox");
        let status = answer.status();
        let text = answer.text().await.expect("text");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    pub async fn sandbox_state(&self) -> Value {
        let answer =
            self.http.get(format!("{}/control/state", self.sandbox.url)).send().await.expect("the sandbox");
        answer.json().await.expect("JSON")
    }

    pub async fn drop_webhooks(&self) {
        self.control(
            "faults",
            json!({"provider": "webhook", "event": "*", "count": 0, "action": {"kind": "drop"}}),
        )
        .await;
    }

    pub async fn order_now(&self, order: &Order) -> Value {
        self.get_json(&order.api).await
    }

    /// Waits until an order is in a state.
    pub async fn until(&self, order: &Order, state: &str) -> Value {
        let mut last = Value::Null;
        for _ in 0..LOOKS {
            last = self.order_now(order).await;
            if last["state"] == state {
                return last;
            }
            pause().await;
        }
        panic!("the order never became {state}: {last}");
    }

    /// Waits until a number counted in the database is right.
    pub async fn until_count(&self, sql: &str, expected: i64) {
        let mut last = -1;
        for _ in 0..LOOKS {
            last = self.count(sql).await;
            if last == expected {
                return;
            }
            pause().await;
        }
        panic!("{sql}: {last} instead of {expected}");
    }

    /// Waits until so many, or more, wait for a row that somebody else has: of a thing that two hear of, both come. `which` is
    /// a condition on their statements, empty for any.
    pub async fn until_waiting(&self, many: i64, which: &str) {
        let which = if which.is_empty() { String::new() } else { format!("AND {which}") };
        let waiting = format!(
            "SELECT (count(*) >= {many})::int FROM pg_stat_activity
              WHERE datname = current_database() AND wait_event_type = 'Lock' {which}"
        );
        self.until_count(&waiting, 1).await;
    }

    pub async fn count(&self, sql: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let mut conn = self.admin.conn().await.expect("a connection");
        conn.batch_execute("SET search_path = purchase").await.expect("a schema");
        let row: Count = diesel::sql_query(format!("SELECT ({sql})::bigint AS n"))
            .get_result(&mut *conn)
            .await
            .expect(sql);
        row.n
    }

    pub async fn sql(&self, sql: &str) {
        let mut conn = self.admin.conn().await.expect("a connection");
        conn.batch_execute(&format!("SET search_path = purchase; {sql}")).await.expect(sql);
    }

    /// Lets the holds run out: the sweep looks at them in its next round.
    pub async fn end_holds(&self) {
        self.sql("UPDATE orders SET held_until = now() - interval '1 minute', next_check_at = now() WHERE state = 'pending'").await;
    }

    /// What must hold at any quiet point.
    pub async fn audit(&self) {
        let differs = "SELECT count(*) FROM stock s WHERE
            held <> coalesce((SELECT sum(l.places) FROM order_lines l JOIN orders o ON o.id = l.order_id
              WHERE o.state = 'pending' AND s.id = ANY(l.stock_ids)), 0)
              + coalesce((SELECT sum(w.places) FROM waitlist w WHERE w.state = 'offered' AND s.id = ANY(w.stock_ids)), 0)
            OR sold <> (SELECT count(*) FROM tickets t JOIN order_lines l ON l.id = t.order_line_id
              WHERE NOT t.place_freed AND s.id = ANY(l.stock_ids))
            OR held + sold > capacity";
        assert_eq!(self.count(differs).await, 0, "I1: counters equal the rows");
        let tickets = "SELECT count(*) FROM orders o WHERE (SELECT count(*) FROM tickets t WHERE t.order_id = o.id AND t.state <> 'revoked')
            <> CASE WHEN o.paid_at IS NOT NULL THEN (SELECT sum(places) FROM order_lines l WHERE l.order_id = o.id) ELSE 0 END
            OR o.state <> 'paid' AND EXISTS (SELECT FROM tickets t WHERE t.order_id = o.id AND t.state = 'valid')";
        assert_eq!(
            self.count(tickets).await,
            0,
            "I2: a paid order has exactly its tickets, another none that is good"
        );
        let promos = "SELECT count(*) FROM promos p WHERE taken <> (SELECT count(*) FROM promo_redemptions r
              JOIN orders o ON o.id = r.order_id WHERE r.promo_id = p.id AND r.state <> 'freed'
              AND (r.state = 'held') = (o.state = 'pending'))
            OR taken <> (SELECT coalesce(sum(c.taken), 0) FROM promo_codes c WHERE c.promo_id = p.id)";
        assert_eq!(self.count(promos).await, 0, "a promo is taken as often as orders use it");
        let credits = "SELECT count(*) FROM credits c WHERE amount_minor - balance_minor - lapsed_minor <>
            coalesce((SELECT sum(u.amount_minor - u.returned_minor) FROM credit_uses u JOIN orders o ON o.id = u.order_id
                       WHERE u.credit_id = c.id AND u.state <> 'freed' AND (u.state = 'held') = (o.state = 'pending')), 0)";
        assert_eq!(self.count(credits).await, 0, "a credit has what its orders leave of it");
        // What hangs on open holds is spent in the books when it is paid.
        let owed = "SELECT coalesce(sum(balance_minor), 0)::bigint + coalesce((SELECT sum(amount_minor) FROM credit_uses
            WHERE state = 'held'), 0)::bigint + coalesce((SELECT sum(amount_minor) FROM ledger_entries
            WHERE account = 'credits'), 0)::bigint FROM credits";
        assert_eq!(self.count(owed).await, 0, "the books owe what is left of all credits");
        let money = "SELECT count(*) FROM payments p JOIN orders o ON o.id = p.order_id WHERE
            (p.purpose = 'order') <> NOT EXISTS (SELECT FROM refunds r WHERE r.payment_id = p.id AND r.scope = 'payment')
            OR (p.purpose = 'order' AND o.paid_at IS NULL)
            OR p.refunded_minor <> coalesce((SELECT sum(amount_minor - credit_minor) FROM refunds r
                                              WHERE r.payment_id = p.id AND r.state <> 'withdrawn'), 0)";
        assert_eq!(self.count(money).await, 0, "I3: a payment is an order's or goes back");
        let books = "SELECT count(*) FROM (SELECT currency FROM ledger_entries GROUP BY currency HAVING sum(amount_minor) <> 0) x";
        assert_eq!(self.count(books).await, 0, "I6: the ledger sums to zero");
        // A refund that Stripe has just made is booked as soon as its answer is here.
        let mut tries = 0;
        let (captured, net, clearing) = loop {
            let captured = self.sandbox_state().await;
            let net = net_of(&captured);
            let clearing = self
                .count(
                    "SELECT coalesce(sum(e.amount_minor), 0) FROM ledger_entries e
                       JOIN ledger_transactions t ON t.id = e.transaction_id
                      WHERE e.account = 'stripe_clearing' AND t.order_id IS NOT NULL",
                )
                .await;
            tries += 1;
            if clearing == net || tries == LOOKS {
                break (captured, net, clearing);
            }
            pause().await;
        };
        assert_eq!(clearing, net, "clearing equals what Stripe holds: {captured}");
    }
}

/// A pool for a machine that has much else to do.
pub fn patient(url: &str) -> Db {
    let mut settings = DbSettings::new(url);
    settings.patience = Duration::from_secs(60);
    Db::connect(&settings).expect("sound settings")
}

/// What Stripe captured less what it gave back, what banks took and what Stripe took for that.
fn net_of(state: &Value) -> i64 {
    let eur = |what: &str| state["money"]["eur"][what].as_i64().unwrap_or_default();
    eur("captured") - eur("refunded") - eur("disputed") - eur("dispute_fees")
}

#[derive(Debug, Clone)]
pub struct Order {
    pub reference: String,
    pub page: String,
    pub api: String,
    pub checkout_url: Option<String>,
}

impl Order {
    pub fn of(body: &Value) -> Self {
        let url = body["order"]["url"].as_str().expect("a URL");
        let page = url.strip_prefix(PUBLIC_URL).expect("our own URL").to_owned();
        Self {
            reference: body["order"]["reference"].as_str().expect("a reference").to_owned(),
            api: format!("/api/v1{page}"),
            page,
            checkout_url: body["checkout_url"].as_str().map(str::to_owned),
        }
    }

    /// The address of one of its files.
    pub fn file(&self, name: &str) -> String {
        self.page.replacen('?', &format!("/{name}?"), 1)
    }

    pub fn session(&self) -> &str {
        self.checkout_url.as_deref().expect("a payment page").rsplit('/').next().expect("an id")
    }
}

/// What every service's listeners and tokens are made from.
fn surroundings(service: &str, keys: &Keys) -> Vec<(&'static str, String)> {
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
        Ok(json!({"revoked": inside.is_empty() || question["anyway"] == true, "inside": inside}))
    }
}

/// scanner as far as it is asked who is inside.
async fn door(keys: &Keys, says: DoorSays) -> web::Running {
    let mut reader = Reader::from_pairs(surroundings("scanner", keys));
    let settings = WebSettings::read(&mut reader, "scanner", "PUBLIC_URL_SCANNER");
    let app = web::App::new(reader.finish(settings).expect("sound settings"), web::Context::default());
    let app = app.internal(move |routes| {
        let says = says.clone();
        routes.post(
            "/internal/v1/revocations",
            move |_: ServiceCaller<web::callers::Purchase>, question: web::ApiJson<Value>| {
                let says = says.clone();
                async move { says.answer(&question).map(actix_web::web::Json) }
            },
        );
    });
    web::boot::start(app).await.expect("free ports")
}

/// marketing-admin as far as it is asked what it said.
async fn desk(database: &TestDatabase, keys: &Keys) -> web::Running {
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

async fn start(
    database: &TestDatabase,
    sandbox: &sandbox::Running,
    [desk, door]: [&web::Running; 2],
    keys: &Keys,
    variables: &[(&'static str, &str)],
    terms: Terms,
) -> (web::Running, Db) {
    let mut pairs = surroundings("purchase", keys);
    pairs.extend([
        ("CLUB_CONTACT_EMAIL", "hola@maguey.localhost".to_owned()),
        ("DATABASE_URL", database.url(Owner::Purchase)),
        ("NATS_URL", "nats://nobody:nothing@127.0.0.1:9".to_owned()),
        ("MARKETING_ADMIN_INTERNAL_URL", format!("http://{}", desk.internal)),
        ("SCANNER_INTERNAL_URL", format!("http://{}", door.internal)),
        ("STRIPE_API_BASE_URL", sandbox.url.clone()),
        ("APPLE_PUSH_URL", sandbox.url.clone()),
        ("GOOGLE_WALLET_API_URL", sandbox.url.clone()),
        ("STRIPE_SECRET_KEY", keys.stripe.clone()),
        ("STRIPE_WEBHOOK_SECRETS", format!("whsec_older,{}", keys.stripe_webhook)),
        ("TICKET_SIGNING_KEY", keys.ticket_signing()),
        ("ORDER_LINK_SECRET", keys.order_link.clone()),
        // Rushes are made to meet the hold engine, not the line before it.
        ("WAITING_ROOM_OPENS_ABOVE_PER_SECOND", "0".to_owned()),
        // One guest at one address plays all of them.
        ("WAITLIST_JOINS_PER_NETWORK", "10000".to_owned()),
        ("FREE_TICKETS_PER_NETWORK", "10000".to_owned()),
    ]);
    // The last one of a name counts.
    pairs.extend(variables.iter().map(|(name, value)| (*name, value.replace(SANDBOX, &sandbox.url))));
    let mut reader = Reader::from_pairs(pairs);
    let config = purchase::Config::read(&mut reader);
    let mut config = reader.finish(config).expect("a whole environment");
    config.round = terms.round;
    config.open = terms.open;
    config.db.patience = terms.patience;
    config.db.reserved = terms.reserved.unwrap_or(config.db.reserved);
    let pool = Db::connect(&config.db).expect("sound settings");
    let app =
        purchase::build_on(pool.clone(), config, web::Context::new(terms.clock)).await.expect("a service");
    (web::boot::start(app).await.expect("free ports"), pool)
}

/// A night that is on sale now.
pub fn friday() -> EventChanged {
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis();
    let hour = 3_600_000;
    let zone = Uuid::now_v7().to_string();
    let kind = |name: &str, price_minor, capacity, position| TicketType {
        ticket_type_id: Uuid::now_v7().to_string(),
        name: name.to_owned(),
        price_minor,
        capacity,
        min_per_order: 1,
        max_per_order: 10,
        sale_from: 0,
        sale_until: 0,
        zone_id: zone.clone(),
        position,
        ..TicketType::default()
    };
    EventChanged {
        event_id: Uuid::now_v7().to_string(),
        revision: 1,
        slug: "friday-night".to_owned(),
        title: "Friday Night <b>".to_owned(),
        description: "First paragraph.\n\nSecond.".to_owned(),
        status: EventStatus::Published.into(),
        starts_at: now + 24 * hour,
        ends_at: now + 32 * hour,
        entry_from: now + 23 * hour,
        entry_until: now + 31 * hour,
        time_zone: "Europe/Madrid".to_owned(),
        venue: Some(Venue {
            venue_id: Uuid::now_v7().to_string(),
            name: "Club Maguey".into(),
            address: "Calle Mayor 1".into(),
        }),
        currency: "EUR".to_owned(),
        fee: Some(ServiceFee { fixed_minor: 50, basis_points: 250, absorbed: false }),
        ticket_types: vec![kind("Regular", 2000, 100, 0), kind("Free entry", 0, 10, 1)],
        zones: vec![Zone { zone_id: zone.clone(), name: "Club".into() }],
        changed_at: now,
        ..EventChanged::default()
    }
}

/// A moment between two looks at a condition.
pub async fn pause() {
    #[expect(clippy::disallowed_methods, reason = "between two looks at a condition that is waited for")]
    tokio::time::sleep(Duration::from_millis(40)).await;
}
