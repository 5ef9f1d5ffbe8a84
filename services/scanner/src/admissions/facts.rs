//! What an answer says beyond its reason.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
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
    /// Its holder's age in years on the night, where the night asks for the date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<i32>,
    /// From when on the ticket gives entry, where that is after the doors open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admit_from: Option<DateTime<Utc>>,
    /// From when on the ticket gives no first entry, where that is before the doors close.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admit_until: Option<DateTime<Utc>>,
    /// Whether its guest's identity document is looked at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_id: bool,
    /// The event it is for, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_event: Option<String>,
    /// The zone it gives entry to, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_zone: Option<String>,
    /// The scan that used it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_scan: Option<FirstScanView>,
    /// The refusal that a supervisor let stand aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<String>,
    /// People inside once this scan was counted.
    #[serde(default)]
    pub inside: i64,
    /// How many may be inside; `None`: as many as come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The zone behind the gate, where it has a limit of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneCount>,
    /// The party with a table that the ticket is a pass of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<PartyView>,
    /// Whether it is the zone that is full, and not the house.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub zone_full: bool,
}

/// How full a zone with a limit was, once a scan was counted and those that came with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ZoneCount {
    /// Its name.
    #[schema(example = "VIP deck")]
    pub name: String,
    /// People in it.
    #[schema(example = 38)]
    pub inside: i64,
    /// How many may be.
    #[schema(example = 40)]
    pub limit: i64,
}

/// The party whose pass was scanned, and how it stood once the scan was counted and those that came with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartyView {
    /// Its reservation.
    pub reservation: Uuid,
    /// Its table, or several that stand together.
    #[schema(example = json!(["12"]))]
    pub tables: Vec<String>,
    /// Who reserved; empty where they asked to be forgotten.
    #[schema(example = "Ana")]
    pub booker: String,
    /// People of it who are inside.
    #[schema(example = 3)]
    pub inside: i64,
    /// How many it is.
    #[schema(example = 8)]
    pub of: i64,
    /// Who looks after it; may be empty.
    #[schema(example = "Eva")]
    pub host: String,
    /// When it was to arrive.
    pub arrives_at: DateTime<Utc>,
}

/// How old somebody is at an instant, by the calendar of a place.
pub(crate) fn age(born: NaiveDate, at: DateTime<Utc>, tz: Tz) -> Option<i32> {
    let years = at.with_timezone(&tz).date_naive().years_since(born)?;
    i32::try_from(years).ok()
}

impl Facts {
    /// The ticket's own cut-off, where it comes before the doors' end.
    pub(super) fn cut_off(&self) -> Option<DateTime<Utc>> {
        self.admit_until.filter(|until| *until < self.entry_until)
    }

    /// The ticket's own first moment, where it comes after the doors' beginning.
    pub(super) fn own_from(&self) -> Option<DateTime<Utc>> {
        self.admit_from.filter(|from| *from > self.entry_from)
    }

    /// First instant of entry for this ticket.
    pub(super) fn from(&self) -> DateTime<Utc> {
        self.own_from().unwrap_or(self.entry_from)
    }

    /// First instant without entry for this ticket.
    pub(super) fn until(&self) -> DateTime<Utc> {
        self.cut_off().unwrap_or(self.entry_until)
    }
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
