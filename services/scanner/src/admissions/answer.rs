//! The answer to a scan: a function of the stored row, so that the same scan gets the same bytes as often as it asks.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::{
    admission::{Decision, Reason},
    language::Language,
};
use serde::{Deserialize, Serialize};
use ui::{Argument, format};
use utoipa::ToSchema;
use uuid::Uuid;

/// What an answer says beyond its reason. Stored with the scan as `facts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// First instant of entry.
    pub entry_from: DateTime<Utc>,
    /// First instant without entry.
    pub entry_until: DateTime<Utc>,
    /// IANA name of the venue's zone.
    pub time_zone: String,
    /// The ticket's type, where the ticket is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub type_name: Option<String>,
    /// Its holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// What the doorman should look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attention: Option<String>,
    /// From when on the ticket gives no entry, where that is before the doors close.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admit_until: Option<DateTime<Utc>>,
    /// The event it is for, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_event: Option<String>,
    /// The zone it gives entry to, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_zone: Option<String>,
    /// The scan that used it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_scan: Option<FirstScanView>,
}

impl Facts {
    /// The ticket's own cut-off, where it comes before the doors' end.
    fn cut_off(&self) -> Option<DateTime<Utc>> {
        self.admit_until.filter(|until| *until < self.entry_until)
    }

    /// First instant without entry for this ticket.
    fn until(&self) -> DateTime<Utc> {
        self.cut_off().unwrap_or(self.entry_until)
    }
}

/// The answer to a scan.
#[derive(Debug, Serialize, ToSchema)]
pub struct Answer {
    /// `admit` or `deny`.
    pub decision: &'static str,
    /// Why: one of a closed list.
    pub reason: &'static str,
    /// The same in a sentence for the doorman, in their language.
    pub sentence: String,
    /// What the doorman should look at, whatever the decision; null if nothing.
    pub attention: Option<String>,
    /// The ticket, where the door knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketView>,
    /// The scan that used the ticket, where that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_scan: Option<FirstScanView>,
    /// When the ticket gives entry, where this is not the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryTimes>,
}

/// When a ticket gives entry.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EntryTimes {
    /// From this instant on.
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
}

/// The scan that used a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FirstScanView {
    /// When.
    pub at: DateTime<Utc>,
    /// At which gate.
    pub gate: Uuid,
    /// The gate's name.
    pub gate_name: String,
}

/// The answer for a reason and its facts.
pub fn answer(language: Language, reason: Reason, facts: Facts) -> Answer {
    let decision = if reason == Reason::Ok { Decision::Admit } else { Decision::Deny };
    Answer {
        decision: decision.code(),
        reason: reason.code(),
        sentence: sentence(language, reason, &facts),
        entry: matches!(reason, Reason::TooEarly | Reason::TooLate)
            .then(|| EntryTimes { from: facts.entry_from, until: facts.until() }),
        attention: facts.attention,
        ticket: facts.type_name.zip(facts.holder).map(|(type_name, holder)| TicketView { type_name, holder }),
        first_scan: facts.first_scan.filter(|_| reason == Reason::AlreadyInside),
    }
}

/// `scanner-reason-<reason>` of the translations, with the facts it asks for. Times are the venue's.
fn sentence(language: Language, reason: Reason, facts: &Facts) -> String {
    let tz: Tz = facts.time_zone.parse().unwrap_or(chrono_tz::UTC);
    let time = |at: DateTime<Utc>| format::hour(language, at, tz);
    let key = format!("scanner-reason-{}", reason.code().replace('_', "-"));
    let say = |args: &[(&'static str, &dyn Argument)]| ui::text(language, &key, args);
    match reason {
        Reason::Ok => say(&[("type", facts.type_name.as_ref().unwrap_or(&String::new()))]),
        Reason::AlreadyInside => {
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
        Reason::TooEarly => say(&[("time", &time(facts.entry_from))]),
        Reason::TooLate => match facts.cut_off() {
            Some(until) => ui::text(language, "scanner-reason-too-late-for-this", &[("time", &time(until))]),
            None => say(&[("time", &time(facts.entry_until))]),
        },
        _ => say(&[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_sentence_and_a_title_in_both_languages() {
        for language in Language::ALL {
            for reason in Reason::ALL.iter().copied() {
                let type_name = Some("Standing".to_owned());
                let said = answer(language, reason, Facts { type_name, ..Facts::default() }).sentence;
                assert!(!said.is_empty() && !said.starts_with("scanner-"), "{} {said}", language.code());
                let title = format!("scanner-title-{}", reason.code().replace('_', "-"));
                assert!(ui::try_text(language, &title, &[]).is_some(), "{} {title}", language.code());
            }
        }
    }

    #[test]
    fn the_times_are_the_venues() {
        let at = "2026-11-20T22:58:00Z".parse().unwrap();
        let first_scan = FirstScanView { at, gate: Uuid::nil(), gate_name: "Main door".into() };
        let facts =
            Facts { time_zone: "Europe/Madrid".into(), first_scan: Some(first_scan), ..Facts::default() };
        let said = answer(Language::En, Reason::AlreadyInside, facts).sentence;
        assert!(said.contains("23:58") && said.contains("Main door"), "{said}");
        let past_one = "2026-11-21T00:20:00Z".parse().unwrap();
        let facts = Facts { time_zone: "Europe/Madrid".into(), entry_until: past_one, ..Facts::default() };
        let said = answer(Language::Es, Reason::TooLate, facts).sentence;
        assert!(said.contains("a la 01:20."), "{said}");
    }

    #[test]
    fn a_ticket_s_own_cut_off_is_told_before_the_doors() {
        let at = |hour: &str| format!("2026-11-20T{hour}:30:00Z").parse::<DateTime<Utc>>().unwrap();
        let facts = Facts {
            time_zone: "Europe/Madrid".into(),
            entry_from: at("20"),
            entry_until: at("23"),
            admit_until: Some(at("22")),
            ..Facts::default()
        };
        let late = answer(Language::En, Reason::TooLate, facts.clone());
        assert_eq!(late.sentence, "This ticket let in until 23:30 only.");
        assert_eq!(late.entry, Some(EntryTimes { from: at("20"), until: at("22") }));
        assert!(answer(Language::En, Reason::Ok, facts.clone()).entry.is_none());
        let beyond = Facts { admit_until: Some(at("23")), ..facts };
        assert_eq!(answer(Language::En, Reason::TooLate, beyond).sentence, "Entry ended at 00:30.");
    }
}
