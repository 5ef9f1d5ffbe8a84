//! `/admin/dead-letters`: messages from the other services that could not be handled, why, and trying again.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::permission::Permission;
use serde_json::json;
use ui::{Shell, format};
use web::can::{Anything, DeadLettersRead, DeadLettersReplay};
use web::{CsrfForm, Fault, Locale, redirect};

use crate::Desk;
use crate::identity::Member;
use crate::views::{self, NoFields, Room};

const MOST: i64 = 200;

#[derive(Template)]
#[template(path = "dead_letters/list.html")]
struct ListPage {
    shell: Shell,
    style: String,
    lines: Vec<Line>,
    csrf: String,
    may_replay: bool,
}

struct Line {
    id: i64,
    subject: String,
    reader: String,
    died: String,
    attempts: i64,
    error: String,
    asked: bool,
}

/// The list, newest first.
pub async fn list(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<DeadLettersRead>,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let letters = bus::dead_letters::list(&mut conn, MOST).await?;
    let zone = crate::events::venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    let title = ui::text(locale.0, "admin-dead-letters-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::DeadLetters, &title);
    let line = |letter: bus::dead_letters::DeadLetter| Line {
        id: letter.id,
        subject: letter.subject,
        reader: letter.durable,
        died: format::date_time(locale.0, letter.died_at, zone),
        attempts: letter.attempts,
        error: letter.error,
        asked: letter.replay_asked_at.is_some(),
    };
    let page = ListPage {
        lines: letters.into_iter().map(line).collect(),
        style: crate::assets::url("admin.css"),
        csrf: member.csrf_token().to_owned(),
        may_replay: member.role.may(Permission::DeadLettersReplay),
        shell,
    };
    views::private(StatusCode::OK, &page)
}

/// Has one handled again.
pub async fn replay(
    desk: Data<Desk>,
    member: Member<DeadLettersReplay>,
    letter: Path<i64>,
    _form: CsrfForm<NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let asked = bus::dead_letters::replay(conn, *letter, now).await?;
            let detail = json!({"asked": asked});
            audit::record(conn, &member.actor(), "dead_letter.replayed", &letter.to_string(), detail, now)
                .await?;
            Ok::<_, Fault>(())
        })
        .await?;
    Ok(redirect::see_other("/admin/dead-letters"))
}
