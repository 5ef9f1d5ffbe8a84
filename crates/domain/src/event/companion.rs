//! Ticket types that are sold only together with another one: a VIP entry that needs a bottle package.

use serde::{Deserialize, Serialize};

/// What has to be in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    /// The other ticket type of the night, by its name: names are a night's own.
    pub name: String,
    /// How many purchases one of it serves: 1 for one each, 4 for a bottle for every four.
    #[serde(default = "one")]
    pub serves: u32,
}

const fn one() -> u32 {
    1
}

impl Companion {
    /// Whether that is the ticket type it means. Case and spaces around it do not matter.
    pub fn is(&self, name: &str) -> bool {
        same(&self.name, name)
    }
}

/// One item of an order, as far as companions go.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// The ticket type's name.
    pub name: &'a str,
    /// Purchases of it.
    pub quantity: u32,
    /// What it needs beside it.
    pub needs: Option<&'a Companion>,
}

/// A companion of which there are too few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Position of the first item that needs it.
    pub item: usize,
    /// The companion.
    pub name: String,
    /// How many more of it the order needs.
    pub count: u32,
}

impl Missing {
    /// Whether that is the ticket type that is missing.
    pub fn is(&self, name: &str) -> bool {
        same(&self.name, name)
    }
}

/// How many more of a companion an order needs than it has. Items that need the same one do not share it, and what one of them
/// leaves of its last serves nobody else.
pub fn shortage(chosen: &[Chosen<'_>], name: &str) -> u32 {
    let needing = |one: &Chosen<'_>| match one.needs {
        Some(needs) if needs.is(name) => one.quantity.div_ceil(needs.serves.max(1)),
        _ => 0,
    };
    let wanted = chosen.iter().map(needing).fold(0_u32, u32::saturating_add);
    let there = chosen.iter().filter(|other| same(other.name, name)).map(|other| other.quantity);
    wanted.saturating_sub(there.fold(0_u32, u32::saturating_add))
}

/// The first companion that an order has too few of.
pub fn missing(chosen: &[Chosen<'_>]) -> Option<Missing> {
    chosen.iter().enumerate().find_map(|(item, one)| {
        let name = &one.needs?.name;
        let count = shortage(chosen, name);
        (count > 0).then(|| Missing { item, name: name.clone(), count })
    })
}

fn same(left: &str, right: &str) -> bool {
    left.trim().to_lowercase() == right.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Chosen, Companion, Missing, missing};
    use proptest::prelude::*;

    fn bottle(serves: u32) -> Companion {
        Companion { name: "Bottle".into(), serves }
    }

    fn plain(name: &str, quantity: u32) -> Chosen<'_> {
        Chosen { name, quantity, needs: None }
    }

    #[test]
    fn what_needs_nothing_lacks_nothing() {
        assert_eq!(missing(&[]), None);
        assert_eq!(missing(&[plain("Regular", 3), plain("Bottle", 1)]), None);
    }

    #[test]
    fn every_one_or_every_four_need_theirs() {
        let lacks = |serves, quantity, bottles| {
            let needs = bottle(serves);
            let vip = Chosen { name: "VIP", quantity, needs: Some(&needs) };
            let found = missing(&[plain("Regular", 9), vip, plain("bottle ", bottles)]);
            found.map(|Missing { item, count, .. }| (item, count))
        };
        assert_eq!(lacks(1, 2, 2), None);
        assert_eq!(lacks(1, 2, 1), Some((1, 1)));
        assert_eq!(lacks(4, 4, 1), None);
        assert_eq!(lacks(4, 5, 1), Some((1, 1)), "the fifth opens the next four");
        assert_eq!(lacks(4, 1, 0), Some((1, 1)));
    }

    #[test]
    fn two_types_that_need_the_same_do_not_share_it() {
        let (each, four) = (bottle(1), bottle(4));
        let vip = Chosen { name: "VIP", quantity: 1, needs: Some(&each) };
        let booth = Chosen { name: "Booth", quantity: 3, needs: Some(&four) };
        assert_eq!(
            missing(&[vip, booth, plain("Bottle", 1)]),
            Some(Missing { item: 0, name: "Bottle".into(), count: 1 })
        );
        assert_eq!(missing(&[vip, booth, plain("Bottle", 2)]), None);
    }

    proptest! {
        #[test]
        fn what_is_said_to_be_missing_is_exactly_enough(
            serves in 1_u32..10, quantity in 1_u32..100, bottles in 0_u32..100,
        ) {
            let needs = bottle(serves);
            let order = |bottles| {
                let vip = Chosen { name: "VIP", quantity, needs: Some(&needs) };
                missing(&[vip, plain("Bottle", bottles)])
            };
            if let Some(found) = order(bottles) {
                prop_assert_eq!(order(bottles + found.count), None);
                prop_assert!(order(bottles + found.count - 1).is_some());
            } else {
                prop_assert!(bottles * serves >= quantity);
            }
        }
    }
}
