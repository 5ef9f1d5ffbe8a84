//! What a ticket's type says of it to whoever holds it: whether its code moves, and from when until when it lets in. It stands with the
//! type and not with the ticket: what the club changes holds for tickets that are out.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::event::terms::TypeTerms;
use uuid::Uuid;

/// Of one ticket type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Whether its code moves: its page alone shows it, another every few seconds.
    pub(crate) moves: bool,
    /// First instant in which it lets in, where that is after the doors open.
    pub(crate) from: Option<DateTime<Utc>>,
    /// First instant in which it no longer does, where that is before the doors close.
    pub(crate) until: Option<DateTime<Utc>>,
}

/// By ticket type.
pub(crate) type Rules = HashMap<Uuid, Rule>;

impl Rule {
    /// A type's own, on a night whose doors open and which ends then. One that was withdrawn before its night got a new date has the
    /// times of the old one: they count no more.
    pub(crate) fn of(terms: &TypeTerms, doors: DateTime<Utc>, end: DateTime<Utc>) -> Self {
        Self {
            moves: terms.rotating_code,
            from: terms.admit_from.filter(|from| (doors..end).contains(from)),
            until: terms.admit_until.filter(|until| doors < *until && *until <= end),
        }
    }

    /// First instant in which a ticket no longer lets in that has an end of its own: the earlier of both.
    pub(crate) fn until_of(self, own: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
        own.into_iter().chain(self.until).min()
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;
    use chrono::{DateTime, Utc};
    use domain::event::terms::TypeTerms;

    fn at(hour: u8) -> DateTime<Utc> {
        format!("2026-11-20T{hour:02}:00:00Z").parse().expect("an instant")
    }

    #[test]
    fn times_outside_the_night_count_no_more() {
        let terms = |from, until| TypeTerms {
            admit_from: Some(at(from)),
            admit_until: Some(at(until)),
            ..TypeTerms::default()
        };
        let inside = Rule::of(&terms(12, 20), at(10), at(20));
        assert_eq!((inside.from, inside.until), (Some(at(12)), Some(at(20))));
        let outside = Rule::of(&terms(9, 21), at(10), at(20));
        assert_eq!(outside, Rule::default());
    }

    #[test]
    fn of_two_ends_the_earlier_counts() {
        let rule = Rule { until: Some(at(12)), ..Rule::default() };
        assert_eq!(rule.until_of(Some(at(11))), Some(at(11)));
        assert_eq!(rule.until_of(None), Some(at(12)));
        assert_eq!(Rule::default().until_of(None), None);
    }
}
