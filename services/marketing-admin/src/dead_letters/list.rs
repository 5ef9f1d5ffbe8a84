//! The list, newest first.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use bus::dead_letters::DeadLetter;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::permission::Permission;
use futures::future::join_all;
use heal::letters::Letters;
use serde::Deserialize;
use ui::{Shell, format};
use web::can::DeadLettersRead;
use web::{Fault, Locale};

use crate::Desk;
use crate::services::{Away, Service};
use crate::staff::Member;
use crate::views::{self, Room};

/// What became of a button.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    asked: Option<usize>,
    gone: Option<u8>,
    away: Option<String>,
}

#[derive(Template)]
#[template(path = "dead_letters/list.html")]
struct ListPage {
    shell: Shell,
    style: String,
    asked: usize,
    gone: bool,
    /// The service of the last button, if it could not be asked.
    failed: Option<String>,
    /// Services that can't be asked now, as people call them.
    away: Vec<String>,
    /// Services of which several can be handled again together.
    several: Vec<Several>,
    lines: Vec<Line>,
    csrf: String,
    may_replay: bool,
}

struct Several {
    service: &'static str,
    name: String,
    open: i64,
}

struct Line {
    id: i64,
    service: &'static str,
    service_name: String,
    /// What it tells of, in words.
    tells: String,
    subject: String,
    reader: String,
    died_at: DateTime<Utc>,
    died: String,
    attempts: i64,
    error: String,
    asked: bool,
}

/// `GET /admin/dead-letters`.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<DeadLettersRead>,
    done: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let found = join_all(Service::ALL.map(async |service| (service, service.letters(&desk).await))).await;
    let mut conn = desk.db.conn().await?;
    let zone = crate::events::venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    drop(conn);
    let title = ui::text(locale.0, "admin-dead-letters-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::DeadLetters, &title);
    let failed = done.away.as_deref().and_then(|name| name.parse::<Service>().ok());
    let page = ListPage {
        style: crate::assets::url("admin.css"),
        asked: done.asked.unwrap_or_default(),
        gone: done.gone.is_some(),
        failed: failed.map(|service| name(&shell, service)),
        away: away(&shell, &found),
        several: several(&shell, &found),
        lines: lines(&shell, found, zone),
        csrf: member.csrf_token().to_owned(),
        may_replay: member.may(Permission::DeadLettersReplay),
        shell,
    };
    views::private(StatusCode::OK, &page)
}

type Found = (Service, Result<Letters, Away>);

/// As people call it.
fn name(shell: &Shell, service: Service) -> String {
    shell.t(&format!("admin-service-{}", service.name()))
}

fn away(shell: &Shell, found: &[Found]) -> Vec<String> {
    let silent = found.iter().filter(|(_, letters)| letters.is_err());
    silent.map(|(service, _)| name(shell, *service)).collect()
}

fn several(shell: &Shell, found: &[Found]) -> Vec<Several> {
    let counted = found.iter().filter_map(|(service, letters)| Some((*service, letters.as_ref().ok()?.open)));
    let several = counted.filter(|(_, open)| *open > 1);
    several
        .map(|(service, open)| Several { service: service.name(), name: name(shell, service), open })
        .collect()
}

fn lines(shell: &Shell, found: Vec<Found>, zone: Tz) -> Vec<Line> {
    let mut lines = Vec::new();
    for (service, letters) in found {
        let letters = letters.map(|letters| letters.letters).unwrap_or_default();
        lines.extend(letters.into_iter().map(|letter| line(shell, service, letter, zone)));
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.died_at));
    lines
}

fn line(shell: &Shell, service: Service, letter: DeadLetter, zone: Tz) -> Line {
    Line {
        id: letter.id,
        service: service.name(),
        service_name: name(shell, service),
        tells: views::subject(shell.lang, &letter.subject),
        subject: letter.subject,
        reader: letter.durable,
        died_at: letter.died_at,
        died: format::date_time(shell.lang, letter.died_at, zone),
        attempts: letter.attempts,
        error: letter.error,
        asked: letter.replay_asked_at.is_some(),
    }
}
