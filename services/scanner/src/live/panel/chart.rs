//! Arrivals against tickets.

use domain::language::Language;
use ui::{Argument, format};

use super::{Snapshot, WIDTH, Words};
use crate::live::snapshot::Arrivals;

/// How high the chart's box is.
const HEIGHT: i64 = 200;

/// People who have come, as a line that rises towards the tickets.
pub(super) struct Chart {
    /// Whether anything can be drawn.
    pub(super) drawn: bool,
    /// `x,y x,y …` of the line, and of the field under it.
    pub(super) line: String,
    pub(super) field: String,
    /// How high the tickets' line stands.
    pub(super) sold_y: i64,
    /// What the box's top means.
    pub(super) most: String,
    pub(super) axis: [String; 2],
    pub(super) told: String,
    pub(super) rows: Vec<ChartRow>,
}

pub(super) struct ChartRow {
    pub(super) from: String,
    pub(super) came: String,
    pub(super) total: String,
}

impl Chart {
    pub(super) fn of(newest: &Snapshot, lang: Language) -> Self {
        let words = Words(lang);
        let (zone, came) = (newest.zone(), newest.came());
        let most = newest.sold.max(came).max(1);
        let y = |number: i64| HEIGHT - number.clamp(0, most) * HEIGHT / most;
        let steps = i64::try_from(newest.arrivals.len()).unwrap_or(1).max(1);
        let mut points = vec![format!("0,{HEIGHT}")];
        let ends = newest.arrivals.iter().zip(1..);
        points.extend(
            ends.map(|(each, nth): (&Arrivals, i64)| format!("{},{}", nth * WIDTH / steps, y(each.total))),
        );
        let line = points.join(" ");
        let row = |each: &Arrivals| ChartRow {
            from: format::time(lang, each.from, zone),
            came: words.count(each.came),
            total: words.count(each.total),
        };
        let first = newest.arrivals.first().map(|each| format::time(lang, each.from, zone));
        let (came_text, sold_text) = (words.count(came), words.count(newest.sold));
        let told: [(&str, &dyn Argument); 2] = [("came", &came_text), ("sold", &sold_text)];
        Self {
            drawn: came > 0,
            field: format!("{line} {WIDTH},{HEIGHT}"),
            line,
            sold_y: y(newest.sold),
            most: words.count(most),
            axis: [first.unwrap_or_default(), words.t("door-live-now")],
            told: ui::text(lang, "door-live-chart-told", &told),
            rows: newest.arrivals.iter().map(row).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::newest;
    use super::*;

    #[test]
    fn the_line_ends_where_the_share_of_the_tickets_is() {
        let chart = Chart::of(&newest(1, None), Language::En);
        assert_eq!((chart.line.as_str(), chart.sold_y), ("0,200 1000,100", 0));
    }
}
