//! The page, and its file.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use domain::money::{Currency, Money};
use domain::night::BusinessNight;
use serde::Deserialize;
use serde_json::json;
use ui::{Shell, format};
use uuid::Uuid;
use web::can::PromosRead;
use web::{Fault, Locale};

use super::store::{self, PromoterFigures};
use crate::Desk;
use crate::events::store::{self as events, Which};
use crate::events::venues;
use crate::exports::answer::{self, Export, columns};
use crate::exports::cell::Cell;
use crate::exports::night;
use crate::exports::spool::{Rows, spool};
use crate::staff::Member;
use crate::views::{self, Room};

/// Which night, and what kind of file.
#[derive(Debug, Default, Deserialize)]
pub struct PromotersQuery {
    #[serde(default)]
    event: String,
    #[serde(default)]
    format: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

#[derive(Template)]
#[template(path = "promoters/page.html")]
struct PromotersPage {
    shell: Shell,
    style: String,
    event: String,
    events: Vec<(String, String)>,
    lines: Vec<Line>,
}

struct Line {
    promoter: String,
    night: String,
    date: String,
    code: String,
    sold: i64,
    returned: i64,
    came: i64,
    net: String,
}

/// Everybody in whose name something was sold.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<PromosRead>,
    query: Query<PromotersQuery>,
) -> Result<HttpResponse, Fault> {
    let event: Option<Uuid> = query.event.parse().ok();
    let mut conn = desk.db.conn().await?;
    let figures = store::figures(&mut conn, event).await?;
    let nights = events::load(&mut conn, Which::All).await?;
    drop(conn);
    let title = ui::text(locale.0, "promoters-title", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Promos, &title);
    let page = PromotersPage {
        style: crate::assets::url("admin.css"),
        event: event.map(|id| id.to_string()).unwrap_or_default(),
        events: nights.into_iter().map(|each| (each.row.id.to_string(), each.row.title)).collect(),
        lines: figures.into_iter().map(|each| line(&shell, each)).collect(),
        shell,
    };
    views::private(StatusCode::OK, &page)
}

fn line(shell: &Shell, each: PromoterFigures) -> Line {
    let zone: Tz = each.time_zone.parse().unwrap_or(Tz::UTC);
    let currency: Currency = each.currency.parse().unwrap_or(Currency::Eur);
    let date = |at| format::calendar_date(shell.lang, BusinessNight::of(at, zone).date());
    Line {
        net: format::money(shell.lang, Money::new(each.net_minor(), currency)),
        date: each.starts_at.map(date).unwrap_or_default(),
        promoter: each.promoter,
        night: each.event_title,
        code: each.code,
        sold: each.sold,
        returned: each.returned,
        came: each.came,
    }
}

const FIGURES: [&str; 11] = [
    "promoter",
    "night",
    "starts",
    "code",
    "orders",
    "sold",
    "given-back",
    "came-count",
    "currency",
    "taken",
    "left",
];

/// The same as a file.
pub async fn download(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<PromosRead>,
    query: Query<PromotersQuery>,
) -> Result<HttpResponse, Fault> {
    let format = night::format(&query.format)?;
    let event: Option<Uuid> = query.event.parse().ok();
    let mut conn = desk.db.conn().await?;
    let zone = venues::resolve(&mut conn, None).await.map_or(Tz::UTC, |venue| venue.zone());
    let figures = store::figures(&mut conn, event).await?;
    drop(conn);
    let mut rows: Option<Vec<Vec<Cell>>> = Some(figures.into_iter().map(cells).collect());
    let written = spool(format, columns(locale.0, &FIGURES), async |_: Option<String>| {
        Ok::<_, Fault>(Rows { rows: rows.take().unwrap_or_default(), next: None })
    })
    .await?;
    let export = Export {
        action: "promoters.exported",
        target: event.map_or_else(|| "all".to_owned(), |event| event.to_string()),
        asked: json!({}),
        name: answer::name("promoters", "", desk.clock.now(), zone),
        format,
    };
    answer::answer(&desk, &member.actor(), export, written).await
}

fn cells(each: PromoterFigures) -> Vec<Cell> {
    let zone: Tz = each.time_zone.parse().unwrap_or(Tz::UTC);
    let left = Cell::amount(each.net_minor(), &each.currency);
    vec![
        Cell::text(each.promoter),
        Cell::text(each.event_title),
        Cell::time_of(each.starts_at, zone),
        Cell::text(each.code),
        Cell::Count(each.orders),
        Cell::Count(each.sold),
        Cell::Count(each.returned),
        Cell::Count(each.came),
        Cell::text(each.currency.as_str()),
        Cell::amount(each.gross_minor, &each.currency),
        left,
    ]
}
