//! `/admin/events`: all nights, the latest first.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::permission::Permission;
use serde::Deserialize;
use ui::{Shell, format};
use web::can::{EventsRead, Within};
use web::{Fault, Locale};

use crate::Desk;
use crate::events::store::{self, Event, Which};
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "events/list.html")]
struct ListPage {
    shell: Shell,
    style: String,
    coming: Vec<Line>,
    past: Vec<Line>,
    /// Those that are archived, instead of the others.
    archived: bool,
    may_write: bool,
}

struct Line {
    id: String,
    title: String,
    status: String,
    when: String,
    types: usize,
    capacity: String,
    /// Where its table reservations are; empty for who does not run them, and for a draft.
    board: String,
}

/// Which nights.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    show: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<Within<EventsRead>>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    let mut conn = desk.db.conn().await?;
    let archived = query.show == "archived";
    let mut events = store::load(&mut conn, Which::Archived(archived)).await?;
    events.retain(|event| member.grants.reaches(event.row.id.into()));
    let (mut coming, past): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.row.ends_at > now);
    coming.reverse();
    let title = ui::text(locale.0, "admin-events-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Events, &title);
    let tables = member.may(Permission::ReservationsRun);
    let line = |event: Event| line(event, &shell, now, tables);
    let page = ListPage {
        coming: coming.into_iter().map(line).collect(),
        past: past.into_iter().map(line).collect(),
        style: crate::assets::url("admin.css"),
        archived,
        may_write: member.may(Permission::EventsWrite),
        shell,
    };
    views::private(StatusCode::OK, &page)
}

fn line(event: Event, shell: &Shell, now: DateTime<Utc>, tables: bool) -> Line {
    let zone: Tz = event.row.time_zone.parse().unwrap_or(Tz::UTC);
    let capacity: i64 = event.ticket_types.iter().map(|each| each.capacity).sum();
    let over = event.row.ends_at <= now && event.row.status == "published";
    let board = tables && event.row.published_at.is_some();
    Line {
        board: if board { format!("/admin/events/{}/reservations", event.row.id) } else { String::new() },
        id: event.row.id.to_string(),
        title: event.row.title,
        status: if over { "over".to_owned() } else { event.row.status },
        when: format::date_time(shell.lang, event.row.starts_at, zone),
        types: event.ticket_types.len(),
        capacity: format::count(shell.lang, capacity.max(0).unsigned_abs()),
    }
}
