//! `GET` and `POST /internal/v1/presales/{event}`: how many registered for a night's presale, and the desk's word that opens it.

use actix_web::web::{Data, Json, Path};
use audit::Actor;
use internal_api::purchase::presales::{OpenPresale, Presale};
use serde_json::json;
use uuid::Uuid;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use super::store;
use crate::{Shop, catalog};

/// Says how it stands.
pub async fn show(
    shop: Data<Shop>,
    _: ServiceCaller<callers::Desk>,
    event: Path<Uuid>,
) -> Result<Json<Presale>, Fault> {
    let mut conn = shop.db.conn().await?;
    catalog::store::event(&mut conn, *event).await?.ok_or_else(Fault::not_found)?;
    Ok(Json(store::stands(&mut conn, *event).await?))
}

/// Opens it. The same again changes nothing; 409 `not_on_sale` for a night that is not, 409 `invalid_state` where the sale has begun for
/// everybody or the presale is open for other types, 422 where no hidden type has that code.
pub async fn open(
    caller: ServiceCaller<callers::Desk>,
    request: RequestId,
    shop: Data<Shop>,
    event: Path<Uuid>,
    body: ApiJson<OpenPresale>,
) -> Result<Json<Presale>, Fault> {
    let (asked, now) = (body.into_inner(), shop.clock.now());
    let code = asked.access_code.trim();
    let actor = Actor::caller(&caller, &request);
    let stands = shop
        .db
        .transaction(async |conn| {
            let night = catalog::store::event(conn, *event).await?.ok_or_else(Fault::not_found)?;
            if night.status != "published" || night.ends_at <= now {
                return Err(Fault::conflict("not_on_sale"));
            }
            let (general, opens) = store::look(conn, *event, code, now).await?;
            if !opens {
                return Err(Fault::invalid("validation_failed").field("access_code", "unknown"));
            }
            if general {
                return Err(Fault::conflict("invalid_state").detail("The sale has begun for everybody."));
            }
            let (new, stands) = store::open(conn, *event, code, now).await?;
            if stands != code {
                return Err(Fault::conflict("invalid_state").detail("It is open for other ticket types."));
            }
            if new {
                audit::record(conn, &actor, "presale.opened", &(*event).to_string(), json!({}), now).await?;
            }
            Ok::<_, Fault>(store::stands(conn, *event).await?)
        })
        .await?;
    Ok(Json(stands))
}
