//! What a plan must be before it is kept.

use std::collections::BTreeSet;

use super::{FloorPlan, LONGEST_SIDE, MOST_TABLES, NightPlan, Place};

/// A part of a plan that can't be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanFault {
    /// Which part, as JSON names it: `tables.3.label`.
    pub path: String,
    /// Why.
    pub why: Why,
}

/// Why a part of a plan can't be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A name is missing.
    Empty,
    /// A name is too long.
    TooLong,
    /// Two have one name, or one key.
    Twice,
    /// A figure is outside what it may be.
    OutOfRange,
    /// It stands outside the drawing.
    Outside,
    /// More than a plan may have.
    TooMany,
    /// It names something that is not on the plan.
    Unknown,
}

impl Why {
    /// Its name in JSON, and the end of its sentence's key.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Twice => "twice",
            Self::OutOfRange => "out_of_range",
            Self::Outside => "outside",
            Self::TooMany => "too_many",
            Self::Unknown => "unknown",
        }
    }
}

/// The longest name of a room or table, characters.
const LONGEST_NAME: usize = 40;
/// Most rooms, and most features.
const MOST_PARTS: usize = 100;
/// The most a table may cost, minor units: eight digits, as Stripe takes them.
const DEAREST: i64 = 99_999_999;

#[derive(Default)]
struct Faults(Vec<PlanFault>);

impl Faults {
    fn add(&mut self, path: String, why: Why) {
        self.0.push(PlanFault { path, why });
    }

    fn name(&mut self, path: &str, name: &str, may_be_empty: bool) {
        match name.trim().chars().count() {
            0 if !may_be_empty => self.add(path.to_owned(), Why::Empty),
            longer if longer > LONGEST_NAME => self.add(path.to_owned(), Why::TooLong),
            _ => {}
        }
    }

    fn range(&mut self, path: String, fits: bool) {
        if !fits {
            self.add(path, Why::OutOfRange);
        }
    }

    fn place(&mut self, path: &str, place: &Place, plan: &FloorPlan) {
        self.range(format!("{path}.width"), (5..=LONGEST_SIDE).contains(&place.width));
        self.range(format!("{path}.height"), (5..=LONGEST_SIDE).contains(&place.height));
        self.range(format!("{path}.turn"), (0..360).contains(&place.turn));
        let inside = place.x >= 0
            && place.y >= 0
            && i64::from(place.x) + i64::from(place.width) <= i64::from(plan.width)
            && i64::from(place.y) + i64::from(place.height) <= i64::from(plan.height);
        if !inside {
            self.add(format!("{path}.x"), Why::Outside);
        }
    }
}

impl FloorPlan {
    /// All that is wrong with it; nothing: it can be kept.
    pub fn check(&self) -> Vec<PlanFault> {
        let mut faults = Faults::default();
        faults.range("width".to_owned(), (100..=LONGEST_SIDE).contains(&self.width));
        faults.range("height".to_owned(), (100..=LONGEST_SIDE).contains(&self.height));
        for (list, many) in [
            ("tables", self.tables.len() > MOST_TABLES),
            ("rooms", self.rooms.len() > MOST_PARTS),
            ("features", self.features.len() > MOST_PARTS),
        ] {
            if many {
                faults.add(list.to_owned(), Why::TooMany);
            }
        }
        let mut keys = BTreeSet::new();
        for (index, room) in self.rooms.iter().enumerate() {
            let path = format!("rooms.{index}");
            faults.name(&format!("{path}.name"), &room.name, false);
            faults.place(&format!("{path}.place"), &room.place, self);
            if !keys.insert(room.id) {
                faults.add(format!("{path}.id"), Why::Twice);
            }
        }
        for (index, feature) in self.features.iter().enumerate() {
            let path = format!("features.{index}");
            faults.name(&format!("{path}.label"), &feature.label, true);
            faults.place(&format!("{path}.place"), &feature.place, self);
            if !keys.insert(feature.id) {
                faults.add(format!("{path}.id"), Why::Twice);
            }
        }
        self.check_tables(&mut faults, &mut keys);
        faults.0
    }

    fn check_tables(&self, faults: &mut Faults, keys: &mut BTreeSet<uuid::Uuid>) {
        let mut labels = BTreeSet::new();
        for (index, table) in self.tables.iter().enumerate() {
            let path = format!("tables.{index}");
            faults.name(&format!("{path}.label"), &table.label, false);
            if !labels.insert(table.label.trim().to_lowercase()) {
                faults.add(format!("{path}.label"), Why::Twice);
            }
            if !keys.insert(table.id) {
                faults.add(format!("{path}.id"), Why::Twice);
            }
            faults.range(format!("{path}.seats"), (1..=60).contains(&table.seats));
            faults.place(&format!("{path}.place"), &table.place, self);
            if table.room.is_some_and(|room| self.rooms.iter().all(|known| known.id != room)) {
                faults.add(format!("{path}.room"), Why::Unknown);
            }
        }
    }
}

impl NightPlan {
    /// All that is wrong with it; nothing: it can be sold.
    pub fn check(&self) -> Vec<PlanFault> {
        let mut faults = Faults(self.plan.check());
        let mut offered = BTreeSet::new();
        for (index, offer) in self.offers.iter().enumerate() {
            let path = format!("offers.{index}");
            if self.plan.table(offer.table).is_none() {
                faults.add(format!("{path}.table"), Why::Unknown);
            } else if !offered.insert(offer.table) {
                faults.add(format!("{path}.table"), Why::Twice);
            }
            faults.range(format!("{path}.minimum_minor"), (0..=DEAREST).contains(&offer.minimum_minor));
            let deposit = offer.deposit_minor();
            faults.range(format!("{path}.deposit"), (0..=DEAREST).contains(&deposit));
            if offer.includes.chars().count() > 300 {
                faults.add(format!("{path}.includes"), Why::TooLong);
            }
        }
        for (index, bottle) in self.menu.iter().enumerate() {
            let path = format!("menu.{index}");
            faults.name(&format!("{path}.name"), &bottle.name, false);
            faults.range(format!("{path}.price_minor"), (0..=DEAREST).contains(&bottle.price_minor));
        }
        if self.menu.len() > MOST_PARTS {
            faults.add("menu".to_owned(), Why::TooMany);
        }
        faults.range("release_after_minutes".to_owned(), (0..=600).contains(&self.release_after_minutes));
        faults.0
    }
}
