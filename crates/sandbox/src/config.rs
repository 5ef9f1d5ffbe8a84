//! What a sandbox needs to know.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use settings::{Environment, List, Reader, Secret};

/// Where to listen, where webhooks go, where the state is kept.
#[derive(Debug, Clone)]
pub struct Config {
    /// What kind of place this is; production is refused.
    pub environment: Environment,
    /// Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where browsers find the sandbox; by default where it listens.
    pub public_url: Option<String>,
    /// Kept over restarts when set.
    pub state_file: Option<PathBuf>,
    /// Where webhooks go; none are sent without it.
    pub webhook_url: Option<String>,
    /// Each signs every webhook.
    pub webhook_secrets: Vec<String>,
    /// Waits between the attempts of one webhook.
    pub backoff: Vec<Duration>,
}

impl Default for Config {
    /// For tests: a free port, no file, no webhooks until [`crate::Running::deliver_to`].
    fn default() -> Self {
        Self {
            environment: Environment::Test,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            state_file: None,
            webhook_url: None,
            webhook_secrets: Vec::new(),
            backoff: usual_backoff(),
        }
    }
}

/// A quarter of a second, doubled up to half a minute: Stripe's hours, shrunk to what a person waits for.
fn usual_backoff() -> Vec<Duration> {
    [250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 30_000].map(Duration::from_millis).to_vec()
}

impl Config {
    /// Reads the environment.
    pub fn read(reader: &mut Reader) -> Self {
        let environment = reader.environment();
        reader.refuse_in_production(
            "MAGUEY_ENV",
            "what kind of place this is",
            true,
            "is production: the sandbox takes test cards for money and never starts there",
        );
        let secrets: Option<List<Secret>> =
            reader.optional("STRIPE_WEBHOOK_SECRETS", "sign the webhooks, comma-separated");
        let secrets = secrets.map(|list| list.0).unwrap_or_default();
        Self {
            environment,
            listen: reader.required("SANDBOX_LISTEN", "address and port the sandbox listens on"),
            public_url: reader.optional("SANDBOX_PUBLIC_URL", "where browsers find the sandbox"),
            state_file: reader.optional("SANDBOX_STATE_FILE", "keeps payments and mail over restarts"),
            webhook_url: reader.optional("STRIPE_WEBHOOK_URL", "where the sandbox sends Stripe's webhooks"),
            webhook_secrets: secrets.iter().map(|secret| secret.expose().to_owned()).collect(),
            backoff: usual_backoff(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_is_refused_by_name() {
        let mut reader =
            Reader::from_pairs([("MAGUEY_ENV", "production"), ("SANDBOX_LISTEN", "127.0.0.1:0")]);
        let config = Config::read(&mut reader);
        let faults = reader.finish(config).expect_err("refused");
        assert!(faults.to_string().contains("never starts there"), "{faults}");
    }

    #[test]
    fn several_secrets_are_read() {
        let mut reader = Reader::from_pairs([
            ("MAGUEY_ENV", "local"),
            ("SANDBOX_LISTEN", "127.0.0.1:0"),
            ("STRIPE_WEBHOOK_SECRETS", "whsec_old, whsec_new"),
        ]);
        let config = Config::read(&mut reader);
        assert_eq!(config.webhook_secrets, ["whsec_old", "whsec_new"]);
        assert!(reader.finish(config).is_ok());
    }
}
