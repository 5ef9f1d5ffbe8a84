//! What open pages cost, and how long they are remembered.

use chrono::TimeDelta;
use db::Owner;
use db::testing::{TestDatabase, count_statements};
use domain::clock::{Clock, SystemClock};
use messages::marketing_admin::v1::{EventChanged, EventStatus, ServiceFee, TicketType, Venue, Zone};
use uuid::Uuid;

use super::*;
use crate::catalog::consume;

/// A night on sale, in a database of its own.
async fn friday() -> (TestDatabase, Shelf, DateTime<Utc>) {
    let database = TestDatabase::create().await;
    let (db, now) = (database.db(Owner::Purchase), SystemClock.now());
    let at = |hours: i64| (now + TimeDelta::hours(hours)).timestamp_millis();
    let zone = Uuid::now_v7().to_string();
    let event = EventChanged {
        event_id: Uuid::now_v7().to_string(),
        revision: 1,
        slug: "friday".to_owned(),
        title: "Friday".to_owned(),
        status: EventStatus::Published.into(),
        starts_at: at(24),
        ends_at: at(32),
        entry_from: at(23),
        entry_until: at(31),
        time_zone: "Europe/Madrid".to_owned(),
        venue: Some(Venue { venue_id: Uuid::now_v7().to_string(), name: "Club".into(), address: "".into() }),
        currency: "EUR".to_owned(),
        fee: Some(ServiceFee { fixed_minor: 50, basis_points: 250, absorbed: false }),
        ticket_types: vec![TicketType {
            ticket_type_id: Uuid::now_v7().to_string(),
            name: "Regular".to_owned(),
            price_minor: 2000,
            capacity: 10,
            min_per_order: 1,
            max_per_order: 10,
            zone_id: zone.clone(),
            ..TicketType::default()
        }],
        zones: vec![Zone { zone_id: zone, name: "Club".into() }],
        changed_at: at(0),
        ..EventChanged::default()
    };
    consume::apply(&mut db.conn().await.expect("a connection"), &event, now).await.expect("an event");
    (database, Shelf::new(db), now)
}

/// What a look at a night costs that so many watch, and how many of them heard something.
async fn statements(listeners: usize) -> (u64, usize) {
    let (_database, shelf, now) = friday().await;
    let (live, links) = (Live::new(1000), ui::Links::new("/", "/", "/"));
    let pages: Vec<_> = (0..listeners).map(|_| live.subscribe("friday")).collect();
    let ((), cost) = count_statements(live.look(&shelf, &links, now)).await;
    (cost, pages.iter().filter(|page| page.has_changed().unwrap_or(false)).count())
}

#[tokio::test]
async fn a_thousand_open_pages_cost_the_database_what_one_costs() {
    let (one, many) = (statements(1).await, statements(1000).await);
    assert_eq!((one.1, many.1), (1, 1000), "each hears it");
    assert_eq!(one.0, many.0);
    assert!(one.0 > 0, "somebody has looked");
}

#[tokio::test]
async fn open_pages_keep_one_copy_of_what_they_were_told() {
    let (_database, shelf, now) = friday().await;
    let (live, links) = (Live::new(1000), ui::Links::new("/", "/", "/"));
    let listener = |_| Listener {
        news: live.subscribe("friday"),
        code: None,
        lang: Language::En,
        seen: String::new(),
        last: None,
        over: false,
        _seat: Seats::take(&live.seats, &ClientAddress::passed_on(None)).expect("a place"),
    };
    let listeners: Vec<Listener> = (0..20).map(listener).collect();
    live.look(&shelf, &links, now).await;
    let mut kept = Vec::new();
    for listener in listeners {
        let (_, listener) = listener.next().await.expect("the rows");
        kept.push(listener.last.expect("what it was told"));
    }
    assert!(kept.iter().all(|one| Arc::ptr_eq(one, &kept[0])));
}

#[test]
fn a_night_that_nobody_watches_any_more_is_forgotten() {
    let live = Live::new(1);
    let (one, two) = (live.subscribe("friday"), live.subscribe("friday"));
    assert_eq!(live.watched().len(), 1, "one night, however many listen");
    drop((one, two));
    assert_eq!(live.watched().len(), 0);
}

#[test]
fn a_page_that_says_much_of_itself_is_not_remembered_for_it() {
    let code = "é".repeat(40);
    assert_eq!(kept(code.clone()), Some(code), "the longest access code");
    assert_eq!(kept("x".repeat(50_000)), None);
}
