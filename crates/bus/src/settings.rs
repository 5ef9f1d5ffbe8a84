use settings::{Reader, Secret};

/// How to reach NATS.
#[derive(Debug, Clone)]
pub struct BusSettings {
    /// `nats://user:password@host:port`, several with commas between; `tls://` for TLS.
    pub url: Secret,
}

impl BusSettings {
    /// Reads `NATS_URL`.
    pub fn read(reader: &mut Reader) -> Self {
        Self { url: reader.secret("NATS_URL", "the NATS server with this service's user and password") }
    }

    /// Settings for a known URL: tests and tools.
    pub fn new(url: &str) -> Self {
        Self { url: Secret::new(url) }
    }
}
