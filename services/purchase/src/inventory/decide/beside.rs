//! What an order has beside its places: answers, a promo, a credit, and whose guests they are.

use chrono::{DateTime, Utc};
use domain::credit;
use domain::event::question::{self, Answer, Bought};
use domain::ids::EventId;
use domain::money::Currency;
use domain::promo::{PromoCode, PromoRefusal, Used};
use domain::quote::{Discount, Quote, QuoteItem};
use uuid::Uuid;

use super::{Counter, EventOffer, Redeemed};
use crate::credits::{CreditOffer, Spent};
use crate::inventory::{HoldRequest, Refusal};

/// Items with the discount on them, and the promo it comes from.
type Reduced = (Vec<QuoteItem>, Option<Discount>, Option<Redeemed>);

impl Counter {
    /// What the guest answered to the night's questions. Staff, who exchanges a ticket, and who books a table are
    /// not asked.
    pub(super) fn answers(
        &self,
        request: &HoldRequest,
        event: &EventOffer,
        now: DateTime<Utc>,
    ) -> Result<Vec<Answer>, Refusal> {
        let questions = &event.terms.questions;
        let asks = request.desk.is_none() && request.exchange.is_none() && request.table.is_none();
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

    /// Whether the promoter of a guest may bring so many more.
    pub(super) fn allots(&self, request: &HoldRequest, event: Uuid) -> Result<(), Refusal> {
        let Some((key, guests)) = brought(request, event) else { return Ok(()) };
        let allotment = self.allotments.get(&key).copied().unwrap_or_default();
        if allotment.admits(guests) {
            Ok(())
        } else {
            Err(Refusal::Allotment { left: allotment.left().unwrap_or(0) })
        }
    }

    /// The credit that the guest's code names, where it names no promo.
    fn credit<'a>(&'a self, request: &'a HoldRequest) -> Option<(&'a PromoCode, &'a CreditOffer)> {
        let code = request.promo.as_ref().filter(|code| !self.promos.contains_key(*code))?;
        Some((code, self.credits.get(code)?))
    }

    /// The quote with what the guest's credit pays of it.
    pub(super) fn spend(
        &self,
        request: &HoldRequest,
        quote: Quote,
        now: DateTime<Utc>,
    ) -> Result<(Quote, Option<Spent>), Refusal> {
        let Some((code, offer)) = self.credit(request) else { return Ok((quote, None)) };
        offer.credit.admits(quote.currency, now).map_err(Refusal::Promo)?;
        let quote = quote.with_credit(&credit::tail(code), offer.credit.balance_minor);
        let amount_minor = quote.worth_minor() - quote.total.minor();
        Ok((quote, (amount_minor > 0).then_some(Spent { credit: offer.id, amount_minor })))
    }

    /// The items with what the guest's promo takes off.
    pub(super) fn redeem(
        &self,
        request: &HoldRequest,
        event: Uuid,
        items: Vec<QuoteItem>,
        currency: Currency,
        now: DateTime<Utc>,
    ) -> Result<Reduced, Refusal> {
        let Some(code) = &request.promo else { return Ok((items, None, None)) };
        if self.credit(request).is_some() {
            return Ok((items, None, None));
        }
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
pub(super) fn brought(request: &HoldRequest, event: Uuid) -> Option<((Uuid, String), i64)> {
    let guest = request.guest()?;
    let promoter = guest.promoter.as_ref()?;
    Some(((event, promoter.key().to_owned()), i64::from(guest.party)))
}
