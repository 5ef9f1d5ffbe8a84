//! What the editor's form sends: the whole drawing as JSON from the script, or the fields of the list where there is none. A figure that
//! can't be read becomes one that no plan may have, so that the domain's check finds it and the page shows its field.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;

use domain::floor_plan::{Feature, FeatureKind, FloorPlan, Place, Room, Shape, Table};
use uuid::Uuid;

/// What a form of the editor asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Sent {
    /// Keep this drawing.
    Keep(FloorPlan),
    /// Something was added: show the form again with it, nothing is kept yet.
    Again(FloorPlan),
    /// It is no drawing.
    Unreadable,
}

/// Reads a form. `key` gives the keys of what is new.
pub fn read(form: &HashMap<String, String>, mut key: impl FnMut() -> Uuid) -> Sent {
    if let Some(drawing) = form.get("drawing") {
        return serde_json::from_str(drawing).map_or(Sent::Unreadable, Sent::Keep);
    }
    let Some(mut plan) = of_fields(&Fields(form)) else { return Sent::Unreadable };
    match form.get("step").and_then(|step| step.strip_prefix("add:")) {
        Some(what) => {
            add(&mut plan, what, &mut key);
            Sent::Again(plan)
        }
        None => Sent::Keep(plan),
    }
}

struct Fields<'a>(&'a HashMap<String, String>);

impl Fields<'_> {
    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    fn number<T: FromStr>(&self, name: &str, unreadable: T) -> T {
        self.text(name).parse().unwrap_or(unreadable)
    }

    /// The rows of a list that stay, by what their fields' names begin with.
    fn rows(&self, list: &str) -> Vec<String> {
        let row = |name: &String| {
            let row = name.strip_prefix(list)?.strip_prefix('.')?.strip_suffix(".id")?;
            row.parse::<u32>().ok()
        };
        let rows: BTreeSet<u32> = self.0.keys().filter_map(row).collect();
        let names = rows.into_iter().map(|row| format!("{list}.{row}"));
        names.filter(|name| self.text(&format!("{name}.remove")).is_empty()).collect()
    }

    fn id(&self, row: &str) -> Option<Uuid> {
        self.text(&format!("{row}.id")).parse().ok()
    }

    fn place(&self, row: &str) -> Place {
        let figure = |name: &str| self.number(&format!("{row}.{name}"), -1);
        Place {
            x: figure("x"),
            y: figure("y"),
            width: figure("width"),
            height: figure("height"),
            turn: figure("turn"),
        }
    }
}

/// The plan as the list of fields says it; none without its frame, or with a row that has no key.
fn of_fields(fields: &Fields<'_>) -> Option<FloorPlan> {
    if fields.text("width").is_empty() {
        return None;
    }
    let background = Some(fields.text("background")).filter(|address| !address.is_empty());
    let kept = fields.text("background.remove").is_empty();
    let rooms = fields.rows("rooms").into_iter().map(|row| {
        let name = fields.text(&format!("{row}.name")).to_owned();
        Some(Room { id: fields.id(&row)?, name, place: fields.place(&row) })
    });
    let rooms: Vec<Room> = rooms.collect::<Option<_>>()?;
    let features = fields.rows("features").into_iter().map(|row| {
        let kind = FeatureKind::from_code(fields.text(&format!("{row}.kind")))?;
        let label = fields.text(&format!("{row}.label")).to_owned();
        Some(Feature { id: fields.id(&row)?, kind, label, place: fields.place(&row) })
    });
    let features: Vec<Feature> = features.collect::<Option<_>>()?;
    let tables = fields.rows("tables").into_iter().map(|row| {
        let room = fields.text(&format!("{row}.room")).parse::<Uuid>().ok();
        Some(Table {
            id: fields.id(&row)?,
            label: fields.text(&format!("{row}.label")).to_owned(),
            shape: Shape::from_code(fields.text(&format!("{row}.shape")))?,
            seats: fields.number(&format!("{row}.seats"), 0),
            // A room that goes leaves its tables in none.
            room: room.filter(|room| rooms.iter().any(|kept| kept.id == *room)),
            place: fields.place(&row),
        })
    });
    Some(FloorPlan {
        width: fields.number("width", -1),
        height: fields.number("height", -1),
        background: background.filter(|_| kept).map(ToOwned::to_owned),
        tables: tables.collect::<Option<Vec<Table>>>()?,
        rooms,
        features,
    })
}

/// Adds a thing in the upper left corner, from where its fields move it.
fn add(plan: &mut FloorPlan, what: &str, key: &mut impl FnMut() -> Uuid) {
    let id = key();
    let place = |width: i32, height: i32| Place {
        x: 20,
        y: 20,
        width: width.min((plan.width - 20).max(5)),
        height: height.min((plan.height - 20).max(5)),
        turn: 0,
    };
    if what == "room" {
        let place = place(500, 400);
        plan.rooms.push(Room { id, name: String::new(), place });
    } else if let Some(kind) = FeatureKind::from_code(what) {
        let place = match kind {
            FeatureKind::Stage => place(400, 160),
            FeatureKind::Bar => place(320, 60),
            FeatureKind::Door => place(120, 20),
            FeatureKind::DanceFloor => place(320, 320),
        };
        plan.features.push(Feature { id, kind, label: String::new(), place });
    } else if let Some(shape) = Shape::from_code(what) {
        let (place, seats) = match shape {
            Shape::Booth => (place(200, 120), 8),
            Shape::Round | Shape::Square => (place(80, 80), 4),
        };
        let label = free_label(plan);
        plan.tables.push(Table { id, label, shape, seats, room: None, place });
    }
}

/// The lowest number that no table has.
fn free_label(plan: &FloorPlan) -> String {
    let taken: BTreeSet<&str> = plan.tables.iter().map(|table| table.label.as_str()).collect();
    (1_usize..=taken.len() + 1)
        .map(|number| number.to_string())
        .find(|label| !taken.contains(label.as_str()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{Sent, read};
    use domain::floor_plan::{FloorPlan, Shape};
    use uuid::Uuid;

    fn form(fields: &[(&str, &str)]) -> HashMap<String, String> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn table(row: usize) -> Vec<(String, String)> {
        let facts = [
            ("id", Uuid::from_u128(7).to_string()),
            ("label", " 12 ".to_owned()),
            ("shape", "booth".to_owned()),
            ("seats", "8".to_owned()),
            ("room", Uuid::from_u128(1).to_string()),
            ("x", "10".to_owned()),
            ("y", "20".to_owned()),
            ("width", "200".to_owned()),
            ("height", "120".to_owned()),
            ("turn", "45".to_owned()),
        ];
        facts.into_iter().map(|(name, value)| (format!("tables.{row}.{name}"), value)).collect()
    }

    fn frame() -> HashMap<String, String> {
        form(&[("width", "1000"), ("height", "600"), ("background", "")])
    }

    #[test]
    fn the_scripts_drawing_is_taken_as_it_is() {
        let plan = FloorPlan { width: 1000, height: 600, ..FloorPlan::default() };
        let json = serde_json::to_string(&plan).expect("a plan is JSON");
        assert_eq!(read(&form(&[("drawing", &json)]), Uuid::now_v7), Sent::Keep(plan));
        for bad in ["", "{}", "[]", "{\"width\":1,\"height\":2,\"price\":3}"] {
            assert_eq!(read(&form(&[("drawing", bad)]), Uuid::now_v7), Sent::Unreadable, "{bad}");
        }
        assert_eq!(read(&HashMap::new(), Uuid::now_v7), Sent::Unreadable);
    }

    #[test]
    fn without_a_script_the_fields_are_the_plan() {
        let mut sent = frame();
        sent.extend(table(10));
        sent.extend(table(2));
        sent.insert("tables.2.id".to_owned(), Uuid::from_u128(6).to_string());
        sent.insert("tables.2.seats".to_owned(), "many".to_owned());
        let Sent::Keep(plan) = read(&sent, Uuid::now_v7) else { panic!("it is a drawing") };
        let (first, second) = (&plan.tables[0], &plan.tables[1]);
        assert_eq!((first.id, first.seats), (Uuid::from_u128(6), 0), "rows count as numbers do");
        assert_eq!((second.label.as_str(), second.shape, second.place.turn), ("12", Shape::Booth, 45));
        assert_eq!(second.room, None, "there is no such room");
        assert!(plan.check().iter().any(|fault| fault.path == "tables.0.seats"));

        sent.insert("tables.10.remove".to_owned(), "yes".to_owned());
        let Sent::Keep(plan) = read(&sent, Uuid::now_v7) else { panic!("it is a drawing") };
        assert_eq!(plan.tables.len(), 1);
    }

    #[test]
    fn a_thing_more_is_shown_before_it_is_kept() {
        let mut sent = frame();
        sent.extend(table(0));
        sent.insert("tables.0.label".to_owned(), "1".to_owned());
        for (what, count) in
            [("round", (2, 0, 0)), ("room", (1, 1, 0)), ("dance_floor", (1, 0, 1)), ("?", (1, 0, 0))]
        {
            sent.insert("step".to_owned(), format!("add:{what}"));
            let Sent::Again(plan) = read(&sent, Uuid::now_v7) else { panic!("not to be kept: {what}") };
            assert_eq!((plan.tables.len(), plan.rooms.len(), plan.features.len()), count, "{what}");
            if what == "round" {
                assert_eq!(plan.tables[1].label, "2");
                assert!(plan.check().is_empty(), "{:?}", plan.check());
            }
        }
    }
}
