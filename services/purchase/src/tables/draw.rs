//! Where everything stands in the drawing of a floor plan. Its numbers are the plan's own units; what is told here besides is how large
//! letters may be, and how wide the drawing is on a screen so that a thumb hits its smallest table.

use domain::floor_plan::{Place, Shape};
use domain::language::Language;
use ui::text;

use super::plan::{Plan, Table};

/// How large the smallest table is on a screen, before anybody zooms, in CSS pixels.
const TARGET: i32 = 56;
/// The drawing's width on a screen, CSS pixels.
const NARROWEST: i32 = 340;
const WIDEST: i32 = 2600;
/// A letter of our text face is about this wide, of its size in hundredths.
const LETTER: i32 = 58;

/// The drawing beneath the tables.
pub(super) struct Drawing<'a> {
    pub width: i32,
    pub height: i32,
    /// Its width on a screen.
    pub pixels: i32,
    /// Between two lines of a pattern.
    pub grain: i32,
    /// The side of the smallest table.
    pub side: i32,
    /// The address of the picture beneath; may be empty.
    pub background: String,
    pub rooms: Vec<Area<'a>>,
    pub features: Vec<Area<'a>>,
}

/// A room, or what stands in it beside tables.
pub(super) struct Area<'a> {
    pub kind: &'static str,
    pub place: &'a Place,
    pub turned: String,
    pub label: String,
    pub x: i32,
    pub y: i32,
    pub font: i32,
}

/// Where a table is drawn.
pub(super) struct Spot {
    /// `round`, `square` or `booth`.
    pub shape: &'static str,
    pub turned: String,
    pub cx: i32,
    pub cy: i32,
    pub rx: i32,
    pub ry: i32,
    /// How far the table of a booth stands from its bench.
    pub bench: i32,
    pub round: i32,
    /// The label's size, and where it stands.
    pub font: i32,
    pub label_y: i32,
    /// The same of what stands beneath it.
    pub small: i32,
    pub note_y: i32,
}

/// The drawing of a plan. Pictures are the club's site's.
pub(super) fn drawing<'a>(plan: &'a Plan, site: &str, lang: Language) -> Drawing<'a> {
    let sides = plan.tables.iter().map(|table| table.place.width.min(table.place.height));
    let side = sides.min().unwrap_or(80).max(10);
    let width = plan.width.max(100);
    let pixels = i64::from(width) * i64::from(TARGET) / i64::from(side);
    let rooms = plan.rooms.iter().map(|room| {
        let font = fitting(&room.name, room.place.width, side * 2 / 5);
        let (x, y) = (room.place.x + side / 4, room.place.y + side / 6 + font);
        Area {
            kind: "room",
            place: &room.place,
            turned: turned(&room.place),
            label: room.name.clone(),
            x,
            y,
            font,
        }
    });
    let features = plan.features.iter().map(|feature| {
        let kind = feature.kind.code();
        let key = format!("tables-feature-{}", kind.replace('_', "-"));
        let label = if feature.label.is_empty() { text(lang, &key, &[]) } else { feature.label.clone() };
        let font = fitting(&label, feature.place.width, (side / 2).min(feature.place.height * 3 / 5));
        let (x, y) = middle(&feature.place);
        let turned = turned(&feature.place);
        Area { kind, place: &feature.place, turned, label, x, y: y + font * 35 / 100, font }
    });
    Drawing {
        width,
        height: plan.height.max(100),
        pixels: i32::try_from(pixels).unwrap_or(WIDEST).clamp(NARROWEST, WIDEST),
        grain: (side / 6).max(4),
        side,
        background: address(site, &plan.background),
        rooms: rooms.collect(),
        features: features.collect(),
    }
}

/// A picture's address: of the club's site, where it does not say which.
pub(super) fn address(site: &str, url: &str) -> String {
    if url.starts_with('/') { format!("{site}{url}") } else { url.to_owned() }
}

/// Where a table is drawn that has this beneath its label.
pub(super) fn spot(table: &Table, note: &str) -> Spot {
    let place = &table.place;
    let ((cx, cy), side) = (middle(place), place.width.min(place.height));
    // What is turned may stand across: its letters do not.
    let room = if (45..135).contains(&(place.turn % 180)) { place.height } else { place.width };
    let room = if table.shape == Shape::Round { room * 4 / 5 } else { room * 9 / 10 };
    let font = fitting(&table.label, room, side * 42 / 100);
    let small = fitting(note, room, side * 24 / 100);
    let top = cy - (font + small * 5 / 4) / 2;
    Spot {
        shape: table.shape.code(),
        turned: turned(place),
        cx,
        cy,
        rx: place.width / 2,
        ry: place.height / 2,
        bench: (side / 8).max(1),
        round: (side / 8).max(1),
        font,
        label_y: top + font * 82 / 100,
        small,
        note_y: top + font + small,
    }
}

/// The largest letters, no larger than this, in which a text fits into a width.
fn fitting(label: &str, width: i32, largest: i32) -> i32 {
    let letters = i32::try_from(label.chars().count()).unwrap_or(100).max(1);
    (width * 100 / (letters * LETTER)).min(largest).max(3)
}

const fn middle(place: &Place) -> (i32, i32) {
    (place.x + place.width / 2, place.y + place.height / 2)
}

/// The `transform` of what is turned; empty for what is not.
fn turned(place: &Place) -> String {
    let (x, y) = middle(place);
    if place.turn == 0 { String::new() } else { format!("rotate({} {x} {y})", place.turn) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_fit_into_their_table() {
        assert_eq!(fitting("12", 80, 30), 30);
        assert!(fitting("Booth Alejandra", 80, 30) < 10);
    }

    #[test]
    fn a_picture_is_the_club_s_site_s_unless_it_says_otherwise() {
        let address = |url| address("https://club.example", url);
        assert_eq!(address("/plan-pictures/1"), "https://club.example/plan-pictures/1");
        assert_eq!(address("https://club.example/x"), "https://club.example/x");
        assert_eq!(address(""), "");
    }
}
