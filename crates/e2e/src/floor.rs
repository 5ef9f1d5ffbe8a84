//! The tables of a night over HTTP: the owner lays them out, guests book them.

use crate::{
    audit,
    desk::Desk,
    guest::{Guest, Placed, card, placed},
    wait::{PATIENCE, until},
};
use anyhow::{Context, Result, ensure};
use devstack::Stack;
use domain::floor_plan::{
    Bottle, Deposit, Feature, FeatureKind, FloorPlan, NightPlan, Offer, Place, Room, Shape, Table,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

/// What a party at each of these tables spends at least, minor units.
pub const MINIMUM: i64 = 50_000;
/// What of it is paid at once: a fifth.
pub const DEPOSIT: i64 = 10_000;
/// The largest party of each.
pub const SEATS: u32 = 6;
/// How many stand in a row.
const ROW: usize = 12;
/// From the corner of one table to that of the next; near enough that neighbours can be put together.
const STEP: i32 = 120;

/// A plan of so many tables, "1" and on, open for booking; the last is kept by the club. One bottle is on the menu.
pub fn plan(tables: usize) -> NightPlan {
    let rows = i32::try_from(tables.div_ceil(ROW)).unwrap_or(i32::MAX);
    let (width, height) = (1640, 400 + rows * STEP);
    let room = Room {
        id: Uuid::now_v7(),
        name: "Main room".to_owned(),
        place: at(20, 200, width - 40, height - 220),
    };
    let feature = |kind, label: &str, x| Feature {
        id: Uuid::now_v7(),
        kind,
        label: label.to_owned(),
        place: at(x, 20, 500, 140),
    };
    let features = vec![feature(FeatureKind::Stage, "Stage", 100), feature(FeatureKind::Bar, "Bar", 1000)];
    let tables: Vec<Table> = (0..tables).map(|nth| table(nth, room.id)).collect();
    let offers = tables.iter().enumerate().map(|(nth, table)| Offer {
        table: table.id,
        minimum_minor: MINIMUM,
        deposit: Deposit::Share { basis_points: 2_000 },
        includes: "1 bottle of mezcal, 4 mixers".to_owned(),
        photo: None,
        blocked: nth > 0 && nth + 1 == tables.len(),
    });
    let offers = offers.collect();
    let menu = vec![Bottle { id: Uuid::now_v7(), name: "Mezcal Unión".to_owned(), price_minor: 12_000 }];
    let plan = FloorPlan { width, height, background: None, rooms: vec![room], features, tables };
    NightPlan { plan, offers, menu, release_after_minutes: 60, open: true, asks_first: false }
}

fn table(nth: usize, room: Uuid) -> Table {
    let step = |of: usize| i32::try_from(of).unwrap_or(0) * STEP;
    Table {
        id: Uuid::now_v7(),
        label: (nth + 1).to_string(),
        shape: Shape::ALL[nth % Shape::ALL.len()],
        seats: SEATS,
        room: Some(room),
        place: at(100 + step(nth % ROW), 260 + step(nth / ROW), 80, 80),
    }
}

const fn at(x: i32, y: i32, width: i32, height: i32) -> Place {
    Place { x, y, width, height, turn: 0 }
}

/// Lays a plan out for a night that has none yet.
///
/// # Errors
/// When the desk refuses.
pub async fn lay(desk: &Desk, event: &Value, plan: &NightPlan) -> Result<()> {
    let path = format!("/api/v1/events/{}/tables", event["id"].as_str().context("an id")?);
    let laid = desk.put(&path, &json!({"revision": 0, "night": plan})).await?;
    let status = laid.status();
    ensure!(status.is_success(), "laying tables out answered {status}: {}", laid.text().await?);
    Ok(())
}

/// A night's tables as guests get them, once there are so many that can be had.
///
/// # Panics
/// When there are not within a person's patience.
pub async fn seen(stack: &Stack, slug: &str, free: usize) -> Value {
    let url = format!("{}/api/v1/events/{slug}/tables", stack.urls.purchase);
    until(&format!("{free} tables of {slug} can be had"), PATIENCE, || async {
        let answer = stack.client().ok()?.get(&url).send().await.ok()?;
        if answer.status() != StatusCode::OK {
            return None;
        }
        let tables: Value = answer.json().await.ok()?;
        (states(&tables, "free") == free).then_some(tables)
    })
    .await
}

/// How many tables are in a state: `free`, `held`, `taken`, `kept`.
pub fn states(tables: &Value, state: &str) -> usize {
    tables["tables"].as_array().into_iter().flatten().filter(|table| table["state"] == state).count()
}

/// The body that books a table of a night, as guests have it, for a party.
pub fn wish(event: &Value, table: Uuid, party: u32, email: &str) -> Value {
    json!({
        "event": event["id"],
        "table": table,
        "party": party,
        "arrives_at": event["starts_at"],
        "buyer": {"name": "Ana Guest", "email": email},
        "occasion": "Birthday",
    })
}

/// Books a table; the same key is used again until the service answers, as a good client does.
///
/// # Panics
/// When it does not within a person's patience.
pub async fn book(guest: &Guest, event: &Value, table: Uuid, party: u32) -> Placed {
    let (key, body) = (Uuid::new_v4().to_string(), wish(event, table, party, &guest.email));
    until("the table is held", PATIENCE, || async {
        let answer = guest.ask_for_table(&body, &key).await.ok()?;
        if answer.status() == StatusCode::CREATED { placed(&answer.json().await.ok()?).ok() } else { None }
    })
    .await
}

/// Books a table and pays its deposit; gives the paid order.
///
/// # Errors
/// When the payment fails.
pub async fn take(guest: &Guest, event: &Value, table: Uuid, party: u32) -> Result<(Placed, Value)> {
    let held = book(guest, event, table, party).await;
    if held.checkout_url.is_some() {
        guest.pay(&held, card::GOOD).await?;
    }
    let order = guest.order_becomes(&held, "paid").await;
    Ok((held, order))
}

/// Lets the door of a night admit from now on, though its doors open later: passes change hands until then.
///
/// # Errors
/// When the database refuses.
pub async fn open_doors(stack: &Stack, event: &Value) -> Result<()> {
    let id: Uuid = event["id"].as_str().context("an id")?.parse()?;
    let opens = format!(
        "update scanner.events set entry_from = now() - interval '1 hour', heard_at = clock_timestamp() - interval '1 minute'
          where id = '{id}'"
    );
    audit::change(stack, &opens).await
}
