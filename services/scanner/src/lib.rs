#![doc = include_str!("../README.md")]

pub mod admissions;
pub mod app;
pub mod bans;
pub mod config;
pub mod counter;
pub mod desk;
pub mod devices;
pub mod door;
mod faults;
pub mod guests;
pub mod healing;
pub mod history;
pub mod incidents;
pub mod live;
pub mod metrics;
pub mod often;
pub mod openapi;
pub mod parties;
pub mod photos;
pub mod retention;
pub mod routes;
mod schema;
pub mod search;
pub mod sessions;
pub mod sync;

use std::sync::Arc;

use actix_web::web::Data;
use anyhow::Context as _;
use bus::{Bus, Consumer};
use db::Db;
use domain::{clock::SharedClock, ticket_code::KeyRing};
use heal::{Projections, RemoteOwner};
use messages::{
    marketing_admin::v1::EventChanged,
    purchase::v1::{ReservationChanged, TicketChanged},
    subjects::DOOR,
};
use ui::{Links, assets::ServiceAssets};
use web::{App, Check, Context, SecurityHeaders, session::SessionKeys};

pub use config::{Config, SERVICE};

use admissions::Turnstile;
use sessions::{Ended, Identity};

/// How long what the door tells is gathered: a crowd's scans then travel, and are counted at the desk, a handful at a time
/// instead of one by one. Nobody waits for them; the figures are that much later.
const GATHER: std::time::Duration = std::time::Duration::from_millis(50);

/// What the handlers share.
#[derive(Debug)]
pub struct Door {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: SharedClock,
    /// Whose ticket codes are ours.
    pub ticket_keys: KeyRing,
    /// What signs the lists that phones decide by.
    pub manifest_signer: sync::ManifestSigner,
    /// Whose sessions are believed; for the cookie of a session just opened.
    pub session_keys: SessionKeys,
    /// marketing-admin, for sign-in.
    pub identity: Identity,
    /// Sessions ended before their time.
    pub ended: Ended,
    /// The enrolled phones.
    pub devices: devices::Devices,
    /// The gates in memory.
    pub board: door::Board,
    /// Where scans queue.
    pub turnstile: Turnstile,
    /// What questions about bans need.
    pub ban_checks: bans::Checks,
    /// How many photographs each phone has brought.
    pub photos_brought: often::Often<uuid::Uuid>,
    /// Who watches which night.
    pub live: live::Live,
    /// Who watches whose parties arrive.
    pub parties: parties::Parties,
    /// What heals.
    pub projections: Projections,
    /// The three sites.
    pub links: Links,
}

/// Puts the service together and starts what runs beside the requests. Connects to nothing that has to be there: the door
/// starts while NATS or another service is away.
pub async fn build(config: Config, context: Context) -> anyhow::Result<App> {
    let db = Db::connect(&config.db)?;
    build_on(db, config, context).await
}

/// [`build`] on a pool that the caller keeps a hand on: a test counts its statements.
pub async fn build_on(db: Db, config: Config, context: Context) -> anyhow::Result<App> {
    config.crash_at.arm();
    let bus = Bus::connect(&config.bus, SERVICE).await?;
    let clock = context.clock.clone();
    let signer = &config.web.service_signer;
    let door = Data::new(Door {
        identity: Identity::at(&config.marketing_admin, signer, &clock),
        ended: Ended::new(&db, &clock),
        devices: devices::Devices::new(&db, &clock),
        board: door::Board::default(),
        ban_checks: bans::Checks::new(config.document_key),
        photos_brought: photos::take::rule(),
        live: live::Live::default(),
        parties: parties::Parties::default(),
        turnstile: Turnstile::start(&db, &bus, &context),
        projections: healing::projections(
            &db,
            &RemoteOwner::at("marketing-admin", &config.marketing_admin, signer, &clock),
            &RemoteOwner::at("purchase", &config.purchase, signer, &clock),
        ),
        ticket_keys: config.ticket_keys,
        manifest_signer: config.manifest_key.expose().parse().context("DOOR_MANIFEST_KEY")?,
        session_keys: config.web.session_keys.clone(),
        links: config.links,
        clock,
        db: db.clone(),
    });
    let chain = audit::chain::pool(&config.db)?;
    context.spawn(audit::chain::keep(chain, context.shutdown.clone()));
    start_tasks(&door, &db, &bus, &context);
    let denied = audit::Denied::new(&db, &context);
    let headers = SecurityHeaders::new().script("'wasm-unsafe-eval'").camera();
    Ok(App::new(config.web, context)
        .public(routes::public)
        .internal(routes::internal)
        .headers(headers)
        .check(Check::degrading("nats", bus::Checks::new(&bus).probe()))
        .check(Check::new("postgres", {
            let db = db.clone();
            move || {
                let db = db.clone();
                async move { db.ready().await }
            }
        }))
        .ended_sessions(Arc::new(door.ended.clone()))
        .denials(Arc::new(denied))
        .sign_in_path("/sign-in")
        .error_page(app::error_page)
        .data(move |service| {
            service.app_data(door.clone()).app_data(Data::new(ServiceAssets(&app::assets::BUNDLE)));
        }))
}

/// The relay, the three projections, the comparison with their owners, and the list of ended sessions.
fn start_tasks(door: &Door, db: &Db, bus: &Bus, context: &Context) {
    let (clock, shutdown) = (&context.clock, &context.shutdown);
    context.spawn(bus::relay::run_gathering(
        db.clone(),
        bus.clone(),
        DOOR,
        clock.clone(),
        GATHER,
        shutdown.clone(),
    ));
    context.spawn(Consumer::<EventChanged>::new("scanner_event_changed").run(
        db.clone(),
        bus.clone(),
        clock.clone(),
        shutdown.clone(),
        door::projection::apply,
    ));
    context.spawn(Consumer::<ReservationChanged>::new("scanner_reservation_changed").run(
        db.clone(),
        bus.clone(),
        clock.clone(),
        shutdown.clone(),
        parties::consume::apply,
    ));
    context.spawn(Consumer::<TicketChanged>::new("scanner_ticket_changed").batch(32).run(
        db.clone(),
        bus.clone(),
        clock.clone(),
        shutdown.clone(),
        admissions::projection::apply,
    ));
    context.spawn(door.live.clone().run(db.clone(), clock.clone(), shutdown.clone()));
    context.spawn(door.parties.clone().run(db.clone(), clock.clone(), shutdown.clone()));
    context.spawn(live::told::keep_telling(db.clone(), clock.clone(), shutdown.clone()));
    context.spawn(door.projections.clone().keep_whole(shutdown.clone()));
    context.spawn(door.ended.clone().keep_fresh(shutdown.clone()));
    context.spawn(door.devices.clone().keep_fresh(shutdown.clone()));
    context.spawn(retention::upkeep::keep(db.clone(), clock.clone(), shutdown.clone()));
    context.spawn(sessions::revoked::keep_learning(
        door.identity.clone(),
        door.ended.clone(),
        clock.clone(),
        shutdown.clone(),
    ));
}
