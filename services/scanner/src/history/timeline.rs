//! From what changed to how many people were inside, ten minutes by ten minutes.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::store::people::{LimitRow, StepRow};

/// Seconds of a step.
const STEP: i64 = 600;

/// Ten minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeopleStep {
    /// When they began.
    pub from: DateTime<Utc>,
    /// People who came, counted by hand or by a scan.
    #[schema(example = 140)]
    pub came: i64,
    /// People who left, or whose coming was taken back.
    #[schema(example = 12)]
    pub left: i64,
    /// People inside at their end.
    #[schema(example = 312)]
    pub inside: i64,
    /// Most people at once.
    #[schema(example = 315)]
    pub most: i64,
    /// How many might be inside at their end; null: as many as came.
    #[schema(example = 400)]
    pub limit: Option<i32>,
}

/// When most people were inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeoplePeak {
    /// First at this instant.
    pub at: DateTime<Utc>,
    /// So many.
    #[schema(example = 398)]
    pub people: i64,
}

/// The beginning of the step in which an instant lies.
pub fn step(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp().div_euclid(STEP) * STEP, 0).unwrap_or(at)
}

/// Every step between two instants, and before and after them as far as something changed.
pub fn steps(
    rows: &[StepRow],
    limits: &[LimitRow],
    limit_now: Option<i32>,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Vec<PeopleStep> {
    let first = rows.first().map_or(step(from), |row| row.step.min(step(from)));
    let last = rows.last().map_or(step(until), |row| row.step.max(step(until)));
    let mut changed = rows.iter().peekable();
    let mut inside = 0;
    let starts = (0..).map(|nth| first + TimeDelta::seconds(STEP * nth)).take_while(|start| *start <= last);
    starts
        .map(|start| {
            let limit = limit_at(limits, limit_now, start + TimeDelta::seconds(STEP));
            match changed.next_if(|row| row.step == start) {
                Some(row) => {
                    let most = row.most.max(inside);
                    inside = row.inside;
                    PeopleStep { from: start, came: row.came, left: row.went, inside, most, limit }
                }
                None => PeopleStep { from: start, came: 0, left: 0, inside, most: inside, limit },
            }
        })
        .collect()
}

/// The limit just before an instant.
fn limit_at(limits: &[LimitRow], now: Option<i32>, at: DateTime<Utc>) -> Option<i32> {
    match (limits.iter().rev().find(|limit| limit.at < at), limits.first()) {
        (Some(set), _) => set.after,
        (None, Some(first)) => first.before,
        (None, None) => now,
    }
}

/// When most people were inside; none where nobody was.
pub fn peak(rows: &[StepRow]) -> Option<PeoplePeak> {
    let most = rows.iter().map(|row| row.most).max().filter(|most| *most > 0)?;
    rows.iter().find(|row| row.most == most).map(|row| PeoplePeak { at: row.most_at, people: row.most })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-11-20T{time}:00Z").parse().unwrap()
    }

    fn row(time: &str, came: i64, went: i64, inside: i64, most: i64) -> StepRow {
        StepRow { step: at(time), came, went, inside, most, most_at: at(time) + TimeDelta::minutes(3) }
    }

    #[test]
    fn what_did_not_change_stays_and_the_peak_is_the_first_of_the_highest() {
        let rows = [row("22:00", 5, 0, 5, 5), row("22:20", 4, 4, 5, 8), row("22:40", 3, 6, 2, 8)];
        let steps = steps(&rows, &[], Some(9), (at("22:00"), at("22:55")));
        let told: Vec<(i64, i64)> = steps.iter().map(|step| (step.inside, step.most)).collect();
        assert_eq!(told, [(5, 5), (5, 5), (5, 8), (5, 5), (2, 8), (2, 2)]);
        assert!(steps.iter().all(|step| step.limit == Some(9)));
        assert_eq!(peak(&rows), Some(PeoplePeak { at: at("22:23"), people: 8 }));
        assert_eq!(peak(&[]), None);
    }

    #[test]
    fn a_limit_stands_from_when_it_was_set() {
        let set = |time: &str, before, after| LimitRow { at: at(time), before, after };
        let limits = [set("22:15", None, Some(100)), set("22:31", Some(100), Some(80))];
        let steps = steps(&[], &limits, Some(80), (at("22:00"), at("22:30")));
        let told: Vec<Option<i32>> = steps.iter().map(|step| step.limit).collect();
        assert_eq!(told, [None, Some(100), Some(100), Some(80)]);
    }

    #[test]
    fn who_came_before_the_doors_is_seen() {
        let steps = steps(&[row("21:50", 1, 0, 1, 1)], &[], None, (at("22:00"), at("22:00")));
        assert_eq!(steps.iter().map(|step| step.from).collect::<Vec<_>>(), [at("21:50"), at("22:00")]);
    }
}
