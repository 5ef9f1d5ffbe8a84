//! A scan on its way into the database, and what comes back.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::facts::Facts;

/// One scan on its way into `record_scans`; the fields are those of the SQL type `scan_request`.
#[derive(Debug, Clone, Serialize)]
pub struct ScanRow {
    /// The scan.
    pub id: Uuid,
    /// Who asks, through however many sign-ins; with the nonce it makes the scan unique.
    pub device: Uuid,
    /// The session that asks.
    pub session: Uuid,
    /// Chosen by the device, once per scan.
    pub nonce: String,
    /// Digest of what was scanned where, `\x…`: a nonce must not be used for something else.
    pub content: String,
    /// The gate's event.
    pub event: Uuid,
    /// The gate.
    pub gate: Uuid,
    /// Its name.
    pub gate_name: String,
    /// The zone behind it.
    pub zone: Uuid,
    /// Who scanned.
    pub staff: Uuid,
    /// The language of the answer.
    pub language: &'static str,
    /// The ticket, if the code names one for this event.
    pub ticket: Option<Uuid>,
    /// The event the code names.
    pub code_event: Option<Uuid>,
    /// The reason, where the code alone decides.
    pub reason: Option<&'static str>,
    /// The reason for each state of the ticket, else.
    pub rules: Option<BTreeMap<String, &'static str>>,
    /// Instead of `ok`, where as many are inside as may be.
    pub reason_full: Option<&'static str>,
    /// Which way: `entry` or `exit`.
    pub direction: &'static str,
    /// Why a supervisor lets a refusal stand aside.
    pub override_note: Option<String>,
    /// Which refusals they may, then.
    pub overridable: Option<Vec<&'static str>>,
    /// Who they are for the audit log, then.
    pub actor: Option<String>,
    /// In which request, then.
    pub request_id: Option<String>,
    /// What the answer says of the event.
    pub facts: Facts,
    /// The device's clock.
    pub scanned_at: DateTime<Utc>,
    /// Ours.
    pub now: DateTime<Utc>,
    /// Whether the device's clock can't be right.
    pub time_suspect: bool,
    /// Id of the message that tells of this scan.
    pub message_id: Uuid,
    /// Its beginning as protobuf, `\x…`.
    pub payload: String,
    /// The trace it belongs to.
    pub traceparent: Option<String>,
}

/// What became of one scan.
#[derive(Debug, Clone, Deserialize)]
pub struct Recorded {
    /// The scan it answers.
    pub id: Uuid,
    /// The scan that is stored: another one, where the same was asked before.
    pub scan: Option<Uuid>,
    /// How it was answered.
    pub outcome: Outcome,
    /// The reason, where there is an answer.
    pub reason: Option<String>,
    /// Which way.
    pub direction: Option<String>,
    /// The language the first answer was given in.
    pub language: Option<String>,
    /// What the answer says.
    pub facts: Option<Facts>,
}

/// How a scan was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// New, and recorded.
    Recorded,
    /// The same was asked before: the stored answer.
    Repeated,
    /// The nonce was used for something else.
    Reused,
    /// The session has been ended.
    SessionEnded,
}
