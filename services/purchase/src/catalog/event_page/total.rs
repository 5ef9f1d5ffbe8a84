//! What the chosen tickets cost, as the page says it.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::quote::LineKind;
use ui::{format, text};

use super::Entered;
use crate::catalog::night::Night;
use crate::checkout::wish::Amount;
use crate::inventory::Wanted;

/// What the chosen tickets cost.
pub(super) struct Total {
    pub(super) text: String,
    /// Whether a service fee is part of it.
    pub(super) fee: bool,
}

/// What the chosen tickets cost, where a page without a script shows it again.
pub(super) fn total(lang: Language, night: &Night, entered: &Entered, now: DateTime<Utc>) -> Option<Total> {
    let chosen = night.types.iter().filter_map(|kind| {
        let quantity = entered
            .quantities
            .get(&kind.id.to_string())?
            .trim()
            .parse()
            .ok()
            .filter(|q| (1..=1000).contains(q))?;
        let amount_minor = match entered.amount(&kind.id.to_string(), night.currency) {
            Amount::Minor(minor) => Some(minor),
            Amount::None | Amount::Unreadable => None,
        };
        Some(Wanted { ticket_type: kind.id, quantity, amount_minor })
    });
    let quote = night.quote(&chosen.collect::<Vec<_>>(), now)?;
    let free = quote.total.is_zero();
    let text = if free { text(lang, "shared-free", &[]) } else { format::money(lang, quote.total) };
    Some(Total { text, fee: quote.sum_of(LineKind::Fee) > 0 })
}
