//! A service's audit log, for the desk.

use actix_web::web::{Data, Json, Query};
use audit::trail::{self, Trail, Wish};
use web::{Fault, ServiceCaller, callers};

use crate::Operated;

/// `GET /internal/v1/audit`.
pub async fn list<S: Operated>(
    service: Data<S>,
    _: ServiceCaller<callers::Desk>,
    wish: Query<Wish>,
) -> Result<Json<Trail>, Fault> {
    let mut conn = service.db().conn().await?;
    Ok(Json(trail::read(&mut conn, &wish).await?))
}
