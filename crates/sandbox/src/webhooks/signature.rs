//! Stripe's webhook signature: HMAC-SHA256 over `timestamp.body`, one `v1` per secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The `Stripe-Signature` header.
pub fn sign(body: &str, secrets: &[String], timestamp: i64) -> String {
    let mut header = format!("t={timestamp}");
    for secret in secrets {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(format!("{timestamp}.{body}").as_bytes());
        header.push_str(",v1=");
        header.push_str(&hex::encode(mac.finalize().into_bytes()));
    }
    header
}

#[cfg(test)]
mod tests {
    use super::sign;

    #[test]
    fn one_signature_per_secret() {
        let header = sign("{}", &["whsec_a".into(), "whsec_b".into()], 1_700_000_000);
        let parts: Vec<&str> = header.split(',').collect();
        assert_eq!(parts[0], "t=1700000000");
        assert_eq!(parts.len(), 3);
        assert!(parts[1..].iter().all(|part| part.len() == "v1=".len() + 64));
        assert_ne!(parts[1], parts[2]);
    }
}
