//! An order's life. A state holds exactly what belongs to it; a step consumes the old state or says why it is illegal.
//!
//! ```text
//! pending ──pay──▶ paid ──refund──▶ refunded
//!    │               ▲                 ▲
//!    └─expire─▶ expired ──pay_late─────┤   late money takes free stock …
//!                  └──refund_late──────┘   … or goes back in full
//! ```

use chrono::{DateTime, Utc};
use std::{fmt, str::FromStr};

/// Most tickets of one order. Its messages name every ticket, and those of some 390 would be larger than a message may be.
pub const MOST_TICKETS: u32 = 100;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// Its places are held, its money is awaited.
    Pending {
        /// When the hold ends. The places are freed only after the payment session is confirmed dead.
        until: DateTime<Utc>,
    },
    /// Paid in full (or free); its tickets are issued.
    Paid {
        /// When it was fulfilled.
        at: DateTime<Utc>,
    },
    /// The hold ended unpaid; its places are free again.
    Expired {
        /// When the places were freed.
        at: DateTime<Utc>,
    },
    /// All its money went back; its tickets, if any, are no longer valid.
    Refunded {
        /// When the refund was decided.
        at: DateTime<Utc>,
    },
}

/// How an order was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Channel {
    /// By the guest, at the payment service; or it cost nothing.
    #[default]
    Online,
    /// At the venue, in cash.
    CashAtVenue,
    /// At the venue, by card.
    CardAtVenue,
    /// Not at all: the club gave it away.
    Comp,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 4] = [Self::Online, Self::CashAtVenue, Self::CardAtVenue, Self::Comp];

    /// Its name in SQL and JSON, and of the account that money taken at the venue is booked in.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::CashAtVenue => "cash_at_venue",
            Self::CardAtVenue => "card_at_venue",
            Self::Comp => "comp",
        }
    }

    /// The channel of that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.code() == code)
    }

    /// Whether the club's staff take the money in their own hands.
    pub const fn at_venue(self) -> bool {
        matches!(self, Self::CashAtVenue | Self::CardAtVenue)
    }
}

/// A step that the order's state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {from} cannot {step}")]
pub struct IllegalStep {
    /// Name of the state it is in.
    pub from: &'static str,
    /// The step that was tried.
    pub step: &'static str,
}

impl OrderState {
    /// The state's name in SQL, JSON and pages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending { .. } => "pending",
            Self::Paid { .. } => "paid",
            Self::Expired { .. } => "expired",
            Self::Refunded { .. } => "refunded",
        }
    }

    /// The money came while the places were held. A hold whose deadline passed is still a hold until it is expired.
    pub fn pay(self, at: DateTime<Utc>) -> Result<Self, IllegalStep> {
        match self {
            Self::Pending { .. } => Ok(Self::Paid { at }),
            Self::Paid { .. } | Self::Expired { .. } | Self::Refunded { .. } => Err(self.illegal("be paid")),
        }
    }

    /// The hold is over and its payment session is confirmed dead.
    pub fn expire(self, at: DateTime<Utc>) -> Result<Self, IllegalStep> {
        match self {
            Self::Pending { .. } => Ok(Self::Expired { at }),
            Self::Paid { .. } | Self::Expired { .. } | Self::Refunded { .. } => Err(self.illegal("expire")),
        }
    }

    /// The money came after the places had been freed, and free places could be taken again.
    pub fn pay_late(self, at: DateTime<Utc>) -> Result<Self, IllegalStep> {
        match self {
            Self::Expired { .. } => Ok(Self::Paid { at }),
            Self::Pending { .. } | Self::Paid { .. } | Self::Refunded { .. } => {
                Err(self.illegal("be paid late"))
            }
        }
    }

    /// All the money of a paid order goes back.
    pub fn refund(self, at: DateTime<Utc>) -> Result<Self, IllegalStep> {
        match self {
            Self::Paid { .. } => Ok(Self::Refunded { at }),
            Self::Pending { .. } | Self::Expired { .. } | Self::Refunded { .. } => {
                Err(self.illegal("be refunded"))
            }
        }
    }

    /// The money came too late and no place was left: it goes back.
    pub fn refund_late(self, at: DateTime<Utc>) -> Result<Self, IllegalStep> {
        match self {
            Self::Expired { .. } => Ok(Self::Refunded { at }),
            Self::Pending { .. } | Self::Paid { .. } | Self::Refunded { .. } => {
                Err(self.illegal("be refunded late"))
            }
        }
    }

    const fn illegal(self, step: &'static str) -> IllegalStep {
        IllegalStep { from: self.name(), step }
    }
}

/// The order's name among people: eight characters that can be read out in a queue.
///
/// 31 letters and digits without 0/O, 1/I/L; about 40 bits, so it can't be guessed in a useful time,
/// and it opens nothing by itself: the order page also wants its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderReference(String);

/// The text is not an order reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an order reference")]
pub struct NotAReference;

const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const LENGTH: usize = 8;

impl OrderReference {
    /// Makes a reference of random bytes. The slight bias of the remainder costs less than a bit.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let mut number = u128::from_be_bytes(bytes);
        let text = (0..LENGTH)
            .map(|_| {
                let digit = (number % ALPHABET.len() as u128) as usize;
                number /= ALPHABET.len() as u128;
                char::from(ALPHABET[digit])
            })
            .collect();
        Self(text)
    }

    /// The reference as printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrderReference {
    type Err = NotAReference;
    /// Reads a reference as people type it: lower case, spaces and hyphens are forgiven.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let clean: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-'))
            .map(|c| c.to_ascii_uppercase())
            .take(LENGTH + 1)
            .collect();
        let fits = clean.len() == LENGTH && clean.bytes().all(|b| ALPHABET.contains(&b));
        if fits { Ok(Self(clean)) } else { Err(NotAReference) }
    }
}

impl fmt::Display for OrderReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{OrderReference, OrderState};
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Pay,
        Expire,
        PayLate,
        Refund,
        RefundLate,
    }

    /// The table of issue and design, written down a second time: what each state may become.
    fn allowed(from: &str, step: Step) -> Option<&'static str> {
        match (from, step) {
            ("pending", Step::Pay) | ("expired", Step::PayLate) => Some("paid"),
            ("pending", Step::Expire) => Some("expired"),
            ("paid", Step::Refund) | ("expired", Step::RefundLate) => Some("refunded"),
            _ => None,
        }
    }

    fn take(state: OrderState, step: Step, at: DateTime<Utc>) -> Result<OrderState, super::IllegalStep> {
        match step {
            Step::Pay => state.pay(at),
            Step::Expire => state.expire(at),
            Step::PayLate => state.pay_late(at),
            Step::Refund => state.refund(at),
            Step::RefundLate => state.refund_late(at),
        }
    }

    proptest! {
        #[test]
        fn an_order_never_takes_an_illegal_step(steps in prop::collection::vec(0_usize..5, 0..40)) {
            let now = DateTime::<Utc>::UNIX_EPOCH;
            let mut state = OrderState::Pending { until: now };
            let mut rank = 0;
            for step in steps {
                let step = [Step::Pay, Step::Expire, Step::PayLate, Step::Refund, Step::RefundLate][step];
                match (take(state, step, now), allowed(state.name(), step)) {
                    (Ok(next), Some(name)) => {
                        prop_assert_eq!(next.name(), name);
                        let next_rank = ["pending", "expired", "paid", "refunded"].iter().position(|n| *n == name).expect("a state");
                        prop_assert!(next_rank > rank, "no path leads back");
                        (state, rank) = (next, next_rank);
                    }
                    (Err(refused), None) => prop_assert_eq!(refused.from, state.name()),
                    (got, want) => prop_assert!(false, "{got:?} where {want:?} is right"),
                }
            }
        }

        #[test]
        fn references_survive_being_typed_by_people(bytes in any::<[u8; 16]>()) {
            let reference = OrderReference::from_random(bytes);
            let typed = format!("{}-{}", &reference.as_str()[..4].to_lowercase(), &reference.as_str()[4..]);
            prop_assert_eq!(typed.parse::<OrderReference>(), Ok(reference));
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in ["", "ABC", "ABCDEFGHJ", "ABCDEFG0", "ÁBCDEFGH", "' OR 1=1"] {
            assert!(text.parse::<OrderReference>().is_err(), "{text}");
        }
    }
}
