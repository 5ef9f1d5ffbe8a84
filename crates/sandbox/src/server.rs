//! Starts and stops a sandbox.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use actix_web::{App, HttpServer};
use anyhow::{Context, bail};
use settings::Environment;

use crate::books::Books;
use crate::config::Config;
use crate::control::play::remember_line;
use crate::house::House;
use crate::webhooks::{self, Endpoint};
use crate::{routes, store};

/// How often sessions are looked at for expiry.
const TICK: Duration = Duration::from_millis(200);

/// A running sandbox. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Running {
    /// Where it listens: the base URL for both providers' clients and for the control API.
    pub url: String,
    /// The same as an address.
    pub address: SocketAddr,
    house: Arc<House>,
    server: ServerHandle,
}

/// Starts a sandbox on the current Tokio runtime.
///
/// # Errors
/// In production, on a busy port, on an unreadable state file.
pub async fn start(config: Config) -> anyhow::Result<Running> {
    if config.environment == Environment::Production {
        bail!("the sandbox takes test cards for money: it does not start where MAGUEY_ENV=production");
    }
    let listener = TcpListener::bind(config.listen)
        .with_context(|| format!("cannot listen on {}: is another program there?", config.listen))?;
    let address = listener.local_addr()?;
    let url = format!("http://{address}");
    let public_url = config.public_url.as_deref().unwrap_or(&url).trim_end_matches('/').to_owned();
    let books = config.state_file.as_deref().map_or_else(|| Ok(Books::default()), store::read)?;
    let endpoint = Endpoint { url: config.webhook_url, secrets: config.webhook_secrets };
    let house = Arc::new(House::new(books, public_url, endpoint, config.backoff)?);
    let server = serve(&house, listener)?;
    house.tasks.spawn(tick(house.clone()));
    if let Some(path) = config.state_file {
        house.tasks.spawn(store::keep_saved(house.clone(), path));
    }
    webhooks::resume(&house);
    Ok(Running { url, address, house, server })
}

fn serve(house: &Arc<House>, listener: TcpListener) -> anyhow::Result<ServerHandle> {
    let data = Data::from(house.clone());
    let server = HttpServer::new(move || App::new().app_data(data.clone()).configure(routes::configure))
        .workers(2)
        // As the services: longer than their clients keep a connection, so that none is used in the moment in which it is closed.
        .keep_alive(Duration::from_secs(75))
        .on_connect(remember_line)
        .disable_signals()
        .shutdown_timeout(2)
        .listen(listener)?
        .run();
    let handle = server.handle();
    house.runtime.spawn(server);
    Ok(handle)
}

async fn tick(house: Arc<House>) {
    loop {
        tokio::select! {
            () = house.stop.cancelled() => return,
            () = crate::pause(TICK) => house.tick(),
        }
    }
}

impl Running {
    /// Sends webhooks here from now on, signed with each of these secrets.
    pub fn deliver_to(&self, url: &str, secrets: &[&str]) {
        let secrets = secrets.iter().map(|secret| (*secret).to_owned()).collect();
        self.house.set_endpoint(Endpoint { url: Some(url.to_owned()), secrets });
    }

    /// Stops: requests that hang are cut, the state is saved.
    pub async fn stop(self) {
        self.house.stop.cancel();
        self.server.stop(true).await;
        self.house.tasks.close();
        self.house.tasks.wait().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.house.stop.cancel();
        // The command is sent at once; only its completion is not waited for.
        drop(self.server.stop(false));
    }
}
