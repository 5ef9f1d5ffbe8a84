//! The key that signs settlements. Without one there are none.

use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use settings::Reader;

/// Signs settlements. It does not print.
#[derive(Clone)]
pub struct SettlementKey(Arc<SigningKey>);

/// The text is not a signing key.
#[derive(Debug, thiserror::Error)]
#[error("expected base64 of a 32-byte Ed25519 seed")]
pub struct BadKey;

impl FromStr for SettlementKey {
    type Err = BadKey;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seed: [u8; 32] =
            STANDARD.decode(text).ok().and_then(|seed| seed.try_into().ok()).ok_or(BadKey)?;
        Ok(Self(Arc::new(SigningKey::from_bytes(&seed))))
    }
}

impl std::fmt::Debug for SettlementKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SettlementKey").field(&self.public()).finish()
    }
}

impl SettlementKey {
    /// Reads the environment.
    pub fn read(reader: &mut Reader) -> Option<Self> {
        let (name, purpose) = (
            "SETTLEMENT_SIGNING_KEY",
            "signs settlements of nights, as base64 of an Ed25519 seed of its own; without it there are none",
        );
        let text: Option<String> = reader.optional(name, purpose);
        match text?.parse() {
            Ok(key) => Some(key),
            Err(error) => {
                reader.fault(name, purpose, format!("can't be used: {error}"));
                None
            }
        }
    }

    /// The public half, base64.
    pub fn public(&self) -> String {
        STANDARD.encode(self.0.verifying_key().to_bytes())
    }

    pub(super) fn signing(&self) -> &SigningKey {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_none_is_refused_and_never_printed() {
        for bad in ["AAAA", "1:AAAA", "x"] {
            assert!(bad.parse::<SettlementKey>().is_err(), "{bad}");
        }
        let key: SettlementKey = STANDARD.encode([9; 32]).parse().expect("a fair key");
        assert!(!format!("{key:?}").contains("CQkJ"));
    }
}
