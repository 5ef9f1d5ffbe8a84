//! An event as a guest or a client sees it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::event::SaleState;
use domain::ids::TicketTypeId;
use domain::money::{Currency, Money};
use domain::quote::{QuoteItem, ServiceFee, quote};
use uuid::Uuid;

use super::store::{EventRow, TypeRow};

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
    /// What is offered, in the club's order.
    pub types: Vec<OnSale>,
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
    /// Price of one, without fee.
    pub price: Money,
    /// Price of one, fee included.
    pub price_with_fee: Money,
    /// Places neither held nor sold when this was read.
    pub available: i64,
    /// Fewest per order.
    pub min_per_order: u32,
    /// Most per order.
    pub max_per_order: u32,
    /// When the sale opens, if not since publication.
    pub sale_from: Option<DateTime<Utc>>,
    /// When it closes.
    pub sale_until: DateTime<Utc>,
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
        let offers: Vec<Offer> = self.types.iter().map(|t| t.offer(now)).collect();
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

    /// The lowest price of a ticket that can be bought now, fee included; of any if none can. Free tickets beside paid
    /// ones do not make a night free.
    pub fn from_price(&self, now: DateTime<Utc>) -> Option<Money> {
        let cheapest = |open: bool| {
            let fits = self.types.iter().filter(|t| !open || t.offer(now) == Offer::Open);
            fits.map(|t| t.price_with_fee).min_by_key(|price| (price.is_zero(), price.minor()))
        };
        cheapest(true).or_else(|| cheapest(false))
    }

    /// Puts an event and its types together. `None` if zone or currency are unknown to us, which consuming refuses.
    pub(super) fn of(row: EventRow, types: Vec<(TypeRow, i64)>) -> Option<Self> {
        let currency: Currency = row.currency.parse().ok()?;
        let fee = ServiceFee { fixed_minor: row.fee_fixed_minor, basis_points: row.fee_basis_points };
        let ends_at = row.ends_at;
        let types = types.into_iter().map(|(t, left)| on_sale(t, left, currency, fee, ends_at)).collect();
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
            types,
        })
    }
}

fn on_sale(
    row: TypeRow,
    available: i64,
    currency: Currency,
    fee: ServiceFee,
    ends_at: DateTime<Utc>,
) -> OnSale {
    let (id, price) = (TicketTypeId::from_uuid(row.id), Money::new(row.price_minor, currency));
    let one = QuoteItem { ticket_type: id, name: String::new(), unit: price, quantity: 1 };
    OnSale {
        id,
        name: row.name,
        description: row.description,
        price,
        price_with_fee: quote(&[one], fee, currency).map_or(price, |quote| quote.total),
        available,
        min_per_order: row.min_per_order.unsigned_abs(),
        max_per_order: row.max_per_order.unsigned_abs(),
        sale_from: row.sale_from,
        sale_until: row.sale_until.unwrap_or(ends_at).min(ends_at),
    }
}
