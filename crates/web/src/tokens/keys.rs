//! What both kinds of token share: the list of public keys and the checks.

use std::{collections::HashMap, fmt, str::FromStr, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use ed25519_dalek::{SigningKey, VerifyingKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::fault::Fault;

/// How far two machines' clocks may be apart.
const SKEW_SECONDS: i64 = 30;

/// Longer texts are no tokens of ours, and are not worth decoding.
const LONGEST_TOKEN: usize = 4096;

/// Why a token was not accepted. Says no more to the caller than `code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// It was good once, or will be.
    #[error("the token has expired")]
    Expired,
    /// It was never good here.
    #[error("the token is not valid")]
    Invalid,
}

impl TokenFault {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "token_expired",
            Self::Invalid => "token_invalid",
        }
    }
}

impl From<TokenFault> for Fault {
    fn from(fault: TokenFault) -> Self {
        Self::new(actix_web::http::StatusCode::UNAUTHORIZED, fault.code())
    }
}

/// Reads a private key: the base64 of an Ed25519 seed of 32 bytes.
pub fn signing_key(seed: &str) -> Result<SigningKey, String> {
    let bytes = STANDARD.decode(seed.trim()).map_err(|_| "is not base64".to_owned())?;
    let seed: [u8; 32] = bytes.try_into().map_err(|_| "is not an Ed25519 seed of 32 bytes".to_owned())?;
    Ok(SigningKey::from_bytes(&seed))
}

/// Public keys by key id: the only keys that are ever believed. Text form: `kid:base64,kid:base64`.
///
/// A key id may come twice, so that a key can be replaced without a gap.
#[derive(Clone, Default)]
pub(crate) struct KeyList(Arc<HashMap<String, Vec<DecodingKey>>>);

impl KeyList {
    pub(crate) fn of<'a>(keys: impl IntoIterator<Item = (&'a str, VerifyingKey)>) -> Self {
        let mut list: HashMap<String, Vec<DecodingKey>> = HashMap::new();
        for (kid, key) in keys {
            list.entry(kid.to_owned()).or_default().push(DecodingKey::from_ed_der(key.as_bytes()));
        }
        Self(Arc::new(list))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for KeyList {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut keys = Vec::new();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (kid, key) = entry.split_once(':').ok_or("is not a list of kid:base64")?;
            let bytes = STANDARD.decode(key).map_err(|_| format!("the key of {kid} is not base64"))?;
            let bytes = bytes.try_into().map_err(|_| format!("the key of {kid} is not 32 bytes"))?;
            let key = VerifyingKey::from_bytes(&bytes)
                .map_err(|_| format!("the key of {kid} is not an Ed25519 key"))?;
            keys.push((kid, key));
        }
        if keys.is_empty() { Err("names no key".to_owned()) } else { Ok(Self::of(keys)) }
    }
}

impl fmt::Debug for KeyList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What is wanted of a token before it is believed.
pub(crate) struct Wanted<'a> {
    pub(crate) kind: &'static str,
    pub(crate) audience: &'a str,
    /// None: the issuer must be the one that owns the key id.
    pub(crate) issuer: Option<&'a str>,
    pub(crate) now: DateTime<Utc>,
}

/// The times of a token; the rest is the token kind's own.
#[derive(Debug, Deserialize)]
struct Times {
    exp: i64,
    nbf: Option<i64>,
}

/// Checks everything and returns the claims.
pub(crate) fn verify<C: DeserializeOwned>(
    token: &str,
    keys: &KeyList,
    wanted: &Wanted<'_>,
) -> Result<C, TokenFault> {
    if token.len() > LONGEST_TOKEN {
        return Err(TokenFault::Invalid);
    }
    let header = decode_header(token).map_err(|_| TokenFault::Invalid)?;
    let kid = trusted_key_id(&header, wanted.kind)?;
    let candidates = keys.0.get(kid).ok_or(TokenFault::Invalid)?;
    let validation = validation(wanted.audience, wanted.issuer.unwrap_or(kid));
    let valid = |key: &DecodingKey| {
        // Each call of `decode` checks the signature, which is most of what a request costs here: once is enough for both.
        let said = decode::<serde_json::Value>(token, key, &validation).ok()?.claims;
        Some((Times::deserialize(&said).ok()?, serde_json::from_value::<C>(said).ok()?))
    };
    let (times, claims) = candidates.iter().find_map(valid).ok_or(TokenFault::Invalid)?;
    let now = wanted.now.timestamp();
    let expired = now >= times.exp.saturating_add(SKEW_SECONDS);
    let early = times.nbf.is_some_and(|from| from > now.saturating_add(SKEW_SECONDS));
    if expired || early { Err(TokenFault::Expired) } else { Ok(claims) }
}

/// The key id, if the header says nothing that a token of ours does not say.
fn trusted_key_id<'a>(header: &'a Header, kind: &str) -> Result<&'a str, TokenFault> {
    let brings_own_key =
        header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.x5c.is_some();
    if header.alg != Algorithm::EdDSA
        || brings_own_key
        || header.crit.is_some()
        || header.typ.as_deref() != Some(kind)
    {
        return Err(TokenFault::Invalid);
    }
    header.kid.as_deref().ok_or(TokenFault::Invalid)
}

/// Signature, audience, issuer and presence are the library's; the times are ours, because tests own the clock.
fn validation(audience: &str, issuer: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&[audience]);
    validation.set_issuer(&[issuer]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    validation.validate_exp = false;
    validation
}

/// Signs tokens of one kind with one key.
#[derive(Clone)]
pub(crate) struct Signer {
    kid: String,
    kind: &'static str,
    key: Arc<EncodingKey>,
}

impl Signer {
    pub(crate) fn new(kid: &str, kind: &'static str, key: &SigningKey) -> Self {
        let der = key.to_pkcs8_der().expect("an Ed25519 key always has a PKCS#8 form");
        Self { kid: kid.to_owned(), kind, key: Arc::new(EncodingKey::from_ed_der(der.as_bytes())) }
    }

    pub(crate) fn sign<C: Serialize>(&self, claims: &C) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(self.kind.to_owned());
        header.kid = Some(self.kid.clone());
        encode(&header, claims, &self.key).expect("an Ed25519 key signs any claims that are JSON")
    }
}
