//! What the environment tells this service.

use std::str::FromStr;

use bus::BusSettings;
use db::DbSettings;
use settings::{Environment, Reader, Secret};
use ui::Links;
use web::WebSettings;
use web::session::{Claims, SessionSigner};

use crate::notifications::audience::Audience;

/// The service's name: audience of its sessions, name by which the others know its key.
pub const SERVICE: &str = "marketing-admin";
/// Its database role and NATS user.
pub const ROLE: &str = "marketing_admin";

/// Everything that is read once at start.
#[derive(Debug)]
pub struct Config {
    /// What kind of place this is.
    pub environment: Environment,
    /// Addresses and keys.
    pub web: WebSettings,
    /// The database.
    pub db: DbSettings,
    /// NATS.
    pub bus: BusSettings,
    /// The three sites.
    pub links: Links,
    /// Signs the sessions of the staff.
    pub signer: SessionSigner,
    /// Who delivers email.
    pub mail: MailSettings,
    /// Refunds above this, minor units, take a second factor given lately.
    pub refund_proof_above: i64,
    /// Internal address of purchase: what was sold.
    pub purchase: String,
    /// Internal address of scanner: who came in.
    pub scanner: String,
}

/// How email is sent.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// The provider's API.
    pub base_url: reqwest::Url,
    /// Our key there.
    pub key: Secret,
    /// The sender's address.
    pub from: String,
    /// Whom they go to.
    pub audience: Audience,
    /// Emails per second, all replicas together.
    pub per_second: u32,
}

impl Config {
    /// Reads and declares every variable.
    pub fn read(reader: &mut Reader) -> Self {
        let environment = reader.environment();
        let web = WebSettings::read(reader, SERVICE, "PUBLIC_URL_MARKETING");
        let tickets: String =
            reader.required("PUBLIC_URL_PURCHASE", "address of the ticket site: where Buy leads");
        let scanner: String = reader.required("PUBLIC_URL_SCANNER", "address of the door's site, for links");
        let contact = web::contact(reader);
        Self {
            environment,
            links: Links::new(&web.public_url, &tickets, &scanner).with_contact(contact).in_mode(web.mode),
            // Nothing here is urgent: all connections are everybody's.
            db: DbSettings { reserved: 0, ..DbSettings::read(reader) },
            bus: BusSettings::read(reader),
            signer: session_signer(reader, &web),
            mail: MailSettings::read(reader),
            refund_proof_above: reader.or(
                "REFUND_PROOF_ABOVE",
                20_000,
                "refunds of more than this, in minor units, take a fresh second factor",
            ),
            purchase: internal(
                reader,
                "PURCHASE_INTERNAL_URL",
                "internal address of purchase: what was sold",
            ),
            scanner: internal(reader, "SCANNER_INTERNAL_URL", "internal address of scanner: who came in"),
            web,
        }
    }
}

impl MailSettings {
    fn read(reader: &mut Reader) -> Self {
        const URL: (&str, &str) =
            ("RESEND_BASE_URL", "the email provider's API, such as https://api.resend.com");
        const KEY: (&str, &str) = ("RESEND_API_KEY", "our key at the email provider");
        const RATE: (&str, &str) =
            ("RESEND_RATE_LIMIT", "emails per second that the provider allows, at least 1");
        let url: String = reader.required(URL.0, URL.1);
        let parsed = reqwest::Url::from_str(&url);
        if parsed.is_err() && !url.is_empty() {
            reader.fault(URL.0, URL.1, "is not a URL");
        }
        let plain = parsed.as_ref().is_ok_and(|url| url.scheme() != "https");
        reader.refuse_in_production(URL.0, URL.1, plain, "is not https: this looks like the sandbox");
        let key = reader.secret(KEY.0, KEY.1);
        let example = key.expose().contains("CHANGE-ME") || key.expose().starts_with("re_sandbox");
        reader.refuse_in_production(KEY.0, KEY.1, example, "is the example's");
        let per_second: u32 = reader.or(RATE.0, 2, RATE.1);
        if per_second == 0 {
            reader.fault(RATE.0, RATE.1, "must be at least 1");
        }
        let from = reader.required("MAIL_FROM", "who sends the tickets, as Your Club <tickets@yourclub.com>");
        let mode = reader.mode();
        let audience = Audience::read(reader, mode, plain);
        Self { base_url: parsed.unwrap_or_else(|_| nowhere()), key, from, audience, per_second }
    }
}

/// Stands in after a fault, which keeps the program from starting.
fn nowhere() -> reqwest::Url {
    reqwest::Url::from_str("http://invalid.invalid").expect("a literal URL")
}

/// `kid:base64`. The public half must be in `SESSION_PUBLIC_KEYS`, or nobody could sign in anywhere.
fn session_signer(reader: &mut Reader, web: &WebSettings) -> SessionSigner {
    const NAME: &str = "SESSION_SIGNING_KEY";
    const PURPOSE: &str = "private key that signs staff sessions, kid:base64 of 32 random bytes";
    let text: Secret = reader.secret(NAME, PURPOSE);
    let key = text
        .expose()
        .split_once(':')
        .ok_or_else(|| "is not kid:base64".to_owned())
        .and_then(|(kid, seed)| web::signing_key(seed).map(|key| SessionSigner::new(kid, &key)));
    match key {
        Ok(signer) => {
            if !is_believed(&signer, web) {
                reader.fault(NAME, PURPOSE, "has no public half in SESSION_PUBLIC_KEYS");
            }
            signer
        }
        Err(problem) => {
            if !text.expose().is_empty() {
                reader.fault(NAME, PURPOSE, problem);
            }
            SessionSigner::new("", &ed25519_dalek::SigningKey::from_bytes(&[0; 32]))
        }
    }
}

fn is_believed(signer: &SessionSigner, web: &WebSettings) -> bool {
    let at = chrono::DateTime::UNIX_EPOCH;
    let (staff, session) = (domain::ids::StaffId::generate(), domain::ids::SessionId::generate());
    let token = signer.sign(&Claims::new(SERVICE, staff, session, at));
    web.session_keys.verify(&token, SERVICE, at).is_ok()
}

fn internal(reader: &mut Reader, name: &'static str, purpose: &'static str) -> String {
    reader.required::<String>(name, purpose).trim_end_matches('/').to_owned()
}
