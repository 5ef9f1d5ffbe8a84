//! `/admin/floor-plans/{plan}/versions`: every version of a template, and the button that takes one back.

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

use super::store::templates as store;
use super::{drawing, template};
use crate::Desk;
use crate::events::venues;
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "venue/versions.html")]
struct VersionsPage {
    shell: Shell,
    style: String,
    styles: [String; 2],
    csrf: String,
    may_write: bool,
    id: String,
    name: String,
    /// The latest version: the one that a change is made from.
    latest: i32,
    versions: Vec<Line>,
}

struct Line {
    version: i32,
    picture: String,
    about: String,
    made: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EventsRead>,
    plan: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let versions = store::versions(&mut conn, *plan).await?;
    let zone = venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    drop(conn);
    let Some((latest, name)) =
        versions.as_slice().first().map(|latest| (latest.version, latest.name.clone()))
    else {
        return Err(Fault::not_found());
    };
    let title = ui::text(locale.0, "venue-versions", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::FloorPlans, &title);
    let line = |version: store::Template| -> Result<Line, Fault> {
        let seats: u32 = version.drawing.tables.iter().map(|table| table.seats).sum();
        let when = format::date_time(shell.lang, version.made_at, zone);
        Ok(Line {
            version: version.version,
            picture: drawing::svg(&version.drawing, &version.name, shell.lang)?,
            about: shell.t2("venue-about", "tables", version.drawing.tables.len(), "seats", seats),
            made: if version.made_by.is_empty() { when } else { format!("{when} · {}", version.made_by) },
        })
    };
    let versions = versions.into_iter().map(line).collect::<Result<Vec<_>, Fault>>()?;
    let page = VersionsPage {
        style: crate::assets::url("admin.css"),
        styles: ["venue.css", "floor-plan.css"].map(crate::assets::url),
        csrf: member.csrf_token().to_owned(),
        may_write: member.may(Permission::EventsWrite),
        id: plan.to_string(),
        name,
        latest,
        versions,
        shell,
    };
    views::private(StatusCode::OK, &page)
}

/// The version that was the latest when the page was made.
#[derive(Debug, Deserialize)]
pub struct TakeBackForm {
    #[serde(default)]
    version: String,
}

/// Takes an older version back: it becomes the next one, so that none is lost.
pub async fn take_back(
    desk: Data<Desk>,
    member: Member<EventsWrite>,
    path: Path<(Uuid, i32)>,
    sent: CsrfForm<TakeBackForm, Anything>,
) -> Result<HttpResponse, Fault> {
    let (plan, version) = path.into_inner();
    let made_from = sent.form.version.parse().unwrap_or(0);
    template::take_back(&desk, &member.actor(), plan, made_from, version).await?;
    Ok(redirect::see_other(&format!("/admin/floor-plans/{plan}?done=saved")))
}
