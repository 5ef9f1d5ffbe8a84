//! A small service with one route per promise.

use std::{sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path, Query},
};
use chrono::{DateTime, Utc};
use domain::{
    clock::{FixedClock, SharedClock},
    ids::{SessionId, StaffId},
    permission::Role,
};
use ed25519_dalek::SigningKey;
use futures::{StreamExt, stream};
use serde::Deserialize;
use tokio::sync::{Notify, Semaphore};
use uuid::Uuid;
use web::{
    ApiJson, App, Check, Context, CsrfForm, EndedSessions, ErrorView, Fault, PageForm, RawBody, Routes,
    Running, ServiceCaller, Staff, Standing, WebSettings, boot, callers, can,
    service_token::{ServiceKeys, ServiceSigner},
    session::{Claims, SessionKeys, SessionSigner},
    sse,
};

/// The service's own address in the world, as browsers send it in `Origin`.
pub const ORIGIN: &str = "https://club.test";

pub struct Site {
    pub running: Running,
    pub http: reqwest::Client,
    pub clock: Arc<FixedClock>,
    pub handle: Handle,
}

/// How a test steers the handlers.
#[derive(Clone)]
pub struct Handle {
    /// Told when the slow handler has begun.
    pub entered: Arc<Notify>,
    /// A permit lets one slow request, or one event of the stream, go on.
    pub go: Arc<Semaphore>,
}

pub fn session_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub fn service_key() -> SigningKey {
    SigningKey::from_bytes(&[8; 32])
}

impl Site {
    pub async fn start() -> Self {
        Self::start_with(|app| app).await
    }

    pub async fn start_with(change: impl FnOnce(App) -> App) -> Self {
        let clock = Arc::new(FixedClock::at("2026-11-21T01:30:00Z".parse::<DateTime<Utc>>().unwrap()));
        let context = Context::new(clock.clone() as SharedClock);
        let handle = Handle { entered: Arc::new(Notify::new()), go: Arc::new(Semaphore::new(0)) };
        let data = handle.clone();
        let app = App::new(settings(), context)
            .public(public)
            .internal(internal)
            .data(move |config| {
                config.app_data(Data::new(data.clone()));
            })
            .error_page(error_page)
            .sign_in_path("/admin/sign-in")
            .headers(web::SecurityHeaders::new().form_target("https://checkout.stripe.com").camera());
        let running = boot::start(change(app)).await.unwrap();
        Self { running, http: web::client(), clock, handle }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.public)
    }

    pub fn internal_url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.internal)
    }

    pub fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(self.url(path))
    }

    pub fn post(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.post(self.url(path))
    }

    pub fn claims(&self, role: Role) -> Claims {
        use domain::clock::Clock;
        Claims::new("purchase", StaffId::generate(), SessionId::generate(), self.clock.now()).person(
            "Ana",
            "ana@club.test",
            role,
        )
    }

    pub fn token(&self, role: Role) -> String {
        SessionSigner::new("k1", &session_key()).sign(&self.claims(role))
    }

    /// The status and problem code of an answer.
    pub async fn code(request: reqwest::RequestBuilder) -> (u16, String) {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let problem: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        (status, problem["code"].as_str().unwrap_or(&text).to_owned())
    }
}

pub fn settings() -> WebSettings {
    let services = [("scanner".to_owned(), service_key().verifying_key())].into();
    WebSettings {
        service: "purchase",
        mode: domain::mode::Mode::Test,
        listen: "127.0.0.1:0".parse().unwrap(),
        internal_listen: "127.0.0.1:0".parse().unwrap(),
        public_url: ORIGIN.to_owned(),
        session_keys: SessionKeys::one("k1", session_key().verifying_key()),
        service_keys: ServiceKeys::of(&services),
        service_signer: ServiceSigner::new("purchase", &SigningKey::from_bytes(&[9; 32])),
        workers: 1,
    }
}

fn error_page(view: &ErrorView) -> String {
    format!(
        "PAGE {} {} {} {} {} {:?} {:?} {} {}",
        view.status.as_u16(),
        view.code,
        view.message_key,
        view.language.code(),
        view.request_id,
        view.args,
        view.sign_in,
        view.path,
        view.repeatable
    )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    quantity: u32,
    #[serde(default)]
    name: String,
}

#[derive(Debug, Deserialize)]
pub struct Search {
    page: u32,
}

fn public(routes: &mut Routes) {
    routes
        .get("/", async || "home")
        .get("/cached", async || {
            HttpResponse::Ok().insert_header(("cache-control", "public, max-age=60")).body("x")
        })
        .get("/page/fault/{name}", fault)
        .get("/api/v1/fault/{name}", fault)
        .get("/api/v1/panic", panics)
        .get("/panic", panics)
        .get("/api/v1/things/{id}", async |id: Path<Uuid>| id.to_string())
        .get("/api/v1/search", async |query: Query<Search>| query.page.to_string())
        .post("/api/v1/items", async |item: ApiJson<Item>| format!("{} {}", item.quantity, item.name))
        .post("/webhooks/stripe", async |body: RawBody<2048>| body.0)
        .post("/basket", async |form: PageForm<Item>| format!("{} {}", form.quantity, form.name))
        .get("/admin", async |staff: Staff<can::FiguresRead>| staff.name)
        .get("/admin/form", async |staff: Staff<can::EventsWrite>| staff.csrf_token().to_owned())
        .post("/admin/form", async |form: CsrfForm<Item, can::EventsWrite>| form.quantity.to_string())
        .get("/api/v1/scan", async |staff: Staff<can::DoorScan>| staff.email)
        .get("/api/v1/staff", async |staff: Staff<can::StaffManage>| staff.grants.role.clone())
        .get("/slow", slow)
        .get("/stream", events);
}

fn internal(routes: &mut Routes) {
    routes
        .post("/internal/v1/refund", async |caller: ServiceCaller<callers::Scanner>| {
            caller.staff.map_or_else(|| caller.name.clone(), |staff| format!("{} {staff}", caller.name))
        })
        .post("/internal/v1/wipe", async |_: ServiceCaller<callers::Operator>| "wiped");
}

async fn fault(name: Path<String>) -> Result<String, Fault> {
    Err(match name.as_str() {
        "bad_request" => Fault::bad_request("odd").detail("Too odd."),
        "unauthenticated" => Fault::unauthenticated(),
        "forbidden" => Fault::forbidden(),
        "proof_needed" => Fault::new(StatusCode::FORBIDDEN, "proof_needed"),
        "second_factor_missing" => Fault::new(StatusCode::FORBIDDEN, "second_factor_missing"),
        "not_found" => Fault::not_found(),
        "conflict" => Fault::conflict("sold_out").message("purchase-sold-out", &[("name", "VIP")]),
        "invalid" => Fault::invalid("invalid_value").field("items[0].quantity", "invalid_quantity"),
        "rate_limited" => Fault::rate_limited(Duration::from_secs(30)),
        "unavailable" => Fault::unavailable().source("postgres at 10.0.0.7 is away"),
        "internal" => Fault::internal("password=hunter2").detail("secret detail"),
        "database" => Fault::from(db::DbError::Timeout("pool".into())),
        "constraint" => Fault::from(db::DbError::Check { constraint: "held_and_sold_fit".into() }),
        "row" => Fault::from(db::DbError::NotFound),
        other => Fault::new(StatusCode::IM_A_TEAPOT, "teapot").detail(other),
    })
}

async fn panics(request: HttpRequest) -> String {
    assert!(request.path().is_empty(), "a bug with ana@example.com in it");
    String::new()
}

async fn slow(handle: Data<Handle>) -> &'static str {
    handle.entered.notify_one();
    let _permit = handle.go.acquire().await;
    "done"
}

async fn events(handle: Data<Handle>) -> sse::EventStream<impl futures::Stream<Item = sse::Message>> {
    let go = handle.go.clone();
    sse::stream(
        stream::unfold(0, move |count| {
            let go = go.clone();
            async move {
                go.acquire().await.unwrap().forget();
                Some((count, count + 1))
            }
        })
        .map(|count| sse::Message::json("sold", &count).unwrap().id(count.to_string())),
    )
}

/// A service whose database says that every session but one kind has ended.
pub struct Ended(pub Standing);

impl EndedSessions for Ended {
    fn standing<'a>(&'a self, _: &'a Claims) -> futures::future::BoxFuture<'a, Result<Standing, Fault>> {
        Box::pin(async { Ok(self.0) })
    }
}

/// A check that fails.
pub fn broken() -> Check {
    Check::new("nats", async || Err::<(), _>("connection refused"))
}
