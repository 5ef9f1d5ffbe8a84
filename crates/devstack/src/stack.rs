//! A whole stack for one test: its own database, NATS, sandbox, services and gateway, on free ports.

use db::Owner;
use db::testing::TestDatabase;

use crate::environment::{DatabaseUrls, Surroundings};
use crate::gateway::Limits;
use crate::keys::{Keys, Passwords};
use crate::part::Signal;
use crate::parts::Parts;
use crate::staff::{Credentials, StaffRole};
use crate::{Addresses, Error, Nats, Result, Service, operator, ports, staff};

/// What a test may want different.
#[derive(Debug, Clone)]
pub struct StackOptions {
    /// What one address may ask of the gateway; by default more than any test does.
    pub limits: Limits,
    /// Variables for the services on top of the usual ones.
    pub variables: Vec<(String, String)>,
    /// Whether NATS has each message on disk before it acknowledges it, as in production. Benches want it; tests
    /// have nothing to keep.
    pub durable: bool,
}

impl Default for StackOptions {
    fn default() -> Self {
        Self { limits: Limits::ONE_MACHINE, variables: Vec::new(), durable: false }
    }
}

impl StackOptions {
    /// The same, with one more variable for the services.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.variables.push((name.to_owned(), value.to_string()));
        self
    }
}

/// The addresses a test asks.
#[derive(Debug, Clone)]
pub struct Urls {
    /// The club's site and `/admin`.
    pub marketing: String,
    /// The ticket site.
    pub purchase: String,
    /// The door's site.
    pub scanner: String,
    /// The sandbox.
    pub sandbox: String,
    /// The gateway by number, for clients that set the `Host` header themselves.
    pub gateway: String,
}

/// A running stack; stops and clears everything away when dropped.
#[derive(Debug)]
pub struct Stack {
    /// Where everything is.
    pub urls: Urls,
    /// The message server, to be stopped, killed and wiped.
    pub nats: Nats,
    /// The database, to be looked into.
    pub database: TestDatabase,
    parts: Parts,
    options: StackOptions,
    staff: Vec<Credentials>,
    folder: tempfile::TempDir,
}

impl Stack {
    /// Starts everything and returns when the gateway answers for all three sites and the staff can sign in.
    pub async fn start(options: StackOptions) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("maguey-stack-")
            .tempdir()
            .map_err(|e| Error::io("create a folder", e))?;
        let mut keys = Keys::generate()?;
        let nats = Box::pin(Nats::start_with(keys.clone(), options.durable));
        let (database, nats) = tokio::join!(Box::pin(TestDatabase::create()), nats);
        let nats = nats?;
        // The roles belong to the cluster that all tests share, and so do their passwords.
        keys.database = Passwords {
            marketing_admin: database.password(Owner::MarketingAdmin),
            purchase: database.password(Owner::Purchase),
            scanner: database.password(Owner::Scanner),
            ..keys.database
        };
        let addresses = Addresses::from_ports(ports::free()?, |_| ports::free())?;
        let around = Surroundings {
            environment: "test",
            database: database_urls(&database),
            nats: nats.address(),
            otlp: None,
            addresses,
            keys,
        };
        let urls = urls(&around.addresses);
        let parts = Parts::new(folder.path(), around);
        let mut stack = Self { urls, nats, database, parts, options, staff: staff::all()?, folder };
        stack.parts.start_sandbox(None).await?;
        stack.parts.start_services(&stack.options.variables).await?;
        // The operator hires staff past the gateway, so neither waits for the other.
        let around = stack.parts.around().clone();
        let hired = Box::pin(staff::ensure(&stack.staff, &around));
        let gateway = Box::pin(stack.parts.start_gateway(stack.options.limits));
        tokio::try_join!(gateway, hired)?;
        Ok(stack)
    }

    /// The sign-in of the member of staff with this role.
    pub fn staff(&self, role: StaffRole) -> &Credentials {
        // One for each role, in the order of their numbers.
        &self.staff[role as usize]
    }

    /// An HTTP client that finds the three sites (whose names resolve in browsers alone), keeps cookies out and follows no redirect.
    pub fn client(&self) -> Result<reqwest::Client> {
        let gateway = std::net::SocketAddr::from(([127, 0, 0, 1], self.parts.around().addresses.gateway));
        let mut builder = reqwest::Client::builder()
            .timeout(std::time::Duration::from_secs(60))
            .redirect(reqwest::redirect::Policy::none())
            // Nobody here speaks TLS, and reading the machine's root certificates takes a debug build a while.
            .tls_certs_only([])
            .no_proxy();
        for service in Service::ALL {
            builder = builder.resolve(service.local_domain(), gateway);
        }
        builder.build().map_err(|e| Error::Io(format!("could not make an HTTP client: {e}")))
    }

    /// The base URL of a service's internal port.
    pub fn internal(&self, service: Service) -> String {
        self.parts.around().addresses.internal(service)
    }

    /// The base URL of a service's public port, past the gateway.
    pub fn direct(&self, service: Service) -> String {
        format!("http://127.0.0.1:{}", self.parts.around().addresses.of(service).public)
    }

    /// Ends a service as a power cut would.
    pub fn kill(&mut self, service: Service) {
        self.parts.stop_service(service, Signal::Kill);
    }

    /// Ends a service in an orderly way.
    pub fn stop(&mut self, service: Service) {
        self.parts.stop_service(service, Signal::Term);
    }

    /// Takes the gateway away, so that whoever is outside has no network.
    pub fn cut_network(&mut self) {
        self.parts.cut_gateway();
    }

    /// Brings the gateway back, on the same port; it answers for all three sites when this returns.
    pub async fn mend_network(&mut self) -> Result<()> {
        Box::pin(self.parts.start_gateway(self.options.limits)).await
    }

    /// Starts a service again, on the same ports; guests reach it when this returns.
    pub async fn start_service(&mut self, service: Service) -> Result<()> {
        self.start_service_with(service, &[]).await
    }

    /// The same with more variables, for this run of the service alone.
    pub async fn start_service_with(&mut self, service: Service, extra: &[(String, String)]) -> Result<()> {
        let mut variables = self.options.variables.clone();
        variables.extend_from_slice(extra);
        self.parts.start_service(service, &variables).await?;
        self.parts.wait_for_site(service).await
    }

    /// Starts a service again and returns when it says that it is ready; the gateway may not have noticed yet.
    pub async fn start_until_ready(&mut self, service: Service) -> Result<()> {
        self.parts.start_service(service, &self.options.variables).await
    }

    /// A service's process id while it runs.
    pub fn pid(&mut self, service: Service) -> Option<u32> {
        let part = self.parts.service(service)?;
        part.ended().is_none().then(|| part.pid())
    }

    /// What a service has logged.
    pub fn log(&self, service: Service) -> String {
        self.parts.log(service)
    }

    /// The folder with logs and the gateway's configuration.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The stack's secrets, for tests that forge tokens or sign webhooks.
    pub fn keys(&self) -> &Keys {
        &self.parts.around().keys
    }

    /// Runs `magueyctl` against this stack and returns what it printed.
    pub async fn magueyctl(&self, arguments: &[&str]) -> Result<String> {
        operator::run(self.parts.around(), arguments, &[]).await
    }
}

impl Drop for Stack {
    /// Nothing of it is looked at any more: an orderly end would keep the next test waiting for seconds.
    fn drop(&mut self) {
        self.parts.kill();
        self.nats.kill();
    }
}

/// A stack is the product as it is, its limits included.
fn database_urls(database: &TestDatabase) -> DatabaseUrls {
    DatabaseUrls {
        admin: database.admin_url(),
        marketing_admin: database.product_url(Owner::MarketingAdmin),
        purchase: database.product_url(Owner::Purchase),
        scanner: database.product_url(Owner::Scanner),
    }
}

fn urls(at: &Addresses) -> Urls {
    Urls {
        marketing: at.site(Service::MarketingAdmin),
        purchase: at.site(Service::Purchase),
        scanner: at.site(Service::Scanner),
        sandbox: at.sandbox_url(),
        gateway: format!("http://127.0.0.1:{}", at.gateway),
    }
}
