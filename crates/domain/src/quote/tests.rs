use super::*;
use proptest::prelude::*;

fn item(minor: i64, quantity: u32) -> QuoteItem {
    QuoteItem {
        ticket_type: TicketTypeId::generate(),
        name: "Regular".into(),
        unit: Money::new(minor, Currency::Eur),
        quantity,
        places: 1,
        fee: FEE,
        tax: Tax::default(),
        discounted: true,
    }
}
const FEE: ServiceFee = ServiceFee { fixed_minor: 50, basis_points: 250, absorbed: false };
const NO_FEE: ServiceFee = ServiceFee { fixed_minor: 0, basis_points: 0, absorbed: false };

fn totals(quote: &Quote) -> Vec<(LineKind, i64)> {
    quote.lines.iter().map(|l| (l.kind, l.total_minor)).collect()
}

fn priced(items: &[QuoteItem], off: Option<Off>) -> Quote {
    let discount = off.map(|off| Discount { label: "SUMMER".into(), off });
    quote(items, discount.as_ref(), Currency::Eur).expect("a fair order")
}

#[test]
fn a_fee_is_added_to_paid_tickets_and_never_to_free_ones() {
    let quote = priced(&[item(2000, 2), item(0, 3)], None);
    assert_eq!(totals(&quote), [(LineKind::Ticket, 4000), (LineKind::Fee, 200), (LineKind::Ticket, 0)]);
    assert_eq!(quote.total, Money::new(4200, Currency::Eur));
}

#[test]
fn the_percentage_is_rounded_once_for_the_document() {
    // 3 lines of 33.33: 2.5 % of 99.99 is 2.49975, so 2.50 for all; line by line it would be 3 × 0.83 = 2.49.
    let fee = ServiceFee { basis_points: 250, ..NO_FEE };
    let items = [(); 3].map(|()| QuoteItem { fee, ..item(3333, 1) });
    let fees: Vec<_> = priced(&items, None)
        .lines
        .iter()
        .filter(|l| l.kind == LineKind::Fee)
        .map(|l| l.total_minor)
        .collect();
    assert_eq!(fees, [84, 83, 83]);
}

#[test]
fn a_group_ticket_is_one_price_and_several_tickets_each_with_its_fixed_fee() {
    let group = QuoteItem { places: 5, ..item(8000, 2) };
    let quote = priced(&[group], None);
    assert_eq!(quote.lines[0].places, 10);
    assert_eq!(totals(&quote), [(LineKind::Ticket, 16_000), (LineKind::Fee, 10 * 50 + 400)]);
}

#[test]
fn a_discount_comes_before_the_fee_and_a_free_order_carries_none() {
    let half = priced(&[item(2000, 2)], Some(Off::BasisPoints(5_000)));
    assert_eq!(
        totals(&half),
        [(LineKind::Ticket, 4000), (LineKind::Discount, -2000), (LineKind::Fee, 2 * 50 + 50)]
    );
    let all = priced(&[item(2000, 2)], Some(Off::Minor(1_000_000)));
    assert_eq!(totals(&all), [(LineKind::Ticket, 4000), (LineKind::Discount, -4000)]);
    assert!(all.total.is_zero());
}

#[test]
fn a_discount_is_shared_over_the_items_it_applies_to_alone() {
    let left_out = QuoteItem { discounted: false, fee: NO_FEE, ..item(5000, 1) };
    let items =
        [QuoteItem { fee: NO_FEE, ..item(1000, 1) }, left_out, QuoteItem { fee: NO_FEE, ..item(2000, 1) }];
    let quote = priced(&items, Some(Off::Minor(100)));
    assert_eq!(
        totals(&quote),
        [
            (LineKind::Ticket, 1000),
            (LineKind::Discount, -33),
            (LineKind::Ticket, 5000),
            (LineKind::Ticket, 2000),
            (LineKind::Discount, -67)
        ]
    );
}

#[test]
fn an_absorbed_fee_is_no_line_and_is_noted_on_the_tickets() {
    let quote = priced(&[QuoteItem { fee: ServiceFee { absorbed: true, ..FEE }, ..item(2000, 2) }], None);
    assert_eq!(totals(&quote), [(LineKind::Ticket, 4000)]);
    assert_eq!(quote.lines[0].absorbed_fee_minor, 200);
    let dear = ServiceFee { fixed_minor: 5000, absorbed: true, ..NO_FEE };
    assert_eq!(priced(&[QuoteItem { fee: dear, ..item(2000, 1) }], None).lines[0].absorbed_fee_minor, 2000);
}

#[test]
fn a_tax_is_contained_in_price_and_fee_or_comes_on_top_of_both() {
    let vat = Tax { basis_points: 2100, on_top: false };
    let contained = priced(&[QuoteItem { tax: vat, ..item(12_100, 1) }], None);
    // 121.00 + 0.50 + 3.03 = 124.53 (2.5 % of 121.00 is 3.025), of which 21/121 is tax.
    assert_eq!(contained.total.minor(), 12_453);
    assert_eq!(contained.tax_minor(), 2161);
    assert_eq!(contained.lines.iter().map(|l| l.tax_minor).collect::<Vec<_>>(), [2100, 61]);

    let sales = Tax { basis_points: 850, on_top: true };
    let on_top = priced(&[QuoteItem { tax: sales, fee: NO_FEE, ..item(999, 1) }], None);
    assert_eq!(totals(&on_top), [(LineKind::Ticket, 999), (LineKind::Tax, 85)]);
}

#[test]
fn what_cannot_be_priced_is_refused() {
    let refused = |items: &[QuoteItem], currency| quote(items, None, currency).expect_err("not sellable");
    assert_eq!(refused(&[], Currency::Eur), QuoteError::Empty);
    assert_eq!(refused(&[item(100, 0)], Currency::Eur), QuoteError::Empty);
    assert_eq!(refused(&[QuoteItem { places: 0, ..item(100, 1) }], Currency::Eur), QuoteError::Empty);
    assert_eq!(refused(&[item(-1, 1)], Currency::Eur), QuoteError::BadPrice);
    assert_eq!(refused(&[item(100, 1)], Currency::Usd), QuoteError::BadPrice);
    assert_eq!(refused(&[item(i64::MAX / 2, 3)], Currency::Eur), QuoteError::TooLarge);
    let tax = Tax { basis_points: 10_001, on_top: true };
    assert_eq!(refused(&[QuoteItem { tax, ..item(100, 1) }], Currency::Eur), QuoteError::BadPrice);
    for off in [Off::Minor(0), Off::Minor(-5), Off::BasisPoints(0), Off::BasisPoints(10_001)] {
        let discount = Discount { label: "X".into(), off };
        assert_eq!(
            quote(&[item(100, 1)], Some(&discount), Currency::Eur),
            Err(QuoteError::BadPrice),
            "{off:?}"
        );
    }
}

prop_compose! {
    fn any_item()(
        minor in prop_oneof![Just(0_i64), 0_i64..200_000], quantity in 1_u32..50, places in 1_u32..6,
        fixed_minor in 0_i64..1_000, basis_points in prop_oneof![Just(250_i64), 0_i64..=10_000], absorbed: bool,
        rate in prop_oneof![Just(2100_i64), Just(1000), 0_i64..=10_000], on_top: bool, discounted: bool,
    ) -> QuoteItem {
        let fee = ServiceFee { fixed_minor, basis_points, absorbed };
        let tax = Tax { basis_points: rate, on_top };
        QuoteItem { places, fee, tax, discounted, ..item(minor, quantity) }
    }
}

fn any_off() -> impl Strategy<Value = Option<Off>> {
    prop_oneof![
        Just(None),
        (1_i64..=10_000).prop_map(|points| Some(Off::BasisPoints(points))),
        (1_i64..500_000).prop_map(|minor| Some(Off::Minor(minor))),
    ]
}

proptest! {
    #[test]
    fn lines_always_sum_to_the_total_and_nothing_is_ever_owed_to_the_guest(
        items in prop::collection::vec(any_item(), 1..12), off in any_off(),
    ) {
        let quote = priced(&items, off);
        prop_assert_eq!(quote.lines.iter().map(|l| l.total_minor).sum::<i64>(), quote.total.minor());
        prop_assert!(quote.total.minor() >= 0);
        for line in &quote.lines {
            prop_assert_eq!(line.total_minor < 0, line.kind == LineKind::Discount);
            prop_assert!(line.tax_minor >= 0 && line.tax_minor <= line.total_minor.max(0));
            prop_assert!(line.absorbed_fee_minor >= 0 && line.absorbed_fee_minor <= line.total_minor.max(0));
        }
        let places: u32 = quote.lines.iter().map(|l| l.places).sum();
        prop_assert_eq!(places, items.iter().map(|i| i.quantity * i.places).sum::<u32>());
    }

    #[test]
    fn each_rate_is_rounded_once_for_the_document(
        items in prop::collection::vec((0_i64..200_000, 1_u32..50), 1..12),
        fixed_minor in 0_i64..1_000, points in 0_i64..=10_000, rate in 0_i64..=10_000, on_top: bool,
    ) {
        let (fee, tax) = (
            ServiceFee { fixed_minor, basis_points: points, absorbed: false },
            Tax { basis_points: rate, on_top },
        );
        let items: Vec<_> = items.into_iter().map(|(m, q)| QuoteItem { fee, tax, ..item(m, q) }).collect();
        let quote = priced(&items, None);
        let paid: i64 = items.iter().map(|i| i.unit.minor() * i64::from(i.quantity)).sum();
        let tickets: i64 = items.iter().filter(|i| !i.unit.is_zero()).map(|i| i64::from(i.quantity)).sum();
        let fees = quote.sum_of(LineKind::Fee);
        prop_assert_eq!(fees, tickets * fixed_minor + (paid * points + 5_000) / 10_000);
        let divisor = if on_top { 10_000 } else { 10_000 + rate };
        prop_assert_eq!(quote.tax_minor(), ((paid + fees) * rate + divisor / 2) / divisor);
    }

    #[test]
    fn a_discount_is_what_it_says_and_no_item_falls_below_nothing(
        items in prop::collection::vec(any_item(), 1..12), points in 1_i64..=10_000,
    ) {
        let quote = priced(&items, Some(Off::BasisPoints(points)));
        let concerned: i64 = items.iter().filter(|i| i.discounted).map(|i| i.unit.minor() * i64::from(i.quantity)).sum();
        prop_assert_eq!(-quote.sum_of(LineKind::Discount), (concerned * points + 5_000) / 10_000);
        for item in &items {
            let left: i64 = quote.lines.iter().filter(|l| l.ticket_type == Some(item.ticket_type)).map(|l| l.total_minor).sum();
            prop_assert!(left >= 0);
        }
    }

    #[test]
    fn shares_add_to_the_whole_and_stray_less_than_one_unit(whole in 0_i64..1_000_000, weights in prop::collection::vec(0_i64..1_000_000, 1..20)) {
        let parts = share(whole, &weights);
        let sum: i64 = weights.iter().sum();
        prop_assert_eq!(parts.iter().sum::<i64>(), if sum == 0 { 0 } else { whole });
        for (part, weight) in parts.iter().zip(&weights) {
            if sum > 0 {
                let exact = whole as f64 * *weight as f64 / sum as f64;
                prop_assert!((*part as f64 - exact).abs() < 1.0 + 1e-6);
            }
        }
    }
}

#[test]
fn a_credit_pays_and_changes_no_price() {
    let plain = priced(&[item(2000, 2)], None);
    let some = plain.clone().with_credit("…7KQ2", 1000);
    assert_eq!(some.total, Money::new(3200, Currency::Eur));
    assert_eq!((some.worth_minor(), some.sum_of(LineKind::Fee)), (4200, plain.sum_of(LineKind::Fee)));
    assert_eq!(totals(&some).last(), Some(&(LineKind::Credit, -1000)));
    assert_eq!(crate::refund::paid(&some.lines), crate::refund::paid(&plain.lines));
    let all = plain.clone().with_credit("…7KQ2", 1_000_000);
    assert!(all.total.is_zero() && all.worth_minor() == 4200, "never more than it costs");
    assert_eq!(plain.clone().with_credit("…7KQ2", 0), plain);
    let nearly = plain.clone().with_credit("…7KQ2", 4180);
    let least = Currency::Eur.least_charge();
    assert_eq!(
        (nearly.total.minor(), nearly.sum_of(LineKind::Credit)),
        (least, least - 4200),
        "a card pays no 0.20"
    );
}
