//! `GET` and `POST /desk/incident`: whoever stands at the door says what happened.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::StatusCode,
    web::{Data, Query},
};
use serde::Deserialize;
use uuid::Uuid;
use web::{Fault, Html, Locale, Staff, UploadForm, can, redirect};

use super::{
    home::chosen,
    views::{GateChoice, NightLink, ReportPage, frame},
    words,
};
use crate::door::{list, store::event_named};
use crate::incidents::{self, Kind, report::IncidentRequest};
use crate::photos::take::{self, PhotoQuery, Subject};
use crate::{Door, devices, faults, retention};

/// A photograph as the phone took it: this form has no script that makes it small before.
const MAX_FORM: usize = 8 * 1024 * 1024;

/// Where it happened.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReportQuery {
    event: String,
    gate: String,
    ticket: String,
    order: String,
    done: String,
}

/// What is filled in.
#[derive(Debug, Default)]
pub struct Filled {
    /// The gate's id.
    pub gate: String,
    /// What it is about.
    pub kind: String,
    /// What happened.
    pub text: String,
    /// The ticket.
    pub ticket: String,
    /// The order's reference.
    pub order: String,
    /// The report's own name, so that a double tap is one report.
    pub nonce: String,
}

type Form = UploadForm<can::Within<can::DoorScan>, MAX_FORM>;

/// Shows the form.
pub async fn get(
    door: Data<Door>,
    staff: Staff<can::Within<can::DoorScan>>,
    locale: Locale,
    query: Query<ReportQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let query = query.into_inner();
    let filled = Filled {
        gate: query.gate,
        ticket: query.ticket,
        order: query.order,
        nonce: Uuid::now_v7().to_string(),
        ..Filled::default()
    };
    let done = if query.done == "reported" { "door-desk-done-reported" } else { "" };
    let page = page(&door, &staff, locale, &query.event, filled, (done, "")).await?;
    Ok(Html(page).respond_to(&request))
}

/// Records it and shows the form anew; a refusal shows what was written.
pub async fn post(
    door: Data<Door>,
    locale: Locale,
    form: Form,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let filled = Filled {
        gate: form.field("gate").to_owned(),
        kind: form.field("kind").to_owned(),
        text: form.field("text").to_owned(),
        ticket: form.field("ticket").to_owned(),
        order: form.field("order_reference").to_owned(),
        nonce: form.field("nonce").to_owned(),
    };
    let fault = match record(&door, &form, &request, &filled).await {
        Ok(()) => {
            let (event, gate) = (place(form.field("event")), place(&filled.gate));
            return Ok(redirect::see_other(&format!(
                "/desk/incident?event={event}&gate={gate}&done=reported"
            )));
        }
        Err(fault) => fault,
    };
    let Some(problem) = words::problem(&fault) else { return Err(fault) };
    let page = page(&door, &form.staff, locale, form.field("event"), filled, ("", problem)).await?;
    let status =
        if fault.status().is_client_error() { fault.status() } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok(Html(page).customize().with_status(status).respond_to(&request).map_into_boxed_body())
}

async fn record(door: &Door, form: &Form, request: &HttpRequest, filled: &Filled) -> Result<(), Fault> {
    let kind = Kind::from_code(&filled.kind)
        .ok_or_else(|| Fault::invalid("validation_failed").field("kind", "required"))?;
    if filled.text.trim().is_empty() {
        return Err(Fault::invalid("validation_failed").field("text", "required"));
    }
    let mut asked = IncidentRequest {
        event: form.field("event").to_owned(),
        gate: filled.gate.parse().ok(),
        kind,
        text: filled.text.clone(),
        ticket: filled.ticket.parse().ok(),
        order_reference: Some(filled.order.clone()),
        at: None,
        nonce: filled.nonce.clone(),
        photo: None,
    };
    if let Some(file) = form.file.clone() {
        let named = event_named(&mut *door.db.conn().await?, &asked.event).await?;
        // Nobody photographs for a night that is not theirs.
        form.staff.within(named.ok_or_else(faults::event_not_found)?)?;
        // The second of two taps finds the first one's report: it must not bring a second photograph.
        let device = devices::caller(door, request, form.staff.id).await?.id;
        let known = incidents::store::of_nonce(&mut *door.db.conn().await?, device, &asked.nonce).await?;
        if known.is_some() {
            return Ok(());
        }
        let what = PhotoQuery { of: Subject::Incident, ticket: None, consent: form.field("consent") == "on" };
        asked.photo = Some(take::take(door, form.staff.id.uuid(), device, what, file).await?.id);
    }
    incidents::report::report(door, &form.staff, request, asked).await?;
    Ok(())
}

/// An id or a slug for an address, and nothing else.
pub(super) fn place(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

async fn page(
    door: &Door,
    staff: &Staff<can::Within<can::DoorScan>>,
    locale: Locale,
    event: &str,
    filled: Filled,
    (done, problem): (&'static str, &'static str),
) -> Result<ReportPage, Fault> {
    let mut conn = door.db.conn().await?;
    let nights = list::nights_of(&mut conn, &staff.grants, door.clock.now()).await?;
    let settings = retention::store::settings(&mut conn).await?;
    let night = chosen(&nights, event);
    let gates = night.map_or_else(Vec::new, |night| {
        let choice = |gate: &list::GateView| {
            let id = gate.id.to_string();
            GateChoice { chosen: id == filled.gate, id, name: gate.name.clone() }
        };
        night.gates.iter().map(choice).collect()
    });
    Ok(ReportPage {
        frame: frame(door, staff, locale.0, "door-desk-report", "/desk/incident").said(done, problem),
        night: night.map(|night| NightLink::new(night, locale.0)),
        gates,
        photos_on: settings.photos_on,
        filled,
    })
}
