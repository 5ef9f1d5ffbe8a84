//! Which service asks, on the internal listener.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{fault::Fault, front::Front, staff};

/// Another of our services, known by the token that it signed for this one.
#[derive(Debug, Clone)]
pub struct ServiceCaller {
    /// Its name, such as `scanner` or `magueyctl`.
    pub name: String,
}

impl ServiceCaller {
    /// 403 `forbidden` unless the caller is one of these.
    pub fn only(&self, names: &[&str]) -> Result<(), Fault> {
        if names.contains(&self.name.as_str()) {
            return Ok(());
        }
        tracing::warn!(caller = self.name, "authz_denied");
        Err(Fault::forbidden())
    }
}

impl FromRequest for ServiceCaller {
    type Error = Fault;
    type Future = Ready<Result<Self, Fault>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(check(request))
    }
}

fn check(request: &HttpRequest) -> Result<ServiceCaller, Fault> {
    let front = Front::of(request)?;
    let token = staff::bearer(request)?.ok_or_else(Fault::unauthenticated)?;
    let name = front.service_keys.verify(&token, front.service, front.clock.now())?;
    Ok(ServiceCaller { name })
}
