//! What staff do with table reservations: called off, moved, swapped, put together, grown, closed, given away.

mod ends;
mod party;
mod race;
mod tables;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bus::{Delivery, HandleError, Outcome};
use domain::clock::{Clock, SystemClock};
use domain::ids::{MessageId, StaffId};
use ed25519_dalek::SigningKey;
use messages::marketing_admin::v1::{FloorPlanChanged, PlanPlace, PlanTable};
use messages::scanner::v1::ReservationCheckedIn;
use prost::Message;
use serde_json::{Value, json};
use uuid::Uuid;
use web::service_token::ServiceSigner;

use crate::stage::{Order, Stage};

/// The tables among the night's types: for eight and six, side by side, and for four, far away.
const FIRST: usize = 2;
const SECOND: usize = 3;
const THIRD: usize = 4;
const SEATS: [i64; 3] = [8, 6, 4];
/// What a party spends at each at least.
const MINIMUMS: [i64; 3] = [80_000, 60_000, 40_000];
const VALID: &str = "SELECT count(*) FROM tickets WHERE state = 'valid'";

/// A night with three tables and its plan.
async fn house() -> Stage {
    let mut stage = Stage::open().await;
    stage.event.revision += 1;
    let pattern = stage.event.ticket_types[0].clone();
    for (position, seats) in SEATS.into_iter().enumerate() {
        let mut table = pattern.clone();
        table.ticket_type_id = Uuid::now_v7().to_string();
        table.name = format!("Table {}", position + 1);
        (table.price_minor, table.capacity) = (5000, seats);
        table.position = 2 + i64::try_from(position).expect("a small number");
        stage.event.ticket_types.push(table);
    }
    stage.publish(&stage.event).await;
    draw(&stage).await;
    stage
}

/// Takes the plan over as the consumer would. Half an hour after its time a late party loses its table.
async fn draw(stage: &Stage) {
    let table = |index: usize, x| PlanTable {
        table_id: stage.kind(index).to_owned(),
        label: (index - 1).to_string(),
        shape: "round".to_owned(),
        seats: SEATS[index - FIRST],
        place: Some(PlanPlace { x, y: 100, width: 80, height: 80, turn: 0 }),
        for_sale: true,
        minimum_minor: MINIMUMS[index - FIRST],
        deposit_minor: 5000,
        ..PlanTable::default()
    };
    let plan = FloorPlanChanged {
        event_id: stage.event.event_id.clone(),
        revision: 1,
        width: 1000,
        height: 600,
        tables: vec![table(FIRST, 100), table(SECOND, 200), table(THIRD, 800)],
        zone_id: stage.event.zones[0].zone_id.clone(),
        release_after_minutes: 30,
        open: true,
        changed_at: stage.event.changed_at,
        ..FloorPlanChanged::default()
    };
    let bytes: String = plan.encode_to_vec().iter().map(|byte| format!("{byte:02x}")).collect();
    let event = &stage.event.event_id;
    let row = format!("INSERT INTO floor_plans VALUES ('{event}', 1, true, '\\x{bytes}', now())");
    stage.sql(&row).await;
}

/// What the night's tables are: tickets of the kind that everybody buys, while an order is made here, or tables.
async fn sold_as(stage: &Stage, kind: &str) {
    let ids = [FIRST, SECOND, THIRD].map(|index| format!("'{}'", stage.kind(index))).join(", ");
    let set = format!(
        "UPDATE ticket_types SET terms = jsonb_set(terms, '{{kind}}', '\"{kind}\"') WHERE id IN ({ids})"
    );
    stage.sql(&set).await;
}

/// A reservation of a table.
struct Booked {
    id: Uuid,
    order: Order,
}

/// A paid one.
async fn booked(stage: &Stage, table: usize, party: u32) -> Booked {
    sold_as(stage, "entry").await;
    let (order, _) = stage.bought(table, party).await;
    reserve(stage, table, party, order, "confirmed").await
}

/// One that waits for its deposit.
async fn held(stage: &Stage, table: usize, party: u32) -> Booked {
    sold_as(stage, "entry").await;
    let order = stage.order(table, party).await;
    reserve(stage, table, party, order, "pending").await
}

async fn reserve(stage: &Stage, table: usize, party: u32, order: Order, state: &str) -> Booked {
    sold_as(stage, "table").await;
    let id = Uuid::now_v7();
    let (reference, table, minimum) = (&order.reference, stage.kind(table), MINIMUMS[table - FIRST]);
    stage
        .sql(&format!(
            "INSERT INTO reservations (id, event_id, order_id, state, party, booker_name, booker_email, language, arrives_at,
                                       currency, minimum_minor, deposit_minor, made_at, changed_at)
             SELECT '{id}', event_id, id, '{state}', {party}, buyer_name, buyer_email, language, now() + interval '1 day',
                    currency, {minimum}, total_minor, now(), now() FROM orders WHERE reference = '{reference}';
             INSERT INTO reserved_tables (reservation_id, table_id, event_id, position, live)
             SELECT '{id}', '{table}', event_id, 0, true FROM orders WHERE reference = '{reference}'"
        ))
        .await;
    Booked { id, order }
}

/// Asks for something as the desk does, for a member of staff.
async fn act(stage: &Stage, id: Uuid, what: &str, key: &str, body: &Value) -> (u16, Value) {
    let seed = STANDARD.decode(stage.keys.service_signing("marketing-admin")).expect("base64");
    let seed: [u8; 32] = seed.try_into().expect("32 bytes");
    let signer = ServiceSigner::new("marketing-admin", &SigningKey::from_bytes(&seed));
    let token = signer.token_for(Some(StaffId::generate()), "purchase", SystemClock.now());
    let url = format!("http://{}/internal/v1/reservations/{id}/{what}", stage.service.internal);
    let mut call = stage.http.post(url).bearer_auth(token).json(body);
    if !key.is_empty() {
        call = call.header("idempotency-key", key);
    }
    let answer = call.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

/// The same, under a key of its own.
async fn ask(stage: &Stage, id: Uuid, what: &str, body: Value) -> (u16, Value) {
    act(stage, id, what, &Uuid::now_v7().to_string(), &body).await
}

/// The door has let the first of a party in.
async fn checked_in(stage: &Stage, id: Uuid) -> Outcome {
    let now = SystemClock.now();
    let message = ReservationCheckedIn {
        reservation_id: id.to_string(),
        event_id: stage.event.event_id.clone(),
        scan_id: Uuid::now_v7().to_string(),
        gate_name: "Main door".to_owned(),
        checked_in_at: now.timestamp_millis(),
    };
    let heard = stage.purchase.transaction(async |conn| {
        let delivery = Delivery {
            id: MessageId::generate(),
            subject: "reservation.checked_in".into(),
            published_at: now,
            attempt: 1,
        };
        let outcome = purchase::reservations::check_in::apply(conn, message.clone(), delivery).await?;
        Ok::<_, HandleError>(outcome)
    });
    heard.await.expect("a sound word")
}

/// The doors of the night are open, for an hour.
async fn open_doors(stage: &mut Stage) {
    stage.event.revision += 1;
    stage.event.changed_at = SystemClock.now().timestamp_millis();
    stage.event.entry_from = stage.event.changed_at - 3_600_000;
    stage.publish(&stage.event).await;
    sold_as(stage, "table").await;
}

/// Places of a table that are sold.
async fn sold(stage: &Stage, table: usize) -> i64 {
    stage.count(&format!("SELECT sold FROM stock WHERE id = '{}'", stage.kind(table))).await
}

async fn passes(stage: &Stage, booked: &Booked) -> Vec<String> {
    let order = stage.order_now(&booked.order).await;
    let tickets = order["tickets"].as_array().expect("tickets").iter();
    tickets.map(|ticket| ticket["id"].as_str().expect("an id").to_owned()).collect()
}

/// What must hold of reservations whenever nothing is under way; and all that the stage holds anyway.
async fn all_is_well(stage: &Stage) {
    let odd = "SELECT count(*) FROM reservations r WHERE
        (r.state IN ('confirmed', 'checked_in')) <> EXISTS (SELECT FROM tickets t WHERE t.order_id = r.order_id AND NOT t.place_freed
           AND r.state <> 'closed') AND r.state <> 'closed'
        OR r.state IN ('confirmed', 'checked_in')
           AND r.party <> (SELECT count(*) FROM tickets t WHERE t.order_id = r.order_id AND NOT t.place_freed)
        OR r.state IN ('confirmed', 'checked_in') AND EXISTS (SELECT FROM tickets t WHERE t.order_id = r.order_id
           AND NOT t.place_freed AND t.ticket_type_id <> (SELECT table_id FROM reserved_tables x
                WHERE x.reservation_id = r.id ORDER BY position LIMIT 1))";
    assert_eq!(
        stage.count(odd).await,
        0,
        "a party that is expected has its passes at its table, and no other has any"
    );
    let crowded = "SELECT count(*) FROM (SELECT table_id FROM reserved_tables WHERE live GROUP BY table_id HAVING count(*) > 1) x";
    assert_eq!(stage.count(crowded).await, 0, "nobody shares a table");
    stage.audit().await;
}

fn labels(view: &Value) -> Vec<&str> {
    view["tables"]
        .as_array()
        .expect("tables")
        .iter()
        .map(|table| table["label"].as_str().expect("a label"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_ask_and_how() {
    let stage = house().await;
    let table = booked(&stage, FIRST, 2).await;
    let (status, refused) = act(&stage, table.id, "tab", "", &json!({"spent_minor": 1})).await;
    assert_eq!((status, &refused["code"]), (400, &json!("idempotency_key_required")), "{refused}");
    let path = format!("/internal/v1/reservations/{}/release", table.id);
    assert_eq!(stage.inside("scanner", &path, Some(json!({}))).await.0, 403, "the door gives no table away");
    assert_eq!(ask(&stage, Uuid::now_v7(), "release", json!({})).await.0, 404);
    let first = act(&stage, table.id, "tab", "one", &json!({"spent_minor": 4000})).await;
    assert_eq!((first.0, &first.1["spent_minor"]), (200, &json!(4000)));
    assert_eq!(
        act(&stage, table.id, "tab", "one", &json!({"spent_minor": 4000})).await,
        first,
        "the same again"
    );
    let (status, refused) = act(&stage, table.id, "tab", "one", &json!({"spent_minor": 5000})).await;
    assert_eq!((status, &refused["code"]), (422, &json!("idempotency_key_reused")), "{refused}");
    let rows = "SELECT count(*) FROM audit_log WHERE action = 'reservation.tab' AND staff_id IS NOT NULL";
    assert_eq!(stage.count(rows).await, 1, "on record once");
    let (status, refused) = ask(&stage, table.id, "tab", json!({"spent_minor": -1})).await;
    assert_eq!((status, &refused["errors"][0]["field"]), (422, &json!("spent_minor")), "{refused}");
    all_is_well(&stage).await;
}
