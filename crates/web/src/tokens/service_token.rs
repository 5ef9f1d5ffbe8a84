//! Which service calls: a token of one minute that the caller signs with its own key.

use std::{collections::HashMap, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::StaffId;
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::{KeyList, Signer, TokenFault, Wanted, verify};

const KIND: &str = "maguey-service+jwt";
const LIFETIME: TimeDelta = TimeDelta::seconds(60);

/// What a service token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceClaims {
    /// The caller; must own the key that signed.
    pub iss: String,
    /// The service that is called.
    pub aud: String,
    /// The caller again: no service calls in another's name.
    pub sub: String,
    /// The member of staff who asked the caller for this, if somebody did: for the callee's audit log. It grants nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    /// Issued, in seconds since 1970.
    pub iat: i64,
    /// Over, in seconds since 1970.
    pub exp: i64,
    /// This token's own id.
    pub jti: Uuid,
}

/// Signs this service's calls to others.
#[derive(Clone)]
pub struct ServiceSigner {
    name: String,
    signer: Signer,
}

impl ServiceSigner {
    /// A signer for the service `name`, whose public key the others know under that name.
    pub fn new(name: &str, key: &SigningKey) -> Self {
        Self { name: name.to_owned(), signer: Signer::new(name, KIND, key) }
    }

    /// A token for one call to `audience`. Send it as `Authorization: Bearer`.
    pub fn token(&self, audience: &str, now: DateTime<Utc>) -> String {
        self.token_for(None, audience, now)
    }

    /// The same, for a call that a member of staff has asked for.
    pub fn token_for(&self, staff: Option<StaffId>, audience: &str, now: DateTime<Utc>) -> String {
        self.signer.sign(&ServiceClaims {
            iss: self.name.clone(),
            aud: audience.to_owned(),
            sub: self.name.clone(),
            staff,
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            jti: Uuid::now_v7(),
        })
    }
}

impl std::fmt::Debug for ServiceSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ServiceSigner({}, ***)", self.name)
    }
}

/// The public keys of the services, by name. Text form: `purchase:base64,scanner:base64`.
#[derive(Debug, Clone, Default)]
pub struct ServiceKeys(KeyList);

impl ServiceKeys {
    /// The keys of these services.
    pub fn of(keys: &HashMap<String, VerifyingKey>) -> Self {
        Self(KeyList::of(keys.iter().map(|(name, key)| (name.as_str(), *key))))
    }

    /// What the token says, if it is genuine, for this audience and not over. The caller is its `iss`.
    pub fn verify(
        &self,
        token: &str,
        audience: &str,
        now: DateTime<Utc>,
    ) -> Result<ServiceClaims, TokenFault> {
        let wanted = Wanted { kind: KIND, audience, issuer: None, now };
        let claims: ServiceClaims = verify(token, &self.0, &wanted)?;
        if claims.sub == claims.iss { Ok(claims) } else { Err(TokenFault::Invalid) }
    }
}

impl FromStr for ServiceKeys {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self)
    }
}
