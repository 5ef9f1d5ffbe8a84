//! `/admin/shifts`: when somebody works, for themselves; as a file for their calendar too.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono_tz::Tz;
use documents::{CalendarShift, shifts_calendar};
use domain::language::Language;
use ui::{Shell, format};
use web::can::Anything;
use web::{Fault, Locale};

use super::store::{self, OwnShift};
use super::times::Hours;
use crate::Desk;
use crate::staff::Member;
use crate::views::{self, Room};

#[derive(Template)]
#[template(path = "shifts/mine.html")]
struct MinePage {
    shell: Shell,
    style: String,
    lines: Vec<Line>,
}

struct Line {
    title: String,
    when: String,
    iso: String,
    post: String,
    note: String,
    place: String,
    cancelled: bool,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    member: Member<Anything>,
) -> Result<HttpResponse, Fault> {
    let shifts = coming(&desk, &member).await?;
    let title = ui::text(locale.0, "shifts-mine", &[]);
    let shell = views::desk_shell(&desk, &request, locale, &member, Room::Shifts, &title);
    let lines = shifts.into_iter().map(|shift| line(locale.0, shift)).collect();
    views::private(StatusCode::OK, &MinePage { style: crate::assets::url("admin.css"), lines, shell })
}

/// `/admin/shifts.ics`.
pub async fn calendar(
    desk: Data<Desk>,
    locale: Locale,
    member: Member<Anything>,
) -> Result<HttpResponse, Fault> {
    let shifts = coming(&desk, &member).await?;
    let shifts: Vec<_> = shifts.into_iter().map(|shift| entry(&desk, locale.0, shift)).collect();
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"shifts.ics\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("text/calendar; charset=utf-8; method=PUBLISH")
        .body(shifts_calendar(&shifts, desk.clock.now())))
}

/// Theirs that are not over. Who has yet to set up their second factor does that first.
async fn coming(desk: &Desk, member: &Member<Anything>) -> Result<Vec<OwnShift>, Fault> {
    if member.must_set_up() {
        let fault = Fault::new(StatusCode::FORBIDDEN, "second_factor_missing");
        return Err(fault.message("proofs-error-set-up", &[]));
    }
    let mut conn = desk.db.conn().await?;
    Ok(store::coming(&mut conn, member.id.uuid(), desk.clock.now()).await?)
}

fn line(lang: Language, shift: OwnShift) -> Line {
    let zone: Tz = shift.time_zone.parse().unwrap_or(Tz::UTC);
    Line {
        when: Hours { starts: shift.starts_at, ends: shift.ends_at }.said(lang, zone),
        iso: format::iso(shift.starts_at),
        place: shift.venue_name,
        title: shift.title,
        post: shift.post,
        note: shift.note,
        cancelled: shift.cancelled,
    }
}

fn entry(desk: &Desk, lang: Language, shift: OwnShift) -> CalendarShift {
    CalendarShift {
        uid: format!("{}@{}", shift.id, host(&desk.links.marketing)),
        sequence: u32::try_from(shift.revision).unwrap_or_default(),
        starts: shift.starts_at,
        ends: shift.ends_at,
        title: ui::text(lang, "shifts-calendar", &[("post", &shift.post), ("night", &shift.title)]),
        place: format!("{}, {}", shift.venue_name, shift.venue_address),
        note: shift.note,
        cancelled: shift.cancelled,
    }
}

/// `yourclub.com` of `https://yourclub.com`.
fn host(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, host)| host)
}
