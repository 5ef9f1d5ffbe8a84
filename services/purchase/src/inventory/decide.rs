//! Who gets what: a pure decision over a batch, in order of arrival.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::event::SaleState;
use domain::ids::{OrderId, TicketTypeId};
use domain::money::{Currency, Money};
use domain::quote::{Quote, QuoteItem, ServiceFee, quote};
use uuid::Uuid;

use super::{EventName, HoldRequest, Refusal};

/// What can be sold right now, read under the stock rows' locks.
#[derive(Debug, Default)]
pub(super) struct Counter {
    /// Published events by key.
    pub events: HashMap<Uuid, EventTerms>,
    /// Ticket types by key.
    pub types: HashMap<TicketTypeId, TypeTerms>,
    /// Idempotency keys already used: what for, and the order they led to.
    pub used_keys: HashMap<String, (Vec<u8>, OrderId)>,
}

/// A published event, as far as selling goes.
#[derive(Debug, Clone)]
pub(super) struct EventTerms {
    pub slug: String,
    pub currency: Currency,
    pub fee: ServiceFee,
    pub ends_at: DateTime<Utc>,
}

/// A ticket type, as far as selling goes.
#[derive(Debug, Clone)]
pub(super) struct TypeTerms {
    pub event_id: Uuid,
    pub name: String,
    pub price_minor: i64,
    pub min_per_order: u32,
    pub max_per_order: u32,
    pub sale_from: Option<DateTime<Utc>>,
    pub sale_until: Option<DateTime<Utc>>,
    /// Places neither held nor sold; falls as the batch is served.
    pub left: i64,
}

/// The answer to one request of the batch.
#[derive(Debug)]
pub(super) enum Decision {
    /// Take the places: the event and the price.
    Take(Uuid, Quote),
    Replay(OrderId),
    KeyReused,
    Refuse(Refusal),
}

impl Counter {
    /// Decides one request and, where it is granted, takes its places off what is left.
    pub(super) fn decide(&mut self, request: &HoldRequest, now: DateTime<Utc>) -> Decision {
        if let Some((fingerprint, order)) = self.used_keys.get(&request.key) {
            return if *fingerprint == request.fingerprint {
                Decision::Replay(*order)
            } else {
                Decision::KeyReused
            };
        }
        match self.price(request, now) {
            Ok((event, quote)) => {
                for wanted in &request.items {
                    if let Some(terms) = self.types.get_mut(&wanted.ticket_type) {
                        terms.left -= i64::from(wanted.quantity);
                    }
                }
                Decision::Take(event, quote)
            }
            Err(refusal) => Decision::Refuse(refusal),
        }
    }

    /// Remembers the key of a granted request, so that its twin in the same batch is a replay.
    pub(super) fn remember(&mut self, request: &HoldRequest, order: OrderId) {
        self.used_keys.insert(request.key.clone(), (request.fingerprint.clone(), order));
    }

    fn price(&self, request: &HoldRequest, now: DateTime<Utc>) -> Result<(Uuid, Quote), Refusal> {
        let (event_id, event) = self.event(&request.event).ok_or(Refusal::UnknownEvent)?;
        let mut items = Vec::with_capacity(request.items.len());
        for (item, wanted) in request.items.iter().enumerate() {
            let terms = self.types.get(&wanted.ticket_type).filter(|terms| terms.event_id == event_id);
            let terms = terms.ok_or(Refusal::UnknownTicketType { item })?;
            terms.admits(item, wanted.quantity, event, now)?;
            items.push(QuoteItem {
                ticket_type: wanted.ticket_type,
                name: terms.name.clone(),
                unit: Money::new(terms.price_minor, event.currency),
                quantity: wanted.quantity,
            });
        }
        let quote = quote(&items, event.fee, event.currency).map_err(|_| Refusal::TooLarge)?;
        // Stripe takes eight digits at most.
        if quote.total.minor() > 99_999_999 {
            return Err(Refusal::TooLarge);
        }
        Ok((event_id, quote))
    }

    fn event(&self, name: &EventName) -> Option<(Uuid, &EventTerms)> {
        match name {
            EventName::Id(id) => self.events.get(id).map(|event| (*id, event)),
            EventName::Slug(slug) => {
                self.events.iter().find(|(_, e)| e.slug == *slug).map(|(id, event)| (*id, event))
            }
        }
    }
}

impl TypeTerms {
    fn admits(
        &self,
        item: usize,
        quantity: u32,
        event: &EventTerms,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let until = self.sale_until.unwrap_or(event.ends_at).min(event.ends_at);
        match SaleState::at(self.sale_from, until, now) {
            SaleState::NotYet { opens } => return Err(Refusal::NotYetOnSale { item, opens }),
            SaleState::Closed => return Err(Refusal::SaleClosed { item }),
            SaleState::Open => {}
        }
        if quantity > self.max_per_order {
            return Err(Refusal::LimitExceeded { item, most: self.max_per_order });
        }
        if i64::from(quantity) > self.left {
            return Err(Refusal::SoldOut { item, left: self.left.max(0) });
        }
        // The last places may be fewer than the club's minimum: then they may all be bought.
        let fewest = i64::from(self.min_per_order).min(self.left);
        if i64::from(quantity) < fewest {
            return Err(Refusal::BelowMinimum { item, fewest: self.min_per_order });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Buyer, Wanted};
    use domain::language::Language;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000)
    }

    fn counter(left: i64) -> (Counter, Uuid, TicketTypeId) {
        let (event, ticket_type) = (Uuid::now_v7(), TicketTypeId::generate());
        let mut counter = Counter::default();
        let fee = ServiceFee { fixed_minor: 50, basis_points: 0 };
        let ends_at = now() + chrono::TimeDelta::hours(8);
        counter
            .events
            .insert(event, EventTerms { slug: "friday".into(), currency: Currency::Eur, fee, ends_at });
        let terms = TypeTerms {
            event_id: event,
            name: "Regular".into(),
            price_minor: 2000,
            min_per_order: 1,
            max_per_order: 6,
            sale_from: None,
            sale_until: None,
            left,
        };
        counter.types.insert(ticket_type, terms);
        (counter, event, ticket_type)
    }

    fn request(key: &str, ticket_type: TicketTypeId, quantity: u32) -> HoldRequest {
        HoldRequest {
            event: EventName::Slug("friday".into()),
            items: vec![Wanted { ticket_type, quantity }],
            buyer: Buyer { name: "Ana".into(), email: "ana@example.org".into(), language: Language::Es },
            key: key.into(),
            fingerprint: vec![quantity as u8],
        }
    }

    #[test]
    fn the_batch_is_served_in_order_until_nothing_is_left() {
        let (mut counter, event, kind) = counter(5);
        assert!(
            matches!(counter.decide(&request("a", kind, 3), now()), Decision::Take(e, q) if e == event && q.total.minor() == 6150)
        );
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
}
