use super::*;
use crate::ids::TicketTypeId;
use crate::money::{Currency, Money};
use crate::quote::{Discount, Off, Quote, QuoteItem, ServiceFee, Tax, quote};
use proptest::prelude::*;

fn item() -> impl Strategy<Value = QuoteItem> {
    (0..5000_i64, 1..5_u32, 1..6_u32, 0..300_i64, 0..900_i64, any::<bool>(), 0..2500_i64, any::<bool>())
        .prop_map(|(minor, quantity, places, fixed_minor, basis_points, absorbed, tax, on_top)| QuoteItem {
            ticket_type: TicketTypeId::generate(),
            name: "Regular".into(),
            unit: Money::new(minor, Currency::Eur),
            quantity,
            places,
            fee: ServiceFee { fixed_minor, basis_points, absorbed },
            tax: Tax { basis_points: tax, on_top },
            discounted: true,
        })
}

fn order() -> impl Strategy<Value = Quote> {
    let off = prop_oneof![
        Just(None),
        (1..10_000_i64).prop_map(|points| Some(Off::BasisPoints(points))),
        (1..3000_i64).prop_map(|minor| Some(Off::Minor(minor))),
    ];
    (prop::collection::vec(item(), 1..4), off).prop_map(|(items, off)| {
        let discount = off.map(|off| Discount { label: "X".into(), off });
        quote(&items, discount.as_ref(), Currency::Eur).expect("a fair order")
    })
}

fn tickets(quote: &Quote) -> Vec<(usize, u32)> {
    let lines = quote.lines.iter().enumerate();
    lines.flat_map(|(index, line)| (1..=line.places).map(move |ordinal| (index, ordinal))).collect()
}

proptest! {
    #[test]
    fn the_shares_of_all_tickets_are_the_order_to_the_cent(quote in order()) {
        let shares = tickets(&quote).into_iter();
        let sum = shares.fold(Parts::default(), |sum, (index, ordinal)| {
            sum.plus(ticket(&quote.lines, index, ordinal, Fees::Returned))
        });
        prop_assert_eq!(sum, paid(&quote.lines));
        prop_assert_eq!(sum.total(), quote.total.minor());
    }

    #[test]
    fn a_kept_fee_is_the_fee_and_its_tax_and_no_more(quote in order()) {
        for (index, ordinal) in tickets(&quote) {
            let (all, kept) = [Fees::Returned, Fees::Kept].map(|fees| ticket(&quote.lines, index, ordinal, fees)).into();
            prop_assert!(kept.total() <= all.total() && kept.fees_minor == 0);
            let absorbs = quote.lines[index].absorbed_fee_minor > 0;
            prop_assert!(!absorbs || kept.total() == all.total(), "the guest paid the price, and gets it");
        }
    }

    #[test]
    fn whatever_goes_back_first_no_more_goes_back_than_was_paid(
        quote in order(), amounts in prop::collection::vec(1..4000_i64, 0..4), kept in any::<bool>(),
    ) {
        let fees = if kept { Fees::Kept } else { Fees::Returned };
        let mut left = paid(&quote.lines);
        for amount in amounts {
            match left.amount(amount) {
                Ok(parts) => {
                    prop_assert_eq!(parts.total(), amount);
                    left = left.less(parts);
                }
                Err(refused) => prop_assert_eq!(refused, RefundFault::Exceeds),
            }
        }
        for (index, ordinal) in tickets(&quote) {
            let parts = ticket(&quote.lines, index, ordinal, fees).within(left);
            left = left.less(parts);
            prop_assert!(left.tickets_minor >= 0 && left.fees_minor >= 0 && left.tax_minor >= 0, "{left:?}");
        }
    }
}

#[test]
fn a_kept_fee_stays_also_after_an_amount_out_of_goodwill() {
    let item = QuoteItem {
        ticket_type: TicketTypeId::generate(),
        name: "Regular".into(),
        unit: Money::new(2000, Currency::Eur),
        quantity: 1,
        places: 1,
        fee: ServiceFee { fixed_minor: 100, basis_points: 0, absorbed: false },
        tax: Tax::default(),
        discounted: false,
    };
    let quote = quote(&[item], None, Currency::Eur).expect("a fair order");
    let paid = paid(&quote.lines);
    let left = paid.less(paid.amount(500).expect("less than all"));
    let back = ticket(&quote.lines, 0, 1, Fees::Kept).within(left.keeping(fees_beside(&quote.lines)));
    assert_eq!(back.fees_minor, 0);
    assert!(left.less(back).total() >= 76, "what goodwill left of the fee stays: {back:?}");
}

#[test]
fn a_kept_fee_takes_nothing_off_the_price_where_another_fee_went_back() {
    let item = QuoteItem {
        ticket_type: TicketTypeId::generate(),
        name: "Regular".into(),
        unit: Money::new(2000, Currency::Eur),
        quantity: 2,
        places: 1,
        fee: ServiceFee { fixed_minor: 100, basis_points: 0, absorbed: false },
        tax: Tax { basis_points: 2100, on_top: true },
        discounted: false,
    };
    let quote = quote(&[item], None, Currency::Eur).expect("a fair order");
    let left = paid(&quote.lines).less(ticket(&quote.lines, 0, 1, Fees::Returned));
    let price = ticket(&quote.lines, 0, 2, Fees::Kept);
    assert_eq!(price.total(), 2420, "the price and the tax on it");
    assert_eq!(price.within(left.keeping(fees_beside(&quote.lines))), price);
}

#[test]
fn nothing_and_more_than_all_are_refused() {
    let left = Parts { tickets_minor: 1000, fees_minor: 50, tax_minor: 0 };
    assert_eq!(left.amount(0), Err(RefundFault::Nothing));
    assert_eq!(left.amount(-5), Err(RefundFault::Nothing));
    assert_eq!(left.amount(1051), Err(RefundFault::Exceeds));
    assert_eq!(left.amount(1050), Ok(left));
}
