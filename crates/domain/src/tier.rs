//! Prices that rise: early bird, regular, last call.
//!
//! A ticket type has tiers and, after the last of them, its own price, which nothing limits but the type's capacity. The
//! current price is that of the first step still open: its time has not passed, and it has places left. So the ladder
//! advances by time, by count, or by whichever comes first, without a gap; places that come back to an earlier tier before
//! its time is over are sold at its price again. An order larger than what the current step has left takes the rest from
//! the next: each part at its own price.

use crate::ids::TierId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A price that holds for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Its key; a new one where it is left out.
    #[serde(default = "TierId::generate")]
    pub id: TierId,
    /// What guests see: "Early bird".
    pub name: String,
    /// Price of one, minor units of the event's currency.
    pub price_minor: i64,
    /// Tickets to be had at this price; no limit if not set.
    #[serde(default)]
    pub places: Option<i64>,
    /// The first instant at which this price is over; no end if not set.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
}

impl Tier {
    /// How many tickets may still be sold at this price when `taken` are held and sold; `None` where nothing limits it.
    pub fn left(&self, taken: i64, now: DateTime<Utc>) -> Option<i64> {
        if self.until.is_some_and(|until| until <= now) {
            return Some(0);
        }
        self.places.map(|places| (places - taken).max(0))
    }
}

/// Part of an order at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Position among the tiers; the number of tiers means the type's own price.
    pub step: usize,
    /// How many purchases.
    pub quantity: u32,
}

/// How `quantity` purchases of `places` tickets each are taken, the cheapest open step first. `left` is what each tier has
/// left, in order, in tickets; what none of them has is sold at the type's own price.
pub fn split(left: &[Option<i64>], places: u32, quantity: u32) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut wanted = quantity;
    for (step, left) in left.iter().enumerate() {
        let fits =
            left.map_or(u32::MAX, |left| u32::try_from(left / i64::from(places.max(1))).unwrap_or(u32::MAX));
        let part = wanted.min(fits);
        if part > 0 {
            parts.push(Part { step, quantity: part });
            wanted -= part;
        }
    }
    if wanted > 0 {
        parts.push(Part { step: left.len(), quantity: wanted });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
    }

    fn tier(price_minor: i64, places: Option<i64>, hours: Option<i64>) -> Tier {
        let until = hours.map(|hours| now() + TimeDelta::hours(hours));
        Tier { id: TierId::generate(), name: price_minor.to_string(), price_minor, places, until }
    }

    fn left(tiers: &[Tier], taken: &[i64], now: DateTime<Utc>) -> Vec<Option<i64>> {
        tiers.iter().zip(taken).map(|(tier, taken)| tier.left(*taken, now)).collect()
    }

    #[test]
    fn the_ladder_advances_by_count_by_time_or_by_whichever_comes_first() {
        let tiers = [tier(1000, Some(10), Some(2)), tier(1500, None, Some(5))];
        let at = |taken: i64, hours: i64| {
            split(&left(&tiers, &[taken, 0], now() + TimeDelta::hours(hours)), 1, 1)[0].step
        };
        assert_eq!(at(0, 0), 0);
        assert_eq!(at(10, 0), 1, "sold out before its time");
        assert_eq!(at(3, 2), 1, "its time is over at the very instant");
        assert_eq!(at(3, 5), 2, "then the type's own price holds");
    }

    #[test]
    fn an_order_over_the_edge_pays_each_part_at_its_own_price() {
        let tiers = [tier(1000, Some(10), None)];
        let parts = split(&left(&tiers, &[8], now()), 1, 4);
        assert_eq!(parts, [Part { step: 0, quantity: 2 }, Part { step: 1, quantity: 2 }]);
    }

    #[test]
    fn a_group_ticket_is_not_torn_between_two_prices() {
        let tiers = [tier(1000, Some(12), None)];
        let parts = split(&left(&tiers, &[0], now()), 5, 3);
        assert_eq!(parts, [Part { step: 0, quantity: 2 }, Part { step: 1, quantity: 1 }]);
    }

    proptest! {
        /// Whatever is sold and given back in whatever order: no tier beyond its places, and no dearer step while a
        /// cheaper one has room.
        #[test]
        fn no_tier_is_oversold_and_no_cheaper_place_is_passed_over(
            places in prop::collection::vec(0_i64..20, 1..5), each in 1_u32..4,
            steps in prop::collection::vec((any::<bool>(), 1_u32..6), 1..60),
        ) {
            let tiers: Vec<Tier> = places.iter().map(|p| tier(1000, Some(*p), None)).collect();
            let mut taken = vec![0_i64; tiers.len() + 1];
            let mut orders: Vec<Vec<Part>> = Vec::new();
            for (buy, quantity) in steps {
                if buy {
                    let parts = split(&left(&tiers, &taken, now()), each, quantity);
                    prop_assert_eq!(parts.iter().map(|p| p.quantity).sum::<u32>(), quantity);
                    for part in &parts {
                        taken[part.step] += i64::from(part.quantity * each);
                    }
                    let dearest = parts.iter().map(|p| p.step).max().unwrap_or_default();
                    for (step, places) in places.iter().enumerate().take(dearest) {
                        prop_assert!(places - taken[step] < i64::from(each));
                    }
                    orders.push(parts);
                } else if let Some(parts) = orders.pop() {
                    for part in parts {
                        taken[part.step] -= i64::from(part.quantity * each);
                    }
                }
                for (taken, places) in taken.iter().zip(&places) {
                    prop_assert!(*taken >= 0 && taken <= places);
                }
            }
        }
    }
}
