//! The line before a sold-out ticket type: whose turn it is, and what others must leave for those who wait.
//!
//! Who came first is served first. A party that is larger than what is free waits for more, and nobody behind it may take
//! those places meanwhile; once it was [`PATIENCE`] short, smaller parties are served past it, and it keeps its place.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// How long free places are kept for a party that is larger than they are.
pub const PATIENCE: TimeDelta = TimeDelta::minutes(30);

/// A party in line, in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The limits it needs places in: its ticket type's own first, then one that types share.
    pub limits: Vec<Uuid>,
    /// Tickets it wants.
    pub tickets: i64,
    /// Since when places were free for it, but too few.
    pub short_since: Option<DateTime<Utc>>,
}

/// What a party gets now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Its places, all of them.
    Offer,
    /// Nothing yet: fewer places are free than it wants.
    Short,
    /// Nothing yet: none is free, or somebody before it has the first word on them.
    Wait,
}

impl Party {
    /// Whether it was short for so long that others are served past it.
    pub fn is_passed(&self, now: DateTime<Utc>) -> bool {
        self.short_since.is_some_and(|since| since + PATIENCE <= now)
    }
}

/// Whose turn it is, given what is left of each limit: a turn for each party of the line.
pub fn turns(line: &[Party], mut left: HashMap<Uuid, i64>, now: DateTime<Utc>) -> Vec<Turn> {
    let mut kept: HashSet<Uuid> = HashSet::new();
    let turn = |party: &Party| {
        if party.limits.iter().any(|limit| kept.contains(limit)) {
            return Turn::Wait;
        }
        let of = |limit: &Uuid| left.get(limit).copied().unwrap_or(0);
        let free = party.limits.iter().map(of).min().unwrap_or(0);
        if free >= party.tickets {
            for limit in &party.limits {
                *left.entry(*limit).or_default() -= party.tickets;
            }
            return Turn::Offer;
        }
        if !party.is_passed(now) {
            // Only where it is short: who waits for the last table of a type keeps nobody out of the room.
            kept.extend(party.limits.iter().filter(|limit| of(limit) < party.tickets));
        }
        if free > 0 { Turn::Short } else { Turn::Wait }
    };
    line.iter().map(turn).collect()
}

/// Tickets that those in line wait for, of one ticket type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The ticket type's own limit.
    pub own: Uuid,
    /// The limit that it shares with others.
    pub shared: Option<Uuid>,
    /// Tickets wanted by all who wait and were not passed.
    pub tickets: i64,
    /// What is left of its own limit.
    pub own_left: i64,
}

/// What of each limit is for those who wait: everybody else sees that much less. Of a limit that types share, no more than
/// the type's own limit lets them have.
pub fn kept(wanted: &[Wanted]) -> HashMap<Uuid, i64> {
    let mut kept: HashMap<Uuid, i64> = HashMap::new();
    for type_wanted in wanted {
        let tickets = type_wanted.tickets.min(type_wanted.own_left.max(0));
        for limit in [Some(type_wanted.own), type_wanted.shared].into_iter().flatten() {
            *kept.entry(limit).or_default() += tickets;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    fn limit(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn party(limits: &[u128], tickets: i64) -> Party {
        Party { limits: limits.iter().copied().map(limit).collect(), tickets, short_since: None }
    }

    fn left<const N: usize>(of: [(u128, i64); N]) -> HashMap<Uuid, i64> {
        of.into_iter().map(|(number, left)| (limit(number), left)).collect()
    }

    #[test]
    fn who_came_first_is_served_first() {
        let line = [party(&[1], 2), party(&[1], 1), party(&[1], 1)];
        assert_eq!(turns(&line, left([(1, 3)]), now()), [Turn::Offer, Turn::Offer, Turn::Wait]);
    }

    #[test]
    fn nobody_is_served_past_a_larger_party_until_it_was_short_for_long() {
        let mut line = [party(&[1], 4), party(&[1], 1)];
        assert_eq!(turns(&line, left([(1, 2)]), now()), [Turn::Short, Turn::Wait]);
        line[0].short_since = Some(now() - PATIENCE + TimeDelta::seconds(1));
        assert_eq!(turns(&line, left([(1, 2)]), now()), [Turn::Short, Turn::Wait]);
        line[0].short_since = Some(now() - PATIENCE);
        assert_eq!(turns(&line, left([(1, 2)]), now()), [Turn::Short, Turn::Offer]);
        assert_eq!(turns(&line, left([(1, 4)]), now()), [Turn::Offer, Turn::Wait], "it kept its place");
    }

    #[test]
    fn a_full_type_keeps_nobody_out_of_the_room_it_shares() {
        let line = [party(&[1, 9], 2), party(&[2, 9], 2), party(&[3, 9], 1)];
        let turns = turns(&line, left([(1, 0), (2, 5), (3, 5), (9, 2)]), now());
        assert_eq!(turns, [Turn::Wait, Turn::Offer, Turn::Wait]);
    }

    #[test]
    fn who_waits_for_the_room_is_not_passed_by_another_type() {
        let line = [party(&[1, 9], 3), party(&[2, 9], 1)];
        assert_eq!(turns(&line, left([(1, 5), (2, 5), (9, 1)]), now()), [Turn::Short, Turn::Wait]);
    }

    #[test]
    fn others_are_left_what_nobody_waits_for() {
        let of =
            |own, tickets, own_left| Wanted { own: limit(own), shared: Some(limit(9)), tickets, own_left };
        let kept = kept(&[of(1, 30, 0), of(2, 3, 10), of(3, 4, 1)]);
        assert_eq!(kept[&limit(1)], 0);
        assert_eq!((kept[&limit(2)], kept[&limit(3)]), (3, 1));
        assert_eq!(kept[&limit(9)], 4, "thirty who wait for a full type take nothing of the room");
    }

    proptest! {
        /// Never more than there is, and never somebody served while one before had enough.
        #[test]
        fn what_is_offered_is_there_and_in_order(
            sizes in prop::collection::vec((1_i64..6, 0_u128..3), 0..20),
            own in prop::collection::vec(0_i64..12, 3),
            room in 0_i64..20,
        ) {
            let line: Vec<Party> = sizes.iter().map(|(tickets, kind)| party(&[*kind, 9], *tickets)).collect();
            let stock = left([(0, own[0]), (1, own[1]), (2, own[2]), (9, room)]);
            let turns = turns(&line, stock.clone(), now());
            for (number, has) in &stock {
                let given: i64 = line.iter().zip(&turns)
                    .filter(|(party, turn)| **turn == Turn::Offer && party.limits.contains(number))
                    .map(|(party, _)| party.tickets).sum();
                prop_assert!(given <= *has);
            }
            for (index, turn) in turns.iter().enumerate() {
                let of_its_type = |other: &Party| other.limits[0] == line[index].limits[0];
                let skipped = line[..index].iter().zip(&turns)
                    .any(|(earlier, theirs)| of_its_type(earlier) && *theirs != Turn::Offer);
                prop_assert!(!(skipped && *turn == Turn::Offer), "somebody was served out of turn");
            }
        }
    }
}
