//! The party, its host and its bill.

use bus::Outcome;
use messages::purchase::v1::ReservationChanged;
use serde_json::json;

use super::{FIRST, VALID, act, all_is_well, ask, booked, checked_in, held, house, open_doors, passes, sold};

#[tokio::test(flavor = "multi_thread")]
async fn a_party_grows_within_its_seats_and_shrinks_from_the_end() {
    let stage = house().await;
    let table = booked(&stage, FIRST, 3).await;
    let before = passes(&stage, &table).await;
    let grown = act(&stage, table.id, "party", "grow", &json!({"party": 6})).await;
    assert_eq!((grown.0, &grown.1["party"]), (200, &json!(6)), "{}", grown.1);
    assert_eq!(act(&stage, table.id, "party", "grow", &json!({"party": 6})).await, grown, "once");
    assert_eq!((sold(&stage, FIRST).await, stage.count(VALID).await), (6, 6));
    let told: ReservationChanged = stage.said("reservation.changed").await;
    assert_eq!((told.change.as_str(), told.party), ("grown", 6));
    for (party, status) in [(9, 409), (0, 422), (101, 422)] {
        assert_eq!(ask(&stage, table.id, "party", json!({"party": party})).await.0, status, "{party}");
    }
    let (status, fewer) = ask(&stage, table.id, "party", json!({"party": 2})).await;
    assert_eq!((status, &fewer["party"]), (200, &json!(2)), "{fewer}");
    let stay = format!("{VALID} AND id IN ('{}', '{}')", before[0], before[1]);
    assert_eq!((stage.count(&stay).await, stage.count(VALID).await), (2, 2), "who came last goes first");
    assert_eq!(ask(&stage, table.id, "party", json!({"party": 8})).await.0, 200, "and it grows again");
    assert_eq!(sold(&stage, FIRST).await, 8);
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_inside_stays_in_the_party() {
    let mut stage = house().await;
    let table = booked(&stage, FIRST, 3).await;
    open_doors(&mut stage).await;
    let ids = passes(&stage, &table).await;
    let last = "SELECT count(*) FROM tickets WHERE ordinal = 3";
    assert_eq!(stage.count(last).await, 1);
    stage.door.inside(&ids[2]);
    let (status, fewer) = ask(&stage, table.id, "party", json!({"party": 2})).await;
    assert_eq!((status, &fewer["party"]), (200, &json!(2)), "{fewer}");
    assert_eq!(stage.count(&format!("{VALID} AND id = '{}'", ids[2])).await, 1, "another pass went");
    for id in &ids {
        stage.door.inside(id);
    }
    let (status, refused) = ask(&stage, table.id, "party", json!({"party": 1})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("guest_inside")), "{refused}");
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_lives_from_its_host_to_its_bill() {
    let stage = house().await;
    let table = booked(&stage, FIRST, 2).await;
    let (status, view) = ask(&stage, table.id, "host", json!({"host": " Bea "})).await;
    assert_eq!((status, &view["host"]), (200, &json!("Bea")), "{view}");
    let long = "x".repeat(101);
    assert_eq!(ask(&stage, table.id, "host", json!({"host": long})).await.0, 422);
    let (status, refused) = ask(&stage, table.id, "close", json!({"spent_minor": 1})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("invalid_state")), "nobody is here: {refused}");
    assert_eq!(checked_in(&stage, table.id).await, Outcome::Applied);
    assert_eq!(checked_in(&stage, table.id).await, Outcome::Stale, "once");
    let told: ReservationChanged = stage.said("reservation.changed").await;
    assert_eq!((told.change.as_str(), told.state.as_str()), ("check_in", "checked_in"));
    let (_, view) = ask(&stage, table.id, "tab", json!({"spent_minor": 90_000})).await;
    let deposit = view["deposit_minor"].as_i64().expect("an amount");
    assert_eq!(view["balance_minor"], 90_000 - deposit, "more than the minimum: {view}");
    for (what, body) in [("cancel", json!({"refund": "all", "reason": "late"})), ("release", json!({}))] {
        assert_eq!(ask(&stage, table.id, what, body).await.0, 409, "who is here is not put out: {what}");
    }
    let (status, closed) = ask(&stage, table.id, "close", json!({"spent_minor": 95_000})).await;
    assert_eq!((status, &closed["state"]), (200, &json!("closed")), "{closed}");
    assert_eq!(closed["balance_minor"], 95_000 - deposit);
    assert_eq!(ask(&stage, table.id, "tab", json!({"spent_minor": 1})).await.0, 409, "the bill is settled");
    for action in ["reservation.host", "reservation.tab", "reservation.closed"] {
        assert_eq!(
            stage.count(&format!("SELECT count(*) FROM audit_log WHERE action = '{action}'")).await,
            1
        );
    }
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_paid_has_no_passes_to_add_to() {
    let stage = house().await;
    let table = held(&stage, FIRST, 2).await;
    let (status, refused) = ask(&stage, table.id, "party", json!({"party": 3})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("invalid_state")), "{refused}");
    all_is_well(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_pass_is_added_to_a_table_that_is_being_given_back() {
    let mut stage = house().await;
    let table = booked(&stage, FIRST, 2).await;
    open_doors(&mut stage).await;
    stage.door.silent(true);
    stage.give_back(&table.order, "all of it", json!({})).await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'asked'", 1).await;
    for party in [1, 4] {
        let (status, refused) = ask(&stage, table.id, "party", json!({"party": party})).await;
        assert_eq!((status, &refused["code"]), (409, &json!("refund_waits")), "{party}: {refused}");
    }
    assert_eq!((sold(&stage, FIRST).await, stage.count(VALID).await), (2, 2));
}
