//! Every secret of one stack: made once at random, kept in one file that only its owner may read.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use crate::{Error, Result, Service, secret};

/// The operator's command, as the services know it.
pub const OPERATOR: &str = "magueyctl";

/// The id of the key that signs tickets here. Nothing sold on this machine is real (`domain::mode`).
pub const TICKET_KEY: u8 = 129;

/// The secrets of one stack.
#[derive(Clone, Serialize, Deserialize)]
pub struct Keys {
    ticket: String,
    session: String,
    services: ServiceSeeds,
    /// Makes the key in an order's link.
    pub order_link: String,
    /// Signs settlements of nights; empty in a stack that is older than they are.
    #[serde(default)]
    pub settlement: String,
    /// Signs the lists that phones at the door decide by; empty in a stack that is older than they are.
    #[serde(default)]
    door_manifest: String,
    /// Seals secrets of accounts; empty in a stack that is older than they are.
    #[serde(default)]
    accounts: String,
    /// Keeps document numbers of bans unreadable; empty in a stack that is older than they are.
    #[serde(default)]
    pub documents: String,
    /// Signs the sandbox's webhooks.
    pub stripe_webhook: String,
    /// Stands for Stripe's API key.
    pub stripe: String,
    /// Stands for Resend's API key.
    pub resend: String,
    /// Passwords in PostgreSQL.
    pub database: Passwords,
    /// Passwords in NATS.
    pub nats: Passwords,
}

/// A password per service, and one for whoever operates the part.
#[derive(Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "a field per service, named like it")]
pub struct Passwords {
    pub operator: String,
    pub marketing_admin: String,
    pub purchase: String,
    pub scanner: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct ServiceSeeds {
    magueyctl: String,
    marketing_admin: String,
    purchase: String,
    scanner: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(***)")
    }
}

impl Keys {
    /// New random secrets.
    pub fn generate() -> Result<Self> {
        Ok(Self {
            ticket: seed()?,
            session: seed()?,
            services: ServiceSeeds {
                magueyctl: seed()?,
                marketing_admin: seed()?,
                purchase: seed()?,
                scanner: seed()?,
            },
            order_link: seed()?,
            settlement: seed()?,
            door_manifest: seed()?,
            accounts: seed()?,
            documents: seed()?,
            stripe_webhook: format!("whsec_{}", secret::password()?),
            stripe: format!("sk_test_{}", secret::password()?),
            resend: format!("re_{}", secret::password()?),
            database: Passwords::generate()?,
            nats: Passwords::generate()?,
        })
    }

    /// The secrets in `file`, made and written there the first time.
    pub fn load_or_generate(file: &Path) -> Result<Self> {
        if let Ok(text) = std::fs::read(file) {
            let mut keys: Self = serde_json::from_slice(&text).map_err(|_| {
                Error::Refused(format!(
                    "{} is from another version of Maguey: run `make reset`, then again",
                    file.display()
                ))
            })?;
            let mut changed = false;
            for made_later in [&mut keys.door_manifest, &mut keys.accounts] {
                if made_later.is_empty() {
                    *made_later = seed()?;
                    changed = true;
                }
            }
            if changed {
                keys.store(file)?;
            }
            return Ok(keys);
        }
        let keys = Self::generate()?;
        keys.store(file)?;
        Ok(keys)
    }

    fn store(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_vec_pretty(self).map_err(|e| Error::Io(e.to_string()))?;
        secret::file(file, &text)
    }

    /// `129:<seed>`, a key of test tickets: signs tickets; purchase alone has it.
    pub fn ticket_signing(&self) -> String {
        format!("{TICKET_KEY}:{}", self.ticket)
    }

    /// `129:<key>`: verifies tickets.
    pub fn ticket_public(&self) -> Result<String> {
        Ok(format!("{TICKET_KEY}:{}", public(&self.ticket)?))
    }

    /// `<key id>:<seed>`: signs the lists that phones decide by; the door alone has it.
    pub fn door_manifest(&self) -> String {
        format!("local-1:{}", self.door_manifest)
    }

    /// `<key id>:<key>`: seals secrets of accounts; marketing-admin alone has it.
    pub fn accounts(&self) -> String {
        format!("local-1:{}", self.accounts)
    }

    /// `<key id>:<seed>`: signs staff sessions; marketing-admin alone has it.
    pub fn session_signing(&self) -> String {
        format!("local-1:{}", self.session)
    }

    /// `<key id>:<key>`: verifies staff sessions.
    pub fn session_public(&self) -> Result<String> {
        Ok(format!("local-1:{}", public(&self.session)?))
    }

    /// The seed with which one service, or [`OPERATOR`], signs its calls to another.
    pub fn service_signing(&self, name: &str) -> String {
        match name {
            OPERATOR => self.services.magueyctl.clone(),
            _ => Service::ALL
                .into_iter()
                .find(|s| s.program() == name)
                .map_or_else(String::new, |s| self.seed_of(s).to_owned()),
        }
    }

    /// Everybody's public keys, by name: who may call whom is the callee's decision.
    pub fn services_public(&self) -> Result<String> {
        let mut all = vec![format!("{OPERATOR}:{}", public(&self.services.magueyctl)?)];
        for service in Service::ALL {
            all.push(format!("{}:{}", service.program(), public(self.seed_of(service))?));
        }
        Ok(all.join(","))
    }

    fn seed_of(&self, service: Service) -> &str {
        match service {
            Service::MarketingAdmin => &self.services.marketing_admin,
            Service::Purchase => &self.services.purchase,
            Service::Scanner => &self.services.scanner,
        }
    }
}

impl Passwords {
    fn generate() -> Result<Self> {
        Ok(Self {
            operator: secret::password()?,
            marketing_admin: secret::password()?,
            purchase: secret::password()?,
            scanner: secret::password()?,
        })
    }

    /// The password of a service's role or user, `operator` for anything else.
    pub fn of(&self, role: &str) -> &str {
        match role {
            "marketing_admin" => &self.marketing_admin,
            "purchase" => &self.purchase,
            "scanner" => &self.scanner,
            _ => &self.operator,
        }
    }
}

fn seed() -> Result<String> {
    Ok(STANDARD.encode(secret::bytes::<32>()?))
}

fn public(seed: &str) -> Result<String> {
    let bytes = STANDARD.decode(seed).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let seed = bytes
        .ok_or_else(|| Error::Refused("a key file holds a seed that is not 32 bytes in base64".into()))?;
    Ok(STANDARD.encode(SigningKey::from_bytes(&seed).verifying_key().to_bytes()))
}
