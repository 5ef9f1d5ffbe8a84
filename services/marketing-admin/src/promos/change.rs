//! Making a promo, and switching it on and off: one transaction with its audit row and its message.

use audit::Actor;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::money::Currency;
use domain::quote::Off;
use messages::marketing_admin::v1::PromoChanged;
use messages::marketing_admin::v1::promo_changed::Off as WireOff;
use messages::millis;
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use super::batch;
use super::input::{Codes, PromoInput, plan};
use super::store::{self, PromoRow};
use crate::Desk;
use crate::events::change::refused;
use crate::events::store::{self as events, Which};

/// Makes a promo of what was entered. 409 `code_taken` if another promo has its code.
pub async fn create(desk: &Desk, actor: &Actor, input: PromoInput) -> Result<PromoRow, Fault> {
    let now = desk.clock.now();
    let of_night = match input.event {
        Some(event) => currency_of(&mut *desk.db.conn().await?, event).await?,
        None => None,
    };
    let plan = plan(input, of_night).map_err(refused)?;
    let codes = match &plan.codes {
        Codes::One(code) => vec![code.clone()],
        Codes::Batch(batch) => batch::draw(batch),
    };
    desk.db
        .transaction(async |conn| {
            let id = Uuid::now_v7();
            let single_use = matches!(plan.codes, Codes::Batch(_));
            store::insert(conn, id, &plan.input, plan.currency.code(), single_use, now)
                .await
                .map_err(unknown)?;
            store::insert_codes(conn, id, &codes).await.map_err(taken)?;
            let detail = json!({"name": plan.input.name, "codes": codes.len()});
            conclude(conn, actor, "promo.created", id, detail, now).await
        })
        .await
}

/// The currency of a night; `None` for one that is not there, which the foreign key refuses.
async fn currency_of(conn: &mut Conn, event: Uuid) -> Result<Option<Currency>, Fault> {
    let event = events::find(conn, Which::Id(event)).await?;
    event.map(|event| event.row.currency.parse()).transpose().map_err(Fault::internal)
}

/// Switches a promo on or off. Done already: nothing changes, and that is fine.
pub async fn switch(desk: &Desk, actor: &Actor, id: Uuid, active: bool) -> Result<PromoRow, Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            if !store::switch(conn, id, active, now).await? {
                return store::find(conn, id).await?.ok_or_else(Fault::not_found);
            }
            let detail = json!({"active": active});
            conclude(conn, actor, "promo.switched", id, detail, now).await
        })
        .await
}

async fn conclude(
    conn: &mut Conn,
    actor: &Actor,
    action: &'static str,
    id: Uuid,
    detail: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<PromoRow, Fault> {
    let row = store::find(conn, id).await?.ok_or_else(Fault::not_found)?;
    let codes = store::codes(conn, id).await?;
    audit::record(conn, actor, action, &id.to_string(), detail, now).await?;
    bus::outbox::add(conn, &snapshot(&row, codes), now).await?;
    Ok(row)
}

fn snapshot(row: &PromoRow, codes: Vec<String>) -> PromoChanged {
    PromoChanged {
        promo_id: row.id.to_string(),
        revision: row.revision,
        name: row.name.clone(),
        codes,
        single_use: row.single_use,
        off: Some(match row.off() {
            Off::BasisPoints(points) => WireOff::BasisPoints(points),
            Off::Minor(minor) => WireOff::Minor(minor),
        }),
        currency: row.currency.clone(),
        event_id: row.event_id.map(|id| id.to_string()).unwrap_or_default(),
        ticket_type_ids: row.ticket_type_ids.iter().map(Uuid::to_string).collect(),
        minimum_minor: row.minimum_minor,
        from: row.valid_from.map_or(0, millis),
        until: row.valid_until.map_or(0, millis),
        most: row.most.unwrap_or(0),
        most_per_guest: row.most_per_guest.unwrap_or(0),
        promoter: row.promoter.clone(),
        active: row.active,
        changed_at: millis(row.changed_at),
    }
}

fn taken(error: DbError) -> Fault {
    match error.constraint() {
        Some("promo_codes_once") => Fault::conflict("code_taken").field("code", "taken"),
        _ => error.into(),
    }
}

fn unknown(error: DbError) -> Fault {
    match error.constraint() {
        Some("promos_event_id_fkey") => Fault::invalid("validation_failed").field("event", "unknown"),
        _ => error.into(),
    }
}
