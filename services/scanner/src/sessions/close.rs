//! `DELETE /api/v1/session`: sign out. The token is dead afterwards.

use actix_web::{HttpResponse, web::Data};
use audit::Actor;
use serde_json::json;
use web::{Fault, RequestId, Staff, can, session};

use super::store;
use crate::{Door, devices};

/// Ends the session that asks.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204, description = "Signed out"), (status = 401, body = web::Problem)),
    security(("session" = [])))]
pub async fn delete(
    door: Data<Door>,
    staff: Staff<can::Anything>,
    request: RequestId,
) -> Result<HttpResponse, Fault> {
    end(&door, &staff, &request).await?;
    Ok(HttpResponse::NoContent().cookie(session::removal_cookie()).finish())
}

/// Ends a session, for good and everywhere at this door. A phone that was enrolled stays so, in nobody's hands.
pub async fn end<P>(door: &Door, staff: &Staff<P>, request: &RequestId) -> Result<(), Fault> {
    let (actor, session, expires) = (Actor::staff(staff, request), staff.session, staff.claims.expires_at());
    let now = door.clock.now();
    door.db
        .transaction(async |conn| {
            store::end(conn, session, now, expires).await?;
            devices::store::hands::give_back(conn, session.uuid(), now).await?;
            audit::record(conn, &actor, "session.ended", &session.to_string(), json!({}), now).await
        })
        .await?;
    door.ended.remember(staff.session);
    tracing::info!(staff = %staff.id, "signed out");
    Ok(())
}
