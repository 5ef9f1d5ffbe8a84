//! Alive, ready, and in figures.

use std::{fmt, sync::Arc, time::Duration};

use actix_web::{HttpResponse, web::Data};
use futures::future::{BoxFuture, join_all};
use serde_json::json;

use crate::{front::Front, routes::Routes};

/// Probes give up after a few seconds; so does a check, so that the answer can name it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Something that this service needs, such as `postgres`: without it the service is not ready, or, where the check is
/// [`Check::degrading`], only less than whole.
#[derive(Clone)]
pub struct Check {
    name: &'static str,
    probe: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
    vital: bool,
}

impl Check {
    /// A check by name. The probe must be cheap, for it runs for every `/readyz`, and must not need what requests can use up:
    /// a replica that is merely busy is to stay in service.
    pub fn new<F, E>(name: &'static str, probe: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: fmt::Display,
    {
        let probe = Arc::new(move || -> BoxFuture<'static, Result<(), String>> {
            let outcome = probe();
            Box::pin(async move { outcome.await.map_err(|error| error.to_string()) })
        });
        Self { name, probe, vital: true }
    }

    /// A check of something whose loss the service lives with, such as `nats`: where it fails `/readyz` says `degraded` and
    /// names it, and the service keeps getting requests.
    pub fn degrading<F, E>(name: &'static str, probe: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: fmt::Display,
    {
        Self { vital: false, ..Self::new(name, probe) }
    }

    /// Itself if it fails; the reason goes to the log.
    async fn failing(&self) -> Option<&Self> {
        let reason = match tokio::time::timeout(PATIENCE, (self.probe)()).await {
            Ok(Ok(())) => return None,
            Ok(Err(reason)) => reason,
            Err(_) => "no answer in time".to_owned(),
        };
        let state = if self.vital { "not ready" } else { "degraded" };
        tracing::warn!(check = self.name, reason, "{state}");
        Some(self)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// For the gateway: whether this process should get requests at all. The gateway keeps it to itself.
pub(crate) fn public(routes: &mut Routes) {
    routes.get("/healthz", gateway);
}

/// For probes and Prometheus.
pub(crate) fn internal(routes: &mut Routes) {
    routes.get("/healthz", async || "ok\n").get("/readyz", ready).get("/metrics", metrics);
}

async fn gateway(front: Data<Front>) -> HttpResponse {
    if front.draining.is_cancelled() {
        return HttpResponse::ServiceUnavailable().body("stopping\n");
    }
    HttpResponse::Ok().body("ok\n")
}

async fn ready(front: Data<Front>, checks: Data<Vec<Check>>) -> HttpResponse {
    if front.draining.is_cancelled() {
        return HttpResponse::ServiceUnavailable().json(json!({"status": "stopping"}));
    }
    let failing = join_all(checks.iter().map(Check::failing)).await.into_iter().flatten();
    let (vital, others): (Vec<&Check>, Vec<&Check>) = failing.partition(|check| check.vital);
    let names = |checks: Vec<&Check>| checks.into_iter().map(|check| check.name).collect::<Vec<_>>();
    if !vital.is_empty() {
        let answer = json!({"status": "not_ready", "failing": names(vital)});
        return HttpResponse::ServiceUnavailable().json(answer);
    }
    if !others.is_empty() {
        return HttpResponse::Ok().json(json!({"status": "degraded", "failing": names(others)}));
    }
    HttpResponse::Ok().json(json!({"status": "ready"}))
}

async fn metrics() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(telemetry::metrics_text())
}
