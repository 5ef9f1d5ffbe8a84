//! The scans of a night, counted without reading all of them each time: what has settled is added up once and kept, what is
//! newer is read and counted anew. Should a scan ever come behind what has settled (a replica that was stopped for minutes in
//! the middle of one), the next beginning from scratch finds it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::admission::Reason;
use uuid::Uuid;

use super::store::Scans;

/// Arrivals are drawn in steps of so many seconds.
pub(super) const STEP: i64 = 600;

/// What has been counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) gates: BTreeMap<Uuid, AtGate>,
    /// By reason.
    pub(super) denials: BTreeMap<String, i64>,
    /// People let in, by the beginning of the step in which they came.
    pub(super) arrivals: BTreeMap<DateTime<Utc>, i64>,
}

/// What has been counted at one gate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct AtGate {
    pub(super) admitted: i64,
    pub(super) denied: i64,
    pub(super) left: i64,
    pub(super) last_minute: i64,
    pub(super) last_five: i64,
}

impl Counts {
    fn add(&mut self, scans: &Scans, not_before: DateTime<Utc>) {
        let at = self.gates.entry(scans.gate).or_default();
        at.last_minute += scans.last_minute;
        at.last_five += scans.last_five;
        if scans.reason != Reason::Ok.code() {
            at.denied += scans.scans;
            *self.denials.entry(scans.reason.clone()).or_default() += scans.scans;
        } else if scans.direction == "exit" {
            at.left += scans.scans;
        } else {
            at.admitted += scans.scans;
            *self.arrivals.entry(step(scans.made.max(not_before))).or_default() += scans.scans;
        }
    }

    /// Takes back what was undone: somebody who came in did not, somebody who left is still there.
    fn undo(&mut self, scans: &Scans, not_before: DateTime<Utc>) {
        let Some(at) = self.gates.get_mut(&scans.gate).filter(|_| scans.reason == Reason::Ok.code()) else {
            return;
        };
        if scans.direction == "exit" {
            at.left = (at.left - scans.scans).max(0);
        } else {
            at.admitted = (at.admitted - scans.scans).max(0);
            if let Some(came) = self.arrivals.get_mut(&step(scans.made.max(not_before))) {
                *came = (*came - scans.scans).max(0);
            }
        }
    }
}

/// The beginning of the step in which an instant lies.
pub(super) fn step(at: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp().div_euclid(STEP) * STEP, 0).unwrap_or(at)
}

/// A night's count so far.
#[derive(Debug)]
pub(super) struct Tally {
    /// Nobody came before: what a phone says of an earlier time is counted here.
    not_before: DateTime<Utc>,
    settled: Counts,
    settled_to: Option<Uuid>,
}

impl Tally {
    /// Nothing counted yet of a night whose doors open then.
    pub(super) fn new(entry_from: DateTime<Utc>) -> Self {
        let not_before = entry_from - TimeDelta::hours(1);
        Self { not_before, settled: Counts::default(), settled_to: None }
    }

    /// After which scan the others have to be read; `None` for all of them.
    pub(super) fn settled_to(&self) -> Option<Uuid> {
        self.settled_to
    }

    /// The whole count, once the scans after [`Self::settled_to`] were read, and all that was undone.
    pub(super) fn take(&mut self, scans: &[Scans], undone: &[Scans]) -> Counts {
        let (settled, fresh): (Vec<&Scans>, Vec<&Scans>) =
            scans.iter().partition(|scans| scans.settled_to.is_some());
        for scans in settled {
            self.settled.add(scans, self.not_before);
            self.settled_to = scans.settled_to;
        }
        // Rates are of this moment alone.
        for gate in self.settled.gates.values_mut() {
            (gate.last_minute, gate.last_five) = (0, 0);
        }
        let mut counts = self.settled.clone();
        for scans in fresh {
            counts.add(scans, self.not_before);
        }
        for scans in undone {
            counts.undo(scans, self.not_before);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-11-20T{time}Z").parse().unwrap()
    }

    fn scans(made: &str, reason: &str, number: i64) -> Scans {
        let (gate, direction, made) = (Uuid::nil(), "entry".to_owned(), at(made));
        let (last_minute, last_five) = (0, 0);
        Scans {
            gate,
            made,
            direction,
            reason: reason.into(),
            settled_to: None,
            scans: number,
            last_minute,
            last_five,
        }
    }

    #[test]
    fn what_has_settled_is_counted_once_and_what_is_new_anew() {
        let mut tally = Tally::new(at("22:00:00"));
        let last = Uuid::from_u128(7);
        let old = Scans { settled_to: Some(last), ..scans("22:01:00", "ok", 3) };
        let counts = tally.take(&[old, scans("22:28:00", "ok", 2), scans("22:28:00", "forged", 1)], &[]);
        assert_eq!((counts.gates[&Uuid::nil()].admitted, counts.denials["forged"]), (5, 1));
        assert_eq!(tally.settled_to(), Some(last));
        // The minute 22:28 comes again, with one more.
        let next = [scans("22:28:00", "ok", 3), scans("22:28:00", "forged", 1), scans("22:31:00", "ok", 1)];
        let counts = tally.take(&next, &[]);
        assert_eq!((counts.gates[&Uuid::nil()].admitted, counts.denials["forged"]), (7, 1));
        assert_eq!((counts.arrivals[&at("22:00:00")], counts.arrivals[&at("22:20:00")]), (3, 3));
        let undone = tally.take(&next, &[scans("22:28:00", "ok", 1)]);
        assert_eq!((undone.gates[&Uuid::nil()].admitted, undone.arrivals[&at("22:20:00")]), (6, 2));
    }

    #[test]
    fn an_arrival_counts_when_it_was_and_an_exit_is_none() {
        let mut tally = Tally::new(at("22:00:00"));
        let out = Scans { direction: "exit".into(), ..scans("23:00:00", "ok", 4) };
        let counts = tally.take(&[scans("22:05:00", "ok", 2), scans("03:00:00", "ok", 1), out], &[]);
        assert_eq!(counts.arrivals, BTreeMap::from([(at("21:00:00"), 1), (at("22:00:00"), 2)]));
        let gate = counts.gates[&Uuid::nil()];
        assert_eq!((gate.admitted, gate.left, gate.denied), (3, 4, 0));
    }
}
