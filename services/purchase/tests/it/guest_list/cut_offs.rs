//! The cut-off: none on what is bought, moved with the night, and changed with the name.

use chrono::{DateTime, TimeDelta, Utc};
use messages::marketing_admin::v1::{EventChanged, EventNewDate};
use messages::purchase::v1::TicketChanged;
use serde_json::{Value, json};

use super::{cut_off, tickets};
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn cut_offs_move_with_the_night_once_and_the_door_hears_of_it() {
    let stage = Stage::open().await;
    let (status, entry) = stage.add("ana", &stage.guest(2, "")).await;
    assert_eq!(status, 200, "{entry}");
    let week = TimeDelta::days(7);
    let by = week.num_milliseconds();
    let now = DateTime::<Utc>::from(std::time::SystemTime::now()).timestamp_millis() + 1;
    let moved = EventChanged {
        revision: 2,
        starts_at: stage.event.starts_at + by,
        ends_at: stage.event.ends_at + by,
        entry_from: stage.event.entry_from + by,
        entry_until: stage.event.entry_until + by,
        changed_at: now,
        new_date: Some(EventNewDate {
            new_date_id: uuid::Uuid::now_v7().to_string(),
            from_starts_at: stage.event.starts_at,
            note: String::new(),
            given_at: now,
        }),
        ..stage.event.clone()
    };
    stage.publish(&moved).await;
    stage.until_count("SELECT count(*) FROM new_dates WHERE list_followed", 1).await;
    // Another change of the night on its new date moves nothing more.
    stage.publish(&EventChanged { revision: 3, title: "Renamed".into(), ..moved }).await;
    stage.until_count("SELECT count(*) FROM new_dates WHERE finished_at IS NOT NULL", 1).await;
    let after = cut_off(&stage) + week;
    let told: TicketChanged = stage.said("ticket.changed").await;
    assert_eq!((told.admit_until, told.revision), (after.timestamp_millis(), 2), "the door knows it");
    let list = stage.listed().await;
    let until = list["entries"][0]["admit_until"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
    assert_eq!(until, Some(after), "{list}");
    stage.audit_list().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_bought_has_no_cut_off() {
    let stage = Stage::open().await;
    let (_, bought) = stage.bought(0, 1).await;
    assert_eq!(bought["tickets"][0]["admit_until"], Value::Null);
    let told: TicketChanged = stage.said("ticket.changed").await;
    assert_eq!(told.admit_until, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cut_off_and_the_name_change_on_every_ticket_until_the_night_is_over() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("ana", &stage.guest(2, "")).await;
    assert_eq!(stage.stay(&entry, 3).await.0, 200);
    // One of them has a name of its own.
    let mine = tickets(&stage.listed().await).remove(0);
    stage.sql(&format!("UPDATE tickets SET holder_name = 'Cleo' WHERE id = '{mine}'")).await;
    let later = cut_off(&stage) + TimeDelta::hours(1);
    let wish = json!({"name": " Bea Ruiz ", "admit_until": later, "party": 3});
    let (status, body) = stage.change(&entry, &wish).await;
    assert_eq!((status, &body), (200, &json!({"party": 3, "waiting": false})));
    let list = stage.listed().await;
    let one = &list["entries"][0];
    assert_eq!((&one["name"], &one["party"]), (&json!("Bea Ruiz"), &json!(3)), "{list}");
    let until = one["admit_until"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
    assert_eq!(until, Some(later));
    let named = "SELECT count(*) FROM tickets WHERE holder_name = 'Bea Ruiz' AND revision = 2";
    assert_eq!(stage.count(named).await, 2);
    assert_eq!(
        stage.count("SELECT count(*) FROM tickets WHERE holder_name = 'Cleo'").await,
        1,
        "keeps its name"
    );
    let told: TicketChanged = stage.said("ticket.changed").await;
    assert_eq!((told.admit_until, told.revision), (later.timestamp_millis(), 2), "the door knows it");
    let mails = "SELECT count(*) FROM outbox WHERE subject = 'order.mail_asked'";
    assert_eq!(stage.count(mails).await, 2, "whoever was mailed the old time is mailed the new one");
    assert_eq!(stage.change(&entry, &wish).await.0, 200);
    assert_eq!(stage.count(mails).await, 2, "the same again changes nothing");
    let on_record = "SELECT count(*) FROM audit_log WHERE action = 'guest_list.changed' AND staff_id IS NOT NULL
                       AND detail -> 'before' ->> 'name' = 'Ana López' AND detail -> 'after' ->> 'name' = 'Bea Ruiz'";
    assert_eq!(stage.count(on_record).await, 1);
    stage.audit_list().await;

    for (wish, field, code) in [
        (json!({"admit_until": later - TimeDelta::hours(3)}), "admit_until", "outside_the_night"),
        (json!({"admit_until": "9999-01-01T00:00:00Z"}), "admit_until", "outside_the_night"),
        (json!({"name": "www.evil.example"}), "name", "invalid_name"),
        (json!({"party": 4, "admit_until": "9999-01-01T00:00:00Z"}), "admit_until", "outside_the_night"),
    ] {
        let (status, body) = stage.change(&entry, &wish).await;
        assert_eq!(
            (status, &body["errors"][0]),
            (422, &json!({"field": field, "code": code})),
            "{wish}: {body}"
        );
    }
    assert_eq!(stage.sold().await, 3, "what is refused brings nobody");
    assert_eq!(stage.change(&json!({"id": uuid::Uuid::now_v7()}), &wish).await.0, 404);
    stage.sql("UPDATE events SET entry_from = now() - interval '3 hours', starts_at = now() - interval '2 hours',
               ends_at = now() - interval '1 hour'").await;
    let (status, body) = stage.change(&entry, &json!({"name": "Dora"})).await;
    assert_eq!((status, &body["code"]), (409, &json!("not_on_sale")), "{body}");
    stage.audit_list().await;
}
