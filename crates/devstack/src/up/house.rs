//! What stands while `make run` does, in the order in which it is put up.

use std::path::PathBuf;

use super::demo::Demo;
use crate::environment::{DatabaseUrls, Surroundings};
use crate::gateway::Limits;
use crate::keys::Keys;
use crate::parts::Parts;
use crate::ports::Remembered;
use crate::postgres::{Durability, Postgres};
use crate::{Addresses, Error, Nats, Result, Service, operator, root, secret, staff};

const DATABASE: &str = "maguey";

/// The parts of `make run`, as far as they are up. Dropped in the order of the fields: sites, messages, database.
pub(super) struct House {
    parts: Parts,
    nats: Option<Nats>,
    postgres: Option<Postgres>,
    ports: Remembered,
    demo: Demo,
    local: PathBuf,
}

impl House {
    /// Folder, ports and keys; nothing is running yet.
    pub(super) fn prepare(gateway: u16) -> Result<Self> {
        let local = root::local();
        // Logs of this run alone: what fell last time has been told.
        let _ = std::fs::remove_dir_all(local.join("logs"));
        secret::folder(&local.join("logs"))?;
        let names: Vec<&str> = Addresses::NAMES.into_iter().chain(["postgres", "nats"]).collect();
        let ports = Remembered::load(&local.join("ports.json"), &names)?;
        let keys = Keys::load_or_generate(&local.join("keys.json"))?;
        let addresses = Addresses::from_ports(gateway, |name| Ok::<_, Error>(ports.of(name)))?;
        let demo = Demo::load_or_new(&local, &addresses)?;
        let around = Surroundings {
            environment: "local",
            database: database_urls(&keys, ports.of("postgres")),
            nats: format!("127.0.0.1:{}", ports.of("nats")),
            otlp: otlp_endpoint(),
            addresses,
            keys,
        };
        let parts = Parts::new(&local.join("logs"), around);
        Ok(Self { parts, nats: None, postgres: None, ports, demo, local })
    }

    /// Starts the cluster, creating it the first time, and migrates. Returns what was migrated.
    pub(super) async fn start_database(&mut self) -> Result<String> {
        let folder = self.local.join("postgres");
        let postgres =
            self.postgres.insert(Postgres::start(&folder, self.ports.of("postgres"), Durability::Kept)?);
        if postgres
            .query("postgres", &format!("select 1 from pg_database where datname = '{DATABASE}'"))?
            .is_empty()
        {
            postgres.query("postgres", &format!("create database {DATABASE}"))?;
        }
        let admin = postgres.url(DATABASE);
        self.parts.around_mut().database.admin = admin;
        let migrated = operator::run(self.parts.around(), &["migrate", "up"], &[]).await?;
        operator::run(self.parts.around(), &["roles"], &[]).await?;
        Ok(migrated)
    }

    pub(super) async fn start_nats(&mut self) -> Result<()> {
        let folder = self.local.join("nats");
        secret::folder(&folder)?;
        self.nats =
            Some(Nats::start_in(&folder, self.ports.of("nats"), self.parts.around().keys.clone()).await?);
        Ok(())
    }

    pub(super) async fn start_sandbox(&mut self) -> Result<()> {
        let state = self.local.join("sandbox.json");
        self.parts.start_sandbox(Some(&state)).await
    }

    pub(super) async fn start_services(&mut self) -> Result<()> {
        self.parts.start_services(&[]).await
    }

    pub(super) async fn start_gateway(&mut self) -> Result<()> {
        self.parts.start_gateway(Limits::ONE_MACHINE).await
    }

    /// Makes sure of the staff and the demo club, and writes `demo.json`.
    pub(super) async fn seed(&mut self) -> Result<()> {
        let around = self.parts.around();
        staff::ensure(self.demo.staff(), around).await?;
        let owner = self.demo.owner()?;
        let mut signs_in = vec![
            ("SEED_OWNER_EMAIL", owner.email.as_str()),
            ("SEED_OWNER_PASSWORD", owner.password.as_str()),
        ];
        signs_in.extend(owner.totp.as_deref().map(|secret| ("SEED_OWNER_TOTP_SECRET", secret)));
        let seeded = operator::run(around, &["seed"], &signs_in).await?;
        self.demo.take_gates(&seeded)?;
        self.demo.write(&self.local)
    }

    /// Writes what `magueyctl` reads, so that a runbook's command can be tried here as it stands.
    pub(super) fn write_operator(&self) -> Result<()> {
        let mut text = String::from("# For a shell: set -a; . .local/magueyctl.env; set +a\n");
        for (name, value) in self.parts.around().operator()? {
            text += &format!("{name}='{value}'\n");
        }
        secret::file(&self.local.join("magueyctl.env"), text.as_bytes())
    }

    pub(super) fn demo(&self) -> &Demo {
        &self.demo
    }

    /// The first part that has ended although nobody asked it to.
    pub(super) fn fallen(&mut self) -> Option<Error> {
        let servers = self
            .postgres
            .as_mut()
            .map(Postgres::part)
            .into_iter()
            .chain(self.nats.as_mut().and_then(Nats::part));
        let fallen = servers.into_iter().find_map(|part| part.ended().map(|status| part.died(status)));
        fallen.or_else(|| self.parts.fallen())
    }

    /// Stops all of it, the sites first.
    pub(super) fn stop(&mut self) {
        self.parts.stop();
        self.nats = None;
        self.postgres = None;
    }
}

fn database_urls(keys: &Keys, port: u16) -> DatabaseUrls {
    let url = |service: Service| {
        let role = service.role();
        format!("postgres://{role}:{}@127.0.0.1:{port}/{DATABASE}", keys.database.of(role))
    };
    DatabaseUrls {
        // Known once the cluster is up: its password is its own.
        admin: String::new(),
        marketing_admin: url(Service::MarketingAdmin),
        purchase: url(Service::Purchase),
        scanner: url(Service::Scanner),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "passed on as it is to the services, which read it through settings"
)]
fn otlp_endpoint() -> Option<String> {
    std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").ok().filter(|endpoint| !endpoint.is_empty())
}
