//! The desk's charts: a row of bars over a time axis, with a scale that says how much the highest is.

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::language::Language;
use domain::night::BusinessNight;
use ui::{format, text};

/// A row of bars in a box of 48 units' height, 10 units apart, and what stands beside it.
pub(super) struct Chart {
    pub(super) bars: Vec<Bar>,
    pub(super) width: usize,
    /// All that was counted; empty where nothing was.
    pub(super) total: String,
    /// The scale: what the top line means.
    pub(super) most: String,
    /// The whole of it in a sentence, for those who do not see it.
    pub(super) told: String,
    /// Under the beginning, the middle and the end.
    pub(super) axis: [String; 3],
}

pub(super) struct Bar {
    pub(super) x: usize,
    pub(super) y: i64,
    pub(super) height: i64,
    /// When, and how many.
    pub(super) told: String,
}

impl Chart {
    /// Tickets sold per business night on the club's clock: what is sold after midnight still belongs to the evening.
    pub(super) fn of_nights(counts: &[i64], lang: Language, now: DateTime<Utc>, zone: Tz) -> Self {
        let tonight = BusinessNight::of(now, zone).date();
        let night = |back: usize| {
            let date = tonight.checked_sub_days(Days::new(back as u64)).unwrap_or(tonight);
            format::date_short(lang, BusinessNight::on(date).starts(zone), zone)
        };
        Self::of(counts, lang, night, "admin-figures-today")
    }

    /// Arrivals per quarter of an hour, on the club's clock.
    pub(super) fn of_quarters(counts: &[i64], lang: Language, now: DateTime<Utc>, zone: Tz) -> Self {
        let begin = |back: usize| format::time(lang, now - quarters(back + 1), zone);
        Self::of(counts, lang, begin, "admin-figures-now")
    }

    /// `when` names a bar by how far back it lies; the last is named by `last`.
    fn of(counts: &[i64], lang: Language, when: impl Fn(usize) -> String, last: &str) -> Self {
        let (length, total) = (counts.len(), counts.iter().sum());
        let most = counts.iter().copied().max().unwrap_or(0);
        let at = |place: usize| when(length.saturating_sub(place + 1));
        let bar = |(place, counted): (usize, &i64)| {
            // Nothing is a hairline, so that the row of days stays readable.
            let height = if *counted == 0 { 1 } else { (counted * 48 / most.max(1)).max(3) };
            let told = format!("{}: {}", at(place), count(lang, *counted));
            Bar { x: place * 10, y: 48 - height, height, told }
        };
        let highest = counts.iter().rposition(|each| *each == most).unwrap_or_default();
        let (total_text, most_text, at_most) = (count(lang, total), count(lang, most), at(highest));
        let told: [(&str, &dyn ui::Argument); 3] =
            [("total", &total_text), ("most", &most_text), ("when", &at_most)];
        Self {
            bars: counts.iter().enumerate().map(bar).collect(),
            width: length * 10,
            told: text(lang, "admin-figures-chart", &told),
            axis: [at(0), at(length / 2), text(lang, last, &[])],
            total: if total > 0 { total_text } else { String::new() },
            most: most_text,
        }
    }
}

fn quarters(back: usize) -> TimeDelta {
    TimeDelta::minutes(15 * i64::try_from(back).unwrap_or_default())
}

/// A number as people read it.
pub(super) fn count(lang: Language, number: i64) -> String {
    format::count(lang, number.max(0).unsigned_abs())
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Madrid;

    use super::*;

    fn noon() -> DateTime<Utc> {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_fortnight_names_its_first_day_its_middle_and_today() {
        let mut counts = [0; 14];
        (counts[6], counts[13]) = (1200, 30);
        let chart = Chart::of_nights(&counts, Language::En, noon(), Madrid);
        assert_eq!(chart.axis, ["Sat 7 Nov", "Sat 14 Nov", "today"]);
        assert_eq!((chart.total.as_str(), chart.most.as_str()), ("1,230", "1,200"));
        assert_eq!(chart.bars[6].told, "Fri 13 Nov: 1,200");
        assert_eq!((chart.bars[6].y, chart.bars[6].height), (0, 48));
        assert!(chart.bars[13].height < 5 && chart.bars[0].height == 1);
        assert!(chart.told.contains("Fri 13 Nov"), "{}", chart.told);
    }

    #[test]
    fn after_midnight_it_is_still_the_evening_before() {
        let late = "2026-11-21T01:30:00Z".parse().unwrap();
        let chart = Chart::of_nights(&[0, 3], Language::En, late, Madrid);
        assert_eq!(chart.bars[1].told, "Fri 20 Nov: 3");
    }

    #[test]
    fn six_hours_stand_on_the_clubs_clock() {
        let mut counts = [0; 24];
        counts[23] = 3;
        let chart = Chart::of_quarters(&counts, Language::Es, noon(), Madrid);
        assert_eq!(chart.axis, ["07:00", "10:00", "ahora"]);
        assert_eq!(chart.bars[23].told, "12:45: 3");
    }

    #[test]
    fn nothing_counted_is_said_and_not_drawn() {
        assert!(Chart::of_nights(&[0; 14], Language::En, noon(), Madrid).total.is_empty());
    }
}
