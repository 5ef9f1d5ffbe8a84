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
mod tests {
    use super::*;

    fn wish() -> Wish {
        Wish {
            event: "friday".into(),
            items: vec![Asked::of(TicketTypeId::generate().to_string(), Some(2))],
            name: " Ana López ".into(),
            email: "ana@example.org".into(),
            promo: "  ".into(),
            access_code: String::new(),
            answers: BTreeMap::new(),
            language: Language::Es,
        }
    }

    #[test]
    fn a_fair_wish_becomes_a_request() {
        let request = wish().judge("key").expect("fair");
        assert_eq!(request.buyer.name, "Ana López");
        assert_eq!(request.event, EventName::Slug("friday".into()));
        assert_eq!(request.items[0].quantity, 2);
    }

    #[test]
    fn every_fault_is_named_by_its_field() {
        let mut bad = wish();
        bad.items = vec![
            Asked::of("no uuid".into(), Some(1)),
            Asked { amount: Amount::Unreadable, ..Asked::of(TicketTypeId::generate().to_string(), None) },
        ];
        bad.name = "  ".into();
        bad.email = "ana@".into();
        bad.promo = "; drop".into();
        let found: Vec<_> =
            bad.judge("key").expect_err("bad").into_iter().map(|c| (c.field, c.code)).collect();
        let expected = [
            ("items[0].ticket_type", "unknown_ticket_type"),
            ("items[1].amount_minor", "invalid_amount"),
            ("items[1].quantity", "invalid_quantity"),
            ("buyer.name", "invalid_name"),
            ("buyer.email", "invalid_email"),
            ("promo", "promo_invalid"),
        ];
        assert_eq!(found, expected.map(|(field, code)| (field.to_owned(), code)));
    }

    #[test]
    fn quantities_outside_reason_are_refused() {
        for quantity in [0, -1, MOST + 1, i64::MAX, i64::MIN] {
            let mut bad = wish();
            bad.items[0].quantity = Some(quantity);
            assert_eq!(bad.judge("key").expect_err("bad")[0].code, "invalid_quantity", "{quantity}");
        }
        let nothing = Wish { items: Vec::new(), ..wish() };
        assert_eq!(nothing.judge("key").expect_err("bad")[0].code, "invalid_quantity");
    }

    #[test]
    fn the_same_type_twice_is_one_item() {
        let mut twice = wish();
        twice.items.push(Asked::of(twice.items[0].ticket_type.clone(), Some(3)));
        let request = twice.judge("key").expect("fair");
        assert_eq!((request.items.len(), request.items[0].quantity), (1, 5));
        twice.items[1].amount = Amount::Minor(500);
        assert_eq!(twice.judge("key").expect_err("two prices")[0].code, "invalid_amount");
    }

    #[test]
    fn a_fingerprint_tells_requests_apart_and_not_spellings() {
        let first = wish();
        let spelled = Wish { name: "Ana López".into(), ..first.clone() };
        let other = Wish { email: "bea@example.org".into(), ..first.clone() };
        let print = |wish: &Wish| wish.judge("key").expect("fair").fingerprint;
        assert_eq!(print(&first), print(&spelled));
        assert_ne!(print(&first), print(&other));
        let answers = BTreeMap::from([("x".to_owned(), Some("vegan".to_owned()))]);
        assert_ne!(print(&first), print(&Wish { answers, ..first.clone() }), "another answer, too");
        let mut generous = first.clone();
        generous.items[0].amount = Amount::Minor(2_500);
        assert_ne!(print(&first), print(&generous), "another amount is another order");
    }

    #[test]
    fn addresses_that_mail_could_not_reach_are_refused() {
        for good in ["a@b.co", "ana.lopez+club@mail.example.org", "josé@correo.mx", "x_1@sub-domain.example"]
        {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "ana",
            "ana@",
            "@example.org",
            "ana@example",
            "a b@example.org",
            "a@b@c.org",
            "a@-b.org",
            "ana@example..org",
            ".ana@example.org",
            "ana@example.org\nBcc: x@y.z",
            "\"a\"@example.org",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
