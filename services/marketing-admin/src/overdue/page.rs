//! `/admin/overdue`: each thing that needs a person, since when, and what to do.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::order::OrderReference;
use heal::overdue::{Kind, Overdue};
use ui::{Shell, format};
use web::can::FiguresRead;
use web::{Fault, Locale};

use super::{Overview, key};
use crate::Desk;
use crate::disputes;
use crate::services::Service;
use crate::staff::Member;
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
    references: Vec<Reference>,
    more: i64,
    advice: String,
    link: Option<Link>,
    runbook: &'static str,
}

/// What to look for.
struct Reference {
    text: String,
    /// Where it is found, if not here.
    href: String,
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
    let deadline = disputes::store::next_deadline(&mut conn).await?;
    drop(conn);
    let title = ui::text(locale.0, "admin-overdue-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Tonight, &title);
    let name = |service: Service| shell.t(&format!("admin-service-{}", service.name()));
    let page = OverduePage {
        style: crate::assets::url("admin.css"),
        asked: format::hour(locale.0, overview.asked_at, zone),
        away: overview.away.iter().map(|service| name(*service)).collect(),
        lines: overview
            .found
            .iter()
            .map(|(service, one)| {
                let mut line = line(&shell, &name(*service), one, zone);
                if let Some(at) = deadline.filter(|_| one.kind == Kind::Disputes) {
                    line.advice = format!("{} {}", answer_by(&shell, at, zone), line.advice);
                }
                line
            })
            .collect(),
        shell,
    };
    views::private(StatusCode::OK, &page)
}

/// Until when the first dispute must be answered.
fn answer_by(shell: &Shell, at: DateTime<Utc>, zone: Tz) -> String {
    shell.t1("disputes-first-deadline", "when", format::date_time(shell.lang, at, zone))
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
        references: one.references.iter().map(|name| reference(shell, one.kind, name)).collect(),
        advice: shell.t(&format!("admin-overdue-{kind}-do")),
        link,
        runbook: runbook(one.kind),
    }
}

/// Messages are called by what they tell of; an order leads to its page, what Stripe calls something to its page there.
fn reference(shell: &Shell, kind: Kind, name: &str) -> Reference {
    if matches!(kind, Kind::DeadLetters | Kind::OutboxUnsent) {
        return Reference { text: views::subject(shell.lang, name), href: String::new() };
    }
    let href = if is_of_stripe(name) {
        format!("https://dashboard.stripe.com/search?query={name}")
    } else if let Ok(order) = name.parse::<OrderReference>() {
        format!("/admin/orders/{order}")
    } else {
        String::new()
    };
    Reference { text: name.to_owned(), href }
}

/// `pi_3Nx…`: payments, charges, refunds, sessions, disputes, events. Our own references have no underscore.
fn is_of_stripe(name: &str) -> bool {
    let Some((kind, rest)) = name.split_once('_') else { return false };
    matches!(kind, "pi" | "ch" | "py" | "re" | "pyr" | "cs" | "dp" | "du" | "evt")
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

const fn is_stuck(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::RefundsFailed | Kind::Disputes | Kind::Quarantine | Kind::DeadLetters | Kind::EmailsDead
    )
}

/// The page of the desk where something can be done about it.
const fn way(kind: Kind) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::Disputes => Some(("/admin/disputes", "disputes-title")),
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
        Kind::Disputes => "disputes",
        Kind::WebhooksWaiting | Kind::OrdersPastHold | Kind::AttemptsUnknown => "stripe-away",
        Kind::CancellationsOpen => "night-called-off",
        Kind::NewDatesUntold => "new-date-untold",
        Kind::OffersPastTime => "waitlist-stuck",
        Kind::GuestsLeaving => "guest-list-waits",
        Kind::OutboxUnsent => "outbox-growing",
        Kind::DeadLetters => "dead-letters",
        Kind::EmailsDead | Kind::EmailsWaiting => "resend-away",
        Kind::Unknown => "README",
    }
}
