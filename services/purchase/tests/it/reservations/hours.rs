//! When a party comes: at an hour of the night as it is, and never before the table was its own.

use domain::clock::{Clock, SystemClock};
use messages::marketing_admin::v1::{EventChanged, EventNewDate};
use messages::purchase::v1::ReservationChanged;
use serde_json::json;
use uuid::Uuid;

use super::{HOUR, STATES, read, told};
use crate::stage::{Order, Stage};

const WEEK: i64 = 7 * 24 * HOUR;

#[tokio::test(flavor = "multi_thread")]
async fn a_party_comes_at_its_hour_of_the_new_date() {
    let (stage, plan) = Stage::with_tables().await;
    stage.table_booked(&plan, 1, 3).await;
    let (event, now) = (&stage.event, SystemClock.now().timestamp_millis());
    // Announced when its old hour had passed.
    let behind = "UPDATE reservations SET arrives_at = now() - interval '2 hours'";
    stage
        .publish(&EventChanged {
            revision: 2,
            starts_at: event.starts_at + WEEK,
            ends_at: event.ends_at + WEEK,
            entry_from: event.entry_from + WEEK,
            entry_until: event.entry_until + WEEK,
            changed_at: now,
            new_date: Some(EventNewDate {
                new_date_id: Uuid::now_v7().to_string(),
                from_starts_at: event.starts_at,
                note: "The roof leaks.".into(),
                given_at: now,
            }),
            ..event.clone()
        })
        .await;
    let of_the_night = "SELECT count(*) FROM reservations r JOIN events e ON e.id = r.event_id
                         WHERE r.arrives_at >= e.entry_from AND r.arrives_at < e.ends_at";
    stage.until_count(of_the_night, 1).await;
    let changes: Vec<ReservationChanged> = told(&stage, "reservation.changed").await;
    let last = changes.last().expect("a word of it");
    assert!(last.arrives_at >= event.entry_from + WEEK, "the others hear of it: {last:?}");
    stage.sql(behind).await;
    stage.until_count(of_the_night, 1).await;
    assert_eq!(read(&stage, STATES).await, "confirmed", "nobody is late for a night that is to come");
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'valid'").await, 3);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_books_when_their_hour_has_passed_comes_now() {
    let (stage, plan) = Stage::with_tables().await;
    let now = SystemClock.now();
    let doors = now.timestamp_millis() - 3 * HOUR;
    let night = EventChanged {
        revision: 2,
        entry_from: doors,
        changed_at: now.timestamp_millis(),
        ..stage.event.clone()
    };
    stage.publish(&night).await;
    let mut wish = stage.table_wish(&plan, 1, 2);
    wish["arrives_at"] = json!((now - chrono::TimeDelta::minutes(150)).to_rfc3339());
    let (status, body) = stage.reserve("a-key", &wish).await;
    assert_eq!(status, 201, "{body}");
    let order = Order::of(&body);
    // The deposit takes a while.
    stage.sql("UPDATE reservations SET arrives_at = now() - interval '2 hours'").await;
    stage.pay(&order, super::CARD).await;
    stage.until(&order, "paid").await;
    let soon = "SELECT count(*) FROM reservations WHERE arrives_at > now() - interval '5 minutes'";
    assert_eq!(stage.count(soon).await, 1, "its table is not given away the moment it has paid");
    assert_eq!(read(&stage, STATES).await, "confirmed");
    stage.audit().await;
}
