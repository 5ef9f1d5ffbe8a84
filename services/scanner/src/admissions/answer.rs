//! The answer to a scan: a function of the stored row, so that the same scan gets the same bytes as often as it asks.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    admission::{Decision, Direction, Reason},
    language::Language,
};
use serde::Serialize;
use ui::{Argument, format};
use utoipa::ToSchema;
use uuid::Uuid;

pub use super::facts::{Facts, FirstScanView, PartyView, ZoneCount};

/// The answer to a scan.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer {
    /// The scan, by which it can be spoken of.
    pub scan: Uuid,
    /// `entry` or `exit`.
    pub direction: &'static str,
    /// `admit` or `deny`.
    pub decision: &'static str,
    /// Why: one of a closed list.
    pub reason: &'static str,
    /// The same in a sentence for the doorman, in their language.
    pub sentence: String,
    /// What the doorman should look at, whatever the decision; null if nothing.
    pub attention: Option<String>,
    /// Whether the guest's identity document is to be looked at (`/api/v1/scans/{scan}/id-check`); absent where it is not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub asks_id: bool,
    /// The ticket, where the door knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketView>,
    /// The scan that used the ticket, where that is the reason; and where a supervisor lets somebody in, the scan of the guest who is
    /// inside with the same ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_scan: Option<FirstScanView>,
    /// When the ticket gives entry, where this is not the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryTimes>,
    /// The party with a table that the ticket is a pass of; absent where it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<PartyView>,
    /// The refusal that a supervisor let stand aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overridden: Option<String>,
    /// People inside after this scan.
    pub inside: i64,
    /// How many may be inside; null if there is no limit.
    pub limit: Option<i64>,
    /// The zone behind the gate, where it has a limit of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneCount>,
}

/// When a ticket gives entry.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntryTimes {
    /// From this instant on: the doors' beginning, or the ticket's own after it.
    pub from: DateTime<Utc>,
    /// Until this instant, and not in it: the doors' end, or the ticket's own cut-off before it.
    pub until: DateTime<Utc>,
}

/// A ticket as the doorman sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketView {
    /// Name of its type.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Name of its holder.
    pub holder: String,
    /// The holder's age in years on the night; absent where nobody asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<i32>,
}

/// What was asked and decided: a stored scan, short of its facts.
#[derive(Debug, Clone, Copy)]
pub struct Decided {
    /// The scan.
    pub scan: Uuid,
    /// Which way.
    pub direction: Direction,
    /// Why it was decided as it was.
    pub reason: Reason,
}

/// The answer for a scan and its facts.
pub fn answer(language: Language, decided: Decided, facts: Facts) -> Answer {
    let Decided { scan, direction, reason } = decided;
    let decision = if reason == Reason::Ok { Decision::Admit } else { Decision::Deny };
    Answer {
        scan,
        direction: direction.code(),
        decision: decision.code(),
        reason: reason.code(),
        sentence: sentence(language, decided, &facts),
        entry: matches!(reason, Reason::TooEarly | Reason::TooLate)
            .then(|| EntryTimes { from: facts.from(), until: facts.until() }),
        asks_id: facts.asks_id && reason == Reason::Ok && direction == Direction::Entry,
        attention: facts.attention,
        ticket: facts.type_name.zip(facts.holder).map(|(type_name, holder)| TicketView {
            type_name,
            holder,
            age: facts.age,
        }),
        first_scan: facts.first_scan,
        party: facts.party,
        overridden: facts.overridden,
        inside: facts.inside,
        limit: facts.limit,
        zone: facts.zone,
    }
}

/// `scanner-reason-<reason>` of the translations, with the facts it asks for. Times are the venue's.
fn sentence(language: Language, decided: Decided, facts: &Facts) -> String {
    let Decided { direction, reason, .. } = decided;
    let tz: Tz = facts.time_zone.parse().unwrap_or(chrono_tz::UTC);
    let time = |at: DateTime<Utc>| format::hour(language, at, tz);
    let key = format!("scanner-reason-{}", reason.code().replace('_', "-"));
    let say = |args: &[(&'static str, &dyn Argument)]| ui::text(language, &key, args);
    match reason {
        Reason::Ok => {
            let key = match (direction, &facts.overridden, &facts.first_scan) {
                (Direction::Exit, ..) => "scanner-reason-ok-exit",
                (Direction::Entry, Some(_), Some(first)) => {
                    let (at, gate) = (time(first.at), &first.gate_name);
                    return ui::text(
                        language,
                        "scanner-reason-ok-override-second",
                        &[("time", &at), ("gate", gate)],
                    );
                }
                (Direction::Entry, Some(_), None) => "scanner-reason-ok-override",
                (Direction::Entry, None, _) => "scanner-reason-ok",
            };
            ui::text(language, key, &[("type", facts.type_name.as_ref().unwrap_or(&String::new()))])
        }
        Reason::AlreadyInside | Reason::NoReentry => {
            let (at, gate) = facts
                .first_scan
                .as_ref()
                .map_or_else(Default::default, |first| (time(first.at), first.gate_name.clone()));
            say(&[("time", &at), ("gate", &gate)])
        }
        Reason::WrongEvent => match &facts.other_event {
            Some(event) => say(&[("event", event)]),
            None => ui::text(language, "scanner-reason-other-event", &[]),
        },
        Reason::WrongGate => match &facts.other_zone {
            Some(zone) => say(&[("zone", zone)]),
            None => ui::text(language, "scanner-reason-other-zone", &[]),
        },
        Reason::Full if facts.zone_full => {
            let zone = facts.zone.as_ref().map_or("", |zone| zone.name.as_str());
            ui::text(language, "scanner-reason-full-zone", &[("zone", &zone)])
        }
        Reason::TooEarly => match facts.own_from() {
            Some(from) => ui::text(language, "scanner-reason-too-early-for-this", &[("time", &time(from))]),
            None => say(&[("time", &time(facts.entry_from))]),
        },
        Reason::TooLate => match facts.cut_off() {
            Some(until) => ui::text(language, "scanner-reason-too-late-for-this", &[("time", &time(until))]),
            None => say(&[("time", &time(facts.entry_until))]),
        },
        _ => say(&[]),
    }
}

#[cfg(test)]
mod tests;
