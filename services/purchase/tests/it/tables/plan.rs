//! What becomes of a plan that the desk tells.

use messages::marketing_admin::v1::{EventChanged, FloorPlanChanged};
use purchase::catalog::consume::{Applied, NotApplied};
use serde_json::json;
use uuid::Uuid;

use super::stage::{plan_for, plan_of};
use crate::stage::{Stage, friday};

/// How many tables are for sale.
const OFFERED: &str = "SELECT count(*) FROM ticket_types WHERE terms ->> 'kind' = 'table' AND NOT withdrawn";

#[tokio::test(flavor = "multi_thread")]
async fn each_table_is_a_type_with_its_seats_and_its_deposit() {
    let (stage, plan) = Stage::with_tables().await;
    let one = format!(
        "SELECT count(*) FROM ticket_types t JOIN stock s ON s.id = t.id
          WHERE t.id = '{}' AND t.name = 'Table 1' AND t.price_minor = 10000 AND t.max_per_order = 1
            AND t.attention = 'VIP · 1' AND t.zone_id = '{}' AND s.capacity = 4",
        plan.tables[0].table_id, plan.zone_id
    );
    assert_eq!(stage.count(&one).await, 1);
    assert_eq!(stage.count(OFFERED).await, 2, "the third is the club's own");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_comes_before_its_night_is_put_up_by_the_night() {
    let stage = Stage::open().await;
    let saturday = EventChanged { slug: "saturday-night".into(), ..friday() };
    let plan = plan_for(&saturday);
    stage.publish_plan(&plan).await;
    assert_eq!(stage.count(OFFERED).await, 0, "there is no night to offer them for");
    stage.publish(&saturday).await;
    assert_eq!(stage.count(OFFERED).await, 2);
    assert_eq!(stage.get("/e/saturday-night/tables").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_plan_changes_nothing_and_a_table_off_the_plan_is_withdrawn() {
    let (stage, mut plan) = Stage::with_tables().await;
    let first = plan.clone();
    plan.revision = 2;
    plan.tables.remove(0);
    assert_eq!(stage.tell_plan(&plan).await.expect("a sound plan"), Applied::New);
    assert_eq!(stage.count(OFFERED).await, 1);
    assert_eq!(stage.tell_plan(&first).await.expect("a sound plan"), Applied::Stale);
    assert_eq!(stage.count(OFFERED).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_night_s_own_changes_leave_its_tables_for_sale() {
    let (stage, _) = Stage::with_tables().await;
    let mut event = stage.event.clone();
    event.revision = 2;
    event.ticket_types.remove(0);
    stage.publish(&event).await;
    assert_eq!(stage.count(OFFERED).await, 2);
    let left = "SELECT count(*) FROM ticket_types WHERE terms ->> 'kind' <> 'table' AND NOT withdrawn";
    assert_eq!(stage.count(left).await, 1, "the type that is gone is withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_seats_than_a_party_has_take_nobody_s_place() {
    let (stage, mut plan) = Stage::with_tables().await;
    let table = plan.tables[1].table_id.clone();
    stage.seat_party(&table, 0, 6).await;
    plan.revision = 2;
    plan.tables[1].seats = 4;
    stage.publish_plan(&plan).await;
    let stock =
        format!("SELECT capacity FROM stock WHERE id = '{table}' AND sold = 6 AND asked_capacity = 4");
    assert_eq!(stage.count(&stock).await, 6);
    let noted =
        format!("SELECT count(*) FROM stock_clamps WHERE stock_id = '{table}' AND asked_capacity = 4");
    assert_eq!(stage.count(&noted).await, 1);
}

/// Whatever a plan names: what another night sells, and what is no table, stays as it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_plan_cannot_touch_what_is_not_its_own() {
    let (stage, plan) = Stage::with_tables().await;
    let saturday = EventChanged { slug: "saturday-night".into(), ..friday() };
    stage.publish(&saturday).await;
    let theirs = FloorPlanChanged { event_id: saturday.event_id.clone(), ..plan.clone() };
    let mut a_ticket = FloorPlanChanged { revision: 2, ..plan };
    a_ticket.tables[0].table_id = stage.kind(0).to_owned();
    for forged in [theirs, a_ticket] {
        let taken = stage.tell_plan(&forged).await;
        assert!(matches!(taken, Err(NotApplied::Foreign(..))), "{taken:?}");
    }
    let regular = format!("SELECT price_minor FROM ticket_types WHERE id = '{}'", stage.kind(0));
    assert_eq!(stage.count(&regular).await, 2000);
    assert_eq!(stage.count(OFFERED).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_can_not_be_read_is_refused_whole() {
    let stage = Stage::open().await;
    let mut plan = plan_of(&stage);
    plan.tables[1].table_id = "not an id".into();
    let taken = stage.tell_plan(&plan).await;
    assert!(matches!(taken, Err(NotApplied::Unreadable("table_id"))), "{taken:?}");
    assert_eq!(stage.count("SELECT count(*) FROM floor_plans").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nowhere_but_on_the_plan_is_a_table_offered() {
    let (stage, plan) = Stage::with_tables().await;
    let detail = stage.get_json("/api/v1/events/friday-night").await;
    assert_eq!(detail["ticket_types"].as_array().map(Vec::len), Some(2), "{detail}");
    let html = stage.get("/e/friday-night").await.text().await.expect("a page");
    assert!(!html.contains(&plan.tables[0].table_id), "{html}");
    let mut wish = stage.wish(0, 1);
    wish["items"][0] = json!({"ticket_type": plan.tables[0].table_id, "quantity": 1});
    let (status, body) = stage.checkout(&Uuid::now_v7().to_string(), &wish).await;
    assert_eq!((status.as_u16(), &body["code"]), (422, &json!("unknown_ticket_type")), "{body}");
}
