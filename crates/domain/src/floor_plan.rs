//! A floor plan: where a room's tables stand, and what a table costs on a night.
//!
//! A plan is a drawing in its own units (one unit is about a centimetre; the page scales it). The club keeps plans as templates,
//! each with versions; a night gets a copy of one, with an [`Offer`] for each of its tables. What is sold is the copy: a template
//! that changes later moves nobody's table.

mod check;
mod offer;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use check::{PlanFault, Why};
pub use offer::{Bottle, Deposit, NightPlan, Offer};

/// Most tables of one plan.
pub const MOST_TABLES: usize = 200;
/// The longest side of a plan, in its units.
pub const LONGEST_SIDE: i32 = 10_000;

/// A drawing of a floor.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FloorPlan {
    /// Width of the drawing, units.
    pub width: i32,
    /// Height of the drawing, units.
    pub height: i32,
    /// A picture beneath it: its address in the desk's own store.
    #[serde(default)]
    pub background: Option<String>,
    /// Rooms and zones, drawn beneath all else.
    #[serde(default)]
    pub rooms: Vec<Room>,
    /// What is no table: stage, bar, doors.
    #[serde(default)]
    pub features: Vec<Feature>,
    /// The tables.
    #[serde(default)]
    pub tables: Vec<Table>,
}

/// Where something stands: the upper left corner of its box, its size, and how it is turned about its middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// From the left, units.
    pub x: i32,
    /// From the top, units.
    pub y: i32,
    /// Units.
    pub width: i32,
    /// Units.
    pub height: i32,
    /// Degrees clockwise, 0 to 359.
    #[serde(default)]
    pub turn: i32,
}

/// A room, or a part of one that has a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// Its key.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Where it is.
    pub place: Place,
}

/// What stands in the room beside tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureKind {
    /// Where somebody plays.
    Stage,
    /// Where drinks come from.
    Bar,
    /// Where people come in or go out.
    Door,
    /// Where people dance.
    DanceFloor,
}

impl FeatureKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Stage, Self::Bar, Self::Door, Self::DanceFloor];

    /// Its name in JSON and pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Bar => "bar",
            Self::Door => "door",
            Self::DanceFloor => "dance_floor",
        }
    }

    /// The kind of that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Something that is no table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// Its key.
    pub id: Uuid,
    /// What it is.
    pub kind: FeatureKind,
    /// What is written on it; may be empty.
    #[serde(default)]
    pub label: String,
    /// Where it is.
    pub place: Place,
}

/// A table's outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A circle, or an ellipse.
    #[default]
    Round,
    /// A rectangle.
    Square,
    /// A rectangle with a bench around three of its sides.
    Booth,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 3] = [Self::Round, Self::Square, Self::Booth];

    /// Its name in JSON and pages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Round => "round",
            Self::Square => "square",
            Self::Booth => "booth",
        }
    }

    /// The shape of that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.code() == code)
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Its key: on a night's plan it is what is sold, and no other night's table has it.
    pub id: Uuid,
    /// What people call it: "12", "Booth A". One of its kind on the plan.
    pub label: String,
    /// Its outline.
    #[serde(default)]
    pub shape: Shape,
    /// The largest party.
    pub seats: u32,
    /// The room it stands in, where rooms are drawn.
    #[serde(default)]
    pub room: Option<Uuid>,
    /// Where it is.
    pub place: Place,
}

impl FloorPlan {
    /// The same plan for another night or as another template: every key is new. Says which table became which.
    pub fn copy(&self, mut key: impl FnMut() -> Uuid) -> (Self, Vec<(Uuid, Uuid)>) {
        let mut copy = self.clone();
        let mut rooms = Vec::with_capacity(copy.rooms.len());
        for room in &mut copy.rooms {
            let new = key();
            rooms.push((std::mem::replace(&mut room.id, new), new));
        }
        copy.features.iter_mut().for_each(|feature| feature.id = key());
        let mut tables = Vec::with_capacity(copy.tables.len());
        for table in &mut copy.tables {
            let new = key();
            tables.push((std::mem::replace(&mut table.id, new), new));
            table.room =
                table.room.and_then(|old| rooms.iter().find(|(was, _)| *was == old).map(|(_, new)| *new));
        }
        (copy, tables)
    }

    /// A table by its key.
    pub fn table(&self, id: Uuid) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }

    /// Tables that stand next to this one: their boxes, grown by half a table's width, meet. What may be put together.
    pub fn neighbours(&self, id: Uuid) -> Vec<&Table> {
        let Some(own) = self.table(id) else { return Vec::new() };
        self.tables.iter().filter(|other| other.id != id && own.place.is_near(&other.place)).collect()
    }
}

impl Place {
    fn is_near(&self, other: &Self) -> bool {
        let reach = self.width.max(self.height).max(other.width.max(other.height)) / 2;
        self.x - reach <= other.x + other.width
            && other.x - reach <= self.x + self.width
            && self.y - reach <= other.y + other.height
            && other.y - reach <= self.y + self.height
    }
}

#[cfg(test)]
mod tests;
