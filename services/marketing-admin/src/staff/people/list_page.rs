//! `/admin/staff`: who works here.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use ui::Shell;
use web::can::StaffManage;
use web::{Fault, Locale};

use super::store;
use crate::Desk;
use crate::identity::factors;
use crate::staff::{Member, roles};
use crate::views::{self, Room};

/// Longer texts are nobody's name.
const LONGEST: usize = 200;

#[derive(Template)]
#[template(path = "staff/list.html")]
struct ListPage {
    shell: Shell,
    style: String,
    search: String,
    lines: Vec<Line>,
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

/// Whom to look for.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    search: String,
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
    let title = ui::text(locale.0, "staff-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Staff, &title);
    let mut conn = desk.db.conn().await?;
    let own = roles::store::own(&mut conn).await?;
    let mut lines = Vec::new();
    for row in store::all(&mut conn, &search).await? {
        let theirs = factors::of(&mut conn, row.id).await?;
        lines.push(Line {
            id: row.id.to_string(),
            name: if row.name.is_empty() { shell.t("staff-nameless") } else { row.name },
            email: row.email.unwrap_or_default(),
            role: roles::name_of(locale.0, &row.role, &own),
            nights: if row.nights == 0 {
                shell.t("staff-nights-all")
            } else {
                shell.t1("staff-nights-some", "count", row.nights)
            },
            suspended: row.disabled_at.is_some(),
            second_factor: theirs.totp || theirs.passkeys > 0,
        });
    }
    drop(conn);
    views::private(StatusCode::OK, &ListPage { style: crate::assets::url("admin.css"), search, lines, shell })
}
