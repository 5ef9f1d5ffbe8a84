//! The number of a document, of which nothing is kept but an HMAC.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use settings::Reader;
use sha2::Sha256;
use web::Fault;

const NAME: &str = "DOOR_DOCUMENT_KEY";
const PURPOSE: &str = "keeps document numbers of bans unreadable: base64 of 32 random bytes; without it bans go by name and looks alone";
/// Letters and digits of a document's number, of any country.
const SHORTEST: usize = 5;
const LONGEST: usize = 24;

/// The key under which document numbers are hashed. It does not print.
#[derive(Clone)]
pub struct DocumentKey([u8; 32]);

/// The text is not a key.
#[derive(Debug, thiserror::Error)]
#[error("expected base64 of 32 random bytes")]
pub struct BadKey;

impl FromStr for DocumentKey {
    type Err = BadKey;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(BadKey)
    }
}

impl std::fmt::Debug for DocumentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DocumentKey(***)")
    }
}

impl DocumentKey {
    /// Reads the environment.
    pub fn read(reader: &mut Reader) -> Option<Self> {
        let text: Option<settings::Secret> = reader.optional(NAME, PURPOSE);
        match text?.expose().parse() {
            Ok(key) => Some(key),
            Err(error) => {
                reader.fault(NAME, PURPOSE, format!("can't be used: {error}"));
                None
            }
        }
    }

    /// What stands for a document's number. 422 for a text that is none.
    pub fn hash(&self, typed: &str) -> Result<Vec<u8>, Fault> {
        let number = normal(typed)
            .ok_or_else(|| Fault::invalid("invalid_value").field("document", "invalid_value"))?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(Fault::internal)?;
        mac.update(b"maguey document v1");
        mac.update(number.as_bytes());
        Ok(mac.finalize().into_bytes().to_vec())
    }
}

/// 409 `no_document_key`: this door was given no key, so it can't know a document again.
pub fn no_key() -> Fault {
    Fault::conflict("no_document_key")
        .detail("This door has no key for document numbers (DOOR_DOCUMENT_KEY). Ban by name or by looks.")
}

/// Upper case, letters and digits alone: `12.345.678-z` and `12345678Z` are one document.
fn normal(typed: &str) -> Option<String> {
    let number: String = typed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    (SHORTEST..=LONGEST).contains(&number.chars().count()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_known_again_however_it_is_typed_and_under_no_other_key() {
        let key: DocumentKey = STANDARD.encode([9; 32]).parse().expect("a fair key");
        let hash = key.hash("12.345.678-z").expect("a number");
        assert_eq!(hash, key.hash(" 12345678 Z").expect("a number"));
        assert_ne!(hash, key.hash("12345678Y").expect("a number"));
        let other: DocumentKey = STANDARD.encode([8; 32]).parse().expect("a fair key");
        assert_ne!(hash, other.hash("12345678Z").expect("a number"));
        assert_eq!(hash.len(), 32);
    }

    #[test]
    fn what_is_no_number_or_no_key_is_refused_and_the_key_does_not_print() {
        let key: DocumentKey = STANDARD.encode([9; 32]).parse().expect("a fair key");
        for typed in ["", "  - .", "1234", "1234567890123456789012345"] {
            assert_eq!(key.hash(typed).expect_err(typed).code(), "invalid_value");
        }
        assert!(!format!("{key:?}").contains('9'));
        assert!("AAAA".parse::<DocumentKey>().is_err());
    }
}
