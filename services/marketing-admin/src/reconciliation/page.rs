//! The page.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::money::{Currency, Money};
use domain::night::BusinessNight;
use internal_api::purchase::reconciliation::{Difference, LatePayment, Night, Reconciliation};
use reqwest::Method;
use serde::Deserialize;
use ui::{Shell, format};
use web::can::FiguresRead;
use web::{Fault, Locale, peer};

use crate::Desk;
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "reconciliation/page.html")]
struct Page {
    shell: Shell,
    style: String,
    csrf: String,
    done: String,
    away: bool,
    look: String,
    problem: bool,
    adopted: String,
    nights: Vec<NightLine>,
    differences: Vec<DifferenceLine>,
    foreign: Vec<String>,
    late: Vec<LateLine>,
}

/// A payment that came too late.
struct LateLine {
    reference: String,
    night: String,
    amount: String,
    when: String,
    tone: &'static str,
    icon: &'static str,
    became: String,
    waits: bool,
}

struct NightLine {
    event: String,
    title: String,
    date: String,
    ledger: String,
    stripe: String,
    equal: bool,
    off: String,
    /// What Stripe keeps of it, as the club paid it to guests another way; empty for nothing.
    otherwise: String,
}

struct DifferenceLine {
    reference: String,
    ledger: String,
    stripe: String,
    off: String,
    why: String,
}

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// The comparison as purchase has it.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<FiguresRead>,
    done: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let call =
        desk.purchase.call_for(member.id, member.request(), Method::GET, "/internal/v1/reconciliation");
    let found: Option<Reconciliation> = peer::answer(call)
        .await
        .inspect_err(|error| tracing::warn!(?error, "the comparison of the books can't be read"))
        .ok();
    let mut conn = desk.db.conn().await?;
    let zone = crate::events::venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    drop(conn);
    let title = ui::text(locale.0, "books-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Tonight, &title);
    let done = match done.done.as_str() {
        "asked" => shell.t("books-asked"),
        "away" => shell.t("books-away"),
        _ => String::new(),
    };
    let csrf = member.csrf_token().to_owned();
    views::private(StatusCode::OK, &page(shell, csrf, done, found, zone))
}

fn page(shell: Shell, csrf: String, done: String, found: Option<Reconciliation>, zone: Tz) -> Page {
    let away = found.is_none();
    let found = found.unwrap_or(Reconciliation {
        look: None,
        nights: Vec::new(),
        differences: Vec::new(),
        foreign: Vec::new(),
        late: Vec::new(),
    });
    let look = found.look.as_ref();
    Page {
        style: crate::assets::url("admin.css"),
        look: look
            .map(|look| {
                shell.t1("books-looked", "when", format::date_time(shell.lang, look.started_at, zone))
            })
            .unwrap_or_default(),
        problem: look.is_some_and(|look| look.problem.is_some()),
        adopted: look
            .filter(|look| look.adopted > 0)
            .map(|look| shell.t1("books-adopted", "count", look.adopted))
            .unwrap_or_default(),
        nights: found.nights.into_iter().map(|night| night_line(&shell, night)).collect(),
        differences: found.differences.into_iter().map(|one| difference_line(&shell, one)).collect(),
        late: found.late.into_iter().map(|one| late_line(&shell, one)).collect(),
        foreign: found.foreign.into_iter().map(|(currency, minor)| money(&shell, &currency, minor)).collect(),
        csrf,
        done,
        away,
        shell,
    }
}

fn money(shell: &Shell, currency: &str, minor: i64) -> String {
    let currency: Currency = currency.parse().unwrap_or(Currency::Eur);
    format::money(shell.lang, Money::new(minor, currency))
}

fn night_line(shell: &Shell, night: Night) -> NightLine {
    let zone: Tz = night.time_zone.parse().unwrap_or(Tz::UTC);
    NightLine {
        event: night.event.to_string(),
        date: format::calendar_date(shell.lang, BusinessNight::of(night.starts_at, zone).date()),
        ledger: money(shell, &night.currency, night.ledger_minor),
        stripe: money(shell, &night.currency, night.stripe_minor),
        equal: night.differences == 0 && night.ledger_minor == night.stripe_minor,
        off: money(shell, &night.currency, night.stripe_minor - night.ledger_minor),
        otherwise: if night.otherwise_minor > 0 {
            shell.t1("books-otherwise", "amount", money(shell, &night.currency, night.otherwise_minor))
        } else {
            String::new()
        },
        title: night.title,
    }
}

fn late_line(shell: &Shell, one: LatePayment) -> LateLine {
    let (tone, icon) = match one.became.as_str() {
        "kept" => ("good", "check"),
        "stuck" => ("refusal", "cross"),
        "returning" => ("attention", "clock"),
        _ => ("quiet", "back"),
    };
    let zone: Tz = one.time_zone.parse().unwrap_or(Tz::UTC);
    LateLine {
        amount: money(shell, &one.currency, one.amount_minor),
        when: format::date_time(shell.lang, one.captured_at, zone),
        became: shell.t(&format!("books-late-{}", one.became.replace('_', "-"))),
        waits: one.waits,
        night: one.title,
        reference: one.reference,
        tone,
        icon,
    }
}

fn difference_line(shell: &Shell, one: Difference) -> DifferenceLine {
    DifferenceLine {
        ledger: money(shell, &one.currency, one.ledger_minor),
        stripe: money(shell, &one.currency, one.stripe_minor),
        off: money(shell, &one.currency, one.stripe_minor - one.ledger_minor),
        why: shell.t(&format!("books-why-{}", one.why.replace('_', "-"))),
        reference: one.reference,
    }
}
