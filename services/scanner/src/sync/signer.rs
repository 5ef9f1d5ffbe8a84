//! The signature on a manifest: a phone believes no list that a captive portal, or whoever sits in between, made up.

use std::{collections::BTreeMap, str::FromStr, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer, SigningKey};

/// Keeps a manifest's signature from ever meaning something elsewhere.
pub const CONTEXT: &[u8] = b"maguey-manifest";

/// Signs manifests. The keys do not print.
#[derive(Clone)]
pub struct ManifestSigner {
    /// The first signs. The others are told, so that lists signed before a change of keys stay good.
    keys: Arc<Vec<(String, SigningKey)>>,
}

/// The text is not a list of signing keys.
#[derive(Debug, thiserror::Error)]
#[error("expected KID:BASE64 of a 32-byte Ed25519 seed, several with commas between; the first signs")]
pub struct BadManifestKey;

impl FromStr for ManifestSigner {
    type Err = BadManifestKey;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let keys: Option<Vec<_>> = text.split(',').map(|entry| one(entry.trim())).collect();
        Ok(Self { keys: Arc::new(keys.ok_or(BadManifestKey)?) })
    }
}

fn one(entry: &str) -> Option<(String, SigningKey)> {
    let (kid, seed) = entry.split_once(':')?;
    let good = (1..=32).contains(&kid.len())
        && kid.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let seed: [u8; 32] = STANDARD.decode(seed).ok()?.try_into().ok()?;
    good.then(|| (kid.to_owned(), SigningKey::from_bytes(&seed)))
}

impl std::fmt::Debug for ManifestSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kids: Vec<&str> = self.keys.iter().map(|(kid, _)| kid.as_str()).collect();
        f.debug_struct("ManifestSigner").field("kids", &kids).finish_non_exhaustive()
    }
}

impl ManifestSigner {
    /// `<kid>:<base64>` over these bytes.
    pub fn sign(&self, body: &[u8]) -> String {
        let Some((kid, key)) = self.keys.first() else { return String::new() };
        let signature = key.sign(&[CONTEXT, body].concat());
        format!("{kid}:{}", STANDARD.encode(signature.to_bytes()))
    }

    /// The public halves in base64, by key id.
    pub fn public(&self) -> BTreeMap<String, String> {
        let half = |key: &SigningKey| STANDARD.encode(key.verifying_key().as_bytes());
        self.keys.iter().map(|(kid, key)| (kid.clone(), half(key))).collect()
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signature, VerifyingKey};

    use super::*;

    fn seed(byte: u8) -> String {
        STANDARD.encode([byte; 32])
    }

    #[test]
    fn what_is_signed_is_believed_and_nothing_else() {
        let signer: ManifestSigner =
            format!("2026-1:{},old:{}", seed(9), seed(8)).parse().expect("fair keys");
        let signed = signer.sign(b"{}");
        let (kid, signature) = signed.split_once(':').expect("a key id");
        assert_eq!(kid, "2026-1", "the first signs");
        let public = signer.public();
        assert_eq!(public.keys().collect::<Vec<_>>(), ["2026-1", "old"], "both are told");
        let key: [u8; 32] = STANDARD.decode(&public[kid]).expect("base64").try_into().expect("a key");
        let key = VerifyingKey::from_bytes(&key).expect("a key");
        let signature =
            Signature::from_slice(&STANDARD.decode(signature).expect("base64")).expect("64 bytes");
        assert!(key.verify_strict(b"maguey-manifest{}", &signature).is_ok());
        assert!(key.verify_strict(b"maguey-manifest{ }", &signature).is_err());
        assert!(key.verify_strict(b"maguey-ticket{}", &signature).is_err());
    }

    #[test]
    fn a_key_that_is_none_is_refused_and_never_printed() {
        for bad in ["", "1", "1:AAAA", ":", "a b:AAAA", &format!(":{}", seed(9)), &format!("1:{},", seed(9))]
        {
            assert!(bad.parse::<ManifestSigner>().is_err(), "{bad}");
        }
        let signer: ManifestSigner = format!("1:{}", seed(9)).parse().expect("a fair key");
        assert!(!format!("{signer:?}").contains("CQkJ") && format!("{signer:?}").contains('1'));
    }
}
