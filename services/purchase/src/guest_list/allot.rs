//! `POST /internal/v1/guest-list/{event}/allotments`: how many guests a promoter may bring to a night. The same call again
//! changes nothing.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use domain::guest_list::Promoter;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::store;
use crate::{Shop, catalog};

/// More than any club has.
const MOST: u32 = 100_000;

/// How many.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllotRequest {
    /// Who.
    pub promoter: String,
    /// Guests; null: as many as the night has places.
    pub places: Option<u32>,
}

/// What a promoter may bring, and has.
#[derive(Debug, Serialize)]
pub struct AllotmentBody {
    /// Who.
    pub promoter: String,
    /// Guests; null: as many as the night has places.
    pub places: Option<i64>,
    /// Guests on the list.
    pub taken: i64,
}

/// Sets it. 409 `below_taken` where more guests of theirs are on the list already.
pub async fn allot(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    event: Path<Uuid>,
    body: ApiJson<AllotRequest>,
) -> Result<Json<AllotmentBody>, Fault> {
    let (body, now) = (body.into_inner(), shop.clock.now());
    let promoter = Promoter::read(&body.promoter).ok().flatten();
    let promoter =
        promoter.ok_or_else(|| Fault::invalid("invalid_name").field("promoter", "invalid_name"))?;
    if body.places.is_some_and(|places| places > MOST) {
        return Err(Fault::invalid("invalid_quantity").field("places", "invalid_quantity"));
    }
    let places = body.places.map(i64::from);
    let actor = Actor::caller(&caller, &request);
    let taken = shop
        .db
        .transaction(async |conn| {
            catalog::store::event(conn, *event).await?.ok_or_else(Fault::not_found)?;
            let Some(set) = store::allot(conn, *event, &promoter, places).await? else {
                return Err(Fault::conflict("below_taken").field("places", "below_taken"));
            };
            if set.changed {
                let detail = json!({"event": *event, "promoter": promoter.name(), "places": places});
                audit::record(conn, &actor, "guest_list.allotted", &(*event).to_string(), detail, now)
                    .await?;
            }
            Ok::<_, Fault>(set.taken)
        })
        .await?;
    Ok(Json(AllotmentBody { promoter: promoter.name().to_owned(), places, taken }))
}
