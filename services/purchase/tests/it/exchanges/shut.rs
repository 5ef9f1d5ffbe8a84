//! The doors were open, and are to open later now: whether somebody is inside with a ticket says the door, not the hour.

use super::race::{Underway, underway};
use super::{CARD, DONE, REGULAR, TOO_LATE, VALID, VIP, id, now, to_pay};
use crate::stage::Stage;
use messages::purchase::v1::{OrderRefunded, RefundReason};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn who_came_in_before_the_doors_were_moved_exchanges_nothing_and_the_others_do() {
    let mut stage = Stage::exchanging().await;
    let (order, paid) = stage.bought(REGULAR, 2).await;
    let (inside, outside) = (id(&paid, 0), id(&paid, 1));
    stage.door.inside(&inside);
    assert_eq!(stage.get(&Stage::exchange_of(&order, &outside)).await.status(), 200);
    assert_eq!(stage.door.asked(), 0, "before the doors have opened nobody is inside");
    stage.open_and_shut().await;

    let path = Stage::exchange_of(&order, &inside);
    let once = Uuid::now_v7().to_string();
    let asked = stage.get(&path).await;
    let sent = stage.post(&path, &[("once", once.as_str()), ("to", stage.kind(VIP))]).await;
    for answer in [asked, sent] {
        assert_eq!(answer.status(), 409);
        let page = answer.text().await.expect("a page");
        assert!(page.contains("come in with this ticket"), "{page}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE exchanges IS NOT NULL").await, 0);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert_eq!(page.matches("somebody came in with this ticket").count(), 1, "which one is used: {page}");

    let answer = stage.exchange(&order, &outside, VIP).await;
    // The word of before stands: nobody has come in since.
    stage.door.silent(true);
    stage.pay(&to_pay(&answer), CARD).await;
    stage.until_count(DONE, 1).await;
    assert_eq!((stage.count(VALID).await, stage.sold_of(VIP).await), (2, 1));
    stage.door.silent(false);
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_door_says_nothing_nothing_is_exchanged() {
    let mut stage = Stage::exchanging().await;
    let (order, paid) = stage.bought(REGULAR, 1).await;
    let path = Stage::exchange_of(&order, &id(&paid, 0));
    stage.open_and_shut().await;
    stage.door.silent(true);
    let refused = stage.get(&path).await;
    assert_eq!(refused.status(), 409);
    let page = refused.text().await.expect("a page");
    assert!(page.contains("Try again in a moment"), "{page}");
    stage.door.silent(false);
    assert_eq!(stage.get(&path).await.status(), 200, "it has spoken");

    // The doors open and shut once more: its word is of before.
    stage.open_and_shut().await;
    stage.door.silent(true);
    assert_eq!(stage.get(&path).await.status(), 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn doors_whose_opening_is_heard_of_after_their_shutting_were_open() {
    let stage = Stage::exchanging().await;
    let (order, paid) = stage.bought(REGULAR, 1).await;
    let path = Stage::exchange_of(&order, &id(&paid, 0));
    stage.door.silent(true);
    let at = now();
    let (mut open, mut shut) = (stage.event.clone(), stage.event.clone());
    (open.revision, open.changed_at, open.entry_from) = (3, at, at - 1000);
    (shut.revision, shut.changed_at, shut.entry_from) = (4, at, at + 3_600_000);
    stage.publish(&shut).await;
    assert_eq!(stage.get(&path).await.status(), 200, "as far as is known, nobody came in");
    stage.publish(&open).await;
    assert_eq!(stage.get(&path).await.status(), 409, "somebody may have");
    stage.door.silent(false);
    assert_eq!(stage.get(&path).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_for_a_ticket_that_was_used_before_the_doors_were_moved_goes_back() {
    let mut stage = Stage::exchanging().await;
    let Underway { ticket, to_pay, .. } = underway(&stage).await;
    stage.door.inside(&ticket);
    stage.open_and_shut().await;
    stage.pay(&to_pay, CARD).await;
    stage.until_count(TOO_LATE, 1).await;
    assert_eq!((stage.count(VALID).await, stage.sold_of(VIP).await), (1, 0), "its guest keeps it");
    let told: OrderRefunded = stage.said("order.refunded").await;
    assert_eq!(told.reason(), RefundReason::LateExchange, "the mail says so");
    stage.audit().await;
    stage.all_is_well().await;
}

/// The order is of before the doors opened, and is paid when they are shut again: whoever stayed outside has the exchange, as soon as the
/// door has said so. A door that says nothing lets nothing go.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_for_a_ticket_that_nobody_used_before_the_doors_were_moved_stands() {
    for (silent, ends, better) in [(false, DONE, 1), (true, TOO_LATE, 0)] {
        let mut stage = Stage::exchanging().await;
        let to_pay = underway(&stage).await.to_pay;
        stage.open_and_shut().await;
        assert_eq!(stage.door.asked(), 0, "nobody had a reason to ask it");
        stage.door.silent(silent);
        stage.pay(&to_pay, CARD).await;
        stage.until_count(ends, 1).await;
        assert!(stage.door.asked() >= 1, "silent: {silent}");
        assert_eq!((stage.count(VALID).await, stage.sold_of(VIP).await), (1, better), "silent: {silent}");
        stage.audit().await;
        stage.all_is_well().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_forgets_that_the_doors_were_open_has_a_guest_inside_and_a_second_ticket() {
    let mut stage = Stage::exchanging().await;
    let Underway { ticket, to_pay, .. } = underway(&stage).await;
    stage.door.inside(&ticket);
    stage.open_and_shut().await;
    stage.sql("UPDATE events SET shut_revision = NULL").await;
    stage.pay(&to_pay, CARD).await;
    stage.until_count(DONE, 1).await;
}
