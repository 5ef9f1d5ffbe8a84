//! What the database holds of a secret: sealed with a key that the database does not have, and bound to what it is about, so
//! that a row's secret is good in no other row.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes of a key.
const KEY: usize = 32;
/// Longer names of keys are not taken: the length stands in one byte.
const LONGEST_KID: usize = 40;

/// What was not sealed with one of our keys, or not for this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("sealed with an unknown key, or for something else")]
pub struct Unopened;

/// Seals with the first key, opens with any. Clones share the keys.
#[derive(Clone)]
pub struct Sealer(Arc<Vec<Key>>);

/// A key with its name.
struct Key {
    kid: String,
    cipher: RandomizedNonceKey,
    digests: hmac::Key,
}

impl Sealer {
    /// The keys of `kid:base64 of 32 bytes[,…]`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let keys = text.split(',').map(|part| key(part.trim())).collect::<Result<Vec<_>, _>>()?;
        let mut kids: Vec<_> = keys.iter().map(|key| &key.kid).collect();
        kids.sort();
        if kids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("names a key twice".to_owned());
        }
        Ok(Self(Arc::new(keys)))
    }

    /// Stands in after a fault, which keeps the program from starting.
    pub fn none() -> Self {
        Self(Arc::default())
    }

    /// The sealed form: length and name of the key, nonce, ciphertext with its tag. It opens about the same thing alone. Empty,
    /// which no table takes, if the cipher failed.
    pub fn seal(&self, about: &str, plain: &[u8]) -> Vec<u8> {
        let Some(Key { kid, cipher, .. }) = self.0.first() else { return Vec::new() };
        let (mut text, aad) = (plain.to_vec(), Aad::from(about.as_bytes()));
        let sealed = cipher.seal_in_place_append_tag(aad, &mut text);
        let (Ok(nonce), Ok(length)) = (sealed, u8::try_from(kid.len())) else {
            tracing::error!("the cipher failed");
            return Vec::new();
        };
        [[length].as_slice(), kid.as_bytes(), nonce.as_ref().as_slice(), text.as_slice()].concat()
    }

    /// What was sealed about this.
    pub fn open(&self, about: &str, sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
        let (length, rest) = sealed.split_first().ok_or(Unopened)?;
        let (kid, rest) = rest.split_at_checked(usize::from(*length)).ok_or(Unopened)?;
        let (nonce, text) = rest.split_at_checked(NONCE_LEN).ok_or(Unopened)?;
        let key = self.0.iter().find(|key| key.kid.as_bytes() == kid).ok_or(Unopened)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Unopened)?;
        let mut text = text.to_vec();
        let plain =
            key.cipher.open_in_place(nonce, Aad::from(about.as_bytes()), &mut text).map_err(|_| Unopened)?;
        Ok(plain.to_vec())
    }

    /// A digest by which equal texts about one thing are told to be equal, and which nobody without the key can try texts against. A new
    /// first key makes new digests.
    pub fn digest(&self, about: &str, text: &str) -> String {
        let Some(key) = self.0.first() else { return String::new() };
        let tag = hmac::sign(&key.digests, format!("{}:{about}{text}", about.len()).as_bytes());
        hex::encode(tag.as_ref().iter().take(16).copied().collect::<Vec<u8>>())
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(***)")
    }
}

fn key(part: &str) -> Result<Key, String> {
    let (kid, text) = part.split_once(':').ok_or_else(|| "is not kid:base64".to_owned())?;
    if kid.is_empty() || kid.len() > LONGEST_KID {
        return Err("has a key without a name, or with a long one".to_owned());
    }
    let bytes = STANDARD.decode(text).map_err(|_| "is not base64".to_owned())?;
    if bytes.len() != KEY {
        return Err(format!("has a key of {} bytes, not {KEY}", bytes.len()));
    }
    // What nobody drew at random.
    if bytes.iter().all(|byte| *byte == bytes[0]) {
        return Err("has a key of one byte repeated".to_owned());
    }
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|e| e.to_string())?;
    // One of its own, drawn from the other: neither use says anything about the other.
    let drawn = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &bytes), b"maguey digests");
    let digests = hmac::Key::new(hmac::HMAC_SHA256, drawn.as_ref());
    Ok(Key { kid: kid.to_owned(), cipher, digests })
}

#[cfg(test)]
mod tests {
    use super::{Sealer, Unopened};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    fn named(kid: &str, from: u8) -> String {
        let bytes: Vec<u8> = (from..from + 32).collect();
        format!("{kid}:{}", STANDARD.encode(bytes))
    }

    #[test]
    fn what_is_sealed_opens_where_it_belongs_alone() {
        let sealer = Sealer::parse(&named("a", 1)).expect("keys");
        let sealed = sealer.seal("totp 1", b"secret");
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_eq!(sealer.open("totp 1", &sealed).expect("opened"), b"secret");
        assert_eq!(sealer.open("totp 2", &sealed), Err(Unopened));
        let mut bent = sealed.clone();
        if let Some(last) = bent.last_mut() {
            *last ^= 1;
        }
        assert_eq!(sealer.open("totp 1", &bent), Err(Unopened));
        for length in 0..sealed.len() {
            assert_eq!(sealer.open("totp 1", &sealed[..length]), Err(Unopened));
        }
        assert_ne!(sealer.seal("totp 1", b"secret"), sealed, "a nonce of its own");
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens() {
        let old = Sealer::parse(&named("a", 1)).expect("keys");
        let both = Sealer::parse(&format!("{}, {}", named("b", 2), named("a", 1))).expect("keys");
        let sealed = old.seal("x", b"secret");
        assert_eq!(both.open("x", &sealed).expect("opened"), b"secret");
        let anew = both.seal("x", b"secret");
        assert_eq!(old.open("x", &anew), Err(Unopened));
    }

    #[test]
    fn equal_texts_have_one_digest_and_only_with_the_key() {
        let sealer = Sealer::parse(&named("a", 1)).expect("keys");
        let digest = sealer.digest("address", "ana");
        assert_eq!(digest.len(), 32);
        assert_eq!(digest, sealer.digest("address", "ana"));
        assert_ne!(digest, sealer.digest("address", "bea"));
        assert_ne!(digest, sealer.digest("addres", "sana"));
        assert_ne!(digest, Sealer::parse(&named("a", 2)).expect("keys").digest("address", "ana"));
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        let repeated = format!("a:{}", STANDARD.encode([0; 32]));
        let twice = format!("{},{}", named("a", 1), named("a", 2));
        for bad in ["", "a", "2026-1:CHANGE-ME", "a:AAAA", repeated.as_str(), twice.as_str()] {
            assert!(Sealer::parse(bad).is_err(), "{bad}");
        }
    }
}
