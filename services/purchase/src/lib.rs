#![doc = include_str!("../README.md")]

pub mod accounts;
pub mod api_types;
mod assets;
pub mod box_office;
pub mod cancellations;
pub mod catalog;
pub mod checkout;
pub mod config;
pub mod credits;
pub mod crowds;
pub mod disputes;
pub mod exchanges;
pub mod exports;
pub mod guest_list;
pub mod healing;
pub mod inventory;
pub mod kept;
pub mod metrics;
pub mod my;
mod new_dates;
pub mod one_mode;
pub mod openapi;
pub mod orders;
pub mod overdue;
pub mod papers;
pub mod payments;
pub mod payouts;
pub mod presales;
pub mod promos;
pub mod receipts;
pub mod reconciliation;
pub mod refunds;
pub mod reminders;
pub mod reservations;
pub mod routes;
mod schema;
pub mod settlements;
pub mod tables;
pub mod tickets;
pub mod tries;
pub mod waiting_room;
pub mod waitlist;
pub mod wallets;
mod workers;

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::web::Data;
use anyhow::Context as _;
use bus::Bus;
use chrono::TimeDelta;
use db::Db;
use domain::clock::SharedClock;
use heal::{Projections, RemoteOwner};
use settings::Secret;
use tokio::sync::{Notify, OnceCell};
use ui::{ErrorPage, Site};
use web::{App, Check, ClientNetwork, Context, ErrorView, Peer, SecurityHeaders};

pub use crate::config::Config;

use crate::accounts::standing::EndedHere;
use crate::catalog::live::Live;
use crate::catalog::shelf::Shelf;
use crate::crowds::Crowd;
use crate::exports::page::PageMarks;
use crate::inventory::{HoldQueue, HoldTerms, Till};
use crate::metrics::Metrics;
use crate::orders::link::OrderLinks;
use crate::papers::{Press, Wallets};
use crate::payments::Bells;
use crate::payments::stripe::Stripe;
use crate::receipts::Seller;
use crate::refunds::Doors;
use crate::reminders::link::ReminderLinks;
use crate::settlements::SettlementKey;
use crate::tables::floor::Floor;
use crate::tables::line::link::TableLineLinks;
use crate::tickets::Issuer;
use crate::tries::CodeTries;
use crate::waiting_room::WaitingRooms;
use crate::waitlist::link::WaitlistLinks;
use crate::wallets::PassKeys;

/// What every room works with.
#[derive(Debug)]
pub struct Shop {
    /// The database.
    pub db: Db,
    /// The way to the others; its relay is woken after a commit that told them something.
    pub bus: Bus,
    /// The time.
    pub clock: SharedClock,
    /// Nights as the pages show them.
    pub shelf: Shelf,
    /// Pages that are told what changes.
    pub live: Live,
    /// Nights' tables as the pages show them.
    pub floor: Floor,
    /// The way to places.
    pub holds: HoldQueue,
    /// The way to money.
    pub stripe: Stripe,
    /// Each may have signed a webhook.
    pub webhook_secrets: Vec<Secret>,
    /// Says whether a ticket's guest is inside.
    pub doors: Doors,
    /// Issues tickets, and signs their codes.
    pub issuer: Issuer,
    /// Makes orders' addresses.
    pub links: OrderLinks,
    /// Signs places in lists.
    pub marks: PageMarks,
    /// Makes files, a few at a time.
    pub press: Press,
    /// Signs passes for phones and tells of their changes, where the club has an account.
    pub wallets: Wallets,
    /// Makes the keys in passes.
    pub pass_keys: PassKeys,
    /// Who sells, as receipts say; without it there are none.
    pub seller: Option<Arc<Seller>>,
    /// Signs settlements of nights; without it there are none.
    pub settlement_key: Option<SettlementKey>,
    /// Makes the addresses of parties in line.
    pub line_links: WaitlistLinks,
    /// Makes the addresses that end the waiting for a table.
    pub table_line_links: TableLineLinks,
    /// Makes the addresses that end reminders.
    pub reminder_links: ReminderLinks,
    /// Wakes who works at the lines.
    pub line: Notify,
    /// How long things last.
    pub rules: Rules,
    /// What card statements begin with, as far as it is known.
    pub statement: Option<domain::statement::Prefix>,
    /// The three sites.
    pub site: ui::Links,
    /// Lines before nights that are too hot.
    pub rooms: WaitingRooms,
    /// Who names codes that nobody knows.
    pub tries: CodeTries,
    /// Places on waitlists that guests of a network may still take.
    pub joins: Crowd<ClientNetwork>,
    /// Wakes the workers.
    pub bells: Bells,
    /// What heals.
    pub projections: Projections,
    /// Public keys of guests' sessions.
    pub guest_keys: web::GuestKeys,
    /// marketing-admin, for those keys.
    pub marketing_admin: Arc<Peer>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

/// How long things last.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// A payment session at Stripe.
    pub session: TimeDelta,
    /// The right to call Stripe for one attempt.
    pub lease: TimeDelta,
    /// Between two questions about an unpaid order.
    pub ask_every: TimeDelta,
    /// An offer to who stood in line.
    pub offer: TimeDelta,
    /// A credit.
    pub credit: TimeDelta,
    /// Whether what is left of a credit then is the club's.
    pub credits_lapse: bool,
}

/// Stripe keeps a session for at least half an hour; some minutes more let a repeat with the same key still be in time.
const SESSION: TimeDelta = TimeDelta::minutes(45);
/// Longer than making a session or finding it takes at worst, and writing it down.
const LEASE: TimeDelta = TimeDelta::seconds(20);

/// Puts the service together and starts its background tasks.
pub async fn build(config: Config, context: Context) -> anyhow::Result<App> {
    let db = Db::connect(&config.db).context("DATABASE_URL")?;
    build_on(db, config, context).await
}

/// [`build`] on a pool that the caller keeps a hand on: a test counts its statements.
pub async fn build_on(db: Db, config: Config, context: Context) -> anyhow::Result<App> {
    config.crash_at.clone().arm();
    let of_one_mode = Arc::new(OnceCell::new());
    if one_mode::at_start(&db, config.web.mode, context.clock.now()).await.context("MAGUEY_MODE")? {
        let _ = of_one_mode.set(());
    }
    let bus = Bus::connect(&config.bus, "purchase").await.context("NATS_URL")?;
    let shop = Arc::new(shop(&config, db.clone(), bus.clone(), &context)?);
    let chain = audit::chain::pool(&config.db)?;
    let desk = vec![Peer::clone(&shop.marketing_admin)];
    let (clock, stop) = (context.clock.clone(), context.shutdown.clone());
    context.spawn(heal::witness::keep(chain.clone(), desk, clock, stop));
    context.spawn(audit::chain::keep(chain, context.shutdown.clone()));
    workers::start(&shop, &bus, &context, config.round);
    Ok(app(config, context, shop, db, of_one_mode)
        .check(Check::degrading("nats", bus::Checks::new(&bus).probe())))
}

fn shop(config: &Config, db: Db, bus: Bus, context: &Context) -> anyhow::Result<Shop> {
    let links = OrderLinks::new(config.order_link_secret.clone(), &config.web.public_url);
    let line_links = WaitlistLinks::new(config.order_link_secret.clone(), &config.web.public_url);
    let table_line_links = TableLineLinks::new(config.order_link_secret.clone(), &config.web.public_url);
    let reminder_links = ReminderLinks::new(config.order_link_secret.clone(), &config.web.public_url);
    let metrics = Arc::new(Metrics::default());
    let rules = Rules {
        session: SESSION,
        lease: LEASE,
        ask_every: config.ask_every,
        offer: config.offer,
        credit: config.credit,
        credits_lapse: config.credits_lapse,
    };
    let terms = HoldTerms {
        hold: config.hold,
        session: rules.session,
        first_check: rules.ask_every.min(config.hold),
        lease: rules.lease,
        links: links.clone(),
        open: config.open,
        statement: config.statement.clone(),
    };
    if let Some(apple) = &config.wallets.apple {
        metrics.pass_certificate_ends(apple.expires());
    }
    let signer = config.ticket_key.expose().parse().context("TICKET_SIGNING_KEY")?;
    let issuer = Issuer { signer, links: links.clone() };
    let till = Till {
        db: db.clone(),
        bus: bus.clone(),
        clock: context.clock.clone(),
        terms,
        issuer: issuer.clone(),
        metrics: metrics.clone(),
        gifts: Crowd::new(config.crowds.gifts),
    };
    let signer = &config.web.service_signer;
    let marketing_admin = RemoteOwner::at("marketing-admin", &config.marketing_admin, signer, &context.clock);
    let scanner = Peer::at("scanner", &config.scanner, signer, &context.clock);
    let desk = Peer::at("marketing-admin", &config.marketing_admin, signer, &context.clock);
    Ok(Shop {
        guest_keys: web::GuestKeys::default(),
        marketing_admin: Arc::new(desk),
        doors: Doors::at(scanner),
        holds: inventory::start(till, context),
        shelf: Shelf::new(db.clone()),
        live: Live::new(config.live),
        floor: Floor::new(db.clone()),
        projections: healing::projections(&db, &marketing_admin),
        clock: context.clock.clone(),
        stripe: Stripe::new(config.stripe_key.expose(), &config.stripe_url).map_err(|error| {
            anyhow::anyhow!("STRIPE_API_BASE_URL or STRIPE_SECRET_KEY can't be used: {error}")
        })?,
        webhook_secrets: config.webhook_secrets.clone(),
        site: ui::Links::new(&config.marketing_url, &config.web.public_url, &config.scanner_url)
            .with_contact(&config.contact)
            .in_mode(config.web.mode),
        rooms: WaitingRooms::new(config.pace, config.crowds.places, config.order_link_secret.clone()),
        tries: CodeTries::default(),
        joins: Crowd::new(config.crowds.joins),
        bells: Bells::default(),
        issuer,
        links,
        marks: PageMarks::new(config.order_link_secret.clone()),
        press: Press::new(&metrics),
        wallets: config.wallets.clone(),
        pass_keys: PassKeys::new(config.order_link_secret.clone(), &config.web.public_url),
        seller: config.seller.clone(),
        settlement_key: config.settlement_key.clone(),
        line_links,
        table_line_links,
        reminder_links,
        line: Notify::new(),
        rules,
        statement: config.statement.clone(),
        metrics,
        bus,
        db,
    })
}

fn app(config: Config, context: Context, shop: Arc<Shop>, db: Db, of_one_mode: Arc<OnceCell<()>>) -> App {
    let site = shop.site.clone();
    let (guest_keys, ended) = (shop.guest_keys.clone(), EndedHere::new(db.clone()));
    let account = format!("{}/account/refresh", site.marketing);
    // Pictures of tables and of the room are the club's site's.
    let headers = SecurityHeaders::new().image(site.marketing.clone());
    let headers =
        config.checkout_origins.iter().fold(headers, |headers, origin| headers.form_target(origin.clone()));
    // The error page is a plain function: it finds the sites here. Set once; tests in one process share one set.
    let _ = SITES.set(site);
    let data = Data::from(shop);
    let denied = audit::Denied::new(&db, &context);
    let (mode, clock) = (config.web.mode, context.clock.clone());
    // NATS is no reason to be unready: without it tickets are sold and told about later.
    App::new(config.web, context)
        .public(routes::public)
        .internal(routes::internal)
        .data(move |service| {
            service.app_data(data.clone()).app_data(Data::new(assets::served()));
        })
        .check(Check::new("postgres", move || {
            let (db, clock, of_one_mode) = (db.clone(), clock.clone(), of_one_mode.clone());
            async move {
                db.ready().await?;
                let settle = || one_mode::settle(&db, mode, clock.now());
                of_one_mode.get_or_try_init(settle).await.copied()
            }
        }))
        .guest_keys(guest_keys)
        .ended_guests(Arc::new(ended))
        .guest_sign_in_url(account)
        .denials(Arc::new(denied))
        .headers(headers)
        .error_page(error_page)
}

static SITES: std::sync::OnceLock<ui::Links> = std::sync::OnceLock::new();

fn error_page(view: &ErrorView) -> String {
    let links = SITES.get().cloned().unwrap_or_else(|| ui::Links::new("/", "/", "/"));
    let told: Vec<_> = view.args.iter().map(|(name, value)| (*name, ui::Told(value))).collect();
    let args: Vec<(&'static str, &dyn ui::Argument)> =
        told.iter().map(|(name, value)| (*name, value as &dyn ui::Argument)).collect();
    ui::error_page(&ErrorPage {
        lang: view.language,
        site: Site::Tickets,
        links: &links,
        path: &view.path,
        repeatable: view.repeatable,
        status: view.status.as_u16(),
        code: view.code,
        message: Some(&view.message_key),
        args: &args,
        request_id: &view.request_id,
    })
}

/// Path and query of a request, for the language switch.
pub(crate) fn path_of(request: &HttpRequest) -> &str {
    request.uri().path_and_query().map_or("/", |path| path.as_str())
}
