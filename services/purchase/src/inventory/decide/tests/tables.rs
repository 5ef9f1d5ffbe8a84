//! A table is taken whole, by one party, and by a request of its own.

use super::*;
use crate::inventory::TableWish;
use crate::reservations::on_sale::MOST_UNPAID;
use domain::event::terms::TicketKind;

const SEATS: i64 = 8;

/// A table of the night for eight, at a deposit of twenty euros.
fn laid(counter: &mut Counter, event: Uuid) -> TicketTypeId {
    let terms = TypeTerms { kind: TicketKind::Table, fee: Some(NO_FEE), ..TypeTerms::default() };
    let kind = offered(counter, event, SEATS, terms);
    let table = TableOnSale {
        event_id: event,
        seats: SEATS,
        open: true,
        taken: false,
        asks_first: false,
        asked: vec![],
        minimum_minor: 50_000,
        deposit_minor: 10_000,
        menu: vec![(Uuid::from_u128(1), "Mezcal".into(), 18_000)],
    };
    counter.tables.insert(kind.uuid(), table);
    kind
}

fn booking(key: &str, kind: TicketTypeId, party: u32) -> HoldRequest {
    let arrives_at = now() + chrono::TimeDelta::hours(2);
    let wish = TableWish {
        party,
        arrives_at,
        occasion: String::new(),
        wish: String::new(),
        preorder: vec![],
        approval: None,
    };
    HoldRequest { table: Some(wish), ..request(key, kind, 1) }
}

fn refused(decision: Decision) -> Refusal {
    match decision {
        Decision::Refuse(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn a_party_takes_a_table_whole_at_its_deposit() {
    let (mut counter, event, _) = counter(5);
    let kind = laid(&mut counter, event);
    let decision = counter.decide(&booking("a", kind, 3), now());
    assert_eq!(total(&decision), 2000, "the deposit, whoever comes, and no fee on it");
    let Decision::Take(granted) = decision else { panic!("it has a total") };
    assert_eq!(granted.quote.lines[0].places, 3, "a pass each");
    assert_eq!(granted.table.expect("a table").minimum_minor, 50_000);
    // Five seats are empty, and nobody else sits down.
    let next = counter.decide(&booking("b", kind, 2), now());
    assert_eq!(refused(next), Refusal::SoldOut { item: 0, left: 0 });
}

#[test]
fn a_table_is_never_had_as_a_ticket() {
    let (mut counter, event, entry) = counter(5);
    let kind = laid(&mut counter, event);
    let unknown = Refusal::UnknownTicketType { item: 0 };
    assert_eq!(refused(counter.decide(&request("a", kind, 1), now())), unknown, "at checkout");
    let desk = AtDesk {
        channel: Channel::CashAtVenue,
        actor: audit::Actor::named("desk", "request"),
        guest: None,
        house: None,
        sells_on: false,
    };
    let at_desk = HoldRequest { desk: Some(desk), ..request("b", kind, 1) };
    assert_eq!(refused(counter.decide(&at_desk, now())), unknown, "at the desk");
    assert_eq!(refused(counter.decide(&booking("c", entry, 2), now())), unknown, "a ticket is no table");
    let mut beside = booking("d", kind, 2);
    beside.items.push(Wanted::of(entry, 1));
    assert_eq!(refused(counter.decide(&beside, now())), unknown, "nothing beside it");
    let two = HoldRequest { items: vec![Wanted::of(kind, 2)], ..booking("e", kind, 2) };
    assert_eq!(refused(counter.decide(&two, now())), unknown, "once");
}

#[test]
fn what_does_not_fit_is_refused_by_its_own_reason() {
    let (mut counter, event, _) = counter(5);
    let kind = laid(&mut counter, event);
    let large = counter.decide(&booking("a", kind, 9), now());
    assert_eq!(refused(large), Refusal::LimitExceeded { item: 0, most: 8 });
    let mut early = booking("b", kind, 2);
    early.table.as_mut().expect("a table").arrives_at = now();
    assert_eq!(refused(counter.decide(&early, now())), Refusal::Arrival);
    let mut thirsty = booking("c", kind, 2);
    thirsty.table.as_mut().expect("a table").preorder =
        vec![(Uuid::from_u128(1), 1), (Uuid::from_u128(2), 1)];
    assert_eq!(refused(counter.decide(&thirsty, now())), Refusal::UnknownBottle { at: 1 });
    counter.tables.get_mut(&kind.uuid()).expect("a table").open = false;
    assert_eq!(refused(counter.decide(&booking("d", kind, 2), now())), Refusal::SaleClosed { item: 0 });
}

#[test]
fn an_address_holds_a_few_tables_unpaid_and_no_more() {
    let (mut counter, event, _) = counter(5);
    counter.limits.orders = 100;
    let mut book = |key: &str, client: &str| {
        let kind = laid(&mut counter, event);
        let wish = HoldRequest { client: Some(client.into()), ..booking(key, kind, 2) };
        counter.decide(&wish, now())
    };
    for table in 0..MOST_UNPAID {
        assert!(matches!(book(&format!("{table}"), "192.0.2.1"), Decision::Take(..)));
    }
    assert_eq!(refused(book("more", "192.0.2.1")), Refusal::TooManyOpen);
    assert!(matches!(book("other", "198.51.100.1"), Decision::Take(..)), "somebody else may");
}
