//! Refusals that several rooms share.

use std::time::Duration;

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

/// 404: the event has no zone of this id.
pub fn zone_not_found() -> Fault {
    Fault::not_found().detail("The event has no zone of this id.")
}

/// 401: the session has been ended.
pub fn session_ended() -> Fault {
    Fault::new(actix_web::http::StatusCode::UNAUTHORIZED, "session_ended")
}

/// 401: the phone was taken off the door, and all that it was trusted with.
pub fn token_revoked() -> Fault {
    Fault::new(actix_web::http::StatusCode::UNAUTHORIZED, "token_revoked")
}

/// 404: the door has no phone of this key.
pub fn device_not_found() -> Fault {
    Fault::not_found().detail("The door has no phone of this key.")
}

/// 403: a PIN is good on an enrolled phone alone.
pub fn device_required() -> Fault {
    Fault::new(actix_web::http::StatusCode::FORBIDDEN, "device_required")
        .detail("A PIN signs in on an enrolled phone alone.")
}

/// What a phone is answered with that takes no PINs for a while.
pub const PINS_LOCKED: &str = "pins_locked";

/// 429: too many wrong PINs came from this phone, whoever was named.
pub fn pins_locked(wait: Duration) -> Fault {
    Fault::new(actix_web::http::StatusCode::TOO_MANY_REQUESTS, PINS_LOCKED)
        .detail("Too many wrong PINs on this phone. Sign in with the account, or wait.")
        .retry_after(wait)
}

/// What a code that enrols nothing is answered with.
pub const CODE_REFUSED: &str = "code_refused";

/// 422: a code that is unknown, used or too old. Which of these is nobody's business.
pub fn code_refused() -> Fault {
    Fault::invalid(CODE_REFUSED).field("code", CODE_REFUSED).detail("The code is unknown, used, or too old.")
}

/// A text without the space around it; 422 `required` or `too_long` for a field that holds nothing, or more characters than these.
pub fn said(field: &'static str, text: &str, longest: usize) -> Result<String, Fault> {
    let text = text.trim();
    let code = match text.chars().count() {
        0 => "required",
        length if length > longest => "too_long",
        _ => return Ok(text.to_owned()),
    };
    Err(Fault::invalid("validation_failed").field(field, code))
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
