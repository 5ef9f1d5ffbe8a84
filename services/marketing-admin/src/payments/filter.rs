//! Which movements are looked at.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use domain::clock::is_plausible;
use serde::Deserialize;
use uuid::Uuid;
use web::Fault;

use crate::exports::rows::Part;

/// Ways of paying that can be chosen.
pub(super) const METHODS: [&str; 4] = ["online", "cash_at_venue", "card_at_venue", "bank_transfer"];
/// States that can be chosen.
pub(super) const STATES: [&str; 5] = ["booked", "asked", "pending", "failed", "withdrawn"];

/// As the page's address says it.
#[derive(Debug, Default, Deserialize)]
pub struct FilterQuery {
    #[serde(default)]
    event: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    method: String,
    #[serde(default)]
    state: String,
    /// As of when, milliseconds: pages after the first one say it.
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    after: String,
    /// Of the file.
    #[serde(default)]
    pub(super) format: String,
    #[serde(default)]
    #[expect(dead_code, reason = "the language switch adds it to every address")]
    lang: String,
}

/// The same, with what can't be meant left out.
#[derive(Debug)]
pub(super) struct Filter {
    pub(super) event: Option<Uuid>,
    pub(super) from: Option<NaiveDate>,
    /// Included.
    pub(super) until: Option<NaiveDate>,
    pub(super) method: Option<&'static str>,
    pub(super) state: Option<&'static str>,
    pub(super) as_of: DateTime<Utc>,
    pub(super) after: Option<String>,
}

impl Filter {
    /// 422 `invalid_time_range` for a moment that cannot be one: it stands in addresses that we write, and all pages are to be of
    /// the same.
    pub(super) fn of(query: &FilterQuery, now: DateTime<Utc>) -> Result<Self, Fault> {
        let day = |text: &str| text.parse().ok().filter(|day: &NaiveDate| (2000..2199).contains(&day.year()));
        let as_of = match query.as_of.as_str() {
            "" => now,
            text => text
                .parse()
                .ok()
                .and_then(DateTime::from_timestamp_millis)
                .filter(|at| is_plausible(*at))
                .ok_or_else(|| Fault::invalid("invalid_time_range").field("as_of", "out_of_range"))?,
        };
        Ok(Self {
            event: query.event.parse().ok(),
            from: day(&query.from),
            until: day(&query.until),
            method: METHODS.into_iter().find(|method| *method == query.method),
            state: STATES.into_iter().find(|state| *state == query.state),
            // Pages that go on from another are of its moment, and nobody looks into the future.
            as_of: as_of.min(now),
            after: Some(query.after.clone()).filter(|after| !after.is_empty()),
        })
    }

    /// For purchase. Days are those of `zone`.
    pub(super) fn parts(&self, zone: Tz) -> Vec<Part> {
        let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        let mut parts = vec![("as_of", instant(self.as_of))];
        parts.extend(self.event.map(|event| ("event", event.to_string())));
        parts.extend(self.from.map(|day| ("from", instant(midnight(day, zone)))));
        let after = self.until.and_then(|day| day.checked_add_days(Days::new(1)));
        parts.extend(after.map(|day| ("until", instant(midnight(day, zone)))));
        parts.extend(self.method.map(|method| ("method", method.to_owned())));
        parts.extend(self.state.map(|state| ("state", state.to_owned())));
        parts
    }

    /// For an address of this page or its file. All of it is our own writing: nothing is to be escaped.
    pub(super) fn address(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(self.event.map(|event| format!("event={event}")));
        parts.extend(self.from.map(|day| format!("from={day}")));
        parts.extend(self.until.map(|day| format!("until={day}")));
        parts.extend(self.method.map(|method| format!("method={method}")));
        parts.extend(self.state.map(|state| format!("state={state}")));
        parts.join("&")
    }

    /// Whether anything is chosen.
    pub(super) fn chooses(&self) -> bool {
        !self.address().is_empty()
    }
}

/// When a day begins there; an hour later where the clocks leave that hour out.
fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let begin = day.and_time(NaiveTime::MIN);
    let first = zone.from_local_datetime(&begin).earliest();
    let first = first.or_else(|| zone.from_local_datetime(&(begin + TimeDelta::hours(1))).earliest());
    first.map_or_else(|| begin.and_utc(), |at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::{Filter, FilterQuery};
    use chrono::DateTime;
    use chrono_tz::Europe::Madrid;

    fn query(from: &str, until: &str, method: &str, state: &str) -> FilterQuery {
        FilterQuery {
            from: from.to_owned(),
            until: until.to_owned(),
            method: method.to_owned(),
            state: state.to_owned(),
            ..FilterQuery::default()
        }
    }

    #[test]
    fn days_are_the_venues_and_the_last_one_is_in() {
        let now = DateTime::from_timestamp(1_795_822_200, 0).expect("in range");
        let filter =
            Filter::of(&query("2026-11-20", "2026-11-27", "online", "booked"), now).expect("a filter");
        assert_eq!(
            filter.parts(Madrid),
            [
                ("as_of", "2026-11-27T23:30:00.000000Z".to_owned()),
                ("from", "2026-11-19T23:00:00.000000Z".to_owned()),
                ("until", "2026-11-27T23:00:00.000000Z".to_owned()),
                ("method", "online".to_owned()),
                ("state", "booked".to_owned()),
            ]
        );
        assert_eq!(filter.address(), "from=2026-11-20&until=2026-11-27&method=online&state=booked");
    }

    #[test]
    fn what_can_not_be_meant_is_left_out() {
        let now = DateTime::from_timestamp(1_795_822_200, 0).expect("in range");
        let filter = Filter::of(&query("9999-01-01", "yesterday", "gold", "'; --"), now).expect("a filter");
        assert!(!filter.chooses());
        assert_eq!(filter.parts(Madrid).len(), 1);
    }

    #[test]
    fn a_moment_that_cannot_be_one_is_a_bad_input() {
        let now = DateTime::from_timestamp(1_795_822_200, 0).expect("in range");
        let of =
            |as_of: &str| Filter::of(&FilterQuery { as_of: as_of.to_owned(), ..FilterQuery::default() }, now);
        let far = i64::MAX.to_string();
        for wrong in ["253402300800000", "-253402300800000", "-8334601228800000", far.as_str(), "1e9", "now"]
        {
            let fault = of(wrong).expect_err(wrong);
            assert_eq!((fault.status().as_u16(), fault.code()), (422, "invalid_time_range"), "{wrong}");
        }
        assert_eq!(of("").expect("left out").as_of, now);
        assert_eq!(of("1795822199000").expect("before").as_of.timestamp(), 1_795_822_199);
        assert_eq!(of("1795822201000").expect("after").as_of, now, "nobody looks into the future");
    }
}
