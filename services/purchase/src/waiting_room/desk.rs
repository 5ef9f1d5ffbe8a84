//! `GET` and `POST /internal/v1/waiting-rooms/{event}`: how a night's waiting room stands, and the desk's word on it: whether it is open, and
//! how many it lets in. What is said holds at once, at every replica within a second, and moves nobody's place.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use domain::waiting_room::{FASTEST, Line, Rule, Switch};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::store::{self, Kept};
use super::work;
use crate::{Shop, catalog};

/// What the desk says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchRequest {
    /// Whether the room is open.
    pub switch: Switch,
    /// Guests let in per minute; null: as many as usual.
    pub per_minute: Option<u32>,
}

/// How a night's room stands.
#[derive(Debug, Serialize)]
pub struct RoomBody {
    /// The desk's word.
    pub switch: Switch,
    /// The desk's own number of guests per minute; null: the usual one.
    pub per_minute: Option<u32>,
    /// The usual number.
    pub usual_per_minute: u32,
    /// More arrivals per second than this open the room by itself; 0: it never does.
    pub opens_above: u32,
    /// Since when it is open; null: closed.
    pub open_since: Option<DateTime<Utc>>,
    /// Guests who wait.
    pub waiting: i64,
    /// Guests let in, in the last minute.
    pub admitted_lately: i64,
    /// How long who comes now waits, in seconds.
    pub wait_seconds: i64,
}

/// Says how it stands.
pub async fn show(
    _: ServiceCaller<callers::Desk>,
    shop: Data<Shop>,
    event: Path<Uuid>,
) -> Result<Json<RoomBody>, Fault> {
    let mut conn = shop.db.conn().await?;
    catalog::store::event(&mut conn, *event).await?.ok_or_else(Fault::not_found)?;
    let now = shop.clock.now();
    let kept = store::find(&mut conn, *event).await?;
    Ok(Json(body(&shop, kept.unwrap_or_else(|| (Line::new(now), Rule::default())), now)))
}

/// Takes the desk's word. 409 `not_on_sale` for opening the room of a night that is not on sale.
pub async fn switch(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    event: Path<Uuid>,
    body: ApiJson<SwitchRequest>,
) -> Result<Json<RoomBody>, Fault> {
    let (asked, now) = (body.into_inner(), shop.clock.now());
    if asked.per_minute.is_some_and(|rate| !(1..=FASTEST).contains(&rate)) {
        return Err(Fault::invalid("invalid_quantity").field("per_minute", "invalid_quantity"));
    }
    let rule = Rule { switch: asked.switch, per_minute: asked.per_minute };
    let actor = Actor::caller(&caller, &request);
    let (line, step) = shop
        .db
        .transaction(async |conn| {
            catalog::store::event(conn, *event).await?.ok_or_else(Fault::not_found)?;
            if rule.switch == Switch::Open && !catalog::store::is_sellable(conn, *event, now).await? {
                return Err(Fault::conflict("not_on_sale"));
            }
            store::ensure(conn, *event, now).await?;
            let (mut line, before) = store::lock(conn, *event).await?.ok_or_else(Fault::not_found)?;
            if rule != before {
                store::rule(conn, *event, rule).await?;
                let detail = json!({
                    "switch": rule.switch, "per_minute": rule.per_minute,
                    "before": {"switch": before.switch, "per_minute": before.per_minute},
                });
                audit::record(conn, &actor, "waiting_room.switched", &(*event).to_string(), detail, now)
                    .await?;
            }
            let step = line.step(0, shop.rooms.pace.under(rule), rule.switch, now);
            store::write(conn, *event, &line).await?;
            Ok::<_, Fault>((line, step))
        })
        .await?;
    work::note(&shop, *event, &line, step);
    Ok(Json(self::body(&shop, (line, rule), now)))
}

fn body(shop: &Shop, (line, rule): Kept, now: DateTime<Utc>) -> RoomBody {
    let (usual, open) = (shop.rooms.pace, line.open_since.is_some());
    let waiting = if open { line.waiting() } else { 0 };
    RoomBody {
        switch: rule.switch,
        per_minute: rule.per_minute,
        usual_per_minute: usual.per_minute,
        opens_above: usual.opens_above,
        open_since: line.open_since,
        waiting,
        admitted_lately: line.speed(now),
        wait_seconds: if open { usual.under(rule).wait(waiting) } else { 0 },
    }
}
