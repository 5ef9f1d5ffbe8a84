//! The waiting room: when an on-sale is hotter than the service should take, guests get a place in line and are admitted in the
//! order in which they came, so many a second.
//!
//! A line is two numbers that only grow: the last place that was handed out, and the last that was admitted. What a guest may do
//! follows from a place and the two, so nobody who waits has to be remembered. An admitted place is good for a while
//! ([`Pace::turn`]); whoever has not come by then takes a new one. All replicas move one line, each by [`Line::step`] under the
//! row's lock: however many do, no more are admitted than the pace says.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Arrivals are counted over this long: a burst that is over before is none.
const WINDOW: TimeDelta = TimeDelta::seconds(5);
/// Time that nobody reckoned (a database that was away) admits at most this much at once.
const CATCH_UP: TimeDelta = TimeDelta::seconds(5);
/// A room whose line was empty for this long closes.
const QUIET: TimeDelta = TimeDelta::seconds(60);
/// How exactly it is known when a place was admitted.
const MARK_EVERY: TimeDelta = TimeDelta::seconds(15);

/// What the club allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// More arrivals at checkout per second than this open the room; 0: it never opens.
    pub opens_above: u32,
    /// Guests admitted per second, at least 1.
    pub admits: u32,
    /// How long an admitted guest may buy.
    pub turn: TimeDelta,
}

/// How far the line had come at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The last place that was admitted by then.
    pub admitted: i64,
}

/// A night's line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The last place that was handed out.
    pub handed_out: i64,
    /// The last place that may buy.
    pub admitted: i64,
    /// The last place whose turn is over.
    pub lapsed: i64,
    /// Up to when admitting is reckoned.
    pub reckoned_at: DateTime<Utc>,
    /// Since when the room is open.
    pub open_since: Option<DateTime<Utc>>,
    /// Since when nobody waits.
    pub empty_since: Option<DateTime<Utc>>,
    /// From when arrivals are counted.
    pub counted_from: DateTime<Utc>,
    /// Arrivals since then.
    pub arrivals: i64,
    /// How far the line had come, lately.
    pub marks: Vec<Mark>,
}

/// What a step changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Step {
    /// The room was opened.
    pub opened: bool,
    /// The room was closed.
    pub closed: bool,
    /// So many were admitted.
    pub admitted: i64,
}

/// How a place stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Its guest may buy.
    Admitted,
    /// So many are before it.
    Waits {
        /// Guests who are admitted earlier.
        before: i64,
    },
    /// Its turn is over.
    Over,
}

impl Line {
    /// A line in which nobody ever stood.
    pub const fn new(now: DateTime<Utc>) -> Self {
        Self {
            handed_out: 0,
            admitted: 0,
            lapsed: 0,
            reckoned_at: now,
            open_since: None,
            empty_since: None,
            counted_from: now,
            arrivals: 0,
            marks: Vec::new(),
        }
    }

    /// Brings the line to `now`, given who arrived at checkout since this replica last said so.
    pub fn step(&mut self, arrived: i64, pace: Pace, now: DateTime<Utc>) -> Step {
        if self.open_since.is_none() {
            return Step { opened: self.count(arrived, pace, now), ..Step::default() };
        }
        let admitted = self.admit(pace, now);
        self.lapse(pace, now);
        if self.admitted < self.handed_out {
            self.empty_since = None;
        } else {
            self.empty_since = self.empty_since.or(Some(now));
        }
        let closed = self.empty_since.is_some_and(|since| since + QUIET <= now);
        if closed {
            self.open_since = None;
            (self.counted_from, self.arrivals) = (now, 0);
        }
        Step { opened: false, closed, admitted }
    }

    /// Counts arrivals, and opens the room when there are too many. Places of an earlier rush are worth nothing in the next.
    fn count(&mut self, arrived: i64, pace: Pace, now: DateTime<Utc>) -> bool {
        if self.counted_from + WINDOW <= now {
            (self.counted_from, self.arrivals) = (now, 0);
        }
        self.arrivals += arrived;
        if pace.opens_above == 0 || self.arrivals <= i64::from(pace.opens_above) * WINDOW.num_seconds() {
            return false;
        }
        (self.admitted, self.lapsed) = (self.handed_out, self.handed_out);
        (self.open_since, self.empty_since, self.reckoned_at) = (Some(now), Some(now), now);
        self.marks = vec![Mark { at: now, admitted: self.admitted }];
        true
    }

    /// Admits as many as the time that went by allows. Time in which nobody waited is not saved up.
    fn admit(&mut self, pace: Pace, now: DateTime<Utc>) -> i64 {
        let from = self.reckoned_at.max(now - CATCH_UP);
        let millis = (now - from).num_milliseconds().max(0);
        let rate = i64::from(pace.admits.max(1));
        let (due, waiting) = (millis * rate / 1000, self.handed_out - self.admitted);
        if due >= waiting {
            self.admitted = self.handed_out;
            self.reckoned_at = self.reckoned_at.max(now);
            return waiting;
        }
        self.admitted += due;
        // What the admitted took, and no more: fractions of a guest are not lost between two steps.
        self.reckoned_at = from + TimeDelta::milliseconds((due * 1000 + rate - 1) / rate);
        due
    }

    fn lapse(&mut self, pace: Pace, now: DateTime<Utc>) {
        if self.marks.last().is_none_or(|last| last.at + MARK_EVERY <= now) {
            self.marks.push(Mark { at: now, admitted: self.admitted });
        }
        let over = self.marks.iter().take_while(|mark| mark.at + pace.turn <= now).count();
        if let Some(mark) = self.marks.drain(..over).next_back() {
            self.lapsed = self.lapsed.max(mark.admitted);
        }
    }

    /// How a place stands.
    pub const fn standing(&self, place: i64) -> Standing {
        if place <= self.lapsed {
            Standing::Over
        } else if place <= self.admitted {
            Standing::Admitted
        } else {
            Standing::Waits { before: place - self.admitted - 1 }
        }
    }
}

impl Pace {
    /// How long a place waits that has so many before it: in seconds, rather too long than too short.
    pub fn wait(self, before: i64) -> i64 {
        before / i64::from(self.admits.max(1)) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace { opens_above: 10, admits: 3, turn: TimeDelta::minutes(10) };

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
    }

    fn rush(waiting: i64) -> Line {
        let mut line = Line::new(at(0));
        assert!(line.step(51, PACE, at(0)).opened);
        line.handed_out += waiting;
        line
    }

    #[test]
    fn it_opens_when_more_come_than_the_club_allows_and_not_before() {
        let mut line = Line::new(at(0));
        assert!(!line.step(50, PACE, at(1)).opened, "five seconds' worth");
        assert!(!line.step(50, PACE, at(6)).opened, "the next five seconds");
        assert!(line.step(1, PACE, at(7)).opened);
        let never = Pace { opens_above: 0, ..PACE };
        assert!(!Line::new(at(0)).step(1_000_000, never, at(0)).opened);
    }

    #[test]
    fn it_admits_in_order_at_its_rate_however_often_it_is_asked() {
        let (mut rare, mut often) = (rush(100), rush(100));
        for second in 1..=10 {
            rare.step(0, PACE, at(second));
        }
        for tenth in 1..=100 {
            often.step(0, PACE, at(0) + TimeDelta::milliseconds(tenth * 100));
        }
        assert_eq!(rare.admitted, 30);
        assert!((28..=30).contains(&often.admitted), "{}", often.admitted);
        assert_eq!(rare.standing(30), Standing::Admitted);
        assert_eq!(rare.standing(31), Standing::Waits { before: 0 });
    }

    #[test]
    fn neither_quiet_time_nor_an_outage_is_saved_up() {
        let mut line = rush(0);
        line.step(0, PACE, at(30));
        line.handed_out = 100;
        line.step(0, PACE, at(31));
        assert_eq!(line.admitted, 3);
        line.step(0, PACE, at(3600));
        assert_eq!(line.admitted, 18, "five seconds' worth");
        line.step(0, PACE, at(3500));
        assert_eq!(line.admitted, 18, "a clock that goes backwards admits nobody");
    }

    #[test]
    fn a_turn_ends_and_so_does_a_quiet_room() {
        let mut line = rush(3);
        line.step(0, PACE, at(1));
        assert_eq!(line.standing(1), Standing::Admitted);
        line.handed_out = 10_000;
        for second in 2..700 {
            line.step(0, PACE, at(second));
        }
        assert_eq!(line.standing(1), Standing::Over);
        assert_eq!(line.standing(2000), Standing::Admitted);
        line.handed_out = line.admitted;
        assert!(!line.step(0, PACE, at(700)).closed);
        assert!(line.step(0, PACE, at(760)).closed);
        assert!(line.step(51, PACE, at(761)).opened);
        assert_eq!(line.standing(2000), Standing::Over, "a place of the last rush");
    }

    #[test]
    fn the_estimate_is_people_by_rate() {
        assert_eq!((PACE.wait(0), PACE.wait(2), PACE.wait(3), PACE.wait(299)), (1, 1, 2, 100));
    }
}
