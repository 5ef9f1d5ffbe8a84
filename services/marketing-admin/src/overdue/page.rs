//! `/admin/overdue`: each thing that needs a person, since when, and what to do.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use heal::overdue::{Kind, Overdue};
use ui::{Shell, format};
use web::can::FiguresRead;
use web::{Fault, Locale};

use super::{Overview, key};
use crate::Desk;
use crate::identity::Member;
use crate::services::Service;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "overdue/page.html")]
struct OverduePage {
    shell: Shell,
    style: String,
    asked: String,
    away: Vec<String>,
    lines: Vec<Line>,
}

struct Line {
    kind: &'static str,
    /// It stays as it is until somebody acts; else it is only late.
    stuck: bool,
    title: String,
    service: String,
    since: String,
    references: Vec<String>,
    more: i64,
    advice: String,
    link: Option<Link>,
    runbook: &'static str,
}

struct Link {
    href: &'static str,
    label: String,
}

/// The page: asked anew each time it is opened.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<FiguresRead>,
) -> Result<HttpResponse, Fault> {
    let overview = Overview::ask(&desk).await;
    let mut conn = desk.db.conn().await?;
    let zone = crate::events::venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    drop(conn);
    let title = ui::text(locale.0, "admin-overdue-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Tonight, &title);
    let name = |service: Service| shell.t(&format!("admin-service-{}", service.name()));
    let page = OverduePage {
        style: crate::assets::url("admin.css"),
        asked: format::hour(locale.0, overview.asked_at, zone),
        away: overview.away.iter().map(|service| name(*service)).collect(),
        lines: overview.found.iter().map(|(service, one)| line(&shell, &name(*service), one, zone)).collect(),
        shell,
    };
    views::private(StatusCode::OK, &page)
}

fn line(shell: &Shell, service: &str, one: &Overdue, zone: Tz) -> Line {
    let kind = key(one.kind);
    let link = way(one.kind).map(|(href, label)| Link { href, label: shell.t(label) });
    Line {
        kind,
        stuck: is_stuck(one.kind),
        title: shell.t1(&format!("admin-overdue-{kind}"), "count", one.count),
        service: service.to_owned(),
        since: shell.t2(
            "admin-overdue-since",
            "count",
            one.count,
            "when",
            format::date_time(shell.lang, one.oldest_at, zone),
        ),
        more: one.count - i64::try_from(one.references.len()).unwrap_or_default(),
        references: one.references.clone(),
        advice: shell.t(&format!("admin-overdue-{kind}-do")),
        link,
        runbook: runbook(one.kind),
    }
}

const fn is_stuck(kind: Kind) -> bool {
    matches!(kind, Kind::RefundsFailed | Kind::Quarantine | Kind::DeadLetters | Kind::EmailsDead)
}

/// The page of the desk where something can be done about it.
const fn way(kind: Kind) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::DeadLetters => Some(("/admin/dead-letters", "admin-dead-letters-title")),
        Kind::EmailsDead => Some(("/admin/emails?state=dead", "admin-nav-emails")),
        Kind::EmailsWaiting => Some(("/admin/emails?state=waiting", "admin-nav-emails")),
        _ => None,
    }
}

/// The operator's page about it, in `deploy/runbooks`.
const fn runbook(kind: Kind) -> &'static str {
    match kind {
        Kind::RefundsFailed | Kind::RefundsPending | Kind::Quarantine => "refunds-waiting",
        Kind::WebhooksWaiting | Kind::OrdersPastHold | Kind::AttemptsUnknown => "stripe-away",
        Kind::OutboxUnsent => "outbox-growing",
        Kind::DeadLetters => "dead-letters",
        Kind::EmailsDead | Kind::EmailsWaiting => "resend-away",
        Kind::Unknown => "README",
    }
}
