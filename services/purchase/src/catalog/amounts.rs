//! The part of a night's page where guests name prices. It stands apart from the rows, which come anew when something changes:
//! what was written stays. A type that opens while the page is open brings its field with its row ([`super::live`]).

use chrono::{DateTime, Utc};
use domain::language::Language;
use domain::money::Money;
use ui::{format, text};

use super::event_page::Entered;
use super::night::{Night, Offer, OnSale};

/// A field for the price of a type.
pub(crate) struct AmountField {
    /// The type.
    pub id: String,
    /// Its name in the form.
    pub name: String,
    pub label: String,
    pub hint: String,
    pub value: String,
}

/// The fields of a night: with what was written, or with what the club suggests.
pub(crate) fn of(night: &Night, lang: Language, entered: &Entered, now: DateTime<Utc>) -> Vec<AmountField> {
    let field = |kind: &OnSale| {
        let mut field = suggested(kind, night, lang, now)?;
        if let Some(written) = entered.amounts.get(&field.id) {
            field.value.clone_from(written);
        }
        Some(field)
    };
    night.types.iter().filter_map(field).collect()
}

/// The field of a type that can be bought, if guests name its price: with what the club suggests.
pub(super) fn suggested(
    kind: &OnSale,
    night: &Night,
    lang: Language,
    now: DateTime<Utc>,
) -> Option<AmountField> {
    let range = kind.priced.terms.guest_price.filter(|_| kind.offer(now) == Offer::Open)?;
    let money = |minor| format::money(lang, Money::new(minor, night.currency));
    let (least, most) = (money(range.least_minor), money(range.most_minor));
    let id = kind.id.to_string();
    Some(AmountField {
        label: text(lang, "purchase-amount", &[("name", &kind.name)]),
        hint: text(lang, "purchase-amount-hint", &[("least", &least), ("most", &most)]),
        value: night.currency.write_minor(kind.price.minor()),
        name: format!("a-{id}"),
        id,
    })
}
