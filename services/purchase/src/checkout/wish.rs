//! What a guest asked for, judged by its shape alone: every fault named by its field.

use std::collections::BTreeMap;

use domain::ids::TicketTypeId;
use domain::language::Language;
use domain::name::is_name;
use domain::promo::PromoCode;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::inventory::{Buyer, EventName, HoldRequest, Wanted};

/// More than any club allows in one order; the type's own limit is the hold engine's word.
const MOST: i64 = 1000;
const LONGEST_EMAIL: usize = 254;

/// What was sent, as text: nothing is known about it yet.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// UUID or slug.
    pub event: String,
    /// What of the night.
    pub items: Vec<Asked>,
    /// The buyer's name.
    pub name: String,
    /// The buyer's email.
    pub email: String,
    /// A promo code; empty for none.
    pub promo: String,
    /// Opens a private night or hidden types; empty for none.
    pub access_code: String,
    /// Answers by their places, as they were named. What can be no answer is `None`.
    pub answers: BTreeMap<String, Option<String>>,
    /// The language of page and mail.
    pub language: Language,
}

/// Some tickets of one type, as they were asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// UUID of the type.
    pub ticket_type: String,
    /// How many; `None` if it was no whole number.
    pub quantity: Option<i64>,
    /// What the guest named as the price of one.
    pub amount: Amount,
}

/// An amount that a guest may have named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Amount {
    /// None was.
    #[default]
    None,
    /// Minor units.
    Minor(i64),
    /// Something that is no amount.
    Unreadable,
}

impl Asked {
    /// Some of a type, at the club's price.
    pub const fn of(ticket_type: String, quantity: Option<i64>) -> Self {
        Self { ticket_type, quantity, amount: Amount::None }
    }
}

/// A field and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// Path in the JSON: `items[1].quantity`, `buyer.email`.
    pub field: String,
    /// The stable code.
    pub code: &'static str,
}

/// The request in a form that two equal wishes share, whatever their spelling.
#[derive(Serialize)]
struct Canonical<'a> {
    event: &'a str,
    items: Vec<(String, u32, Option<i64>)>,
    name: &'a str,
    email: &'a str,
    promo: Option<&'a str>,
    answers: &'a BTreeMap<String, String>,
}

impl Wish {
    /// The request for the hold engine, or all that is wrong.
    pub fn judge(&self, key: &str) -> Result<HoldRequest, Vec<Complaint>> {
        let mut complaints = Vec::new();
        let items = self.items(&mut complaints);
        let (name, email) = (self.name.trim(), self.email.trim());
        if !is_name(name) {
            complaints.push(complaint("buyer.name", "invalid_name"));
        }
        if !is_email(email) {
            complaints.push(complaint("buyer.email", "invalid_email"));
        }
        let promo = self.promo(&mut complaints);
        let answers = self.answers(&mut complaints);
        if !complaints.is_empty() {
            return Err(complaints);
        }
        let canonical = Canonical {
            event: &self.event,
            items: items
                .iter()
                .map(|item| (item.ticket_type.to_string(), item.quantity, item.amount_minor))
                .collect(),
            name,
            email,
            promo: promo.as_ref().map(PromoCode::as_str),
            answers: &answers,
        };
        let buyer = Buyer { name: name.to_owned(), email: email.to_owned(), language: self.language };
        let fingerprint = Sha256::digest(serde_json::to_vec(&canonical).unwrap_or_default()).to_vec();
        Ok(HoldRequest {
            event: EventName::read(&self.event),
            items,
            buyer,
            client: None,
            access_code: Some(self.access_code.trim().to_owned()).filter(|code| !code.is_empty()),
            promo,
            answers,
            claim: None,
            exchange: None,
            table: None,
            desk: None,
            key: key.to_owned(),
            fingerprint,
            traceparent: None,
        })
    }

    /// What can't be a code is answered as a code that nobody knows.
    pub(super) fn promo(&self, complaints: &mut Vec<Complaint>) -> Option<PromoCode> {
        let text = self.promo.trim();
        let code = text.parse().ok();
        if !text.is_empty() && code.is_none() {
            complaints.push(complaint("promo", "promo_invalid"));
        }
        code
    }

    /// What was answered. Whether it answers what is asked is the hold engine's word.
    fn answers(&self, complaints: &mut Vec<Complaint>) -> BTreeMap<String, String> {
        let mut answers = BTreeMap::new();
        for (slot, text) in &self.answers {
            match text.as_deref().map(str::trim) {
                None => complaints.push(complaint(&format!("answers[{slot}]"), "invalid_answer")),
                Some("") => {}
                Some(text) => {
                    answers.insert(slot.clone(), text.to_owned());
                }
            }
        }
        answers
    }

    /// Each type once, in the order first named. Two prices for one type are no wish.
    pub(super) fn items(&self, complaints: &mut Vec<Complaint>) -> Vec<Wanted> {
        let mut items: Vec<Wanted> = Vec::new();
        let mut place: BTreeMap<TicketTypeId, usize> = BTreeMap::new();
        if self.items.is_empty() {
            complaints.push(complaint("items", "invalid_quantity"));
        }
        for (index, asked) in self.items.iter().enumerate() {
            let kind = asked.ticket_type.parse::<TicketTypeId>();
            let quantity = asked
                .quantity
                .filter(|quantity| (1..=MOST).contains(quantity))
                .and_then(|quantity| u32::try_from(quantity).ok());
            let amount_minor = match asked.amount {
                Amount::Minor(minor) if minor >= 0 => Some(minor),
                Amount::None => None,
                Amount::Minor(_) | Amount::Unreadable => {
                    complaints.push(complaint(&format!("items[{index}].amount_minor"), "invalid_amount"));
                    None
                }
            };
            if kind.is_err() {
                complaints.push(complaint(&format!("items[{index}].ticket_type"), "unknown_ticket_type"));
            }
            if quantity.is_none() {
                complaints.push(complaint(&format!("items[{index}].quantity"), "invalid_quantity"));
            }
            let (Ok(ticket_type), Some(quantity)) = (kind, quantity) else { continue };
            match place.get(&ticket_type) {
                Some(known) if items[*known].amount_minor != amount_minor => {
                    complaints.push(complaint(&format!("items[{index}].amount_minor"), "invalid_amount"));
                }
                Some(known) => items[*known].quantity = items[*known].quantity.saturating_add(quantity),
                None => {
                    place.insert(ticket_type, items.len());
                    items.push(Wanted { ticket_type, quantity, amount_minor });
                }
            }
        }
        items
    }
}

fn complaint(field: &str, code: &'static str) -> Complaint {
    Complaint { field: field.to_owned(), code }
}

/// Whether mail can be sent there: one `@`, something before it, a host with a dot behind it, and nothing a mail header could
/// trip over. Whether somebody reads it, only a mail can tell.
pub(crate) fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.rsplit_once('@') else { return false };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let quiet = |c: char| !c.is_control() && !c.is_whitespace() && !"\"(),:;<>@[\\]".contains(c);
    text.len() <= LONGEST_EMAIL
        && (1..=64).contains(&user.len())
        && user.chars().all(quiet)
        && !user.starts_with('.')
        && !user.ends_with('.')
        && !user.contains("..")
        && host.contains('.')
        && host.split('.').all(label)
}

#[cfg(test)]
mod tests;
