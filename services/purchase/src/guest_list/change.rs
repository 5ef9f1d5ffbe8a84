//! `POST /internal/v1/guest-list/entries/{id}`: a party becomes larger or smaller, comes until another time, or under another
//! name. It says how things are to be, so the same call again changes nothing.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use chrono::{DateTime, Utc};
use domain::guest_list::MOST_GUESTS;
use domain::ids::GuestEntryId;
use domain::name::is_name;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::store::{self, PartyRow};
use super::{grow, shrink, terms};
use crate::Shop;
use crate::inventory::whole_seconds;

/// How an entry is to be; what is left out stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRequest {
    /// Heads, the guest among them; 0 takes the entry off the list.
    #[serde(default)]
    pub party: Option<u32>,
    /// The guest, as it stands on the tickets.
    #[serde(default)]
    pub name: Option<String>,
    /// From when on the door refuses them.
    #[serde(default)]
    pub admit_until: Option<DateTime<Utc>>,
}

/// The entry after the call.
#[derive(Debug, Serialize)]
pub struct ChangeAnswer {
    /// Heads that have a place. More than were to stay where guests are inside, or the door has not answered.
    pub party: i32,
    /// Whether the door has yet to answer: it goes on by itself.
    pub waiting: bool,
}

/// Changes it. More guests come first: where they can't be had, nothing is changed.
pub async fn change(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    id: Path<Uuid>,
    body: ApiJson<ChangeRequest>,
) -> Result<Json<ChangeAnswer>, Fault> {
    let (id, body) = (GuestEntryId::from_uuid(*id), body.into_inner());
    judge(&body)?;
    let actor = Actor::caller(&caller, &request);
    let wish = terms::Wish {
        name: body.name.map(|name| name.trim().to_owned()),
        admit_until: body.admit_until.map(whole_seconds),
    };
    let before = find(&shop, id).await?;
    terms::check(&shop, &before, &wish).await?;
    let wanted = wanted(&before);
    if let Some(party) = body.party.filter(|party| *party > wanted) {
        grow::grow(&shop, &before, party - wanted, &wish, actor.clone()).await?;
    }
    terms::set(&shop, id, &wish, &actor).await?;
    if let Some(party) = body.party.filter(|party| *party <= wanted) {
        shrink::shrink(&shop, id, party, &actor).await?;
    }
    let after = find(&shop, id).await?;
    Ok(Json(ChangeAnswer {
        party: after.iter().map(|row| row.party).sum(),
        waiting: after.iter().any(|row| row.asked_at.is_some()),
    }))
}

/// Every fault of the request's shape by its field.
fn judge(body: &ChangeRequest) -> Result<(), Fault> {
    let mut faults = Vec::new();
    if body.party.is_some_and(|party| party > MOST_GUESTS) {
        faults.push(("party", "invalid_quantity"));
    }
    if body.name.as_deref().is_some_and(|name| !is_name(name.trim())) {
        faults.push(("name", "invalid_name"));
    }
    let Some((_, first)) = faults.first().copied() else { return Ok(()) };
    let fault = Fault::invalid(first);
    Err(faults.into_iter().fold(fault, |fault, (field, code)| fault.field(field, code)))
}

/// Who came to the list together.
async fn find(shop: &Shop, id: GuestEntryId) -> Result<Vec<PartyRow>, Fault> {
    let party = store::party(&mut *shop.db.conn().await?, id).await?;
    if party.is_empty() { Err(Fault::not_found()) } else { Ok(party) }
}

/// How many of a party are to stay.
pub(super) fn wanted(party: &[PartyRow]) -> u32 {
    party.iter().map(|row| row.wanted.unsigned_abs()).sum()
}
