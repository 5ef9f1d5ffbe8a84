#![doc = include_str!("../README.md")]

pub mod assets;
pub mod audit_log;
pub mod box_office;
pub mod config;
pub mod dead_letters;
pub mod disputes;
pub mod events;
pub mod exports;
pub mod guest_list;
pub mod healing;
pub mod identity;
pub mod notifications;
pub mod openapi;
pub mod orders;
pub mod overdue;
pub mod payments;
pub mod payouts;
pub mod promos;
pub mod promoters;
pub mod reconciliation;
pub mod reports;
pub mod reservations;
pub mod routes;
pub mod services;
pub mod settlements;
pub mod site;
pub mod staff;
pub mod venue;
pub mod views;
pub mod waiting_room;
pub mod waitlist;

use std::sync::Arc;

use actix_web::web::Data;
use bus::{Bus, Consumer};
use db::Db;
use domain::clock::SharedClock;
use heal::{Projections, RemoteOwner};
use messages::purchase::v1::{
    MailAsked, OrderDisputed, OrderPaid, OrderRefunded, ReservationChanged, WaitlistChanged,
};
use messages::scanner::v1::{DoorChanged, TicketScanned};
use messages::subjects::CLUB;
use ui::Links;
use ui::assets::ServiceAssets;
use web::session::SessionSigner;
use web::{App, Check, Context, Peer, SecurityHeaders};
use webauthn_rs::Webauthn;

pub use config::{Config, ROLE, SERVICE};

use identity::breach::Breaches;
use identity::factors::passkeys;
use identity::limits::refusals::Refusals;
use identity::password::Passwords;
use identity::providers::Providers;
use identity::sealed::Sealer;
use identity::session::keys::Guests;
use identity::session::refresh::InRequest;
use identity::session::rows::GuestRows;
use identity::sms::Sms;
use notifications::pace::Pace;
use notifications::provider::Provider;
use notifications::sender::{Counters, Sender};
use reports::live::Live;
use staff::member::SessionRows;

/// What the handlers share.
#[derive(Debug)]
pub struct Desk {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: SharedClock,
    /// Makes and checks password hashes, a few at once.
    pub passwords: Passwords,
    /// Who was told to wait before trying again.
    pub refusals: Refusals,
    /// Signs sessions.
    pub signer: SessionSigner,
    /// Refunds above this, minor units, take a second factor given lately.
    pub refund_proof_above: i64,
    /// Seals secrets of accounts.
    pub sealer: Sealer,
    /// Asks browsers for passkeys, and checks what they answer.
    pub passkeys: Webauthn,
    /// The three sites.
    pub links: Links,
    /// Through whom guests sign in besides us.
    pub providers: Providers,
    /// Sends codes.
    pub sms: Sms,
    /// Figures as they change.
    pub live: Live,
    /// Boards of tables that are open.
    pub boards: reservations::live::Boards,
    /// What heals.
    pub projections: Projections,
    /// What needs a person, for the dashboards.
    pub overdue: overdue::Recent,
    /// Signs and verifies guests' tokens.
    pub guests: Guests,
    /// Knows breached passwords.
    pub breaches: Breaches,
    /// The ticket site, for what staff ask of it.
    pub purchase: Peer,
    /// The door, for the same.
    pub scanner: Peer,
}

/// Puts the service together and starts what runs beside the requests. Connects to nothing that has to be there: the site
/// is up while NATS, the email provider or another service is away.
pub async fn build(config: Config, context: Context) -> anyhow::Result<App> {
    let db = Db::connect(&config.db)?;
    let bus = Bus::connect(&config.bus, ROLE).await?;
    let clock = context.clock.clone();
    let signer = &config.web.service_signer;
    views::set_links(&config.links);
    // Door staff who sign in here are led to the door: a browser follows a form to another site only where it may.
    // A guest who signs in is led back to the ticket site, where they came from.
    let headers = SecurityHeaders::new()
        .form_target(config.links.scanner.clone())
        .form_target(config.links.tickets.clone());
    let refresh = Arc::new(InRequest::default());
    let desk = Data::new(Desk {
        passwords: Passwords::default(),
        refusals: Refusals::default(),
        guests: Guests::at(&config.links.marketing),
        breaches: Breaches::at(config.breaches),
        signer: config.signer,
        refund_proof_above: config.refund_proof_above,
        sealer: config.sealer,
        passkeys: passkeys::asker(&config.links)?,
        live: Live::default(),
        boards: reservations::live::Boards::default(),
        providers: Providers::new(config.providers, &config.links.marketing),
        sms: Sms::new(config.sms),
        overdue: overdue::Recent::default(),
        purchase: Peer::at("purchase", &config.purchase, signer, &clock).patience(services::PATIENCE),
        scanner: Peer::at("scanner", &config.scanner, signer, &clock).patience(services::PATIENCE),
        projections: healing::projections(
            &db,
            &RemoteOwner::at("purchase", &config.purchase, signer, &clock),
            &RemoteOwner::at("scanner", &config.scanner, signer, &clock),
        ),
        links: config.links,
        clock: clock.clone(),
        db: db.clone(),
    });
    let contact = desk.links.contact.clone();
    let sender = Sender {
        db: db.clone(),
        provider: Provider::new(config.mail.base_url, config.mail.key, config.mail.from, contact),
        mode: desk.links.mode,
        audience: config.mail.audience,
        pace: Pace::new(config.mail.per_second),
        clock: clock.clone(),
        counters: Counters::default(),
    };
    context.spawn(sender.run(context.shutdown.clone()));
    context.spawn(notifications::clear::run(db.clone(), clock.clone(), context.shutdown.clone()));
    context.spawn(reservations::remind::run(db.clone(), clock.clone(), context.shutdown.clone()));
    refresh.serve(desk.clone());
    context.spawn(identity::session::keys::keep(desk.clone(), context.shutdown.clone()));
    context.spawn(identity::upkeep::run(db.clone(), clock.clone(), context.shutdown.clone()));
    context.spawn(desk.boards.clone().run(db.clone(), context.shutdown.clone()));
    context.spawn(desk.live.clone().run(db.clone(), clock.clone(), context.shutdown.clone()));
    context.spawn(desk.projections.clone().keep_whole(context.shutdown.clone()));
    let chain = audit::chain::pool(&config.db)?;
    let others = vec![desk.purchase.clone(), desk.scanner.clone()];
    context.spawn(heal::witness::keep(chain.clone(), others, clock.clone(), context.shutdown.clone()));
    context.spawn(audit::chain::keep(chain, context.shutdown.clone()));
    start_bus(&db, &bus, &context);
    let guests = GuestRows { db: db.clone(), clock: clock.clone() };
    let sessions = SessionRows { db: db.clone(), clock };
    let denied = audit::Denied::new(&db, &context);
    Ok(App::new(config.web, context)
        .public(routes::public)
        .internal(routes::internal)
        .headers(headers)
        .cross_site_post("/account/with/apple/callback")
        .check(ready(&db))
        .check(Check::degrading("nats", bus::Checks::new(&bus).probe()))
        .ended_sessions(Arc::new(sessions))
        .guest_keys(desk.guests.keys.clone())
        .ended_guests(Arc::new(guests))
        .guest_refresh(refresh)
        .guest_sign_in_url("/account/refresh")
        .denials(Arc::new(denied))
        .sign_in_path("/admin/sign-in")
        .proof_path("/admin/prove")
        .set_up_path("/admin/security")
        .error_page(views::error_page)
        .data(move |service| {
            service.app_data(desk.clone()).app_data(Data::new(ServiceAssets(&assets::BUNDLE)));
        }))
}

fn ready(db: &Db) -> Check {
    let db = db.clone();
    Check::new("postgres", move || {
        let db = db.clone();
        async move { db.ready().await }
    })
}

/// The relay of our own messages, and a durable for each kind we read. Figures and emails read `order.paid` on their own,
/// so that neither waits for the other's trouble.
fn start_bus(db: &Db, bus: &Bus, context: &Context) {
    let (clock, shutdown) = (&context.clock, &context.shutdown);
    context.spawn(bus::relay::run(db.clone(), bus.clone(), CLUB, clock.clone(), shutdown.clone()));
    macro_rules! read {
        ($message:ty, $durable:literal, $handler:expr) => {
            context.spawn(Consumer::<$message>::new($durable).run(
                db.clone(),
                bus.clone(),
                clock.clone(),
                shutdown.clone(),
                $handler,
            ));
        };
    }
    read!(OrderPaid, "marketing_admin_order_paid", reports::consume::order_paid);
    read!(OrderRefunded, "marketing_admin_order_refunded", reports::consume::order_refunded);
    read!(OrderDisputed, "marketing_admin_order_disputed", disputes::consume::order_disputed);
    let scanned = Consumer::<TicketScanned>::new("marketing_admin_ticket_scanned").concurrency(2).batch(64);
    let scanned = scanned.run_batches(
        db.clone(),
        bus.clone(),
        clock.clone(),
        shutdown.clone(),
        reports::consume::tickets_scanned,
    );
    context.spawn(scanned);
    read!(
        ReservationChanged,
        "marketing_admin_reservation_changed",
        reservations::consume::reservation_changed
    );
    read!(DoorChanged, "marketing_admin_door_changed", reports::consume::door_changed);
    read!(OrderPaid, "marketing_admin_order_paid_email", notifications::consume::order_paid);
    read!(OrderRefunded, "marketing_admin_order_refunded_email", notifications::consume::order_refunded);
    read!(MailAsked, "marketing_admin_order_mail_asked", notifications::asked::mail_asked);
    read!(WaitlistChanged, "marketing_admin_waitlist_changed", notifications::consume::waitlist_changed);
}
