//! An event as a guest or a client sees it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::event::SaleState;
use domain::event::terms::{EventTerms, TicketKind, opens};
use domain::ids::TicketTypeId;
use domain::money::{Currency, Money};
use domain::quote::{LineKind, Quote, QuoteItem, ServiceFee, quote};
use uuid::Uuid;

use super::store::{EventRow, TypeRow};
use crate::inventory::Wanted;
use crate::inventory::price::{self, Priced};

/// A published night with its ticket types.
#[derive(Debug, Clone)]
pub struct Night {
    /// Its key.
    pub id: Uuid,
    /// Its address.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Plain text, paragraphs parted by blank lines.
    pub description: String,
    /// Doors.
    pub starts_at: DateTime<Utc>,
    /// The end.
    pub ends_at: DateTime<Utc>,
    /// The venue's zone.
    pub tz: Tz,
    /// The venue.
    pub venue_name: String,
    /// Where it is.
    pub venue_address: String,
    /// Currency of all prices.
    pub currency: Currency,
    /// Fee on paid tickets.
    pub fee: ServiceFee,
    /// How it is sold.
    pub terms: EventTerms,
    /// What is offered, in the club's order.
    pub types: Vec<OnSale>,
    /// Tickets left of each limit when this was read.
    left: HashMap<Uuid, i64>,
}

/// A ticket type of a night.
#[derive(Debug, Clone)]
pub struct OnSale {
    /// Its key.
    pub id: TicketTypeId,
    /// Its name.
    pub name: String,
    /// A line about it; may be empty.
    pub description: String,
    /// Price of the next one, without fee.
    pub price: Money,
    /// Price of the next one, with fee and tax.
    pub price_with_fee: Money,
    /// The least that one can cost, with fee and tax: less than its price where guests name it.
    pub least_with_fee: Money,
    /// Whether a service fee is part of that price.
    pub fee: bool,
    /// The early price that it is, if it is one.
    pub tier: Option<CurrentTier>,
    /// How often it could be bought when this was read.
    pub available: i64,
    /// Fewest per order.
    pub min_per_order: u32,
    /// Most per order.
    pub max_per_order: u32,
    /// When the sale opens, if not since publication.
    pub sale_from: Option<DateTime<Utc>>,
    /// When it closes.
    pub sale_until: DateTime<Utc>,
    /// How it is priced.
    pub(crate) priced: Priced,
}

/// An early price while it holds.
#[derive(Debug, Clone)]
pub struct CurrentTier {
    /// Its name.
    pub name: String,
    /// Tickets left of it, where they are counted.
    pub left: Option<i64>,
    /// When it ends, where it ends by itself.
    pub until: Option<DateTime<Utc>>,
}

/// Whether a type can be bought now, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// Yes.
    Open,
    /// Not yet; from this instant.
    NotYet(DateTime<Utc>),
    /// No longer.
    Closed,
    /// There is none left.
    SoldOut,
}

impl Offer {
    /// The word in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::NotYet(_) => "not_yet",
            Self::Closed => "closed",
            Self::SoldOut => "sold_out",
        }
    }
}

impl OnSale {
    /// Whether it can be bought at `now`. A sale that has not opened or is over says so, whatever is left.
    pub fn offer(&self, now: DateTime<Utc>) -> Offer {
        match SaleState::at(self.sale_from, self.sale_until, now) {
            SaleState::NotYet { opens } => Offer::NotYet(opens),
            SaleState::Closed => Offer::Closed,
            SaleState::Open if self.available <= 0 => Offer::SoldOut,
            SaleState::Open => Offer::Open,
        }
    }

    /// The most a guest can take now.
    pub fn most(&self) -> i64 {
        i64::from(self.max_per_order).min(self.available.max(0))
    }
}

impl Night {
    /// The whole night: open if any type is, else the best that can be said.
    pub fn offer(&self, now: DateTime<Utc>) -> Offer {
        // Extras alone are no night.
        let entries = self.types.iter().filter(|t| t.priced.terms.kind == TicketKind::Entry);
        let offers: Vec<Offer> = entries.map(|t| t.offer(now)).collect();
        let opens =
            offers.iter().filter_map(|o| if let Offer::NotYet(at) = o { Some(*at) } else { None }).min();
        if offers.contains(&Offer::Open) {
            Offer::Open
        } else if let Some(opens) = opens {
            Offer::NotYet(opens)
        } else if offers.contains(&Offer::SoldOut) {
            Offer::SoldOut
        } else {
            Offer::Closed
        }
    }

    /// Whether guests name the price of one of its types.
    pub fn names_price(&self) -> bool {
        self.types.iter().any(|kind| kind.priced.terms.guest_price.is_some())
    }

    /// The lowest price of a ticket that can be bought now, fee included; of any if none can. Free tickets beside paid
    /// ones do not make a night free.
    pub fn from_price(&self, now: DateTime<Utc>) -> Option<Money> {
        let cheapest = |open: bool| {
            let entries = self.types.iter().filter(|t| t.priced.terms.kind == TicketKind::Entry);
            let fits = entries.filter(|t| !open || t.offer(now) == Offer::Open);
            fits.map(|t| t.least_with_fee).min_by_key(|price| (price.is_zero(), price.minor()))
        };
        cheapest(true).or_else(|| cheapest(false))
    }

    /// What the chosen purchases would cost now, without holding anything: the same way the hold engine prices them.
    /// Quantities that are not to be had are priced all the same; whether they are is the engine's word.
    pub fn quote(&self, chosen: &[Wanted], now: DateTime<Utc>) -> Option<Quote> {
        quote(&self.items(chosen, now), None, self.currency).ok()
    }

    /// The chosen purchases, each part at its price. An amount that may not be named leaves its purchase out.
    pub(crate) fn items(&self, chosen: &[Wanted], now: DateTime<Utc>) -> Vec<QuoteItem> {
        let night = price::Night { fee: self.fee, currency: self.currency, now };
        let left = |limit: Uuid| self.left.get(&limit).copied().unwrap_or(0);
        chosen
            .iter()
            .filter_map(|wanted| {
                let kind = self.types.iter().find(|kind| kind.id == wanted.ticket_type)?;
                Some(kind.priced.named(wanted.amount_minor).ok()?.parts(wanted.quantity, left, night))
            })
            .flatten()
            .map(|part| part.item)
            .collect()
    }

    /// Takes away what only those see who have a code.
    pub(super) fn hide_hidden(&mut self) {
        keep_offered(&mut self.types, None);
    }

    /// The access codes that open it or one of its types.
    fn codes(&self) -> impl Iterator<Item = &str> {
        let types = self.types.iter().filter_map(|kind| kind.priced.terms.access_code.as_deref());
        // A code that was once set and opens nothing any more is nothing to be found.
        let own = self.terms.access_code.as_deref().filter(|_| !self.terms.is_open_to(None));
        own.into_iter().chain(types)
    }

    /// Whether there is an access code to be found.
    pub fn has_codes(&self) -> bool {
        self.codes().next().is_some()
    }

    /// Whether this access code opens it or one of its types.
    pub fn knows(&self, access_code: &str) -> bool {
        self.codes().any(|wanted| opens(wanted, Some(access_code)))
    }

    /// The night as a guest with this access code sees it. `None`: not at all.
    pub fn open_to(self: Arc<Self>, access_code: Option<&str>) -> Option<Arc<Self>> {
        if !self.terms.is_open_to(access_code) {
            return None;
        }
        let hidden = |kind: &OnSale| !kind.priced.terms.is_open_to(access_code);
        if !self.types.iter().any(hidden) {
            return Some(self);
        }
        let mut night = (*self).clone();
        keep_offered(&mut night.types, access_code);
        Some(Arc::new(night))
    }

    /// Puts an event and its types together. `None` if zone or currency are unknown to us, which consuming refuses.
    pub(super) fn of(
        row: EventRow,
        types: Vec<TypeRow>,
        left: &HashMap<Uuid, i64>,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let currency: Currency = row.currency.parse().ok()?;
        let (fee, terms) = (row.fee(), row.terms());
        let ends_at = row.ends_at;
        let left: HashMap<Uuid, i64> = types
            .iter()
            .flat_map(|kind| priced(kind).all_limits().collect::<Vec<_>>())
            .map(|limit| (limit, left.get(&limit).copied().unwrap_or(0)))
            .collect();
        let night = price::Night { fee, currency, now };
        let types = types.into_iter().map(|row| on_sale(row, &left, night, ends_at)).collect();
        Some(Self {
            id: row.id,
            slug: row.slug,
            title: row.title,
            description: row.description,
            starts_at: row.starts_at,
            ends_at,
            tz: row.time_zone.parse().ok()?,
            venue_name: row.venue_name,
            venue_address: row.venue_address,
            currency,
            fee,
            terms,
            types,
            left,
        })
    }
}

/// Leaves what a guest with this access code is offered: what is open to them, and has what it needs beside it among that. What
/// needs something hidden could not be bought, and would tell its name.
fn keep_offered(types: &mut Vec<OnSale>, access_code: Option<&str>) {
    types.retain(|kind| kind.priced.terms.is_open_to(access_code));
    loop {
        let names: Vec<String> = types.iter().map(|kind| kind.name.clone()).collect();
        let before = types.len();
        types.retain(|kind| {
            let needs = kind.priced.terms.needs.as_ref();
            needs.is_none_or(|needs| names.iter().any(|name| needs.is(name)))
        });
        if types.len() == before {
            return;
        }
    }
}

fn priced(row: &TypeRow) -> Priced {
    let id = TicketTypeId::from_uuid(row.id);
    Priced { id, name: row.name.clone(), price_minor: row.price_minor, terms: row.terms() }
}

fn on_sale(row: TypeRow, left: &HashMap<Uuid, i64>, night: price::Night, ends_at: DateTime<Utc>) -> OnSale {
    let priced = priced(&row);
    let of = |limit: Uuid| left.get(&limit).copied().unwrap_or(0);
    let tier = priced.tier(of, night.now).map(|(tier, left)| CurrentTier {
        name: tier.name.clone(),
        left,
        until: tier.until,
    });
    let items: Vec<QuoteItem> = priced.parts(1, of, night).into_iter().map(|part| part.item).collect();
    let price = items.first().map_or(Money::zero(night.currency), |item| item.unit);
    let with_fee = |items: &[QuoteItem]| quote(items, None, night.currency).ok();
    let quote = with_fee(&items);
    let least = priced.terms.guest_price.and_then(|range| {
        let named = priced.named(Some(range.least_minor)).ok()?;
        let items: Vec<QuoteItem> = named.parts(1, of, night).into_iter().map(|part| part.item).collect();
        with_fee(&items)
    });
    OnSale {
        id: priced.id,
        name: row.name,
        description: row.description,
        price,
        price_with_fee: quote.as_ref().map_or(price, |quote| quote.total),
        least_with_fee: least.as_ref().or(quote.as_ref()).map_or(price, |quote| quote.total),
        fee: quote.is_some_and(|quote| quote.sum_of(LineKind::Fee) > 0),
        tier,
        available: priced.left(of),
        min_per_order: row.min_per_order.unsigned_abs(),
        max_per_order: row.max_per_order.unsigned_abs(),
        sale_from: row.sale_from,
        sale_until: row.sale_until.unwrap_or(ends_at).min(ends_at),
        priced,
    }
}
