//! An authenticator without a device: a key that answers as one would whose owner has shown their finger.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::factors::SECURITY;
use crate::guests::Guest;
use crate::house::{House, body};

/// Where its browser is.
const ORIGIN: &str = "http://maguey.localhost:8080";
/// Its owner is there, and verified.
const VERIFIED: u8 = 0b0000_0101;
/// A new key is told of.
const TELLS_KEY: u8 = 0b0100_0000;

/// One passkey in one authenticator.
pub struct Authenticator {
    pair: EcdsaKeyPair,
    id: Uuid,
    /// Whose it is, as the server calls them.
    owner: Value,
}

fn text(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Authenticator {
    /// A new key, nobody's yet.
    pub fn new() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref()).expect("a key");
        Self { pair, id: Uuid::new_v4(), owner: Value::Null }
    }

    /// What a browser says after `navigator.credentials.create`.
    pub fn made(&mut self, options: &Value) -> Value {
        let asked = &options["publicKey"];
        self.owner = asked["user"]["id"].clone();
        let mut data = said(&asked["rp"]["id"], VERIFIED | TELLS_KEY);
        data.extend([0; 16]);
        data.extend([0, 16]);
        data.extend(self.id.as_bytes());
        data.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": …} in CBOR.
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        attestation.extend(u16::try_from(data.len()).expect("short").to_be_bytes());
        attestation.extend(data);
        let (client, _) = client_data("webauthn.create", asked);
        self.credential(json!({"attestationObject": text(attestation), "clientDataJSON": text(client)}))
    }

    /// What a browser says after `navigator.credentials.get`.
    pub fn answered(&self, options: &Value) -> Value {
        let asked = &options["publicKey"];
        let data = said(&asked["rpId"], VERIFIED);
        let (client, digest) = client_data("webauthn.get", asked);
        let signed = [data.as_slice(), digest.as_slice()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).expect("signed");
        self.credential(json!({
            "authenticatorData": text(data), "clientDataJSON": text(client), "signature": text(signature),
            "userHandle": self.owner,
        }))
    }

    fn credential(&self, response: Value) -> Value {
        let id = text(self.id.as_bytes());
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "extensions": {}})
    }

    /// The public key as COSE has it: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
    fn public_key(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        assert_eq!((point.len(), point[0]), (65, 4), "an uncompressed point");
        let mut cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        cose.extend(&point[1..33]);
        cose.extend(b"\x22\x58\x20");
        cose.extend(&point[33..]);
        cose
    }

    /// A passkey of a guest who is signed in and proved it lately, added as the page's script does.
    pub async fn of_guest(house: &House, guest: &Guest) -> Self {
        let mut new = Self::new();
        let csrf = guest.csrf(house, SECURITY).await;
        let asked = guest.ask(house, "/account/security/passkeys/options").await;
        let finish = json!({"challenge": asked["challenge"], "credential": new.made(&asked["options"]),
            "csrf": csrf, "name": "My phone"});
        let url = house.url("/account/security/passkeys/finish");
        let added = guest.send(house.http.post(url).json(&finish)).await;
        assert_eq!(added.status(), StatusCode::OK, "{}", added.text().await.unwrap_or_default());
        new
    }
}

impl Guest {
    /// What a script is told to ask the browser for.
    pub async fn ask(&self, house: &House, path: &str) -> Value {
        let asked = self.send(house.http.post(house.url(path)).json(&json!({}))).await;
        assert_eq!(asked.status(), StatusCode::OK, "{path}");
        body(asked).await
    }
}

/// What an authenticator says of itself: for whom, in what state, and no count of uses.
fn said(site: &Value, flags: u8) -> Vec<u8> {
    let mut data = Sha256::digest(site.as_str().expect("a host").as_bytes()).to_vec();
    data.push(flags);
    data.extend([0; 4]);
    data
}

/// What the browser says it was asked, and the digest of that.
fn client_data(kind: &str, asked: &Value) -> (String, Vec<u8>) {
    let data = json!({"type": kind, "challenge": asked["challenge"], "origin": ORIGIN, "crossOrigin": false});
    let digest = Sha256::digest(data.to_string().as_bytes()).to_vec();
    (data.to_string(), digest)
}
