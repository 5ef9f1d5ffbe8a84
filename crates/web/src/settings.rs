//! What the environment says about a service's front door.

use std::net::SocketAddr;

use ed25519_dalek::SigningKey;
use settings::{Reader, Value};

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
    /// Reads `LISTEN`, `INTERNAL_LISTEN`, `SESSION_PUBLIC_KEYS`, `SERVICE_SIGNING_KEY`, `SERVICE_PUBLIC_KEYS`,
    /// `HTTP_WORKERS` and the service's own public URL from `public_url_variable`.
    pub fn read(reader: &mut Reader, service: &'static str, public_url_variable: &'static str) -> Self {
        let listen = reader.required("LISTEN", "address and port for the gateway, such as 0.0.0.0:8000");
        let internal_listen =
            reader.required("INTERNAL_LISTEN", "address and port for the other services, probes and metrics");
        let public_url: String =
            reader.required(public_url_variable, "this service's own address in the world, such as https://yourclub.com");
        let session_keys = reader.required("SESSION_PUBLIC_KEYS", "keys that sign staff sessions, as kid:base64,…");
        let service_keys = reader.required("SERVICE_PUBLIC_KEYS", "keys of the services, as name:base64,…");
        let SigningSeed(signing_key) =
            reader.required("SERVICE_SIGNING_KEY", "this service's own private key, base64 of an Ed25519 seed");
        let workers = reader.or("HTTP_WORKERS", 2, "threads that serve requests");
        Self {
            service,
            listen,
            internal_listen,
            public_url: public_url.trim_end_matches('/').to_owned(),
            session_keys,
            service_keys,
            service_signer: ServiceSigner::new(service, &signing_key),
            workers,
        }
    }
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
