//! Which phone asks.

use std::sync::Arc;

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration as CookieDuration},
};
use domain::ids::StaffId;
use uuid::Uuid;
use web::Fault;

use super::{Device, secret};
use crate::{Door, faults};

/// The cookie with a phone's secret: this host only, over TLS, out of reach for scripts and for other sites' links.
pub const COOKIE: &str = "__Host-device";
/// The header by which a program says the same.
pub const HEADER: &str = "maguey-device";
/// As long as browsers keep a cookie.
const LIFE: CookieDuration = CookieDuration::days(400);

/// Who asks, as scans carry it.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The enrolled phone, if it is one.
    pub device: Option<Arc<Device>>,
    /// The phone's key, or else who is signed in.
    pub id: Uuid,
}

/// The phone of a request by somebody who is signed in. A phone that nobody enrolled works all the same, in the person's name;
/// one that was taken off does not: 401 `token_revoked`.
pub async fn caller(door: &Door, request: &HttpRequest, staff: StaffId) -> Result<Caller, Fault> {
    let device = phone(door, request).await?;
    let id = device.as_ref().map_or_else(|| staff.uuid(), |device| device.id);
    Ok(Caller { device, id })
}

/// The enrolled phone that a request comes from, whoever holds it. 401 `token_revoked` from one that was taken off.
pub async fn phone(door: &Door, request: &HttpRequest) -> Result<Option<Arc<Device>>, Fault> {
    let Some(hash) = secret_of(request)?.as_deref().and_then(secret::hash) else { return Ok(None) };
    match door.devices.of(&hash).await? {
        Some(device) if device.revoked => Err(faults::token_revoked()),
        found => Ok(found),
    }
}

/// The secret that the request carries. Two of them are an attack, not a choice.
fn secret_of(request: &HttpRequest) -> Result<Option<String>, Fault> {
    let twice = || Fault::bad_request("duplicate_parameter").detail("The phone's secret was sent twice.");
    let mut headers = request.headers().get_all(HEADER);
    if let Some(value) = headers.next() {
        return if headers.next().is_some() {
            Err(twice())
        } else {
            Ok(value.to_str().ok().map(|text| text.trim().to_owned()))
        };
    }
    let cookies =
        request.cookies().map_err(|_| Fault::bad_request("bad_request").detail("A cookie is malformed."))?;
    let mut found = cookies.iter().filter(|cookie| cookie.name() == COOKIE);
    let first = found.next().map(|cookie| cookie.value().to_owned());
    if found.next().is_some() { Err(twice()) } else { Ok(first) }
}

/// The cookie that makes a browser an enrolled phone.
pub fn cookie(secret: String) -> Cookie<'static> {
    Cookie::build(COOKIE, secret)
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict)
        .max_age(LIFE)
        .finish()
}
