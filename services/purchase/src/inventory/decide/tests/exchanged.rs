//! Tickets that are exchanged.

use domain::event::terms::Visibility;
use domain::exchange::Worth;
use domain::ids::TicketId;
use domain::quote::Tax;

use super::*;
use crate::exchanges::old_ticket::OldTicket;
use crate::orders::store::OrderRow;
use crate::tickets::store::TicketRow;

/// A ticket at twenty euros, of an order.
fn old(order: Uuid, event: Uuid) -> OldTicket {
    OldTicket {
        order: OrderRow {
            id: order,
            reference: "FIRST".into(),
            event_id: event,
            state: "paid".into(),
            revision: 2,
            buyer_name: "Ana".into(),
            buyer_email: "ana@example.org".into(),
            language: "es".into(),
            currency: "EUR".into(),
            total_minor: 6150,
            promo_id: None,
            promo_code: None,
            promoter: String::new(),
            held_until: now(),
            created_at: now(),
            paid_at: Some(now()),
            expired_at: None,
            refunded_at: None,
            channel: "online".into(),
            exchanges: None,
        },
        ticket: TicketRow {
            id: Uuid::now_v7(),
            order_id: order,
            order_line_id: Uuid::now_v7(),
            ordinal: 1,
            event_id: event,
            ticket_type_id: Uuid::now_v7(),
            type_name: "Regular".into(),
            zone_id: Uuid::now_v7(),
            holder_name: "Ana".into(),
            attention: String::new(),
            state: "valid".into(),
            revision: 1,
            issued_at: now(),
            changed_at: now(),
            place_freed: false,
            disputed_before: false,
            admit_until: None,
            buyer_email_hash: Vec::new(),
            birth_date: None,
        },
        worth: Worth { minor: 2000, tax: Tax::default() },
        stock: Vec::new(),
    }
}

/// Of each of these orders a ticket, to be exchanged in one batch for a type at this price; how many of them are.
fn exchanged(price_minor: i64, orders: [Uuid; 2], private: bool) -> usize {
    let (mut counter, event, kind) = counter(9);
    let terms = &mut counter.events.get_mut(&event).expect("the night").terms;
    terms.exchange_until = Some(now() + chrono::TimeDelta::hours(1));
    if private {
        (terms.visibility, terms.access_code) = (Visibility::Private, Some("deck".into()));
    }
    let offer = &mut counter.types.get_mut(&kind).expect("the type").priced;
    (offer.price_minor, offer.terms.fee) = (price_minor, Some(NO_FEE));
    let wishes = orders.map(|order| {
        let old = old(order, event);
        let ticket = TicketId::from_uuid(old.ticket.id);
        counter.exchanges.insert(ticket, old);
        HoldRequest { exchange: Some(ticket), ..request(&ticket.to_string(), kind, 1) }
    });
    let taken = wishes.iter().filter(|wish| match counter.decide(wish, now()) {
        Decision::Take(_) => true,
        Decision::Refuse(Refusal::ExchangeOver) => false,
        other => panic!("{other:?}"),
    });
    taken.count()
}

#[test]
fn what_goes_at_once_is_judged_again_for_the_next_of_its_order() {
    let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
    assert_eq!(exchanged(2000, [one, one], false), 1, "the other may not be left alone: it asks again");
    assert_eq!(exchanged(2000, [one, other], false), 2, "another order is nobody's rest");
    assert_eq!(exchanged(5000, [one, one], false), 2, "what is paid later is judged when it is");
}

#[test]
fn who_has_a_ticket_of_a_private_night_needs_no_code_for_another() {
    assert_eq!(exchanged(2000, [Uuid::now_v7(), Uuid::now_v7()], true), 2);
}

#[test]
fn what_is_not_seen_to_be_exchangeable_is_not_sold_for_less() {
    let (mut counter, event, kind) = counter(9);
    let wish = HoldRequest { exchange: Some(TicketId::generate()), ..request("a", kind, 1) };
    let refused = |decision: Decision| matches!(decision, Decision::Refuse(Refusal::ExchangeOver));
    assert!(refused(counter.decide(&wish, now())), "the night's terms know no such thing");
    let terms = &mut counter.events.get_mut(&event).expect("the night").terms;
    terms.exchange_until = Some(now() + chrono::TimeDelta::hours(1));
    assert!(refused(counter.decide(&wish, now())), "nor is it a ticket that may go");
    assert_eq!(counter.left[&kind.uuid()], 9, "nothing was taken");
}
