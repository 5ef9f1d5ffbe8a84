//! `POST /internal/v1/guest-list/entries/{id}/party`: fewer of a party are to come, or nobody. It says how many are to stay, so
//! the same call again changes nothing.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use db::Conn;
use domain::guest_list::MOST_GUESTS;
use domain::ids::GuestEntryId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::leave::{self, CLAIM};
use super::store;
use crate::{Shop, orders};

/// How many are to stay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyRequest {
    /// Heads, the guest among them; 0 takes the entry off the list.
    pub party: u32,
}

/// The entry after the call.
#[derive(Debug, Serialize)]
pub struct PartyAnswer {
    /// Heads that have a place. More than were to stay where guests are inside, or the door has not answered.
    pub party: i32,
    /// Whether the door has yet to answer: it goes on by itself.
    pub waiting: bool,
}

/// Writes the wish down, asks the door, and says how it stands. 409 `party_only_shrinks` where more are wanted.
pub async fn shrink(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    id: Path<Uuid>,
    body: ApiJson<PartyRequest>,
) -> Result<Json<PartyAnswer>, Fault> {
    let (id, now) = (GuestEntryId::from_uuid(*id), shop.clock.now());
    if body.party > MOST_GUESTS {
        return Err(Fault::invalid("invalid_quantity").field("party", "invalid_quantity"));
    }
    let wanted = i32::try_from(body.party).map_err(Fault::internal)?;
    let actor = Actor::caller(&caller, &request);
    shop.db.transaction(async |conn| ask(conn, id, wanted, &actor, now).await).await?;
    // On record: whatever comes of this, the worker goes on with it.
    if let Err(error) = leave::settle(&shop, id).await {
        tracing::warn!(%error, entry = %id, "an entry of the guest list waits for its next turn");
    }
    let entry = store::find(&mut *shop.db.conn().await?, id).await?.ok_or_else(Fault::not_found)?;
    Ok(Json(PartyAnswer { party: entry.party, waiting: entry.asked_at.is_some() }))
}

async fn ask(
    conn: &mut Conn,
    id: GuestEntryId,
    wanted: i32,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let found = store::find(conn, id).await?.ok_or_else(Fault::not_found)?;
    let order = orders::store::lock(conn, found.order()).await?.ok_or_else(Fault::not_found)?;
    let entry = store::lock(conn, id).await?.ok_or_else(Fault::not_found)?;
    if wanted == entry.wanted {
        return Ok(());
    }
    if wanted > entry.wanted {
        return Err(Fault::conflict("party_only_shrinks").field("party", "party_only_shrinks"));
    }
    store::ask(conn, id, wanted, now, now + CLAIM).await?;
    let action = if wanted == 0 { "guest_list.removed" } else { "guest_list.shrunk" };
    let detail = json!({"event": entry.event_id, "entry": id, "before": entry.wanted, "after": wanted});
    audit::record(conn, actor, action, &order.reference, detail, now).await?;
    Ok(())
}
