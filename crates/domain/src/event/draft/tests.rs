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
        exchange_until: None,
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
    let until =
        hours.map(|hours| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(19_990) + TimeDelta::hours(hours));
    Tier { id: TierId::generate(), name: "Early bird".into(), price_minor: 1000, places, until }
}

fn fields_at_fault(terms: &TypeTerms) -> Vec<String> {
    let mut bad = draft();
    bad.ticket_types[0].terms = terms;
    bad.faults().into_iter().map(|f| f.field).collect()
}

#[test]
fn a_type_s_own_times_of_entry_are_between_the_doors() {
    let night = draft();
    let hour = |hours| night.starts_at + TimeDelta::hours(hours);
    // Doors are open from -1 to 8.
    let cases: [(Option<i64>, Option<i64>, &[&str]); 8] = [
        (None, Some(1), &[]),
        (Some(2), None, &[]),
        (Some(-1), Some(8), &[]),
        (Some(8), None, &["ticket_types[0].admit_from"]),
        (Some(-2), None, &["ticket_types[0].admit_from"]),
        (None, Some(-1), &["ticket_types[0].admit_until"]),
        (None, Some(9), &["ticket_types[0].admit_until"]),
        (Some(3), Some(3), &["ticket_types[0].admit_until"]),
    ];
    for (from, until, expected) in cases {
        let (admit_from, admit_until) = (from.map(hour), until.map(hour));
        let terms = TypeTerms { admit_from, admit_until, ..plain().clone() };
        assert_eq!(fields_at_fault(&terms), expected, "{from:?} {until:?}");
    }
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
    let backwards = TypeTerms { tiers: vec![tier(None, Some(5)), tier(None, Some(4))], ..plain().clone() };
    assert_eq!(at_fault(backwards), ["ticket_types[0].tiers[1].until"]);
    let few = TypeTerms { places: 5, max_per_guest: Some(4), ..plain().clone() };
    assert_eq!(at_fault(few), ["ticket_types[0].max_per_guest"]);
    let coded = TypeTerms { access_code: Some("a b".into()), ..plain().clone() };
    assert_eq!(at_fault(coded), ["ticket_types[0].access_code"]);
    for (entries, fine) in [(None, true), (Some(99), true), (Some(0), false), (Some(100), false)] {
        let expected: &[&str] = if fine { &[] } else { &["ticket_types[0].entries"] };
        assert_eq!(at_fault(TypeTerms { entries, ..plain().clone() }), expected, "{entries:?}");
    }
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
        let fault = FieldFault { field: "ticket_types[0].max_per_order".into(), code: "too_many_tickets" };
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
