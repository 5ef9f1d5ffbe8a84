//! Who somebody is at a provider, and what they granted.

use serde::{Deserialize, Serialize};

/// Somebody with an account at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The provider's key for them.
    pub sub: String,
    /// Empty: they have none, or do not show it.
    #[serde(default)]
    pub email: String,
    /// Whether the provider has proven the address.
    #[serde(default)]
    pub verified: bool,
    /// As they call themselves.
    #[serde(default)]
    pub name: String,
    /// They press *Cancel*.
    #[serde(default)]
    pub denies: bool,
}

/// A code that was given out, and what it is for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grant {
    /// Whose code.
    pub flavour: String,
    /// For whom.
    pub client_id: String,
    /// Must be named again.
    pub redirect_uri: String,
    /// Comes back in the ID token.
    pub nonce: String,
    /// SHA-256 of what the client will show (PKCE); empty: it did not ask for that.
    pub challenge: String,
    /// Who granted it.
    pub person: Person,
    /// Unix seconds.
    pub made_at: i64,
    /// Codes are good once.
    pub used: bool,
}

/// How long a code is good.
pub const LIVES: i64 = 600;
