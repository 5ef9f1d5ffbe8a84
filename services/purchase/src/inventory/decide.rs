//! Who gets what: a pure decision over a batch, in order of arrival.

mod beside;
mod parts;
mod tables;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::event::question::Answer;
use domain::event::terms::EventTerms;
use domain::guest_list::Allotment;
use domain::ids::{OrderId, TicketId, TicketTypeId, WaitlistId};
use domain::money::{Currency, Money};
use domain::promo::PromoCode;
use domain::quote::{LineKind, Quote, QuoteItem, ServiceFee, quote};
use uuid::Uuid;
use web::ClientNetwork;

use self::beside::brought;
use super::price::Priced;
use super::{EventName, HoldRequest, OpenLimits, Refusal};
use crate::credits::{CreditOffer, Spent};
use crate::exchanges::old_ticket::OldTicket;
use crate::promos::PromoOffer;
use crate::reservations::on_sale::{Booked, TableOnSale};
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
    /// Places of each limit that are not sold: free, or waiting for their payment.
    pub unsold: HashMap<Uuid, i64>,
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
    /// Tickets that wait for payment by guests at a network address, by limit.
    pub open_of_address: HashMap<(String, Uuid), i64>,
    /// The same by guests of a network.
    pub open_of_network: HashMap<(String, Uuid), i64>,
    /// Free tickets that guests of a network may still have; of one that is not here nobody counts them.
    pub gifts_left: HashMap<ClientNetwork, i64>,
    /// Promos by code.
    pub promos: HashMap<PromoCode, PromoOffer>,
    /// Credits by code; fall as the batch is served.
    pub credits: HashMap<PromoCode, CreditOffer>,
    /// Orders in which a guest uses a promo.
    pub promo_uses: HashMap<(String, Uuid), i64>,
    /// What promoters may bring to a night, by its key and theirs.
    pub allotments: HashMap<(Uuid, String), Allotment>,
    /// Tickets that are exchanged in this batch, and may be.
    pub exchanges: HashMap<TicketId, OldTicket>,
    /// Tables that are wished for, and how they stand.
    pub tables: HashMap<Uuid, TableOnSale>,
    /// Tables of a night that wait for their deposit, by the network address they were booked from.
    pub unpaid_tables: HashMap<(String, Uuid), i64>,
    /// Idempotency keys already used: what for, and the order they led to.
    pub used_keys: HashMap<String, (Vec<u8>, OrderId)>,
}

/// A published event, as far as selling goes.
#[derive(Debug, Clone)]
pub(super) struct EventOffer {
    pub slug: String,
    pub title: String,
    pub currency: Currency,
    pub fee: ServiceFee,
    pub entry_from: DateTime<Utc>,
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
    /// The night's name.
    pub title: String,
    pub quote: Quote,
    /// For each ticket line of the quote, the limits it takes from.
    pub stock: Vec<Vec<Uuid>>,
    pub redeemed: Option<Redeemed>,
    /// What it takes of a credit.
    pub spent: Option<Spent>,
    /// The offer that it claims.
    pub claimed: Option<OpenOffer>,
    /// What the guest answered.
    pub answers: Vec<Answer>,
    /// The table that it books.
    pub table: Option<Booked>,
}

impl Granted {
    /// Whether its places wait for a payment.
    fn waits(&self, request: &HoldRequest) -> bool {
        request.desk.is_none() && !self.quote.total.is_zero()
    }

    /// Whether it costs nothing, so that nobody pays for it: not with money, and not with a credit.
    fn is_gift(&self) -> bool {
        self.quote.worth_minor() == 0
    }

    fn tickets(&self) -> i64 {
        self.quote.lines.iter().map(|line| i64::from(line.places)).sum()
    }

    /// What it takes of each limit.
    fn places(&self) -> HashMap<Uuid, i64> {
        let mut places: HashMap<Uuid, i64> = HashMap::new();
        let tickets = self.quote.lines.iter().filter(|line| line.kind == LineKind::Ticket);
        for (line, limits) in tickets.zip(&self.stock) {
            for limit in limits {
                *places.entry(*limit).or_default() += i64::from(line.places);
            }
        }
        places
    }
}

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
            if let (Some(client), Some(network)) = (&request.client, request.network()) {
                for (limit, places) in granted.places() {
                    *self.open_of_address.entry((client.clone(), limit)).or_default() += places;
                    *self.open_of_network.entry((network.as_str().to_owned(), limit)).or_default() += places;
                }
            }
        }
        self.take_table(request, granted);
        if granted.is_gift()
            && let Some(left) = request.gift_network().and_then(|network| self.gifts_left.get_mut(&network))
        {
            *left -= granted.tickets();
        }
        // What an offer held and its order leaves is for the next in line, and they are asked after the batch.
        if let Some(claimed) = &granted.claimed {
            self.offers.remove(&claimed.id);
        }
        if let Some(gone) = request.exchange.and_then(|ticket| self.exchanges.remove(&ticket))
            && !granted.waits(request)
        {
            // It goes at once, and what would stay of its order was judged with it there. One that is paid later is judged then.
            self.exchanges.retain(|_, old| old.order.id != gone.order.id);
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
        if let Some(spent) = &granted.spent {
            for offer in self.credits.values_mut().filter(|offer| offer.id == spent.credit) {
                offer.credit.balance_minor -= spent.amount_minor;
            }
        }
        if let Some((key, guests)) = brought(request, granted.event) {
            self.allotments.entry(key).or_default().taken += guests;
        }
    }

    fn grant(&self, request: &HoldRequest, now: DateTime<Utc>) -> Result<Granted, Refusal> {
        let (id, event) = self.event(request).ok_or(Refusal::UnknownEvent)?;
        let claimed = request.claim.map(|claim| self.claimed(claim, request, now)).transpose()?;
        let (parts, table) = match &request.table {
            Some(wish) => {
                let (parts, booked) = self.table(request, wish, id, event, now)?;
                (parts, Some(booked))
            }
            None => (self.parts(request, id, event, claimed, now)?, None),
        };
        self.allots(request, id)?;
        let (items, stock): (Vec<QuoteItem>, Vec<Vec<Uuid>>) =
            parts.into_iter().map(|part| (part.item, part.stock)).unzip();
        let (items, discount, redeemed) = self.redeem(request, id, items, event.currency, now)?;
        let quote = quote(&items, discount.as_ref(), event.currency).map_err(|_| Refusal::TooLarge)?;
        let (quote, spent) = self.spend(request, quote, now)?;
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
        let (title, claimed) = (event.title.clone(), claimed.cloned());
        let granted = Granted { event: id, title, quote, stock, redeemed, spent, claimed, answers, table };
        if !self.may_wait(request, &granted) || !self.may_keep_waiting(request, &granted) {
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
        let of_guest = self.open_orders.get(&request.buyer.guest()).copied().unwrap_or(0);
        of_guest < self.limits.orders && self.may_hold(request, granted)
    }

    /// Whether so much more of each limit may wait for guests at that address, and for guests of its network. Where nothing waits yet,
    /// an order is not too large.
    fn may_hold(&self, request: &HoldRequest, granted: &Granted) -> bool {
        let (Some(client), Some(network)) = (&request.client, request.network()) else { return true };
        granted.places().into_iter().all(|(limit, places)| {
            let Some(unsold) = self.unsold.get(&limit).copied() else { return true };
            let fits = |open: &HashMap<(String, Uuid), i64>, who: &str, most: i64| {
                let open = open.get(&(who.to_owned(), limit)).copied().unwrap_or(0);
                open == 0 || open + places <= most
            };
            fits(&self.open_of_address, client.as_str(), self.limits.of_address(unsold))
                && fits(&self.open_of_network, network.as_str(), self.limits.of_network(unsold))
        })
    }

    /// Whether guests of that network may have so many tickets more for nothing. As long as there is one left, an order is not too large.
    fn may_give(&self, request: &HoldRequest, granted: &Granted) -> bool {
        let left = request.gift_network().and_then(|network| self.gifts_left.get(&network).copied());
        !granted.is_gift() || left.is_none_or(|left| left > 0)
    }

    fn event(&self, request: &HoldRequest) -> Option<(Uuid, &EventOffer)> {
        let found = match &request.event {
            EventName::Id(id) => self.events.get(id).map(|event| (*id, event)),
            EventName::Slug(slug) => {
                self.events.iter().find(|(_, e)| e.slug == *slug).map(|(id, event)| (*id, event))
            }
        };
        found.filter(|(_, event)| {
            // Who has a ticket was let in before.
            request.claim.is_some()
                || request.exchange.is_some()
                || request.desk.is_some()
                || request.approval().is_some()
                || event.terms.is_open_to(request.access_code.as_deref())
        })
    }
}

impl Granted {
    /// Whether its places in a limit are those that its offer holds.
    fn holds(&self, limit: Uuid) -> bool {
        self.claimed.as_ref().is_some_and(|offer| offer.stock_ids.contains(&limit))
    }
}

#[cfg(test)]
mod tests;
