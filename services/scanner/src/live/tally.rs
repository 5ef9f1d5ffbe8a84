//! The scans of a night, counted without reading all of them each time.
//!
//! Scans are written in the order of their time, within seconds. So what is older than some minutes is added up once and kept;
//! each reading asks for the minutes since and counts those anew. Should a replica's clock be so wrong that its scans come
//! behind that, the next beginning from scratch finds them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::admission::Reason;
use uuid::Uuid;

use super::store::Scans;

/// What is so old does not change any more; longer than the longest of the rates.
const SETTLES: TimeDelta = TimeDelta::minutes(6);
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
    floor(at, STEP)
}

fn floor(at: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(at.timestamp().div_euclid(seconds) * seconds, 0).unwrap_or(at)
}

/// A night's count so far.
#[derive(Debug)]
pub(super) struct Tally {
    /// Nobody came before: what a phone says of an earlier time is counted here.
    not_before: DateTime<Utc>,
    settled: Counts,
    settled_until: DateTime<Utc>,
}

impl Tally {
    /// Nothing counted yet of a night that begins about then.
    pub(super) fn new(begins: DateTime<Utc>) -> Self {
        // A door that is tried out the day before is counted as well.
        let settled_until = floor(begins - TimeDelta::days(2), 60);
        Self { not_before: begins - TimeDelta::hours(1), settled: Counts::default(), settled_until }
    }

    /// From when on scans have to be read.
    pub(super) fn since(&self) -> DateTime<Utc> {
        self.settled_until
    }

    /// The whole count, once the scans from [`Self::since`] on were read, and all that was undone.
    pub(super) fn take(&mut self, scans: &[Scans], undone: &[Scans], now: DateTime<Utc>) -> Counts {
        let settled_until = floor(now - SETTLES, 60).max(self.settled_until);
        let (old, fresh): (Vec<&Scans>, Vec<&Scans>) =
            scans.iter().partition(|scans| scans.minute < settled_until);
        for scans in old {
            self.settled.add(scans, self.not_before);
        }
        self.settled_until = settled_until;
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

    fn scans(minute: &str, reason: &str, number: i64) -> Scans {
        let (gate, direction) = (Uuid::nil(), "entry".to_owned());
        let (minute, made) = (at(minute), at(minute));
        Scans {
            gate,
            minute,
            made,
            direction,
            reason: reason.into(),
            scans: number,
            last_minute: 0,
            last_five: 0,
        }
    }

    #[test]
    fn what_is_old_is_counted_once_and_what_is_new_anew() {
        let mut tally = Tally::new(at("22:00:00"));
        let first = [scans("22:01:00", "ok", 3), scans("22:28:00", "ok", 2), scans("22:28:00", "forged", 1)];
        let counts = tally.take(&first, &[], at("22:30:10"));
        assert_eq!((counts.gates[&Uuid::nil()].admitted, counts.denials["forged"]), (5, 1));
        assert_eq!(tally.since(), at("22:24:00"));
        // What is read next begins there: the minute 22:28 comes again, with one more.
        let next = [scans("22:28:00", "ok", 3), scans("22:28:00", "forged", 1), scans("22:31:00", "ok", 1)];
        let counts = tally.take(&next, &[], at("22:31:20"));
        assert_eq!((counts.gates[&Uuid::nil()].admitted, counts.denials["forged"]), (7, 1));
        assert_eq!(counts.arrivals[&at("22:00:00")], 3);
        assert_eq!(counts.arrivals[&at("22:20:00")], 3);
        let later = tally.take(&next, &[], at("22:59:00"));
        assert_eq!(later, tally.take(&[], &[], at("22:59:01")), "all of it has settled");
        let undone = tally.take(&[], &[scans("22:28:00", "ok", 1)], at("22:59:02"));
        assert_eq!((undone.gates[&Uuid::nil()].admitted, undone.arrivals[&at("22:20:00")]), (6, 2));
    }

    #[test]
    fn an_arrival_counts_when_it_was_and_an_exit_is_none() {
        let mut tally = Tally::new(at("22:00:00"));
        let offline = Scans { made: at("22:05:00"), ..scans("23:00:00", "ok", 2) };
        let wrong = Scans { made: at("03:00:00"), ..scans("23:00:00", "ok", 1) };
        let out = Scans { direction: "exit".into(), ..scans("23:00:00", "ok", 4) };
        let counts = tally.take(&[offline, wrong, out], &[], at("23:00:30"));
        assert_eq!(counts.arrivals, BTreeMap::from([(at("21:00:00"), 1), (at("22:00:00"), 2)]));
        let gate = counts.gates[&Uuid::nil()];
        assert_eq!((gate.admitted, gate.left, gate.denied), (3, 4, 0));
    }
}
