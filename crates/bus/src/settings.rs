//! How to reach NATS, out of the environment.

use std::path::PathBuf;

use settings::{Reader, Secret};

/// How to reach NATS.
#[derive(Debug, Clone)]
pub struct BusSettings {
    /// `nats://user:password@host:port`, several with commas between; `tls://` for TLS.
    pub url: Secret,
    /// PEM file of the authorities that sign the server's certificate; those of the system if there is none.
    pub ca: Option<PathBuf>,
}

impl BusSettings {
    /// Reads `NATS_URL` and `NATS_CA_FILE`. Names and addresses travel there: in production never in the clear.
    pub fn read(reader: &mut Reader) -> Self {
        let (name, purpose) = ("NATS_URL", "the NATS server with this service's user and password");
        let url = reader.secret(name, purpose);
        let plain = |server: &str| !server.is_empty() && !server.starts_with("tls://");
        let plain = url.expose().split(',').map(str::trim).any(plain);
        reader.refuse_in_production(name, purpose, plain, "needs tls:// in production");
        let ca = reader.optional(
            "NATS_CA_FILE",
            "PEM file of the authority that signs NATS's certificate, if it is not one of the system's",
        );
        Self { url, ca }
    }

    /// Settings for a known URL: tests and tools.
    pub fn new(url: &str) -> Self {
        Self { url: Secret::new(url), ca: None }
    }
}

#[cfg(test)]
mod tests {
    use super::{BusSettings, Reader};

    #[test]
    fn production_takes_no_line_in_the_clear() {
        for (place, url, fine) in [
            ("production", "nats://purchase:secret@nats:4222", false),
            ("production", "tls://purchase:secret@a:4222, nats://purchase:secret@b:4222", false),
            ("production", "tls://purchase:secret@a:4222,tls://purchase:secret@b:4222", true),
            ("local", "nats://purchase:secret@nats:4222", true),
            ("test", "nats://purchase:secret@nats:4222", true),
        ] {
            let mut reader = Reader::from_pairs([("MAGUEY_ENV", place), ("NATS_URL", url)]);
            let settings = BusSettings::read(&mut reader);
            let faults = reader.finish(settings).err();
            let names: Vec<_> = faults.iter().flat_map(|faults| faults.names()).collect();
            let expected: &[&str] = if fine { &[] } else { &["NATS_URL"] };
            assert_eq!(names, expected, "{place} with {url}");
        }
    }
}
