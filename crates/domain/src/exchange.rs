//! A ticket exchanged for one of another type of the same night: until when a guest may, what the ticket is worth then, and what the
//! other one costs beside it.
//!
//! The money that was paid stays where it was paid. What the ticket's price brought (its service fee apart, which stays paid) counts
//! towards the other's price; the difference is what is paid for the exchange. So both payments together are the other ticket's
//! price, and each goes back to where it came from.

use chrono::{DateTime, Utc};

use crate::event::EventStatus;
use crate::order::Channel;
use crate::quote::{LineKind, QuoteLine, ServiceFee, Tax};
use crate::refund::{Fees, ticket};

/// Why a guest can't exchange tickets of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotExchanged {
    /// The night's terms know no such thing.
    #[error("guests exchange nothing by themselves")]
    NotOffered,
    /// The time for it has passed.
    #[error("the time for it ended at {0}")]
    TooLate(DateTime<Utc>),
    /// The night does not take place, or is over.
    #[error("the night is off")]
    NightOff,
    /// Staff took the money at the venue, or gave the tickets away.
    #[error("it was not paid online")]
    NotPaidOnline,
}

/// Until when a guest may exchange tickets of an order; the deadline itself is too late.
pub fn by_guest_until(
    deadline: Option<DateTime<Utc>>,
    night: EventStatus,
    channel: Channel,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, NotExchanged> {
    let until = deadline.ok_or(NotExchanged::NotOffered)?;
    if night != EventStatus::Published {
        return Err(NotExchanged::NightOff);
    }
    if channel != Channel::Online {
        return Err(NotExchanged::NotPaidOnline);
    }
    if now < until { Ok(until) } else { Err(NotExchanged::TooLate(until)) }
}

/// What a ticket counts for when it is exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Worth {
    /// What its price brought after the discount, minor units; without a tax that came on top.
    pub minor: i64,
    /// The tax that was on it.
    pub tax: Tax,
}

impl Worth {
    /// Of the `ordinal`-th ticket (from 1) of the ticket line at `index`.
    pub fn of(lines: &[QuoteLine], index: usize, ordinal: u32) -> Self {
        let price = ticket(lines, index, ordinal, Fees::Kept);
        let mut beside = lines.iter().skip(index + 1).take_while(|line| line.kind != LineKind::Ticket);
        let on_top = beside.any(|line| line.kind == LineKind::Tax);
        let basis_points = lines.get(index).map_or(0, |line| line.tax_basis_points);
        let minor = if on_top { price.tickets_minor } else { price.total() };
        Self { minor, tax: Tax { basis_points, on_top } }
    }

    /// What a type of this price and tax costs beside it, minor units. `None`: it costs less, or is taxed otherwise, so that one
    /// can't be counted towards the other.
    pub fn difference(self, price_minor: i64, tax: Tax) -> Option<i64> {
        let alike =
            self.minor == 0 || tax == self.tax || (tax.basis_points == 0 && self.tax.basis_points == 0);
        (alike && price_minor >= self.minor).then(|| price_minor - self.minor)
    }
}

/// The fee on a difference: its share alone, for the fixed part was paid with the first ticket.
pub const fn fee(fee: ServiceFee) -> ServiceFee {
    ServiceFee { fixed_minor: 0, ..fee }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TicketTypeId;
    use crate::money::{Currency, Money};
    use crate::quote::{Discount, Off, QuoteItem, quote};
    use crate::refund::paid;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn item(price: i64, quantity: u32, fee: ServiceFee, tax: Tax) -> QuoteItem {
        QuoteItem {
            ticket_type: TicketTypeId::generate(),
            name: "Regular".into(),
            unit: Money::new(price, Currency::Eur),
            quantity,
            places: 1,
            fee,
            tax,
            discounted: true,
        }
    }

    fn lines(item: QuoteItem, discount: Option<&Discount>) -> Vec<QuoteLine> {
        quote(&[item], discount, Currency::Eur).expect("a price").lines
    }

    #[test]
    fn a_guest_exchanges_until_the_deadline_what_was_paid_online() {
        let until: DateTime<Utc> = "2026-11-27T21:00:00Z".parse().expect("a time");
        let before = until - TimeDelta::milliseconds(1);
        let (on, online) = (EventStatus::Published, Channel::Online);
        let may = |night, channel, now| by_guest_until(Some(until), night, channel, now);
        assert_eq!(may(on, online, before), Ok(until));
        assert_eq!(may(on, online, until), Err(NotExchanged::TooLate(until)));
        assert_eq!(by_guest_until(None, on, online, before), Err(NotExchanged::NotOffered));
        for channel in Channel::ALL.into_iter().filter(|channel| *channel != online) {
            assert_eq!(may(on, channel, before), Err(NotExchanged::NotPaidOnline), "{channel:?}");
        }
        for night in EventStatus::ALL.into_iter().filter(|night| *night != on) {
            assert_eq!(may(night, online, before), Err(NotExchanged::NightOff), "{night:?}");
        }
    }

    #[test]
    fn what_was_paid_for_the_price_counts_and_the_fee_does_not() {
        let fee = ServiceFee { fixed_minor: 50, basis_points: 250, absorbed: false };
        let bought = lines(item(2000, 2, fee, Tax::default()), None);
        assert_eq!(Worth::of(&bought, 0, 2), Worth { minor: 2000, tax: Tax::default() });
        let half = Discount { label: "HALF".into(), off: Off::BasisPoints(5000) };
        let reduced = lines(item(2000, 2, fee, Tax::default()), Some(&half));
        assert_eq!(Worth::of(&reduced, 0, 1).minor, 1000, "what was paid, not what it costs");
    }

    #[test]
    fn what_costs_less_or_is_taxed_otherwise_is_not_to_be_had() {
        let included = Tax { basis_points: 2100, on_top: false };
        let worth = Worth { minor: 2000, tax: included };
        assert_eq!(worth.difference(5000, included), Some(3000));
        assert_eq!(worth.difference(2000, included), Some(0), "the same price");
        assert_eq!(worth.difference(1999, included), None);
        assert_eq!(worth.difference(5000, Tax { basis_points: 1000, ..included }), None);
        assert_eq!(worth.difference(5000, Tax { on_top: true, ..included }), None);
        let free = Worth { minor: 0, tax: included };
        assert_eq!(free.difference(5000, Tax { on_top: true, ..included }), Some(5000));
    }

    proptest! {
        /// Both payments together are what the other ticket costs: to the cent without shares, and within the cents that each rounding
        /// of fee and tax may make.
        #[test]
        fn both_payments_are_the_price_of_the_other_ticket(
            price in 0..9_000_i64, more in 0..9_000_i64, points in 0..1_000_i64, tax in 0..2_500_i64, on_top in any::<bool>(),
        ) {
            let fee_of = ServiceFee { fixed_minor: 0, basis_points: points, absorbed: false };
            let tax = Tax { basis_points: tax, on_top };
            let first = lines(item(price, 1, fee_of, tax), None);
            let difference = Worth::of(&first, 0, 1).difference(price + more, tax);
            prop_assume!(difference.is_some());
            let second = lines(item(difference.unwrap_or(0), 1, fee(fee_of), tax), None);
            let whole = lines(item(price + more, 1, fee_of, tax), None);
            let both = paid(&first).plus(paid(&second)).total();
            prop_assert!((both - paid(&whole).total()).abs() <= 3, "{both}");
        }
    }
}
