//! The waiting room: when an on-sale is hotter than the service should take, guests get a place in line and are admitted in the
//! order in which they came, so many a second.
//!
//! A line is two numbers that only grow: the last place that was handed out, and the last that was admitted. What a guest may do
//! follows from a place and the two, so nobody who waits has to be remembered. An admitted place is good for a while
//! ([`Pace::turn`]); whoever has not come by then takes a new one. All replicas move one line, each by [`Line::step`] under the
//! row's lock: however many do, no more are admitted than the pace says. Whether the room opens and closes by itself, and how
//! fast its line moves, the club may say for each night ([`Rule`]).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Arrivals are counted over this long: a burst that is over before is none.
const WINDOW: TimeDelta = TimeDelta::seconds(5);
/// Time that nobody reckoned (a database that was away) admits at most this much at once, or one guest.
const CATCH_UP: TimeDelta = TimeDelta::seconds(5);
/// A room whose line was empty for this long closes.
const QUIET: TimeDelta = TimeDelta::seconds(60);
/// How exactly it is known when a place was admitted.
const MARK_EVERY: TimeDelta = TimeDelta::seconds(15);
/// In milliseconds.
const MINUTE: i64 = 60_000;

/// What the club allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// More arrivals at checkout per second than this open the room; 0: it never opens.
    pub opens_above: u32,
    /// Guests admitted per minute, at least 1.
    pub per_minute: u32,
    /// How long an admitted guest may buy.
    pub turn: TimeDelta,
}

/// Who says whether a night's room is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// It opens when too many arrive, and closes when nobody waits any more.
    #[default]
    Automatic,
    /// The club holds it open.
    Open,
    /// The club keeps it closed, however many arrive.
    Closed,
}

/// The text is not the code of a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a switch: automatic, open or closed")]
pub struct UnknownSwitch;

impl Switch {
    /// Every position.
    pub const ALL: [Self; 3] = [Self::Automatic, Self::Open, Self::Closed];

    /// Its name in SQL, JSON and forms.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

impl FromStr for Switch {
    type Err = UnknownSwitch;
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|switch| switch.code() == code).ok_or(UnknownSwitch)
    }
}

/// The fastest that a club may let guests in, per minute.
pub const FASTEST: u32 = 600_000;

/// What the club says for one night.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rule {
    /// Whether the room is open.
    pub switch: Switch,
    /// Guests admitted per minute; none: the usual number.
    pub per_minute: Option<u32>,
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
    pub fn step(&mut self, arrived: i64, pace: Pace, switch: Switch, now: DateTime<Utc>) -> Step {
        match (self.open_since, switch) {
            (None, Switch::Closed) => Step::default(),
            (None, Switch::Open) => {
                self.open(now);
                Step { opened: true, ..Step::default() }
            }
            (None, Switch::Automatic) => Step { opened: self.count(arrived, pace, now), ..Step::default() },
            (Some(_), Switch::Closed) => {
                self.close(now);
                Step { closed: true, ..Step::default() }
            }
            (Some(_), _) => self.move_on(pace, switch, now),
        }
    }

    fn move_on(&mut self, pace: Pace, switch: Switch, now: DateTime<Utc>) -> Step {
        let admitted = self.admit(pace, now);
        self.lapse(pace, now);
        if self.admitted < self.handed_out {
            self.empty_since = None;
        } else {
            self.empty_since = self.empty_since.or(Some(now));
        }
        let quiet = self.empty_since.is_some_and(|since| since + QUIET <= now);
        let closed = quiet && switch == Switch::Automatic;
        if closed {
            self.close(now);
        }
        Step { opened: false, closed, admitted }
    }

    /// Counts arrivals, and opens the room when there are too many.
    fn count(&mut self, arrived: i64, pace: Pace, now: DateTime<Utc>) -> bool {
        if self.counted_from + WINDOW <= now {
            (self.counted_from, self.arrivals) = (now, 0);
        }
        self.arrivals += arrived;
        if pace.opens_above == 0 || self.arrivals <= i64::from(pace.opens_above) * WINDOW.num_seconds() {
            return false;
        }
        self.open(now);
        true
    }

    /// Places of an earlier rush are worth nothing in the next.
    fn open(&mut self, now: DateTime<Utc>) {
        (self.admitted, self.lapsed) = (self.handed_out, self.handed_out);
        (self.open_since, self.empty_since, self.reckoned_at) = (Some(now), Some(now), now);
        self.marks = vec![Mark { at: now, admitted: self.admitted }];
    }

    /// Nobody waits any more, or all may come at once.
    fn close(&mut self, now: DateTime<Utc>) {
        self.open_since = None;
        (self.counted_from, self.arrivals) = (now, 0);
    }

    /// Admits as many as the time that went by allows. Time in which nobody waited is not saved up.
    fn admit(&mut self, pace: Pace, now: DateTime<Utc>) -> i64 {
        let rate = i64::from(pace.per_minute.max(1));
        let one = TimeDelta::milliseconds((MINUTE + rate - 1) / rate);
        let from = self.reckoned_at.max(now - CATCH_UP.max(one));
        let millis = (now - from).num_milliseconds().max(0);
        let (due, waiting) = (millis * rate / MINUTE, self.handed_out - self.admitted);
        if due >= waiting {
            self.admitted = self.handed_out;
            self.reckoned_at = self.reckoned_at.max(now);
            return waiting;
        }
        self.admitted += due;
        // What the admitted took, and no more: fractions of a guest are not lost between two steps.
        self.reckoned_at = from + TimeDelta::milliseconds((due * MINUTE + rate - 1) / rate);
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

    /// How many wait.
    pub const fn waiting(&self) -> i64 {
        self.handed_out - self.admitted
    }

    /// How many a minute were admitted in the last minute, or since the room is open.
    pub fn speed(&self, now: DateTime<Utc>) -> i64 {
        let lately = self.marks.iter().find(|mark| mark.at + TimeDelta::milliseconds(MINUTE) >= now);
        let Some(mark) = lately.filter(|_| self.open_since.is_some()) else { return 0 };
        let millis = (now - mark.at).max(MARK_EVERY).num_milliseconds();
        (self.admitted - mark.admitted) * MINUTE / millis
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
        let rate = i64::from(self.per_minute.max(1));
        ((before + 1) * 60 + rate - 1) / rate
    }

    /// The same where the club says something else for a night.
    pub fn under(self, rule: Rule) -> Self {
        Self { per_minute: rule.per_minute.unwrap_or(self.per_minute), ..self }
    }
}

#[cfg(test)]
mod tests;
