//! The part of a night's page where guests name prices. It stands apart from the rows, which come anew when something changes:
//! what was written stays.

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::money::Money;
use ui::{format, text};

use super::event_page::Entered;
use super::night::{Night, Offer, OnSale};

/// A field for the price of a type.
pub(crate) struct AmountField {
    /// Its name in the form.
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
}

/// The fields of a night: with what was written, or with what the club suggests.
pub(crate) fn of(night: &Night, lang: Language, entered: &Entered, now: DateTime<Utc>) -> Vec<AmountField> {
    let open = night.types.iter().filter(|kind| kind.offer(now) == Offer::Open);
    open.filter_map(|kind| field(kind, night, lang, entered)).collect()
}

fn field(kind: &OnSale, night: &Night, lang: Language, entered: &Entered) -> Option<AmountField> {
    let range = kind.priced.terms.guest_price?;
    let money = |minor| format::money(lang, Money::new(minor, night.currency));
    let (least, most) = (money(range.least_minor), money(range.most_minor));
    let (id, suggested) = (kind.id.to_string(), || night.currency.write_minor(kind.price.minor()));
    Some(AmountField {
        label: text(lang, "purchase-amount", &[("name", &kind.name)]),
        hint: text(lang, "purchase-amount-hint", &[("least", &least), ("most", &most)]),
        value: entered.amounts.get(&id).cloned().unwrap_or_else(suggested),
        name: format!("a-{id}"),
    })
}
