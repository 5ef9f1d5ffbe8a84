use super::*;
use proptest::prelude::*;

fn label(en: &str, es: &str) -> Label {
    Label { en: en.into(), es: es.into() }
}

fn question(kind: QuestionKind, per_ticket: bool) -> Question {
    Question {
        id: QuestionId::generate(),
        label: label("What?", "¿Qué?"),
        kind,
        options: vec![label("Vegan", "Vegano"), label("Meat", "Carne")],
        required: true,
        per_ticket,
        ticket_types: Vec::new(),
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 27).expect("a date")
}

fn given(pairs: &[(Slot, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(slot, text)| (slot.to_string(), (*text).to_owned())).collect()
}

fn codes(result: Result<Vec<Answer>, Vec<WrongAnswer>>) -> Vec<&'static str> {
    result.err().unwrap_or_default().into_iter().map(|wrong| wrong.code).collect()
}

#[test]
fn each_kind_takes_its_own_answers_and_no_others() {
    for (kind, fine, wrong) in [
        (QuestionKind::Text, &["x", "Calle Mayor 1, ático"][..], &["line\nbreak"][..]),
        (QuestionKind::Choice, &["Vegan", "Carne"][..], &["vegan", "Fish", "0"][..]),
        (QuestionKind::YesNo, &["yes", "no"][..], &["Yes", "true", "1"][..]),
        (
            QuestionKind::BirthDate,
            &["1999-05-01", "2026-11-27", "2000-02-29"][..],
            &["2026-11-28", "1899-12-31", "01.05.1999", "1999-02-30", "1999"][..],
        ),
    ] {
        let asked = [question(kind, false)];
        let bought = [Bought { ticket_type: TicketTypeId::generate(), name: "Regular", tickets: 1 }];
        let slot = Slot { question: asked[0].id, ticket: None };
        let judged = |text| judge(&asked, &bought, &given(&[(slot, text)]), Language::Es, today());
        for text in fine {
            assert_eq!(judged(text).map(|answers| answers.len()), Ok(1), "{kind:?} {text:?}");
        }
        for text in wrong {
            assert_eq!(codes(judged(text)), ["invalid_answer"], "{kind:?} {text:?}");
        }
        assert_eq!(codes(judged("  ")), ["answer_required"], "{kind:?}");
    }
}

#[test]
fn a_choice_is_kept_in_one_language_and_shown_in_the_guest_s() {
    let asked = [question(QuestionKind::Choice, false)];
    let bought = [Bought { ticket_type: TicketTypeId::generate(), name: "Regular", tickets: 1 }];
    let slot = Slot { question: asked[0].id, ticket: None };
    let answers = judge(&asked, &bought, &given(&[(slot, "Vegan")]), Language::Es, today()).expect("fine");
    let Answer { label, value, shown, .. } = &answers[0];
    assert_eq!((label.as_str(), value.as_str(), shown.as_str()), ("¿Qué?", "Vegan", "Vegano"));
}

#[test]
fn what_is_asked_follows_from_what_is_bought() {
    let (regular, vip) = (TicketTypeId::generate(), TicketTypeId::generate());
    let of_order = question(QuestionKind::Text, false);
    let of_vip = Question { ticket_types: vec!["vip ".into()], ..question(QuestionKind::Text, true) };
    let asked = [of_order.clone(), of_vip.clone()];
    let bought = |regulars, vips| {
        [
            Bought { ticket_type: regular, name: "Regular", tickets: regulars },
            Bought { ticket_type: vip, name: "VIP", tickets: vips },
        ]
    };
    let named =
        |bought: &[Bought<'_>]| slots(&asked, bought).into_iter().map(|(_, slot)| slot).collect::<Vec<_>>();
    let first = Slot { question: of_order.id, ticket: None };
    assert_eq!(named(&bought(3, 0)[..1]), [first]);
    let of = |number| Slot { question: of_vip.id, ticket: Some((vip, number)) };
    assert_eq!(named(&bought(3, 2)), [first, of(1), of(2)]);
    let third = given(&[(first, "x"), (of(1), "x"), (of(2), "x"), (of(3), "x")]);
    assert_eq!(
        codes(judge(&asked, &bought(1, 2), &third, Language::En, today())),
        ["unknown_question"],
        "there is no third ticket"
    );
}

#[test]
fn an_answer_to_nothing_is_refused_and_an_optional_one_may_be_missing() {
    let optional = [Question { required: false, ..question(QuestionKind::Text, false) }];
    let bought = [Bought { ticket_type: TicketTypeId::generate(), name: "Regular", tickets: 1 }];
    let judged = |given: BTreeMap<String, String>| judge(&optional, &bought, &given, Language::En, today());
    assert_eq!(judged(BTreeMap::new()), Ok(Vec::new()));
    for name in ["", "x", "0198aa00-0000-7000-8000-000000000000"] {
        let stray = BTreeMap::from([(name.to_owned(), "x".to_owned())]);
        assert_eq!(codes(judged(stray)), ["unknown_question"], "{name:?}");
    }
    let nothing = BTreeMap::from([("x".to_owned(), " ".to_owned())]);
    assert_eq!(judged(nothing), Ok(Vec::new()), "an empty text is no answer");
}

proptest! {
    #[test]
    fn a_slot_is_read_as_it_is_written(of_ticket in any::<bool>(), number in any::<u32>()) {
        let ticket = of_ticket.then(|| (TicketTypeId::generate(), number));
        let slot = Slot { question: QuestionId::generate(), ticket };
        prop_assert_eq!(slot.to_string().parse::<Slot>(), Ok(slot));
    }

    #[test]
    fn an_order_stands_with_an_answer_in_every_slot_and_with_none_missing(
        tickets in 1_u32..20, kinds in prop::collection::vec((0_usize..4, any::<bool>()), 1..6), left_out in any::<usize>(),
    ) {
        let asked: Vec<Question> =
            kinds.into_iter().map(|(kind, per_ticket)| question(QuestionKind::ALL[kind], per_ticket)).collect();
        let bought = [Bought { ticket_type: TicketTypeId::generate(), name: "Regular", tickets }];
        let fine = |kind| match kind {
            QuestionKind::Text => "x",
            QuestionKind::Choice => "Meat",
            QuestionKind::YesNo => "no",
            QuestionKind::BirthDate => "1999-05-01",
        };
        let slots = slots(&asked, &bought);
        let mut given: BTreeMap<String, String> =
            slots.iter().map(|(asked, slot)| (slot.to_string(), fine(asked.kind).to_owned())).collect();
        let answers = judge(&asked, &bought, &given, Language::En, today());
        prop_assert_eq!(answers.map(|answers| answers.len()), Ok(slots.len()));
        let gone = slots[left_out % slots.len()].1.to_string();
        given.remove(&gone);
        let wrong = judge(&asked, &bought, &given, Language::En, today());
        prop_assert_eq!(wrong, Err(vec![WrongAnswer { slot: gone, code: "answer_required" }]));
    }

    #[test]
    fn whatever_is_written_never_panics(name in ".{0,90}", text in ".{0,600}") {
        let asked = [question(QuestionKind::BirthDate, true), question(QuestionKind::Text, false)];
        let bought = [Bought { ticket_type: TicketTypeId::generate(), name: "Regular", tickets: 2 }];
        let slot = Slot { question: asked[1].id, ticket: None };
        let given = BTreeMap::from([(name, text.clone()), (slot.to_string(), text)]);
        let _ = judge(&asked, &bought, &given, Language::En, today());
    }
}
