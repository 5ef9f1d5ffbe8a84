//! What the service is told when it starts: the variables and keys of everybody around it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use db::Owner;
use domain::clock::{Clock, SystemClock};
use ed25519_dalek::SigningKey;
use marketing_admin::SERVICE;
use reqwest::RequestBuilder;
use settings::Reader;
use web::WebSettings;
use web::service_token::{ServiceKeys, ServiceSigner};
use web::session::SessionKeys;

use super::{House, PUBLIC};

/// Who signs with what.
pub(super) struct Keys {
    pub(super) session: SigningKey,
    own: SigningKey,
    scanner: SigningKey,
    operator: SigningKey,
}

impl Keys {
    pub(super) fn new() -> Self {
        Self { session: key(1), own: key(2), scanner: key(3), operator: key(4) }
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

impl House {
    pub(super) fn environment(&self) -> Reader {
        let public = |key: &SigningKey| base64(key.verifying_key().as_bytes());
        let services = [
            ("marketing-admin", &self.keys.own),
            ("scanner", &self.keys.scanner),
            ("magueyctl", &self.keys.operator),
        ];
        let services: Vec<String> =
            services.iter().map(|(name, key)| format!("{name}:{}", public(key))).collect();
        let usual = [
            ("MAGUEY_ENV", "test".to_owned()),
            ("LISTEN", "127.0.0.1:0".to_owned()),
            ("INTERNAL_LISTEN", "127.0.0.1:0".to_owned()),
            ("PUBLIC_URL_MARKETING", PUBLIC.to_owned()),
            ("PUBLIC_URL_PURCHASE", "http://tickets.maguey.localhost:8080".to_owned()),
            ("PUBLIC_URL_SCANNER", "http://scanner.maguey.localhost:8080".to_owned()),
            ("DATABASE_URL", self.database.url(Owner::MarketingAdmin)),
            ("NATS_URL", self.nats.url("marketing_admin")),
            ("SESSION_PUBLIC_KEYS", format!("k1:{}", public(&self.keys.session))),
            ("SESSION_SIGNING_KEY", format!("k1:{}", base64(self.keys.session.as_bytes()))),
            ("ACCOUNT_KEYS", format!("a1:{}", base64(b"thirty-two bytes for tests alone"))),
            ("SERVICE_SIGNING_KEY", base64(self.keys.own.as_bytes())),
            ("SERVICE_PUBLIC_KEYS", services.join(",")),
            ("RESEND_BASE_URL", self.sandbox.url.clone()),
            ("RESEND_API_KEY", "re_test_key".to_owned()),
            ("RESEND_RATE_LIMIT", "100".to_owned()),
            ("CLUB_CONTACT_EMAIL", "hola@maguey.localhost".to_owned()),
            ("MAIL_FROM", "Maguey <tickets@maguey.localhost>".to_owned()),
            ("PURCHASE_INTERNAL_URL", self.purchase_url.clone()),
            ("SCANNER_INTERNAL_URL", self.scanner_url.clone()),
        ];
        Reader::from_pairs(usual.into_iter().chain(self.variables.clone()))
    }

    /// Settings of a service that believes the desk and nobody else.
    pub fn neighbour(&self, service: &'static str) -> WebSettings {
        let believed = [(SERVICE.to_owned(), self.keys.own.verifying_key())].into();
        WebSettings {
            service,
            mode: domain::mode::Mode::Test,
            listen: "127.0.0.1:0".parse().expect("an address"),
            internal_listen: "127.0.0.1:0".parse().expect("an address"),
            public_url: PUBLIC.to_owned(),
            session_keys: SessionKeys::one("k1", self.keys.session.verifying_key()),
            service_keys: ServiceKeys::of(&believed),
            service_signer: ServiceSigner::new(service, &self.keys.scanner),
            workers: 1,
        }
    }

    /// A call as one of our services.
    pub fn as_service(&self, name: &str, request: RequestBuilder) -> RequestBuilder {
        let key = if name == "scanner" { &self.keys.scanner } else { &self.keys.operator };
        request.bearer_auth(ServiceSigner::new(name, key).token(SERVICE, SystemClock.now()))
    }
}
