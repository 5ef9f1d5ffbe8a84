//! What is not renamed and not passed on any more.

use super::{TO_BEA, id};
use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn from_the_doors_on_tickets_stay_as_they_are() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    let ticket = id(&paid, 0);
    let mut open = stage.event.clone();
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis();
    (open.revision, open.entry_from) = (2, now - 1000);
    stage.publish(&open).await;
    for what in ["name", "transfer"] {
        let fields = if what == "name" { &TO_BEA[..1] } else { &TO_BEA[..] };
        let answer = stage.post(&order.ticket(&ticket, what), fields).await;
        assert_eq!(answer.status(), 409, "{what}");
        assert!(answer.text().await.expect("a page").contains("doors are open"));
    }
    assert!(!stage.page(&order.page).await.contains("/transfer?key="), "nor does the page offer it");

    assert_eq!(stage.told(&ticket).await.revision, 1);

    let mut off = stage.event.clone();
    (off.revision, off.status) = (3, messages::marketing_admin::v1::EventStatus::Cancelled.into());
    stage.publish(&off).await;
    assert_eq!(
        stage.post(&order.ticket(&ticket, "transfer"), &TO_BEA).await.status(),
        409,
        "the night is off"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lets_nobody_in_is_not_passed_on() {
    let stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 1).await;
    let ticket = id(&paid, 0);
    for state in ["refunded", "cancelled", "blocked", "disputed"] {
        stage.sql(&format!("UPDATE tickets SET state = '{state}'")).await;
        let answer = stage.post(&order.ticket(&ticket, "transfer"), &TO_BEA).await;
        assert_eq!(answer.status(), 409, "{state}");
    }
    stage
        .sql("UPDATE tickets SET state = 'valid'; UPDATE orders SET state = 'refunded', refunded_at = now()")
        .await;
    assert_eq!(
        stage.post(&order.ticket(&ticket, "transfer"), &TO_BEA).await.status(),
        409,
        "its order was refunded"
    );
    for bad in [[("name", ""), ("email", "bea@example.org")], [("name", "Bea"), ("email", "bea@")]] {
        assert_eq!(stage.post(&order.ticket(&ticket, "transfer"), &bad).await.status(), 422);
    }
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 1);
    assert!(stage.mails().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_used_before_the_doors_were_moved_is_not_passed_on() {
    let mut stage = Stage::open().await;
    let (order, paid) = stage.bought(0, 2).await;
    let (inside, outside) = (id(&paid, 0), id(&paid, 1));
    stage.door.inside(&inside);
    stage.open_and_shut().await;
    for what in ["name", "transfer"] {
        let fields = if what == "name" { &TO_BEA[..1] } else { &TO_BEA[..] };
        let answer = stage.post(&order.ticket(&inside, what), fields).await;
        assert_eq!(answer.status(), 409, "{what}");
        assert!(answer.text().await.expect("a page").contains("come in with this ticket"), "{what}");
    }
    assert_eq!(stage.told(&inside).await.revision, 1);

    stage.door.silent(true);
    let path = order.ticket(&outside, "transfer");
    let refused = stage.post(&path, &TO_BEA).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.expect("a page").contains("Try again in a moment"));
    stage.door.silent(false);
    assert_eq!(stage.post(&path, &TO_BEA).await.status(), 303, "nobody came in with this one");
}
