//! What else an order has to keep to, and what it may name.

use super::*;
use domain::credit::Credit;
use domain::event::companion::Companion;
use domain::event::guest_price::{AmountRefusal, GuestPrice};
use domain::event::question::{Label, Question, QuestionKind};
use domain::event::terms::{TicketKind, Visibility};
use domain::ids::QuestionId;

#[test]
fn an_extra_comes_with_an_entry() {
    let (mut counter, event, entry) = counter(9);
    let coat = offered(&mut counter, event, 9, TypeTerms { kind: TicketKind::AddOn, ..TypeTerms::default() });
    let mut wish = request("a", coat, 1);
    assert!(matches!(counter.decide(&wish, now()), Decision::Refuse(Refusal::AddOnAlone)));
    wish.items.push(Wanted::of(entry, 1));
    assert!(matches!(counter.decide(&wish, now()), Decision::Take(_)));
}

#[test]
fn a_type_that_needs_another_is_sold_with_enough_of_it() {
    let (mut counter, event, bottle) = counter(9);
    counter.types.get_mut(&bottle).expect("it is there").priced.name = "Bottle".into();
    let needs = Some(Companion { name: "bottle".into(), serves: 2 });
    let vip = offered(&mut counter, event, 9, TypeTerms { needs, ..TypeTerms::default() });
    let mut wish = request("a", vip, 3);
    for (bottles, lacks) in [(0, 2), (1, 1)] {
        wish.items.truncate(1);
        if bottles > 0 {
            wish.items.push(Wanted::of(bottle, bottles));
        }
        let refused = counter.decide(&wish, now());
        let Decision::Refuse(Refusal::CompanionMissing(missing)) = refused else {
            panic!("{bottles}: {refused:?}");
        };
        assert_eq!((missing.item, missing.name.as_str(), missing.count), (0, "bottle", lacks));
    }
    wish.items[1].quantity = 2;
    assert!(matches!(counter.decide(&wish, now()), Decision::Take(_)));
    let bottles_alone = request("b", bottle, 1);
    assert!(
        matches!(counter.decide(&bottles_alone, now()), Decision::Take(_)),
        "the other way round it is free"
    );
}

#[test]
fn what_a_night_asks_is_answered_before_places_are_taken() {
    let (mut counter, event, kind) = counter(9);
    let label = |text: &str| Label { en: text.into(), es: text.into() };
    let asked = Question {
        id: QuestionId::generate(),
        label: label("Menu"),
        kind: QuestionKind::YesNo,
        options: Vec::new(),
        required: true,
        per_ticket: true,
        ticket_types: vec!["regular".into()],
    };
    counter.events.get_mut(&event).expect("it is there").terms.questions = vec![asked.clone()];
    let mut wish = request("a", kind, 2);
    let Decision::Refuse(Refusal::Answers(wrong)) = counter.decide(&wish, now()) else { panic!("unasked") };
    assert_eq!(wrong.iter().map(|wrong| wrong.code).collect::<Vec<_>>(), ["answer_required"; 2]);
    for number in 1..=2 {
        wish.answers.insert(format!("{}.{kind}.{number}", asked.id), "yes".into());
    }
    let Decision::Take(granted) = counter.decide(&wish, now()) else { panic!("answered") };
    assert_eq!(granted.answers.len(), 2);
    let mut more = HoldRequest { key: "b".into(), ..wish };
    more.answers.insert(format!("{}.{kind}.3", asked.id), "yes".into());
    assert!(matches!(counter.decide(&more, now()), Decision::Refuse(Refusal::Answers(_))));
}

#[test]
fn a_guest_names_the_price_where_the_club_lets_them_and_nowhere_else() {
    let (mut counter, event, fixed) = counter(9);
    let range = GuestPrice { least_minor: 500, most_minor: 9_000 };
    let terms = TypeTerms { guest_price: Some(range), fee: Some(NO_FEE), ..TypeTerms::default() };
    let named = offered(&mut counter, event, 9, terms);
    let wish = |key: &str, kind, amount_minor| {
        let mut wish = request(key, kind, 2);
        wish.items[0].amount_minor = amount_minor;
        wish
    };
    assert_eq!(total(&counter.decide(&wish("a", named, Some(750)), now())), 2 * 750);
    assert_eq!(total(&counter.decide(&wish("b", named, None), now())), 2 * 2000, "what the club suggests");
    for amount in [0, 499, 9_001] {
        let refused = counter.decide(&wish("c", named, Some(amount)), now());
        let Decision::Refuse(Refusal::Amount { item: 0, why: AmountRefusal::OutOfRange(said) }) = refused
        else {
            panic!("{amount}: {refused:?}");
        };
        assert_eq!(said, range);
    }
    let refused = counter.decide(&wish("d", fixed, Some(1)), now());
    assert!(
        matches!(refused, Decision::Refuse(Refusal::Amount { item: 0, why: AmountRefusal::Fixed })),
        "{refused:?}"
    );
}

#[test]
fn what_is_hidden_is_not_there_without_its_code() {
    let (mut counter, event, _) = counter(0);
    let code = Some("friends".to_owned());
    let kind =
        offered(&mut counter, event, 9, TypeTerms { access_code: code.clone(), ..TypeTerms::default() });
    let mut wish = request("a", kind, 1);
    assert!(matches!(counter.decide(&wish, now()), Decision::Refuse(Refusal::UnknownTicketType { item: 0 })));
    wish.access_code = Some("FRIENDS".into());
    assert!(matches!(counter.decide(&wish, now()), Decision::Take(_)));
    let terms = EventTerms {
        visibility: Visibility::Private,
        access_code: Some("deck".into()),
        ..EventTerms::default()
    };
    counter.events.get_mut(&event).expect("it is there").terms = terms;
    wish.key = "b".into();
    assert!(matches!(counter.decide(&wish, now()), Decision::Refuse(Refusal::UnknownEvent)));
}

#[test]
fn a_credit_pays_as_far_as_it_goes_and_what_it_paid_is_no_gift() {
    let (mut counter, _, kind) = counter(9);
    let code: PromoCode = "CR-AAAA-BBBB-CCCC-DDDD".parse().expect("a code");
    let expires_at = now() + chrono::TimeDelta::days(1);
    let credit = Credit { currency: "EUR".into(), balance_minor: 3000, expires_at };
    counter.credits.insert(code.clone(), CreditOffer { id: Uuid::now_v7(), credit });
    // Nobody of this network gets anything more for nothing.
    let client = "192.0.2.7";
    counter.gifts_left.insert(ClientAddress::passed_on(Some(client)).network(), 0);
    let wish = |key: &str| HoldRequest {
        promo: Some(code.clone()),
        client: Some(client.into()),
        ..request(key, kind, 1)
    };
    assert_eq!(total(&counter.decide(&wish("a"), now())), 0, "20.50, and the credit pays all of it");
    assert_eq!(total(&counter.decide(&wish("b"), now())), 1100, "9.50 were left");
    let spent = counter.decide(&wish("c"), now());
    assert!(matches!(spent, Decision::Refuse(Refusal::Promo(PromoRefusal::Exhausted))), "{spent:?}");
}
