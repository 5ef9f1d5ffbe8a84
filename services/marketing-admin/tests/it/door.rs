//! How a night's door stands, on the owner's dashboard.

use bus::{Delivery, Outcome};
use domain::clock::{Clock, SystemClock};
use domain::ids::MessageId;
use futures::StreamExt;
use marketing_admin::reports::{consume, recount};
use messages::millis;
use messages::scanner::v1::{DoorChanged, TicketScanned};
use serde_json::json;
use uuid::Uuid;

use crate::house::{House, body, until};

fn door(event: &str, revision: i64) -> DoorChanged {
    DoorChanged {
        event_id: event.to_owned(),
        revision,
        inside: 362,
        limit: 400,
        conflicts_open: 2,
        devices_seen: 3,
        devices_silent: 1,
        queue_length: 7,
        changed_at: millis(SystemClock.now()),
        inside_revision: 500,
        ..DoorChanged::default()
    }
}

fn scan(event: &str, inside: i64, inside_revision: i64) -> TicketScanned {
    TicketScanned {
        scan_id: Uuid::now_v7().to_string(),
        event_id: event.to_owned(),
        gate_id: Uuid::now_v7().to_string(),
        gate_name: "Main door".to_owned(),
        zone_id: Uuid::now_v7().to_string(),
        decision: "admit".to_owned(),
        reason: "ok".to_owned(),
        scanned_at: millis(SystemClock.now()),
        inside_after: inside,
        inside_revision,
        ..TicketScanned::default()
    }
}

fn delivery() -> Delivery {
    let (id, published_at) = (MessageId::generate(), SystemClock.now());
    Delivery { id, subject: String::new(), published_at, attempt: 1 }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_word_of_a_door_holds_whatever_comes_first() {
    let database = db::testing::TestDatabase::create().await;
    let db = database.db(db::Owner::MarketingAdmin);
    let mut conn = db.conn().await.expect("a connection");
    let event = Uuid::now_v7();
    let night = event.to_string();
    // People inside are counted on by scans and set right by the door: the higher revision of either is the truth.
    let scans = vec![(scan(&night, 300, 400), delivery())];
    consume::tickets_scanned(&mut conn, scans).await.expect("counted");
    for (message, outcome, inside) in [
        (DoorChanged { inside: 310, inside_revision: 450, ..door(&night, 2) }, Outcome::Applied, 310),
        (DoorChanged { inside: 9, inside_revision: 900, ..door(&night, 1) }, Outcome::Stale, 310),
        (door(&night, 2), Outcome::Stale, 310),
        (DoorChanged { inside: 290, inside_revision: 399, ..door(&night, 3) }, Outcome::Applied, 310),
        (door(&night, 4), Outcome::Applied, 362),
    ] {
        let told = consume::door_changed(&mut conn, message, delivery()).await.expect("handled");
        assert_eq!(told, outcome);
        let running = recount::running(&mut conn, event).await.expect("figures");
        assert_eq!(running.inside, inside);
    }
    let running = recount::running(&mut conn, event).await.expect("figures");
    assert_eq!(running, recount::from_rows(&mut conn, event).await.expect("a count"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_shows_how_full_the_house_is_and_what_to_look_at() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let event = house.published(&token, "Agave").await;
    let id = event["id"].as_str().expect("id");
    assert_eq!(body(house.get("/api/v1/figures", &token).await).await["nights"][0]["door"], json!(null));
    let mut stream = house.get("/api/v1/figures/stream", &token).await.bytes_stream();
    house.say(&door(id, 1)).await;
    let mut text = String::new();
    let told = async {
        while !text.contains("362 of 400") {
            let chunk = stream.next().await.expect("the stream goes on").expect("bytes");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    tokio::time::timeout(tokio::time::Duration::from_secs(60), told).await.expect("the dashboard is told");

    let figures = body(house.get("/api/v1/figures", &token).await).await;
    let shown = &figures["nights"][0]["door"];
    for (figure, number) in [
        ("limit", 400),
        ("conflicts_open", 2),
        ("devices_seen", 3),
        ("devices_silent", 1),
        ("queue_length", 7),
    ] {
        assert_eq!(shown[figure], number, "{figure}: {shown}");
    }
    let page =
        house.page("/admin", &house.cookie("olga@club.test").await).await.text().await.expect("a page");
    let door_site = "http://scanner.maguey.localhost:8080";
    for words in [
        "limit-bar\" data-state=\"near\"",
        "Nearly full",
        "2 tickets were let in that should not have been: look",
        "One phone at the door is silent",
        "7 scans wait on phones to be sent",
        &format!("href=\"{door_site}/live?event={id}\""),
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }

    // From 95 % on it counts down.
    let nearly = DoorChanged { inside: 385, inside_revision: 600, ..door(id, 2) };
    house.say(&nearly).await;
    until("the dashboard counts down", async || {
        let page = house.page("/admin", &house.cookie("olga@club.test").await).await;
        let page = page.text().await.expect("a page");
        page.contains("limit-bar\" data-state=\"nearly\"") && page.contains("Nearly full: 15 more")
    })
    .await;

    // All is well again, and nobody keeps a limit: neither bar nor alarm.
    let calm = DoorChanged { limit: 0, conflicts_open: 0, devices_silent: 0, queue_length: 0, ..door(id, 3) };
    house.say(&calm).await;
    until("the dashboard is calm", async || {
        let cookie = house.cookie("olga@club.test").await;
        let page = house.page("/admin", &cookie).await.text().await.expect("a page");
        !page.contains("limit-bar") && !page.contains("night__alarm") && page.contains("Every gate")
    })
    .await;
}
