//! Google Wallet: the address behind the *Add to Google Wallet* button.
//!
//! A JWT (RS256, by the club's service account) that carries the night as an `eventTicketClass` and the ticket as an
//! `eventTicketObject`; Google makes both when the guest saves it. See Google, *Google Wallet API, Event tickets, JWT*.
//! What is told of them later goes by Google's REST API ([`google_change`]), with tokens that the same account asks for
//! ([`GoogleIssuer::assertion`]).

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::{DocumentError, Pass};

/// Why the configured service account can't sign links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// The key is not an RSA key in PEM.
    #[error("the key of Google's service account is not an RSA key in PEM")]
    Key,
    /// The issuer id is not a number.
    #[error("Google's issuer id is a number, about twenty digits long")]
    Issuer,
}

/// The club as an issuer of Google Wallet.
pub struct GoogleIssuer {
    issuer: String,
    email: String,
    key: EncodingKey,
    origins: Vec<String>,
    logo: Option<String>,
}

impl std::fmt::Debug for GoogleIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GoogleIssuer")
            .field("issuer", &self.issuer)
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

impl GoogleIssuer {
    /// `issuer` is the issuer id of the Google Pay & Wallet Console; `email` and `key` are `client_email` and
    /// `private_key` of the service account; `origins` the sites that show the button (`https://tickets.yourclub.com`).
    pub fn new(issuer: &str, email: &str, key: &str, origins: Vec<String>) -> Result<Self, IssuerError> {
        if issuer.is_empty() || !issuer.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(IssuerError::Issuer);
        }
        let key = EncodingKey::from_rsa_pem(key.as_bytes()).map_err(|_| IssuerError::Key)?;
        Ok(Self { issuer: issuer.to_owned(), email: email.to_owned(), key, origins, logo: None })
    }

    /// What the service account shows at `token_url` for an access token (RFC 7523); good for five minutes.
    ///
    /// Error: [`DocumentError::Signing`].
    pub fn assertion(&self, token_url: &str, now: DateTime<Utc>) -> Result<String, DocumentError> {
        let claims = json!({
            "iss": self.email,
            "scope": "https://www.googleapis.com/auth/wallet_object.issuer",
            "aud": token_url,
            "iat": now.timestamp(),
            "exp": (now + TimeDelta::minutes(5)).timestamp(),
        });
        self.sign(&claims)
    }

    fn sign(&self, claims: &Value) -> Result<String, DocumentError> {
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), claims, &self.key)
            .map_err(|error| DocumentError::Signing(error.to_string()))
    }

    /// A round logo that Google can fetch (`https`, PNG, at least 660 × 660 pixels).
    #[must_use]
    pub fn with_logo(mut self, address: impl Into<String>) -> Self {
        self.logo = Some(address.into());
        self
    }
}

/// The address that saves this ticket to a Google wallet: `https://pay.google.com/gp/v/save/…`.
///
/// About 1,900 characters; one with a sentence for the door, or a night with a very long title or address, goes beyond 2,000, which
/// Google and today's browsers take. A club without a service account has no [`GoogleIssuer`] and shows no button.
///
/// Error: [`DocumentError::Signing`].
pub fn google_link(issuer: &GoogleIssuer, pass: &Pass) -> Result<String, DocumentError> {
    let claims = json!({
        "iss": issuer.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": pass.made_at.timestamp(),
        "origins": issuer.origins,
        "payload": { "eventTicketClasses": [class(issuer, pass)], "eventTicketObjects": [object(issuer, pass)] },
    });
    issuer.sign(&claims).map(|token| format!("https://pay.google.com/gp/v/save/{token}"))
}

/// A night and a ticket as Google is to have them now: bodies of `PATCH eventTicketClass/{id}` and `PATCH eventTicketObject/{id}`.
#[derive(Debug, Clone)]
pub struct GoogleChange {
    /// The night's id at Google.
    pub class_id: String,
    /// The night; Google tells guests of a new date by itself.
    pub class: Value,
    /// The ticket's id at Google.
    pub object_id: String,
    /// The ticket; `INACTIVE` where it lets nobody in.
    pub object: Value,
}

/// What Google is told when a night or a ticket changed.
pub fn google_change(issuer: &GoogleIssuer, pass: &Pass) -> GoogleChange {
    let mut class = class(issuer, pass);
    class["notifyPreference"] = json!("NOTIFY_ON_UPDATE");
    let mut object = object(issuer, pass);
    if pass.moves {
        // The one that was saved before it moved.
        object["barcode"] = Value::Null;
    }
    object["notifyPreference"] = json!("NOTIFY_ON_UPDATE");
    GoogleChange { class_id: class_id(issuer, pass), class, object_id: object_id(issuer, pass), object }
}

fn class_id(issuer: &GoogleIssuer, pass: &Pass) -> String {
    format!("{}.{}", issuer.issuer, pass.event.uuid().simple())
}

fn object_id(issuer: &GoogleIssuer, pass: &Pass) -> String {
    format!("{}.{}", issuer.issuer, pass.ticket.uuid().simple())
}

fn class(issuer: &GoogleIssuer, pass: &Pass) -> Value {
    let night = &pass.night;
    let [(red, green, blue), ..] = pass.colours();
    let mut class = json!({
        "id": class_id(issuer, pass),
        "issuerName": pass.club,
        "reviewStatus": "UNDER_REVIEW",
        "eventName": localized(pass, &pass.marked(&night.title)),
        "venue": { "name": localized(pass, &night.venue), "address": localized(pass, &night.address) },
        // Local times with the offset of the venue: Google shows them on the venue's clock.
        "dateTime": { "start": night.local(night.starts), "end": night.local(night.ends) },
        "hexBackgroundColor": format!("#{red:02x}{green:02x}{blue:02x}"),
    });
    if let Some(logo) = &issuer.logo {
        class["logo"] = json!({ "sourceUri": { "uri": logo } });
    }
    class
}

fn object(issuer: &GoogleIssuer, pass: &Pass) -> Value {
    let mut object = json!({
        "id": object_id(issuer, pass),
        "classId": class_id(issuer, pass),
        "state": if pass.is_good() { "ACTIVE" } else { "INACTIVE" },
        "ticketType": localized(pass, &pass.ticket_type),
        "reservationInfo": { "confirmationCode": pass.order.as_str() },
    });
    if let Some(code) = &pass.code {
        object["barcode"] = json!({ "type": "QR_CODE", "value": code });
    }
    if let Some(holder) = &pass.holder {
        object["ticketHolderName"] = json!(holder);
    }
    // Room in the link is scarce: what a code says by being there is left out.
    let notes = if pass.moves { pass.notes() } else { pass.entry_notes.clone() };
    if !notes.is_empty() {
        let header = ui::text(pass.language, "documents-ticket-notes", &[]);
        object["textModulesData"] = json!([{ "header": header, "body": notes.join("\n") }]);
    }
    if pass.moves {
        let page = ui::text(pass.language, "documents-pass-order-page", &[]);
        object["linksModuleData"] = json!({ "uris": [{ "uri": pass.order_url, "description": page }] });
    }
    object
}

fn localized(pass: &Pass, words: &str) -> Value {
    json!({ "defaultValue": { "language": pass.language.code(), "value": words } })
}
