//! What may stay of an order when its guest gives a part of it back: nothing that the club would not have sold so.
//!
//! Only what the part itself breaks is refused. An order that was incomplete before (sold by staff, claimed from the line, or
//! the club has changed its mind since) goes back in whatever parts its guest likes.

use crate::event::companion::{Chosen, Companion, shortage};
use crate::event::terms::TicketKind;
use crate::quote::{LineKind, QuoteLine};

/// A ticket type of an order, as it is sold.
#[derive(Debug, Clone, Copy)]
pub struct Sold<'a> {
    /// Its name.
    pub name: &'a str,
    /// Entry, or something beside it.
    pub kind: TicketKind,
    /// What has to be in the same order.
    pub needs: Option<&'a Companion>,
    /// Tickets that one purchase of it is.
    pub places: u32,
}

/// A good ticket of an order, whoever holds it.
#[derive(Debug, Clone, Copy)]
pub struct Good {
    /// Position of its type.
    pub sold: usize,
    /// What it counts towards the least that the order's promo asks for, minor units; zero where the promo is not for it.
    pub counts_minor: i64,
    /// Whether it is given back.
    pub goes: bool,
}

/// What would stay could not have been bought so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Torn {
    /// Extras would stay, and no entry.
    #[error("extras would stay without an entry")]
    ExtrasAlone,
    /// A ticket type would stay without enough of what it needs.
    #[error("{name} would stay without the {needs} that it needs")]
    CompanionGone {
        /// What would stay.
        name: String,
        /// What it needs.
        needs: String,
    },
    /// Some of a table's passes would stay, and others go.
    #[error("a table's passes go back all together")]
    TableApart,
    /// What the promo is for would cost less than the promo asks for.
    #[error("the rest would cost less than the promo asks for")]
    BelowMinimum,
}

/// Whether the tickets that stay make an order of their own. `minimum_minor`: what the order's promo asks for; zero without one.
pub fn may_stay(sold: &[Sold<'_>], tickets: &[Good], minimum_minor: i64) -> Result<(), Torn> {
    let rest: Vec<Good> = tickets.iter().copied().filter(|ticket| !ticket.goes).collect();
    if table_apart(sold, tickets) {
        return Err(Torn::TableApart);
    }
    if extras_alone(sold, &rest) && !extras_alone(sold, tickets) {
        return Err(Torn::ExtrasAlone);
    }
    let (before, after) = (chosen(sold, tickets), chosen(sold, &rest));
    for one in after.iter().filter(|one| one.quantity > 0) {
        if let Some(needs) = one.needs
            && shortage(&after, &needs.name) > shortage(&before, &needs.name)
        {
            return Err(Torn::CompanionGone { name: one.name.to_owned(), needs: needs.name.clone() });
        }
    }
    let counts =
        |tickets: &[Good]| tickets.iter().fold(0_i64, |sum, ticket| sum.saturating_add(ticket.counts_minor));
    // Where nothing stays that it was taken off, the whole discount has gone back.
    if counts(&rest) > 0 && counts(&rest) < minimum_minor && counts(tickets) >= minimum_minor {
        return Err(Torn::BelowMinimum);
    }
    Ok(())
}

/// What the `ordinal`-th ticket (from 1) of the ticket line at `index` cost before any discount. Nothing for any other line.
pub fn before_discount(lines: &[QuoteLine], index: usize, ordinal: u32) -> i64 {
    match lines.get(index) {
        Some(line) if line.kind == LineKind::Ticket && (1..=line.places).contains(&ordinal) => {
            super::part(line.total_minor, line.places, ordinal)
        }
        _ => 0,
    }
}

fn extras_alone(sold: &[Sold<'_>], tickets: &[Good]) -> bool {
    let entries = |ticket: &Good| sold.get(ticket.sold).is_none_or(|one| one.kind == TicketKind::Entry);
    !tickets.is_empty() && !tickets.iter().any(entries)
}

/// Whether some of a table's passes go and others stay.
fn table_apart(sold: &[Sold<'_>], tickets: &[Good]) -> bool {
    let of_table = |ticket: &&Good| sold.get(ticket.sold).is_some_and(|one| one.kind == TicketKind::Table);
    let apart = |one: &Good, other: &Good| one.sold == other.sold && one.goes != other.goes;
    tickets.iter().filter(of_table).any(|one| tickets.iter().any(|other| apart(one, other)))
}

/// The purchases that these tickets are. One that is there in part still needs what it needs, and still serves.
fn chosen<'a>(sold: &[Sold<'a>], tickets: &[Good]) -> Vec<Chosen<'a>> {
    let of = |index: usize| {
        let count = tickets.iter().filter(|ticket| ticket.sold == index).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let one = |(index, one): (usize, &Sold<'a>)| Chosen {
        name: one.name,
        quantity: of(index).div_ceil(one.places.max(1)),
        needs: one.needs,
    };
    sold.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::{Good, Sold, Torn, before_discount, extras_alone, may_stay};
    use crate::event::companion::{Chosen, Companion, missing};
    use crate::event::terms::TicketKind;
    use crate::ids::TicketTypeId;
    use crate::quote::{LineKind, QuoteLine};
    use proptest::prelude::*;

    fn bottle(serves: u32) -> Companion {
        Companion { name: "Bottle".into(), serves }
    }

    /// Regular, a bottle, a VIP entry that needs one, and the cloakroom.
    fn types(needs: &Companion, bottle: TicketKind, places: u32) -> [Sold<'_>; 4] {
        let plain = |name, kind| Sold { name, kind, needs: None, places: 1 };
        [
            plain("Regular", TicketKind::Entry),
            plain("Bottle", bottle),
            Sold { name: "VIP", kind: TicketKind::Entry, needs: Some(needs), places },
            plain("Cloakroom", TicketKind::AddOn),
        ]
    }

    /// So many of each type, of which so many go.
    fn order(of: [(usize, usize); 4]) -> Vec<Good> {
        let tickets = |(sold, (there, goes)): (usize, (usize, usize))| {
            (0..there).map(move |place| Good { sold, counts_minor: 0, goes: place < goes })
        };
        of.into_iter().enumerate().flat_map(tickets).collect()
    }

    #[test]
    fn what_needs_another_does_not_stay_without_it() {
        let needs = bottle(2);
        let types = types(&needs, TicketKind::AddOn, 1);
        let torn = Torn::CompanionGone { name: "VIP".into(), needs: "Bottle".into() };
        assert_eq!(may_stay(&types, &order([(0, 0), (1, 1), (2, 0), (0, 0)]), 0), Err(torn.clone()));
        assert_eq!(may_stay(&types, &order([(0, 0), (1, 1), (2, 2), (0, 0)]), 0), Ok(()), "both");
        assert_eq!(
            may_stay(&types, &order([(0, 0), (2, 1), (3, 0), (0, 0)]), 0),
            Err(torn),
            "three need two"
        );
        assert_eq!(may_stay(&types, &order([(0, 0), (2, 1), (3, 1), (0, 0)]), 0), Ok(()), "two need one");
        assert_eq!(
            may_stay(&types, &order([(0, 0), (1, 0), (2, 1), (0, 0)]), 0),
            Ok(()),
            "one still has its"
        );
    }

    #[test]
    fn an_extra_does_not_stay_without_an_entry() {
        let needs = bottle(1);
        let types = types(&needs, TicketKind::AddOn, 1);
        assert_eq!(may_stay(&types, &order([(1, 1), (0, 0), (0, 0), (1, 0)]), 0), Err(Torn::ExtrasAlone));
        assert_eq!(may_stay(&types, &order([(1, 1), (0, 0), (0, 0), (1, 1)]), 0), Ok(()), "both");
        assert_eq!(may_stay(&types, &order([(1, 0), (0, 0), (0, 0), (1, 1)]), 0), Ok(()), "the extra alone");
        assert_eq!(
            may_stay(&types, &order([(2, 1), (0, 0), (0, 0), (2, 0)]), 0),
            Ok(()),
            "one entry will do"
        );
        let vip = order([(0, 0), (1, 0), (1, 1), (0, 0)]);
        assert_eq!(may_stay(&types, &vip, 0), Err(Torn::ExtrasAlone), "the bottle came with it");
    }

    #[test]
    fn a_group_that_is_there_in_part_needs_what_it_needs() {
        let needs = bottle(1);
        let types = types(&needs, TicketKind::Entry, 5);
        let part = order([(0, 0), (1, 1), (5, 4), (0, 0)]);
        assert!(matches!(may_stay(&types, &part, 0), Err(Torn::CompanionGone { .. })));
        assert_eq!(may_stay(&types, &order([(0, 0), (2, 1), (10, 5), (0, 0)]), 0), Ok(()));
    }

    #[test]
    fn the_rest_is_worth_the_promo_or_nothing_of_it_stays() {
        let needs = bottle(1);
        let types = types(&needs, TicketKind::Entry, 1);
        let priced = |there: usize, goes: usize| -> Vec<Good> {
            (0..there).map(|place| Good { sold: 0, counts_minor: 2000, goes: place < goes }).collect()
        };
        let ask = |there, goes, minimum| may_stay(&types, &priced(there, goes), minimum);
        assert_eq!(ask(3, 1, 4000), Ok(()), "as much as it asks for");
        assert_eq!(ask(3, 2, 4000), Err(Torn::BelowMinimum));
        assert_eq!(ask(3, 3, 4000), Ok(()), "the whole");
        assert_eq!(ask(3, 2, 0), Ok(()), "it asks for nothing");
        assert_eq!(ask(2, 1, 5000), Ok(()), "it was below before: that is not this guest's doing");
    }

    #[test]
    fn the_tickets_of_a_line_cost_what_the_line_did() {
        let line = QuoteLine {
            kind: LineKind::Ticket,
            ticket_type: Some(TicketTypeId::generate()),
            label: "Regular".into(),
            quantity: 1,
            places: 3,
            unit_minor: 1000,
            total_minor: 1000,
            tax_minor: 0,
            tax_basis_points: 0,
            absorbed_fee_minor: 0,
        };
        let lines = [line.clone(), QuoteLine { kind: LineKind::Discount, total_minor: -500, ..line }];
        let sum: i64 = (1..=3).map(|ordinal| before_discount(&lines, 0, ordinal)).sum();
        assert_eq!((sum, before_discount(&lines, 0, 4), before_discount(&lines, 1, 1)), (1000, 0, 0));
        assert_eq!(before_discount(&lines, 2, 1), 0);
    }

    /// Whether the engine would have sold these tickets.
    fn sellable(types: &[Sold<'_>], tickets: &[Good]) -> bool {
        let of = |index: usize| tickets.iter().filter(|ticket| ticket.sold == index).count();
        let chosen = types.iter().enumerate().map(|(index, one)| Chosen {
            name: one.name,
            quantity: u32::try_from(of(index)).expect("few").div_ceil(one.places),
            needs: one.needs,
        });
        missing(&chosen.collect::<Vec<_>>()).is_none() && !extras_alone(types, tickets)
    }

    #[test]
    fn the_passes_of_a_table_go_back_together() {
        let table = [Sold { name: "Table 2", kind: TicketKind::Table, needs: None, places: 1 }];
        let good = |goes| Good { sold: 0, counts_minor: 0, goes };
        assert_eq!(may_stay(&table, &[good(true), good(false)], 0), Err(Torn::TableApart));
        assert_eq!(may_stay(&table, &[good(true), good(true)], 0), Ok(()));
        assert_eq!(may_stay(&table, &[good(false), good(false)], 0), Ok(()));
    }

    fn kind() -> impl Strategy<Value = TicketKind> {
        prop_oneof![Just(TicketKind::Entry), Just(TicketKind::AddOn)]
    }

    fn some() -> impl Strategy<Value = Vec<Good>> {
        let one = (0..4_usize, 0..3000_i64, any::<bool>());
        prop::collection::vec(
            one.prop_map(|(sold, counts_minor, goes)| Good { sold, counts_minor, goes }),
            0..14,
        )
    }

    proptest! {
        #[test]
        fn the_whole_order_can_always_go(
            tickets in some(), serves in 1_u32..4, kind in kind(), places in 1_u32..4, minimum in 0..20_000_i64,
        ) {
            let needs = bottle(serves);
            let all: Vec<Good> = tickets.iter().map(|ticket| Good { goes: true, ..*ticket }).collect();
            prop_assert_eq!(may_stay(&types(&needs, kind, places), &all, minimum), Ok(()));
            let none: Vec<Good> = tickets.iter().map(|ticket| Good { goes: false, ..*ticket }).collect();
            prop_assert_eq!(may_stay(&types(&needs, kind, places), &none, minimum), Ok(()), "nor is anything asked of who keeps all");
        }

        #[test]
        fn of_what_was_sold_stays_what_would_be_sold(
            tickets in some(), serves in 1_u32..4, kind in kind(), places in 1_u32..4, minimum in 0..20_000_i64,
        ) {
            let needs = bottle(serves);
            let types = types(&needs, kind, places);
            let rest: Vec<Good> = tickets.iter().copied().filter(|ticket| !ticket.goes).collect();
            let sum = |tickets: &[Good]| tickets.iter().map(|ticket| ticket.counts_minor).sum::<i64>();
            let reduced = sum(&tickets) >= minimum;
            if sellable(&types, &tickets) && reduced {
                let whole = sellable(&types, &rest) && (sum(&rest) == 0 || sum(&rest) >= minimum);
                prop_assert_eq!(may_stay(&types, &tickets, minimum).is_ok(), whole);
            }
        }

        #[test]
        fn who_gives_back_first_what_needs_the_rest_gives_back_everything_one_by_one(
            tickets in some(), serves in 1_u32..4, places in 1_u32..4,
        ) {
            let needs = bottle(serves);
            // A bottle that lets nobody in may need the VIP as much as the VIP needs it: those two go together.
            let types = types(&needs, TicketKind::Entry, places);
            let mut left = tickets;
            left.sort_by_key(|ticket| [3, 2, 1, 0][ticket.sold]);
            while !left.is_empty() {
                left.iter_mut().enumerate().for_each(|(place, ticket)| ticket.goes = place == 0);
                prop_assert_eq!(may_stay(&types, &left, 0), Ok(()));
                left.remove(0);
            }
        }
    }
}
