//! Pay what you want: a price that the guest names, within what the club allows.

use serde::{Deserialize, Serialize};

/// Between which amounts a guest names the price of one purchase. The type's own price is what the club suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuestPrice {
    /// The least, minor units; zero lets a guest come for nothing.
    pub least_minor: i64,
    /// The most, minor units.
    pub most_minor: i64,
}

/// Why a guest's amount is not the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountRefusal {
    /// The club has set the price.
    #[error("the price of this ticket type is not the guest's to name")]
    Fixed,
    /// Less or more than the club allows.
    #[error("the amount is not within what the club allows")]
    OutOfRange(GuestPrice),
}

impl GuestPrice {
    /// Whether a guest may pay this amount.
    pub const fn admits(self, amount_minor: i64) -> bool {
        self.least_minor <= amount_minor && amount_minor <= self.most_minor
    }
}

/// What one purchase costs a guest who named an amount, or none: then it is the type's own price.
pub fn price_of(
    range: Option<GuestPrice>,
    own_minor: i64,
    amount_minor: Option<i64>,
) -> Result<i64, AmountRefusal> {
    match (amount_minor, range) {
        (None, _) => Ok(own_minor),
        (Some(_), None) => Err(AmountRefusal::Fixed),
        (Some(amount), Some(range)) if range.admits(amount) => Ok(amount),
        (Some(_), Some(range)) => Err(AmountRefusal::OutOfRange(range)),
    }
}

#[cfg(test)]
mod tests {
    use super::{AmountRefusal, GuestPrice, price_of};
    use proptest::prelude::*;

    const RANGE: GuestPrice = GuestPrice { least_minor: 500, most_minor: 5_000 };

    #[test]
    fn a_guest_pays_what_they_name_or_what_the_club_suggests() {
        assert_eq!(price_of(Some(RANGE), 1_000, None), Ok(1_000));
        for amount in [500, 777, 5_000] {
            assert_eq!(price_of(Some(RANGE), 1_000, Some(amount)), Ok(amount));
        }
        for amount in [i64::MIN, -1, 0, 499, 5_001, i64::MAX] {
            assert_eq!(
                price_of(Some(RANGE), 1_000, Some(amount)),
                Err(AmountRefusal::OutOfRange(RANGE)),
                "{amount}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_price_of_the_club_s_cannot_be_named(own in 0_i64..10_000_000, amount in any::<i64>()) {
            prop_assert_eq!(price_of(None, own, None), Ok(own));
            prop_assert_eq!(price_of(None, own, Some(amount)), Err(AmountRefusal::Fixed));
        }

        #[test]
        fn no_amount_outside_the_range_becomes_a_price(
            least in 0_i64..1_000_000, span in 0_i64..1_000_000, amount in any::<i64>(),
        ) {
            let range = GuestPrice { least_minor: least, most_minor: least + span };
            match price_of(Some(range), least, Some(amount)) {
                Ok(price) => prop_assert!(price == amount && (least..=least + span).contains(&price)),
                Err(refusal) => prop_assert_eq!(refusal, AmountRefusal::OutOfRange(range)),
            }
        }
    }
}
