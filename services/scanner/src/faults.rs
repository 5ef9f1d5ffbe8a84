//! Refusals that several rooms share.

use web::Fault;

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
