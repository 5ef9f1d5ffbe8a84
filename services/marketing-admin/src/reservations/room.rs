//! The tables of a night: which are free, and which of them stand next to whose.

use std::collections::HashSet;

use domain::floor_plan::{FloorPlan, NightPlan, Table};
use domain::reservation::ReservationState;
use uuid::Uuid;

use super::store::{Reservation, TableOf};

/// The night's tables, as its plan and its reservations say.
pub(super) struct Room {
    plan: NightPlan,
    taken: HashSet<Uuid>,
}

/// A table that nobody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Free {
    pub id: Uuid,
    pub label: String,
    /// The largest party.
    pub seats: i64,
    /// The club keeps it: guests can't book it.
    pub kept: bool,
}

impl Room {
    /// Without a plan no table is known to be free.
    pub(super) fn of(plan: Option<NightPlan>, reservations: &[Reservation]) -> Self {
        let live = reservations.iter().filter(|row| row.state().is_some_and(ReservationState::is_live));
        let taken = live.flat_map(|row| row.tables().into_iter().map(|table| table.id)).collect();
        Self { plan: plan.unwrap_or_default(), taken }
    }

    /// How many tables the night has.
    pub(super) fn tables(&self) -> usize {
        self.plan.offers.len()
    }

    /// The drawing, if there is one with tables on it.
    pub(super) fn drawing(&self) -> Option<&FloorPlan> {
        Some(&self.plan.plan).filter(|plan| !plan.tables.is_empty())
    }

    /// Whether the club keeps a table: guests can't book it.
    pub(super) fn keeps(&self, table: Uuid) -> bool {
        self.plan.offer(table).is_none_or(|offer| offer.blocked)
    }

    /// What nobody has, by what is written on it.
    pub(super) fn free(&self) -> Vec<Free> {
        self.choose(self.plan.plan.tables.iter())
    }

    /// What nobody has and this party fits at.
    pub(super) fn free_for(&self, party: i64) -> Vec<Free> {
        let mut free = self.free();
        free.retain(|table| table.seats >= party);
        free
    }

    /// What nobody has and stands next to one of these.
    pub(super) fn beside(&self, own: &[TableOf]) -> Vec<Free> {
        let near = own.iter().flat_map(|table| self.plan.plan.neighbours(table.id));
        let mut free = self.choose(near);
        free.dedup();
        free
    }

    fn choose<'a>(&'a self, tables: impl Iterator<Item = &'a Table>) -> Vec<Free> {
        let free = tables.filter(|table| !self.taken.contains(&table.id)).filter_map(|table| {
            let offer = self.plan.offer(table.id)?;
            let (label, seats) = (table.label.clone(), i64::from(table.seats));
            Some(Free { id: table.id, label, seats, kept: offer.blocked })
        });
        let mut free: Vec<Free> = free.collect();
        free.sort_by_cached_key(|table| order_of(&table.label));
        free
    }
}

/// In which order people look for tables: 2 before 10, and "Booth 2" among the booths.
pub(super) fn order_of(label: &str) -> (String, u64, String) {
    let start = label.find(|letter: char| letter.is_ascii_digit()).unwrap_or(label.len());
    let (words, rest) = label.split_at(start);
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    let (number, more) = rest.split_at(end);
    (words.to_lowercase(), number.parse().unwrap_or(0), more.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{Room, order_of};
    use crate::reservations::store::TableOf;
    use domain::floor_plan::{Deposit, FloorPlan, NightPlan, Offer, Place, Shape, Table};
    use uuid::Uuid;

    fn night() -> NightPlan {
        let table = |number: u128, x: i32| Table {
            id: Uuid::from_u128(number),
            label: number.to_string(),
            shape: Shape::Round,
            seats: 4 + u32::try_from(number).unwrap(),
            room: None,
            place: Place { x, y: 100, width: 80, height: 80, turn: 0 },
        };
        let tables = vec![table(10, 100), table(2, 200), table(3, 700)];
        let offer = |table: &Table| Offer {
            table: table.id,
            minimum_minor: 50_000,
            deposit: Deposit::Full,
            includes: String::new(),
            photo: None,
            blocked: false,
        };
        let offers = tables.iter().map(offer).collect();
        NightPlan { plan: FloorPlan { tables, ..FloorPlan::default() }, offers, ..NightPlan::default() }
    }

    #[test]
    fn free_tables_come_in_the_order_people_look_for_them() {
        let room = Room::of(Some(night()), &[]);
        let labels = |free: Vec<super::Free>| free.into_iter().map(|table| table.label).collect::<Vec<_>>();
        assert_eq!(labels(room.free()), ["2", "3", "10"]);
        assert_eq!(labels(room.free_for(7)), ["3", "10"]);
        let own = TableOf { id: Uuid::from_u128(10), label: "Table 10".to_owned(), seats: 14 };
        assert_eq!(labels(room.beside(&[own])), ["2"]);
        assert_eq!(Room::of(None, &[]).free(), []);
        assert!(order_of("Booth 2") < order_of("Booth 10"));
    }
}
