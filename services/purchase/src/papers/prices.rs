//! What each ticket of an order cost, for its paper: the lines of its type, shared over the tickets by the house's rounding
//! rule. The tickets' prices add to what the order is worth.

use std::collections::HashMap;

use domain::quote::{LineKind, share};
use uuid::Uuid;

use crate::orders::store::LineRow;

/// What one ticket cost, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price {
    /// With everything.
    pub total_minor: i64,
    /// The service fee within.
    pub fee_minor: i64,
    /// Whether tax is within.
    pub taxed: bool,
}

/// The price of each place of each ticket line, in the order of the places.
pub(crate) fn prices(lines: &[LineRow]) -> HashMap<Uuid, Vec<Price>> {
    let mut prices = HashMap::new();
    // What pays is no part of what it costs.
    let end = lines.iter().position(|line| line.kind == LineKind::Credit.code()).unwrap_or(lines.len());
    let mut rest = &lines[..end];
    while let Some((ticket, after)) = rest.split_first() {
        // An item's discount, fee and tax stand behind its tickets.
        let belong = after.iter().take_while(|line| line.kind != LineKind::Ticket.code()).count();
        prices.insert(ticket.id, of_item(ticket, &after[..belong]));
        rest = &after[belong..];
    }
    prices
}

fn of_item(ticket: &LineRow, others: &[LineRow]) -> Vec<Price> {
    let places = vec![1; usize::try_from(ticket.places).unwrap_or_default()];
    let all = || std::iter::once(ticket).chain(others);
    let fee: i64 =
        others.iter().filter(|line| line.kind == LineKind::Fee.code()).map(|line| line.total_minor).sum();
    let totals = share(all().map(|line| line.total_minor).sum(), &places);
    let fees = share(fee + ticket.absorbed_fee_minor, &places);
    let taxed = all().any(|line| line.tax_minor > 0);
    totals
        .into_iter()
        .zip(fees)
        .map(|(total_minor, fee_minor)| Price { total_minor, fee_minor, taxed })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: &str, places: i32, total_minor: i64, tax_minor: i64) -> LineRow {
        LineRow {
            id: Uuid::now_v7(),
            kind: kind.to_owned(),
            ticket_type_id: None,
            label: String::new(),
            quantity: 1,
            places,
            unit_minor: total_minor,
            total_minor,
            tax_minor,
            tax_basis_points: 0,
            absorbed_fee_minor: 0,
            stock_ids: Vec::new(),
        }
    }

    #[test]
    fn the_tickets_of_an_order_cost_what_the_order_cost() {
        let lines = [
            line("ticket", 3, 10_000, 0),
            line("discount", 0, -1_000, 0),
            line("fee", 0, 101, 0),
            line("ticket", 1, 0, 0),
            line("ticket", 2, 500, 87),
        ];
        let prices = prices(&lines);
        let of = |index: usize| prices[&lines[index].id].clone();
        assert_eq!(of(0).iter().map(|p| p.total_minor).collect::<Vec<_>>(), [3_034, 3_034, 3_033]);
        assert_eq!(of(0).iter().map(|p| p.fee_minor).collect::<Vec<_>>(), [34, 34, 33]);
        assert_eq!(of(3), [Price { total_minor: 0, fee_minor: 0, taxed: false }]);
        assert_eq!(of(4), [Price { total_minor: 250, fee_minor: 0, taxed: true }; 2]);
        let all: i64 = prices.values().flatten().map(|price| price.total_minor).sum();
        assert_eq!(all, lines.iter().map(|line| line.total_minor).sum::<i64>());
    }

    #[test]
    fn a_fee_that_the_price_contains_is_named_too() {
        let mut ticket = line("ticket", 2, 4_000, 0);
        ticket.absorbed_fee_minor = 200;
        let prices = prices(std::slice::from_ref(&ticket));
        assert_eq!(prices[&ticket.id], [Price { total_minor: 2_000, fee_minor: 100, taxed: false }; 2]);
    }
}
