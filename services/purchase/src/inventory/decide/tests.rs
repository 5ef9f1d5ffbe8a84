mod beside;
mod exchanged;
mod network;
mod tables;

use super::*;
use crate::inventory::{AtDesk, Buyer, Wanted};
use domain::event::terms::TypeTerms;
use domain::ids::{PromoId, SharedCapId, TierId};
use domain::language::Language;
use domain::order::Channel;
use domain::promo::{Promo, PromoRefusal};
use domain::quote::Off;
use domain::tier::Tier;
use web::ClientAddress;

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000)
}

const NO_FEE: ServiceFee = ServiceFee { fixed_minor: 0, basis_points: 0, absorbed: false };

fn counter(left: i64) -> (Counter, Uuid, TicketTypeId) {
    let event = Uuid::now_v7();
    let mut counter = Counter::default();
    let offer = EventOffer {
        slug: "friday".into(),
        title: "Friday Night".into(),
        currency: Currency::Eur,
        fee: ServiceFee { fixed_minor: 50, ..NO_FEE },
        entry_from: now() + chrono::TimeDelta::hours(1),
        ends_at: now() + chrono::TimeDelta::hours(8),
        terms: EventTerms::default(),
        line: false,
    };
    counter.events.insert(event, offer);
    let kind = offered(&mut counter, event, left, TypeTerms::default());
    (counter, event, kind)
}

/// One more type of the night, at twenty euros.
fn offered(counter: &mut Counter, event: Uuid, left: i64, terms: TypeTerms) -> TicketTypeId {
    let id = TicketTypeId::generate();
    counter.left.insert(id.uuid(), left);
    counter.unsold.insert(id.uuid(), left);
    for tier in &terms.tiers {
        counter.left.insert(tier.id.uuid(), tier.places.unwrap_or(0));
    }
    let offer = TypeOffer {
        event_id: event,
        priced: Priced { id, name: "Regular".into(), price_minor: 2000, terms },
        min_per_order: 1,
        max_per_order: 6,
        sale_from: None,
        sale_until: None,
    };
    counter.types.insert(id, offer);
    id
}

fn total(decision: &Decision) -> i64 {
    match decision {
        Decision::Take(granted) => granted.quote.total.minor(),
        other => panic!("not granted: {other:?}"),
    }
}

fn request(key: &str, ticket_type: TicketTypeId, quantity: u32) -> HoldRequest {
    HoldRequest {
        event: EventName::Slug("friday".into()),
        items: vec![Wanted::of(ticket_type, quantity)],
        buyer: Buyer { name: "Ana".into(), email: "ana@example.org".into(), language: Language::Es },
        client: None,
        access_code: None,
        promo: None,
        answers: std::collections::BTreeMap::new(),
        claim: None,
        exchange: None,
        table: None,
        desk: None,
        key: key.into(),
        fingerprint: vec![quantity as u8],
        traceparent: None,
    }
}

#[test]
fn the_batch_is_served_in_order_until_nothing_is_left() {
    let (mut counter, event, kind) = counter(5);
    let first = counter.decide(&request("a", kind, 3), now());
    assert!(matches!(&first, Decision::Take(granted) if granted.event == event), "{first:?}");
    assert_eq!(total(&first), 6150);
    let too_many = counter.decide(&request("b", kind, 3), now());
    assert!(matches!(too_many, Decision::Refuse(Refusal::SoldOut { item: 0, left: 2 })), "{too_many:?}");
    assert!(matches!(counter.decide(&request("c", kind, 2), now()), Decision::Take(..)));
    assert!(matches!(
        counter.decide(&request("d", kind, 1), now()),
        Decision::Refuse(Refusal::SoldOut { left: 0, .. })
    ));
}

#[test]
fn a_key_is_good_for_one_request() {
    let (mut counter, _, kind) = counter(9);
    let (first, order) = (request("a", kind, 1), OrderId::generate());
    assert!(matches!(counter.decide(&first, now()), Decision::Take(..)));
    counter.remember(&first, order);
    assert!(matches!(counter.decide(&first, now()), Decision::Replay(o) if o == order));
    assert!(matches!(counter.decide(&request("a", kind, 2), now()), Decision::KeyReused));
}

#[test]
fn what_is_not_on_sale_is_refused_by_its_own_reason() {
    let (mut counter, _, kind) = counter(9);
    assert!(matches!(
        counter.decide(&request("a", kind, 7), now()),
        Decision::Refuse(Refusal::LimitExceeded { most: 6, .. })
    ));
    let foreign = request("a", TicketTypeId::generate(), 1);
    assert!(matches!(
        counter.decide(&foreign, now()),
        Decision::Refuse(Refusal::UnknownTicketType { item: 0 })
    ));
    let other_night = HoldRequest { event: EventName::Slug("saturday".into()), ..request("a", kind, 1) };
    assert!(matches!(counter.decide(&other_night, now()), Decision::Refuse(Refusal::UnknownEvent)));
    let later = now() + chrono::TimeDelta::days(2);
    assert!(matches!(
        counter.decide(&request("a", kind, 1), later),
        Decision::Refuse(Refusal::SaleClosed { item: 0 })
    ));
    counter.types.get_mut(&kind).expect("it is there").sale_from = Some(later);
    assert!(matches!(
        counter.decide(&request("a", kind, 1), now()),
        Decision::Refuse(Refusal::NotYetOnSale { .. })
    ));
}

#[test]
fn a_shared_limit_holds_over_all_its_types_and_within_one_order() {
    let (mut counter, event, _) = counter(0);
    let room = SharedCapId::generate();
    let terms = TypeTerms { shared_cap: Some(room), ..TypeTerms::default() };
    let (one, other) =
        (offered(&mut counter, event, 100, terms.clone()), offered(&mut counter, event, 100, terms));
    counter.left.insert(room.uuid(), 5);
    let mut both = request("a", one, 3);
    both.items.push(Wanted::of(other, 3));
    let refused = counter.decide(&both, now());
    assert!(matches!(refused, Decision::Refuse(Refusal::SoldOut { item: 1, left: 2 })), "{refused:?}");
    both.items[1].quantity = 2;
    assert!(matches!(counter.decide(&both, now()), Decision::Take(_)));
    let late = counter.decide(&request("b", one, 1), now());
    assert!(matches!(late, Decision::Refuse(Refusal::SoldOut { left: 0, .. })), "{late:?}");
}

#[test]
fn a_limit_that_is_not_known_sells_nothing() {
    let (mut counter, event, _) = counter(0);
    let terms = TypeTerms { shared_cap: Some(SharedCapId::generate()), ..TypeTerms::default() };
    let kind = offered(&mut counter, event, 100, terms);
    let refused = counter.decide(&request("a", kind, 1), now());
    assert!(matches!(refused, Decision::Refuse(Refusal::SoldOut { .. })), "{refused:?}");
}

#[test]
fn the_early_price_ends_with_its_places_in_the_middle_of_an_order() {
    let (mut counter, event, _) = counter(0);
    let early = Tier {
        id: TierId::generate(),
        name: "Early bird".into(),
        price_minor: 1000,
        places: Some(3),
        until: None,
    };
    let limit = early.id.uuid();
    let kind = offered(
        &mut counter,
        event,
        100,
        TypeTerms { tiers: vec![early], fee: Some(NO_FEE), ..TypeTerms::default() },
    );
    assert_eq!(total(&counter.decide(&request("a", kind, 2), now())), 2 * 1000);
    let Decision::Take(granted) = counter.decide(&request("b", kind, 2), now()) else { panic!("granted") };
    assert_eq!(granted.quote.total.minor(), 1000 + 2000);
    assert_eq!(granted.stock, [vec![kind.uuid(), limit], vec![kind.uuid()]]);
    assert_eq!(total(&counter.decide(&request("c", kind, 1), now())), 2000);
}

#[test]
fn a_group_ticket_takes_all_its_places_and_is_never_half_sold() {
    let (mut counter, event, _) = counter(0);
    let terms = TypeTerms { places: 5, fee: Some(NO_FEE), ..TypeTerms::default() };
    let kind = offered(&mut counter, event, 9, terms);
    let Decision::Take(granted) = counter.decide(&request("a", kind, 1), now()) else { panic!("granted") };
    assert_eq!((granted.quote.total.minor(), granted.quote.lines[0].places), (2000, 5));
    let refused = counter.decide(&request("b", kind, 1), now());
    assert!(matches!(refused, Decision::Refuse(Refusal::SoldOut { left: 0, .. })), "{refused:?}");
}

#[test]
fn an_order_holds_a_hundred_tickets_whatever_they_are() {
    let (mut counter, event, single) = counter(1000);
    let group = offered(&mut counter, event, 1000, TypeTerms { places: 20, ..TypeTerms::default() });
    for offer in counter.types.values_mut() {
        offer.max_per_order = 100;
    }
    let wish = |key: &str, singles: u32, groups: u32| {
        let mut wish = request(key, single, singles);
        wish.items.push(Wanted::of(group, groups));
        wish
    };
    assert!(matches!(counter.decide(&wish("a", 20, 4), now()), Decision::Take(_)));
    for (key, singles, groups) in [("b", 21, 4), ("c", 1, 5)] {
        let refused = counter.decide(&wish(key, singles, groups), now());
        assert!(matches!(refused, Decision::Refuse(Refusal::OrderLimit { item: 1 })), "{refused:?}");
    }
}

#[test]
fn nobody_has_more_waiting_for_payment_than_may_wait() {
    let (mut counter, event, kind) = counter(1000);
    let refused = |decision: Decision| matches!(decision, Decision::Refuse(Refusal::TooManyOpen));
    counter.open_orders.insert("ana@example.org".into(), 2);
    let mut third = request("a", kind, 1);
    third.buyer.email = "ANA@example.org".into();
    assert!(matches!(counter.decide(&third, now()), Decision::Take(_)));
    assert!(refused(counter.decide(&request("b", kind, 1), now())), "a fourth, in the same batch");
    let free = offered(&mut counter, event, 10, TypeTerms { fee: Some(NO_FEE), ..TypeTerms::default() });
    counter.types.get_mut(&free).expect("it is there").priced.price_minor = 0;
    assert!(matches!(counter.decide(&request("c", free, 1), now()), Decision::Take(_)), "free never waits");

    // Of two hundred places sixty may wait for one address.
    let small = offered(&mut counter, event, 200, TypeTerms::default());
    let mut from = |key: &str, client: &str, quantity: u32| {
        let mut wish = request(key, small, quantity);
        wish.buyer.email = format!("{key}@example.org");
        wish.client = Some(client.into());
        counter.types.get_mut(&small).expect("it is there").max_per_order = 100;
        counter.decide(&wish, now())
    };
    assert!(matches!(from("d", "192.0.2.7", 59), Decision::Take(_)));
    assert!(refused(from("e", "192.0.2.7", 2)));
    assert!(matches!(from("f", "192.0.2.7", 1), Decision::Take(_)));
    assert!(matches!(from("g", "198.51.100.8", 61), Decision::Take(_)), "one order is never too large");
    assert!(refused(from("h", "198.51.100.8", 1)));
}

#[test]
fn a_network_has_its_free_tickets_and_then_none_for_a_while() {
    let (mut counter, event, kind) = counter(1000);
    let free = offered(&mut counter, event, 100, TypeTerms { fee: Some(NO_FEE), ..TypeTerms::default() });
    counter.types.get_mut(&free).expect("it is there").priced.price_minor = 0;
    let network = |client: &str| ClientAddress::passed_on(Some(client)).network();
    counter.gifts_left.extend([(network("192.0.2.0"), 3), (network("198.51.100.0"), 9)]);
    let mut from = |key: &str, client: &str, kind, quantity| {
        let wish = HoldRequest { client: Some(client.into()), ..request(key, kind, quantity) };
        counter.decide(&wish, now())
    };
    assert!(matches!(from("a", "192.0.2.7", free, 2), Decision::Take(_)));
    assert!(matches!(from("b", "192.0.2.8", free, 2), Decision::Take(_)), "not too large while one is left");
    let refused = from("c", "192.0.2.9", free, 1);
    assert!(matches!(refused, Decision::Refuse(Refusal::NetworkBusy)), "{refused:?}");
    assert!(matches!(from("d", "192.0.2.9", kind, 1), Decision::Take(_)), "who pays is not counted");
    assert!(matches!(from("e", "198.51.100.7", free, 1), Decision::Take(_)), "nor is another network");
    assert!(matches!(counter.decide(&request("f", free, 1), now()), Decision::Take(_)), "from nowhere");
}

#[test]
fn a_guest_has_one_limit_over_all_orders_however_the_address_is_written() {
    let (mut counter, event, _) = counter(0);
    let kind =
        offered(&mut counter, event, 100, TypeTerms { max_per_guest: Some(4), ..TypeTerms::default() });
    counter.bought.insert(("ana@example.org".into(), kind), 1);
    assert!(matches!(counter.decide(&request("a", kind, 2), now()), Decision::Take(_)));
    let mut shouted = request("b", kind, 2);
    shouted.buyer.email = "ANA@example.org".into();
    let refused = counter.decide(&shouted, now());
    assert!(matches!(refused, Decision::Refuse(Refusal::GuestLimit { most: 4, has: 3, .. })), "{refused:?}");
    shouted.buyer.email = "bea@example.org".into();
    assert!(matches!(counter.decide(&shouted, now()), Decision::Take(_)));
}

#[test]
fn a_code_is_not_used_more_often_than_it_may_within_a_batch() {
    let (mut counter, _, kind) = counter(100);
    let promo = Promo {
        id: PromoId::generate(),
        off: Off::BasisPoints(5_000),
        event: None,
        ticket_types: Vec::new(),
        minimum_minor: 0,
        from: None,
        until: None,
        most: Some(2),
        most_per_guest: Some(1),
        active: true,
    };
    let code: PromoCode = "SUMMER".parse().expect("a code");
    let offer = PromoOffer {
        promo,
        currency: "EUR".into(),
        promoter: "Lola".into(),
        taken: 0,
        spent: false,
        single_use: false,
    };
    counter.promos.insert(code.clone(), offer);
    let wish = |key: &str, email: &str| HoldRequest {
        promo: Some(code.clone()),
        buyer: Buyer { email: email.into(), ..request(key, kind, 1).buyer },
        ..request(key, kind, 1)
    };
    let first = counter.decide(&wish("a", "ana@example.org"), now());
    assert_eq!(total(&first), 1000 + 50);
    assert!(matches!(&first, Decision::Take(g) if g.redeemed.as_ref().is_some_and(|r| r.promoter == "Lola")));
    let again = counter.decide(&wish("b", "Ana@example.org"), now());
    assert!(matches!(again, Decision::Refuse(Refusal::Promo(PromoRefusal::GuestLimit))), "{again:?}");
    assert!(matches!(counter.decide(&wish("c", "bea@example.org"), now()), Decision::Take(_)));
    let late = counter.decide(&wish("d", "cleo@example.org"), now());
    assert!(matches!(late, Decision::Refuse(Refusal::Promo(PromoRefusal::Exhausted))), "{late:?}");
    let mut unknown = wish("e", "dora@example.org");
    unknown.promo = Some("WINTER".parse().expect("a code"));
    let refused = counter.decide(&unknown, now());
    assert!(matches!(refused, Decision::Refuse(Refusal::Promo(PromoRefusal::Unknown))), "{refused:?}");
}

#[test]
fn a_promoter_brings_to_a_night_what_its_allotment_leaves() {
    use crate::guest_list::GuestEntry;
    use domain::guest_list::Promoter;
    use domain::ids::GuestEntryId;

    let (mut counter, event, kind) = counter(100);
    let promoter = Promoter::read("DJ Ñandú").expect("a name");
    let key = (event, promoter.as_ref().expect("somebody").key().to_owned());
    counter.allotments.insert(key, Allotment { places: Some(5), taken: 2 });
    let guest = |key: &str, party: u32, promoter: Option<Promoter>| HoldRequest {
        event: EventName::Id(event),
        desk: Some(AtDesk {
            channel: Channel::Comp,
            actor: audit::Actor::named("desk", "request"),
            guest: Some(GuestEntry {
                id: GuestEntryId::generate(),
                joins: None,
                promoter,
                note: String::new(),
                party,
                admit_until: now(),
            }),
            house: None,
            sells_on: false,
        }),
        ..request(key, kind, party)
    };
    let too_many = counter.decide(&guest("a", 4, promoter.clone()), now());
    assert!(matches!(too_many, Decision::Refuse(Refusal::Allotment { left: 3 })), "{too_many:?}");
    assert_eq!(total(&counter.decide(&guest("b", 2, promoter.clone()), now())), 0);
    let twin = counter.decide(&guest("c", 2, promoter.clone()), now());
    assert!(matches!(twin, Decision::Refuse(Refusal::Allotment { left: 1 })), "of one batch: {twin:?}");
    assert!(matches!(counter.decide(&guest("d", 1, promoter), now()), Decision::Take(..)));
    assert!(matches!(counter.decide(&guest("e", 20, None), now()), Decision::Take(..)), "the house's");
    assert_eq!(counter.left[&kind.uuid()], 100 - 2 - 1 - 20);
}

#[test]
fn an_address_may_hold_its_share_and_never_all_of_a_small_stock() {
    let usual = OpenLimits::default();
    for (capacity, most) in [(2000, 400), (500, 100), (300, 60), (100, 50), (10, 5), (1, 0)] {
        assert_eq!(usual.of_address(capacity), most, "{capacity}");
    }
    assert_eq!(OpenLimits { share: 100, ..usual }.of_address(60), 60, "switched off");
}
