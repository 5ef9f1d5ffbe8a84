//! `GET /e/{slug}/tables`: the night's floor plan as a drawing, and the same tables as a list. What the address says of the party leaves out
//! the tables that are too small; without a script the page says how it was a moment ago.

use std::sync::Arc;

use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::language::Language;
use domain::money::Money;
use domain::night::BusinessNight;
use serde::Deserialize;
use ui::{Shell, Site, format, text};
use web::{ClientAddress, Fault, Locale};

use super::draw::{self, Drawing, Spot};
use super::floor::{Look, TableState};
use super::line::part::{self, Faults, Part, Written};
use super::plan::{Plan, Table};
use crate::catalog::night::Night;
use crate::{Shop, presales};

/// What may stand in the page's address.
#[derive(Debug, Default, Deserialize)]
pub struct PlanQuery {
    /// An access code.
    #[serde(default)]
    pub(super) code: String,
    /// How many people come.
    #[serde(default)]
    pub(super) party: String,
    /// Who waits for a table by now is told so.
    #[serde(default)]
    pub(super) joined: String,
}

impl PlanQuery {
    /// How many people come, if the address says so.
    pub(super) fn party(&self) -> Option<i64> {
        self.party.trim().parse().ok().filter(|party| (1..=1000).contains(party))
    }
}

#[derive(Template)]
#[template(path = "tables/plan.html")]
struct PlanPage<'a> {
    shell: Shell,
    night: &'a Night,
    date: String,
    line: String,
    drawing: Drawing<'a>,
    tables: Vec<Shown<'a>>,
    legend: Vec<(&'static str, String)>,
    /// What stands on the way to each table.
    choose: String,
    /// How many people come, as it was asked.
    party: String,
    /// The most that any table takes.
    most: i64,
    free: String,
    /// What the script says of so many free tables: none, one, more.
    counts: [String; 3],
    seen: String,
    revision: i64,
    code: &'a str,
    /// Where a guest asks to be told of a table, if none is free.
    waiting: Option<Part>,
    script: String,
    style: String,
}

impl PlanPage<'_> {
    /// Whether no table that fits is free.
    fn none_free(&self) -> bool {
        self.free == self.counts[0]
    }
}

/// A table as a guest reads it.
pub(super) struct Shown<'a> {
    pub table: &'a Table,
    pub spot: Spot,
    pub name: String,
    pub href: String,
    pub state: &'static str,
    pub word: String,
    /// In the drawing, beneath the label of a free one.
    pub note: String,
    /// What there is to know but how it stands, in one sentence.
    pub said: String,
    pub place: String,
    pub minimum: String,
    pub deposit: String,
    /// Whether it is large enough.
    pub fits: bool,
}

impl Shown<'_> {
    /// Whether guests can look at it closer.
    fn opens(&self) -> bool {
        self.table.for_sale
    }
}

/// A night that this guest may see, and that is not over.
pub(crate) async fn night_for(
    shop: &Shop,
    slug: &str,
    code: &str,
    from: &ClientAddress,
) -> Result<Arc<Night>, Fault> {
    let (now, code) = (shop.clock.now(), Some(code.trim()).filter(|code| !code.is_empty()));
    let night = shop.shelf.night(slug, now).await?.ok_or_else(Fault::not_found)?;
    let code = presales::known_as(shop, night.id, code).await?;
    shop.tries.access(from, &night, code.as_deref())?;
    night.open_to(code.as_deref()).filter(|night| night.ends_at > now).ok_or_else(Fault::not_found)
}

/// Shows the plan.
pub async fn show(
    shop: Data<Shop>,
    slug: Path<String>,
    locale: Locale,
    query: Query<PlanQuery>,
    from: ClientAddress,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let night = night_for(&shop, &slug, &query.code, &from).await?;
    let look = shop.floor.see(night.id).await?.ok_or_else(Fault::not_found)?;
    let waiting = part::of(&look, &query, Written::default(), Faults::default(), locale.0);
    let page = page(&shop, &night, &look, &query, locale.0, &request);
    let html = PlanPage { waiting, ..page }.render()?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html))
}

/// Shows the plan again, with what was wrong with a wish to be told of a table.
pub(super) fn again(
    shop: &Shop,
    night: &Night,
    look: &Look,
    query: &PlanQuery,
    lang: Language,
    request: &HttpRequest,
    waiting: Option<Part>,
) -> Result<HttpResponse, Fault> {
    let mut page = page(shop, night, look, query, lang, request);
    // The other language is the plan's own page: the form's address shows none.
    let plan = format!("/e/{}/tables", night.slug);
    page.shell = page.shell.at(&if page.code.is_empty() {
        plan
    } else {
        format!("{plan}?code={}", encoded(page.code))
    });
    page.waiting = waiting;
    let html = page.render()?;
    Ok(HttpResponse::UnprocessableEntity().content_type("text/html; charset=utf-8").body(html))
}

fn page<'a>(
    shop: &Shop,
    night: &'a Night,
    look: &'a Look,
    query: &'a PlanQuery,
    lang: Language,
    request: &HttpRequest,
) -> PlanPage<'a> {
    let line = format::night(lang, night.starts_at, night.ends_at, night.tz);
    let title = text(lang, "tables-page-title", &[("night", &night.title)]);
    let shell = Shell::new(Site::Tickets, lang, title, &shop.site)
        .at(crate::path_of(request))
        .described(text(lang, "tables-lead", &[]));
    let party = query.party();
    let legend: Vec<(&'static str, String)> =
        TableState::ALL.iter().map(|state| (state.code(), word(*state, lang))).collect();
    let shown = |(table, state): (&'a Table, TableState)| {
        let word = legend.iter().find(|(code, _)| *code == state.code()).map(|(_, word)| word.clone());
        Shown { word: word.unwrap_or_default(), ..shown(table, state, night, &look.plan, query, lang) }
    };
    let tables: Vec<Shown<'a>> = look.tables().map(shown).collect();
    let free = tables.iter().filter(|each| each.fits && each.state == TableState::Free.code()).count();
    PlanPage {
        date: format::calendar_date(lang, BusinessNight::of(night.starts_at, night.tz).date()),
        drawing: draw::drawing(&look.plan, &shop.site.marketing, lang),
        party: party.map(|party| party.to_string()).unwrap_or_default(),
        most: look.plan.tables.iter().map(|table| table.seats).max().unwrap_or(1),
        free: text(lang, "tables-free", &[("count", &free)]),
        counts: [0_i64, 1, 2].map(|count| text(lang, "tables-free", &[("count", &count)])),
        seen: look.print.clone(),
        revision: look.plan.revision,
        code: query.code.trim(),
        waiting: None,
        script: crate::assets::url("tables.js"),
        style: crate::assets::url("tables.css"),
        choose: text(lang, "tables-choose", &[]),
        tables,
        legend,
        shell,
        night,
        line,
    }
}

fn shown<'a>(
    table: &'a Table,
    state: TableState,
    night: &Night,
    plan: &'a Plan,
    query: &PlanQuery,
    lang: Language,
) -> Shown<'a> {
    let (name, seats) = (name(table, lang), seats(table, lang));
    let minimum = minimum(table, night, lang);
    let room = plan.room_of(table);
    let place = if room.is_empty() { seats.clone() } else { format!("{room} · {seats}") };
    let note = match table.minimum_minor {
        0 => table.seats.to_string(),
        minor => short(lang, Money::new(minor, night.currency)),
    };
    Shown {
        spot: draw::spot(table, &note),
        href: href(&night.slug, table, query),
        state: state.code(),
        word: String::new(),
        said: format!("{name}, {seats}, {minimum}"),
        deposit: deposit(table, night, lang),
        fits: query.party().is_none_or(|party| table.seats >= party),
        note,
        place,
        minimum,
        name,
        table,
    }
}

/// The address of a table's sheet, with what the plan's own says.
fn href(slug: &str, table: &Table, query: &PlanQuery) -> String {
    let party = query.party().map(|party| format!("party={party}"));
    let code = Some(query.code.trim()).filter(|code| !code.is_empty());
    let code = code.map(|code| format!("code={}", encoded(code)));
    let query: Vec<String> = [party, code].into_iter().flatten().collect();
    let path = format!("/e/{slug}/tables/{}", table.id);
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

/// A text as a part of an address.
pub(super) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    let letter = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(letter).collect()
}

/// "Table 12".
pub(super) fn name(table: &Table, lang: Language) -> String {
    text(lang, "tables-table", &[("label", &table.label)])
}

/// "up to 8 people".
pub(super) fn seats(table: &Table, lang: Language) -> String {
    text(lang, "tables-seats", &[("seats", &table.seats)])
}

fn minimum(table: &Table, night: &Night, lang: Language) -> String {
    match table.minimum_minor {
        0 => text(lang, "tables-no-minimum", &[]),
        minor => {
            let amount = short(lang, Money::new(minor, night.currency));
            text(lang, "tables-minimum", &[("amount", &amount)])
        }
    }
}

fn deposit(table: &Table, night: &Night, lang: Language) -> String {
    match table.deposit_minor {
        0 => text(lang, "tables-no-deposit", &[]),
        minor => {
            let amount = short(lang, Money::new(minor, night.currency));
            text(lang, "tables-deposit", &[("amount", &amount)])
        }
    }
}

/// How a table stands, in a word.
pub(super) fn word(state: TableState, lang: Language) -> String {
    text(lang, &format!("tables-state-{}", state.code()), &[])
}

/// An amount without its cents where there are none.
pub(super) fn short(lang: Language, amount: Money) -> String {
    let text = format::money(lang, amount);
    let whole = amount.currency().exponent() == 2 && amount.minor() % 100 == 0;
    let cents = [text.rfind(".00"), text.rfind(",00")].into_iter().flatten().max().filter(|_| whole);
    match cents {
        Some(at) => [&text[..at], &text[at + 3..]].concat(),
        None => text,
    }
}

/// What the night's own page says of its tables, where the plan is open.
pub(crate) struct OnNight {
    /// How many are free.
    pub free: String,
    /// From how much on, where there is a minimum.
    pub from: String,
}

/// The same of a night.
pub(crate) async fn on_night(shop: &Shop, night: &Night, lang: Language) -> Result<Option<OnNight>, Fault> {
    let Some(look) = shop.floor.see(night.id).await?.filter(|_| night.ends_at > shop.clock.now()) else {
        return Ok(None);
    };
    let free = look.tables().filter(|(_, state)| *state == TableState::Free);
    let minimums: Vec<i64> = free.map(|(table, _)| table.minimum_minor).collect();
    let from = minimums.iter().copied().min().filter(|minor| *minor > 0);
    let from = from.map(|minor| {
        let amount = short(lang, Money::new(minor, night.currency));
        text(lang, "tables-from", &[("amount", &amount)])
    });
    let free = text(lang, "tables-free", &[("count", &minimums.len())]);
    Ok(Some(OnNight { free, from: from.unwrap_or_default() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Currency;

    #[test]
    fn cents_are_left_out_where_there_are_none() {
        let euros = |minor| Money::new(minor, "EUR".parse::<Currency>().expect("euros"));
        assert_eq!(short(Language::En, euros(50_000)), "500\u{a0}€");
        assert_eq!(short(Language::En, euros(10_000_000)), "100,000\u{a0}€");
        assert_eq!(short(Language::Es, euros(10_000_000)), "100.000\u{a0}€");
        assert_eq!(short(Language::Es, euros(50_050)), "500,50\u{a0}€");
    }

    #[test]
    fn what_stands_in_an_address_is_encoded() {
        assert_eq!(encoded("deck 26&x=1"), "deck%2026%26x%3D1");
    }
}
