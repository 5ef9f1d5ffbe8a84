//! What is for sale, as heard and as shown.

use crate::stage::{LOOKS, Stage, friday, patient, pause};
use bus::{Bus, BusSettings};
use db::Owner;
use domain::clock::{Clock, SystemClock};
use messages::marketing_admin::v1::{EventChanged, EventStatus, EventVisibility, PriceTier, SharedCap};
use purchase::catalog::consume::{self, NotApplied};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn a_published_night_is_heard_and_on_sale() {
    let nats = devstack::Nats::start_with(crate::stage::keys(), false).await.expect("a NATS server");
    let stage = Stage::with_nats(&nats.url("purchase")).await;
    let mut event = stage.event.clone();
    (event.revision, event.slug, event.title) = (2, "renamed".into(), "Renamed".into());
    let owner = patient(&stage.database.url(Owner::MarketingAdmin));
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
    bus::outbox::add(&mut owner.conn().await.expect("a connection"), &event, now).await.expect("said");
    let settings = BusSettings::new(&nats.url("marketing_admin"));
    let teller = Bus::connect(&settings, "marketing_admin").await.expect("a URL");
    let stop = tokio_util::sync::CancellationToken::new();
    let relay = bus::relay::run(owner, teller, messages::subjects::CLUB, Arc::new(SystemClock), stop.clone());
    let relay = tokio::spawn(relay);
    let mut answer = stage.get("/api/v1/events/renamed").await;
    for _ in 0..LOOKS {
        if answer.status() == 200 {
            break;
        }
        pause().await;
        answer = stage.get("/api/v1/events/renamed").await;
    }
    assert_eq!(answer.json::<serde_json::Value>().await.expect("JSON")["title"], "Renamed");
    stop.cancel();
    relay.await.expect("the relay ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_snapshot_changes_nothing() {
    let stage = Stage::open().await;
    let mut newer = stage.event.clone();
    (newer.revision, newer.title) = (5, "Newer".into());
    stage.publish(&newer).await;
    stage.publish(&stage.event).await;
    assert_eq!(stage.get_json("/api/v1/events/friday-night").await["title"], "Newer");
}

#[tokio::test(flavor = "multi_thread")]
async fn capacity_below_what_is_taken_stops_the_sale_and_takes_nothing_back() {
    let stage = Stage::open().await;
    let order = stage.order(0, 8).await;
    let mut smaller = stage.event.clone();
    smaller.revision = 2;
    smaller.ticket_types[0].capacity = 5;
    stage.publish(&smaller).await;
    assert_eq!(stage.count("SELECT held FROM stock WHERE asked_capacity = 5").await, 8);
    assert_eq!(stage.count("SELECT asked_capacity FROM stock_clamps WHERE held = 8").await, 5);
    stage.until_shown_sold_out().await;
    assert_eq!(stage.checkout("k", &stage.wish(0, 1)).await.1["code"], "sold_out");
    // As holds end, capacity comes down to what the club asked for.
    stage.end_holds().await;
    stage.until(&order, "expired").await;
    assert_eq!(stage.count("SELECT capacity FROM stock WHERE asked_capacity = 5").await, 5);
    stage.audit().await;
}

/// Whatever a night's message names: what another night has sold and may sell stays as it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_s_message_cannot_touch_another_night_s_places() {
    let stage = Stage::open().await;
    stage.order(0, 3).await;
    let theirs = stage.kind(0).to_owned();
    let saturday = || EventChanged { slug: "saturday-night".into(), ..friday() };
    let mut with_their_type = saturday();
    with_their_type.ticket_types[0].ticket_type_id.clone_from(&theirs);
    let mut with_their_tier = saturday();
    with_their_tier.ticket_types[0].tiers = vec![PriceTier {
        tier_id: theirs.clone(),
        name: "Early bird".into(),
        places: 5,
        ..PriceTier::default()
    }];
    let mut with_their_limit = saturday();
    with_their_limit.shared_caps =
        vec![SharedCap { shared_cap_id: theirs.clone(), name: "Room".into(), capacity: 5 }];
    for copied in [with_their_type, with_their_tier, with_their_limit] {
        let taken = stage
            .purchase
            .transaction(async |conn| consume::apply(conn, &copied, SystemClock.now()).await)
            .await;
        assert!(matches!(taken, Err(NotApplied::Foreign(..))), "{taken:?}");
    }
    let stock = format!("SELECT capacity FROM stock WHERE id = '{theirs}' AND held = 3");
    assert_eq!(stage.count(&stock).await, 100);
    assert_eq!(stage.get("/api/v1/events/saturday-night").await.status(), 404, "none of it stands");
    stage.publish(&saturday()).await;
    assert_eq!(stage.get("/api/v1/events/saturday-night").await.status(), 200);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_type_that_is_withdrawn_is_no_longer_offered() {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    event.revision = 2;
    let gone = event.ticket_types.remove(0);
    stage.publish(&event).await;
    let body = stage.get_json("/api/v1/events/friday-night").await;
    assert_eq!(body["ticket_types"].as_array().map(Vec::len), Some(1));
    let mut wish = stage.wish(1, 1);
    wish["items"][0]["ticket_type"] = gone.ticket_type_id.into();
    assert_eq!(stage.checkout("k", &wish).await.1["code"], "unknown_ticket_type");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_what_is_published_and_nothing_else() {
    let stage = Stage::open().await;
    let list = stage.get("/").await.text().await.expect("a page");
    assert!(list.contains("/e/friday-night"), "{list}");
    let page = stage.get("/e/friday-night").await.text().await.expect("a page");
    assert!(page.contains("€21.00") || page.contains("21.00"), "the price includes the fee: {page}");
    assert!(!page.contains("<b>"), "a title is text");
    assert_eq!(stage.get("/e/friday-night/poster.svg").await.headers()["content-type"], "image/svg+xml");
    assert_eq!(stage.get("/e/nowhere").await.status(), 404);
    let mut draft = stage.event.clone();
    (draft.revision, draft.slug) = (2, "draft".into());
    draft.status = EventStatus::Draft.into();
    stage.publish(&draft).await;
    assert_eq!(stage.get("/e/draft").await.status(), 404);
    assert_eq!(stage.get("/api/v1/events/draft").await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_poster_of_a_private_night_is_for_whom_it_is_open_to_and_an_order_keeps_its_own() {
    let stage = Stage::open().await;
    let order = stage.order(0, 1).await;
    let mut event = stage.event.clone();
    (event.revision, event.slug) = (2, "members".into());
    (event.visibility, event.access_code) = (EventVisibility::Private.into(), "deck".into());
    stage.publish(&event).await;
    assert_eq!(stage.get("/e/members/poster.svg").await.status(), 404, "its title and date are not for all");
    let open = stage.get("/e/members/poster.svg?code=deck").await;
    assert_eq!(open.status(), 200);
    assert_eq!(open.headers()["cache-control"], "private, max-age=300", "no cache shows it to others");
    let page = stage.get("/e/members?code=deck").await.text().await.expect("a page");
    assert!(page.contains("/e/members/poster.svg?lang=en&amp;code=deck"), "{page}");

    event.revision = 3;
    event.status = EventStatus::Cancelled.into();
    stage.publish(&event).await;
    let (path, key) = order.page.split_once('?').expect("a key");
    let art = stage.get(&format!("{path}/poster.svg?shape=banner&{key}")).await;
    assert_eq!(art.status(), 200, "the guest's own, whatever became of the night");
    assert!(art.text().await.expect("SVG").contains("<svg"));
    assert_eq!(stage.get(&format!("{path}/poster.svg?key=guess")).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_of_the_api_names_what_there_is() {
    let stage = Stage::open().await;
    let doc = stage.get_json("/api/openapi.json").await;
    for path in web::routes::table(purchase::routes::public) {
        let described = path.path.starts_with("/api/v1") || path.path.starts_with("/webhooks");
        let method = path.method.as_str().to_ascii_lowercase();
        assert_eq!(doc["paths"][&path.path][&method].is_object(), described, "{method} {}", path.path);
    }
}
