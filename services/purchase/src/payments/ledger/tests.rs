//! Whatever is booked sums to zero.

use super::{
    disputed, given, kept_by_stripe, of_others, owed, paid_out, refund_from, returned_from, reversed, sale,
};
use crate::orders::store::LineRow;
use domain::ids::TicketTypeId;
use domain::money::{Currency, Money};
use domain::quote::{Discount, Off, QuoteItem, ServiceFee, Tax, quote};
use domain::refund::Parts;

fn lines(absorbed: bool, tax: Tax, off: Option<Off>) -> Vec<LineRow> {
    let item = |minor| QuoteItem {
        ticket_type: TicketTypeId::generate(),
        name: "Regular".into(),
        unit: Money::new(minor, Currency::Eur),
        quantity: 2,
        places: 1,
        fee: ServiceFee { fixed_minor: 50, basis_points: 250, absorbed },
        tax,
        discounted: true,
    };
    let discount = off.map(|off| Discount { label: "X".into(), off });
    let quote = quote(&[item(2000), item(999)], discount.as_ref(), Currency::Eur).expect("fair");
    quote.lines.iter().map(|line| LineRow::of(line, uuid::Uuid::now_v7(), Vec::new())).collect()
}

#[test]
fn every_movement_sums_to_zero() {
    let vat = |on_top| Tax { basis_points: 2100, on_top };
    let sales = [(false, false, None), (true, false, None), (false, true, Some(Off::Minor(700)))]
        .map(|(absorbed, on_top, off)| sale(&lines(absorbed, vat(on_top), off)));
    let parts = Parts { tickets_minor: 1900, fees_minor: 50, tax_minor: 0 };
    let others = [
        owed(4200),
        reversed(owed(4200)),
        refund_from("cash_at_venue", parts),
        returned_from("bank_transfer", 4200),
        given(2000),
        kept_by_stripe(60),
        of_others(-300),
        paid_out(4140),
    ];
    let disputes = [disputed(-2100, 1500), disputed(2100, -1500), disputed(2100, 0), disputed(-1500, -1500)];
    for entries in sales.into_iter().chain(others).chain(disputes) {
        assert_eq!(entries.iter().map(|(_, amount)| amount).sum::<i64>(), 0, "{entries:?}");
        assert!(entries.iter().all(|(_, amount)| *amount != 0), "{entries:?}");
    }
}

#[test]
fn a_fee_that_the_club_bears_is_a_fee_all_the_same() {
    let of = |absorbed: bool, account: &str| {
        let entries = sale(&lines(absorbed, Tax::default(), None));
        entries.iter().find(|(name, _)| *name == account).map(|(_, amount)| -amount)
    };
    assert_eq!(of(false, "service_fees"), of(true, "service_fees"));
    assert_eq!(of(false, "ticket_revenue"), Some(5998));
    assert_eq!(of(true, "ticket_revenue"), Some(5998 - 350));
}
