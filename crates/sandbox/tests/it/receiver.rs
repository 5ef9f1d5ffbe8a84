//! A webhook endpoint that verifies as the service does and answers as told.

use std::sync::{Arc, Mutex};

use actix_web::web::{Bytes, Data, post};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use stripe_webhook::Webhook;
use tokio::sync::watch;

pub const SECRET: &str = "whsec_receiver";

/// What came in.
#[derive(Debug, Clone)]
pub struct Received {
    pub id: String,
    pub kind: String,
}

pub struct Receiver {
    pub url: String,
    inner: Data<Inner>,
    handle: actix_web::dev::ServerHandle,
}

struct Inner {
    received: Mutex<Vec<Received>>,
    refused: Mutex<Vec<String>>,
    failures_left: Mutex<u32>,
    changed: watch::Sender<usize>,
}

/// Starts a receiver that fails this many times first.
pub fn start(failures: u32) -> Receiver {
    let inner = Data::from(Arc::new(Inner {
        received: Mutex::default(),
        refused: Mutex::default(),
        failures_left: Mutex::new(failures),
        changed: watch::Sender::new(0),
    }));
    let shared = inner.clone();
    let server = HttpServer::new(move || App::new().app_data(shared.clone()).route("/hook", post().to(take)))
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .expect("a free port");
    let url = format!("http://{}/hook", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(server);
    Receiver { url, inner, handle }
}

async fn take(inner: Data<Inner>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let text = std::str::from_utf8(&body).expect("UTF-8");
    let header = request.headers().get("stripe-signature").expect("signed").to_str().expect("text");
    let event = match Webhook::construct_event(text, header, SECRET) {
        Ok(event) => event,
        Err(fault) => {
            inner.refused.lock().expect("not poisoned").push(fault.to_string());
            inner.changed.send_modify(|count| *count += 1);
            return HttpResponse::BadRequest().finish();
        }
    };
    {
        let mut left = inner.failures_left.lock().expect("not poisoned");
        if *left > 0 {
            *left -= 1;
            return HttpResponse::InternalServerError().finish();
        }
    }
    assert!(
        !matches!(event.data.object, stripe_webhook::EventObject::Unknown(_))
            || event.type_.as_str() == "refund.failed",
        "{} is not understood",
        event.type_
    );
    let received = Received { id: event.id.to_string(), kind: event.type_.to_string() };
    inner.received.lock().expect("not poisoned").push(received);
    inner.changed.send_modify(|count| *count += 1);
    HttpResponse::Ok().finish()
}

impl Receiver {
    pub fn all(&self) -> Vec<Received> {
        self.inner.received.lock().expect("not poisoned").clone()
    }

    pub fn kinds(&self) -> Vec<String> {
        self.all().into_iter().map(|received| received.kind).collect()
    }

    pub fn of(&self, kind: &str) -> Vec<Received> {
        self.all().into_iter().filter(|received| received.kind == kind).collect()
    }

    pub fn refused(&self) -> Vec<String> {
        self.inner.refused.lock().expect("not poisoned").clone()
    }

    /// Waits until what came in satisfies a condition.
    pub async fn until(&self, met: impl Fn(&Self) -> bool) {
        let mut changed = self.inner.changed.subscribe();
        let wait = async {
            while !met(self) {
                changed.changed().await.expect("the receiver lives");
            }
        };
        let waited = tokio::time::timeout(std::time::Duration::from_secs(60), wait).await;
        assert!(waited.is_ok(), "waited in vain; came: {:?}", self.kinds());
    }

    pub async fn stop(self) {
        self.handle.stop(false).await;
    }
}
