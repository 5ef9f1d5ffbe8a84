//! The three services, by their names in each of the worlds they appear in.

/// One of the three services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Sells the tickets.
    Purchase,
    /// Admits people with them.
    Scanner,
    /// The club's site, and the owner's view of it all.
    MarketingAdmin,
}

impl Service {
    /// All three, in the order in which they are started.
    pub const ALL: [Self; 3] = [Self::MarketingAdmin, Self::Purchase, Self::Scanner];

    /// The program's name, also its name in service tokens.
    pub fn program(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::Scanner => "scanner",
            Self::MarketingAdmin => "marketing-admin",
        }
    }

    /// Its database role and schema, also its user in NATS.
    pub fn role(self) -> &'static str {
        match self {
            Self::MarketingAdmin => "marketing_admin",
            other => other.program(),
        }
    }

    /// Its site's host name on a developer's machine.
    pub fn local_domain(self) -> &'static str {
        match self {
            Self::Purchase => "tickets.maguey.localhost",
            Self::Scanner => "scanner.maguey.localhost",
            Self::MarketingAdmin => "maguey.localhost",
        }
    }
}

/// Where a service listens on this machine.
#[derive(Debug, Clone, Copy)]
pub struct Listens {
    /// For the gateway.
    pub public: u16,
    /// For the other services, probes and metrics.
    pub internal: u16,
}

/// Every address of one running stack, all on 127.0.0.1.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// The gateway, in front of the three sites.
    pub gateway: u16,
    /// Envoy's own interface.
    pub gateway_admin: u16,
    /// Envoy's readiness and metrics.
    pub gateway_status: u16,
    /// Stripe's and Resend's stand-ins.
    pub sandbox: u16,
    /// [`Service::MarketingAdmin`]
    pub marketing_admin: Listens,
    /// [`Service::Purchase`]
    pub purchase: Listens,
    /// [`Service::Scanner`]
    pub scanner: Listens,
}

impl Addresses {
    /// The names under which [`crate::ports::Remembered`] keeps the ports of [`Addresses::from_ports`].
    pub const NAMES: [&str; 9] = [
        "gateway_admin",
        "gateway_status",
        "sandbox",
        "marketing_admin",
        "marketing_admin_internal",
        "purchase",
        "purchase_internal",
        "scanner",
        "scanner_internal",
    ];

    /// All addresses, each named port coming from `port`.
    pub fn from_ports<E>(
        gateway: u16,
        mut port: impl FnMut(&'static str) -> Result<u16, E>,
    ) -> Result<Self, E> {
        Ok(Self {
            gateway,
            gateway_admin: port("gateway_admin")?,
            gateway_status: port("gateway_status")?,
            sandbox: port("sandbox")?,
            marketing_admin: Listens {
                public: port("marketing_admin")?,
                internal: port("marketing_admin_internal")?,
            },
            purchase: Listens { public: port("purchase")?, internal: port("purchase_internal")? },
            scanner: Listens { public: port("scanner")?, internal: port("scanner_internal")? },
        })
    }

    /// Where `service` listens.
    pub fn of(&self, service: Service) -> Listens {
        match service {
            Service::Purchase => self.purchase,
            Service::Scanner => self.scanner,
            Service::MarketingAdmin => self.marketing_admin,
        }
    }

    /// The address of a service's site as a browser knows it.
    pub fn site(&self, service: Service) -> String {
        format!("http://{}:{}", service.local_domain(), self.gateway)
    }

    /// The base URL of a service's internal port.
    pub fn internal(&self, service: Service) -> String {
        format!("http://127.0.0.1:{}", self.of(service).internal)
    }

    /// The sandbox's base URL.
    pub fn sandbox_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.sandbox)
    }
}
