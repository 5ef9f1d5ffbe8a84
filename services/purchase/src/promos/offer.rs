//! A promo with what is used of it, and what it makes of an order.

use chrono::{DateTime, Utc};
use domain::ids::EventId;
use domain::money::Currency;
use domain::promo::{Promo, PromoCode, PromoRefusal, Used, Wish};
use domain::quote::{Discount, Off, QuoteItem};

/// A promo as a code names it.
#[derive(Debug, Clone)]
pub(crate) struct PromoOffer {
    pub promo: Promo,
    /// Of its amounts.
    pub currency: String,
    /// Whom its sales are credited to.
    pub promoter: String,
    /// Orders that use it, open holds included.
    pub taken: i64,
    /// Whether this code is good once and used.
    pub spent: bool,
    /// Whether each of its codes is good once.
    pub single_use: bool,
}

impl PromoOffer {
    /// The items with the discount, or why there is none.
    pub(crate) fn apply(
        &self,
        event: EventId,
        items: Vec<QuoteItem>,
        code: &PromoCode,
        used: Used,
        currency: Currency,
        now: DateTime<Utc>,
    ) -> Result<(Vec<QuoteItem>, Option<Discount>), PromoRefusal> {
        let wish = |item: &QuoteItem| Wish {
            ticket_type: item.ticket_type,
            total_minor: item.unit.minor().saturating_mul(i64::from(item.quantity)),
        };
        // Of what a guest names the price of, nothing is taken off.
        let concerned = items.iter().filter(|item| item.discounted);
        self.promo.admits(event, &concerned.map(wish).collect::<Vec<_>>(), used, now)?;
        let amounts = matches!(self.promo.off, Off::Minor(_)) || self.promo.minimum_minor > 0;
        if amounts && self.currency != currency.code() {
            return Err(PromoRefusal::NotForThese);
        }
        let marked = |item: QuoteItem| QuoteItem {
            discounted: item.discounted && self.promo.is_for(item.ticket_type),
            ..item
        };
        let discount = Discount { label: code.to_string(), off: self.promo.off };
        Ok((items.into_iter().map(marked).collect(), Some(discount)))
    }
}
