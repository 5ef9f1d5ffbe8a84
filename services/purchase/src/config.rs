//! The environment of this service, read once.

use std::sync::Arc;
use std::time::Duration;

use bus::BusSettings;
use chrono::TimeDelta;
use db::DbSettings;
use domain::mode::Mode;
use domain::statement::Prefix;
use domain::waiting_room::Pace;
use settings::crash::CrashAt;
use settings::{List, Reader, Secret};
use web::WebSettings;

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

const STRIPE: &str = "https://api.stripe.com";

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

/// A test key where money is real would give tickets away; a live key where it is not would take guests' money for nothing.
fn stripe_key(reader: &mut Reader) -> Secret {
    let (name, purpose) = ("STRIPE_SECRET_KEY", "this club's key at Stripe");
    let key = reader.secret(name, purpose);
    let begins =
        |kind: &str| ["sk", "rk"].iter().any(|who| key.expose().starts_with(&format!("{who}_{kind}_")));
    match reader.mode() {
        Mode::Live if begins("test") => {
            reader.fault(name, purpose, "is a test key where money is real: take a live one, or set MAGUEY_MODE=test for all services");
        }
        Mode::Test if begins("live") => reader.fault(name, purpose, "is a live key in test mode"),
        Mode::Live | Mode::Test => {}
    }
    key
}

fn statement_prefix(reader: &mut Reader) -> Option<Prefix> {
    let (name, purpose) = (
        "STRIPE_STATEMENT_PREFIX",
        "what the club's charges begin with on card statements (Stripe's \"shortened descriptor\"); the night's name stands behind it",
    );
    let text: Option<String> = reader.optional(name, purpose);
    match text?.parse::<Prefix>() {
        Ok(prefix) => Some(prefix),
        Err(error) => {
            reader.fault(name, purpose, format!("{error}"));
            None
        }
    }
}

fn ticket_key(reader: &mut Reader) -> Secret {
    let (name, purpose) = (
        "TICKET_SIGNING_KEY",
        "signs tickets, as ID:BASE64 of an Ed25519 seed; the doors hold the public half",
    );
    let key = reader.secret(name, purpose);
    let mode = reader.mode();
    if key.expose().is_empty() {
        return key;
    }
    match key.expose().parse::<crate::tickets::signer::TicketSigner>() {
        Ok(signer) if signer.mode() != mode => reader.fault(name, purpose, wrong_id(mode)),
        Ok(_) => {}
        Err(error) => reader.fault(name, purpose, format!("can't be used: {error}")),
    }
    key
}

fn wrong_id(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "signs test tickets: real ones have a key id from 0 to 127",
        Mode::Test => "signs real tickets: in test mode the key id is from 128 to 255",
    }
}

fn link_secret(reader: &mut Reader) -> Secret {
    let (name, purpose) =
        ("ORDER_LINK_SECRET", "makes orders' addresses unguessable, at least 32 characters");
    let secret = reader.secret(name, purpose);
    if !secret.expose().is_empty() && secret.expose().len() < 32 {
        reader.fault(name, purpose, "is too short");
    }
    secret
}

fn open_limits(reader: &mut Reader) -> OpenLimits {
    let usual = OpenLimits::default();
    let (orders, tickets) = ("OPEN_ORDERS_PER_GUEST", "OPEN_TICKETS_PER_ADDRESS");
    let (of_guest, of_address) = (
        "how many orders of one email address may wait for payment at once",
        "how many tickets of a stock (at most half of it) may wait for payment by guests at one network address",
    );
    let (share, of_stock) = (
        "OPEN_SHARE_PER_ADDRESS",
        "the same in per cent of the stock, where that is more: of a large night guests of a mobile network",
    );
    let (addresses, of_network) = (
        "OPEN_ADDRESSES_PER_NETWORK",
        "guests of one network (/24, /48) may have as much waiting as so many addresses (at most half of the stock, and no less than one)",
    );
    let limits = OpenLimits {
        orders: reader.or(orders, usual.orders, of_guest),
        tickets: reader.or(tickets, usual.tickets, of_address),
        share: reader.or(share, usual.share, of_stock),
        addresses: reader.or(addresses, usual.addresses, of_network),
    };
    for (name, purpose, value) in [
        (orders, of_guest, limits.orders),
        (tickets, of_address, limits.tickets),
        (addresses, of_network, limits.addresses),
    ] {
        if value < 1 {
            reader.fault(name, purpose, "must be at least 1");
        }
    }
    if !(0..=100).contains(&limits.share) {
        reader.fault(share, of_stock, "must be from 0 to 100");
    }
    limits
}

fn crowd_limits(reader: &mut Reader) -> CrowdLimits {
    let mut most = |name: &'static str, usual: u32, purpose: &'static str| {
        let value: u32 = reader.or(name, usual, purpose);
        if !(1..=1_000_000).contains(&value) {
            reader.fault(name, purpose, "must be from 1 to 1000000");
        }
        value
    };
    CrowdLimits {
        places: most(
            "WAITING_ROOM_PLACES_PER_ADDRESS",
            600,
            "how many places in waiting rooms guests at one network address may take at once",
        ),
        joins: most(
            "WAITLIST_JOINS_PER_NETWORK",
            100,
            "how many guests of one network (/24, /48) may join waitlists at once",
        ),
        gifts: most(
            "FREE_TICKETS_PER_NETWORK",
            300,
            "how many free tickets guests of one network (/24, /48) may take at once",
        ),
    }
}

fn offer(reader: &mut Reader) -> TimeDelta {
    let (name, purpose) = ("WAITLIST_OFFER_MINUTES", "how long places are held for who stood in line");
    let minutes: u32 = reader.or(name, 60, purpose);
    // Time enough to see a mail, and not so long that a night passes with places that nobody takes.
    if !(5..=1440).contains(&minutes) {
        reader.fault(name, purpose, "must be from 5 to 1440");
    }
    TimeDelta::minutes(i64::from(minutes))
}

fn live(reader: &mut Reader) -> usize {
    let (name, purpose) = (
        "LIVE_PAGES",
        "how many open pages of nights each process tells what changes; the others show what they were loaded with",
    );
    let pages: u32 = reader.or(name, 1500, purpose);
    // The gateway keeps as many connections for them (deploy/envoy), beside those that sell.
    if pages > 20_000 {
        reader.fault(name, purpose, "must be at most 20000");
    }
    pages as usize
}

fn pace(reader: &mut Reader) -> Pace {
    let opens_above = reader.or(
        "WAITING_ROOM_OPENS_ABOVE_PER_SECOND",
        100,
        "how many guests of one night may arrive at checkout per second before the waiting room opens; 0 for never",
    );
    let (name, purpose) =
        ("WAITING_ROOM_ADMITS_PER_SECOND", "how many guests per second the waiting room lets in");
    let admits: u32 = reader.or(name, 50, purpose);
    if !(1..=10_000).contains(&admits) {
        reader.fault(name, purpose, "must be from 1 to 10000");
    }
    let (name, purpose) =
        ("WAITING_ROOM_TURN_MINUTES", "how long a guest whom the waiting room let in may buy");
    let minutes: u32 = reader.or(name, 10, purpose);
    if !(1..=60).contains(&minutes) {
        reader.fault(name, purpose, "must be from 1 to 60");
    }
    Pace { opens_above, per_minute: admits.saturating_mul(60), turn: TimeDelta::minutes(i64::from(minutes)) }
}

fn ask_every(reader: &mut Reader) -> TimeDelta {
    let (name, purpose) = ("ASK_STRIPE_EVERY_SECONDS", "how often an unpaid order is asked about");
    let seconds: u32 = reader.or(name, 120, purpose);
    if !(1..=3600).contains(&seconds) {
        reader.fault(name, purpose, "must be from 1 to 3600");
    }
    TimeDelta::seconds(i64::from(seconds))
}

fn minutes(reader: &mut Reader, name: &'static str, default: u32, purpose: &'static str) -> TimeDelta {
    let minutes: u32 = reader.or(name, default, purpose);
    // A payment session lives 45 minutes: it outlives its hold, or a guest would be sent away from places that are still hers.
    if !(1..=40).contains(&minutes) {
        reader.fault(name, purpose, "must be from 1 to 40");
    }
    TimeDelta::minutes(i64::from(minutes))
}

fn credit(reader: &mut Reader) -> TimeDelta {
    let (name, purpose) = ("CREDIT_DAYS", "how many days a credit that a guest got instead of money is good");
    let days: u32 = reader.or(name, 365, purpose);
    if !(1..=3650).contains(&days) {
        reader.fault(name, purpose, "must be from 1 to 3650");
    }
    TimeDelta::days(i64::from(days))
}

/// Stripe's own pages, or those of whoever speaks its protocol at the base URL.
fn usual_origins(base: &str) -> Vec<String> {
    if base.trim_end_matches('/') == STRIPE {
        return vec!["https://checkout.stripe.com".to_owned()];
    }
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    vec![format!("{scheme}://{}", rest.split('/').next().unwrap_or(rest))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_are_named_at_once_and_production_takes_only_stripe() {
        let mut reader = Reader::from_pairs([
            ("MAGUEY_ENV", "production"),
            ("STRIPE_API_BASE_URL", "http://127.0.0.1:4010"),
            ("TICKET_SIGNING_KEY", "1:AAAA"),
            ("ORDER_LINK_SECRET", "short"),
            ("HOLD_MINUTES", "0"),
            ("STRIPE_STATEMENT_PREFIX", "THE*CLUB"),
        ]);
        let config = Config::read(&mut reader);
        let faults = reader.finish(config).expect_err("incomplete");
        let names: Vec<_> = faults.names().collect();
        for name in [
            "STRIPE_API_BASE_URL",
            "TICKET_SIGNING_KEY",
            "ORDER_LINK_SECRET",
            "HOLD_MINUTES",
            "DATABASE_URL",
            "STRIPE_SECRET_KEY",
            "STRIPE_STATEMENT_PREFIX",
        ] {
            assert!(names.contains(&name), "{name} in {names:?}");
        }
    }

    #[test]
    fn what_is_sold_for_test_money_is_signed_by_a_test_key() {
        let named = |env: &str, mode: &str, stripe: &str, id: u8| {
            let seed = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";
            let mut reader = Reader::from_pairs([
                ("MAGUEY_ENV", env.to_owned()),
                ("MAGUEY_MODE", mode.to_owned()),
                ("STRIPE_SECRET_KEY", stripe.to_owned()),
                ("TICKET_SIGNING_KEY", format!("{id}:{seed}")),
            ]);
            let keys = (stripe_key(&mut reader), ticket_key(&mut reader));
            reader.finish(keys).map_or_else(|faults| faults.names().collect::<Vec<_>>(), |_| Vec::new())
        };
        assert_eq!(named("production", "", "sk_live_a", 1), [""; 0]);
        assert_eq!(named("production", "test", "rk_test_a", 128), [""; 0]);
        assert_eq!(named("local", "", "sk_test_a", 129), [""; 0]);
        assert_eq!(named("production", "", "sk_test_a", 1), ["STRIPE_SECRET_KEY"]);
        assert_eq!(named("local", "", "sk_live_a", 129), ["STRIPE_SECRET_KEY"]);
        assert_eq!(named("production", "", "sk_live_a", 128), ["TICKET_SIGNING_KEY"]);
        assert_eq!(named("production", "test", "sk_test_a", 1), ["TICKET_SIGNING_KEY"]);
    }

    #[test]
    fn a_hold_ends_before_its_payment_session() {
        let read = |value: &str| {
            let mut reader = Reader::from_pairs([("HOLD_MINUTES", value)]);
            let hold = minutes(&mut reader, "HOLD_MINUTES", 15, "");
            reader.finish(hold).map_err(|faults| faults.names().count())
        };
        assert_eq!(read("40"), Ok(TimeDelta::minutes(40)));
        assert!(read("40").is_ok_and(|hold| hold < crate::SESSION));
        assert_eq!(read("41"), Err(1));
    }

    #[test]
    fn the_payment_pages_origin_follows_the_api() {
        assert_eq!(usual_origins("https://api.stripe.com/"), ["https://checkout.stripe.com"]);
        assert_eq!(usual_origins("http://127.0.0.1:4010/stripe"), ["http://127.0.0.1:4010"]);
    }
}
