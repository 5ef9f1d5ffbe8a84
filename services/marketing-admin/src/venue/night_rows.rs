//! Rows of the page of a night's tables: what is kept, under what was typed.

use domain::floor_plan::{Bottle, Deposit, NightPlan, Table};
use domain::money::Currency;
use ui::Shell;

use super::night_form::NEW_BOTTLES;
use super::night_page::{Place, Shown};
use crate::events::store as events;

/// A zone to choose.
pub(super) struct Choice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) chosen: bool,
}

/// A table.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) about: String,
    pub(super) sale: bool,
    pub(super) minimum: String,
    pub(super) kind: String,
    pub(super) deposit: String,
    pub(super) includes: String,
    pub(super) photo: String,
    pub(super) error: String,
}

/// A bottle of the menu, or room for one.
pub(super) struct BottleRow {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) price: String,
    pub(super) error: String,
}

/// What is kept, under what was typed.
pub(super) struct View<'a> {
    pub(super) shell: &'a Shell,
    pub(super) night: &'a NightPlan,
    pub(super) currency: Currency,
    pub(super) shown: &'a Shown,
}

impl View<'_> {
    pub(super) fn typed(&self, name: &str, kept: impl FnOnce() -> String) -> String {
        self.shown.typed.get(name).cloned().unwrap_or_else(kept)
    }

    /// The first of these fields' faults, in words.
    pub(super) fn error(&self, fields: &[&str]) -> String {
        let code = fields.iter().find_map(|field| self.shown.faults.get(*field));
        code.map(|code| self.shell.t(&format!("venue-fault-{}", code.replace('_', "-")))).unwrap_or_default()
    }

    pub(super) fn zones(&self, place: &Place) -> Vec<Choice> {
        let kept = place.kept.as_ref().map(|kept| kept.zone.to_string()).unwrap_or_default();
        let chosen = self.typed("zone", || kept);
        let choice = |zone: &events::ZoneRow| {
            let id = zone.id.to_string();
            Choice { name: zone.name.clone(), chosen: id == chosen, id }
        };
        place.event.zones.iter().map(choice).collect()
    }

    pub(super) fn row(&self, table: &Table) -> Row {
        let id = table.id.to_string();
        let name = |field: &str| format!("{field}.{id}");
        let (minimum, kind, deposit) = (name("minimum"), name("kind"), name("deposit"));
        let (includes, sale) = (name("includes"), name("sale"));
        let offer = self.night.offer(table.id);
        let stored = offer.map(|offer| offer.deposit).unwrap_or_default();
        let typed = self.shown.typed.contains_key(&minimum);
        let kept_from_sale = offer.is_none_or(|offer| offer.blocked);
        let room = table.room.and_then(|id| self.night.plan.rooms.iter().find(|room| room.id == id));
        let seats = self.shell.t1("venue-seats", "count", table.seats);
        Row {
            label: table.label.trim().to_owned(),
            about: room.map_or_else(|| seats.clone(), |room| format!("{seats} · {}", room.name)),
            sale: if typed { self.shown.typed.contains_key(&sale) } else { !kept_from_sale },
            minimum: self.typed(&minimum, || self.amount(offer.map_or(0, |offer| offer.minimum_minor))),
            kind: self.typed(&kind, || kind_of(stored).to_owned()),
            deposit: self.typed(&deposit, || self.figure(stored)),
            includes: self.typed(&includes, || offer.map(|offer| offer.includes.clone()).unwrap_or_default()),
            photo: offer.and_then(|offer| offer.photo.clone()).unwrap_or_default(),
            error: self.error(&[minimum.as_str(), deposit.as_str(), includes.as_str()]),
            id,
        }
    }

    pub(super) fn bottles(&self) -> Vec<BottleRow> {
        let row = |key: String, kept: Option<&Bottle>| {
            let (name, price) = (format!("bottle.{key}.name"), format!("bottle.{key}.price"));
            BottleRow {
                name: self.typed(&name, || kept.map(|bottle| bottle.name.clone()).unwrap_or_default()),
                price: self
                    .typed(&price, || kept.map(|each| self.amount(each.price_minor)).unwrap_or_default()),
                error: self.error(&[name.as_str(), price.as_str()]),
                key,
            }
        };
        let kept = self.night.menu.iter().map(|bottle| row(bottle.id.to_string(), Some(bottle)));
        kept.chain((0..NEW_BOTTLES).map(|number| row(format!("new{number}"), None))).collect()
    }

    fn amount(&self, minor: i64) -> String {
        self.currency.write_minor(minor)
    }

    /// What stands in the field beside a deposit's kind.
    fn figure(&self, deposit: Deposit) -> String {
        match deposit {
            Deposit::Fixed { minor } => self.amount(minor),
            Deposit::Share { basis_points } => percent(basis_points),
            Deposit::Full => String::new(),
        }
    }
}

const fn kind_of(deposit: Deposit) -> &'static str {
    match deposit {
        Deposit::Fixed { .. } => "fixed",
        Deposit::Share { .. } => "share",
        Deposit::Full => "full",
    }
}

/// 25, or 12.50.
fn percent(basis_points: i64) -> String {
    match basis_points % 100 {
        0 => (basis_points / 100).to_string(),
        part => format!("{}.{part:02}", basis_points / 100),
    }
}
