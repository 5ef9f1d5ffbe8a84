//! Called off by the club, or given away because nobody came.

use messages::purchase::v1::ReservationChanged;
use serde_json::json;

use super::{
    FIRST, SECOND, VALID, all_is_well, ask, booked, checked_in, held, house, open_doors, passes, sold,
};
use crate::stage::pause;

const CONFIRMED: &str = "SELECT count(*) FROM reservations WHERE state = 'confirmed'";
const NO_SHOW: &str = "SELECT count(*) FROM reservations WHERE state = 'no_show'";
const LATE: &str = "UPDATE reservations SET arrives_at = now() - interval '31 minutes'";

#[tokio::test(flavor = "multi_thread")]
async fn all_of_a_deposit_goes_back_with_its_table() {
    let stage = house().await;
    let table = booked(&stage, FIRST, 3).await;
    let (status, off) = ask(&stage, table.id, "cancel", json!({"refund": "all", "reason": "a flood"})).await;
    assert_eq!((status, &off["state"]), (200, &json!("cancelled")), "{off}");
    let told: ReservationChanged = stage.said("reservation.changed").await;
    assert_eq!(
        (told.change.as_str(), told.revision),
        ("cancel", off["revision"].as_i64().expect("a number"))
    );
    assert_eq!((sold(&stage, FIRST).await, stage.count(VALID).await), (0, 0));
    stage.until(&table.order, "refunded").await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded' AND scope = 'order'", 1).await;
    let left = "SELECT sum(amount_minor - refunded_minor) FROM payments";
    assert_eq!(stage.count(left).await, 0, "nothing is kept");
    let reason =
        "SELECT count(*) FROM audit_log WHERE action = 'reservation.cancelled' AND reason = 'a flood'";
    assert_eq!(stage.count(reason).await, 1);
    booked(&stage, FIRST, 8).await;
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_goes_back_or_nothing() {
    let stage = house().await;
    let (part, nothing) = (booked(&stage, FIRST, 3).await, booked(&stage, SECOND, 2).await);
    let too_much = json!({"refund": {"amount_minor": 1_000_000}, "reason": "late"});
    let (status, refused) = ask(&stage, part.id, "cancel", too_much).await;
    assert_eq!((status, &refused["code"]), (409, &json!("refund_exceeds_captured")), "{refused}");
    assert_eq!(stage.count(CONFIRMED).await, 2, "and nothing has happened");
    let some = json!({"refund": {"amount_minor": 4000}, "reason": "late"});
    assert_eq!(ask(&stage, part.id, "cancel", some).await.1["state"], "cancelled");
    let none = json!({"refund": "none", "reason": "late"});
    assert_eq!(ask(&stage, nothing.id, "cancel", none.clone()).await.1["state"], "cancelled");
    stage
        .until_count("SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE state = 'succeeded'", 4000)
        .await;
    assert_eq!(
        stage.count("SELECT count(*) FROM tickets WHERE state = 'cancelled' AND place_freed").await,
        5
    );
    assert_eq!((sold(&stage, FIRST).await, sold(&stage, SECOND).await), (0, 0));
    let (status, refused) = ask(&stage, nothing.id, "cancel", none).await;
    assert_eq!((status, &refused["code"]), (409, &json!("invalid_state")), "it is over: {refused}");
    let (status, refused) = ask(&stage, part.id, "cancel", json!({"refund": "all", "reason": " "})).await;
    assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!("reason")), "{refused}");
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_for_a_table_that_was_called_off_goes_back() {
    let stage = house().await;
    let table = held(&stage, FIRST, 2).await;
    let off = json!({"refund": "all", "reason": "they called"});
    let (answer, _) = tokio::join!(
        ask(&stage, table.id, "cancel", off),
        stage.paid_in_time(&table.order, "4242424242424242")
    );
    assert_eq!((answer.0, &answer.1["state"]), (200, &json!("cancelled")), "{}", answer.1);
    stage.until_count("SELECT count(*) FROM orders WHERE state = 'pending'", 0).await;
    stage.until_count("SELECT coalesce(sum(amount_minor - refunded_minor), 0) FROM payments", 0).await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state IN ('asked', 'pending')", 0).await;
    assert_eq!(stage.count(VALID).await, 0);
    assert_eq!(stage.count("SELECT sum(held + sold) FROM stock").await, 0, "the table is free");
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_of_which_we_hear_after_the_table_was_called_off_goes_back() {
    let stage = house().await;
    stage.drop_webhooks().await;
    let table = held(&stage, FIRST, 2).await;
    stage.pay(&table.order, "4242424242424242").await;
    let off = json!({"refund": "none", "reason": "they called"});
    assert_eq!(ask(&stage, table.id, "cancel", off).await.1["state"], "cancelled");
    stage.until_count("SELECT count(*) FROM refunds WHERE reason = 'late_payment'", 1).await;
    assert_eq!(stage.count(VALID).await, 0);
    assert_eq!(stage.count("SELECT sum(held + sold) FROM stock").await, 0, "the table is free");
    let off = "SELECT count(*) FROM reservations WHERE state = 'cancelled'";
    assert_eq!(stage.count(off).await, 1, "money does not bring it back");
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_is_inside_is_put_out() {
    let mut stage = house().await;
    let table = booked(&stage, FIRST, 2).await;
    open_doors(&mut stage).await;
    let off = json!({"refund": "none", "reason": "late"});
    stage.door.silent(true);
    let (status, refused) = ask(&stage, table.id, "cancel", off.clone()).await;
    assert_eq!((status, &refused["code"]), (409, &json!("door_silent")), "{refused}");
    stage.door.silent(false);
    // One of them has come in, and word of it is on its way.
    stage.door.inside(&passes(&stage, &table).await[1]);
    for (what, body) in [("cancel", off), ("release", json!({}))] {
        let (status, refused) = ask(&stage, table.id, what, body).await;
        assert_eq!((status, &refused["code"]), (409, &json!("guest_inside")), "{what}: {refused}");
    }
    assert_eq!((stage.count(VALID).await, sold(&stage, FIRST).await), (2, 2));
    checked_in(&stage, table.id).await;
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_party_loses_its_table_by_itself() {
    let mut stage = house().await;
    let table = booked(&stage, FIRST, 2).await;
    open_doors(&mut stage).await;
    stage.sql(LATE).await;
    stage.until_count(NO_SHOW, 1).await;
    assert_eq!((stage.count(VALID).await, sold(&stage, FIRST).await), (0, 0));
    let told: ReservationChanged = stage.said("reservation.changed").await;
    assert_eq!((told.change.as_str(), told.reservation_id), ("release", table.id.to_string()));
    let rows = "SELECT count(*) FROM audit_log WHERE action = 'reservation.released' AND staff_id IS NULL";
    assert_eq!(stage.count(rows).await, 1);
    assert_eq!(stage.order_now(&table.order).await["state"], "paid", "the deposit stays");
    let metrics = format!("http://{}/metrics", stage.service.internal);
    let metrics = stage.http.get(metrics).send().await.expect("metrics").text().await.expect("text");
    let counts = |name: &str, label: &str| {
        metrics.lines().any(|line| line.starts_with(name) && line.contains(label) && !line.ends_with(" 0"))
    };
    assert!(counts("purchase_late_parties_released_total", ""), "{metrics}");
    for change in ["made", "confirm", "release"] {
        let label = format!("change=\"{change}\"");
        assert!(counts("purchase_reservation_changes_total", &label), "{change}: {metrics}");
    }
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_party_that_has_come_in_keeps_its_table_however_late_the_word_is() {
    let mut stage = house().await;
    let table = booked(&stage, FIRST, 2).await;
    open_doors(&mut stage).await;
    stage.door.inside(&passes(&stage, &table).await[0]);
    let before = stage.door.asked();
    stage.sql(LATE).await;
    while stage.door.asked() < before + 2 {
        pause().await;
    }
    assert_eq!((stage.count(CONFIRMED).await, stage.count(VALID).await), (1, 2));
    checked_in(&stage, table.id).await;
    assert_eq!(stage.count(NO_SHOW).await, 0);
    all_is_well(&stage).await;
}
