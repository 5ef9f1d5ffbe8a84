//! `/admin/promos`: the codes, how often each was used, and the form that makes another. Works without a script.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::event::draft::FieldFault;
use domain::money::{Currency, Money};
use domain::permission::Permission;
use domain::quote::Off;
use serde::Deserialize;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::{Anything, PromosRead, PromosWrite};
use web::{CsrfForm, Fault, Locale, redirect};

use super::change;
use super::input::{BatchInput, PromoInput};
use super::store::{self, PromoRow};
use crate::Desk;
use crate::events::form::{instant, minor};
use crate::events::store::{self as events, Which};
use crate::events::{change::refused, venues};
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "promos/list.html")]
struct PromosPage {
    shell: Shell,
    style: String,
    csrf: String,
    lines: Vec<Line>,
    events: Vec<(String, String)>,
    /// Of the amounts of a code for every night: what was entered, or else that of the next night.
    currency: String,
    entered: HashMap<String, String>,
    faults: HashMap<String, String>,
    done: String,
    zone: String,
    may_write: bool,
}

struct Line {
    id: String,
    name: String,
    code: String,
    batch: i64,
    off: String,
    scope: String,
    window: String,
    used: String,
    gross: String,
    promoter: String,
    active: bool,
}

impl PromosPage {
    fn value(&self, name: &str) -> String {
        self.entered.get(name).cloned().unwrap_or_default()
    }

    /// What is wrong with a field, in words.
    fn error(&self, name: &str) -> String {
        let code = self.faults.get(name).map(|code| code.replace('_', "-"));
        code.map(|code| self.shell.t(&format!("admin-fault-{code}"))).unwrap_or_default()
    }
}

/// What was done just before.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// The list and an empty form.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<PromosRead>,
    done: Query<Done>,
) -> Result<HttpResponse, Fault> {
    let page = page(&desk, &request, locale, &member, HashMap::new(), None).await?;
    let done = match done.done.as_str() {
        "made" => ui::text(locale.0, "promos-made", &[]),
        _ => String::new(),
    };
    views::private(StatusCode::OK, &PromosPage { done, ..page })
}

/// Makes a promo of the form, or shows it again.
pub async fn create(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<PromosWrite>,
    sent: CsrfForm<HashMap<String, String>, Anything>,
) -> Result<HttpResponse, Fault> {
    let zone = venues::resolve(&mut *desk.db.conn().await?, None).await.map_or(Tz::UTC, |venue| venue.zone());
    let made = match read(&sent.form, zone) {
        Ok(input) => change::create(&desk, &member.actor(), input).await,
        Err(faults) => Err(refused(faults)),
    };
    match made {
        Ok(_) => Ok(redirect::see_other("/admin/promos?done=made")),
        Err(fault) if !fault.fields().is_empty() => {
            let status = fault.status();
            let page = page(&desk, &request, locale, &member, sent.form, Some(&fault)).await?;
            views::private(status, &page)
        }
        Err(fault) => Err(fault),
    }
}

/// Which way to switch.
#[derive(Debug, Deserialize)]
pub struct SwitchForm {
    active: bool,
}

/// Switches a promo on or off.
pub async fn switch(
    desk: Data<Desk>,
    member: Member<PromosWrite>,
    promo: Path<Uuid>,
    form: CsrfForm<SwitchForm, Anything>,
) -> Result<HttpResponse, Fault> {
    change::switch(&desk, &member.actor(), *promo, form.form.active).await?;
    Ok(redirect::see_other("/admin/promos"))
}

async fn page<P>(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    member: &Member<P>,
    entered: HashMap<String, String>,
    fault: Option<&Fault>,
) -> Result<PromosPage, Fault> {
    let mut conn = desk.db.conn().await?;
    let zone = venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    let coming = events::load(&mut conn, Which::All).await?;
    let now = desk.clock.now();
    let coming: Vec<_> = coming.into_iter().filter(|event| event.row.ends_at > now).collect();
    // The latest comes first.
    let next =
        coming.last().map_or_else(|| Currency::Eur.code().to_owned(), |event| event.row.currency.clone());
    let promos = store::list(&mut conn).await?;
    let title = ui::text(locale.0, "promos-title", &[]);
    let faults =
        fault.map(|fault| fault.fields().iter().map(|f| (f.field.clone(), f.code.clone())).collect());
    let shell = views::desk_shell(desk, request, locale, member, Room::Promos, &title);
    Ok(PromosPage {
        lines: promos.into_iter().map(|row| line(row, &shell, zone)).collect(),
        currency: entered.get("currency").cloned().unwrap_or(next),
        events: coming.into_iter().map(|event| (event.row.id.to_string(), event.row.title)).collect(),
        style: crate::assets::url("admin.css"),
        csrf: member.csrf_token().to_owned(),
        may_write: member.may(Permission::PromosWrite),
        zone: format::zone(locale.0, zone),
        faults: faults.unwrap_or_default(),
        done: String::new(),
        entered,
        shell,
    })
}

fn line(row: PromoRow, shell: &Shell, zone: Tz) -> Line {
    let lang = shell.lang;
    let currency: Currency = row.currency.parse().unwrap_or(Currency::Eur);
    let money = |minor: i64| format::money(lang, Money::new(minor, currency));
    let off = match row.off() {
        Off::BasisPoints(points) if points % 100 == 0 => format!("{} %", points / 100),
        Off::BasisPoints(points) => format!("{}.{:02} %", points / 100, points % 100),
        Off::Minor(minor) => money(minor),
    };
    let at = |at| format::date_time(lang, at, zone);
    let window = match (row.valid_from.map(at), row.valid_until.map(at)) {
        (None, None) => shell.t("promos-always"),
        (Some(from), None) => format!("{from} –"),
        (None, Some(until)) => format!("– {until}"),
        (Some(from), Some(until)) => format!("{from} – {until}"),
    };
    let used = match row.most.or(row.single_use.then_some(row.codes)) {
        Some(most) => format!("{} / {most}", row.orders),
        None => row.orders.to_string(),
    };
    Line {
        id: row.id.to_string(),
        batch: if row.single_use { row.codes } else { 0 },
        scope: row.event_title.unwrap_or_else(|| shell.t("promos-every-night")),
        gross: money(row.gross_minor),
        name: row.name,
        code: row.code,
        promoter: row.promoter,
        active: row.active,
        off,
        window,
        used,
    }
}

/// The promo as the form says it.
fn read(form: &HashMap<String, String>, zone: Tz) -> Result<PromoInput, Vec<FieldFault>> {
    let mut faults = Vec::new();
    let text = |name: &str| form.get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let mut fault =
        |field: &str, code: &'static str| faults.push(FieldFault { field: field.to_owned(), code });
    let mut number = |name: &str| {
        let number = text(name).map(|text| text.parse::<i64>());
        if matches!(number, Some(Err(_))) {
            fault(name, "invalid");
        }
        number.and_then(Result::ok)
    };
    let (most, most_per_guest) = (number("most"), number("most_per_guest"));
    let count = number("batch.count");
    let mut amount = |name: &str, exponent: u32| {
        let amount = text(name).map(|text| minor(&text, exponent));
        if amount == Some(None) {
            fault(name, "invalid");
        }
        amount.flatten()
    };
    let percent = text("kind").as_deref() != Some("amount");
    let off = amount("off", 2);
    let minimum_minor = amount("minimum_minor", 2).unwrap_or(0);
    let mut time = |name: &str| {
        let time = text(name).map(|text| instant(&text, zone));
        if time == Some(None) {
            fault(name, "invalid");
        }
        time.flatten()
    };
    let (from, until) = (time("from"), time("until"));
    if text("off").is_none() {
        fault("off", "required");
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let off = off.unwrap_or(0);
    Ok(PromoInput {
        name: text("name").unwrap_or_default(),
        code: text("code"),
        batch: count.map(|count| BatchInput {
            prefix: text("batch.prefix").unwrap_or_default(),
            count: u32::try_from(count).unwrap_or(0),
        }),
        off: if percent { Off::BasisPoints(off) } else { Off::Minor(off) },
        // One night has its own.
        currency: text("currency").filter(|_| text("event").is_none()),
        event: text("event").and_then(|id| id.parse().ok()),
        ticket_types: Vec::new(),
        minimum_minor,
        from,
        until,
        most,
        most_per_guest,
        promoter: text("promoter").unwrap_or_default(),
    })
}
