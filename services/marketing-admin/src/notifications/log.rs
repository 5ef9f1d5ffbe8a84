//! `/admin/emails`: what became of each email.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::permission::Permission;
use serde::Deserialize;
use ui::{Shell, format};
use web::can::EmailsRead;
use web::{Fault, Locale};

use crate::Desk;
use crate::notifications::store::{self, Logged};
use crate::staff::Member;
use crate::views::{self, Room};

/// What can have become of an email.
const STATES: [&str; 4] = ["waiting", "sent", "dead", "withheld"];

/// What is to be seen.
#[derive(Debug, Default, Deserialize)]
pub struct Filter {
    #[serde(default)]
    state: String,
    #[serde(default)]
    search: String,
    #[serde(default)]
    done: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

#[derive(Template)]
#[template(path = "notifications/log.html")]
struct LogPage {
    shell: Shell,
    style: String,
    tabs: Vec<Tab>,
    search: String,
    state: String,
    done: String,
    lines: Vec<Line>,
    csrf: String,
    may_retry: bool,
}

struct Tab {
    label: String,
    href: String,
    count: i64,
    current: bool,
}

struct Line {
    id: String,
    state: String,
    template: String,
    event: String,
    reference: String,
    recipient: String,
    attempts: i32,
    when: String,
    error: String,
    revision: i32,
    again: bool,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<EmailsRead>,
    filter: Query<Filter>,
) -> Result<HttpResponse, Fault> {
    let filter = filter.into_inner();
    let state = STATES.into_iter().find(|state| *state == filter.state);
    let search: String = filter.search.trim().chars().take(100).collect();
    let mut conn = desk.db.conn().await?;
    let logged = store::log(&mut conn, state, &search).await?;
    let counts = store::counts(&mut conn).await?;
    let zone = crate::events::venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    let title = ui::text(locale.0, "admin-emails-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Emails, &title);
    let page = LogPage {
        tabs: tabs(&shell, &counts, state),
        style: crate::assets::url("admin.css"),
        search,
        state: state.unwrap_or_default().to_owned(),
        done: filter.done,
        lines: logged.into_iter().map(|each| line(each, &shell, zone)).collect(),
        csrf: member.csrf_token().to_owned(),
        may_retry: member.may(Permission::EmailsRetry),
        shell,
    };
    views::private(StatusCode::OK, &page)
}

fn tabs(shell: &Shell, counts: &[store::StateCount], current: Option<&str>) -> Vec<Tab> {
    let count = |state: &str| counts.iter().find(|each| each.state == state).map_or(0, |each| each.count);
    let one = |state: &str| Tab {
        label: shell.t(&format!("admin-emails-state-{state}")),
        href: format!("/admin/emails?state={state}"),
        count: count(state),
        current: current == Some(state),
    };
    let all = Tab {
        label: shell.t("admin-emails-all"),
        href: "/admin/emails".to_owned(),
        count: counts.iter().map(|each| each.count).sum(),
        current: current.is_none(),
    };
    // Where money is real nothing is kept back, and nobody is asked to wonder what that would be.
    let kept_back = shell.links.mode.is_test() || count("withheld") > 0;
    let states = STATES.into_iter().filter(|state| kept_back || *state != "withheld");
    [all].into_iter().chain(states.map(one)).collect()
}

fn line(each: Logged, shell: &Shell, zone: Tz) -> Line {
    let when = each.settled_at.unwrap_or(each.created_at);
    Line {
        id: each.id.to_string(),
        template: shell.t(&format!("admin-emails-template-{}", each.template.replace('_', "-"))),
        event: each.event_title.unwrap_or_default(),
        reference: each.reference,
        recipient: each.recipient,
        attempts: each.attempts,
        when: format::date_time(shell.lang, when, zone),
        error: each.last_error.unwrap_or_default(),
        revision: each.revision,
        again: each.again,
        state: each.state,
    }
}
