//! `GET /e/{slug}/tables/{table}`: one table, what it costs, and the form that books it. Also shown again by the form's handler
//! ([`crate::reservations`]), with what the guest had written and what was wrong with it.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::language::Language;
use domain::money::Money;
use domain::night::BusinessNight;
use domain::reservation::balance_minor;
use ui::{Shell, Site, format, text};
use uuid::Uuid;
use web::{ClientAddress, Fault, Locale, MaybeGuest};

use super::draw;
use super::floor::{Look, TableState};
use super::line::part::{self, Faults, Part, Written};
use super::page::{self, PlanQuery, short};
use super::plan::{self, Bottle, Plan, Table};
use crate::catalog::event_page::new_key;
use crate::catalog::night::Night;
use crate::{Shop, presales};

/// Before the key of a bottle's quantity.
const BOTTLE: &str = "bottle-";
/// Most bottles of one kind that the form offers.
const MOST_BOTTLES: i64 = 20;

#[derive(Template)]
#[template(path = "tables/sheet.html")]
struct SheetPage<'a> {
    shell: Shell,
    night: &'a Night,
    table: &'a Table,
    name: String,
    /// Where it stands and for how many.
    place: String,
    date: String,
    line: String,
    state: &'static str,
    word: String,
    photo: String,
    minimum: String,
    deposit: String,
    balance: String,
    /// Nothing is paid at once.
    at_once_free: bool,
    /// When the table is lost to others; empty for never.
    late: String,
    /// It is asked for, and a host says yes first.
    asks_first: bool,
    /// Back to the plan.
    plan: String,
    form: Form<'a>,
    /// Where a guest asks to be told of a table, if this one is somebody's and none is free.
    waiting: Option<Part>,
    bottles: Vec<BottleField<'a>>,
    /// Most bottles of one kind.
    most: i64,
    /// Wishes are shown where the guest has written any.
    wishes_open: bool,
    style: String,
}

/// What the guest had written, and what was wrong with it.
struct Form<'a> {
    written: &'a HashMap<String, String>,
    faults: &'a [(String, String)],
    key: String,
    party: Vec<Choice>,
    arrives: Vec<Choice>,
}

/// One of several.
struct Choice {
    value: String,
    said: String,
    chosen: bool,
}

/// Some bottles of the menu.
struct BottleField<'a> {
    name: &'a str,
    field: String,
    price: String,
    value: &'a str,
}

impl Form<'_> {
    /// What stands in a field.
    fn of(&self, field: &str) -> &str {
        self.written.get(field).map_or("", String::as_str)
    }

    /// What was wrong with it; empty for nothing.
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|(name, _)| name == field).map_or("", |(_, said)| said.as_str())
    }

    /// What was wrong with nothing that has a field here.
    fn refusals(&self) -> Vec<&str> {
        const FIELDS: [&str; 7] = ["name", "email", "party", "arrives", "occasion", "wish", "host"];
        let other = self.faults.iter().filter(|(name, _)| !FIELDS.contains(&name.as_str()));
        other.map(|(_, said)| said.as_str()).collect()
    }
}

impl SheetPage<'_> {
    /// Whether it can be booked now.
    fn is_free(&self) -> bool {
        self.state == TableState::Free.code()
    }
}

/// Shows the sheet.
pub async fn show(
    shop: Data<Shop>,
    path: Path<(String, Uuid)>,
    locale: Locale,
    query: Query<PlanQuery>,
    (from, guest): (ClientAddress, MaybeGuest),
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let (slug, table) = path.into_inner();
    page::night_for(&shop, &slug, &query.code, &from).await?;
    // Who is signed in need not type it again.
    let (name, email) =
        guest.0.map(|guest| (guest.name, guest.email.unwrap_or_default())).unwrap_or_default();
    let party = query.party().map(|party| party.to_string()).unwrap_or_default();
    let form = [("name", name), ("email", email), ("party", party), ("code", query.code.trim().to_owned())];
    let form = form.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
    render(&shop, &slug, table, &form, &[], StatusCode::OK, locale.0, &request).await
}

/// Shows a table with what stands in its form (the form's own fields) and what was wrong with them: a field's name, or an empty one, and
/// what is said of it.
#[expect(clippy::too_many_arguments, reason = "what a form's handler has in its hands, each of its own kind")]
pub(crate) async fn render(
    shop: &Shop,
    slug: &str,
    table: Uuid,
    form: &HashMap<String, String>,
    faults: &[(String, String)],
    status: StatusCode,
    lang: Language,
    request: &HttpRequest,
) -> Result<HttpResponse, Fault> {
    let now = shop.clock.now();
    let code = form.get("code").map(|code| code.trim()).filter(|code| !code.is_empty());
    let night = shop.shelf.night(slug, now).await?.ok_or_else(Fault::not_found)?;
    let known = presales::known_as(shop, night.id, code).await?;
    let night = night.open_to(known.as_deref()).filter(|night| night.ends_at > now);
    let night = night.ok_or_else(Fault::not_found)?;
    let look = shop.floor.see(night.id).await?.ok_or_else(Fault::not_found)?;
    let found = look.plan.table(table).filter(|table| table.for_sale).ok_or_else(Fault::not_found)?;
    let sheet = Sheet { shop, night: &night, plan: &look.plan, table: found, state: look.state(table), lang };
    let shell = sheet.shell(request);
    let waiting = sheet.waiting(&look, form, code);
    let html = SheetPage { waiting, ..sheet.page(shell, form, faults, code) }.render()?;
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(html))
}

/// A table of a night, for a reader.
#[derive(Clone, Copy)]
struct Sheet<'a> {
    shop: &'a Shop,
    night: &'a Night,
    plan: &'a Plan,
    table: &'a Table,
    state: TableState,
    lang: Language,
}

impl<'a> Sheet<'a> {
    fn shell(self, request: &HttpRequest) -> Shell {
        let name = page::name(self.table, self.lang);
        let title = format!("{name} · {}", self.night.title);
        Shell::new(Site::Tickets, self.lang, title, &self.shop.site).at(crate::path_of(request))
    }

    fn page(
        self,
        shell: Shell,
        written: &'a HashMap<String, String>,
        faults: &'a [(String, String)],
        code: Option<&str>,
    ) -> SheetPage<'a> {
        let Self { night, table, lang, .. } = self;
        let money = |minor| short(lang, Money::new(minor, night.currency));
        let (room, seats) = (self.plan.room_of(table), page::seats(table, lang));
        let form = Form {
            key: written.get("key").cloned().unwrap_or_else(new_key),
            party: self.parties(written),
            arrives: self.arrivals(written),
            written,
            faults,
        };
        let query = code.map(|code| format!("?code={}", page::encoded(code))).unwrap_or_default();
        SheetPage {
            name: page::name(table, lang),
            place: if room.is_empty() { seats } else { format!("{room} · {seats}") },
            date: format::calendar_date(lang, BusinessNight::of(night.starts_at, night.tz).date()),
            line: format::night(lang, night.starts_at, night.ends_at, night.tz),
            state: self.state.code(),
            word: page::word(self.state, lang),
            photo: draw::address(&self.shop.site.marketing, &table.photo),
            minimum: money(table.minimum_minor),
            deposit: money(table.deposit_minor),
            balance: money(balance_minor(table.minimum_minor, 0, table.deposit_minor)),
            at_once_free: table.deposit_minor == 0,
            late: self.late(),
            asks_first: self.plan.asks_first,
            plan: format!("/e/{}/tables{query}", night.slug),
            bottles: self.plan.menu.iter().map(|bottle| self.bottle(bottle, written)).collect(),
            most: MOST_BOTTLES,
            wishes_open: ["occasion", "wish", "host"]
                .iter()
                .any(|field| !form.of(field).is_empty() || !form.fault(field).is_empty()),
            style: crate::assets::url("tables.css"),
            form,
            waiting: None,
            shell,
            night,
            table,
        }
    }

    /// What becomes of a table whose party is late.
    fn late(self) -> String {
        let (minutes, deposit) = (self.plan.late, self.table.deposit_minor);
        match (minutes, deposit) {
            (..=0, _) => String::new(),
            (_, 0) => text(self.lang, "tables-late-free", &[("minutes", &minutes)]),
            _ => text(self.lang, "tables-late", &[("minutes", &minutes)]),
        }
    }

    /// What was written to book it need not be typed again.
    fn waiting(self, look: &Look, form: &HashMap<String, String>, code: Option<&str>) -> Option<Part> {
        let written = |field: &str| form.get(field).map(|text| text.trim().to_owned()).unwrap_or_default();
        let query = PlanQuery {
            code: code.unwrap_or_default().to_owned(),
            party: written("party"),
            joined: String::new(),
        };
        let written = Written { party: String::new(), name: written("name"), email: written("email") };
        let had = matches!(self.state, TableState::Held | TableState::Taken);
        part::of(look, &query, written, Faults::default(), self.lang).filter(|_| had)
    }

    /// How many may come; two are chosen where nobody has said.
    fn parties(self, written: &HashMap<String, String>) -> Vec<Choice> {
        let seats = self.table.seats;
        let asked = written.get("party").and_then(|party| party.trim().parse::<i64>().ok());
        let chosen = asked.filter(|party| (1..=seats).contains(party)).unwrap_or_else(|| seats.min(2));
        let choice = |party: i64| {
            let value = party.to_string();
            Choice { said: value.clone(), chosen: party == chosen, value }
        };
        (1..=seats).map(choice).collect()
    }

    /// When a party may say that it arrives.
    fn arrivals(self, written: &HashMap<String, String>) -> Vec<Choice> {
        let asked = written.get("arrives").map(|hour| hour.trim());
        let (times, now) = (plan::arrivals(self.night.starts_at, self.night.ends_at), self.shop.clock.now());
        // Of a night that has begun, what is past is offered no more.
        let past = times.iter().take_while(|at| **at <= now).count().saturating_sub(1);
        let mut choices: Vec<Choice> = times
            .into_iter()
            .skip(past)
            .map(|at| format::time(self.lang, at, self.night.tz))
            .map(|hour| Choice { chosen: asked == Some(hour.as_str()), said: hour.clone(), value: hour })
            .collect();
        // Of an hour that the clocks repeat, one stands for both.
        choices.dedup_by(|later, earlier| later.value == earlier.value);
        choices
    }

    fn bottle(self, bottle: &'a Bottle, written: &'a HashMap<String, String>) -> BottleField<'a> {
        let field = format!("{BOTTLE}{}", bottle.bottle_id);
        let value = written.get(&field).map_or("0", String::as_str);
        let price = short(self.lang, Money::new(bottle.price_minor, self.night.currency));
        BottleField { name: &bottle.name, value, price, field }
    }
}
