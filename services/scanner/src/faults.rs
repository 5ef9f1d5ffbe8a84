//! Refusals that several rooms share.

use audit::Actor;
use domain::permission::Permission;
use serde_json::json;
use web::Fault;

use crate::Door;

/// 404: no event of this id or slug is at this door.
pub fn event_not_found() -> Fault {
    Fault::not_found().detail("There is no event of this id or slug at this door.")
}

/// 404: the event has no gate of this id.
pub fn gate_not_found() -> Fault {
    Fault::not_found().detail("The event has no open gate of this id.")
}

/// 401: the session has been ended.
pub fn session_ended() -> Fault {
    Fault::new(actix_web::http::StatusCode::UNAUTHORIZED, "session_ended")
}

/// 403 `forbidden` for what only a supervisor may do, where the route is open to others: written down as every refused attempt.
pub async fn supervisors_only(door: &Door, actor: &Actor, what: &str) -> Fault {
    let detail = json!({"permission": Permission::DoorSupervise.code()});
    let written = async {
        let mut conn = door.db.conn().await?;
        audit::record(&mut conn, actor, "access.denied", what, detail, door.clock.now()).await
    };
    match written.await {
        Ok(()) => Fault::forbidden().detail("Ask a supervisor."),
        Err(error) => error.into(),
    }
}
