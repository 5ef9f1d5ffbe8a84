//! `POST /e/{slug}/tables/{table}`: the booking form of a table's sheet. It works without JavaScript; what was wrong is shown where it
//! stands, with what the guest had written.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use ui::{Argument, Told, text};
use uuid::Uuid;
use web::redirect::see_other;
use web::{ClientAddress, Fault, Locale, MaybeGuest, PageForm};

use super::request;
use super::wish::BookingWish;
use crate::catalog::event_page;
use crate::catalog::store::EventRow;
use crate::checkout::form::place_or_anew;
use crate::checkout::wish::Complaint;
use crate::inventory::HoldRequest;
use crate::payments::resume::Next;
use crate::tables::page::night_for;
use crate::tables::sheet;
use crate::waiting_room::guard::{self, Turn};
use crate::waiting_room::page::send_to_wait_for;
use crate::{Shop, accounts, catalog};

/// Before the key of a bottle's quantity.
pub const BOTTLE: &str = "bottle-";

/// Takes the form.
pub async fn submit(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    locale: Locale,
    from: ClientAddress,
    guest: MaybeGuest,
    http: HttpRequest,
    form: PageForm<HashMap<String, String>>,
) -> Result<HttpResponse, Fault> {
    let ((slug, table), mut form) = (path.into_inner(), form.into_inner());
    let lang = locale.0;
    let event = catalog::store::published(&mut *shop.db.conn().await?, &slug).await?;
    let event = event.ok_or_else(Fault::not_found)?;
    let key = form_key(&mut form);
    let hold = match read(&form, &event, table, lang).judge(&format!("table:{key}")) {
        Ok(hold) => HoldRequest { client: Some(from.as_str().to_owned()), ..hold },
        Err(complaints) => {
            // The sheet tells a good code from a wrong one.
            night_for(&shop, &slug, form.get("code").map_or("", String::as_str), &from).await?;
            let faults: Vec<_> = complaints.iter().map(|found| of_complaint(found, lang)).collect();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return sheet::render(&shop, &slug, table, &form, &faults, status, lang, &http).await;
        }
    };
    if request::is_asked_for(&shop, event.id).await? {
        return match Box::pin(request::ask(&shop, &event, &hold)).await {
            Ok(id) => Ok(see_other(&shop.links.request_path(id))),
            Err(fault) if !is_shown(&fault) => Err(fault),
            Err(fault) => {
                let (faults, status) = ([of_fault(&fault, lang)], fault.status());
                sheet::render(&shop, &slug, table, &form, &faults, status, lang, &http).await
            }
        };
    }
    let pass = match guard::turn(&shop, &http, &from, &hold).await? {
        Turn::Go(pass) => pass,
        Turn::Wait(waiting) => {
            return Ok(send_to_wait_for(waiting, &slug, &sheet_of(&slug, table, &form)));
        }
    };
    // On the heap: Stripe's answers make it large.
    let placed = match Box::pin(place_or_anew(&shop, &from, hold)).await {
        Ok(placed) => placed,
        Err(fault) => {
            guard::settle(&shop, pass.as_ref(), &fault).await;
            if !is_shown(&fault) {
                return Err(fault);
            }
            let (faults, status) = ([of_fault(&fault, lang)], fault.status());
            let shown = sheet::render(&shop, &slug, table, &form, &faults, status, lang, &http).await;
            return match shown {
                // What is not for sale any more has no sheet: the refusal has a page of its own.
                Err(gone) if gone.status() == StatusCode::NOT_FOUND => Err(fault),
                shown => shown,
            };
        }
    };
    accounts::claim(&shop, placed.id, guest.0.as_ref()).await;
    Ok(match placed.next {
        Next::PayAt(url) => see_other(&url),
        // The order's page says how it stands, and offers to pay again where the payment page could not be opened.
        Next::Look | Next::Busy | Next::Unavailable | Next::Closed => {
            see_other(&shop.links.path_of(placed.id, &placed.reference))
        }
    })
}

/// The form's own key: a second tap is the same booking. One without is still one booking; only a second tap would be another.
fn form_key(form: &mut HashMap<String, String>) -> String {
    let sound = |key: &&String| (16..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    let key = form.get("key").filter(sound).cloned().unwrap_or_else(event_page::new_key);
    form.insert("key".to_owned(), key.clone());
    key
}

/// The table's sheet, opened by the code that was named.
fn sheet_of(slug: &str, table: Uuid, form: &HashMap<String, String>) -> String {
    let code = form.get("code").map(|code| code.trim()).filter(|code| !code.is_empty());
    let code: String = code.unwrap_or_default().bytes().map(|byte| format!("%{byte:02X}")).collect();
    let query = if code.is_empty() { String::new() } else { format!("?code={code}") };
    format!("/e/{slug}/tables/{table}{query}")
}

fn read(form: &HashMap<String, String>, event: &EventRow, table: Uuid, language: Language) -> BookingWish {
    let said = |name: &str| form.get(name).cloned().unwrap_or_default();
    let mut ordered: Vec<(String, Option<i64>)> = form
        .iter()
        .filter_map(|(name, quantity)| Some((name.strip_prefix(BOTTLE)?, quantity.trim())))
        // A bottle left at nothing is not ordered; anything else is judged as it was written.
        .filter(|(_, quantity)| !matches!(*quantity, "" | "0"))
        .map(|(bottle, quantity)| (bottle.to_owned(), quantity.parse().ok()))
        .collect();
    ordered.sort();
    BookingWish {
        event: event.slug.clone(),
        table: table.to_string(),
        name: said("name"),
        email: said("email"),
        party: said("party").trim().parse().ok(),
        arrives_at: arrival(said("arrives").trim(), event),
        occasion: said("occasion"),
        wish: said("wish"),
        host: said("host"),
        preorder: ordered,
        access_code: said("code"),
        language,
    }
}

/// The instant that an hour of the night is: of the evening, or past midnight where it is earlier than the doors.
pub(crate) fn arrival(hour: &str, event: &EventRow) -> Option<DateTime<Utc>> {
    let hour = NaiveTime::parse_from_str(hour, "%H:%M").ok()?;
    let tz: Tz = event.time_zone.parse().unwrap_or_default();
    let doors = event.entry_from.with_timezone(&tz).date_naive();
    let on = |days: u64| {
        let day = doors.checked_add_days(Days::new(days))?;
        // Of an hour that the clocks repeat, the later one.
        tz.from_local_datetime(&day.and_time(hour)).latest().map(|at| at.with_timezone(&Utc))
    };
    // What is chosen has no seconds, and doors may have.
    let least = event.entry_from - chrono::TimeDelta::minutes(1);
    on(0).filter(|at| *at > least).or_else(|| on(1)).map(|at| at.max(event.entry_from))
}

/// Whether the sheet can say it; other faults have a page of their own.
fn is_shown(fault: &Fault) -> bool {
    matches!(fault.status(), StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY)
}

/// The form's field, and what is said beside it.
fn of_complaint(found: &Complaint, lang: Language) -> (String, String) {
    (field(&found.field), words(lang, found.code))
}

/// The field of a refusal, empty for the whole of it, and what is said of it.
fn of_fault(fault: &Fault, lang: Language) -> (String, String) {
    let name = fault.fields().first().map(|problem| field(&problem.field)).unwrap_or_default();
    let Some((key, arguments)) = fault.own_message() else { return (name, words(lang, fault.code())) };
    let told: Vec<(&'static str, Told<'_>)> =
        arguments.iter().map(|(name, value)| (*name, Told(value))).collect();
    let told: Vec<(&'static str, &dyn Argument)> =
        told.iter().map(|(name, value)| (*name, value as &dyn Argument)).collect();
    (name, text(lang, key, &told))
}

/// What the form calls a field of the API.
fn field(path: &str) -> String {
    let name = match path {
        "buyer.name" => "name",
        "buyer.email" => "email",
        "arrives_at" => "arrives",
        "table" => "",
        path if path.starts_with("preorder") => "preorder",
        path => path,
    };
    name.to_owned()
}

fn words(lang: Language, code: &str) -> String {
    let key = match code {
        "invalid_party" => "booking-error-party-number",
        "invalid_arrival" => "booking-error-arrival",
        "invalid_text" => "booking-error-text",
        "unknown_table" => "booking-error-unknown-table",
        "unknown_bottle" => "booking-error-bottle",
        code => return text(lang, &format!("shared-error-{}", code.replace('_', "-")), &[]),
    };
    text(lang, key, &[])
}
