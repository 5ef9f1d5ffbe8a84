//! Another table: moved, swapped, put together.

use messages::purchase::v1::{ReservationChanged, TicketChanged};
use serde_json::json;
use uuid::Uuid;

use super::{FIRST, MINIMUMS, SECOND, THIRD, all_is_well, ask, booked, held, house, labels, sold};

#[tokio::test(flavor = "multi_thread")]
async fn a_party_moves_with_all_that_is_its_own() {
    let stage = house().await;
    let table = booked(&stage, FIRST, 5).await;
    let (status, moved) = ask(&stage, table.id, "move", json!({"table": stage.kind(SECOND)})).await;
    assert_eq!((status, labels(&moved)), (200, vec!["Table 2"]), "{moved}");
    assert_eq!(moved["minimum_minor"], MINIMUMS[1], "the minimum is the new table's");
    assert_eq!((sold(&stage, FIRST).await, sold(&stage, SECOND).await), (0, 5));
    let named =
        "SELECT count(*) FROM tickets WHERE type_name = 'Table 2' AND state = 'valid' AND revision = 2";
    assert_eq!(stage.count(named).await, 5);
    let ticket: TicketChanged = stage.said("ticket.changed").await;
    assert_eq!((ticket.ticket_type_name.as_str(), ticket.revision), ("Table 2", 2), "the door hears of it");
    let told: ReservationChanged = stage.said("reservation.changed").await;
    assert_eq!((told.change.as_str(), told.tables[0].table_id.as_str()), ("moved", stage.kind(SECOND)));
    assert_eq!(told.revision, moved["revision"], "{moved}");
    let order = stage.order_now(&table.order).await;
    assert_eq!(order["state"], "paid", "{order}");

    let (status, back) =
        ask(&stage, table.id, "move", json!({"table": stage.kind(FIRST), "keep_minimum": true})).await;
    assert_eq!((status, &back["minimum_minor"]), (200, &json!(MINIMUMS[1])), "as agreed: {back}");
    for (to, code) in [(FIRST, "same_table"), (THIRD, "party_too_large")] {
        let (status, refused) = ask(&stage, table.id, "move", json!({"table": stage.kind(to)})).await;
        assert_eq!((status, &refused["code"]), (409, &json!(code)), "{refused}");
    }
    booked(&stage, SECOND, 2).await;
    let (status, refused) = ask(&stage, table.id, "move", json!({"table": stage.kind(SECOND)})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("table_taken")), "{refused}");
    for unknown in [stage.kind(0).to_owned(), Uuid::now_v7().to_string()] {
        let (status, refused) = ask(&stage, table.id, "move", json!({"table": unknown})).await;
        assert_eq!((status, &refused["code"]), (422, &json!("unknown_table")), "{refused}");
    }
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_waits_for_its_deposit_moves_with_its_hold() {
    let stage = house().await;
    let table = held(&stage, THIRD, 3).await;
    let (status, moved) = ask(&stage, table.id, "move", json!({"table": stage.kind(SECOND)})).await;
    assert_eq!((status, &moved["state"]), (200, &json!("pending")), "{moved}");
    let held = format!("SELECT held FROM stock WHERE id = '{}'", stage.kind(SECOND));
    assert_eq!(stage.count(&held).await, 3);
    stage.pay(&table.order, "4242424242424242").await;
    stage.until(&table.order, "paid").await;
    assert_eq!((sold(&stage, THIRD).await, sold(&stage, SECOND).await), (0, 3));
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_parties_swap_at_once_or_not_at_all() {
    let stage = house().await;
    let (large, small) = (booked(&stage, FIRST, 6).await, booked(&stage, SECOND, 2).await);
    let (status, swapped) = ask(&stage, large.id, "swap", json!({"with": small.id})).await;
    assert_eq!((status, labels(&swapped)), (200, vec!["Table 2"]), "{swapped}");
    assert_eq!((sold(&stage, FIRST).await, sold(&stage, SECOND).await), (2, 6));
    assert_eq!(swapped["minimum_minor"], MINIMUMS[0], "what was agreed stays");
    let told = "SELECT count(*) FROM outbox WHERE subject = 'reservation.changed'";
    assert_eq!(stage.count(told).await, 2, "both are told");
    all_is_well(&stage).await;
    let third = booked(&stage, THIRD, 1).await;
    let (status, refused) = ask(&stage, large.id, "swap", json!({"with": third.id})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("party_too_large")), "{refused}");
    for nobody in [large.id, Uuid::now_v7()] {
        let (status, refused) = ask(&stage, large.id, "swap", json!({"with": nobody})).await;
        assert_eq!((status, &refused["code"]), (422, &json!("unknown_reservation")), "{refused}");
    }
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_beside_is_put_to_a_party_and_is_free_again_after_it() {
    let stage = house().await;
    let (table, other) = (booked(&stage, FIRST, 7).await, booked(&stage, THIRD, 2).await);
    let (status, refused) = ask(&stage, other.id, "merge", json!({"table": stage.kind(SECOND)})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("table_apart")), "{refused}");
    let (status, merged) = ask(&stage, table.id, "merge", json!({"table": stage.kind(SECOND)})).await;
    assert_eq!((status, labels(&merged)), (200, vec!["Table 1", "Table 2"]), "{merged}");
    let (status, refused) = ask(&stage, other.id, "move", json!({"table": stage.kind(SECOND)})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("table_taken")), "{refused}");
    let (status, refused) = ask(&stage, other.id, "swap", json!({"with": table.id})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("several_tables")), "{refused}");
    assert_eq!(ask(&stage, table.id, "party", json!({"party": 15})).await.0, 409, "fourteen have a seat");
    let (status, grown) = ask(&stage, table.id, "party", json!({"party": 14})).await;
    assert_eq!((status, &grown["party"]), (200, &json!(14)), "{grown}");
    all_is_well(&stage).await;
    assert_eq!(ask(&stage, table.id, "release", json!({})).await.1["state"], "no_show");
    let (status, moved) = ask(&stage, other.id, "move", json!({"table": stage.kind(SECOND)})).await;
    assert_eq!((status, labels(&moved)), (200, vec!["Table 2"]), "{moved}");
    all_is_well(&stage).await;
}
