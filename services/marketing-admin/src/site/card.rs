//! A night as guests see it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::event::SaleState;
use domain::event::terms::TicketKind;
use domain::ids::TicketTypeId;
use domain::language::Language;
use domain::money::{Currency, Money};
use domain::night::BusinessNight;
use domain::quote::{LineKind, Quote, QuoteItem, quote};
use domain::tier::Tier;
use ui::{Links, format};
use uuid::Uuid;

use crate::events::store::{Event, TicketTypeRow};

/// What the pages show of a night.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say it; all texts are in the reader's language")]
pub struct Card {
    pub id: String,
    pub slug: String,
    pub title: String,
    pub teaser: String,
    pub weekday: String,
    pub day: String,
    pub month: String,
    pub date: String,
    pub night: String,
    pub starts_iso: String,
    pub venue: String,
    pub address: String,
    pub zone: String,
    pub from: Option<String>,
    pub free: bool,
    /// Whether a service fee is part of `from`.
    pub fee: bool,
    pub open_now: bool,
    pub on_sale: bool,
    pub sold_out: bool,
    pub href: String,
    pub buy: String,
    pub poster: String,
    pub prices: Vec<Price>,
}

/// A ticket type as guests see it.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say it; all texts are in the reader's language")]
pub struct Price {
    pub name: String,
    pub description: String,
    pub total: String,
    /// Whether guests may pay more: it is what they name.
    pub upwards: bool,
    pub free: bool,
    pub fee: bool,
    pub opens: String,
    pub closed: bool,
    pub sold_out: bool,
}

impl Card {
    /// The card of an event at an instant. `gone`: the ticket types of which every place is sold.
    pub fn of(
        event: &Event,
        lang: Language,
        links: &Links,
        now: DateTime<Utc>,
        gone: &HashSet<Uuid>,
    ) -> Self {
        let row = &event.row;
        let zone: Tz = row.time_zone.parse().unwrap_or(Tz::UTC);
        let (weekday, day, month) = format::night_date(lang, row.starts_at, zone);
        let entries = shown(event).filter(|each| each.terms().kind == TicketKind::Entry);
        let open: Vec<_> = entries.filter(|each| state(each, event, now) != SaleState::Closed).collect();
        let sold_out = !open.is_empty() && open.iter().all(|each| gone.contains(&each.id));
        let left = open.into_iter().filter(|each| !gone.contains(&each.id));
        // A free type beside paid ones is no "free" night: as on the ticket site, the price is the cheapest paid one's.
        let cheapest = left
            .filter_map(|each| priced(each, event, now))
            .min_by_key(|quote| (quote.total.is_zero(), quote.total.minor()));
        Self {
            id: row.id.to_string(),
            slug: row.slug.clone(),
            title: row.title.clone(),
            teaser: teaser(&row.description),
            weekday,
            day,
            month,
            // The evening's date: who comes by the calendar to a night that begins at 00:30 comes a day late.
            date: format::calendar_date(lang, BusinessNight::of(row.starts_at, zone).date()),
            night: format::night(lang, row.starts_at, row.ends_at, zone),
            starts_iso: format::iso(row.starts_at),
            venue: row.venue_name.clone(),
            address: row.venue_address.clone(),
            zone: format::zone(lang, zone),
            free: cheapest.as_ref().is_some_and(|quote| quote.total.is_zero()),
            fee: cheapest.as_ref().is_some_and(has_fee),
            from: cheapest.as_ref().map(|quote| format::money(lang, quote.total)),
            open_now: row.starts_at <= now && now < row.ends_at,
            on_sale: cheapest.is_some(),
            sold_out,
            href: format!("/events/{}", row.slug),
            buy: format!("{}/e/{}", links.tickets, row.slug),
            poster: format!("/posters/{}.svg", row.slug),
            prices: shown(event).filter_map(|each| price(each, event, lang, zone, now, gone)).collect(),
        }
    }
}

fn price(
    each: &TicketTypeRow,
    event: &Event,
    lang: Language,
    zone: Tz,
    now: DateTime<Utc>,
    gone: &HashSet<Uuid>,
) -> Option<Price> {
    let quote = priced(each, event, now)?;
    let state = state(each, event, now);
    Some(Price {
        name: each.name.clone(),
        description: each.description.clone(),
        total: format::money(lang, quote.total),
        upwards: each.terms().guest_price.is_some(),
        free: quote.total.is_zero() && each.terms().guest_price.is_none(),
        fee: has_fee(&quote),
        opens: match state {
            SaleState::NotYet { opens } => format::date_time(lang, opens, zone),
            SaleState::Open | SaleState::Closed => String::new(),
        },
        closed: state == SaleState::Closed,
        sold_out: state != SaleState::Closed && gone.contains(&each.id),
    })
}

fn state(each: &TicketTypeRow, event: &Event, now: DateTime<Utc>) -> SaleState {
    SaleState::at(each.sale_from, each.sale_until.unwrap_or(event.row.ends_at), now)
}

/// The ticket types that stand open to everybody.
fn shown(event: &Event) -> impl Iterator<Item = &TicketTypeRow> {
    event.ticket_types.iter().filter(|each| each.terms().access_code.is_none())
}

/// The price that surely holds now. A tier that ends with its places may be over: what is left of it only the till knows,
/// and a price that is gone must not be promised. Where guests name the price it is the least they may.
fn unit(each: &TicketTypeRow, now: DateTime<Utc>) -> i64 {
    if let Some(range) = each.terms().guest_price {
        return range.least_minor;
    }
    let holds = |tier: &Tier| tier.places.is_none() && tier.left(0, now).is_none();
    each.terms().tiers.iter().find(|tier| holds(tier)).map_or(each.price_minor, |tier| tier.price_minor)
}

/// What one such ticket costs in all: the same rule as at the till.
fn priced(each: &TicketTypeRow, event: &Event, now: DateTime<Utc>) -> Option<Quote> {
    let (terms, price_minor) = (each.terms(), unit(each, now));
    let currency: Currency = event.row.currency.parse().ok()?;
    let item = QuoteItem {
        ticket_type: TicketTypeId::from_uuid(each.id),
        name: each.name.clone(),
        unit: Money::new(price_minor, currency),
        quantity: 1,
        places: terms.places,
        fee: terms.fee.unwrap_or_else(|| event.row.fee()),
        tax: terms.tax,
        discounted: false,
    };
    quote(&[item], None, currency).ok()
}

/// Free tickets have no fee, and some clubs bear it: then nothing is said of one.
fn has_fee(quote: &Quote) -> bool {
    quote.sum_of(LineKind::Fee) > 0
}

/// The first paragraph, for lists and shared links.
fn teaser(description: &str) -> String {
    let first = description.split("\n\n").next().unwrap_or_default();
    let text = first.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(180) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}
