//! A table goes back whole, or not at all.

use chrono::TimeDelta;
use messages::marketing_admin::v1::{EventChanged, RefundPolicy};
use messages::purchase::v1::ReservationChanged;
use serde_json::json;
use uuid::Uuid;

use super::{STATES, read, told};
use crate::stage::Stage;

/// The night lets guests give back for two hours more, and exchange.
async fn lets_go(stage: &Stage) {
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
    let until = (now + TimeDelta::hours(2)).timestamp_millis();
    let refunds = RefundPolicy { self_service_until: until, keeps_fees: false };
    let changed_at = now.timestamp_millis();
    let night = EventChanged {
        revision: 2,
        refunds: Some(refunds),
        exchange_until: until,
        changed_at,
        ..stage.event.clone()
    };
    stage.publish(&night).await;
}

fn hidden(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    rest.unwrap_or_else(|| panic!("no {name}: {page}")).split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booker_gives_the_whole_table_back_by_one_button() {
    let (stage, plan) = Stage::with_tables().await;
    lets_go(&stage).await;
    let (order, paid) = stage.table_booked(&plan, 1, 3).await;
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert_eq!(page.matches("/refund?key=").count(), 1, "one button for all: {page}");

    let path = order.file("refund");
    let form = stage.get(&path).await.text().await.expect("a page");
    let (once, sum, tickets) = (hidden(&form, "once"), hidden(&form, "sum"), hidden(&form, "tickets"));
    assert_eq!((sum.as_str(), tickets.split(',').count()), ("10000", 3));
    let one = paid["tickets"][0]["id"].as_str().expect("an id");

    // One pass alone, by its own page or by a form that somebody has cut.
    let alone = stage.get(&order.file(&format!("tickets/{one}/refund"))).await;
    assert_eq!(alone.status(), 409);
    let said = alone.text().await.expect("a page");
    assert!(said.contains("A table goes back whole"), "{said}");
    let cut = [("once", Uuid::now_v7().to_string()), ("sum", "3333".to_owned()), ("tickets", one.to_owned())];
    let cut: Vec<(&str, &str)> = cut.iter().map(|(name, value)| (*name, value.as_str())).collect();
    stage.post(&path, &cut).await;
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0);
    assert_eq!(read(&stage, STATES).await, "confirmed");

    let fields = [("once", once.as_str()), ("sum", sum.as_str()), ("tickets", tickets.as_str())];
    assert_eq!(stage.post(&path, &fields).await.status(), 303);
    stage.until(&order, "refunded").await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    assert_eq!(read(&stage, STATES).await, "cancelled");
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 0, "the table is free");
    let changes: Vec<ReservationChanged> = told(&stage, "reservation.changed").await;
    assert_eq!(changes.last().map(|one| one.change.as_str()), Some("cancel"));
    stage.audit().await;
    stage.table_booked(&plan, 1, 8).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_whose_pass_is_a_friend_s_stays_until_it_is_handed_back() {
    let (stage, plan) = Stage::with_tables().await;
    lets_go(&stage).await;
    let (order, paid) = stage.table_booked(&plan, 1, 2).await;
    let second = paid["tickets"][1]["id"].as_str().expect("an id");
    let passed = stage
        .post(
            &order.file(&format!("tickets/{second}/transfer")),
            &[("name", "Bea Ruiz"), ("email", "bea@example.org")],
        )
        .await;
    assert_eq!(passed.status(), 303);
    let asked = stage.get(&order.file("refund")).await;
    assert_eq!(asked.status(), 409, "{}", asked.text().await.unwrap_or_default());
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pass_is_not_exchanged() {
    let (stage, plan) = Stage::with_tables().await;
    lets_go(&stage).await;
    let (order, paid) = stage.table_booked(&plan, 1, 1).await;
    let pass = paid["tickets"][0]["id"].as_str().expect("an id");
    let asked = stage.get(&order.file(&format!("tickets/{pass}/exchange"))).await;
    assert_eq!(asked.status(), 409, "{}", asked.text().await.unwrap_or_default());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_that_became_smaller_has_paid_for_the_whole_table() {
    let (stage, plan) = Stage::with_tables().await;
    lets_go(&stage).await;
    let (order, _) = stage.table_booked(&plan, 1, 4).await;
    // As when staff make the party smaller: the last passes are nobody's.
    stage
        .sql(
            "UPDATE tickets SET state = 'cancelled', place_freed = true WHERE ordinal > 1;
         UPDATE stock SET sold = 1 WHERE sold > 0;
         UPDATE reservations SET party = 1",
        )
        .await;
    let path = order.file("refund");
    let form = stage.get(&path).await.text().await.expect("a page");
    let (once, sum, tickets) = (hidden(&form, "once"), hidden(&form, "sum"), hidden(&form, "tickets"));
    assert_eq!((sum.as_str(), tickets.split(',').count()), ("10000", 1), "{form}");
    let fields = [("once", once.as_str()), ("sum", sum.as_str()), ("tickets", tickets.as_str())];
    assert_eq!(stage.post(&path, &fields).await.status(), 303);
    stage.until(&order, "refunded").await;
    stage
        .until_count("SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE state = 'succeeded'", 10_000)
        .await;
    assert_eq!(read(&stage, STATES).await, "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_is_as_large_as_its_passes_are_many() {
    let (stage, plan) = Stage::with_tables().await;
    let (order, paid) = stage.table_booked(&plan, 1, 3).await;
    let last = paid["tickets"][2]["id"].as_str().expect("an id");
    let (status, body) = stage.give_back(&order, "one pass", json!({"tickets": [last]})).await;
    assert!(status < 300, "{body}");
    stage.until_count("SELECT count(*) FROM tickets WHERE place_freed", 1).await;
    assert_eq!(stage.count("SELECT party FROM reservations").await, 2);
    let changes: Vec<ReservationChanged> = told(&stage, "reservation.changed").await;
    assert_eq!(changes.last().map(|one| (one.party, one.change.as_str())), Some((2, "grown")));
    assert_eq!(read(&stage, STATES).await, "confirmed");
    stage.audit().await;
}
