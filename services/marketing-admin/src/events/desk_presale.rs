//! `/admin/events/{id}/presale`: how many guests registered for a night's sale, and the button that lets them in first.

use std::collections::{BTreeMap, HashMap};

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use internal_api::purchase::presales::{OpenPresale, Presale};
use reqwest::Method;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::{Anything, EventsPublish};
use web::{CsrfForm, Fault, Locale, peer, redirect};

use crate::Desk;
use crate::events::desk_night::{self, Night};
use crate::events::store::Event;
use crate::staff::Member;
use crate::views;

#[derive(Template)]
#[template(path = "events/presale.html")]
struct PresalePage {
    shell: Shell,
    night: Night,
    /// How it stands; none where the ticket site does not say.
    lines: Option<Vec<String>>,
    open: bool,
    /// Access codes of hidden types, and what they open.
    codes: Vec<(String, String)>,
    problem: String,
}

/// How it stands, and the form.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let event = find(&desk, *event).await?;
    render(&desk, &request, locale, &member, event, "").await
}

/// Opens it. What is done leads back to the page.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsPublish>,
    event: Path<Uuid>,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    let event = find(&desk, *event).await?;
    let access_code = sent.form.get("access_code").cloned().unwrap_or_default();
    let call = desk.purchase.call_for(member.id, member.request(), Method::POST, &path(event.row.id));
    let problem = match peer::answer::<Presale>(call.json(&OpenPresale { access_code })).await {
        Ok(_) => return Ok(redirect::see_other(&format!("/admin/events/{}/presale", event.row.id))),
        Err(error) if error.status().is_some_and(|status| status.is_client_error()) => "presale-refused",
        Err(error) => {
            tracing::warn!(%error, event = %event.row.id, "the ticket site did not open a presale");
            "presale-away"
        }
    };
    render(&desk, &request, locale, &member, event, problem).await
}

fn path(event: Uuid) -> String {
    format!("/internal/v1/presales/{event}")
}

/// A night on sale: guests register at its page.
async fn find(desk: &Desk, event: Uuid) -> Result<Event, Fault> {
    let event = desk_night::find(desk, event).await?;
    if event.row.published_at.is_some() { Ok(event) } else { Err(Fault::not_found()) }
}

async fn render(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<EventsPublish>,
    event: Event,
    problem: &str,
) -> Result<HttpResponse, Fault> {
    let call = desk.purchase.call_for(member.id, member.request(), Method::GET, &path(event.row.id));
    let presale = peer::answer::<Presale>(call).await;
    if let Err(error) = &presale {
        tracing::warn!(%error, event = %event.row.id, "the ticket site does not say how a presale stands");
    }
    let presale = presale.ok();
    let shell = desk_night::shell(desk, request, locale, member, "presale-title");
    let zone: Tz = event.row.time_zone.parse().unwrap_or(Tz::UTC);
    let page = PresalePage {
        night: Night::of(&event.row, locale.0, member),
        lines: presale.as_ref().map(|presale| lines(&shell, presale, zone)),
        open: presale.as_ref().is_some_and(|presale| presale.opened_at.is_some()),
        codes: codes(&event),
        problem: if problem.is_empty() { String::new() } else { shell.t(problem) },
        shell,
    };
    let status = match problem {
        "" if page.lines.is_some() => StatusCode::OK,
        "presale-refused" => StatusCode::CONFLICT,
        _ => StatusCode::BAD_GATEWAY,
    };
    views::private(status, &page)
}

fn lines(shell: &Shell, presale: &Presale, zone: Tz) -> Vec<String> {
    let mut lines = vec![shell.t1("presale-registered", "count", presale.registered)];
    if let Some(at) = presale.opened_at {
        lines.push(shell.t1("presale-opened", "when", format::date_time(shell.lang, at, zone)));
        lines.push(shell.t1("presale-told", "count", presale.told));
        lines.push(shell.t1("presale-used", "count", presale.used));
    }
    lines
}

/// Each access code of a hidden type, with the names of what it opens.
fn codes(event: &Event) -> Vec<(String, String)> {
    let mut codes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for each in &event.ticket_types {
        if let Some(code) = each.terms().access_code {
            codes.entry(code).or_default().push(each.name.clone());
        }
    }
    codes.into_iter().map(|(code, names)| (code, names.join(", "))).collect()
}
