//! Which nights the demo club has, on which dates. Pure: the same day gives the same nights, so that a second run finds them.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::club::{self, Programme};

/// Where the club is.
pub(super) const ZONE: Tz = chrono_tz::Europe::Madrid;
/// How the address of the night that is open now begins.
pub(super) const TONIGHT: &str = "tonight-at-maguey";
/// For how long the night that is open now has been running when it is made.
pub(super) const ALREADY_RUNNING: TimeDelta = TimeDelta::hours(1);

const COMING: usize = 6;

/// A night as the seed wants it.
pub(super) struct Night {
    /// Its address; with the date in it, so that it is its own memory of having been made.
    pub(super) slug: String,
    /// Whether a guest is to buy all of it.
    pub(super) sells_out: bool,
    /// What the owner enters.
    pub(super) entered: Value,
}

/// The next six club nights after today's: Thursdays, Fridays, Saturdays. Of any six one is small (and sold out) and one begins past midnight.
pub(super) fn coming(now: DateTime<Utc>) -> Vec<Night> {
    let today = now.with_timezone(&ZONE).date_naive();
    today
        .iter_days()
        .skip(1)
        .filter_map(|date| Some((date, club::programme(date.weekday(), is_even_week(date))?)))
        .take(COMING)
        .map(night)
        .collect()
}

/// The night that is open, as if it had been made at `now`.
pub(super) fn tonight(now: DateTime<Utc>) -> Night {
    let starts = now - ALREADY_RUNNING;
    let slug = format!("{TONIGHT}-{}", starts.with_timezone(&ZONE).format("%Y-%m-%d-%H%M"));
    let programme = club::TONIGHT;
    let entered = entered(
        &programme,
        &slug,
        starts,
        starts + TimeDelta::hours(12),
        starts - TimeDelta::hours(1),
        starts + TimeDelta::hours(11),
    );
    Night { slug, sells_out: false, entered }
}

/// Weeks counted from a Monday long ago: unlike the year's weeks they never repeat a parity at New Year.
fn is_even_week(date: NaiveDate) -> bool {
    let monday = date - TimeDelta::days(i64::from(date.weekday().num_days_from_monday()));
    (monday.num_days_from_ce() / 7) % 2 == 0
}

fn night((date, programme): (NaiveDate, Programme)) -> Night {
    let (hour, next_day) = programme.doors;
    let day = if next_day { date + TimeDelta::days(1) } else { date };
    let starts = local(day, hour.0, hour.1);
    let slug = format!("{}-{date}", programme.slug);
    let ends = starts + TimeDelta::hours(6);
    let entered =
        entered(&programme, &slug, starts, ends, starts - TimeDelta::minutes(30), ends - TimeDelta::hours(1));
    Night { slug, sells_out: programme.sells_out, entered }
}

/// An instant of the club's clock; in the hour that the clock skips in spring, the one after it.
fn local(date: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    let naive = date.and_hms_opt(hour, minute, 0).unwrap_or_default();
    let found = ZONE
        .from_local_datetime(&naive)
        .earliest()
        .or_else(|| ZONE.from_local_datetime(&(naive + TimeDelta::hours(1))).earliest());
    found.map_or_else(|| naive.and_utc(), |instant| instant.with_timezone(&Utc))
}

fn entered(
    programme: &Programme,
    slug: &str,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    entry_from: DateTime<Utc>,
    entry_until: DateTime<Utc>,
) -> Value {
    let ticket_types: Vec<Value> = programme.types.iter().map(|each| each.entered(starts_at)).collect();
    let mut zones: Vec<&str> = programme.types.iter().map(|each| each.zone).collect();
    zones.sort_unstable();
    zones.dedup();
    let zones: Vec<Value> = zones.into_iter().map(|name| json!({"name": name})).collect();
    json!({
        "title": programme.title, "slug": slug, "description": programme.description, "starts_at": starts_at, "ends_at": ends_at,
        "entry_from": entry_from, "entry_until": entry_until, "venue": club::VENUE, "currency": "EUR",
        "fee": {"fixed_minor": 50, "basis_points": 250}, "zones": zones, "ticket_types": ticket_types,
        // Guests give back until the day before; the club keeps its fee.
        "terms": {"refunds": {"self_service_until": starts_at - TimeDelta::hours(24), "keeps_fees": true}},
    })
}

/// The days on which the club opens.
pub(super) fn is_open(day: Weekday) -> bool {
    matches!(day, Weekday::Thu | Weekday::Fri | Weekday::Sat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_day_six_nights_come_of_which_one_sells_out_and_one_begins_past_midnight() {
        let start = Utc.with_ymd_and_hms(2026, 1, 1, 11, 0, 0).unwrap();
        for day in 0..800 {
            let now = start + TimeDelta::days(day);
            let nights = coming(now);
            assert_eq!(nights.len(), 6, "{now}");
            assert_eq!(nights.iter().filter(|night| night.sells_out).count(), 1, "{now}");
            let past_midnight = nights
                .iter()
                .filter(|night| starts(night).with_timezone(&ZONE).format("%H").to_string() == "00");
            assert_eq!(past_midnight.count(), 1, "{now}");
            assert!(nights.iter().all(|night| starts(night) > now), "{now}");
        }
    }

    #[test]
    fn the_same_day_gives_the_same_addresses() {
        let morning = Utc.with_ymd_and_hms(2026, 11, 21, 8, 0, 0).unwrap();
        let slugs = |now| coming(now).into_iter().map(|night| night.slug).collect::<Vec<_>>();
        assert_eq!(slugs(morning), slugs(morning + TimeDelta::hours(10)));
    }

    #[test]
    fn the_open_night_made_again_from_its_own_start_is_the_same_night() {
        let now = Utc.with_ymd_and_hms(2026, 11, 21, 8, 12, 30).unwrap();
        let first = tonight(now);
        assert_eq!(first.slug, tonight(starts(&first) + ALREADY_RUNNING).slug);
    }

    fn starts(night: &Night) -> DateTime<Utc> {
        night.entered["starts_at"].as_str().unwrap().parse().unwrap()
    }
}
