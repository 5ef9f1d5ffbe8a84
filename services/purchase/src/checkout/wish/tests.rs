use super::*;

fn wish() -> Wish {
    Wish {
        event: "friday".into(),
        items: vec![Asked::of(TicketTypeId::generate().to_string(), Some(2))],
        name: " Ana López ".into(),
        email: "ana@example.org".into(),
        promo: "  ".into(),
        access_code: String::new(),
        answers: BTreeMap::new(),
        language: Language::Es,
    }
}

#[test]
fn a_fair_wish_becomes_a_request() {
    let request = wish().judge("key").expect("fair");
    assert_eq!(request.buyer.name, "Ana López");
    assert_eq!(request.event, EventName::Slug("friday".into()));
    assert_eq!(request.items[0].quantity, 2);
}

#[test]
fn every_fault_is_named_by_its_field() {
    let mut bad = wish();
    bad.items = vec![
        Asked::of("no uuid".into(), Some(1)),
        Asked { amount: Amount::Unreadable, ..Asked::of(TicketTypeId::generate().to_string(), None) },
    ];
    bad.name = "  ".into();
    bad.email = "ana@".into();
    bad.promo = "; drop".into();
    let found: Vec<_> = bad.judge("key").expect_err("bad").into_iter().map(|c| (c.field, c.code)).collect();
    let expected = [
        ("items[0].ticket_type", "unknown_ticket_type"),
        ("items[1].amount_minor", "invalid_amount"),
        ("items[1].quantity", "invalid_quantity"),
        ("buyer.name", "invalid_name"),
        ("buyer.email", "invalid_email"),
        ("promo", "promo_invalid"),
    ];
    assert_eq!(found, expected.map(|(field, code)| (field.to_owned(), code)));
}

#[test]
fn quantities_outside_reason_are_refused() {
    for quantity in [0, -1, MOST + 1, i64::MAX, i64::MIN] {
        let mut bad = wish();
        bad.items[0].quantity = Some(quantity);
        assert_eq!(bad.judge("key").expect_err("bad")[0].code, "invalid_quantity", "{quantity}");
    }
    let nothing = Wish { items: Vec::new(), ..wish() };
    assert_eq!(nothing.judge("key").expect_err("bad")[0].code, "invalid_quantity");
}

#[test]
fn the_same_type_twice_is_one_item() {
    let mut twice = wish();
    twice.items.push(Asked::of(twice.items[0].ticket_type.clone(), Some(3)));
    let request = twice.judge("key").expect("fair");
    assert_eq!((request.items.len(), request.items[0].quantity), (1, 5));
    twice.items[1].amount = Amount::Minor(500);
    assert_eq!(twice.judge("key").expect_err("two prices")[0].code, "invalid_amount");
}

#[test]
fn a_fingerprint_tells_requests_apart_and_not_spellings() {
    let first = wish();
    let spelled = Wish { name: "Ana López".into(), ..first.clone() };
    let other = Wish { email: "bea@example.org".into(), ..first.clone() };
    let print = |wish: &Wish| wish.judge("key").expect("fair").fingerprint;
    assert_eq!(print(&first), print(&spelled));
    assert_ne!(print(&first), print(&other));
    let answers = BTreeMap::from([("x".to_owned(), Some("vegan".to_owned()))]);
    assert_ne!(print(&first), print(&Wish { answers, ..first.clone() }), "another answer, too");
    let mut generous = first.clone();
    generous.items[0].amount = Amount::Minor(2_500);
    assert_ne!(print(&first), print(&generous), "another amount is another order");
}

#[test]
fn addresses_that_mail_could_not_reach_are_refused() {
    for good in ["a@b.co", "ana.lopez+club@mail.example.org", "josé@correo.mx", "x_1@sub-domain.example"] {
        assert!(is_email(good), "{good}");
    }
    for bad in [
        "",
        "ana",
        "ana@",
        "@example.org",
        "ana@example",
        "a b@example.org",
        "a@b@c.org",
        "a@-b.org",
        "ana@example..org",
        ".ana@example.org",
        "ana@example.org\nBcc: x@y.z",
        "\"a\"@example.org",
    ] {
        assert!(!is_email(bad), "{bad}");
    }
}
