//! The link of Google Wallet.

use documents::{GoogleIssuer, IssuerError, google_change, google_link};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use rcgen::{KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::Value;

use crate::{CODE, pass};

const ISSUER: &str = "3388000000012345678";

fn issuer(key: &KeyPair) -> GoogleIssuer {
    let origins = vec!["https://tickets.maguey.example".to_owned()];
    GoogleIssuer::new(ISSUER, "wallet@maguey.iam.gserviceaccount.com", &key.serialize_pem(), origins).unwrap()
}

#[test]
fn the_link_carries_night_and_ticket_signed_by_the_service_account() {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let link = google_link(&issuer(&key), &pass()).unwrap();
    let token = link.strip_prefix("https://pay.google.com/gp/v/save/").unwrap();
    assert!(token.len() < 2200, "{} characters", token.len());

    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&["google"]);
    validation.set_required_spec_claims(&["iss", "aud"]);
    validation.validate_exp = false;
    let public = DecodingKey::from_rsa_pem(key.public_key_pem().as_bytes()).unwrap();
    let claims: Value = jsonwebtoken::decode(token, &public, &validation).unwrap().claims;
    assert_eq!(claims["typ"], "savetowallet");
    assert_eq!(claims["iat"], 1_795_168_800);
    assert_eq!(claims["origins"][0], "https://tickets.maguey.example");
    let (class, object) =
        (&claims["payload"]["eventTicketClasses"][0], &claims["payload"]["eventTicketObjects"][0]);
    assert_eq!(class["id"], object["classId"]);
    assert!(object["id"].as_str().unwrap().starts_with(&format!("{ISSUER}.")));
    assert_ne!(class["id"], object["id"]);
    assert_eq!(class["eventName"]["defaultValue"]["value"], "Noche de Mezcal");
    assert_eq!(class["dateTime"]["start"], "2026-11-27T22:00:00+01:00");
    assert_eq!(object["barcode"]["value"], CODE);
    assert_eq!(object["textModulesData"][0]["body"], "From 18 years, with an identity card.");
    assert!(object.get("linksModuleData").is_none(), "the code is in the pass");
    assert_eq!(object["ticketHolderName"], "Ana Torres");
    assert_eq!(object["reservationInfo"]["confirmationCode"], "K7M2QX9P");

    let test =
        google_link(&issuer(&key), &documents::Pass { mode: domain::mode::Mode::Test, ..pass() }).unwrap();
    let token = test.strip_prefix("https://pay.google.com/gp/v/save/").unwrap();
    let claims: Value = jsonwebtoken::decode(token, &public, &validation).unwrap().claims;
    let marked = &claims["payload"]["eventTicketClasses"][0];
    assert_eq!(marked["eventName"]["defaultValue"]["value"], "TEST · Noche de Mezcal");
    assert_ne!(marked["hexBackgroundColor"], class["hexBackgroundColor"]);

    let stranger = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let strange = DecodingKey::from_rsa_pem(stranger.public_key_pem().as_bytes()).unwrap();
    assert!(jsonwebtoken::decode::<Value>(token, &strange, &validation).is_err());
}

#[test]
fn a_change_names_the_same_night_and_ticket_and_says_that_one_is_void() {
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let issuer = issuer(&key);
    let mut pass = pass();
    let good = google_change(&issuer, &pass);
    assert_eq!(
        (good.object["state"].as_str(), good.object["barcode"]["value"].as_str()),
        (Some("ACTIVE"), Some(CODE))
    );
    assert_eq!(
        (&good.object["id"], &good.class["id"]),
        (&Value::from(good.object_id), &Value::from(good.class_id))
    );
    pass.code = None;
    pass.moves = true;
    let moving = google_change(&issuer, &pass);
    assert_eq!((&moving.object["state"], &moving.object["barcode"]), (&Value::from("ACTIVE"), &Value::Null));
    let told = moving.object["textModulesData"][0]["body"].as_str().unwrap();
    assert!(told.starts_with("Open your ticket page at the door: the code moves."), "{told}");
    assert_eq!(moving.object["linksModuleData"]["uris"][0]["uri"], pass.order_url.as_str());
    pass.moves = false;
    let void = google_change(&issuer, &pass);
    assert_eq!(void.object["state"], "INACTIVE");
    assert!(void.object.get("barcode").is_none());

    let url = "https://oauth2.googleapis.com/token";
    let asked = issuer.assertion(url, pass.made_at).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[url]);
    validation.validate_exp = false;
    let public = DecodingKey::from_rsa_pem(key.public_key_pem().as_bytes()).unwrap();
    let claims: Value = jsonwebtoken::decode(&asked, &public, &validation).unwrap().claims;
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
}

#[test]
fn a_service_account_is_read_at_the_start() {
    let refused = |issuer: &str, key: &str| GoogleIssuer::new(issuer, "a@b.example", key, Vec::new()).err();
    let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap().serialize_pem();
    assert_eq!(refused("maguey", &key), Some(IssuerError::Issuer));
    assert_eq!(refused(ISSUER, "nonsense"), Some(IssuerError::Key));
    assert_eq!(refused(ISSUER, &key), None);
}
