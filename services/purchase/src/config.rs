//! The environment of this service, read once.

mod limits;
mod signing;
mod stripe;
mod times;

use std::sync::Arc;
use std::time::Duration;

use bus::BusSettings;
use chrono::TimeDelta;
use db::DbSettings;
use domain::statement::Prefix;
use domain::waiting_room::Pace;
use settings::crash::CrashAt;
use settings::{List, Reader, Secret};
use web::WebSettings;

use self::limits::{crowd_limits, live, open_limits, pace};
use self::signing::{link_secret, ticket_key};
use self::stripe::{STRIPE, statement_prefix, stripe_key, usual_origins};
use self::times::{ask_every, credit, minutes, offer};
use crate::crowds::CrowdLimits;
use crate::inventory::OpenLimits;
use crate::papers::Wallets;
use crate::receipts::Seller;
use crate::settlements::SettlementKey;

/// All that the service needs to know.
#[derive(Debug, Clone)]
pub struct Config {
    /// Addresses and keys.
    pub web: WebSettings,
    /// PostgreSQL.
    pub db: DbSettings,
    /// NATS.
    pub bus: BusSettings,
    /// Stripe's API.
    pub stripe_url: String,
    /// Our key at Stripe.
    pub stripe_key: Secret,
    /// Each may have signed a webhook.
    pub webhook_secrets: Vec<Secret>,
    /// What the club's charges begin with on card statements, as set at Stripe.
    pub statement: Option<Prefix>,
    /// Where payment pages stand: browsers let our forms lead there.
    pub checkout_origins: Vec<String>,
    /// The club's sites.
    pub marketing_url: String,
    /// The door's site.
    pub scanner_url: String,
    /// Where guests write to the club; empty for nowhere.
    pub contact: String,
    /// Internal address of marketing-admin: what events it knows.
    pub marketing_admin: String,
    /// Internal address of scanner: whether a guest is inside.
    pub scanner: String,
    /// Signs the tickets' codes: `ID:BASE64`.
    pub ticket_key: Secret,
    /// Makes the orders' addresses.
    pub order_link_secret: Secret,
    /// The club's accounts with Apple and Google, as far as it has them.
    pub wallets: Wallets,
    /// Who sells, as receipts say; without it there are none.
    pub seller: Option<Arc<Seller>>,
    /// Signs settlements of nights; without it there are none.
    pub settlement_key: Option<SettlementKey>,
    /// How long places are held.
    pub hold: TimeDelta,
    /// How much may wait for payment at once.
    pub open: OpenLimits,
    /// How much of what costs nothing guests of one network may have at once.
    pub crowds: CrowdLimits,
    /// How long places are held for who stood in line.
    pub offer: TimeDelta,
    /// How long a credit is good.
    pub credit: TimeDelta,
    /// Whether what is left of it then is the club's.
    pub credits_lapse: bool,
    /// How many open pages are told what changes.
    pub live: usize,
    /// When the waiting room opens, and how fast its line moves.
    pub pace: Pace,
    /// How often an unpaid order is asked about.
    pub ask_every: TimeDelta,
    /// How often the workers look by themselves.
    pub round: Duration,
    /// A point at which a crash test aborts this process; never set outside tests.
    pub crash_at: CrashAt,
}

impl Config {
    /// Reads the environment.
    pub fn read(reader: &mut Reader) -> Self {
        reader.environment();
        let stripe_url: String = reader.or("STRIPE_API_BASE_URL", STRIPE.to_owned(), "Stripe's API");
        reader.refuse_in_production(
            "STRIPE_API_BASE_URL",
            "Stripe's API",
            !stripe_url.trim_end_matches('/').ends_with("stripe.com"),
            "is not Stripe's: in production money is real",
        );
        let secrets: List<Secret> = reader.required(
            "STRIPE_WEBHOOK_SECRETS",
            "secrets that sign Stripe's webhooks, several with commas between",
        );
        let origins: Option<List<String>> = reader.optional(
            "STRIPE_CHECKOUT_ORIGINS",
            "origins of payment pages, if you use a domain of your own for them",
        );
        let web = WebSettings::read(reader, "purchase", "PUBLIC_URL_PURCHASE");
        Self {
            wallets: Wallets::read(reader, &web.public_url),
            seller: Seller::read(reader),
            settlement_key: SettlementKey::read(reader),
            web,
            db: DbSettings::read(reader),
            bus: BusSettings::read(reader),
            checkout_origins: origins.map_or_else(|| usual_origins(&stripe_url), |list| list.0),
            stripe_url,
            stripe_key: stripe_key(reader),
            webhook_secrets: secrets.0,
            statement: statement_prefix(reader),
            marketing_url: reader.required("PUBLIC_URL_MARKETING", "the club's public site, for links"),
            scanner_url: reader.required("PUBLIC_URL_SCANNER", "the door's site, for links"),
            contact: web::contact(reader),
            marketing_admin: reader.required(
                "MARKETING_ADMIN_INTERNAL_URL",
                "internal address of marketing-admin: what events it knows",
            ),
            scanner: reader
                .required("SCANNER_INTERNAL_URL", "internal address of scanner: whether a guest is inside"),
            ticket_key: ticket_key(reader),
            order_link_secret: link_secret(reader),
            hold: minutes(reader, "HOLD_MINUTES", 15, "how long places are held for a guest who pays"),
            open: open_limits(reader),
            crowds: crowd_limits(reader),
            offer: offer(reader),
            credit: credit(reader),
            credits_lapse: reader.or(
                "CREDITS_LAPSE",
                false,
                "whether what is left of a credit is booked as the club's own once its time is over",
            ),
            live: live(reader),
            pace: pace(reader),
            ask_every: ask_every(reader),
            round: Duration::from_secs(5),
            crash_at: CrashAt::read(reader),
        }
    }
}

#[cfg(test)]
mod tests;
