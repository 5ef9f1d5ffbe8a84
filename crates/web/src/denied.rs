//! Attempts that were refused to somebody we know: for the log of who tried what.

use std::sync::Arc;

use actix_web::HttpRequest;
use domain::ids::StaffId;

use crate::{front::Front, request_id::RequestId};

/// Somebody genuine asked for what they may not do, and was answered 403.
#[derive(Debug, Clone)]
pub struct Denied {
    /// The person, if it is one of the staff.
    pub staff: Option<StaffId>,
    /// Their role, or the service that called.
    pub actor: String,
    /// The request.
    pub request: RequestId,
    /// What was asked, and of what.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The permission that was missing; none where the route is for certain services alone.
    pub permission: Option<&'static str>,
}

/// Hears of each refused attempt. A service provides one with [`crate::App::denials`]; without it only the log has them.
pub trait Denials: Send + Sync {
    /// Takes note, without making anybody wait: whoever may not hears so before a body is looked at.
    fn note(&self, denied: Denied);
}

pub(crate) type DenialsHook = Arc<dyn Denials>;

/// Says it in the log and to the service.
pub(crate) fn note(
    front: &Front,
    request: &HttpRequest,
    staff: Option<StaffId>,
    actor: &str,
    permission: Option<&'static str>,
) {
    let path = request.path();
    match staff {
        Some(staff) => tracing::info!(%staff, role = actor, path, "authz_denied"),
        None => tracing::warn!(caller = actor, path, "authz_denied"),
    }
    let Some(hook) = &front.denials else { return };
    hook.note(Denied {
        staff,
        actor: actor.to_owned(),
        request: RequestId::of(request),
        method: request.method().to_string(),
        path: path.to_owned(),
        permission,
    });
}
