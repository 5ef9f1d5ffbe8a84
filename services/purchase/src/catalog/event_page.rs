//! `GET /e/{slug}`: the poster, what is on sale, and the form that buys it. Also shown again by the form's handler, with
//! what the guest had written and what was wrong with it.

mod total;
mod trouble;

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::money::Money;
use domain::night::BusinessNight;
use serde::Deserialize;
use ui::{Shell, Site, format, text};
use web::{ClientAddress, Fault, Locale, MaybeGuest};

use self::total::{Total, total};
use self::trouble::{Notice, key_of, notice};
use super::amounts::{self, AmountField};
use super::list_page::{State, state};
use super::night::{Night, OnSale};
use super::offers::{Row, print_of, row};
use super::questions::{self, Asking};
use crate::Shop;
use crate::presales;
use crate::reminders::{self, ask::Reminder};
use crate::tables::page::{self as tables_page, OnNight};
use crate::waiting_room;
use crate::waiting_room::guard::{self, Look};
use crate::waitlist::part::{self as line, Part};

pub use self::trouble::Trouble;
pub(crate) use self::trouble::answer_faults;

/// What the guest had written.
#[derive(Debug, Clone, Default)]
pub struct Entered {
    /// Quantities by ticket type.
    pub quantities: HashMap<String, String>,
    /// Prices that the guest names, by ticket type.
    pub amounts: HashMap<String, String>,
    /// Answers by their places.
    pub answers: HashMap<String, String>,
    /// Name.
    pub name: String,
    /// Email.
    pub email: String,
    /// Promo code.
    pub promo: String,
    /// Opens a private night or hidden types; in the address and in the form.
    pub access_code: String,
    /// The form's own key: a second tap is the same order.
    pub form_key: String,
}

/// What may stand in the page's address.
#[derive(Debug, Default, Deserialize)]
pub struct PageQuery {
    /// An access code.
    #[serde(default)]
    code: String,
    /// A promo code: links carry it.
    #[serde(default)]
    promo: String,
    /// The ticket type whose line was joined just before.
    #[serde(default)]
    joined: String,
    /// A reminder was asked for just before.
    #[serde(default)]
    reminded: String,
}

/// A fresh random key for a form.
pub fn new_key() -> String {
    URL_SAFE_NO_PAD.encode([*uuid::Uuid::new_v4().as_bytes(), *uuid::Uuid::new_v4().as_bytes()].concat())
}

#[derive(Template)]
#[template(path = "catalog/event.html")]
struct EventPage<'a> {
    shell: Shell,
    night: &'a Night,
    date: String,
    line: String,
    zone: String,
    paragraphs: Vec<&'a str>,
    state: State,
    rows: Vec<Row<'a>>,
    /// What is shown, for the stream of what changes.
    seen: String,
    room: Room,
    /// Where guests name the price.
    amounts: Vec<AmountField>,
    entered: Entered,
    notice: Option<Notice>,
    /// What is wrong with the access code, empty for nothing; `None` where there is nothing to open with one.
    access: Option<String>,
    name_error: String,
    email_error: String,
    promo_error: String,
    total: Total,
    zero: String,
    money_script: String,
    live_script: String,
    asking: Option<Asking>,
    /// Where the sale has yet to begin.
    reminder: Option<Reminder>,
    reminder_error: String,
    waitlist: Option<Part>,
    /// What there is to say of the night's tables, where they can be booked.
    tables: Option<OnNight>,
}

impl EventPage<'_> {
    /// Whether the total has no fee in it.
    fn is_without_fee(&self) -> bool {
        !self.total.fee
    }
}

/// The waiting room, as far as this guest has to know of it.
#[derive(Default)]
struct Room {
    /// Others are first.
    waits: bool,
    /// It is this guest's turn.
    turn: bool,
    minutes: i64,
    /// Where the guest waits.
    path: String,
}

/// Shows the page.
pub async fn show(
    shop: Data<Shop>,
    slug: Path<String>,
    locale: Locale,
    query: Query<PageQuery>,
    (from, guest): (ClientAddress, MaybeGuest),
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let PageQuery { code, promo, joined, reminded } = query.into_inner();
    let reminder = Reminder { asked: !reminded.is_empty(), ..Reminder::default() };
    // Who is signed in need not type it again.
    let (name, email) =
        guest.0.map(|guest| (guest.name, guest.email.unwrap_or_default())).unwrap_or_default();
    let entered =
        Entered { name, email, form_key: new_key(), access_code: code, promo, ..Entered::default() };
    if let Some(night) = shop.shelf.night(&slug, shop.clock.now()).await? {
        let code = presales::known_as(&shop, night.id, entered.code()).await?;
        shop.tries.access(&from, &night, code.as_deref())?;
    }
    render(&shop, &slug, locale, &request, entered, Before { joined, reminder, ..Before::default() }).await
}

/// Shows the page again with what was wrong.
pub async fn again(
    shop: &Shop,
    slug: &str,
    locale: Locale,
    request: &HttpRequest,
    entered: Entered,
    trouble: Trouble,
) -> Result<HttpResponse, Fault> {
    let before = Before { trouble: Some(trouble), ..Before::default() };
    render(shop, slug, locale, request, entered, before).await
}

/// Shows the page again with what was wrong with the wish to stand in line.
pub async fn again_in_line(
    shop: &Shop,
    slug: &str,
    locale: Locale,
    request: &HttpRequest,
    access_code: String,
    written: line::Written,
    faults: line::Faults,
) -> Result<HttpResponse, Fault> {
    let entered = Entered { form_key: new_key(), access_code, ..Entered::default() };
    render(shop, slug, locale, request, entered, Before { written, faults, ..Before::default() }).await
}

/// Shows the page again with what was wrong with the wish to be reminded.
pub(crate) async fn again_for_reminder(
    shop: &Shop,
    slug: &str,
    locale: Locale,
    request: &HttpRequest,
    reminder: Reminder,
) -> Result<HttpResponse, Fault> {
    let entered = Entered { form_key: new_key(), ..Entered::default() };
    render(shop, slug, locale, request, entered, Before { reminder, ..Before::default() }).await
}

/// What there is to say about what the guest did just before.
#[derive(Default)]
struct Before {
    trouble: Option<Trouble>,
    written: line::Written,
    faults: line::Faults,
    joined: String,
    reminder: Reminder,
}

async fn render(
    shop: &Shop,
    slug: &str,
    locale: Locale,
    request: &HttpRequest,
    entered: Entered,
    before: Before,
) -> Result<HttpResponse, Fault> {
    let (now, lang) = (shop.clock.now(), locale.0);
    let whole = shop.shelf.night(slug, now).await?.ok_or_else(Fault::not_found)?;
    let code = presales::known_as(shop, whole.id, entered.code()).await?;
    let access = access(&whole, code.as_deref(), lang);
    let night = whole.open_to(code.as_deref()).ok_or_else(Fault::not_found)?;
    let status = match &before.trouble {
        Some(trouble) => trouble.status,
        None if before.faults.is_empty() && before.reminder.fault.is_none() => StatusCode::OK,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let look = guard::look(&shop.rooms, request, night.id);
    let room = Room {
        waits: look == Look::Wait,
        turn: look == Look::Turn,
        minutes: shop.rooms.pace.turn.num_minutes(),
        path: waiting_room::page::path(&night.slug, &entered.access_code, &entered.promo),
    };
    let tables = tables_page::on_night(shop, &night, lang).await?;
    let page = EventPage { access, room, tables, ..page(shop, &night, lang, request, entered, before, now) };
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page.render()?))
}

fn page<'a>(
    shop: &Shop,
    night: &'a Night,
    lang: Language,
    request: &HttpRequest,
    entered: Entered,
    before: Before,
    now: DateTime<Utc>,
) -> EventPage<'a> {
    let Before { mut trouble, written, faults, joined, reminder } = before;
    let answers = trouble.as_mut().map(|trouble| std::mem::take(&mut trouble.answers)).unwrap_or_default();
    let trouble = trouble.as_ref();
    let line = format::night(lang, night.starts_at, night.ends_at, night.tz);
    let shell = Shell::new(Site::Tickets, lang, night.title.clone(), &shop.site)
        .at(crate::path_of(request))
        .described(format!("{line} {}", night.venue_name));
    let field =
        |code: Option<&'static str>| code.map(|code| text(lang, &key_of(code), &[])).unwrap_or_default();
    let zero = format::money(lang, Money::zero(night.currency));
    let rows: Vec<Row<'_>> =
        night.types.iter().map(|kind| row(kind, night, lang, entered.chosen_of(kind), now)).collect();
    EventPage {
        // The evening's date, as on the poster: doors at half past midnight belong to the evening before.
        date: format::calendar_date(lang, BusinessNight::of(night.starts_at, night.tz).date()),
        zone: format::zone(lang, night.tz),
        paragraphs: night.description.split("\n\n").map(str::trim).filter(|p| !p.is_empty()).collect(),
        state: state(night.offer(now), lang, night),
        seen: print_of(rows.iter().map(Row::print)),
        rows,
        amounts: amounts::of(night, lang, &entered, now),
        notice: trouble.and_then(|trouble| trouble.notice.as_ref()).map(|said| notice(lang, said)),
        access: None,
        tables: None,
        room: Room::default(),
        name_error: field(trouble.and_then(|trouble| trouble.name)),
        email_error: field(trouble.and_then(|trouble| trouble.email)),
        promo_error: field(trouble.and_then(|trouble| trouble.promo)),
        total: total(lang, night, &entered, now).unwrap_or_else(|| Total { text: zero.clone(), fee: false }),
        zero,
        money_script: crate::assets::url("total.js"),
        live_script: crate::assets::url("live.js"),
        asking: questions::of(night, lang, &entered, &answers, now),
        reminder_error: field(reminder.fault),
        reminder: Some(reminder).filter(|_| reminders::ask::offered(night, night.offer(now))),
        waitlist: line::of(night, lang, now, written, faults, &joined),
        shell,
        night,
        line,
        entered,
    }
}

/// Whether to ask for an access code, and what is wrong with the one that was given. Nothing is said of what it would open.
/// The address of a private night carries the night's own code, which another would replace.
fn access(night: &Night, code: Option<&str>, lang: Language) -> Option<String> {
    let hidden =
        |code: Option<&str>| night.types.iter().filter(|kind| !kind.priced.terms.is_open_to(code)).count();
    let (in_all, left) = (hidden(None), hidden(code));
    if left == 0 || !night.terms.is_open_to(None) {
        return None;
    }
    let wrong = code.is_some() && left == in_all;
    Some(if wrong { text(lang, "purchase-access-wrong", &[]) } else { String::new() })
}

impl Entered {
    /// How many of a type.
    fn chosen_of(&self, kind: &OnSale) -> String {
        self.quantities.get(&kind.id.to_string()).cloned().unwrap_or_else(|| "0".to_owned())
    }

    /// The access code, if one was named.
    pub(crate) fn code(&self) -> Option<&str> {
        Some(self.access_code.trim()).filter(|code| !code.is_empty())
    }
}
