//! `/admin/staff`: who works here, and who was invited to.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use db::{Conn, DbError};
use serde::Deserialize;
use ui::Shell;
use web::can::StaffManage;
use web::{Fault, Locale};

use super::store;
use crate::Desk;
use crate::events::venues;
use crate::identity::factors;
use crate::staff::invitations::lines::{self, InviteForm, Waiting};
use crate::staff::roles::OwnRole;
use crate::staff::{Member, roles};
use crate::views::{self, Room};

/// Where it is.
pub const PATH: &str = "/admin/staff";
/// Longer texts are nobody's name.
const LONGEST: usize = 200;

#[derive(Template)]
#[template(path = "staff/list.html")]
struct ListPage {
    shell: Shell,
    style: String,
    csrf: String,
    search: String,
    lines: Vec<Line>,
    waiting: Vec<Waiting>,
    invite: InviteForm,
    problem: String,
    done: String,
}

struct Line {
    id: String,
    name: String,
    email: String,
    role: String,
    nights: String,
    suspended: bool,
    second_factor: bool,
}

/// Whom to look for, and what was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    search: String,
    #[serde(default)]
    done: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<StaffManage>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Fault> {
    let search: String = query.search.trim().chars().take(LONGEST).collect();
    let mut page = page(&desk, (&request, locale), &member, search, &HashMap::new()).await?;
    page.done = match query.done.as_str() {
        "invited" => page.shell.t("invitations-done-invited"),
        "withdrawn" => page.shell.t("invitations-done-withdrawn"),
        _ => String::new(),
    };
    views::private(StatusCode::OK, &page)
}

/// The page with what is wrong with an invitation, and what was typed.
pub(in crate::staff) async fn refused(
    desk: &Desk,
    asked: (&HttpRequest, Locale),
    member: &Member<StaffManage>,
    typed: &HashMap<String, String>,
    status: StatusCode,
    problem: &str,
) -> Result<HttpResponse, Fault> {
    let mut page = page(desk, asked, member, String::new(), typed).await?;
    page.shell = page.shell.at(PATH);
    page.problem = page.shell.t(problem);
    views::private(status, &page)
}

async fn page(
    desk: &Desk,
    (request, locale): (&HttpRequest, Locale),
    member: &Member<StaffManage>,
    search: String,
    typed: &HashMap<String, String>,
) -> Result<ListPage, Fault> {
    let title = ui::text(locale.0, "staff-title", &[]);
    let shell = views::desk_shell(desk, request, locale, member, Room::Staff, &title);
    let now = desk.clock.now();
    let mut conn = desk.db.conn().await?;
    let own = roles::store::own(&mut conn).await?;
    let zone = venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    let lines = people(&mut conn, &shell, &own, &search).await?;
    let waiting = lines::waiting(&mut conn, &shell, &own, zone, now).await?;
    let invite = lines::form(&mut conn, &shell, &own, typed, now).await?;
    drop(conn);
    Ok(ListPage {
        style: crate::assets::url("admin.css"),
        csrf: member.csrf_token().to_owned(),
        search,
        lines,
        waiting,
        invite,
        problem: String::new(),
        done: String::new(),
        shell,
    })
}

async fn people(conn: &mut Conn, shell: &Shell, own: &[OwnRole], search: &str) -> Result<Vec<Line>, DbError> {
    let mut lines = Vec::new();
    for row in store::all(conn, search).await? {
        let theirs = factors::of(conn, row.id).await?;
        lines.push(Line {
            id: row.id.to_string(),
            name: if row.name.is_empty() { shell.t("staff-nameless") } else { row.name },
            email: row.email.unwrap_or_default(),
            role: roles::name_of(shell.lang, &row.role, own),
            nights: if row.nights == 0 {
                shell.t("staff-nights-all")
            } else {
                shell.t1("staff-nights-some", "count", row.nights)
            },
            suspended: row.disabled_at.is_some(),
            second_factor: theirs.totp || theirs.passkeys > 0,
        });
    }
    Ok(lines)
}
