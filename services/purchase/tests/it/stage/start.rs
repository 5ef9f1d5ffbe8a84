//! The service itself, with an environment of the test's.

use db::testing::TestDatabase;
use db::{Db, Owner};
use devstack::keys::Keys;
use settings::Reader;

use super::neighbours::surroundings;
use super::{SANDBOX, Terms};

pub(super) async fn start(
    database: &TestDatabase,
    sandbox: &sandbox::Running,
    [desk, door]: [&web::Running; 2],
    keys: &Keys,
    variables: &[(&'static str, &str)],
    terms: Terms,
) -> (web::Running, Db) {
    let mut pairs = surroundings("purchase", keys);
    pairs.extend([
        ("CLUB_CONTACT_EMAIL", "hola@maguey.localhost".to_owned()),
        ("DATABASE_URL", database.url(Owner::Purchase)),
        ("NATS_URL", "nats://nobody:nothing@127.0.0.1:9".to_owned()),
        ("MARKETING_ADMIN_INTERNAL_URL", format!("http://{}", desk.internal)),
        ("SCANNER_INTERNAL_URL", format!("http://{}", door.internal)),
        ("STRIPE_API_BASE_URL", sandbox.url.clone()),
        ("APPLE_PUSH_URL", sandbox.url.clone()),
        ("GOOGLE_WALLET_API_URL", sandbox.url.clone()),
        ("STRIPE_SECRET_KEY", keys.stripe.clone()),
        ("STRIPE_WEBHOOK_SECRETS", format!("whsec_older,{}", keys.stripe_webhook)),
        ("TICKET_SIGNING_KEY", keys.ticket_signing()),
        ("ORDER_LINK_SECRET", keys.order_link.clone()),
        // Rushes are made to meet the hold engine, not the line before it.
        ("WAITING_ROOM_OPENS_ABOVE_PER_SECOND", "0".to_owned()),
        // One guest at one address plays all of them.
        ("WAITLIST_JOINS_PER_NETWORK", "10000".to_owned()),
        ("FREE_TICKETS_PER_NETWORK", "10000".to_owned()),
    ]);
    // The last one of a name counts.
    pairs.extend(variables.iter().map(|(name, value)| (*name, value.replace(SANDBOX, &sandbox.url))));
    let mut reader = Reader::from_pairs(pairs);
    let config = purchase::Config::read(&mut reader);
    let mut config = reader.finish(config).expect("a whole environment");
    config.round = terms.round;
    config.open = terms.open;
    config.db.patience = terms.patience;
    config.db.reserved = terms.reserved.unwrap_or(config.db.reserved);
    let pool = Db::connect(&config.db).expect("sound settings");
    let app =
        purchase::build_on(pool.clone(), config, web::Context::new(terms.clock)).await.expect("a service");
    (web::boot::start(app).await.expect("free ports"), pool)
}
