//! `GET` and `POST /desk/check`: is this document, or this name, banned?

use actix_web::{HttpRequest, HttpResponse, Responder, web::Data};
use serde::Deserialize;
use web::{CsrfForm, Fault, Html, Locale, Staff, can};

use super::{
    views::{CheckPage, Found, frame},
    words,
};
use crate::Door;
use crate::bans::check::{self, CheckRequest};

/// Shows the form.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    locale: Locale,
    request: HttpRequest,
) -> HttpResponse {
    let frame = frame(&door, &staff, locale.0, "door-desk-check", "/desk/check");
    Html(CheckPage { frame, found: None, name: String::new() }).respond_to(&request)
}

/// The form as sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckForm {
    document: String,
    name: String,
}

/// Answers at once, on the same page: a number in an address would be in histories and logs. It is not shown again either.
pub async fn post(
    door: Data<Door>,
    form: CsrfForm<CheckForm, can::Within<can::DoorScan>>,
    locale: Locale,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let asked = CheckRequest { document: form.document.clone(), name: form.name.clone() };
    let frame = frame(&door, &form.staff, locale.0, "door-desk-check", "/desk/check");
    match check::check(&door, form.staff.id, &asked).await {
        Ok(answer) => {
            let found = answer.matches.into_iter().map(Found::new).collect();
            Ok(Html(CheckPage { frame, found: Some(found), name: String::new() }).respond_to(&request))
        }
        Err(fault) => {
            let Some(problem) = words::problem(&fault) else { return Err(fault) };
            let page = Html(CheckPage { frame: frame.refused(problem), found: None, name: asked.name });
            Ok(page.customize().with_status(fault.status()).respond_to(&request).map_into_boxed_body())
        }
    }
}
