//! Apple's client secret: a JWT that we sign with the key Apple gave us (ES256), good for some minutes.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use settings::Secret;

/// How long a secret is good: one call, and clocks that differ.
const LIVES: TimeDelta = TimeDelta::minutes(5);

/// The key in a PEM text, as base64 of PKCS#8; none if it is not one of P-256.
pub(super) fn key_of(pem: &str) -> Option<Secret> {
    let joined = pem.replace("\\n", "\n");
    let (_, rest) = joined.split_once("-----BEGIN PRIVATE KEY-----")?;
    let (body, _) = rest.split_once("-----END PRIVATE KEY-----")?;
    let body: String = body.chars().filter(|letter| !letter.is_whitespace()).collect();
    pair(&body).map(|_| Secret::new(body))
}

fn pair(base64: &str) -> Option<EcdsaKeyPair> {
    let der = STANDARD.decode(base64).ok()?;
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).ok()
}

/// The client secret for the token endpoint of `issuer`.
pub(super) fn secret(
    (team, kid, pkcs8): (&str, &str, &Secret),
    client_id: &str,
    issuer: &str,
    now: DateTime<Utc>,
) -> Option<String> {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({
        "iss": team,
        "iat": now.timestamp(),
        "exp": (now + LIVES).timestamp(),
        "aud": issuer,
        "sub": client_id,
    });
    let signed = format!("{}.{}", part(json!({"alg": "ES256", "kid": kid})), part(claims));
    let signature = pair(pkcs8.expose())?.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_signed_with_the_key_of_the_file() {
        let made =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----\\n",
            STANDARD.encode(made.as_ref())
        );
        let key = key_of(&pem).expect("a key");
        let secret = secret(("TEAM", "KEY", &key), "club", "https://appleid.apple.com", DateTime::UNIX_EPOCH);
        let secret = secret.expect("signed");
        let parts: Vec<&str> = secret.split('.').collect();
        assert_eq!(parts.len(), 3);
        assert_eq!(URL_SAFE_NO_PAD.decode(parts[2]).unwrap().len(), 64);
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap();
        assert_eq!((&claims["sub"], &claims["exp"]), (&json!("club"), &json!(300)));
        assert!(key_of("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----").is_none());
    }
}
