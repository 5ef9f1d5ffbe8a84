//! `/admin/events/{event}/reservations/run-sheet.pdf`: the night's tables on paper, by arrival, for who serves them. What a table was
//! booked with, never a guest's address: paper is left lying about.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Data, Path};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use documents::{RunSheet, RunSheetRow, run_sheet_pdf};
use domain::language::Language;
use domain::mode::Mode;
use domain::money::{Currency, Money};
use domain::reservation::ReservationState as State;
use serde_json::json;
use tokio::sync::Semaphore;
use ui::{format, text};
use uuid::Uuid;
use web::can::ReservationsRun;
use web::{Fault, Locale};

use super::short;
use super::store::{self, Reservation};
use crate::Desk;
use crate::events::store::{self as events, Event, Which};
use crate::staff::Member;

/// Drawing keeps a core busy for tens of milliseconds: one at a time is enough for a desk.
static PRESS: Semaphore = Semaphore::const_new(1);

/// The file, in the reader's language; 404 for a night that has no tables to book.
pub async fn show(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<ReservationsRun>,
    event: Path<Uuid>,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let night = events::find(&mut conn, Which::Id(*event)).await?;
    let night = night.filter(|night| night.row.published_at.is_some()).ok_or_else(Fault::not_found)?;
    let all = store::of_night(&mut conn, *event).await?;
    let now = desk.clock.now();
    let sheet = of(&night, &all, locale.0, desk.links.mode, now);
    // Names leave the house on it: who took it along is known.
    let detail = json!({"parties": sheet.rows.len()});
    audit::record(&mut conn, &member.actor(), "reservations.run_sheet_made", &event.to_string(), detail, now)
        .await?;
    drop(conn);
    let turn = PRESS.acquire().await.map_err(Fault::internal)?;
    let drawn = tokio::task::spawn_blocking(move || run_sheet_pdf(&sheet)).await;
    drop(turn);
    let pdf = drawn.map_err(Fault::internal)?.map_err(Fault::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, "inline; filename=\"run-sheet.pdf\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("application/pdf")
        .body(pdf))
}

/// The sheet: whoever has a table or had one, in the order in which the database has them, which is by arrival.
fn of(night: &Event, all: &[Reservation], lang: Language, mode: Mode, now: DateTime<Utc>) -> RunSheet {
    let zone: Tz = night.row.time_zone.parse().unwrap_or(Tz::UTC);
    let t = |key: &str| text(lang, &format!("tables-desk-{key}"), &[]);
    let stands =
        |row: &&Reservation| row.state().is_some_and(|state| state.is_live() || state == State::Closed);
    let rows: Vec<&Reservation> = all.iter().filter(stands).collect();
    RunSheet {
        language: lang,
        mode,
        club: text(lang, "shared-club", &[]),
        title: text(lang, "tables-desk-title", &[("night", &night.row.title)]),
        line: format::night(lang, night.row.starts_at, night.row.ends_at, zone),
        sums: if rows.is_empty() { String::new() } else { sums(night, &rows, lang) },
        head: ["arrives", "table", "who", "wishes", "bottles", "minimum", "deposit", "balance", "by", "tab"]
            .map(t),
        rows: rows.into_iter().map(|row| party(row, lang, zone)).collect(),
        empty: t("empty"),
        footer: text(lang, "tables-desk-made", &[("time", &format::date_time(lang, now, zone))]),
        made_at: now,
    }
}

fn sums(night: &Event, rows: &[&Reservation], lang: Language) -> String {
    let currency: Currency = night.row.currency.parse().unwrap_or(Currency::Eur);
    let sum =
        |each: fn(&Reservation) -> i64| rows.iter().fold(0_i64, |sum, row| sum.saturating_add(each(row)));
    let money = |minor| format::money(lang, Money::new(minor, currency));
    let minimum = money(sum(|row| row.minimum_minor));
    let balance = money(sum(owed));
    text(
        lang,
        "tables-desk-sums",
        &[
            ("parties", &rows.len()),
            ("people", &sum(|row| row.party)),
            ("minimum", &minimum),
            ("balance", &balance),
        ],
    )
}

/// What is still to be paid at the venue; the bill of a closed table is settled.
fn owed(row: &Reservation) -> i64 {
    if row.state() == Some(State::Closed) { 0 } else { row.balance_minor }
}

fn party(row: &Reservation, lang: Language, zone: Tz) -> RunSheetRow {
    let currency: Currency = row.currency.parse().unwrap_or(Currency::Eur);
    let money = |minor| format::money(lang, Money::new(minor, currency));
    let t = |key: &str| text(lang, &format!("tables-desk-{key}"), &[]);
    let tables = row.tables();
    let labels: Vec<&str> = tables.iter().map(|table| table.label.as_str()).collect();
    let mut who = vec![row.booker_name.clone(), text(lang, "reservations-people", &[("count", &row.party)])];
    match row.state() {
        Some(State::CheckedIn) => who.push(t("inside")),
        Some(State::Closed) => who.push(t("closed")),
        _ => {}
    }
    let named = |key: &str, name: &String| text(lang, &format!("tables-desk-{key}"), &[("name", name)]);
    let by = [("host", &row.host), ("promoter", &row.promoter)];
    let bottles = row
        .preorder()
        .into_iter()
        .map(|item| text(lang, "tables-desk-bottle", &[("count", &item.quantity), ("name", &item.name)]));
    RunSheetRow {
        arrives: format::time(lang, row.arrives_at, zone),
        table: short(&labels),
        who,
        wishes: [&row.occasion, &row.wish].into_iter().filter(|said| !said.is_empty()).cloned().collect(),
        bottles: bottles.collect(),
        minimum: money(row.minimum_minor),
        deposit: match row.state() {
            Some(State::Pending) if row.deposit_minor > 0 => t("unpaid"),
            _ => money(row.deposit_minor),
        },
        balance: money(owed(row)),
        by: by.into_iter().filter(|(_, name)| !name.is_empty()).map(|(key, name)| named(key, name)).collect(),
    }
}
