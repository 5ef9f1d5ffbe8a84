//! A plan as a small picture: where it stands in a list, and beside the table of its prices.

use std::fmt::Write as _;

use domain::floor_plan::{FloorPlan, NightPlan, Place, Shape};

/// The drawing as SVG, styled by `venue.css`. `name`: what a screen reader says it is. `night`: with each table's label, and those that
/// are not for guests drawn otherwise.
pub fn svg(plan: &FloorPlan, name: &str, night: Option<&NightPlan>) -> String {
    let (width, height) = (plan.width.max(1), plan.height.max(1));
    let mut svg = format!(
        "<svg class=\"floor\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{}\">",
        escape(name)
    );
    if let Some(picture) = &plan.background {
        let _ = write!(svg, "<image href=\"{}\" width=\"{width}\" height=\"{height}\"/>", escape(picture));
    }
    for room in &plan.rooms {
        let _ = write!(svg, "<rect class=\"floor__room\"{}/>", rect(&room.place));
    }
    for feature in &plan.features {
        let kind = feature.kind.code();
        let _ = write!(svg, "<rect class=\"floor__feature\" data-kind=\"{kind}\"{}/>", rect(&feature.place));
    }
    for table in &plan.tables {
        let kept = night.is_some_and(|night| night.offer(table.id).is_none_or(|offer| offer.blocked));
        let class = if kept { "floor__table floor__table--kept" } else { "floor__table" };
        let _ = match table.shape {
            Shape::Round => write!(svg, "<ellipse class=\"{class}\"{}/>", ellipse(&table.place)),
            Shape::Square | Shape::Booth => {
                write!(svg, "<rect class=\"{class}\" rx=\"6\"{}/>", rect(&table.place))
            }
        };
        if night.is_some() {
            let (x, y) = middle(&table.place);
            let size = (table.place.width.min(table.place.height) * 2 / 5).clamp(8, 60);
            let _ = write!(
                svg,
                "<text class=\"floor__label\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\">{}</text>",
                escape(table.label.trim())
            );
        }
    }
    svg.push_str("</svg>");
    svg
}

fn middle(place: &Place) -> (i32, i32) {
    (place.x.saturating_add(place.width / 2), place.y.saturating_add(place.height / 2))
}

fn turned(place: &Place) -> String {
    let (x, y) = middle(place);
    if place.turn == 0 { String::new() } else { format!(" transform=\"rotate({} {x} {y})\"", place.turn) }
}

fn rect(place: &Place) -> String {
    let Place { x, y, width, height, .. } = place;
    format!(" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{}", turned(place))
}

fn ellipse(place: &Place) -> String {
    let (x, y) = middle(place);
    let (rx, ry) = (place.width / 2, place.height / 2);
    format!(" cx=\"{x}\" cy=\"{y}\" rx=\"{rx}\" ry=\"{ry}\"{}", turned(place))
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use domain::floor_plan::{FloorPlan, NightPlan, Place, Shape, Table};
    use uuid::Uuid;

    use super::svg;

    #[test]
    fn a_label_stays_text_and_a_table_that_is_not_sold_looks_so() {
        let table = Table {
            id: Uuid::from_u128(1),
            label: "<script>".to_owned(),
            shape: Shape::Booth,
            seats: 4,
            room: None,
            place: Place { x: 10, y: 20, width: 80, height: 60, turn: 30 },
        };
        let plan = FloorPlan { width: 300, height: 200, tables: vec![table], ..FloorPlan::default() };
        let night = NightPlan { plan: plan.clone(), ..NightPlan::default() };
        let drawn = svg(&plan, "\"Main\"", Some(&night));
        assert!(drawn.contains("&lt;script&gt;") && !drawn.contains("<script"), "{drawn}");
        assert!(drawn.contains("floor__table--kept") && drawn.contains("rotate(30 50 50)"), "{drawn}");
        assert!(drawn.contains("aria-label=\"&quot;Main&quot;\""), "{drawn}");
        assert!(!svg(&plan, "Main", None).contains("<text"), "a small picture has no words");
    }
}
