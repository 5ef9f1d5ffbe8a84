//! Two listeners, and the way down.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_web::{
    App as ActixApp, HttpServer,
    dev::ServerHandle,
    middleware::from_fn,
    web::{Data, to},
};
use tokio_util::sync::CancellationToken;
use tracing_actix_web::TracingLogger;

use super::{App, Check, Context, app::Configure, health};
use crate::{
    fault::Fault,
    front::Front,
    observe::{Listener, observe},
    params,
    root_span::RootSpan,
    routes::Routes,
};

/// How long running requests may take to finish once we stop. Below Kubernetes' 30 s.
const FINISH: u64 = 20;

/// How long background tasks may take after that.
const TASKS: Duration = Duration::from_secs(8);

/// A service that serves.
#[derive(Debug)]
pub struct Running {
    /// Where the world connects.
    pub public: SocketAddr,
    /// Where our other services connect.
    pub internal: SocketAddr,
    /// The service's context.
    pub context: Context,
    draining: CancellationToken,
    public_server: ServerHandle,
    internal_server: ServerHandle,
}

/// Binds both addresses, then serves. Must be called inside a Tokio runtime. An address in use is an
/// error that names it.
pub async fn start(app: App) -> io::Result<Running> {
    let public = bind(app.settings.listen, "LISTEN")?;
    let internal = bind(app.settings.internal_listen, "INTERNAL_LISTEN")?;
    let (public_address, internal_address) = (public.local_addr()?, internal.local_addr()?);
    let draining = CancellationToken::new();
    let shared = Shared {
        checks: Data::new(app.checks.clone()),
        data: app.data.clone(),
        front: Data::new(front(&app, draining.clone())),
    };
    let public_server = serve(public, Listener::Public, app.public, shared.clone(), app.settings.workers)?;
    let internal_server = serve(internal, Listener::Internal, app.internal, shared, 1)?;
    tracing::info!(public = %public_address, internal = %internal_address, "listening");
    let context = app.context;
    Ok(Running {
        public: public_address,
        internal: internal_address,
        context,
        draining,
        public_server,
        internal_server,
    })
}

impl Running {
    /// Stops in order; returns when nothing of the service runs any more.
    pub async fn stop(self) {
        tracing::info!("stopping: no new connections");
        self.draining.cancel();
        self.public_server.stop(true).await;
        self.internal_server.stop(true).await;
        self.context.shutdown.cancel();
        self.context.tasks.close();
        if tokio::time::timeout(TASKS, self.context.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.context.tasks.len(), "background tasks did not end in time");
        }
        tracing::info!("stopped");
    }
}

/// What every worker gets a handle to.
#[derive(Clone)]
struct Shared {
    checks: Data<Vec<Check>>,
    data: Configure<actix_web::web::ServiceConfig>,
    front: Data<Front>,
}

fn front(app: &App, draining: CancellationToken) -> Front {
    let settings = &app.settings;
    Front {
        service: settings.service,
        clock: app.context.clock.clone(),
        origin: settings.public_url.clone(),
        session_keys: settings.session_keys.clone(),
        service_keys: settings.service_keys.clone(),
        error_page: app.error_page,
        sign_in_path: app.sign_in_path,
        proof_path: app.proof_path,
        set_up_path: app.set_up_path,
        headers: app.headers.clone().prepare(settings.public_url.starts_with("https://")),
        ended_sessions: app.ended_sessions.clone(),
        denials: app.denials.clone(),
        draining,
    }
}

fn bind(address: SocketAddr, variable: &str) -> io::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| {
        io::Error::new(error.kind(), format!("{variable}={address} cannot be used: {error}"))
    })
}

fn serve(
    listener: TcpListener,
    door: Listener,
    configure: Configure<Routes>,
    shared: Shared,
    workers: usize,
) -> io::Result<ServerHandle> {
    let server = HttpServer::new(move || {
        let (configure, data) = (configure.clone(), shared.data.clone());
        ActixApp::new()
            .app_data(shared.front.clone())
            .app_data(shared.checks.clone())
            .app_data(params::path_config())
            .app_data(params::query_config())
            .configure(move |config| data(config))
            .configure(move |config| {
                let mut routes = Routes::default();
                match door {
                    Listener::Public => health::public(&mut routes),
                    Listener::Internal => health::internal(&mut routes),
                }
                configure(&mut routes);
                routes.install(config);
            })
            .default_service(to(async || Err::<String, Fault>(Fault::not_found())))
            .wrap(from_fn(move |request, next| observe(door, request, next)))
            .wrap(TracingLogger::<RootSpan>::new())
    })
    .workers(workers.max(1))
    .keep_alive(Duration::from_secs(75))
    .client_request_timeout(Duration::from_secs(10))
    .shutdown_timeout(FINISH)
    .disable_signals()
    .listen(listener)?
    .run();
    let handle = server.handle();
    // Ends when the handle stops it.
    tokio::spawn(server);
    Ok(handle)
}
