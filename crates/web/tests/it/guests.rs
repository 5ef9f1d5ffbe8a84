//! Rows B29 and B30 for guests: tokens that are over, forged, or of another kind.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{AccountId, GuestSessionId};
use domain::language::Language;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use web::TokenFault;
use web::guest_token::LIFETIME;
use web::{GuestClaims, GuestKeys, GuestSession, GuestSigner};

fn key() -> SigningKey {
    SigningKey::from_bytes(&[5; 32])
}

fn keys() -> GuestKeys {
    let keys = GuestKeys::default();
    keys.replace([("g1".to_owned(), key().verifying_key())]);
    keys
}

fn now() -> DateTime<Utc> {
    "2026-11-21T01:30:00Z".parse().unwrap()
}

fn claims() -> GuestClaims {
    let of = GuestSession {
        account: AccountId::generate(),
        session: GuestSessionId::generate(),
        name: "Ana".to_owned(),
        email: Some("ana@example.org".to_owned()),
        language: Language::En,
        proved_at: now(),
        csrf: "a token of the session".to_owned(),
    };
    GuestClaims::new(of, now())
}

fn forge(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(sign(text.as_bytes()));
    format!("{text}.{signature}")
}

fn genuinely(text: &[u8]) -> Vec<u8> {
    key().sign(text).to_bytes().to_vec()
}

#[test]
fn a_token_is_good_for_ten_minutes_and_while_its_key_is_believed() {
    let (keys, claims) = (keys(), claims());
    let token = GuestSigner::new("g1", &key()).sign(&claims);
    assert_eq!(keys.verify(&token, now()).unwrap(), claims);
    assert_eq!(keys.verify(&token, now() + LIFETIME + TimeDelta::seconds(30)), Err(TokenFault::Expired));
    keys.clone().replace([]);
    assert_eq!(keys.verify(&token, now()), Err(TokenFault::Invalid));
}

#[test]
fn a_forged_token_is_refused() {
    let keys = keys();
    let header = json!({"alg": "EdDSA", "typ": "maguey-guest+jwt", "kid": "g1"});
    let said = serde_json::to_value(claims()).unwrap();
    assert!(keys.verify(&forge(&header, &said, genuinely), now()).is_ok(), "the forge itself works");
    for (name, value) in [
        ("alg", json!("none")),
        ("kid", json!("g2")),
        ("typ", json!("maguey-session+jwt")),
        ("jku", json!("https://evil.example/keys.json")),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("crit", json!(["exp"])),
    ] {
        let mut header = header.clone();
        header[name] = value;
        assert_eq!(keys.verify(&forge(&header, &said, genuinely), now()), Err(TokenFault::Invalid), "{name}");
    }
    for (name, value) in [("aud", json!(["purchase"])), ("iss", json!("evil"))] {
        let mut said = said.clone();
        said[name] = value;
        assert_eq!(keys.verify(&forge(&header, &said, genuinely), now()), Err(TokenFault::Invalid), "{name}");
    }
    let mut early = said.clone();
    early["nbf"] = json!(now().timestamp() + 31);
    assert_eq!(keys.verify(&forge(&header, &early, genuinely), now()), Err(TokenFault::Expired));
    let mut symmetric = header;
    symmetric["alg"] = json!("HS256");
    let mac = |text: &[u8]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(key().verifying_key().as_bytes()).unwrap();
        mac.update(text);
        mac.finalize().into_bytes().to_vec()
    };
    assert_eq!(keys.verify(&forge(&symmetric, &said, mac), now()), Err(TokenFault::Invalid));
}
