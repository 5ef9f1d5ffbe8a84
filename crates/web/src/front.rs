//! What the extractors and middlewares of one running service share, as app data.

use actix_web::{HttpRequest, web::Data};
use domain::clock::SharedClock;
use tokio_util::sync::CancellationToken;

use crate::{
    denied::DenialsHook,
    fault::{ErrorView, Fault},
    headers::SecurityHeaders,
    service_token::ServiceKeys,
    session::SessionKeys,
    staff::EndedSessionsHook,
};

pub(crate) struct Front {
    pub(crate) service: &'static str,
    pub(crate) clock: SharedClock,
    pub(crate) origin: String,
    pub(crate) session_keys: SessionKeys,
    pub(crate) service_keys: ServiceKeys,
    pub(crate) error_page: fn(&ErrorView) -> String,
    pub(crate) sign_in_path: Option<&'static str>,
    pub(crate) proof_path: Option<&'static str>,
    pub(crate) set_up_path: Option<&'static str>,
    pub(crate) headers: SecurityHeaders,
    pub(crate) ended_sessions: Option<EndedSessionsHook>,
    pub(crate) denials: Option<DenialsHook>,
    /// Cancelled when the service begins to stop: streams end, readiness turns off.
    pub(crate) draining: CancellationToken,
}

impl Front {
    /// The front this request came through.
    pub(crate) fn of(request: &HttpRequest) -> Result<&Self, Fault> {
        request
            .app_data::<Data<Self>>()
            .map(|data| data.get_ref())
            .ok_or_else(|| Fault::internal("this handler runs outside web::boot"))
    }
}
