//! `POST /internal/v1/sessions`: another service signs its staff in, for itself alone.

use actix_web::HttpResponse;
use actix_web::web::Data;
use audit::Actor;
use internal_api::marketing_admin::sessions::SessionWanted;
use serde_json::json;
use web::{ApiJson, Fault, RequestId, ServiceCaller, callers};

use crate::Desk;
use crate::identity::ClientAddress;
use crate::staff::session::sign_in::{Credentials, Way, sign_in};

/// This route.
const PATH: &str = "/internal/v1/sessions";

/// Opens a session whose token is good at the calling service and nowhere else.
pub async fn open(
    desk: Data<Desk>,
    caller: ServiceCaller<callers::Scanner>,
    request: RequestId,
    wanted: ApiJson<SessionWanted>,
) -> Result<HttpResponse, Fault> {
    let SessionWanted { email, password, code, device, audience, address } = wanted.into_inner();
    let actor = Actor::caller(&caller, &request);
    for_itself(&desk, &actor, &caller.name, &audience, PATH).await?;
    let from = ClientAddress::passed_on(address.as_deref());
    let credentials = Credentials { email, password, code };
    let way = Way { audience: &audience, device };
    let signed_in = sign_in(&desk, &actor, &from, credentials, way).await?;
    Ok(HttpResponse::Ok().json(signed_in))
}

/// 403, with its audit row, for a service that asks for a session at another one.
pub(in crate::staff) async fn for_itself(
    desk: &Desk,
    actor: &Actor,
    caller: &str,
    audience: &str,
    path: &str,
) -> Result<(), Fault> {
    if audience == caller {
        return Ok(());
    }
    let (mut conn, now) = (desk.db.conn().await?, desk.clock.now());
    audit::record(&mut conn, actor, "access.denied", path, json!({"method": "POST"}), now).await?;
    Err(Fault::forbidden().detail("A service opens sessions for itself alone."))
}
