//! `DELETE /api/v1/session`: sign out. The token is dead afterwards.

use actix_web::{HttpResponse, web::Data};
use web::{Fault, Staff, can, session};

use super::store;
use crate::Door;

/// Ends the session that asks.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204, description = "Signed out"), (status = 401, body = web::Problem)),
    security(("session" = [])))]
pub async fn delete(door: Data<Door>, staff: Staff<can::Anything>) -> Result<HttpResponse, Fault> {
    end(&door, &staff).await?;
    Ok(HttpResponse::NoContent().cookie(session::removal_cookie()).finish())
}

/// Ends a session, for good and everywhere at this door.
pub async fn end<P>(door: &Door, staff: &Staff<P>) -> Result<(), Fault> {
    let mut conn = door.db.conn().await?;
    store::end(&mut conn, staff.session, door.clock.now(), staff.claims.expires_at()).await?;
    door.ended.remember(staff.session);
    tracing::info!(staff = %staff.id, "signed out");
    Ok(())
}
