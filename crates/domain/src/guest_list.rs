//! The guest list: who comes in for nothing, with how many, until when, and on whose account.

use chrono::{DateTime, Utc};

use crate::ids::TicketId;
use crate::name::is_legible;

/// Most heads of one entry: the guest, and who comes along.
pub const MOST_GUESTS: u32 = 20;
/// Longest name of a promoter, in characters.
const LONGEST_NAME: usize = 80;

/// Who brings guests, as the club calls them. However it is spelled, it is one promoter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promoter {
    name: String,
    key: String,
}

/// The text can't name a promoter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a promoter's name has up to 80 characters")]
pub struct BadPromoter;

impl Promoter {
    /// Reads a name; nothing but space is nobody.
    pub fn read(text: &str) -> Result<Option<Self>, BadPromoter> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Ok(None);
        }
        if name.chars().count() > LONGEST_NAME || !is_legible(&name) {
            return Err(BadPromoter);
        }
        let key = name.to_lowercase();
        Ok(Some(Self { name, key }))
    }

    /// As staff wrote it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is the same however it is written.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// How many guests a promoter may bring to a night, and has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Allotment {
    /// Guests they may bring; `None` for as many as the night has places.
    pub places: Option<i64>,
    /// Guests they have on the list.
    pub taken: i64,
}

impl Allotment {
    /// Guests they may still bring; `None` for as many as there are places.
    pub fn left(&self) -> Option<i64> {
        self.places.map(|places| (places - self.taken).max(0))
    }

    /// Whether so many more fit.
    pub fn admits(&self, guests: i64) -> bool {
        self.left().is_none_or(|left| guests <= left)
    }
}

/// Why a cut-off is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadCutOff {
    /// It has passed: nobody could come.
    Past,
    /// It lies before the doors open, or after the night's end.
    OutsideTheNight,
}

/// Whether guests of a night can be asked to come before `at`.
pub fn check_cut_off(
    at: DateTime<Utc>,
    doors: DateTime<Utc>,
    ends: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), BadCutOff> {
    if at <= doors || at > ends {
        return Err(BadCutOff::OutsideTheNight);
    }
    if at <= now { Err(BadCutOff::Past) } else { Ok(()) }
}

/// A good ticket of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The ticket.
    pub ticket: TicketId,
    /// Whether somebody came in with it, as far as is known.
    pub inside: bool,
}

/// Which of an entry's tickets are taken back so that `wanted` heads stay: the last first, and none whose guest is inside. Fewer
/// than that, where too many are inside.
pub fn who_goes(heads: &[Head], wanted: u32) -> Vec<TicketId> {
    let stay = usize::try_from(wanted).unwrap_or(usize::MAX);
    let outside = heads.iter().rev().filter(|head| !head.inside);
    outside.take(heads.len().saturating_sub(stay)).map(|head| head.ticket).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    #[test]
    fn a_promoter_is_the_same_however_it_is_written() {
        let read = |text: &str| Promoter::read(text).expect("a name").expect("somebody");
        assert_eq!(read("  DJ  Ñandú ").name(), "DJ Ñandú");
        assert_eq!(read("DJ Ñandú").key(), read("dj ñANDÚ").key());
        assert_eq!(Promoter::read(" \t "), Ok(None));
        assert_eq!(Promoter::read(&"x".repeat(81)), Err(BadPromoter));
        assert_eq!(Promoter::read("a\0b"), Err(BadPromoter));
        assert_eq!(Promoter::read("a\u{202E}b"), Err(BadPromoter), "two that look alike are one");
    }

    #[test]
    fn an_allotment_admits_what_is_left_of_it() {
        let some = Allotment { places: Some(10), taken: 8 };
        assert_eq!((some.left(), some.admits(2), some.admits(3)), (Some(2), true, false));
        let none = Allotment { places: None, taken: 500 };
        assert_eq!((none.left(), none.admits(20)), (None, true));
    }

    #[test]
    fn a_cut_off_lies_in_the_night_and_ahead() {
        let doors = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let (ends, minute) = (doors + TimeDelta::hours(7), TimeDelta::minutes(1));
        let check = |at, now| check_cut_off(at, doors, ends, now);
        assert_eq!(check(doors, doors - minute), Err(BadCutOff::OutsideTheNight));
        assert_eq!(check(doors + minute, doors - minute), Ok(()));
        assert_eq!(check(ends, doors), Ok(()));
        assert_eq!(check(ends + minute, doors), Err(BadCutOff::OutsideTheNight));
        assert_eq!(check(doors + minute, doors + minute), Err(BadCutOff::Past));
    }

    fn heads(inside: &[bool]) -> Vec<Head> {
        inside.iter().map(|inside| Head { ticket: TicketId::generate(), inside: *inside }).collect()
    }

    #[test]
    fn the_last_go_first_and_nobody_who_is_inside() {
        let party = heads(&[false, false, true, false]);
        assert_eq!(who_goes(&party, 4), []);
        assert_eq!(who_goes(&party, 2), [party[3].ticket, party[1].ticket]);
        assert_eq!(who_goes(&party, 0), [party[3].ticket, party[1].ticket, party[0].ticket]);
        assert_eq!(who_goes(&heads(&[true, true]), 0), []);
    }

    proptest! {
        /// As many as wanted stay, or those who are inside; and nobody who is inside goes.
        #[test]
        fn who_stays(inside in prop::collection::vec(any::<bool>(), 0..20), wanted in 0_u32..22) {
            let party = heads(&inside);
            let gone = who_goes(&party, wanted);
            let within = inside.iter().filter(|one| **one).count();
            prop_assert_eq!(party.len() - gone.len(), party.len().min(within.max(wanted as usize)));
            prop_assert!(party.iter().all(|head| !(head.inside && gone.contains(&head.ticket))));
        }
    }
}
