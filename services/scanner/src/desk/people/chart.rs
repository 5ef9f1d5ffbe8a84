//! A night's people as a line under the limit's.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use ui::format;

use super::Words;
use crate::history::people::People;
use crate::history::timeline::PeopleStep;

/// The chart's box.
const WIDTH: i64 = 1000;
const HEIGHT: i64 = 240;

/// What is drawn, and how it is told to who does not see it.
pub(super) struct Chart {
    pub(super) line: String,
    pub(super) field: String,
    /// The limit, piece by piece: there may be times without one.
    pub(super) limits: Vec<String>,
    pub(super) peak_x: i64,
    pub(super) most: String,
    pub(super) axis: [String; 2],
    pub(super) told: String,
}

impl Chart {
    pub(super) fn of(people: &People, lang: Language, zone: Tz) -> Self {
        let words = Words(lang);
        let steps = &people.steps;
        let highest = |step: &PeopleStep| step.most.max(step.limit.map_or(0, i64::from));
        let most = steps.iter().map(highest).max().unwrap_or(0).max(1);
        let y = |number: i64| HEIGHT - number.clamp(0, most) * HEIGHT / most;
        let number = i64::try_from(steps.len()).unwrap_or(1).max(1);
        let x = |nth: i64| nth * WIDTH / number;
        let mut points = vec![format!("0,{HEIGHT}")];
        points.extend(steps.iter().zip(1..).map(|(step, nth)| format!("{},{}", x(nth), y(step.inside))));
        let line = points.join(" ");
        let (first, last) = (steps.first().map(|step| step.from), steps.last().map(|step| step.from));
        let peak = people.peak.map(|peak| (words.count(peak.people), format::hour(lang, peak.at, zone)));
        let since = |at: DateTime<Utc>| first.map_or(0, |first| (at - first).num_seconds());
        Self {
            field: format!("{line} {WIDTH},{HEIGHT}"),
            line,
            limits: limits(steps, &x, &y),
            peak_x: people.peak.map_or(0, |peak| (since(peak.at) * WIDTH / (600 * number)).clamp(0, WIDTH)),
            most: words.count(most),
            axis: [first, last].map(|at| at.map(|at| format::time(lang, at, zone)).unwrap_or_default()),
            told: peak.map_or_else(String::new, |(people, time)| {
                words.t("door-history-chart", &[("people", &people), ("time", &time)])
            }),
        }
    }
}

/// The limit's line, broken where there was none.
fn limits(steps: &[PeopleStep], x: &impl Fn(i64) -> i64, y: &impl Fn(i64) -> i64) -> Vec<String> {
    let (mut pieces, mut piece) = (Vec::new(), Vec::new());
    for (step, nth) in steps.iter().zip(0..) {
        match step.limit {
            Some(limit) => {
                let height = y(limit.into());
                piece.push(format!("{},{height} {},{height}", x(nth), x(nth + 1)));
            }
            None if piece.is_empty() => {}
            None => pieces.push(std::mem::take(&mut piece).join(" ")),
        }
    }
    if !piece.is_empty() {
        pieces.push(piece.join(" "));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;
    use crate::history::timeline::PeoplePeak;

    fn people(steps: &[(i64, Option<i32>)]) -> People {
        let at = |nth: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(10 * nth);
        let step = |((inside, limit), nth): (&(i64, Option<i32>), i64)| PeopleStep {
            from: at(nth),
            came: 1,
            left: 0,
            inside: *inside,
            most: *inside,
            limit: *limit,
        };
        People {
            event: Uuid::nil(),
            title: "Friday".into(),
            time_zone: "Europe/Madrid".into(),
            inside: 3,
            limit: None,
            peak: Some(PeoplePeak { at: at(1), people: 8 }),
            steps: steps.iter().zip(0..).map(step).collect(),
            log: Vec::new(),
            log_left_out: 0,
        }
    }

    #[test]
    fn the_line_stays_under_the_limit_and_the_limit_breaks_where_there_is_none() {
        let night = people(&[(4, Some(10)), (8, None), (5, Some(8)), (5, Some(8))]);
        let chart = Chart::of(&night, Language::En, Tz::UTC);
        assert_eq!(chart.line, "0,240 250,144 500,48 750,120 1000,120");
        assert_eq!(chart.limits, ["0,0 250,0", "500,48 750,48 750,48 1000,48"]);
        assert_eq!((chart.peak_x, chart.most.as_str()), (250, "10"));
    }
}
