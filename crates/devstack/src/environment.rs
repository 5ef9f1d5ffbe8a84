//! The environment of each process: exactly what `deploy/env/*.env.example` lists, with values for this machine.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::keys::{Keys, OPERATOR};
use crate::{Addresses, Result, Service};

/// Where guests of the local club write to.
const CONTACT: &str = "hola@maguey.localhost";

/// A process's variables.
pub type Variables = Vec<(String, String)>;

/// Everything that the environments of one stack are made from.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// `local` or `test`.
    pub environment: &'static str,
    /// Who listens where.
    pub addresses: Addresses,
    /// The secrets.
    pub keys: Keys,
    /// The database, for each role.
    pub database: DatabaseUrls,
    /// `127.0.0.1:<port>` of NATS.
    pub nats: String,
    /// Where traces go, if anywhere.
    pub otlp: Option<String>,
}

/// The database's URLs, by role.
#[derive(Debug, Clone)]
pub struct DatabaseUrls {
    /// The superuser's.
    pub admin: String,
    /// [`Service::MarketingAdmin`]'s.
    pub marketing_admin: String,
    /// [`Service::Purchase`]'s.
    pub purchase: String,
    /// [`Service::Scanner`]'s.
    pub scanner: String,
}

impl DatabaseUrls {
    /// The URL of a service's role.
    pub fn of(&self, service: Service) -> &str {
        match service {
            Service::MarketingAdmin => &self.marketing_admin,
            Service::Purchase => &self.purchase,
            Service::Scanner => &self.scanner,
        }
    }
}

impl Surroundings {
    /// A service's environment.
    pub fn of(&self, service: Service) -> Result<Variables> {
        let mut all = self.common(service)?;
        match service {
            Service::Purchase => self.add_purchase(&mut all),
            Service::Scanner => self.add_scanner(&mut all)?,
            Service::MarketingAdmin => self.add_marketing_admin(&mut all),
        }
        Ok(all)
    }

    /// The sandbox's environment; `state` is the file in which it remembers, if it is to remember.
    pub fn sandbox(&self, state: Option<&std::path::Path>) -> Variables {
        let mut all = vec![
            pair("MAGUEY_ENV", self.environment),
            pair("SANDBOX_LISTEN", format!("127.0.0.1:{}", self.addresses.sandbox)),
            pair("SANDBOX_PUBLIC_URL", self.addresses.sandbox_url()),
            // Straight to the service: the name of the gateway's site resolves in browsers alone.
            pair(
                "STRIPE_WEBHOOK_URL",
                format!("http://127.0.0.1:{}/webhooks/stripe", self.addresses.purchase.public),
            ),
            pair("STRIPE_WEBHOOK_SECRETS", &self.keys.stripe_webhook),
        ];
        all.extend(state.map(|file| pair("SANDBOX_STATE_FILE", file.display())));
        all
    }

    /// The environment of `magueyctl`.
    pub fn operator(&self) -> Result<Variables> {
        let passwords = &self.keys.database;
        let mut all = vec![
            pair("MAGUEY_ENV", self.environment),
            pair("ADMIN_DATABASE_URL", &self.database.admin),
            pair("DATABASE_PASSWORD_MARKETING_ADMIN", &passwords.marketing_admin),
            pair("DATABASE_PASSWORD_PURCHASE", &passwords.purchase),
            pair("DATABASE_PASSWORD_SCANNER", &passwords.scanner),
            pair("SERVICE_SIGNING_KEY", self.keys.service_signing(OPERATOR)),
            pair("SERVICE_PUBLIC_KEYS", self.keys.services_public()?),
            pair("NATS_URL", format!("nats://operator:{}@{}", self.keys.nats.of("operator"), self.nats)),
            pair("GATEWAY_ADDRESS", format!("127.0.0.1:{}", self.addresses.gateway)),
        ];
        self.add_sites(&mut all);
        all.extend(Service::ALL.map(|peer| self.peer(peer)));
        Ok(all)
    }

    fn common(&self, service: Service) -> Result<Variables> {
        let listens = self.addresses.of(service);
        let (user, password) = (service.role(), self.keys.nats.of(service.role()));
        let mut all = vec![
            pair("MAGUEY_ENV", self.environment),
            pair("LISTEN", format!("127.0.0.1:{}", listens.public)),
            pair("INTERNAL_LISTEN", format!("127.0.0.1:{}", listens.internal)),
            pair("DATABASE_URL", self.database.of(service)),
            pair("NATS_URL", format!("nats://{user}:{password}@{}", self.nats)),
            pair("SESSION_PUBLIC_KEYS", self.keys.session_public()?),
            pair("SERVICE_SIGNING_KEY", self.keys.service_signing(service.program())),
            pair("SERVICE_PUBLIC_KEYS", self.keys.services_public()?),
        ];
        self.add_sites(&mut all);
        all.extend(self.otlp.iter().map(|endpoint| pair("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)));
        Ok(all)
    }

    fn add_sites(&self, all: &mut Variables) {
        all.push(pair("PUBLIC_URL_MARKETING", self.addresses.site(Service::MarketingAdmin)));
        all.push(pair("PUBLIC_URL_PURCHASE", self.addresses.site(Service::Purchase)));
        all.push(pair("PUBLIC_URL_SCANNER", self.addresses.site(Service::Scanner)));
    }

    fn peer(&self, service: Service) -> (String, String) {
        let name = match service {
            Service::MarketingAdmin => "MARKETING_ADMIN_INTERNAL_URL",
            Service::Purchase => "PURCHASE_INTERNAL_URL",
            Service::Scanner => "SCANNER_INTERNAL_URL",
        };
        pair(name, self.addresses.internal(service))
    }

    fn add_scanner(&self, all: &mut Variables) -> Result<()> {
        all.push(pair("TICKET_PUBLIC_KEYS", self.keys.ticket_public()?));
        all.push(pair("DOOR_MANIFEST_KEY", self.keys.door_manifest()));
        all.push(pair("DOOR_DOCUMENT_KEY", &self.keys.documents));
        all.extend([Service::MarketingAdmin, Service::Purchase].map(|peer| self.peer(peer)));
        Ok(())
    }

    fn add_purchase(&self, all: &mut Variables) {
        all.push(pair("CLUB_CONTACT_EMAIL", CONTACT));
        all.push(pair("STRIPE_API_BASE_URL", self.addresses.sandbox_url()));
        all.push(pair("STRIPE_SECRET_KEY", &self.keys.stripe));
        all.push(pair("STRIPE_WEBHOOK_SECRETS", &self.keys.stripe_webhook));
        all.push(pair("APPLE_PUSH_URL", self.addresses.sandbox_url()));
        all.push(pair("GOOGLE_WALLET_API_URL", self.addresses.sandbox_url()));
        // The sandbox's account has this one.
        all.push(pair("STRIPE_STATEMENT_PREFIX", "MAGUEY"));
        all.push(pair("TICKET_SIGNING_KEY", self.keys.ticket_signing()));
        all.push(pair("ORDER_LINK_SECRET", &self.keys.order_link));
        all.push(pair("SETTLEMENT_SIGNING_KEY", &self.keys.settlement));
        // All guests come from one address: this machine.
        all.push(pair("OPEN_SHARE_PER_ADDRESS", 100));
        all.push(pair("WAITING_ROOM_PLACES_PER_ADDRESS", 100_000));
        all.push(pair("WAITLIST_JOINS_PER_NETWORK", 100_000));
        all.push(pair("FREE_TICKETS_PER_NETWORK", 100_000));
        // Tests and measurements sell faster than a club lets guests in.
        all.push(pair("WAITING_ROOM_OPENS_ABOVE_PER_SECOND", 0));
        all.extend([Service::MarketingAdmin, Service::Scanner].map(|peer| self.peer(peer)));
        all.push(pair("SELLER_NAME", "Noches de Maguey SL"));
        all.push(pair("SELLER_ADDRESS", "Calle del Agave 12|28004 Madrid"));
        all.push(pair("SELLER_TAX_ID", "ES B12345674"));
        all.push(pair("SELLER_TIME_ZONE", "Europe/Madrid"));
    }

    fn add_marketing_admin(&self, all: &mut Variables) {
        all.push(pair("CLUB_CONTACT_EMAIL", CONTACT));
        all.push(pair("SESSION_SIGNING_KEY", self.keys.session_signing()));
        all.push(pair("ACCOUNT_KEYS", self.keys.accounts()));
        all.push(pair("RESEND_BASE_URL", self.addresses.sandbox_url()));
        all.push(pair("RESEND_API_KEY", &self.keys.resend));
        all.push(pair("MAIL_FROM", "Club Maguey <tickets@maguey.localhost>"));
        self.add_ways_in(all);
        all.extend([Service::Purchase, Service::Scanner].map(|peer| self.peer(peer)));
        // The provider's own limit per second; the sandbox has none.
        all.push(pair("RESEND_RATE_LIMIT", 1000));
    }
}

/// Those through whom guests sign in, the list of breached passwords and SMS: all played by the sandbox.
impl Surroundings {
    fn add_ways_in(&self, all: &mut Variables) {
        let sandbox = self.addresses.sandbox_url();
        for (name, path) in [
            ("GOOGLE_URL", "google"),
            ("APPLE_URL", "apple"),
            ("FACEBOOK_URL", "facebook"),
            ("FACEBOOK_API_URL", "facebook"),
            ("GITHUB_URL", "github"),
            ("GITHUB_API_URL", "github"),
            ("BREACH_API_URL", "breaches"),
        ] {
            all.push(pair(name, format!("{sandbox}/{path}")));
        }
        for name in ["GOOGLE", "FACEBOOK", "GITHUB"] {
            all.push(pair(&format!("{name}_CLIENT_ID"), "maguey"));
            all.push(pair(&format!("{name}_CLIENT_SECRET"), "sandbox"));
        }
        all.push(pair("APPLE_CLIENT_ID", "localhost.maguey"));
        all.push(pair("APPLE_TEAM_ID", "SANDBOX"));
        all.push(pair("APPLE_KEY_ID", "SANDBOX"));
        all.push(pair("APPLE_PRIVATE_KEY", apple_key()));
        all.push(pair("TWILIO_URL", sandbox));
        all.push(pair("TWILIO_ACCOUNT_SID", "ACsandbox"));
        all.push(pair("TWILIO_AUTH_TOKEN", "sandbox"));
        all.push(pair("TWILIO_FROM", "+34600000000"));
    }
}

/// A key as Apple gives one, new each time: the sandbox looks at what is signed with it and verifies nothing.
fn apple_key() -> String {
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let key = made.map(|key| STANDARD.encode(key.as_ref())).unwrap_or_default();
    format!("-----BEGIN PRIVATE KEY-----\\n{key}\\n-----END PRIVATE KEY-----")
}

fn pair(name: &str, value: impl ToString) -> (String, String) {
    (name.to_owned(), value.to_string())
}
