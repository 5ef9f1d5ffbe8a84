//! A private NATS server with JetStream: the configuration of `deploy/nats`, random passwords, its own store.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::keys::Keys;
use crate::part::{Part, Signal};
use crate::{Error, Result, ports, ready, root};

/// A NATS server that can be stopped, killed and robbed of its store.
#[derive(Debug)]
pub struct Nats {
    part: Option<Part>,
    folder: PathBuf,
    keys: Keys,
    port: u16,
    sync: &'static str,
    // Held so that the folder of a test's server goes away with it.
    _own: Option<tempfile::TempDir>,
}

impl Nats {
    /// A server of one's own, on a free port and with an empty store, gone when dropped.
    pub async fn start() -> Result<Self> {
        Self::start_with(Keys::generate()?, false).await
    }

    /// The same with given passwords; `durable` if each acknowledged message is to be on disk.
    pub async fn start_with(keys: Keys, durable: bool) -> Result<Self> {
        let own = tempfile::Builder::new()
            .prefix("maguey-nats-")
            .tempdir()
            .map_err(|e| Error::io("create a folder", e))?;
        let folder = own.path().to_path_buf();
        // A test's store is not meant to outlive a power cut.
        let sync = if durable { "always" } else { "2m" };
        let mut nats = Self { part: None, folder, keys, port: ports::free()?, sync, _own: Some(own) };
        nats.start_again().await?;
        Ok(nats)
    }

    /// A server that keeps its store in `folder`, every acknowledged message on disk.
    pub async fn start_in(folder: &Path, port: u16, keys: Keys) -> Result<Self> {
        let mut nats =
            Self { part: None, folder: folder.to_path_buf(), keys, port, sync: "always", _own: None };
        nats.start_again().await?;
        Ok(nats)
    }

    /// The URL for `user`: a service's role (`purchase`, `scanner`, `marketing_admin`) or `operator`, who may do everything.
    pub fn url(&self, user: &str) -> String {
        format!("nats://{user}:{}@127.0.0.1:{}", self.keys.nats.of(user), self.port)
    }

    /// The password of `user`, as in its URL.
    pub fn password(&self, user: &str) -> &str {
        self.keys.nats.of(user)
    }

    /// `127.0.0.1:<port>`, the same after a restart.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Stops it in an orderly way.
    pub fn stop(&mut self) {
        if let Some(mut part) = self.part.take() {
            part.stop(Duration::from_secs(5));
        }
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut part) = self.part.take() {
            part.kill();
        }
    }

    /// Loses the whole store. The server is down afterwards.
    pub fn wipe(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(self.store());
    }

    /// Starts it on the same port and what is left of its store. Returns when it has its streams and accepts messages.
    pub async fn start_again(&mut self) -> Result<()> {
        self.stop();
        let monitor = ports::free()?;
        let part = Part::start("NATS", &self.command(monitor)?, &self.folder.join("nats.log"), Signal::Term)?;
        let part = self.part.insert(part);
        ready::until_ok(&format!("http://127.0.0.1:{monitor}/healthz"), part, Duration::from_secs(60))
            .await?;
        self.make_streams().await
    }

    /// What `magueyctl streams --keep` does in a club: no service may make a stream, and a lost store has none.
    pub async fn make_streams(&self) -> Result<()> {
        let failed = |error: bus::BusError| Error::Refused(format!("NATS got no streams: {error}"));
        let settings = bus::BusSettings::new(&self.url("operator"));
        let operator = bus::Bus::connect(&settings, "operator").await.map_err(failed)?;
        let mut made = bus::streams::make(&operator).await;
        // A busy machine may need more than the time that one request has.
        for _ in 0..5 {
            if made.is_err() {
                made = bus::streams::make(&operator).await;
            }
        }
        operator.close().await;
        made.map(|_| ()).map_err(failed)
    }

    /// The process, for whoever watches over it.
    pub fn part(&mut self) -> Option<&mut Part> {
        self.part.as_mut()
    }

    /// What the server has logged since it was last started: refused publishes and subscriptions are here.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("nats.log")).unwrap_or_default()
    }

    fn store(&self) -> PathBuf {
        self.folder.join("store")
    }

    fn command(&self, monitor: u16) -> Result<Command> {
        let mut command = Command::new(root::installed("nats-server")?);
        let nats = &self.keys.nats;
        command
            .arg("-c")
            .arg(root::repository().join("deploy/nats/nats.conf"))
            .env("NATS_SERVER_NAME", "maguey-local")
            .env("NATS_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("NATS_MONITOR", format!("127.0.0.1:{monitor}"))
            .env("NATS_STORE_DIR", self.store())
            .env("NATS_SYNC_INTERVAL", self.sync)
            .env("NATS_OPERATOR_PASSWORD", &nats.operator)
            .env("NATS_MARKETING_ADMIN_PASSWORD", &nats.marketing_admin)
            .env("NATS_PURCHASE_PASSWORD", &nats.purchase)
            .env("NATS_SCANNER_PASSWORD", &nats.scanner);
        Ok(command)
    }
}
