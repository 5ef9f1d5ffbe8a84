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
    /// `below_charge`, `with_tiers`, `unknown`, `options`, `duplicate`, `after_doors`.
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
        let EventTerms { visibility, access_code, shared_caps, refunds, questions } = self.terms;
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
        if let Some(needs) = &self.terms.needs {
            self.check_companion(&path, needs, event, faults);
        }
    }

    fn check_terms(&self, path: &dyn Fn(&str) -> String, currency: Currency, faults: &mut Faults) {
        let TypeTerms { places, access_code, max_per_guest, tiers, tax, fee, .. } = self.terms;
        faults.unless(&path("places"), (1..=MOST_PLACES).contains(places), "out_of_range");
        // The page offers as many as the type allows; the till has a limit for the whole order.
        let tickets = self.max_per_order.saturating_mul(i64::from(*places));
        faults.unless(&path("max_per_order"), tickets <= i64::from(MOST_TICKETS), "too_many_tickets");
        faults.access_code(&path("access_code"), access_code.as_deref());
        // Fewer than the least order would be a type nobody can buy.
        let least = self.min_per_order.saturating_mul(i64::from(*places));
        let limit = max_per_guest.is_none_or(|most| most >= least && most <= LARGEST_ROOM);
        faults.unless(&path("max_per_guest"), limit, "out_of_range");
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
mod tests {
    use super::*;
    use crate::event::companion::Companion;
    use crate::event::guest_price::GuestPrice;
    use crate::event::question::{Label, Question, QuestionKind};
    use crate::event::terms::RefundPolicy;
    use crate::ids::{QuestionId, TierId};

    fn draft() -> EventDraft<'static> {
        static EVENT: EventTerms = EventTerms {
            visibility: Visibility::Public,
            access_code: None,
            shared_caps: Vec::new(),
            refunds: RefundPolicy { self_service_until: None, keeps_fees: false },
            questions: Vec::new(),
        };
        let starts_at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
        let ends_at = starts_at + TimeDelta::hours(8);
        EventDraft {
            title: "Friday",
            description: "",
            starts_at,
            ends_at,
            entry_from: starts_at - TimeDelta::hours(1),
            entry_until: ends_at,
            currency: Currency::Eur,
            fee: ServiceFee::default(),
            terms: &EVENT,
            ticket_types: vec![TicketTypeDraft {
                name: "Regular",
                price_minor: 2000,
                capacity: 300,
                min_per_order: 1,
                max_per_order: 10,
                sale_from: None,
                sale_until: None,
                terms: plain(),
            }],
        }
    }

    fn plain() -> &'static TypeTerms {
        static TERMS: std::sync::LazyLock<TypeTerms> = std::sync::LazyLock::new(TypeTerms::default);
        &TERMS
    }

    fn tier(places: Option<i64>, hours: Option<i64>) -> Tier {
        let until = hours
            .map(|hours| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(19_990) + TimeDelta::hours(hours));
        Tier { id: TierId::generate(), name: "Early bird".into(), price_minor: 1000, places, until }
    }

    fn fields_at_fault(terms: &TypeTerms) -> Vec<String> {
        let mut bad = draft();
        bad.ticket_types[0].terms = terms;
        bad.faults().into_iter().map(|f| f.field).collect()
    }

    #[test]
    fn terms_that_nobody_could_buy_under_are_named() {
        let at_fault = |terms: TypeTerms| fields_at_fault(&terms);
        let none: Vec<String> = Vec::new();
        assert_eq!(
            at_fault(TypeTerms { tiers: vec![tier(Some(5), None), tier(None, Some(5))], ..plain().clone() }),
            none
        );
        let endless = TypeTerms { tiers: vec![tier(None, None)], ..plain().clone() };
        assert_eq!(at_fault(endless), ["ticket_types[0].tiers[0].places"]);
        let backwards =
            TypeTerms { tiers: vec![tier(None, Some(5)), tier(None, Some(4))], ..plain().clone() };
        assert_eq!(at_fault(backwards), ["ticket_types[0].tiers[1].until"]);
        let few = TypeTerms { places: 5, max_per_guest: Some(4), ..plain().clone() };
        assert_eq!(at_fault(few), ["ticket_types[0].max_per_guest"]);
        let coded = TypeTerms { access_code: Some("a b".into()), ..plain().clone() };
        assert_eq!(at_fault(coded), ["ticket_types[0].access_code"]);
        let add_on = TypeTerms { kind: TicketKind::AddOn, ..plain().clone() };
        assert_eq!(at_fault(add_on), ["ticket_types"], "a night needs something to enter with");
    }

    #[test]
    fn a_question_can_be_read_and_answered_in_both_languages() {
        let label = |en: &str, es: &str| Label { en: en.into(), es: es.into() };
        let asked = || Question {
            id: QuestionId::generate(),
            label: label("Your menu?", "¿Tu menú?"),
            kind: QuestionKind::Choice,
            options: vec![label("Vegan", "Vegano"), label("Meat", "Carne")],
            required: true,
            per_ticket: true,
            ticket_types: vec!["regular".into()],
        };
        let at_fault = |question: Question| {
            let terms = EventTerms { questions: vec![question], ..EventTerms::default() };
            let night = EventDraft { terms: &terms, ..draft() };
            night.faults().into_iter().map(|f| f.field).collect::<Vec<_>>()
        };
        let none: Vec<String> = Vec::new();
        assert_eq!(at_fault(asked()), none);
        assert_eq!(at_fault(Question { label: label("Menu?", " "), ..asked() }), ["questions[0].label.es"]);
        assert_eq!(
            at_fault(Question { options: asked().options[..1].to_vec(), ..asked() }),
            ["questions[0].options"]
        );
        assert_eq!(at_fault(Question { kind: QuestionKind::Text, ..asked() }), ["questions[0].options"]);
        let twice = vec![label("Vegan", "Vegano"), label("Meat", "Vegano")];
        assert_eq!(at_fault(Question { options: twice, ..asked() }), ["questions[0].options"]);
        let other = vec!["Regular".into(), "Balcony".into()];
        assert_eq!(at_fault(Question { ticket_types: other, ..asked() }), ["questions[0].ticket_types"]);
    }

    #[test]
    fn what_a_type_needs_is_another_type_of_the_night_and_can_be_had() {
        let at_fault = |name: &str, serves, fewest, bottles| {
            let terms = TypeTerms { needs: Some(Companion { name: name.into(), serves }), ..plain().clone() };
            let mut night = draft();
            (night.ticket_types[0].terms, night.ticket_types[0].min_per_order) = (&terms, fewest);
            night.ticket_types.push(TicketTypeDraft {
                name: "Bottle",
                max_per_order: bottles,
                ..draft().ticket_types[0].clone()
            });
            night.faults().into_iter().map(|f| f.field).collect::<Vec<_>>()
        };
        let none: Vec<String> = Vec::new();
        assert_eq!(at_fault(" bottle", 4, 1, 10), none);
        assert_eq!(at_fault("Regular", 1, 1, 10), ["ticket_types[0].needs.name"], "itself");
        assert_eq!(at_fault("Champagne", 1, 1, 10), ["ticket_types[0].needs.name"]);
        assert_eq!(at_fault("Bottle", 0, 1, 10), ["ticket_types[0].needs.serves"]);
        assert_eq!(at_fault("Bottle", 2, 5, 2), ["ticket_types[0].needs.serves"], "nobody could buy it");
        assert_eq!(at_fault("Bottle", 3, 5, 2), none);
    }

    #[test]
    fn a_price_that_guests_name_has_ends_that_can_be_charged_and_the_suggestion_between_them() {
        let at_fault = |least_minor, most_minor| {
            let guest_price = Some(GuestPrice { least_minor, most_minor });
            fields_at_fault(&TypeTerms { guest_price, ..plain().clone() })
        };
        let none: Vec<String> = Vec::new();
        for (least, most) in [(0, 2000), (50, 10_000), (2000, 2000)] {
            assert_eq!(at_fault(least, most), none, "{least} to {most}");
        }
        assert_eq!(at_fault(20, 5000), ["ticket_types[0].guest_price.least_minor"], "below the least charge");
        assert_eq!(at_fault(-1, 5000), ["ticket_types[0].guest_price.least_minor"]);
        assert_eq!(at_fault(0, 1000), ["ticket_types[0].price"], "the suggestion lies outside");
        assert_eq!(at_fault(3000, 1000), ["ticket_types[0].guest_price.most_minor", "ticket_types[0].price"]);
        let guest_price = Some(GuestPrice { least_minor: 0, most_minor: 5000 });
        let both = TypeTerms { guest_price, tiers: vec![tier(Some(5), None)], ..plain().clone() };
        assert_eq!(fields_at_fault(&both), ["ticket_types[0].guest_price.least_minor"]);
    }

    #[test]
    fn a_type_offers_no_more_than_one_order_may_hold() {
        for (places, most, fine) in [(1, 100, true), (20, 5, true), (20, 6, false), (5, 21, false)] {
            let terms = TypeTerms { places, ..plain().clone() };
            let mut grouped = draft();
            (grouped.ticket_types[0].max_per_order, grouped.ticket_types[0].terms) = (most, &terms);
            let fault =
                FieldFault { field: "ticket_types[0].max_per_order".into(), code: "too_many_tickets" };
            let expected = if fine { Vec::new() } else { vec![fault] };
            assert_eq!(grouped.faults(), expected, "{most} of {places}");
        }
    }

    #[test]
    fn a_private_night_needs_its_code() {
        let terms = EventTerms { visibility: Visibility::Private, ..EventTerms::default() };
        let bad = EventDraft { terms: &terms, ..draft() };
        assert_eq!(bad.faults(), [FieldFault { field: "access_code".into(), code: "required" }]);
    }

    #[test]
    fn a_fair_night_has_no_faults() {
        assert_eq!(draft().faults(), []);
    }

    #[test]
    fn a_date_that_no_night_has_is_out_of_range() {
        for year in ["0001", "1999", "2100", "9999"] {
            let at: DateTime<Utc> = format!("{year}-06-01T22:00:00Z").parse().expect("an instant");
            let mut bad = draft();
            (bad.starts_at, bad.ends_at, bad.entry_from, bad.entry_until) = (at, at, at, at);
            (bad.ticket_types[0].sale_from, bad.ticket_types[0].sale_until) = (Some(at), Some(at));
            let faults = bad.faults();
            for field in [
                "starts_at",
                "ends_at",
                "entry_from",
                "entry_until",
                "ticket_types[0].sale_from",
                "ticket_types[0].sale_until",
            ] {
                let fault = FieldFault { field: field.into(), code: "out_of_range" };
                assert!(faults.contains(&fault), "{field} in {year}: {faults:?}");
            }
        }
    }

    #[test]
    fn a_ticket_is_free_or_worth_a_card_payment() {
        for (price, fine) in [(0, true), (1, false), (49, false), (50, true), (-1, false)] {
            let mut priced = draft();
            priced.ticket_types[0].price_minor = price;
            assert_eq!(priced.faults().is_empty(), fine, "{price}");
        }
        let mut pesos = EventDraft { currency: Currency::Mxn, ..draft() };
        pesos.ticket_types[0].price_minor = 999;
        let fault = FieldFault { field: "ticket_types[0].price".into(), code: "below_charge" };
        assert_eq!(pesos.faults(), [fault], "ten pesos are the least");
        pesos.ticket_types[0].price_minor = 1_000;
        assert_eq!(pesos.faults(), []);
    }

    #[test]
    fn guests_give_back_by_themselves_until_the_doors_at_most() {
        for (minutes, fair) in [(-90_000, true), (0, true), (1, false)] {
            let until = draft().starts_at + TimeDelta::minutes(minutes);
            let refunds = RefundPolicy { self_service_until: Some(until), keeps_fees: true };
            let terms = EventTerms { refunds, ..EventTerms::default() };
            let faults = EventDraft { terms: &terms, ..draft() }.faults();
            assert_eq!(faults.is_empty(), fair, "{minutes}: {faults:?}");
        }
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let mut bad = draft();
        bad.title = "   ";
        bad.ends_at = bad.starts_at - TimeDelta::hours(1);
        bad.ticket_types[0].capacity = -1;
        bad.ticket_types[0].price_minor = 100_000_000;
        let fields: Vec<_> = bad.faults().into_iter().map(|f| f.field).collect();
        for field in ["title", "ends_at", "ticket_types[0].capacity", "ticket_types[0].price"] {
            assert!(fields.iter().any(|f| f == field), "{field} in {fields:?}");
        }
    }
}
