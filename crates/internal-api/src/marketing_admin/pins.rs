//! PINs of the staff, for the phones of the door.

use diesel::sql_types::{Text, Uuid as SqlUuid};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A PIN to set, and the password that proves whose it is.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinWanted {
    /// Four to eight digits.
    pub pin: String,
    /// The account's password.
    pub password: String,
    /// The network address of who asks, as the caller's gateway saw it.
    #[serde(default)]
    pub address: Option<String>,
}

/// Somebody who signs in with a PIN on an enrolled phone. That it is enrolled, the caller answers for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinSession {
    /// Whose PIN it is.
    pub staff: Uuid,
    /// The digits.
    pub pin: String,
    /// Must be the caller itself.
    pub audience: String,
    /// The enrolled phone: wrong tries are counted by it.
    pub device: Uuid,
    /// The network address of who signs in.
    #[serde(default)]
    pub address: Option<String>,
}

/// Somebody who has a PIN.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct PinHolder {
    /// Key of the account.
    #[diesel(sql_type = SqlUuid)]
    pub staff: Uuid,
    /// Their name.
    #[diesel(sql_type = Text)]
    pub name: String,
}
