//! What the environment says about a service's front door.

use std::net::SocketAddr;

use domain::mode::Mode;
use ed25519_dalek::SigningKey;
use settings::{EmailAddress, Reader, Value};

use crate::{
    service_token::{ServiceKeys, ServiceSigner},
    session::SessionKeys,
    tokens::signing_key,
};

/// Addresses, keys and the public URL of one service.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// The service's name: the audience of tokens for it.
    pub service: &'static str,
    /// Whether money and tickets are real.
    pub mode: Mode,
    /// Where guests and the gateway connect. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the other services, probes and Prometheus connect.
    pub internal_listen: SocketAddr,
    /// This service's own address in the world, without a slash at the end.
    pub public_url: String,
    /// Whose sessions are believed.
    pub session_keys: SessionKeys,
    /// Which services are believed.
    pub service_keys: ServiceKeys,
    /// Signs our calls to other services.
    pub service_signer: ServiceSigner,
    /// Threads that serve the public listener.
    pub workers: usize,
}

impl WebSettings {
    /// Reads `MAGUEY_MODE`, `LISTEN`, `INTERNAL_LISTEN`, `SESSION_PUBLIC_KEYS`, `SERVICE_SIGNING_KEY`, `SERVICE_PUBLIC_KEYS`,
    /// `HTTP_WORKERS` and the service's own public URL from `public_url_variable`.
    pub fn read(reader: &mut Reader, service: &'static str, public_url_variable: &'static str) -> Self {
        let listen = reader.required("LISTEN", "address and port for the gateway, such as 0.0.0.0:8000");
        let internal_listen =
            reader.required("INTERNAL_LISTEN", "address and port for the other services, probes and metrics");
        let public_url = public_url(reader, public_url_variable);
        let session_keys =
            reader.required("SESSION_PUBLIC_KEYS", "keys that sign staff sessions, as kid:base64,…");
        let service_keys = reader.required("SERVICE_PUBLIC_KEYS", "keys of the services, as name:base64,…");
        let SigningSeed(signing_key) = reader
            .required("SERVICE_SIGNING_KEY", "this service's own private key, base64 of an Ed25519 seed");
        let workers = reader.or("HTTP_WORKERS", 2, "threads that serve requests");
        Self {
            service,
            mode: reader.mode(),
            listen,
            internal_listen,
            public_url,
            session_keys,
            service_keys,
            service_signer: ServiceSigner::new(service, &signing_key),
            workers,
        }
    }
}

/// Reads the address that browsers name in `Origin`, so it must be exactly that: scheme, host and port.
fn public_url(reader: &mut Reader, variable: &'static str) -> String {
    const PURPOSE: &str = "this service's own address in the world, such as https://yourclub.com";
    let text: String = reader.required(variable, PURPOSE);
    let url = text.trim_end_matches('/').to_ascii_lowercase();
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_origin = host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']));
    if !is_origin && !text.is_empty() {
        reader.fault(variable, PURPOSE, "is not a scheme and a host, such as https://yourclub.com");
    }
    let plain = is_origin && !url.starts_with("https://");
    reader.refuse_in_production(variable, PURPOSE, plain, "must be https in production");
    url
}

/// Reads `CLUB_CONTACT_EMAIL` for the services whose pages guests read; empty if there is none.
pub fn contact(reader: &mut Reader) -> String {
    const PURPOSE: &str = "where guests write to the club, named on pages and in emails";
    reader.optional::<EmailAddress>("CLUB_CONTACT_EMAIL", PURPOSE).map_or_else(String::new, String::from)
}

/// A private key as a variable holds it; see [`signing_key`].
#[derive(Clone)]
pub struct SigningSeed(pub SigningKey);

impl Value for SigningSeed {
    fn read(text: &str) -> Result<Self, String> {
        signing_key(text).map(Self)
    }
    fn placeholder() -> Self {
        Self(SigningKey::from_bytes(&[0; 32]))
    }
}

impl std::fmt::Debug for SigningSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

impl Value for SessionKeys {
    fn read(text: &str) -> Result<Self, String> {
        text.parse()
    }
    fn placeholder() -> Self {
        Self::default()
    }
}

impl Value for ServiceKeys {
    fn read(text: &str) -> Result<Self, String> {
        text.parse()
    }
    fn placeholder() -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;

    fn read(change: impl Fn(&'static str, String) -> String) -> Result<WebSettings, settings::Faults> {
        let key = SigningKey::from_bytes(&[1; 32]);
        let public = STANDARD.encode(key.verifying_key().as_bytes());
        let pairs = [
            ("MAGUEY_ENV", "test".to_owned()),
            ("LISTEN", "127.0.0.1:0".to_owned()),
            ("INTERNAL_LISTEN", "127.0.0.1:0".to_owned()),
            ("PUBLIC_URL_PURCHASE", "https://tickets.club.test/".to_owned()),
            ("SESSION_PUBLIC_KEYS", format!("old:{public}, new:{public}")),
            ("SERVICE_PUBLIC_KEYS", format!("scanner:{public}")),
            ("SERVICE_SIGNING_KEY", STANDARD.encode([1; 32])),
        ];
        let mut reader = Reader::from_pairs(pairs.map(|(name, value)| (name, change(name, value))));
        let read = WebSettings::read(&mut reader, "purchase", "PUBLIC_URL_PURCHASE");
        assert_eq!(reader.declared().len(), 9, "seven, HTTP_WORKERS and MAGUEY_MODE");
        reader.finish(read)
    }

    #[test]
    fn a_good_environment_is_read() {
        let settings = read(|_, value| value).unwrap();
        assert_eq!(settings.public_url, "https://tickets.club.test");
        assert_eq!((settings.workers, settings.mode), (2, Mode::Test));
        assert!(
            !format!("{settings:?}").contains(&STANDARD.encode([1; 32])),
            "a private key is never printed"
        );
    }

    #[test]
    fn every_bad_value_is_a_fault_with_its_name() {
        for (name, bad) in [
            ("LISTEN", "8000"),
            ("SESSION_PUBLIC_KEYS", "no-colon"),
            ("SESSION_PUBLIC_KEYS", "k:!!!"),
            ("SERVICE_PUBLIC_KEYS", "scanner:AAAA"),
            ("SERVICE_SIGNING_KEY", "AAAA"),
            ("PUBLIC_URL_PURCHASE", ""),
            ("PUBLIC_URL_PURCHASE", "tickets.club.test"),
            ("PUBLIC_URL_PURCHASE", "https://club.test/tickets"),
        ] {
            let faults = read(|at, value| if at == name { bad.to_owned() } else { value }).unwrap_err();
            assert_eq!(faults.names().collect::<Vec<_>>(), [name], "{bad}");
        }
    }
}
