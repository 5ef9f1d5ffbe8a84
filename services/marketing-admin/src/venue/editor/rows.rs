//! The plan as a list of fields: what the page shows of each thing, with what is wrong at its field.

use std::collections::HashMap;

use domain::floor_plan::{FloorPlan, Place, PlanFault, Shape};
use domain::language::Language;
use ui::text;

use crate::venue::drawing;

/// A thing on the plan, as fields.
#[derive(Debug, Default)]
pub struct Row {
    /// What its fields' names begin with: `tables.3`.
    pub at: String,
    /// Its key; empty for what a script fills in.
    pub id: String,
    /// What its row is called.
    pub title: String,
    /// What else is said of it before it is opened.
    pub facts: String,
    /// What it is called on the plan.
    pub name: String,
    /// A table's shape or a feature's kind.
    pub kind: String,
    /// A table's seats.
    pub seats: String,
    /// The room a table is listed in.
    pub room: String,
    /// x, y, width, height, turn.
    pub place: Vec<Figure>,
    faults: HashMap<String, String>,
}

/// A figure of its place: what its field is called, its word, its value, the least and most.
#[derive(Debug)]
pub struct Figure {
    /// As JSON names it.
    pub field: &'static str,
    /// Its word's key.
    pub word: &'static str,
    /// What stands in it.
    pub value: String,
    /// The least.
    pub least: i32,
    /// The most.
    pub most: i32,
}

const FIGURES: [(&str, &str, i32, i32); 5] = [
    ("x", "floor-editor-x", 0, 10_000),
    ("y", "floor-editor-y", 0, 10_000),
    ("width", "floor-editor-width", 5, 10_000),
    ("height", "floor-editor-height", 5, 10_000),
    ("turn", "floor-editor-turn", 0, 359),
];

impl Row {
    fn new(at: String, place: Option<&Place>) -> Self {
        let values = place.map(|place| [place.x, place.y, place.width, place.height, place.turn]);
        let figure = |(nth, (field, word, least, most)): (usize, (&'static str, &'static str, i32, i32))| {
            let value = values.map(|values| values[nth].to_string()).unwrap_or_default();
            Figure { field, word, value, least, most }
        };
        let place = FIGURES.into_iter().enumerate().map(figure).collect();
        Self { at, place, ..Self::default() }
    }

    /// A row that the script fills in.
    pub fn blank(list: &str) -> Self {
        Self::new(format!("{list}.__row__"), None)
    }

    /// The name and key of one of its fields.
    pub fn field(&self, name: impl AsRef<str>) -> String {
        format!("{}.{}", self.at, name.as_ref())
    }

    /// What is wrong with a field; empty for nothing.
    pub fn fault(&self, name: impl AsRef<str>) -> String {
        self.faults.get(name.as_ref()).cloned().unwrap_or_default()
    }

    /// Whether anything is.
    pub fn is_faulty(&self) -> bool {
        !self.faults.is_empty()
    }
}

/// All rows of a plan, and what is wrong with it elsewhere.
#[derive(Debug, Default)]
pub struct Rows {
    /// The tables.
    pub tables: Vec<Row>,
    /// The rooms.
    pub rooms: Vec<Row>,
    /// Stage, bar, doors, dance floor.
    pub features: Vec<Row>,
    /// What is wrong with the plan as a whole.
    pub whole: Vec<String>,
}

/// The rows of a plan, each fault at its field.
pub fn of(plan: &FloorPlan, faults: &[PlanFault], lang: Language) -> Rows {
    let mut rows = Rows {
        tables: tables(plan, lang),
        rooms: rooms(plan, lang),
        features: features(plan, lang),
        whole: Vec::new(),
    };
    for fault in faults {
        place_fault(&mut rows, fault, lang);
    }
    rows
}

/// The sentence of a fault.
pub fn sentence(fault: &PlanFault, lang: Language) -> String {
    text(lang, &format!("floor-editor-fault-{}", fault.why.code().replace('_', "-")), &[])
}

fn place_fault(rows: &mut Rows, fault: &PlanFault, lang: Language) {
    let sentence = sentence(fault, lang);
    let mut path = fault.path.split('.');
    let list = match path.next() {
        Some("tables") => Some(&mut rows.tables),
        Some("rooms") => Some(&mut rows.rooms),
        Some("features") => Some(&mut rows.features),
        _ => None,
    };
    let row = path.next().and_then(|row| row.parse::<usize>().ok());
    match list.zip(row).and_then(|(list, row)| list.get_mut(row)) {
        // `place.x` is the field x; a key that stands twice has no field: it is said at the name.
        Some(row) => {
            let field = fault.path.rsplit('.').next().unwrap_or_default();
            let field = if field == "id" { "label" } else { field };
            row.faults.entry(field.to_owned()).or_insert(sentence);
        }
        None => rows.whole.push(whole(fault, &sentence, lang)),
    }
}

/// A fault of the plan itself says what it speaks of.
fn whole(fault: &PlanFault, sentence: &str, lang: Language) -> String {
    let what = match fault.path.as_str() {
        "tables" => "floor-editor-tables",
        "rooms" => "floor-editor-rooms",
        "features" => "floor-editor-features",
        "width" => "floor-editor-plan-width",
        "height" => "floor-editor-plan-height",
        _ => "floor-editor-picture",
    };
    format!("{}: {sentence}", text(lang, what, &[]))
}

fn tables(plan: &FloorPlan, lang: Language) -> Vec<Row> {
    let row = |(index, table): (usize, &domain::floor_plan::Table)| {
        let shape = shape(lang, table.shape);
        let facts: [(&'static str, &dyn ui::Argument); 2] = [("shape", &shape), ("count", &table.seats)];
        Row {
            id: table.id.to_string(),
            title: text(lang, "floor-editor-table", &[("label", &table.label)]),
            facts: text(lang, "floor-editor-facts", &facts),
            name: table.label.clone(),
            kind: table.shape.code().to_owned(),
            seats: table.seats.to_string(),
            room: table.room.map(|room| room.to_string()).unwrap_or_default(),
            ..Row::new(format!("tables.{index}"), Some(&table.place))
        }
    };
    plan.tables.iter().enumerate().map(row).collect()
}

fn rooms(plan: &FloorPlan, lang: Language) -> Vec<Row> {
    let row = |(index, room): (usize, &domain::floor_plan::Room)| {
        let unnamed = room.name.trim().is_empty();
        Row {
            id: room.id.to_string(),
            title: if unnamed { text(lang, "floor-editor-room", &[]) } else { room.name.clone() },
            facts: if unnamed { String::new() } else { text(lang, "floor-editor-room", &[]) },
            name: room.name.clone(),
            ..Row::new(format!("rooms.{index}"), Some(&room.place))
        }
    };
    plan.rooms.iter().enumerate().map(row).collect()
}

fn features(plan: &FloorPlan, lang: Language) -> Vec<Row> {
    let row = |(index, feature): (usize, &domain::floor_plan::Feature)| {
        let (kind, unnamed) = (drawing::kind(lang, feature.kind), feature.label.trim().is_empty());
        Row {
            id: feature.id.to_string(),
            title: if unnamed { kind.clone() } else { feature.label.clone() },
            facts: if unnamed { String::new() } else { kind },
            name: feature.label.clone(),
            kind: feature.kind.code().to_owned(),
            ..Row::new(format!("features.{index}"), Some(&feature.place))
        }
    };
    plan.features.iter().enumerate().map(row).collect()
}

/// What a shape is called.
pub fn shape(lang: Language, shape: Shape) -> String {
    text(lang, &format!("floor-editor-{}", shape.code()), &[])
}

#[cfg(test)]
mod tests {
    use super::of;
    use domain::floor_plan::{FloorPlan, Place, PlanFault, Shape, Table, Why};
    use domain::language::Language;
    use uuid::Uuid;

    #[test]
    fn what_is_wrong_stands_at_its_field() {
        let place = Place { x: 0, y: 0, width: 80, height: 80, turn: 0 };
        let table = |label: &str| Table {
            id: Uuid::now_v7(),
            label: label.to_owned(),
            shape: Shape::Round,
            seats: 4,
            room: None,
            place,
        };
        let plan = FloorPlan {
            width: 1000,
            height: 600,
            tables: vec![table("1"), table("1")],
            ..FloorPlan::default()
        };
        let fault = |path: &str, why| PlanFault { path: path.to_owned(), why };
        let faults = [
            fault("tables.1.label", Why::Twice),
            fault("tables.0.place.x", Why::Outside),
            fault("width", Why::OutOfRange),
            fault("tables.9.label", Why::Empty),
        ];
        let rows = of(&plan, &faults, Language::En);
        assert!(!rows.tables[1].fault("label").is_empty() && rows.tables[1].fault("x").is_empty());
        assert!(!rows.tables[0].fault("x").is_empty() && rows.tables[0].is_faulty());
        assert_eq!(rows.whole.len(), 2);
        assert_eq!(rows.tables[0].facts, "round · for 4");
    }
}
