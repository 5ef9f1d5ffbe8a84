//! Promo codes: what a code is, whom it is good for, and why it is refused.

use crate::{
    ids::{EventId, PromoId, TicketTypeId},
    quote::Off,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A code as it is compared: upper case, 3 to 40 letters, digits, hyphens and underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PromoCode(String);

/// The text can't be a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has 3 to 40 letters, digits, hyphens or underscores")]
pub struct BadCode;

/// Characters nobody confuses.
pub(crate) const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

impl PromoCode {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A single-use code of random bytes: the prefix and ten characters nobody confuses, some 49 bits.
    ///
    /// # Errors
    /// [`BadCode`] when the prefix is no code's beginning.
    pub fn from_random(prefix: &str, bytes: [u8; 16]) -> Result<Self, BadCode> {
        let mut number = u128::from_be_bytes(bytes);
        let text: String = (0..10)
            .map(|_| {
                let digit = (number % ALPHABET.len() as u128) as usize;
                number /= ALPHABET.len() as u128;
                char::from(ALPHABET[digit])
            })
            .collect();
        format!("{prefix}{text}").parse()
    }
}

impl PromoCode {
    /// A code that was made of the alphabet and hyphens, and begins with a letter.
    pub(crate) const fn of_alphabet(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for PromoCode {
    type Err = BadCode;
    /// Reads a code as people type it: case and spaces around it do not matter.
    fn from_str(text: &str) -> Result<Self, BadCode> {
        let text = text.trim().to_ascii_uppercase();
        // A first character that is no sign: lists of codes are opened with spreadsheets, which take a sign for a formula.
        let fits = (3..=40).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            && text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if fits { Ok(Self(text)) } else { Err(BadCode) }
    }
}

impl TryFrom<String> for PromoCode {
    type Error = BadCode;
    fn try_from(text: String) -> Result<Self, BadCode> {
        text.parse()
    }
}

impl From<PromoCode> for String {
    fn from(code: PromoCode) -> Self {
        code.0
    }
}

impl fmt::Display for PromoCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a promo gives, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promo {
    /// Its key.
    pub id: PromoId,
    /// What it takes off.
    pub off: Off,
    /// The night it is good for; every night if not set.
    pub event: Option<EventId>,
    /// The ticket types it is good for; every type if empty.
    pub ticket_types: Vec<TicketTypeId>,
    /// The least that the tickets it is good for must cost together, minor units.
    pub minimum_minor: i64,
    /// First instant at which it is good.
    pub from: Option<DateTime<Utc>>,
    /// First instant at which it no longer is.
    pub until: Option<DateTime<Utc>>,
    /// Orders it is good for in all; no limit if not set.
    pub most: Option<i64>,
    /// Orders it is good for per guest; no limit if not set.
    pub most_per_guest: Option<i64>,
    /// Whether the club gives it out now.
    pub active: bool,
}

/// How often a promo has been used, open holds included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Used {
    /// By everybody.
    pub in_all: i64,
    /// By this guest.
    pub by_guest: i64,
    /// This very code, where the promo is a batch of single-use codes.
    pub code: bool,
}

/// What somebody wants to buy with a promo, as far as it matters to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// The ticket type.
    pub ticket_type: TicketTypeId,
    /// Price of the tickets, minor units.
    pub total_minor: i64,
}

/// Why a code takes nothing off. Unknown, inactive and another night's are one answer, so that nobody can fish for codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PromoRefusal {
    /// No code of this night.
    #[error("the code is not known for this night")]
    Unknown,
    /// Not good yet, or no longer.
    #[error("the code is not good at this time")]
    Expired,
    /// Used as often as it may be.
    #[error("the code has been used up")]
    Exhausted,
    /// Used by this guest as often as it may be.
    #[error("the guest has used the code up")]
    GuestLimit,
    /// Good for none of the tickets chosen.
    #[error("the code is not for these tickets")]
    NotForThese,
    /// The tickets it is good for cost too little.
    #[error("the tickets cost less than the code asks for")]
    BelowMinimum,
}

impl Promo {
    /// Whether it is good for a ticket type.
    pub fn is_for(&self, ticket_type: TicketTypeId) -> bool {
        self.ticket_types.is_empty() || self.ticket_types.contains(&ticket_type)
    }

    /// Whether it is good for this order now. The answers beyond [`PromoRefusal::Unknown`] are for those who know the code.
    pub fn admits(
        &self,
        event: EventId,
        wishes: &[Wish],
        used: Used,
        now: DateTime<Utc>,
    ) -> Result<(), PromoRefusal> {
        if !self.active || self.event.is_some_and(|only| only != event) {
            return Err(PromoRefusal::Unknown);
        }
        if self.from.is_some_and(|from| now < from) || self.until.is_some_and(|until| until <= now) {
            return Err(PromoRefusal::Expired);
        }
        if used.code || self.most.is_some_and(|most| used.in_all >= most) {
            return Err(PromoRefusal::Exhausted);
        }
        if self.most_per_guest.is_some_and(|most| used.by_guest >= most) {
            return Err(PromoRefusal::GuestLimit);
        }
        let concerned: Vec<&Wish> = wishes.iter().filter(|wish| self.is_for(wish.ticket_type)).collect();
        if concerned.iter().all(|wish| wish.total_minor == 0) {
            return Err(PromoRefusal::NotForThese);
        }
        let sum = concerned.iter().fold(0_i64, |sum, wish| sum.saturating_add(wish.total_minor));
        if sum < self.minimum_minor { Err(PromoRefusal::BelowMinimum) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    fn promo(event: EventId) -> Promo {
        Promo {
            id: PromoId::generate(),
            off: Off::BasisPoints(1000),
            event: Some(event),
            ticket_types: Vec::new(),
            minimum_minor: 0,
            from: None,
            until: None,
            most: None,
            most_per_guest: None,
            active: true,
        }
    }

    #[test]
    fn each_limit_has_its_own_answer_and_a_stranger_learns_nothing() {
        let (event, kind) = (EventId::generate(), TicketTypeId::generate());
        let wishes = [Wish { ticket_type: kind, total_minor: 4000 }];
        let good = promo(event);
        let ask = |promo: &Promo, used: Used| promo.admits(event, &wishes, used, now());
        let fresh = Used::default();
        assert_eq!(ask(&good, fresh), Ok(()));
        assert_eq!(ask(&Promo { event: None, ..good.clone() }, fresh), Ok(()), "for every night");
        for unknown in [Promo { active: false, ..good.clone() }, promo(EventId::generate())] {
            assert_eq!(ask(&unknown, fresh), Err(PromoRefusal::Unknown));
        }
        let later = Promo { from: Some(now() + TimeDelta::seconds(1)), ..good.clone() };
        let over = Promo { until: Some(now()), ..good.clone() };
        assert_eq!(ask(&later, fresh), Err(PromoRefusal::Expired));
        assert_eq!(ask(&over, fresh), Err(PromoRefusal::Expired));
        let limited = Promo { most: Some(3), most_per_guest: Some(1), ..good.clone() };
        assert_eq!(ask(&limited, Used { in_all: 2, ..fresh }), Ok(()));
        assert_eq!(ask(&limited, Used { in_all: 3, ..fresh }), Err(PromoRefusal::Exhausted));
        assert_eq!(ask(&limited, Used { by_guest: 1, ..fresh }), Err(PromoRefusal::GuestLimit));
        assert_eq!(ask(&good, Used { code: true, ..fresh }), Err(PromoRefusal::Exhausted));
        let other_type = Promo { ticket_types: vec![TicketTypeId::generate()], ..good.clone() };
        assert_eq!(ask(&other_type, fresh), Err(PromoRefusal::NotForThese));
        assert_eq!(ask(&Promo { minimum_minor: 4001, ..good }, fresh), Err(PromoRefusal::BelowMinimum));
    }

    #[test]
    fn the_minimum_counts_only_what_the_code_is_for() {
        let (event, kind) = (EventId::generate(), TicketTypeId::generate());
        let wishes = [
            Wish { ticket_type: kind, total_minor: 1000 },
            Wish { ticket_type: TicketTypeId::generate(), total_minor: 9000 },
        ];
        let one_type = Promo { ticket_types: vec![kind], minimum_minor: 2000, ..promo(event) };
        assert_eq!(one_type.admits(event, &wishes, Used::default(), now()), Err(PromoRefusal::BelowMinimum));
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        assert_eq!(" summer-26 ".parse::<PromoCode>().map(|c| c.to_string()), Ok("SUMMER-26".to_owned()));
        for bad in ["", "AB", "with space", "ñandú", &"X".repeat(41), "a;drop", "-SUM"] {
            assert!(bad.parse::<PromoCode>().is_err(), "{bad}");
        }
        let code = PromoCode::from_random("DJ-", [7; 16]).expect("a code");
        assert!(code.as_str().starts_with("DJ-") && code.as_str().len() == 13);
    }
}
