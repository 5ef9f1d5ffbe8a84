//! The page.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::money::{Currency, Money};
use internal_api::purchase::exports::{BookedTotal, Movement, OpenCredits, OpenTotal, Page, Totals};
use ui::{Shell, format};
use web::can::FiguresRead;
use web::{Fault, Locale};

use super::filter::{Filter, FilterQuery, METHODS, STATES};
use crate::Desk;
use crate::events::store::{self as events, Which};
use crate::events::venues;
use crate::exports::rows;
use crate::staff::Member;
use crate::views::{self, Room};

/// Movements on a page.
const MOST: usize = 100;

#[derive(Template)]
#[template(path = "payments/page.html")]
struct PaymentsPage {
    shell: Shell,
    style: String,
    events: Vec<Choice>,
    methods: Vec<Choice>,
    states: Vec<Choice>,
    from: String,
    until: String,
    chosen: bool,
    booked: Vec<TotalLine>,
    open: Vec<OpenLine>,
    credits: Vec<CreditLine>,
    lines: Vec<Line>,
    older: String,
    file: String,
    /// The ticket site does not answer.
    away: bool,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

struct TotalLine {
    method: String,
    taken: String,
    returned: String,
    left: String,
    movements: i64,
}

struct OpenLine {
    state: String,
    amount: String,
}

struct CreditLine {
    open: String,
    amount: String,
    /// What lapsed unspent; empty for nothing.
    lapsed: String,
}

struct Line {
    when: String,
    reference: String,
    night: String,
    what: String,
    method: String,
    amount: String,
    tone: &'static str,
    icon: &'static str,
    state: String,
}

/// Movements that fit, and what all of them come to.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<FiguresRead>,
    query: Query<FilterQuery>,
) -> Result<HttpResponse, Fault> {
    let filter = Filter::of(&query, desk.clock.now())?;
    let mut conn = desk.db.conn().await?;
    let zone = venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    let nights = events::load(&mut conn, Which::All).await?;
    drop(conn);
    let parts = filter.parts(zone);
    let found = read(&desk, &member, &filter, parts).await;
    let found = match found {
        Ok(found) => Some(found),
        Err(fault) if fault.status().is_client_error() => return Err(fault),
        Err(fault) => {
            tracing::warn!(code = fault.code(), "the movements of money can't be read");
            None
        }
    };
    let away = found.is_none();
    let (page, totals) = found.unwrap_or_else(|| (Page { rows: Vec::new(), next: None }, Totals::default()));
    let title = ui::text(locale.0, "payments-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Payments, &title);
    let choice = |value: &str, label: String, chosen: bool| Choice { value: value.to_owned(), label, chosen };
    let named = |kind: &str, value: &str| shell.t(&format!("payments-{kind}-{}", value.replace('_', "-")));
    let page = PaymentsPage {
        style: crate::assets::url("admin.css"),
        events: nights
            .into_iter()
            .map(|night| {
                let chosen = filter.event == Some(night.row.id);
                choice(&night.row.id.to_string(), night.row.title, chosen)
            })
            .collect(),
        methods: METHODS
            .iter()
            .map(|method| choice(method, named("method", method), filter.method == Some(*method)))
            .collect(),
        states: STATES
            .iter()
            .map(|state| choice(state, named("state", state), filter.state == Some(*state)))
            .collect(),
        from: filter.from.map(|day| day.to_string()).unwrap_or_default(),
        until: filter.until.map(|day| day.to_string()).unwrap_or_default(),
        chosen: filter.chooses(),
        booked: totals.booked.iter().map(|total| total_line(&shell, total)).collect(),
        open: totals.open.iter().map(|total| open_line(&shell, total)).collect(),
        credits: totals.credits.iter().map(|credits| credit_line(&shell, credits)).collect(),
        lines: page.rows.into_iter().map(|movement| line(&shell, movement)).collect(),
        older: page
            .next
            .map(|after| {
                let as_of = filter.as_of.timestamp_millis();
                format!("/admin/payments?{}&as_of={as_of}&after={after}", filter.address())
            })
            .unwrap_or_default(),
        file: format!("/admin/exports/payments?{}", filter.address()),
        away,
        shell,
    };
    views::private(StatusCode::OK, &page)
}

async fn read(
    desk: &Desk,
    member: &Member<FiguresRead>,
    filter: &Filter,
    parts: Vec<rows::Part>,
) -> Result<(Page<Movement>, Totals), Fault> {
    let mut some = parts.clone();
    some.push(("most", MOST.to_string()));
    let page = rows::page(desk, member, "payments", &some, filter.after.clone()).await?;
    let totals = rows::read(desk, member, "payments/totals", parts).await?;
    Ok((page, totals))
}

fn money(shell: &Shell, currency: &str, minor: i64) -> String {
    let currency: Currency = currency.parse().unwrap_or(Currency::Eur);
    format::money(shell.lang, Money::new(minor, currency))
}

fn method(shell: &Shell, method: &str) -> String {
    shell.t(&format!("payments-method-{}", method.replace('_', "-")))
}

fn total_line(shell: &Shell, total: &BookedTotal) -> TotalLine {
    let money = |minor| money(shell, &total.currency, minor);
    TotalLine {
        method: method(shell, &total.method),
        taken: money(total.taken_minor),
        returned: money(-total.returned_minor),
        left: money(total.left_minor),
        movements: total.movements,
    }
}

fn open_line(shell: &Shell, total: &OpenTotal) -> OpenLine {
    OpenLine {
        state: shell.t1(&format!("payments-open-{}", total.state), "count", total.movements),
        amount: money(shell, &total.currency, total.amount_minor),
    }
}

fn credit_line(shell: &Shell, credits: &OpenCredits) -> CreditLine {
    let lapsed = money(shell, &credits.currency, credits.lapsed_minor);
    CreditLine {
        open: shell.t1("payments-credits", "count", credits.credits),
        amount: money(shell, &credits.currency, credits.open_minor),
        lapsed: if credits.lapsed_minor > 0 {
            shell.t1("payments-credits-lapsed", "amount", lapsed)
        } else {
            String::new()
        },
    }
}

fn line(shell: &Shell, movement: Movement) -> Line {
    let zone: Tz = movement.time_zone.parse().unwrap_or(Tz::UTC);
    let (tone, icon) = match movement.state.as_str() {
        "booked" => ("good", "check"),
        "failed" => ("refusal", "attention"),
        "withdrawn" => ("quiet", "cross"),
        _ => ("attention", "clock"),
    };
    // What other rooms book under a name that no text knows stands for itself.
    let key = format!("payments-kind-{}", movement.kind.replace('_', "-"));
    let what = ui::try_text(shell.lang, &key, &[]).unwrap_or(movement.kind);
    Line {
        when: format::date_time(shell.lang, movement.at, zone),
        amount: money(shell, &movement.currency, movement.amount_minor),
        method: method(shell, &movement.method),
        state: shell.t(&format!("payments-state-{}", movement.state)),
        reference: movement.reference,
        night: movement.event_title,
        what,
        tone,
        icon,
    }
}
