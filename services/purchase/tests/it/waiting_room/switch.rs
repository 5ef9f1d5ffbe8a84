//! The switch at the desk: open, closed, by itself; and how many a minute.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SystemClock};
use domain::ids::StaffId;
use messages::marketing_admin::v1::EventStatus;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Guest, NOTICE, hot, page, terms, until_page};
use crate::stage::Stage;

fn path(stage: &Stage) -> String {
    format!("/internal/v1/waiting-rooms/{}", stage.event.event_id)
}

/// As a member of staff at the desk says it.
async fn says(stage: &Stage, said: Value) -> (u16, Value) {
    let olga = Some(StaffId::from_uuid(Uuid::from_u128(1)));
    stage.inside_for(olga, "marketing-admin", &path(stage), Some(said)).await
}

async fn room(stage: &Stage) -> Value {
    let (status, room) = stage.inside("marketing-admin", &path(stage), None).await;
    assert_eq!(status, 200, "{room}");
    room
}

/// Six guests in the same moment: more than a room that opens by itself takes. Says how many were served at once: where earlier
/// guests count as well, the room may open before the last of them.
async fn rush(stage: &Stage) -> usize {
    let mut served = 0;
    for n in 0..6 {
        let (status, body) = stage.checkout(&format!("rush-{n}-{}", Uuid::now_v7()), &stage.wish(0, 1)).await;
        assert!(status == 201 || body["code"] == "waiting_room", "{status} {body}");
        served += usize::from(status == 201);
    }
    served
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desk_opens_it_keeps_it_closed_and_leaves_it_to_itself() {
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    let stage = Stage::at(&terms("50"), clock.clone()).await;
    let before = room(&stage).await;
    assert_eq!((&before["switch"], before["open_since"].is_null()), (&json!("automatic"), true), "{before}");
    assert_eq!((&before["usual_per_minute"], &before["per_minute"]), (&json!(3000), &Value::Null));

    let (status, said) = says(&stage, json!({"switch": "open", "per_minute": null})).await;
    assert_eq!((status, said["open_since"].is_null()), (200, false), "{said}");
    until_page(&stage, true).await;
    let mut guest = Guest::joins(&stage).await;
    assert_eq!(room(&stage).await["waiting"], 1);
    clock.advance(TimeDelta::seconds(1));
    guest.until_admitted(&stage).await;
    // Nobody has waited for longer than a room stays open by itself.
    clock.advance(TimeDelta::seconds(62));
    let reckoned = format!(
        "SELECT count(*) FROM waiting_rooms WHERE reckoned_at > '{}'::timestamptz - interval '1 second'",
        clock.now().to_rfc3339()
    );
    stage.until_count(&reckoned, 1).await;
    assert!(page(&stage).await.contains(NOTICE), "it is held open");

    assert_eq!(says(&stage, json!({"switch": "closed", "per_minute": null})).await.0, 200);
    until_page(&stage, false).await;
    assert_eq!(rush(&stage).await, 6, "however many come");
    assert!(!page(&stage).await.contains(NOTICE), "nobody waits");
    assert_eq!(says(&stage, json!({"switch": "automatic", "per_minute": null})).await.0, 200);
    assert_eq!(says(&stage, json!({"switch": "automatic", "per_minute": null})).await.0, 200);
    rush(&stage).await;
    until_page(&stage, true).await;
    let on_record =
        "SELECT count(*) FROM audit_log WHERE action = 'waiting_room.switched' AND staff_id IS NOT NULL";
    assert_eq!(stage.count(on_record).await, 3, "what changed nothing is not");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_lets_in_as_many_a_minute_as_the_desk_says() {
    let (stage, clock) = hot("50").await;
    let (status, said) = says(&stage, json!({"switch": "automatic", "per_minute": 60})).await;
    assert_eq!((status, &said["per_minute"]), (200, &json!(60)), "{said}");
    let mut guests = Vec::new();
    for _ in 0..3 {
        guests.push(Guest::joins(&stage).await);
    }
    clock.advance(TimeDelta::seconds(1));
    guests[0].until_admitted(&stage).await;
    assert_eq!(guests[1].place(&stage).await["admitted"], false, "fifty a second are usual");
    let stands = room(&stage).await;
    assert_eq!((&stands["waiting"], &stands["wait_seconds"]), (&json!(2), &json!(3)), "{stands}");
    assert_eq!(stands["admitted_lately"], 4, "one in what counts as a quarter of a minute: {stands}");
    assert_eq!(says(&stage, json!({"switch": "automatic", "per_minute": null})).await.0, 200);
    clock.advance(TimeDelta::seconds(1));
    guests[1].until_admitted(&stage).await;
    guests[2].until_admitted(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_word_of_the_desks_changes_nothing() {
    let stage = Stage::open().await;
    for (said, code) in [
        (json!({"switch": "ajar", "per_minute": null}), "invalid_value"),
        (json!({"switch": "open", "per_minute": 0}), "invalid_quantity"),
        (json!({"switch": "open", "per_minute": 600_001}), "invalid_quantity"),
        (json!({"switch": "open", "per_second": 1}), "unknown_field"),
    ] {
        let (status, body) = says(&stage, said.clone()).await;
        assert_eq!((status, &body["code"]), (422, &json!(code)), "{said}: {body}");
    }
    let open = json!({"switch": "open", "per_minute": null});
    assert_eq!(stage.inside("scanner", &path(&stage), Some(open.clone())).await.0, 403);
    let nowhere = format!("/internal/v1/waiting-rooms/{}", Uuid::now_v7());
    assert_eq!(stage.inside("marketing-admin", &nowhere, Some(open)).await.0, 404);
    assert_eq!(stage.inside("marketing-admin", &nowhere, None).await.0, 404);
    assert_eq!(stage.count("SELECT count(*) FROM waiting_rooms WHERE switch <> 'automatic'").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM audit_log WHERE action = 'waiting_room.switched'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_off_is_held_open_no_longer_and_cannot_be() {
    let stage = Stage::open().await;
    let open = json!({"switch": "open", "per_minute": 30});
    assert_eq!(says(&stage, open.clone()).await.0, 200);
    until_page(&stage, true).await;
    let mut off = stage.event.clone();
    off.revision += 1;
    off.status = EventStatus::Cancelled.into();
    stage.publish(&off).await;
    stage.until_count("SELECT count(*) FROM waiting_rooms WHERE switch = 'automatic'", 1).await;
    let (status, body) = says(&stage, open).await;
    assert_eq!((status, &body["code"]), (409, &json!("not_on_sale")));
}
