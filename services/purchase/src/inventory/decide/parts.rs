//! What is asked for, each part at its price, or why not.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::event::SaleState;
use domain::event::companion::{self, Chosen};
use domain::event::terms::TicketKind;
use domain::ids::{TicketId, WaitlistId};
use domain::money::Money;
use domain::order::{Channel, MOST_TICKETS};
use domain::quote::{QuoteItem, ServiceFee};
use uuid::Uuid;

use super::{Counter, EventOffer, TypeOffer};
use crate::box_office::house::House;
use crate::exchanges::old_ticket;
use crate::inventory::price::{Night, Part, Priced};
use crate::inventory::{AtDesk, HoldRequest, Refusal};
use crate::waitlist::OpenOffer;

impl Counter {
    /// The offer that a request claims: still open, and for this ticket type alone.
    pub(super) fn claimed(
        &self,
        claim: WaitlistId,
        request: &HoldRequest,
        now: DateTime<Utc>,
    ) -> Result<&OpenOffer, Refusal> {
        let offer = self.offers.get(&claim).filter(|offer| offer.until > now).ok_or(Refusal::OfferOver)?;
        match request.items.as_slice() {
            [wanted] if wanted.ticket_type != offer.ticket_type => Err(Refusal::OfferOver),
            [wanted] if wanted.quantity > offer.party => {
                Err(Refusal::LimitExceeded { item: 0, most: offer.party })
            }
            [_] => Ok(offer),
            _ => Err(Refusal::OfferOver),
        }
    }

    /// What is left of a limit for a request: of an offer's limits what is held for it, of the others what nobody in line
    /// waits for.
    fn left_for(&self, claimed: Option<&OpenOffer>, limit: Uuid) -> i64 {
        let left = self.left.get(&limit).copied().unwrap_or(0);
        match claimed {
            Some(offer) if offer.stock_ids.contains(&limit) => offer.places,
            Some(_) => left,
            None => left - self.kept.get(&limit).copied().unwrap_or(0),
        }
    }

    /// All that is asked for, each part at its price; or why not. Parts of one order see each other.
    pub(super) fn parts(
        &self,
        request: &HoldRequest,
        event_id: Uuid,
        event: &EventOffer,
        claimed: Option<&OpenOffer>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Part>, Refusal> {
        let night = Night { fee: event.fee, currency: event.currency, now };
        let mut taken: HashMap<Uuid, i64> = HashMap::new();
        let mut parts: Vec<Part> = Vec::with_capacity(request.items.len());
        let (mut entry, mut tickets, mut heads) = (false, 0, 0);
        for (item, wanted) in request.items.iter().enumerate() {
            let offer = self.types.get(&wanted.ticket_type).filter(|offer| offer.event_id == event_id);
            let offer = offer.filter(|offer| {
                claimed.is_some()
                    || request.desk.is_some()
                    || offer.priced.terms.is_open_to(request.access_code.as_deref())
            });
            // A table is had by its own request alone, at the desk too.
            let offer = offer.filter(|offer| offer.priced.terms.kind != TicketKind::Table);
            let offer = offer.ok_or(Refusal::UnknownTicketType { item })?;
            let left = |limit: Uuid| self.left_for(claimed, limit) - taken.get(&limit).copied().unwrap_or(0);
            let there = offer.priced.left(left);
            if let Some(desk) = &request.desk {
                desk.admits(item, wanted.quantity, there, event, now)?;
            } else {
                offer.admits(item, wanted.quantity, there, event, now)?;
                self.allows(item, wanted.quantity, &offer.priced, &request.buyer.guest())?;
            }
            let priced =
                offer.priced.named(wanted.amount_minor).map_err(|why| Refusal::Amount { item, why })?;
            let mut these = priced.parts(wanted.quantity, left, night);
            if let Some(ticket) = request.exchange {
                self.exchanged(ticket, (event_id, event), &priced, &mut these, now)?;
            }
            if let Some(desk) = &request.desk {
                these.iter_mut().for_each(|part| desk.price(&mut part.item));
            }
            tickets += these.iter().map(Part::places).sum::<i64>();
            if tickets > i64::from(MOST_TICKETS) {
                return Err(Refusal::OrderLimit { item });
            }
            for part in &these {
                for limit in &part.stock {
                    *taken.entry(*limit).or_default() += part.places();
                }
            }
            if offer.priced.terms.kind == TicketKind::Entry {
                entry = true;
                heads += these.iter().map(Part::places).sum::<i64>();
            }
            parts.extend(these);
        }
        match &request.desk {
            Some(desk) => desk.finds_room(heads).map(|()| parts),
            None if !entry => Err(Refusal::AddOnAlone),
            // Who claims an offer was promised that type when they joined its line.
            None if claimed.is_none() => self.complete(request).map(|()| parts),
            None => Ok(parts),
        }
    }

    /// Makes of one ticket's price what is paid for it beside the one that it is exchanged for.
    fn exchanged(
        &self,
        ticket: TicketId,
        (event_id, event): (Uuid, &EventOffer),
        kind: &Priced,
        parts: &mut [Part],
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let open = event.terms.exchange_until.is_some_and(|until| now < until);
        let old = self.exchanges.get(&ticket).filter(|old| open && old.order.event_id == event_id);
        match (old, parts) {
            (Some(old), [part]) => old_ticket::beside(old, kind, part).ok_or(Refusal::ExchangeOver),
            _ => Err(Refusal::ExchangeOver),
        }
    }

    /// Whether every type that needs another one has enough of it in the same order.
    fn complete(&self, request: &HoldRequest) -> Result<(), Refusal> {
        let chosen = request.items.iter().filter_map(|wanted| {
            let priced = &self.types.get(&wanted.ticket_type)?.priced;
            Some(Chosen { name: &priced.name, quantity: wanted.quantity, needs: priced.terms.needs.as_ref() })
        });
        let chosen: Vec<Chosen<'_>> = chosen.collect();
        companion::missing(&chosen).map_or(Ok(()), |missing| Err(Refusal::CompanionMissing(missing)))
    }

    /// Whether a guest may have that many more tickets of a type.
    fn allows(&self, item: usize, quantity: u32, priced: &Priced, guest: &str) -> Result<(), Refusal> {
        let Some(most) = priced.terms.max_per_guest else { return Ok(()) };
        let has = self.bought.get(&(guest.to_owned(), priced.id)).copied().unwrap_or(0);
        let wants = i64::from(quantity) * i64::from(priced.terms.places);
        if has + wants > most { Err(Refusal::GuestLimit { item, most, has }) } else { Ok(()) }
    }
}

impl AtDesk {
    /// Staff sell as long as the night lasts, and what is there.
    fn admits(
        &self,
        item: usize,
        quantity: u32,
        left: i64,
        event: &EventOffer,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        if event.ends_at <= now {
            return Err(Refusal::SaleClosed { item });
        }
        if i64::from(quantity) > left {
            return Err(Refusal::SoldOut { item, left: left.max(0) });
        }
        Ok(())
    }

    /// Whether so many who buy at the door may come in now, or a manager sells on.
    fn finds_room(&self, heads: i64) -> Result<(), Refusal> {
        match self.house.map(House::room) {
            Some(room) if heads > room && !self.sells_on => Err(Refusal::HouseFull { room }),
            _ => Ok(()),
        }
    }

    /// What is given away costs nothing; what is sold at the venue costs what it costs online.
    fn price(&self, item: &mut QuoteItem) {
        if self.channel == Channel::Comp {
            item.unit = Money::zero(item.unit.currency());
            item.fee = ServiceFee { fixed_minor: 0, basis_points: 0, absorbed: false };
        }
    }
}

impl TypeOffer {
    pub(super) fn admits(
        &self,
        item: usize,
        quantity: u32,
        left: i64,
        event: &EventOffer,
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
        if i64::from(quantity) > left {
            return Err(Refusal::SoldOut { item, left: left.max(0) });
        }
        // The last places may be fewer than the club's minimum: then they may all be bought.
        let fewest = i64::from(self.min_per_order).min(left);
        if i64::from(quantity) < fewest {
            return Err(Refusal::BelowMinimum { item, fewest: self.min_per_order });
        }
        Ok(())
    }
}
