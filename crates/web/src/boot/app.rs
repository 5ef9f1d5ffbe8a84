//! What a service hands over to be served.

use std::{panic::AssertUnwindSafe, sync::Arc};

use actix_web::web::ServiceConfig;
use domain::clock::{SharedClock, SystemClock};
use futures::FutureExt;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    boot::Check,
    denied::{Denials, DenialsHook},
    fault::ErrorView,
    headers::SecurityHeaders,
    routes::Routes,
    settings::WebSettings,
    staff::EndedSessions,
};

/// What outlives a request: the clock, the background tasks, and the word that it is time to go.
#[derive(Debug, Clone)]
pub struct Context {
    /// The time.
    pub clock: SharedClock,
    /// Cancelled when background tasks must finish: after the last request was answered.
    pub shutdown: CancellationToken,
    /// Where background tasks run, so that the process waits for them.
    pub tasks: TaskTracker,
    /// Cancelled when a background task panicked: the process then stops in order and exits 1, to be started anew.
    pub(crate) failed: CancellationToken,
}

impl Context {
    /// A context with this clock.
    pub fn new(clock: SharedClock) -> Self {
        Self {
            clock,
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
            failed: CancellationToken::new(),
        }
    }

    /// Runs a task until it ends by itself; it should end soon after [`Context::shutdown`] is cancelled.
    ///
    /// A task that panics takes the service down: without its relay or its sweep a service only looks alive.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let failed = self.failed.clone();
        self.tasks.spawn(async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                failed.cancel();
            }
        });
    }
}

impl Default for Context {
    fn default() -> Self {
        Self::new(Arc::new(SystemClock))
    }
}

pub(crate) type Configure<T> = Arc<dyn Fn(&mut T) + Send + Sync>;

/// A service that is ready to be served. Made with [`App::new`] and the setters.
pub struct App {
    pub(crate) settings: WebSettings,
    pub(crate) context: Context,
    pub(crate) public: Configure<Routes>,
    pub(crate) internal: Configure<Routes>,
    pub(crate) data: Configure<ServiceConfig>,
    pub(crate) checks: Vec<Check>,
    pub(crate) error_page: fn(&ErrorView) -> String,
    pub(crate) sign_in_path: Option<&'static str>,
    pub(crate) proof_path: Option<&'static str>,
    pub(crate) set_up_path: Option<&'static str>,
    pub(crate) headers: SecurityHeaders,
    pub(crate) ended_sessions: Option<Arc<dyn EndedSessions>>,
    pub(crate) denials: Option<DenialsHook>,
}

impl App {
    /// A service without routes yet.
    pub fn new(settings: WebSettings, context: Context) -> Self {
        Self {
            settings,
            context,
            public: Arc::new(|_| {}),
            internal: Arc::new(|_| {}),
            data: Arc::new(|_| {}),
            checks: Vec::new(),
            error_page: bare_page,
            sign_in_path: None,
            proof_path: None,
            set_up_path: None,
            headers: SecurityHeaders::new(),
            ended_sessions: None,
            denials: None,
        }
    }

    /// The routes for the world. Called once per worker.
    pub fn public(mut self, configure: impl Fn(&mut Routes) + Send + Sync + 'static) -> Self {
        self.public = Arc::new(configure);
        self
    }

    /// The routes for our other services, on the internal listener.
    pub fn internal(mut self, configure: impl Fn(&mut Routes) + Send + Sync + 'static) -> Self {
        self.internal = Arc::new(configure);
        self
    }

    /// The state that handlers extract. Called once per worker: make it outside, and clone it in here.
    pub fn data(mut self, configure: impl Fn(&mut ServiceConfig) + Send + Sync + 'static) -> Self {
        self.data = Arc::new(configure);
        self
    }

    /// Something without which the service is not ready. May be called for several.
    pub fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    /// How a fault looks to people.
    pub fn error_page(mut self, page: fn(&ErrorView) -> String) -> Self {
        self.error_page = page;
        self
    }

    /// Where a page sends somebody who is not signed in, with `?next=`.
    pub fn sign_in_path(mut self, path: &'static str) -> Self {
        self.sign_in_path = Some(path);
        self
    }

    /// Where a page sends somebody who must prove afresh who they are (403 `proof_needed`), with `?next=`.
    pub fn proof_path(mut self, path: &'static str) -> Self {
        self.proof_path = Some(path);
        self
    }

    /// Where a page sends somebody of the staff who has no second factor yet and needs one (403 `second_factor_missing`).
    pub fn set_up_path(mut self, path: &'static str) -> Self {
        self.set_up_path = Some(path);
        self
    }

    /// The security headers, if the service needs more than its own files.
    pub fn headers(mut self, headers: SecurityHeaders) -> Self {
        self.headers = headers;
        self
    }

    /// Who knows which sessions ended early.
    pub fn ended_sessions(mut self, hook: Arc<dyn EndedSessions>) -> Self {
        self.ended_sessions = Some(hook);
        self
    }

    /// Who keeps what was refused to whom.
    pub fn denials(mut self, hook: Arc<dyn Denials>) -> Self {
        self.denials = Some(hook);
        self
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("settings", &self.settings)
            .field("checks", &self.checks)
            .finish_non_exhaustive()
    }
}

/// For a service that has not brought a page of its own. Holds nothing that came from outside.
fn bare_page(view: &ErrorView) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><title>{status}</title><h1>{status}</h1><p>{}</p>",
        view.language.code(),
        view.request_id,
        status = view.status,
    )
}
