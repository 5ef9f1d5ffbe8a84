//! PINs, as the door's pages use them: `/pin` sets one, with the password; `POST /sign-in/pin` signs in with it, on an enrolled
//! phone and nowhere else. marketing-admin keeps them and counts the wrong ones of each person; those of each phone count here ([`tries`]).

use actix_web::{HttpRequest, HttpResponse, Responder, http::StatusCode, web::Data};
use serde::Deserialize;
use uuid::Uuid;
use web::{CsrfForm, Fault, Html, Locale, PageForm, Staff, can, redirect};

use super::{phone, tries, views::own::PinPage};
use crate::{
    Door,
    app::sign_in::{self, Tried},
    faults, metrics,
    sessions::client::ClientAddress,
};

/// The form that signs in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinSignIn {
    staff: Uuid,
    pin: String,
    #[serde(default)]
    next: String,
}

/// Signs in by PIN; a refusal shows the form again with what to do.
pub async fn sign_in(
    door: Data<Door>,
    request: HttpRequest,
    locale: Locale,
    from: ClientAddress,
    form: PageForm<PinSignIn>,
) -> Result<HttpResponse, Fault> {
    let form = form.into_inner();
    let next = redirect::local(&form.next).to_owned();
    match attempt(&door, &request, from, &form, &next).await {
        Ok(answer) => Ok(answer),
        Err(fault) => {
            metrics::get().pin_refused(fault.code());
            let problem = problem(fault.code());
            let tried = Tried { next, staff: Some(form.staff), problem, ..Tried::default() };
            sign_in::refused(&door, &request, locale, tried, fault).await
        }
    }
}

async fn attempt(
    door: &Door,
    request: &HttpRequest,
    from: ClientAddress,
    form: &PinSignIn,
    next: &str,
) -> Result<HttpResponse, Fault> {
    let device = phone(door, request).await?.ok_or_else(faults::device_required)?;
    tries::count(door, device.id).await?;
    let opened = door.identity.sign_in_by_pin(form.staff, &form.pin, device.id, from.0).await;
    tries::settle(door, device.id, &opened).await?;
    sign_in::enter(door, Some(&*device), opened?, next).await
}

fn problem(code: &str) -> &'static str {
    match code {
        "invalid_credentials" => "devices-pin-wrong",
        "rate_limited" => "devices-pin-locked",
        faults::PINS_LOCKED => "devices-pin-phone-locked",
        "token_revoked" => "devices-revoked",
        "device_required" => "devices-not-enrolled",
        _ => "scanner-sign-in-away",
    }
}

/// The page that sets a PIN.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    request: HttpRequest,
    locale: Locale,
) -> HttpResponse {
    let done = request.query_string().split('&').any(|pair| pair == "set=yes");
    Html(PinPage::new(locale.0, &door.links, staff.csrf_token(), "", done)).respond_to(&request)
}

/// Its form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPin {
    password: String,
    pin: String,
    again: String,
}

/// Sets the PIN of who is signed in. The password is asked for again: a phone that lies about signed in must not get one.
pub async fn post(
    door: Data<Door>,
    request: HttpRequest,
    locale: Locale,
    from: ClientAddress,
    form: CsrfForm<NewPin, can::Within<can::DoorScan>>,
) -> Result<HttpResponse, Fault> {
    let wanted = if form.pin == form.again {
        door.identity.set_pin(form.staff.id, &form.pin, &form.password, from.0).await
    } else {
        Err(Fault::invalid("pin_differs"))
    };
    let Err(fault) = wanted else {
        tracing::info!(staff = %form.staff.id, "a PIN was set");
        return Ok(redirect::see_other("/pin?set=yes"));
    };
    if fault.status() == StatusCode::INTERNAL_SERVER_ERROR {
        return Err(fault);
    }
    let problem = match fault.code() {
        "pin_differs" => "devices-pin-differs",
        "pin_malformed" => "devices-pin-malformed",
        "pin_too_simple" => "devices-pin-too-simple",
        "invalid_credentials" => "devices-pin-password",
        "rate_limited" => "scanner-sign-in-slow-down",
        _ => "scanner-sign-in-away",
    };
    let page = PinPage::new(locale.0, &door.links, form.staff.csrf_token(), problem, false);
    Ok(Html(page).customize().with_status(fault.status()).respond_to(&request).map_into_boxed_body())
}
