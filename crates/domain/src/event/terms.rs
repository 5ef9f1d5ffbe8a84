//! How a night and its ticket types are sold, beyond name, price and capacity. Entered at the desk, carried by
//! `event.changed`, obeyed by the till: one shape in all three.

use super::companion::Companion;
use super::guest_price::{AmountRefusal, GuestPrice, price_of};
use super::new_date::Times;
use super::question::Question;
use crate::ids::SharedCapId;
use crate::quote::{ServiceFee, Tax};
use crate::tier::Tier;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Who finds an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody: it stands in the lists.
    #[default]
    Public,
    /// Whoever has its address.
    Unlisted,
    /// Whoever has its address and its access code.
    Private,
}

impl Visibility {
    /// Every visibility.
    pub const ALL: [Self; 3] = [Self::Public, Self::Unlisted, Self::Private];

    /// Its name in SQL and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Private => "private",
        }
    }
    /// The visibility with that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|visibility| visibility.code() == code)
    }
}

/// What a ticket type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// Entry to its zone.
    #[default]
    Entry,
    /// Something beside an entry, good at its own zone, which no entry opens: coat check, a welcome drink. Sold only
    /// together with an entry.
    AddOn,
    /// A table of the night's floor plan: its price is the deposit, its places are as many tickets as the party is large.
    /// Booked on the plan alone, and never beside anything else.
    Table,
}

/// A limit that several ticket types of a night share, beside each type's own: the room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedCap {
    /// Its key; a new one where it is left out.
    #[serde(default = "SharedCapId::generate")]
    pub id: SharedCapId,
    /// What staff call it.
    pub name: String,
    /// Tickets of all its types together.
    pub capacity: i64,
}

/// What guests may give back without asking, and what the club keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundPolicy {
    /// Until then a guest gets the money back by a click; not set: guests ask the club.
    #[serde(default)]
    pub self_service_until: Option<DateTime<Utc>>,
    /// Whether the service fee stays with the club.
    #[serde(default)]
    pub keeps_fees: bool,
}

/// How a night is sold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventTerms {
    /// Who finds it.
    #[serde(default)]
    pub visibility: Visibility,
    /// Opens the page of a private night.
    #[serde(default)]
    pub access_code: Option<String>,
    /// Limits that ticket types share.
    #[serde(default)]
    pub shared_caps: Vec<SharedCap>,
    /// What goes back.
    #[serde(default)]
    pub refunds: RefundPolicy,
    /// What guests are asked with their order, in order.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// Until then a guest exchanges a ticket for one of another type by a click; not set: never.
    #[serde(default)]
    pub exchange_until: Option<DateTime<Utc>>,
}

/// How a ticket type is sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeTerms {
    /// Tickets that one purchase of it is: 5 for "pay 4, get 5".
    #[serde(default = "one")]
    pub places: u32,
    /// Entry, or something beside it.
    #[serde(default)]
    pub kind: TicketKind,
    /// Hidden until a guest names this code.
    #[serde(default)]
    pub access_code: Option<String>,
    /// Tickets over all orders of one email address.
    #[serde(default)]
    pub max_per_guest: Option<i64>,
    /// Prices before its own.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// The tax on it and its fee.
    #[serde(default)]
    pub tax: Tax,
    /// Instead of the event's fee.
    #[serde(default)]
    pub fee: Option<ServiceFee>,
    /// One of the event's shared limits.
    #[serde(default)]
    pub shared_cap: Option<SharedCapId>,
    /// Lets guests name the price; the type's own is then what the club suggests.
    #[serde(default)]
    pub guest_price: Option<GuestPrice>,
    /// Another ticket type that has to be in the same order.
    #[serde(default)]
    pub needs: Option<Companion>,
    /// How often its guest may come in on the night, going out in between; `None` is as often as they like.
    #[serde(default = "once")]
    pub entries: Option<u16>,
    /// First instant in which it gives entry, where that is after the doors open.
    #[serde(default)]
    pub admit_from: Option<DateTime<Utc>>,
    /// First instant in which its guest no longer comes in for the first time, where that is before the doors close.
    #[serde(default)]
    pub admit_until: Option<DateTime<Utc>>,
    /// Whether the door looks at its guest's identity document, and writes down that it did.
    #[serde(default)]
    pub asks_id: bool,
    /// Whether its code moves: good for seconds, so that a picture of it lets nobody in.
    #[serde(default)]
    pub rotating_code: bool,
}

const fn one() -> u32 {
    1
}

const fn once() -> Option<u16> {
    Some(1)
}

impl Default for TypeTerms {
    fn default() -> Self {
        Self {
            places: 1,
            kind: TicketKind::Entry,
            access_code: None,
            max_per_guest: None,
            tiers: Vec::new(),
            tax: Tax::default(),
            fee: None,
            shared_cap: None,
            guest_price: None,
            needs: None,
            entries: once(),
            admit_from: None,
            admit_until: None,
            asks_id: false,
            rotating_code: false,
        }
    }
}

/// Whether `given` is the access code that is asked for. Case and spaces around it do not matter.
pub fn opens(wanted: &str, given: Option<&str>) -> bool {
    given.is_some_and(|given| given.trim().to_lowercase() == wanted.trim().to_lowercase())
}

impl EventTerms {
    /// Whether a guest who gave this access code finds the night.
    pub fn is_open_to(&self, access_code: Option<&str>) -> bool {
        self.visibility != Visibility::Private
            || self.access_code.as_deref().is_some_and(|wanted| opens(wanted, access_code))
    }
}

impl TypeTerms {
    /// Whether a guest who gave this access code sees the type.
    pub fn is_open_to(&self, access_code: Option<&str>) -> bool {
        self.access_code.as_deref().is_none_or(|wanted| opens(wanted, access_code))
    }

    /// Whether an order may hold it and nothing else.
    pub fn stands_alone(&self) -> bool {
        self.kind == TicketKind::Entry && self.needs.is_none()
    }

    /// The same on a night that was put so much later: its own times of entry move along. One that is no longer between the night's
    /// doors falls away: nobody is to stand before a door that never opens for their ticket.
    #[must_use]
    pub fn moved(mut self, by: TimeDelta, night: &Times) -> Self {
        let from = self.admit_from.map(|from| from + by);
        self.admit_from = from.filter(|from| (night.entry_from..night.entry_until).contains(from));
        let until = self.admit_until.map(|until| until + by);
        self.admit_until = until.filter(|until| night.entry_from < *until && *until <= night.entry_until);
        self
    }

    /// What one purchase costs a guest who named this amount; `own_minor` is the type's own price.
    pub fn price_of(&self, own_minor: i64, amount_minor: Option<i64>) -> Result<i64, AmountRefusal> {
        price_of(self.guest_price, own_minor, amount_minor)
    }
}

#[cfg(test)]
mod tests {
    use super::{EventTerms, Times, TypeTerms, Visibility, opens};
    use chrono::{DateTime, TimeDelta, Utc};

    #[test]
    fn what_is_left_out_is_a_plain_ticket() {
        assert_eq!(
            serde_json::from_str::<TypeTerms>("{}").expect("nothing is required"),
            TypeTerms::default()
        );
        assert_eq!(TypeTerms::default().entries, Some(1), "who went out stays out");
        let again: TypeTerms = serde_json::from_str(r#"{"entries": null}"#).expect("any number");
        assert_eq!(again.entries, None);
        assert!(serde_json::from_str::<TypeTerms>(r#"{"price": 1}"#).is_err());
    }

    #[test]
    fn times_of_entry_move_with_the_night_as_far_as_its_doors_are_open() {
        let at = |hour: i64| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(hour);
        let night = Times { starts_at: at(100), ends_at: at(108), entry_from: at(100), entry_until: at(106) };
        let terms = |from, until| TypeTerms {
            admit_from: Some(at(from)),
            admit_until: Some(at(until)),
            ..TypeTerms::default()
        };
        let by = TimeDelta::hours(90);
        let times = |terms: TypeTerms| (terms.admit_from, terms.admit_until);
        assert_eq!(times(terms(11, 13).moved(by, &night)), (Some(at(101)), Some(at(103))));
        assert_eq!(times(terms(16, 17).moved(by, &night)), (None, None), "its doors close before that");
    }

    #[test]
    fn a_hidden_type_opens_to_its_code_alone() {
        assert!(TypeTerms::default().is_open_to(None));
        let hidden = TypeTerms { access_code: Some("Friends-26".into()), ..TypeTerms::default() };
        assert!(hidden.is_open_to(Some(" friends-26 ")));
        for wrong in [None, Some(""), Some("friends"), Some("friends-27")] {
            assert!(!hidden.is_open_to(wrong), "{wrong:?}");
        }
        assert!(opens("X", Some("x")));
    }

    #[test]
    fn a_private_night_opens_to_its_code_alone() {
        assert!(EventTerms::default().is_open_to(None));
        let code = Some("deck-27".to_owned());
        let private =
            EventTerms { visibility: Visibility::Private, access_code: code, ..EventTerms::default() };
        assert!(private.is_open_to(Some("DECK-27")) && !private.is_open_to(None));
        let lost = EventTerms { visibility: Visibility::Private, ..EventTerms::default() };
        assert!(!lost.is_open_to(Some("")), "without a code nobody gets in");
    }
}
