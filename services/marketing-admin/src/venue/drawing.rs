//! A floor plan as SVG: for lists, versions and a night's page. The editor's script draws the same parts (`assets/floor-draw.js`), and
//! `assets/floor-plan.css` gives both their colours.

use askama::Template;
use domain::floor_plan::{Feature, FeatureKind, FloorPlan, Place, Room, Shape, Table};
use domain::language::Language;
use uuid::Uuid;

/// What is shown of a table on a night: how it stands, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// A class of its own: the state.
    pub class: &'static str,
    /// Written where else its seats stand; empty: they do.
    pub name: String,
}

/// The picture of a plan.
#[derive(Debug, Template)]
#[template(path = "venue/_plan.html")]
pub struct Drawing {
    title: String,
    width: i32,
    height: i32,
    background: String,
    parts: Vec<Part>,
}

/// A room, a feature or a table of it.
#[derive(Debug)]
struct Part {
    class: String,
    place: Place,
    /// The middle in its own box, about which it is turned.
    half_width: f64,
    half_height: f64,
    /// An ellipse, or else these.
    is_round: bool,
    boxes: Vec<Rectangle>,
    letters: Vec<Letters>,
}

#[derive(Debug)]
struct Rectangle {
    class: &'static str,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    corner: f64,
}

/// What is written on it: text, where, how large.
#[derive(Debug)]
struct Letters {
    class: &'static str,
    text: String,
    x: f64,
    y: f64,
    size: f64,
}

/// A plan's picture in a reader's language; `title` is what a screen reader says of it.
pub fn of(plan: &FloorPlan, title: &str, lang: Language) -> Drawing {
    marked(plan, title, lang, |_| None)
}

/// The same with what `mark` says of each table.
pub fn marked(plan: &FloorPlan, title: &str, lang: Language, mark: impl Fn(Uuid) -> Option<Mark>) -> Drawing {
    let mut parts: Vec<Part> = plan.rooms.iter().map(room).collect();
    parts.extend(plan.features.iter().map(|each| feature(each, lang)));
    parts.extend(plan.tables.iter().map(|each| table(each, mark(each.id))));
    Drawing {
        title: title.to_owned(),
        width: plan.width,
        height: plan.height,
        background: plan.background.clone().unwrap_or_default(),
        parts,
    }
}

fn room(room: &Room) -> Part {
    let letters = vec![name_of_room(&room.place, &room.name)];
    Part { letters, ..Part::of("plan__room".to_owned(), room.place, vec![top(&room.place, 12.0)]) }
}

fn feature(feature: &Feature, lang: Language) -> Part {
    let unnamed = feature.label.trim().is_empty();
    let text = if unnamed { kind(lang, feature.kind) } else { feature.label.clone() };
    let class = format!("plan__feature plan__feature--{}", feature.kind.code());
    let boxes = vec![top(&feature.place, shorter(&feature.place) / 10.0)];
    let word = match feature.kind {
        FeatureKind::Door => beside_door(&feature.place, text),
        FeatureKind::Stage | FeatureKind::Bar | FeatureKind::DanceFloor => label(&feature.place, text, 0.35),
    };
    let letters = vec![word];
    Part { letters, ..Part::of(class, feature.place, boxes) }
}

fn table(table: &Table, mark: Option<Mark>) -> Part {
    let boxes = match table.shape {
        Shape::Round => Vec::new(),
        Shape::Square => vec![top(&table.place, shorter(&table.place) / 10.0)],
        Shape::Booth => booth(&table.place),
    };
    let label = label(&table.place, table.label.clone(), 0.1);
    let mut below = seats(&table.place, table.seats, label.size);
    let mut class = format!("plan__table plan__table--{}", table.shape.code());
    if let Some(mark) = mark {
        class = format!("{class} {}", mark.class);
        if !mark.name.is_empty() {
            below = Letters { class: "plan__party", text: short(&mark.name), ..below };
        }
    }
    let letters = vec![below, label];
    Part { letters, is_round: table.shape == Shape::Round, ..Part::of(class, table.place, boxes) }
}

/// Letters of a name for which there is room at a table.
const NAME: usize = 12;

fn short(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    name.chars().take(NAME - 1).chain(['…']).collect()
}

fn top(place: &Place, corner: f64) -> Rectangle {
    let (width, height) = (f64::from(place.width), f64::from(place.height));
    Rectangle { class: "plan__top", x: 0.0, y: 0.0, width, height, corner: round(corner) }
}

/// A bench around three sides, and the table it leaves room for.
fn booth(place: &Place) -> Vec<Rectangle> {
    let bench = round(shorter(place) / 5.0);
    let whole = top(place, bench);
    let (width, height) = (round(whole.width - 2.0 * bench), round(whole.height - bench));
    let table =
        Rectangle { x: bench, y: bench, width, height, corner: round(bench / 2.0), ..top(place, 0.0) };
    vec![Rectangle { class: "plan__bench", ..whole }, table]
}

/// The picture as text, for a template's `|safe`.
pub fn svg(plan: &FloorPlan, title: &str, lang: Language) -> Result<String, askama::Error> {
    of(plan, title, lang).render()
}

/// What a feature is called where nothing else is written on it.
pub fn kind(lang: Language, kind: FeatureKind) -> String {
    ui::text(lang, &format!("floor-editor-{}", kind.code().replace('_', "-")), &[])
}

impl Part {
    fn of(class: String, place: Place, boxes: Vec<Rectangle>) -> Self {
        let (half_width, half_height) = (f64::from(place.width) / 2.0, f64::from(place.height) / 2.0);
        Self { class, place, half_width, half_height, is_round: false, boxes, letters: Vec::new() }
    }
}

fn shorter(place: &Place) -> f64 {
    f64::from(place.width.min(place.height))
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// Letters as large as fit: the editor's rule.
fn lettering(place: &Place, text: &str) -> f64 {
    let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX).max(2);
    let fits = f64::from(place.width) * 1.5 / f64::from(letters);
    round((shorter(place) * 0.36).min(fits).clamp(9.0, 44.0))
}

fn middle(place: &Place) -> (f64, f64) {
    (f64::from(place.x) + f64::from(place.width) / 2.0, f64::from(place.y) + f64::from(place.height) / 2.0)
}

fn label(place: &Place, text: String, drop: f64) -> Letters {
    let ((x, y), size) = (middle(place), lettering(place, &text));
    Letters { class: "plan__label", text, x, y: round(y + size * drop), size }
}

/// A sill has no room for a word: it stands beside it, inside the plan.
fn beside_door(place: &Place, text: String) -> Letters {
    let y = if place.y > 40 { place.y - 8 } else { place.y + place.height + 22 };
    Letters { class: "plan__label", text, x: middle(place).0, y: f64::from(y), size: 18.0 }
}

fn seats(place: &Place, seats: u32, size: f64) -> Letters {
    let (x, y) = middle(place);
    let y = round(y + size * 0.95);
    Letters { class: "plan__seats", text: seats.to_string(), x, y, size: round(size * 0.62) }
}

fn name_of_room(place: &Place, name: &str) -> Letters {
    let size = lettering(place, name).clamp(14.0, 28.0);
    let (x, y) = (f64::from(place.x) + 14.0, f64::from(place.y) + size + 8.0);
    Letters { class: "plan__name", text: name.to_owned(), x, y, size }
}

#[cfg(test)]
mod tests {
    use super::{Mark, marked, svg};
    use askama::Template;
    use domain::floor_plan::{Feature, FeatureKind, FloorPlan, Place, Room, Shape, Table};
    use domain::language::Language;
    use uuid::Uuid;

    fn place(x: i32, y: i32, width: i32, height: i32, turn: i32) -> Place {
        Place { x, y, width, height, turn }
    }

    fn table(label: &str, shape: Shape, place: Place) -> Table {
        Table { id: Uuid::now_v7(), label: label.to_owned(), shape, seats: 6, room: None, place }
    }

    #[test]
    fn a_plan_is_drawn_with_all_that_stands_on_it() {
        let plan = FloorPlan {
            width: 1000,
            height: 600,
            background: Some("/plan-pictures/x?a=1&b=2".to_owned()),
            rooms: vec![Room {
                id: Uuid::now_v7(),
                name: "Lounge".to_owned(),
                place: place(0, 0, 500, 500, 0),
            }],
            features: vec![Feature {
                id: Uuid::now_v7(),
                kind: FeatureKind::DanceFloor,
                label: String::new(),
                place: place(600, 100, 300, 300, 0),
            }],
            tables: vec![
                table("12", Shape::Round, place(20, 60, 80, 80, 45)),
                table("<Ana>", Shape::Booth, place(120, 60, 200, 120, 0)),
            ],
        };
        let picture = svg(&plan, "Floor \"plan\"", Language::Es).expect("it renders");
        for part in [
            "viewBox=\"0 0 1000 600\"",
            "translate(20 60) rotate(45 40 40)",
            "<ellipse",
            "plan__bench",
            ">Lounge</text>",
            ">Pista</text>",
            ">12</text>",
            ">6</text>",
        ] {
            assert!(picture.contains(part), "{part} in {picture}");
        }
        assert!(!picture.contains("<Ana>") && !picture.contains(" id=") && !picture.contains(" style="));
    }

    #[test]
    fn on_a_night_a_table_says_how_it_stands_and_whose_it_is() {
        let tables = vec![
            table("12", Shape::Round, place(20, 60, 80, 80, 0)),
            table("13", Shape::Square, place(220, 60, 80, 80, 0)),
        ];
        let (own, plan) =
            (tables[0].id, FloorPlan { width: 1000, height: 600, tables, ..FloorPlan::default() });
        let mark = |id: Uuid| {
            (id == own).then(|| Mark { class: "is-inside", name: "Maximiliana <Ruiz>".to_owned() })
        };
        let picture = marked(&plan, "Floor", Language::En, mark).render().expect("it renders");
        assert!(
            picture.contains("plan__table--round is-inside\"") && picture.contains(">Maximiliana…</text>")
        );
        assert_eq!(picture.matches("plan__seats").count(), 1, "the other shows its seats: {picture}");
    }

    #[test]
    fn an_empty_plan_is_a_floor() {
        let plan = FloorPlan { width: 100, height: 100, ..FloorPlan::default() };
        let picture = svg(&plan, "Floor", Language::En).expect("it renders");
        assert!(picture.contains("plan__ground") && !picture.contains("<image"));
    }
}
