//! A ticket type as it is priced: by the engine in the moment of the hold, and by the pages a moment before. One way, so that
//! what is shown is what is charged.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use domain::event::guest_price::AmountRefusal;
use domain::event::terms::TypeTerms;
use domain::ids::{SharedCapId, TicketTypeId};
use domain::money::{Currency, Money};
use domain::quote::{QuoteItem, ServiceFee};
use domain::tier::{self, Tier};
use uuid::Uuid;

/// What a ticket type's price depends on.
#[derive(Debug, Clone)]
pub(crate) struct Priced {
    pub id: TicketTypeId,
    pub name: String,
    /// The price after the last tier.
    pub price_minor: i64,
    pub terms: TypeTerms,
}

/// The night's part of the price.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Night {
    pub fee: ServiceFee,
    pub currency: Currency,
    pub now: DateTime<Utc>,
}

/// Part of an order at one price, with the limits that its places are taken from.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub item: QuoteItem,
    pub stock: Vec<Uuid>,
}

impl Part {
    /// Tickets that it takes of each of its limits.
    pub(crate) fn places(&self) -> i64 {
        i64::from(self.item.quantity) * i64::from(self.item.places)
    }
}

impl Priced {
    /// As it is priced for a guest who named this amount, or none.
    pub(crate) fn named(&self, amount_minor: Option<i64>) -> Result<Cow<'_, Self>, AmountRefusal> {
        let price_minor = self.terms.price_of(self.price_minor, amount_minor)?;
        Ok(match amount_minor {
            None => Cow::Borrowed(self),
            Some(_) => Cow::Owned(Self { price_minor, ..self.clone() }),
        })
    }

    /// The limits that every purchase takes from.
    pub(crate) fn limits(&self) -> impl Iterator<Item = Uuid> {
        std::iter::once(self.id.uuid()).chain(self.terms.shared_cap.map(SharedCapId::uuid))
    }

    /// The limits of its tiers.
    pub(crate) fn tier_limits(&self) -> impl Iterator<Item = Uuid> {
        self.terms.tiers.iter().filter(|tier| tier.places.is_some()).map(|tier| tier.id.uuid())
    }

    /// Every limit that its price or its places depend on.
    pub(crate) fn all_limits(&self) -> impl Iterator<Item = Uuid> {
        self.limits().chain(self.tier_limits())
    }

    /// How often it can be bought, given what is left of each limit.
    pub(crate) fn left(&self, left: impl Fn(Uuid) -> i64) -> i64 {
        let least = self.limits().map(left).min().unwrap_or(0);
        least.max(0) / i64::from(self.terms.places.max(1))
    }

    /// Tickets left at the price of each tier; `None` where nothing limits them.
    fn tiers_left(&self, left: &impl Fn(Uuid) -> i64, now: DateTime<Utc>) -> Vec<Option<i64>> {
        let of = |tier: &Tier| tier.left(tier.places.unwrap_or(0) - left(tier.id.uuid()), now);
        self.terms.tiers.iter().map(of).collect()
    }

    /// The tier whose price the next purchase pays, with the tickets left of it. `None`: the type's own price.
    pub(crate) fn tier(
        &self,
        left: impl Fn(Uuid) -> i64,
        now: DateTime<Utc>,
    ) -> Option<(&Tier, Option<i64>)> {
        let tiers = self.tiers_left(&left, now);
        let next = tier::split(&tiers, self.terms.places, 1).first().map_or(tiers.len(), |part| part.step);
        Some((self.terms.tiers.get(next)?, tiers.get(next).copied().flatten()))
    }

    /// `quantity` purchases, each part at its own price.
    pub(crate) fn parts(&self, quantity: u32, left: impl Fn(Uuid) -> i64, night: Night) -> Vec<Part> {
        let tiers = self.tiers_left(&left, night.now);
        let parts = tier::split(&tiers, self.terms.places, quantity);
        parts.into_iter().map(|part| self.part(part, night)).collect()
    }

    fn part(&self, part: tier::Part, night: Night) -> Part {
        let tier = self.terms.tiers.get(part.step);
        let (name, price) = match tier {
            Some(tier) => (format!("{} · {}", self.name, tier.name), tier.price_minor),
            None => (self.name.clone(), self.price_minor),
        };
        let limited = tier.filter(|tier| tier.places.is_some()).map(|tier| tier.id.uuid());
        Part {
            item: QuoteItem {
                ticket_type: self.id,
                name,
                unit: Money::new(price, night.currency),
                quantity: part.quantity,
                places: self.terms.places,
                fee: self.terms.fee.unwrap_or(night.fee),
                tax: self.terms.tax,
                // What a guest names is theirs to lower.
                discounted: self.terms.guest_price.is_none(),
            },
            stock: self.limits().chain(limited).collect(),
        }
    }
}
