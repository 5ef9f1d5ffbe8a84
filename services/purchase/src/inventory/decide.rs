//! Who gets what: a pure decision over a batch, in order of arrival.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::event::SaleState;
use domain::event::companion::{self, Chosen};
use domain::event::question::{self, Answer, Bought};
use domain::event::terms::{EventTerms, TicketKind};
use domain::guest_list::Allotment;
use domain::ids::{EventId, OrderId, TicketTypeId, WaitlistId};
use domain::money::{Currency, Money};
use domain::order::{Channel, MOST_TICKETS};
use domain::promo::{PromoCode, PromoRefusal, Used};
use domain::quote::{Discount, LineKind, Quote, QuoteItem, ServiceFee, quote};
use uuid::Uuid;
use web::ClientNetwork;

use super::price::{Night, Part, Priced};
use super::{AtDesk, EventName, HoldRequest, OpenLimits, Refusal};
use crate::promos::PromoOffer;
use crate::waitlist::OpenOffer;

/// What can be sold right now, read under the stock rows' locks.
#[derive(Debug, Default)]
pub(super) struct Counter {
    /// Published events by key.
    pub events: HashMap<Uuid, EventOffer>,
    /// Ticket types by key.
    pub types: HashMap<TicketTypeId, TypeOffer>,
    /// Tickets neither held nor sold, by limit; falls as the batch is served.
    pub left: HashMap<Uuid, i64>,
    /// What of that is for those who wait in line, by limit.
    pub kept: HashMap<Uuid, i64>,
    /// Offers that are claimed in this batch.
    pub offers: HashMap<WaitlistId, OpenOffer>,
    /// Tickets that a guest has of a type, where the type limits that.
    pub bought: HashMap<(String, TicketTypeId), i64>,
    /// How much may wait for payment at once.
    pub limits: OpenLimits,
    /// Orders of a guest that wait for payment.
    pub open_orders: HashMap<String, i64>,
    /// Tickets that wait for payment by guests at a network address.
    pub open_tickets: HashMap<String, i64>,
    /// Free tickets that guests of a network may still have; of one that is not here nobody counts them.
    pub gifts_left: HashMap<ClientNetwork, i64>,
    /// Promos by code.
    pub promos: HashMap<PromoCode, PromoOffer>,
    /// Orders in which a guest uses a promo.
    pub promo_uses: HashMap<(String, Uuid), i64>,
    /// What promoters may bring to a night, by its key and theirs.
    pub allotments: HashMap<(Uuid, String), Allotment>,
    /// Idempotency keys already used: what for, and the order they led to.
    pub used_keys: HashMap<String, (Vec<u8>, OrderId)>,
}

/// A published event, as far as selling goes.
#[derive(Debug, Clone)]
pub(super) struct EventOffer {
    pub slug: String,
    pub currency: Currency,
    pub fee: ServiceFee,
    pub ends_at: DateTime<Utc>,
    pub terms: EventTerms,
    /// Whether anybody waits in line.
    pub line: bool,
}

/// A ticket type, as far as selling goes.
#[derive(Debug, Clone)]
pub(super) struct TypeOffer {
    pub event_id: Uuid,
    pub priced: Priced,
    pub min_per_order: u32,
    pub max_per_order: u32,
    pub sale_from: Option<DateTime<Utc>>,
    pub sale_until: Option<DateTime<Utc>>,
}

/// A promo as it is written down with an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeemed {
    /// The promo.
    pub promo: Uuid,
    /// The code that was named.
    pub code: PromoCode,
    /// Whom the sale is credited to; may be empty.
    pub promoter: String,
}

/// What a granted request gets.
#[derive(Debug)]
pub(super) struct Granted {
    pub event: Uuid,
    pub quote: Quote,
    /// For each ticket line of the quote, the limits it takes from.
    pub stock: Vec<Vec<Uuid>>,
    pub redeemed: Option<Redeemed>,
    /// The offer that it claims.
    pub claimed: Option<OpenOffer>,
    /// What the guest answered.
    pub answers: Vec<Answer>,
}

impl Granted {
    /// Whether its places wait for a payment.
    fn waits(&self, request: &HoldRequest) -> bool {
        request.desk.is_none() && !self.quote.total.is_zero()
    }

    fn tickets(&self) -> i64 {
        self.quote.lines.iter().map(|line| i64::from(line.places)).sum()
    }
}

/// Items with the discount on them, and the promo it comes from.
type Reduced = (Vec<QuoteItem>, Option<Discount>, Option<Redeemed>);

/// The answer to one request of the batch.
#[derive(Debug)]
pub(super) enum Decision {
    /// Take the places.
    Take(Box<Granted>),
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
        match self.grant(request, now) {
            Ok(granted) => {
                self.take(request, &granted);
                Decision::Take(Box::new(granted))
            }
            Err(refusal) => Decision::Refuse(refusal),
        }
    }

    /// Remembers the key of a granted request, so that its twin in the same batch is a replay.
    pub(super) fn remember(&mut self, request: &HoldRequest, order: OrderId) {
        self.used_keys.insert(request.key.clone(), (request.fingerprint.clone(), order));
    }

    fn take(&mut self, request: &HoldRequest, granted: &Granted) {
        let guest = request.buyer.guest();
        let tickets = granted.quote.lines.iter().filter(|line| line.kind == LineKind::Ticket);
        for (line, limits) in tickets.zip(&granted.stock) {
            for limit in limits.iter().filter(|limit| !granted.holds(**limit)) {
                *self.left.entry(*limit).or_default() -= i64::from(line.places);
            }
            if let Some(kind) = line.ticket_type {
                *self.bought.entry((guest.clone(), kind)).or_default() += i64::from(line.places);
            }
        }
        if granted.waits(request) {
            *self.open_orders.entry(guest.clone()).or_default() += 1;
            if let Some(client) = &request.client {
                *self.open_tickets.entry(client.clone()).or_default() += granted.tickets();
            }
        }
        if granted.quote.total.is_zero()
            && let Some(left) = request.network().and_then(|network| self.gifts_left.get_mut(&network))
        {
            *left -= granted.tickets();
        }
        // What an offer held and its order leaves is for the next in line, and they are asked after the batch.
        if let Some(claimed) = &granted.claimed {
            self.offers.remove(&claimed.id);
        }
        if let Some(redeemed) = &granted.redeemed {
            for (code, offer) in &mut self.promos {
                if offer.promo.id.uuid() == redeemed.promo {
                    offer.taken += 1;
                    offer.spent |= offer.single_use && *code == redeemed.code;
                }
            }
            *self.promo_uses.entry((guest, redeemed.promo)).or_default() += 1;
        }
        if let Some((key, guests)) = brought(request, granted.event) {
            self.allotments.entry(key).or_default().taken += guests;
        }
    }

    fn grant(&self, request: &HoldRequest, now: DateTime<Utc>) -> Result<Granted, Refusal> {
        let (id, event) = self.event(request).ok_or(Refusal::UnknownEvent)?;
        let claimed = request.claim.map(|claim| self.claimed(claim, request, now)).transpose()?;
        let parts = self.parts(request, id, event, claimed, now)?;
        self.allots(request, id)?;
        let (items, stock): (Vec<QuoteItem>, Vec<Vec<Uuid>>) =
            parts.into_iter().map(|part| (part.item, part.stock)).unzip();
        let (items, discount, redeemed) = self.redeem(request, id, items, event.currency, now)?;
        let quote = quote(&items, discount.as_ref(), event.currency).map_err(|_| Refusal::TooLarge)?;
        if request.desk.is_none() && !quote.total.is_payable() {
            return Err(Refusal::TooSmall {
                least: Money::new(event.currency.least_charge(), event.currency),
            });
        }
        // Stripe takes eight digits at most.
        if quote.total.minor() > 99_999_999 {
            return Err(Refusal::TooLarge);
        }
        let answers = self.answers(request, event, now)?;
        let granted = Granted { event: id, quote, stock, redeemed, claimed: claimed.cloned(), answers };
        if !self.may_wait(request, &granted) {
            return Err(Refusal::TooManyOpen);
        }
        if self.may_give(request, &granted) { Ok(granted) } else { Err(Refusal::NetworkBusy) }
    }

    /// Whether one more order may wait for its payment. Replicas that decide at the same instant about different ticket
    /// types do not see each other: then it is a few more.
    fn may_wait(&self, request: &HoldRequest, granted: &Granted) -> bool {
        // Who claims an offer takes nothing that was not theirs.
        if !granted.waits(request) || request.claim.is_some() {
            return true;
        }
        let open = |counts: &HashMap<String, i64>, who: &str| counts.get(who).copied().unwrap_or(0);
        let of_guest = open(&self.open_orders, &request.buyer.guest());
        let of_client = request.client.as_deref().map_or(0, |client| open(&self.open_tickets, client));
        of_guest < self.limits.orders
            && (of_client == 0 || of_client + granted.tickets() <= self.limits.tickets)
    }

    /// Whether guests of that network may have so many tickets more for nothing. As long as there is one left, an order is not too large.
    fn may_give(&self, request: &HoldRequest, granted: &Granted) -> bool {
        let left = request.network().and_then(|network| self.gifts_left.get(&network).copied());
        !granted.quote.total.is_zero() || left.is_none_or(|left| left > 0)
    }

    fn event(&self, request: &HoldRequest) -> Option<(Uuid, &EventOffer)> {
        let found = match &request.event {
            EventName::Id(id) => self.events.get(id).map(|event| (*id, event)),
            EventName::Slug(slug) => {
                self.events.iter().find(|(_, e)| e.slug == *slug).map(|(id, event)| (*id, event))
            }
        };
        found.filter(|(_, event)| {
            request.claim.is_some()
                || request.desk.is_some()
                || event.terms.is_open_to(request.access_code.as_deref())
        })
    }

    /// The offer that a request claims: still open, and for this ticket type alone.
    fn claimed(
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
    fn parts(
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
        let (mut entry, mut tickets) = (false, 0);
        for (item, wanted) in request.items.iter().enumerate() {
            let offer = self.types.get(&wanted.ticket_type).filter(|offer| offer.event_id == event_id);
            let offer = offer.filter(|offer| {
                claimed.is_some()
                    || request.desk.is_some()
                    || offer.priced.terms.is_open_to(request.access_code.as_deref())
            });
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
            entry |= offer.priced.terms.kind == TicketKind::Entry;
            parts.extend(these);
        }
        match request.desk {
            Some(_) => Ok(parts),
            None if !entry => Err(Refusal::AddOnAlone),
            // Who claims an offer was promised that type when they joined its line.
            None if claimed.is_none() => self.complete(request).map(|()| parts),
            None => Ok(parts),
        }
    }

    /// What the guest answered to the night's questions. Staff, and who claims an offer, are not asked.
    fn answers(
        &self,
        request: &HoldRequest,
        event: &EventOffer,
        now: DateTime<Utc>,
    ) -> Result<Vec<Answer>, Refusal> {
        let questions = &event.terms.questions;
        let asks = request.desk.is_none() && request.claim.is_none();
        if !asks || (questions.is_empty() && request.answers.is_empty()) {
            return Ok(Vec::new());
        }
        let bought = request.items.iter().filter_map(|wanted| {
            let priced = &self.types.get(&wanted.ticket_type)?.priced;
            let tickets = wanted.quantity.saturating_mul(priced.terms.places);
            Some(Bought { ticket_type: priced.id, name: &priced.name, tickets })
        });
        let bought: Vec<Bought<'_>> = bought.collect();
        let (language, today) = (request.buyer.language, now.date_naive());
        question::judge(questions, &bought, &request.answers, language, today).map_err(Refusal::Answers)
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

    /// Whether the promoter of a guest may bring so many more.
    fn allots(&self, request: &HoldRequest, event: Uuid) -> Result<(), Refusal> {
        let Some((key, guests)) = brought(request, event) else { return Ok(()) };
        let allotment = self.allotments.get(&key).copied().unwrap_or_default();
        if allotment.admits(guests) {
            Ok(())
        } else {
            Err(Refusal::Allotment { left: allotment.left().unwrap_or(0) })
        }
    }

    /// The items with what the guest's promo takes off.
    fn redeem(
        &self,
        request: &HoldRequest,
        event: Uuid,
        items: Vec<QuoteItem>,
        currency: Currency,
        now: DateTime<Utc>,
    ) -> Result<Reduced, Refusal> {
        let Some(code) = &request.promo else { return Ok((items, None, None)) };
        let offer = self.promos.get(code).ok_or(Refusal::Promo(PromoRefusal::Unknown))?;
        let promo = offer.promo.id.uuid();
        let by_guest = self.promo_uses.get(&(request.buyer.guest(), promo)).copied().unwrap_or(0);
        let used = Used { in_all: offer.taken, by_guest, code: offer.spent };
        let (items, discount) = offer
            .apply(EventId::from_uuid(event), items, code, used, currency, now)
            .map_err(Refusal::Promo)?;
        let redeemed = Redeemed { promo, code: code.clone(), promoter: offer.promoter.clone() };
        Ok((items, discount, Some(redeemed)))
    }
}

/// Whose guests these are, and how many.
fn brought(request: &HoldRequest, event: Uuid) -> Option<((Uuid, String), i64)> {
    let guest = request.guest()?;
    let promoter = guest.promoter.as_ref()?;
    Some(((event, promoter.key().to_owned()), i64::from(guest.party)))
}

impl Granted {
    /// Whether its places in a limit are those that its offer holds.
    fn holds(&self, limit: Uuid) -> bool {
        self.claimed.as_ref().is_some_and(|offer| offer.stock_ids.contains(&limit))
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

    /// What is given away costs nothing; what is sold at the venue costs what it costs online.
    fn price(&self, item: &mut QuoteItem) {
        if self.channel == Channel::Comp {
            item.unit = Money::zero(item.unit.currency());
            item.fee = ServiceFee { fixed_minor: 0, basis_points: 0, absorbed: false };
        }
    }
}

impl TypeOffer {
    fn admits(
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

#[cfg(test)]
mod tests;
