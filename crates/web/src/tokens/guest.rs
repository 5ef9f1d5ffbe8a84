//! Which guest is signed in: a token that marketing-admin signs, and the club's site and the ticket site verify alone. It lives for
//! minutes; what lives longer is the refresh token, which only marketing-admin sees.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use actix_web::cookie::{Cookie, SameSite, time::Duration as CookieDuration};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ids::{AccountId, GuestSessionId},
    language::Language,
};
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::keys::{KeyList, Signer, TokenFault, Wanted, verify};

/// The cookie that carries the token, over the club's domain and its subdomains; over TLS (or localhost), unreadable for scripts.
/// `__Host-` would bind it to one of the two sites.
pub const COOKIE: &str = "__Secure-maguey_guest";

/// How long a token is good: so long somebody whose session was ended may still be believed where marketing-admin is not heard.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// How long having proved afresh who one is counts, for changes of sign-in methods and address, and for data that leave.
pub const FRESH: TimeDelta = TimeDelta::minutes(10);

const KIND: &str = "maguey-guest+jwt";
const ISSUER: &str = "maguey";
const AUDIENCE: &str = "guests";

/// What a guest's token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestClaims {
    /// Always `maguey`.
    pub iss: String,
    /// `guests`: the sites that guests use.
    pub aud: String,
    /// Whose account.
    pub sub: AccountId,
    /// The session, so that it can be ended before it expires.
    pub sid: GuestSessionId,
    /// Issued, in seconds since 1970.
    pub iat: i64,
    /// Over, in seconds since 1970.
    pub exp: i64,
    /// The name to show; may be empty.
    pub name: String,
    /// The proven address, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Code of the language they read.
    pub language: String,
    /// When they last proved who they are, in seconds since 1970.
    pub proved_at: i64,
    /// What the session's forms carry. Only its own browser has it, and no script there can read it.
    pub csrf: String,
}

/// Whose token is made, of which session.
#[derive(Debug, Clone)]
pub struct GuestSession {
    /// The account.
    pub account: AccountId,
    /// The session.
    pub session: GuestSessionId,
    /// The name to show.
    pub name: String,
    /// The proven address.
    pub email: Option<String>,
    /// The language they read.
    pub language: Language,
    /// When they last proved who they are.
    pub proved_at: DateTime<Utc>,
    /// What the session's forms carry.
    pub csrf: String,
}

impl GuestClaims {
    /// Claims that are good from now on, for [`LIFETIME`].
    pub fn new(of: GuestSession, now: DateTime<Utc>) -> Self {
        Self {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: of.account,
            sid: of.session,
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            name: of.name,
            email: of.email,
            language: of.language.code().to_owned(),
            proved_at: of.proved_at.timestamp(),
            csrf: of.csrf,
        }
    }

    /// Whether they proved who they are lately ([`FRESH`]).
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        now.timestamp() - self.proved_at < FRESH.num_seconds()
    }
}

/// Signs guests' tokens. Only marketing-admin has one.
#[derive(Clone)]
pub struct GuestSigner(Signer);

impl GuestSigner {
    /// A signer with a key whose public half the sites know as `kid`.
    pub fn new(kid: &str, key: &SigningKey) -> Self {
        Self(Signer::new(kid, KIND, key))
    }

    /// The token for these claims.
    pub fn sign(&self, claims: &GuestClaims) -> String {
        self.0.sign(claims)
    }
}

impl fmt::Debug for GuestSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GuestSigner(***)")
    }
}

/// The public keys whose tokens are believed. They change while the service runs; clones share them.
#[derive(Debug, Clone, Default)]
pub struct GuestKeys(Arc<RwLock<Arc<KeyList>>>);

impl GuestKeys {
    /// From now on these keys are believed, and no others.
    pub fn replace(&self, keys: impl IntoIterator<Item = (String, VerifyingKey)>) {
        let keys: Vec<_> = keys.into_iter().collect();
        let list = KeyList::of(keys.iter().map(|(kid, key)| (kid.as_str(), *key)));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(list);
    }

    /// Whether nothing is believed yet.
    pub fn is_empty(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// The claims, if the token is genuine and not over.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<GuestClaims, TokenFault> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        verify(token, &keys, &Wanted { kind: KIND, audience: AUDIENCE, issuer: Some(ISSUER), now })
    }
}

/// The cookie that signs in, on `domain` and below. It outlives the token: an expired one says that there is a session to refresh.
pub fn cookie(token: String, domain: &str, life: TimeDelta) -> Cookie<'static> {
    bake(token, domain, CookieDuration::seconds(life.num_seconds()))
}

/// The cookie that signs out.
pub fn removal_cookie(domain: &str) -> Cookie<'static> {
    bake(String::new(), domain, CookieDuration::ZERO)
}

fn bake(token: String, domain: &str, life: CookieDuration) -> Cookie<'static> {
    Cookie::build(COOKIE, token)
        .domain(domain.to_owned())
        .path("/")
        .secure(true)
        .http_only(true)
        // Lax: a link in an email arrives signed in; a foreign form does not.
        .same_site(SameSite::Lax)
        .max_age(life)
        .finish()
}
