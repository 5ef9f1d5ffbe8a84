//! Sessions that another service has opened for its staff, and which of them ended before their time.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Credentials, and the service the session is for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionWanted {
    /// Address of the account.
    pub email: String,
    /// Its password.
    pub password: String,
    /// The code of its second factor, where it has one.
    #[serde(default)]
    pub code: Option<String>,
    /// Whether the phone is one that a supervisor has enrolled, which is a second factor by itself; the caller answers for it.
    #[serde(default)]
    pub device: bool,
    /// Must be the caller itself.
    pub audience: String,
    /// The network address of who signs in, as the caller's gateway saw it.
    #[serde(default)]
    pub address: Option<String>,
}

/// A session that ended before its time.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct EndedSession {
    /// The session.
    #[diesel(sql_type = SqlUuid)]
    pub session: Uuid,
    /// When it was ended.
    #[diesel(sql_type = Timestamptz)]
    pub ended_at: DateTime<Utc>,
    /// When its token would have died by itself.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
}
