//! The form of a night's tables: from what a person typed to a plan, and each fault back to its field.

use std::collections::HashMap;

use domain::floor_plan::{Bottle, Deposit, NightPlan, Offer, PlanFault};
use domain::money::Currency;
use uuid::Uuid;

use super::night::Wanted;
use super::store::nights::Kept;
use crate::events::form::minor;

/// A field and what is wrong with it.
pub type Faults = HashMap<String, &'static str>;

/// Rows for bottles that are not on the menu yet.
pub const NEW_BOTTLES: usize = 3;

/// All of a deposit: 100 %.
const WHOLE: i64 = 10_000;

/// What the form says, where it says something: tables and fields that it leaves out stay as they are.
pub fn read(fields: &HashMap<String, String>, before: &Kept, currency: Currency) -> Result<Wanted, Faults> {
    let mut reading = Reading { fields, currency, faults: Faults::new() };
    let mut wanted = Wanted::of(before);
    wanted.night.offers = before
        .night
        .plan
        .tables
        .iter()
        .filter_map(|table| reading.offer(table.id, before.night.offer(table.id)))
        .collect();
    wanted.night.menu = reading.menu(&before.night.menu);
    if let Some(text) = reading.text("release") {
        let minutes = if text.is_empty() { Ok(0) } else { text.parse::<i64>() };
        match minutes {
            Ok(minutes) => wanted.night.release_after_minutes = minutes,
            Err(_) => reading.fault("release", "out_of_range"),
        }
    }
    if let Some(text) = reading.text("asks") {
        wanted.night.asks_first = text == "yes";
    }
    if let Some(text) = reading.text("zone") {
        match text.parse() {
            Ok(zone) => wanted.zone = zone,
            Err(_) => reading.fault("zone", "unknown"),
        }
    }
    if reading.faults.is_empty() { Ok(wanted) } else { Err(reading.faults) }
}

/// What the form for many tables at once says; what it leaves empty stays as it is.
pub fn apply(fields: &HashMap<String, String>, before: &Kept, currency: Currency) -> Result<Wanted, Faults> {
    let mut reading = Reading { fields, currency, faults: Faults::new() };
    let to = reading.text("to").unwrap_or("all");
    let room = before.night.plan.rooms.iter().map(|room| room.id).find(|room| room.to_string() == to);
    // What is meant for one room is never done to all of them.
    if room.is_none() && to != "all" {
        reading.fault("to", "unknown");
    }
    let minimum = reading.filled("all.minimum").map(|_| reading.amount("all.minimum"));
    let deposit = reading.filled("all.kind").map(|kind| reading.deposit(kind, "all.deposit"));
    let includes = reading.filled("all.includes");
    let sale = reading.filled("all.sale");
    let mut wanted = Wanted::of(before);
    for table in before.night.plan.tables.iter().filter(|table| room.is_none() || table.room == room) {
        let mut offer = before.night.offer(table.id).cloned().unwrap_or_else(|| kept_by_the_club(table.id));
        offer.minimum_minor = minimum.unwrap_or(offer.minimum_minor);
        offer.deposit = deposit.unwrap_or(offer.deposit);
        if let Some(includes) = includes {
            includes.clone_into(&mut offer.includes);
        }
        if let Some(sale) = sale {
            offer.blocked = sale != "yes";
        }
        match wanted.night.offers.iter_mut().find(|known| known.table == table.id) {
            Some(known) => *known = offer,
            None => wanted.night.offers.push(offer),
        }
    }
    if reading.faults.is_empty() { Ok(wanted) } else { Err(reading.faults) }
}

/// Where the faults of a plan stand on the form.
pub fn fields_of(faults: &[PlanFault], night: &NightPlan) -> Faults {
    let field = |path: &str| -> String {
        let mut parts = path.split('.');
        let list = parts.next().unwrap_or_default();
        let index: Option<usize> = parts.next().and_then(|index| index.parse().ok());
        let part = parts.next().unwrap_or_default();
        match (list, index) {
            ("offers", Some(index)) => {
                let table = night.offers.get(index).map(|offer| offer.table.to_string()).unwrap_or_default();
                format!("{}.{table}", part.trim_end_matches("_minor"))
            }
            ("menu", Some(index)) => {
                let key = night.menu.get(index).map(|bottle| bottle.id.to_string()).unwrap_or_default();
                format!("bottle.{key}.{}", part.trim_end_matches("_minor"))
            }
            ("release_after_minutes", _) => "release".to_owned(),
            _ => list.to_owned(),
        }
    };
    faults.iter().map(|fault| (field(&fault.path), fault.why.code())).collect()
}

fn kept_by_the_club(table: Uuid) -> Offer {
    Offer {
        table,
        minimum_minor: 0,
        deposit: Deposit::default(),
        includes: String::new(),
        photo: None,
        blocked: true,
    }
}

struct Reading<'a> {
    fields: &'a HashMap<String, String>,
    currency: Currency,
    faults: Faults,
}

impl<'a> Reading<'a> {
    fn fault(&mut self, field: &str, code: &'static str) {
        self.faults.insert(field.to_owned(), code);
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.fields.get(name).map(|text| text.trim())
    }

    fn filled(&self, name: &str) -> Option<&'a str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// An amount; nothing is nought.
    fn amount(&mut self, name: &str) -> i64 {
        let Some(text) = self.filled(name) else { return 0 };
        self.currency.read_minor(text).unwrap_or_else(|| {
            self.fault(name, "out_of_range");
            0
        })
    }

    /// A deposit of a kind, whose figure stands in a field.
    fn deposit(&mut self, kind: &str, figure: &str) -> Deposit {
        match kind {
            "full" => Deposit::Full,
            "share" => {
                let share = minor(self.text(figure).unwrap_or_default(), 2);
                let basis_points = share.filter(|share| (0..=WHOLE).contains(share)).unwrap_or_else(|| {
                    self.fault(figure, "out_of_range");
                    0
                });
                Deposit::Share { basis_points }
            }
            _ => Deposit::Fixed { minor: self.amount(figure) },
        }
    }

    /// A table's offer; of one that the form leaves out, the one it has.
    fn offer(&mut self, table: Uuid, before: Option<&Offer>) -> Option<Offer> {
        if self.text(&format!("minimum.{table}")).is_none() {
            return before.cloned();
        }
        let kind = self.text(&format!("kind.{table}")).unwrap_or_default();
        let includes = self.text(&format!("includes.{table}")).unwrap_or_default();
        Some(Offer {
            table,
            minimum_minor: self.amount(&format!("minimum.{table}")),
            deposit: self.deposit(kind, &format!("deposit.{table}")),
            includes: includes.to_owned(),
            photo: before.and_then(|before| before.photo.clone()),
            blocked: self.filled(&format!("sale.{table}")).is_none(),
        })
    }

    /// The bottles: those that were there, and new ones. One whose name was cleared is gone.
    fn menu(&mut self, before: &[Bottle]) -> Vec<Bottle> {
        let mut menu = Vec::new();
        for bottle in before {
            let key = bottle.id.to_string();
            match self.text(&format!("bottle.{key}.name")) {
                None => menu.push(bottle.clone()),
                Some(name) => menu.extend(self.bottle(bottle.id, name, &key)),
            }
        }
        for row in 0..NEW_BOTTLES {
            let key = format!("new{row}");
            let name = self.text(&format!("bottle.{key}.name")).unwrap_or_default();
            menu.extend(self.bottle(Uuid::now_v7(), name, &key));
        }
        menu
    }

    fn bottle(&mut self, id: Uuid, name: &str, key: &str) -> Option<Bottle> {
        let price = format!("bottle.{key}.price");
        if name.is_empty() {
            if self.filled(&price).is_some() && key.starts_with("new") {
                self.fault(&format!("bottle.{key}.name"), "empty");
            }
            return None;
        }
        Some(Bottle { id, name: name.to_owned(), price_minor: self.amount(&price) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use chrono::DateTime;
    use domain::floor_plan::{Deposit, FloorPlan, NightPlan, Place, PlanFault, Room, Shape, Table, Why};
    use domain::money::Currency;
    use uuid::Uuid;

    use super::{Kept, apply, fields_of, kept_by_the_club, read};

    fn kept() -> Kept {
        let table = |number: u128, room: Option<Uuid>| Table {
            id: Uuid::from_u128(number),
            label: number.to_string(),
            shape: Shape::Round,
            seats: 6,
            room,
            place: Place { x: 0, y: 0, width: 80, height: 80, turn: 0 },
        };
        let tables = vec![table(1, Some(Uuid::from_u128(50))), table(2, None)];
        let offers = tables.iter().map(|table| kept_by_the_club(table.id)).collect();
        let place = Place { x: 0, y: 0, width: 500, height: 300, turn: 0 };
        let rooms = vec![Room { id: Uuid::from_u128(50), name: "Terrace".to_owned(), place }];
        let plan = FloorPlan { width: 500, height: 300, rooms, tables, ..FloorPlan::default() };
        Kept {
            event: Uuid::from_u128(9),
            revision: 1,
            template: None,
            night: NightPlan { plan, offers, ..NightPlan::default() },
            zone: Uuid::from_u128(8),
            opened_at: None,
            changed_at: DateTime::UNIX_EPOCH,
        }
    }

    fn form(fields: &[(&str, &str)]) -> HashMap<String, String> {
        fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn what_was_typed_becomes_an_offer_and_what_was_not_stays() {
        let one = Uuid::from_u128(1);
        let name = |field: &str| format!("{field}.{one}");
        let (minimum, kind, deposit, sale) = (name("minimum"), name("kind"), name("deposit"), name("sale"));
        let sent = form(&[
            (minimum.as_str(), "500"),
            (kind.as_str(), "share"),
            (deposit.as_str(), "12.5"),
            (sale.as_str(), "yes"),
            ("bottle.new0.name", " Vodka "),
            ("bottle.new0.price", "120,50"),
            ("release", "30"),
        ]);
        let wanted = read(&sent, &kept(), Currency::Eur).expect("no faults").night;
        assert_eq!(wanted.offers.len(), 2);
        assert_eq!((wanted.offers[0].minimum_minor, wanted.offers[0].deposit_minor()), (50_000, 6_250));
        assert_eq!((wanted.offers[0].blocked, wanted.offers[1].blocked), (false, true));
        assert_eq!((wanted.menu[0].name.as_str(), wanted.menu[0].price_minor), ("Vodka", 12_050));
        assert_eq!(wanted.release_after_minutes, 30);
        let wrong = form(&[
            (minimum.as_str(), "-5"),
            (kind.as_str(), "share"),
            (deposit.as_str(), "101"),
            ("release", "soon"),
        ]);
        let faults = read(&wrong, &kept(), Currency::Eur).expect_err("faults");
        for field in [minimum.as_str(), deposit.as_str(), "release"] {
            assert_eq!(faults.get(field), Some(&"out_of_range"), "{field}");
        }
    }

    #[test]
    fn many_tables_at_once_are_all_or_those_of_a_room() {
        let room = Uuid::from_u128(50).to_string();
        let sent =
            form(&[("to", room.as_str()), ("all.minimum", "300"), ("all.kind", "full"), ("all.sale", "yes")]);
        let wanted = apply(&sent, &kept(), Currency::Eur).expect("no faults").night;
        assert_eq!((wanted.offers[0].minimum_minor, wanted.offers[0].deposit), (30_000, Deposit::Full));
        assert!(!wanted.offers[0].blocked && wanted.offers[1].blocked);
        let sent = form(&[("to", "all"), ("all.includes", "1 bottle")]);
        let wanted = apply(&sent, &kept(), Currency::Eur).expect("no faults").night;
        assert!(wanted.offers.iter().all(|offer| offer.includes == "1 bottle" && offer.minimum_minor == 0));
        // What is meant for a room that is not there is done to no table.
        let other = Uuid::from_u128(51).to_string();
        for to in [other.as_str(), "everything"] {
            let sent = form(&[("to", to), ("all.includes", "1 bottle")]);
            assert_eq!(
                apply(&sent, &kept(), Currency::Eur).expect_err("a fault").get("to"),
                Some(&"unknown")
            );
        }
    }

    #[test]
    fn a_fault_of_the_plan_stands_at_its_field() {
        let kept = kept();
        let fault = |path: &str| PlanFault { path: path.to_owned(), why: Why::OutOfRange };
        let found =
            fields_of(&[fault("offers.1.minimum_minor"), fault("release_after_minutes")], &kept.night);
        assert!(
            found.contains_key(&format!("minimum.{}", Uuid::from_u128(2))) && found.contains_key("release")
        );
    }
}
