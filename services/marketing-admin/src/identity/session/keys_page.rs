//! `/admin/keys`: the keys that sign guests' sessions, for the owner.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::json;
use ui::{Shell, format};
use web::can::{Anything, KeysRotate};
use web::{CsrfForm, Fault, Locale, redirect};

use super::keys;
use crate::staff::Member;
use crate::views::{NoFields, Room};
use crate::{Desk, views};

#[derive(Template)]
#[template(path = "sessions/keys.html")]
struct KeysPage {
    shell: Shell,
    style: String,
    csrf: String,
    lines: Vec<Line>,
}

struct Line {
    kid: String,
    made: String,
    retired: String,
    good: bool,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<KeysRotate>,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let rows = keys::all(&mut conn).await?;
    let zone = crate::identity::mine::zone(&mut conn).await;
    let title = ui::text(locale.0, "sessions-keys-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Keys, &title);
    let lines = rows.into_iter().map(|row| Line {
        good: row.retired_at.is_none(),
        made: format::date_time(shell.lang, row.made_at, zone),
        retired: row.retired_at.map(|at| format::date_time(shell.lang, at, zone)).unwrap_or_default(),
        kid: row.kid,
    });
    let page = KeysPage {
        style: crate::assets::url("admin.css"),
        csrf: member.csrf_token().to_owned(),
        lines: lines.collect(),
        shell,
    };
    views::private(StatusCode::OK, &page)
}

/// Makes a new key, which signs in a few minutes; older ones stay good until their last token is over.
pub async fn make(
    desk: Data<Desk>,
    member: Member<KeysRotate>,
    _form: CsrfForm<NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    member.proved(now)?;
    desk.db
        .transaction(async |conn| {
            keys::lock(conn).await?;
            let kid = keys::make(conn, &desk.sealer, now).await?;
            audit::record(conn, &member.actor(), "key.made", &kid, json!({}), now).await?;
            Ok::<_, Fault>(())
        })
        .await?;
    desk.guests.read(&desk).await?;
    Ok(redirect::see_other("/admin/keys"))
}

/// Believes a key no more, at once: what it signed is renewed by each browser's next request.
pub async fn retire(
    desk: Data<Desk>,
    member: Member<KeysRotate>,
    kid: Path<String>,
    _form: CsrfForm<NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    member.proved(now)?;
    desk.db
        .transaction(async |conn| {
            keys::lock(conn).await?;
            if !keys::retire(conn, &kid, now).await? {
                return Err(Fault::not_found());
            }
            audit::record(conn, &member.actor(), "key.retired", &kid, json!({}), now).await?;
            Ok(())
        })
        .await?;
    desk.guests.read(&desk).await?;
    Ok(redirect::see_other("/admin/keys"))
}
