//! `/admin/events/{id}/new-date`: a new date for a night on sale. What it means, who is written to, and the form.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::{Anything, EventsPublish};
use web::{CsrfForm, Fault, Locale, redirect};

use crate::Desk;
use crate::events::desk_night::{self, Night};
use crate::events::form::instant;
use crate::events::new_date::{NewDateInput, give_new_date};
use crate::events::store::Event;
use crate::staff::Member;
use crate::views;

#[derive(Template)]
#[template(path = "events/new_date.html")]
struct NewDatePage {
    shell: Shell,
    night: Night,
    tickets: String,
    zone: String,
    entered: HashMap<String, String>,
    faults: HashMap<String, String>,
}

impl NewDatePage {
    fn value(&self, name: &str) -> String {
        self.entered.get(name).cloned().unwrap_or_default()
    }

    /// What is wrong with a field, in words.
    fn error(&self, name: &str) -> String {
        let code = self.faults.get(name).map(|code| code.replace('_', "-"));
        code.map(|code| self.shell.t(&format!("dates-fault-{code}"))).unwrap_or_default()
    }
}

/// The form, with the dates as they are.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let event = desk_night::find(&desk, *event).await?;
    if event.row.status != "published" || event.row.ends_at <= desk.clock.now() {
        return Ok(redirect::see_other(&format!("/admin/events/{}", event.row.id)));
    }
    let zone: Tz = event.row.time_zone.parse().unwrap_or(Tz::UTC);
    let local = |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string();
    let entered = [
        ("new_date_id", Uuid::now_v7().to_string()),
        ("revision", event.row.revision.to_string()),
        ("starts_at", local(event.row.starts_at)),
        ("ends_at", local(event.row.ends_at)),
    ];
    let entered = entered.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let page = page(&desk, &request, locale, &member, event, entered).await?;
    views::private(StatusCode::OK, &page)
}

/// Puts it there, or shows the form again.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    let event = desk_night::find(&desk, *event).await?;
    let zone: Tz = event.row.time_zone.parse().unwrap_or(Tz::UTC);
    let given = match read(&sent.form, zone) {
        Ok(input) => give_new_date(&desk, &member.actor(), event.row.id, &input).await,
        Err(fault) => Err(fault),
    };
    match given {
        Ok(event) => Ok(redirect::see_other(&format!("/admin/events/{}?done=new-date", event.row.id))),
        Err(fault) if !fault.fields().is_empty() => {
            let mut page = page(&desk, &request, locale, &member, event, sent.form).await?;
            let faults = fault.fields().iter();
            page.faults = faults.map(|each| (each.field.clone(), each.code.clone())).collect();
            views::private(fault.status(), &page)
        }
        Err(fault) => Err(fault),
    }
}

/// What the form says, or every field that says nothing.
fn read(sent: &HashMap<String, String>, zone: Tz) -> Result<NewDateInput, Fault> {
    let text = |name: &str| sent.get(name).map(|text| text.trim()).unwrap_or_default();
    let time = |name: &str| instant(text(name), zone);
    let mut fault = Fault::invalid("validation_failed");
    for name in ["starts_at", "ends_at"] {
        if time(name).is_none() {
            fault = fault.field(name, "required");
        }
    }
    if text("sure").is_empty() {
        fault = fault.field("sure", "required");
    }
    let (new_date_id, revision) = (text("new_date_id").parse::<Uuid>(), text("revision").parse::<i64>());
    match (time("starts_at"), time("ends_at"), new_date_id, revision) {
        (Some(starts_at), Some(ends_at), Ok(new_date_id), Ok(revision)) if fault.fields().is_empty() => {
            Ok(NewDateInput { new_date_id, revision, starts_at, ends_at, note: text("note").to_owned() })
        }
        _ if fault.fields().is_empty() => Err(Fault::bad_request("invalid_form")),
        _ => Err(fault),
    }
}

async fn page<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    event: Event,
    entered: HashMap<String, String>,
) -> Result<NewDatePage, Fault> {
    let sold = desk_night::sold(desk, event.row.id).await?;
    let zone: Tz = event.row.time_zone.parse().unwrap_or(Tz::UTC);
    let shell = desk_night::shell(desk, request, locale, member, "dates-title");
    Ok(NewDatePage {
        night: Night::of(&event.row, locale.0, member),
        tickets: shell.t1("dates-tickets", "count", sold.tickets_sold - sold.tickets_returned),
        zone: format::zone(locale.0, zone),
        entered,
        faults: HashMap::new(),
        shell,
    })
}
