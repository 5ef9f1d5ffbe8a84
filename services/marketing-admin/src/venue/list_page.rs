//! `/admin/floor-plans`: the club's templates, and the forms that make and archive one.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::permission::Permission;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::{Anything, EventsRead, EventsWrite};
use web::{CsrfForm, Fault, Locale, redirect};

use super::store::templates::{self as store, Template as FloorTemplate};
use super::{drawing, template};
use crate::Desk;
use crate::events::venues;
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "venue/list.html")]
struct ListPage {
    shell: Shell,
    style: String,
    styles: [String; 2],
    csrf: String,
    may_write: bool,
    plans: Vec<Line>,
    archived: Vec<Line>,
    name: String,
    from: String,
    error: String,
}

struct Line {
    id: String,
    name: String,
    picture: String,
    about: String,
    changed: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsRead>,
) -> Result<HttpResponse, Fault> {
    render(&desk, (&request, locale), &member, StatusCode::OK, &NewForm::default(), "").await
}

/// A new template.
#[derive(Debug, Default, Deserialize)]
pub struct NewForm {
    #[serde(default)]
    name: String,
    /// The one it is a copy of; empty: it is blank.
    #[serde(default)]
    from: String,
}

/// Makes a template, and leads to its editor.
pub async fn create(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsWrite>,
    sent: CsrfForm<NewForm, Anything>,
) -> Result<HttpResponse, Fault> {
    let from = sent.form.from.parse::<Uuid>().ok();
    let made = template::create(&desk, &member.actor(), &sent.form.name, None, from).await;
    match made.map_err(Fault::from) {
        Ok(made) => Ok(redirect::see_other(&format!("/admin/floor-plans/{}", made.id))),
        Err(fault) if fault.fields().is_empty() => Err(fault),
        Err(fault) => {
            let code = fault.fields().first().map_or("required", |field| field.code.as_str());
            let key = format!("venue-name-{}", code.replace('_', "-"));
            render(&desk, (&request, locale), &member, fault.status(), &sent.form, &key).await
        }
    }
}

/// Whether a template is archived.
#[derive(Debug, Deserialize)]
pub struct ArchiveForm {
    #[serde(default)]
    archived: String,
}

/// Archives a template, or takes it back into use.
pub async fn archive(
    desk: Data<Desk>,
    member: Member<EventsWrite>,
    plan: Path<Uuid>,
    sent: CsrfForm<ArchiveForm, Anything>,
) -> Result<HttpResponse, Fault> {
    template::archive(&desk, &member.actor(), *plan, sent.form.archived == "yes").await?;
    Ok(redirect::see_other("/admin/floor-plans"))
}

async fn render<P>(
    desk: &Desk,
    (request, locale): (&HttpRequest, Locale),
    member: &Member<P>,
    status: StatusCode,
    typed: &NewForm,
    error: &str,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let plans = store::list(&mut conn).await?;
    let zone = venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    drop(conn);
    let title = ui::text(locale.0, "venue-title", &[]);
    let shell = views::desk_shell(desk, request, locale, member, Room::FloorPlans, &title);
    let (archived, plans): (Vec<_>, Vec<_>) = plans.into_iter().partition(|plan| plan.archived_at.is_some());
    let lines = |plans: Vec<FloorTemplate>| -> Result<Vec<Line>, Fault> {
        plans.into_iter().map(|plan| line(&shell, plan, zone)).collect()
    };
    let (plans, archived) = (lines(plans)?, lines(archived)?);
    let page = ListPage {
        style: crate::assets::url("admin.css"),
        styles: ["venue.css", "floor-plan.css"].map(crate::assets::url),
        csrf: member.csrf_token().to_owned(),
        may_write: member.may(Permission::EventsWrite),
        plans,
        archived,
        name: typed.name.clone(),
        from: typed.from.clone(),
        error: if error.is_empty() { String::new() } else { shell.t(error) },
        // The language switch leads to the page, not to where a form was sent.
        shell: shell.at("/admin/floor-plans"),
    };
    views::private(status, &page)
}

fn line(shell: &Shell, plan: FloorTemplate, zone: Tz) -> Result<Line, Fault> {
    let seats: u32 = plan.drawing.tables.iter().map(|table| table.seats).sum();
    Ok(Line {
        id: plan.id.to_string(),
        picture: drawing::svg(&plan.drawing, &plan.name, shell.lang)?,
        about: shell.t2("venue-about", "tables", plan.drawing.tables.len(), "seats", seats),
        changed: shell.t2(
            "venue-version-line",
            "version",
            plan.version,
            "when",
            format::date_time(shell.lang, plan.made_at, zone),
        ),
        name: plan.name,
    })
}
