//! What the environment tells this service.

use bus::BusSettings;
use db::DbSettings;
use domain::mode::Mode;
use domain::ticket_code::KeyRing;
use settings::{Environment, Reader, Secret, crash::CrashAt};
use telemetry::TelemetrySettings;
use ui::Links;
use web::WebSettings;

use crate::bans::DocumentKey;

/// The service's name: audience of its tokens, name of its role, its stream's owner.
pub const SERVICE: &str = "scanner";

/// Everything that is read once at start.
#[derive(Debug)]
pub struct Config {
    /// What kind of place this is.
    pub environment: Environment,
    /// Logs, traces, metrics.
    pub telemetry: TelemetrySettings,
    /// Addresses and keys.
    pub web: WebSettings,
    /// The database.
    pub db: DbSettings,
    /// NATS.
    pub bus: BusSettings,
    /// The three sites, for the frame of the pages.
    pub links: Links,
    /// Public keys of the ticket codes. The door never holds a private one.
    pub ticket_keys: KeyRing,
    /// Signs the lists that phones decide by.
    pub manifest_key: Secret,
    /// Keeps the document numbers of bans unreadable.
    pub document_key: Option<DocumentKey>,
    /// Internal address of marketing-admin: sign-in, and what events it knows.
    pub marketing_admin: String,
    /// Internal address of purchase: what tickets it knows.
    pub purchase: String,
    /// For tests: where to die.
    pub crash_at: CrashAt,
}

impl Config {
    /// Reads and declares every variable.
    pub fn read(reader: &mut Reader) -> Self {
        let environment = reader.environment();
        let web = WebSettings::read(reader, SERVICE, "PUBLIC_URL_SCANNER");
        let marketing: String =
            reader.required("PUBLIC_URL_MARKETING", "address of the club's site, for links");
        let tickets: String = reader.required("PUBLIC_URL_PURCHASE", "address of the ticket site, for links");
        let links = Links::new(&marketing, &tickets, &web.public_url).in_mode(web.mode);
        Self {
            environment,
            telemetry: TelemetrySettings::read(reader),
            db: DbSettings::read(reader),
            bus: BusSettings::read(reader),
            links,
            ticket_keys: ticket_keys(reader),
            manifest_key: manifest_key(reader),
            document_key: DocumentKey::read(reader),
            marketing_admin: internal(
                reader,
                "MARKETING_ADMIN_INTERNAL_URL",
                "internal address of marketing-admin",
            ),
            purchase: internal(reader, "PURCHASE_INTERNAL_URL", "internal address of purchase"),
            crash_at: CrashAt::read(reader),
            web,
        }
    }
}

/// A door of one mode holds that mode's keys alone: with the others it would let their tickets in.
fn ticket_keys(reader: &mut Reader) -> KeyRing {
    let (name, purpose) = (
        "TICKET_PUBLIC_KEYS",
        "public keys that sign ticket codes, as id:base64,…; old ones until their events are over",
    );
    let keys: KeyRing = reader.required(name, purpose);
    let mode = reader.mode();
    if keys.iter().any(|(id, _)| Mode::of_key(id) != mode) {
        let problem = match mode {
            Mode::Live => "holds a key of test tickets (an id from 128 on) where tickets are real",
            Mode::Test => "holds a key of real tickets (an id below 128) in test mode",
        };
        reader.fault(name, purpose, problem);
    }
    keys
}

fn manifest_key(reader: &mut Reader) -> Secret {
    let (name, purpose) = (
        "DOOR_MANIFEST_KEY",
        "signs the lists that phones decide by without a network, as KID:BASE64 of an Ed25519 seed; old ones after it, with commas",
    );
    let key = reader.secret(name, purpose);
    if !key.expose().is_empty()
        && let Err(error) = key.expose().parse::<crate::sync::ManifestSigner>()
    {
        reader.fault(name, purpose, format!("can't be used: {error}"));
    }
    key
}

fn internal(reader: &mut Reader, name: &'static str, purpose: &'static str) -> String {
    reader.required::<String>(name, purpose).trim_end_matches('/').to_owned()
}
