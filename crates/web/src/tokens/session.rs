//! Who of the staff is signed in: a token that marketing-admin signs and every service verifies alone.

use std::str::FromStr;

use actix_web::cookie::{Cookie, SameSite, time::Duration as CookieDuration};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ids::{SessionId, StaffId},
    permission::{Grants, Role},
};
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::keys::{KeyList, Signer, TokenFault, Wanted, verify};

/// The cookie that carries the token: this host only, over TLS (or localhost), unreadable for scripts.
pub const COOKIE: &str = "__Host-maguey_staff";

const KIND: &str = "maguey-session+jwt";
const ISSUER: &str = "maguey";

/// How long a session lives: one night and its morning.
pub const LIFETIME: TimeDelta = TimeDelta::hours(12);

/// How long a second factor counts as just given, for what must be proved afresh: the middle of what OWASP's session
/// cheat-sheet gives a thing of high value (2 to 5 minutes idle) and the time a refund takes to enter.
pub const FRESH: TimeDelta = TimeDelta::minutes(5);

/// What a session token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Always `maguey`.
    pub iss: String,
    /// The service this session is for.
    pub aud: String,
    /// Who.
    pub sub: StaffId,
    /// Issued, in seconds since 1970.
    pub iat: i64,
    /// Over, in seconds since 1970.
    pub exp: i64,
    /// The session, so that it can be ended before it expires.
    pub sid: SessionId,
    /// The name to show.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// What they may do, and on which nights.
    #[serde(flatten)]
    pub grants: Grants,
    /// When they last proved who they are with a second factor, in seconds since 1970; 0: never in this session.
    #[serde(default)]
    pub proved_at: i64,
}

impl Claims {
    /// Claims of a session that starts now and lives [`LIFETIME`].
    pub fn new(audience: &str, staff: StaffId, session: SessionId, now: DateTime<Utc>) -> Self {
        Self {
            iss: ISSUER.to_owned(),
            aud: audience.to_owned(),
            sub: staff,
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            sid: session,
            name: String::new(),
            email: String::new(),
            grants: Grants::from(Role::DoorStaff),
            proved_at: 0,
        }
    }

    /// Says who it is and what they may do.
    pub fn person(mut self, name: &str, email: &str, grants: impl Into<Grants>) -> Self {
        self.name = name.to_owned();
        self.email = email.to_owned();
        self.grants = grants.into();
        self
    }

    /// Says when they proved who they are with a second factor.
    pub fn proved(mut self, at: DateTime<Utc>) -> Self {
        self.proved_at = at.timestamp();
        self
    }

    /// Whether they proved it lately enough for what is asked to be proved afresh ([`FRESH`]).
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        self.proved_at > 0 && now.timestamp() - self.proved_at < FRESH.num_seconds()
    }

    /// When the session is over.
    pub fn expires_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.exp, 0).unwrap_or(DateTime::UNIX_EPOCH)
    }
}

/// Signs session tokens. Only marketing-admin has one.
#[derive(Clone)]
pub struct SessionSigner(Signer);

impl SessionSigner {
    /// A signer with a key whose public half the services know as `kid`.
    pub fn new(kid: &str, key: &SigningKey) -> Self {
        Self(Signer::new(kid, KIND, key))
    }

    /// The token for these claims.
    pub fn sign(&self, claims: &Claims) -> String {
        self.0.sign(claims)
    }
}

impl std::fmt::Debug for SessionSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionSigner(***)")
    }
}

/// The public keys whose sessions are believed. Text form: `kid:base64,kid:base64`.
#[derive(Debug, Clone, Default)]
pub struct SessionKeys(KeyList);

impl SessionKeys {
    /// A list of one key.
    pub fn one(kid: &str, key: VerifyingKey) -> Self {
        Self(KeyList::of([(kid, key)]))
    }

    /// The claims, if the token is genuine, for this audience and not over.
    pub fn verify(&self, token: &str, audience: &str, now: DateTime<Utc>) -> Result<Claims, TokenFault> {
        verify(token, &self.0, &Wanted { kind: KIND, audience, issuer: Some(ISSUER), now })
    }
}

impl FromStr for SessionKeys {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self)
    }
}

/// The cookie that signs in: as long as the token is good.
pub fn cookie(token: String, claims: &Claims) -> Cookie<'static> {
    bake(token, CookieDuration::seconds(claims.exp - claims.iat))
}

/// The cookie that signs out.
pub fn removal_cookie() -> Cookie<'static> {
    bake(String::new(), CookieDuration::ZERO)
}

fn bake(token: String, life: CookieDuration) -> Cookie<'static> {
    Cookie::build(COOKIE, token)
        .path("/")
        .secure(true)
        .http_only(true)
        // Lax: a link in an email to /admin arrives signed in; a foreign form does not.
        .same_site(SameSite::Lax)
        .max_age(life)
        .finish()
}
