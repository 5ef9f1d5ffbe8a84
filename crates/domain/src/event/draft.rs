//! What the owner may enter for a night, checked before anything is stored. Every fault is reported, each by its field.

mod offers;

use crate::event::terms::{EventTerms, TicketKind, TypeTerms, Visibility};
use crate::money::{Currency, Money};
use crate::order::MOST_TICKETS;
use crate::quote::ServiceFee;
use crate::tier::Tier;
use chrono::{DateTime, Datelike, TimeDelta, Utc};

/// An event as entered.
#[derive(Debug, Clone)]
pub struct EventDraft<'a> {
    /// Its title.
    pub title: &'a str,
    /// Plain text for the event's page.
    pub description: &'a str,
    /// Doors.
    pub starts_at: DateTime<Utc>,
    /// The end.
    pub ends_at: DateTime<Utc>,
    /// First instant of entry.
    pub entry_from: DateTime<Utc>,
    /// First instant without entry.
    pub entry_until: DateTime<Utc>,
    /// Currency of every price.
    pub currency: Currency,
    /// Fee on paid tickets.
    pub fee: ServiceFee,
    /// How it is sold.
    pub terms: &'a EventTerms,
    /// Its ticket types.
    pub ticket_types: Vec<TicketTypeDraft<'a>>,
}

/// A ticket type as entered.
#[derive(Debug, Clone)]
pub struct TicketTypeDraft<'a> {
    /// Its name.
    pub name: &'a str,
    /// Price, minor units.
    pub price_minor: i64,
    /// Places.
    pub capacity: i64,
    /// Fewest per order.
    pub min_per_order: i64,
    /// Most per order.
    pub max_per_order: i64,
    /// When the sale opens; `None` with publication.
    pub sale_from: Option<DateTime<Utc>>,
    /// When the sale ends; `None` with the event.
    pub sale_until: Option<DateTime<Utc>>,
    /// How it is sold.
    pub terms: &'a TypeTerms,
}

/// A field that can't stand as it was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// Path of the field: `title`, `ticket_types[1].capacity`.
    pub field: String,
    /// What is wrong: `required`, `too_long`, `out_of_range`, `invalid_time_range`, `too_many_tickets`,
    /// `below_charge`, `with_tiers`, `unknown`, `options`, `duplicate`, `after_doors`,
    /// `outside_doors`, `before_from`.
    pub code: &'static str,
}

/// Years in which a night can be: beyond them somebody mistyped, and not every part of the house can count so far.
const YEARS: std::ops::Range<i32> = 2000..2100;
const LONGEST_NIGHT: TimeDelta = TimeDelta::days(4);
/// Dearest ticket, minor units: Stripe refuses amounts of nine digits.
const DEAREST: i64 = 9_999_999;
const LARGEST_ROOM: i64 = 1_000_000;
const MOST_PER_ORDER: i64 = 100;
const MOST_TYPES: usize = 50;
const MOST_SHARED_CAPS: usize = 20;
/// Tickets of one group ticket.
const MOST_PLACES: u32 = 20;
const MOST_TIERS: usize = 10;
/// Entries of one ticket on one night, where they are counted.
const MOST_ENTRIES: u16 = 99;
const MOST_QUESTIONS: usize = 20;

impl EventDraft<'_> {
    /// All that is wrong with the draft; empty if it may be stored.
    pub fn faults(&self) -> Vec<FieldFault> {
        let mut faults = Faults::default();
        faults.text("title", self.title, 1, 120);
        faults.text("description", self.description, 0, 10_000);
        for (field, at) in [
            ("starts_at", self.starts_at),
            ("ends_at", self.ends_at),
            ("entry_from", self.entry_from),
            ("entry_until", self.entry_until),
        ] {
            faults.date(field, at);
        }
        faults.range("ends_at", self.starts_at, self.ends_at);
        faults.unless("ends_at", self.ends_at - self.starts_at <= LONGEST_NIGHT, "invalid_time_range");
        faults.range("entry_until", self.entry_from, self.entry_until);
        faults.fee("fee", self.fee);
        self.check_terms(&mut faults);
        faults.unless("ticket_types", !self.ticket_types.is_empty(), "required");
        faults.unless("ticket_types", self.ticket_types.len() <= MOST_TYPES, "out_of_range");
        let entry = self.ticket_types.iter().any(|each| each.terms.kind == TicketKind::Entry);
        faults.unless("ticket_types", entry, "no_entry");
        for (index, ticket_type) in self.ticket_types.iter().enumerate() {
            ticket_type.check(index, self, &mut faults);
        }
        faults.0
    }

    fn check_terms(&self, faults: &mut Faults) {
        let EventTerms { visibility, access_code, shared_caps, refunds, questions, exchange_until } =
            self.terms;
        faults.access_code("access_code", access_code.as_deref());
        let coded = *visibility != Visibility::Private || access_code.is_some();
        faults.unless("access_code", coded, "required");
        faults.unless("shared_caps", shared_caps.len() <= MOST_SHARED_CAPS, "out_of_range");
        for (index, cap) in shared_caps.iter().enumerate() {
            faults.text(&format!("shared_caps[{index}].name"), &cap.name, 1, 80);
            let room = (0..=LARGEST_ROOM).contains(&cap.capacity);
            faults.unless(&format!("shared_caps[{index}].capacity"), room, "out_of_range");
        }
        if let Some(until) = refunds.self_service_until {
            faults.date("refunds.self_service_until", until);
            // From the doors on somebody may be inside with it.
            faults.unless("refunds.self_service_until", until <= self.starts_at, "after_doors");
        }
        if let Some(until) = *exchange_until {
            faults.date("exchange_until", until);
            faults.unless("exchange_until", until <= self.starts_at, "after_doors");
        }
        faults.unless("questions", questions.len() <= MOST_QUESTIONS, "out_of_range");
        for (index, question) in questions.iter().enumerate() {
            self.check_question(index, question, faults);
        }
    }
}

impl TicketTypeDraft<'_> {
    fn check(&self, index: usize, event: &EventDraft<'_>, faults: &mut Faults) {
        let path = |field: &str| format!("ticket_types[{index}].{field}");
        faults.text(&path("name"), self.name, 1, 80);
        faults.price(&path("price"), self.price_minor, event.currency);
        faults.unless(&path("capacity"), (0..=LARGEST_ROOM).contains(&self.capacity), "out_of_range");
        faults.unless(&path("min_per_order"), self.min_per_order >= 1, "out_of_range");
        let most = self.min_per_order.max(1)..=MOST_PER_ORDER;
        faults.unless(&path("max_per_order"), most.contains(&self.max_per_order), "out_of_range");
        for (field, at) in [("sale_from", self.sale_from), ("sale_until", self.sale_until)] {
            if let Some(at) = at {
                faults.date(&path(field), at);
            }
        }
        let until = self.sale_until.unwrap_or(event.ends_at);
        faults.unless(&path("sale_until"), until <= event.ends_at, "invalid_time_range");
        if let Some(from) = self.sale_from {
            faults.range(&path("sale_from"), from, until);
        }
        self.check_terms(&path, event.currency, faults);
        self.check_door_times(&path, event, faults);
        if let Some(needs) = &self.terms.needs {
            self.check_companion(&path, needs, event, faults);
        }
    }

    /// Its own times of entry lie between the doors' and leave room for somebody to come.
    fn check_door_times(&self, path: &dyn Fn(&str) -> String, event: &EventDraft<'_>, faults: &mut Faults) {
        let TypeTerms { admit_from, admit_until, .. } = self.terms;
        if let Some(from) = *admit_from {
            let open = (event.entry_from..event.entry_until).contains(&from);
            faults.unless(&path("admit_from"), open, "outside_doors");
        }
        if let Some(until) = *admit_until {
            let open = event.entry_from < until && until <= event.entry_until;
            faults.unless(&path("admit_until"), open, "outside_doors");
            let room = admit_from.is_none_or(|from| from < until);
            faults.unless(&path("admit_until"), room, "before_from");
        }
    }

    fn check_terms(&self, path: &dyn Fn(&str) -> String, currency: Currency, faults: &mut Faults) {
        let TypeTerms { places, access_code, max_per_guest, tiers, tax, fee, entries, .. } = self.terms;
        // A night's tables come from its floor plan alone.
        faults.unless(&path("kind"), self.terms.kind != TicketKind::Table, "unknown");
        faults.unless(&path("places"), (1..=MOST_PLACES).contains(places), "out_of_range");
        // The page offers as many as the type allows; the till has a limit for the whole order.
        let tickets = self.max_per_order.saturating_mul(i64::from(*places));
        faults.unless(&path("max_per_order"), tickets <= i64::from(MOST_TICKETS), "too_many_tickets");
        faults.access_code(&path("access_code"), access_code.as_deref());
        // Fewer than the least order would be a type nobody can buy.
        let least = self.min_per_order.saturating_mul(i64::from(*places));
        let limit = max_per_guest.is_none_or(|most| most >= least && most <= LARGEST_ROOM);
        faults.unless(&path("max_per_guest"), limit, "out_of_range");
        let counted = entries.is_none_or(|entries| (1..=MOST_ENTRIES).contains(&entries));
        faults.unless(&path("entries"), counted, "out_of_range");
        faults.rate(&path("tax"), tax.basis_points);
        if let Some(fee) = fee {
            faults.fee(&path("fee"), *fee);
        }
        faults.unless(&path("tiers"), tiers.len() <= MOST_TIERS, "out_of_range");
        for (index, tier) in tiers.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| tiers.get(before));
            faults.tier(&path(&format!("tiers[{index}]")), tier, before, currency);
        }
        if let Some(range) = self.terms.guest_price {
            self.check_guest_price(path, range, currency, faults);
        }
    }
}

#[derive(Default)]
struct Faults(Vec<FieldFault>);

impl Faults {
    fn unless(&mut self, field: &str, fine: bool, code: &'static str) {
        if !fine && !self.0.iter().any(|f| f.field == field) {
            self.0.push(FieldFault { field: field.into(), code });
        }
    }
    fn text(&mut self, field: &str, text: &str, least: usize, most: usize) {
        let length = text.trim().chars().count();
        self.unless(field, length >= least, "required");
        self.unless(field, length <= most, "too_long");
    }
    /// Free, or worth a card payment.
    fn price(&mut self, field: &str, minor: i64, currency: Currency) {
        self.unless(field, (0..=DEAREST).contains(&minor), "out_of_range");
        self.unless(field, Money::new(minor, currency).is_payable(), "below_charge");
    }
    fn access_code(&mut self, field: &str, code: Option<&str>) {
        let Some(code) = code.map(str::trim) else { return };
        let fits =
            (3..=40).contains(&code.chars().count()) && code.chars().all(|c| c.is_alphanumeric() || c == '-');
        self.unless(field, fits, "invalid");
    }
    fn rate(&mut self, field: &str, basis_points: i64) {
        self.unless(&format!("{field}.basis_points"), (0..=10_000).contains(&basis_points), "out_of_range");
    }
    fn fee(&mut self, field: &str, fee: ServiceFee) {
        let fixed = (0..=DEAREST).contains(&fee.fixed_minor);
        self.unless(&format!("{field}.fixed_minor"), fixed, "out_of_range");
        self.rate(field, fee.basis_points);
    }
    /// A tier ends somehow, and not before the one it follows.
    fn tier(&mut self, field: &str, tier: &Tier, before: Option<&Tier>, currency: Currency) {
        let path = |name: &str| format!("{field}.{name}");
        self.text(&path("name"), &tier.name, 1, 80);
        self.price(&path("price"), tier.price_minor, currency);
        let room = tier.places.is_none_or(|places| (1..=LARGEST_ROOM).contains(&places));
        self.unless(&path("places"), room, "out_of_range");
        self.unless(&path("places"), tier.places.is_some() || tier.until.is_some(), "required");
        if let Some(until) = tier.until {
            self.date(&path("until"), until);
            let after = before.and_then(|before| before.until).is_none_or(|earlier| earlier < until);
            self.unless(&path("until"), after, "invalid_time_range");
        }
    }
    fn date(&mut self, field: &str, at: DateTime<Utc>) {
        self.unless(field, YEARS.contains(&at.year()), "out_of_range");
    }
    fn range(&mut self, field: &str, from: DateTime<Utc>, until: DateTime<Utc>) {
        self.unless(field, from < until, "invalid_time_range");
    }
}

#[cfg(test)]
mod tests;
