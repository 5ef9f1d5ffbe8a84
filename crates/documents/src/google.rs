//! Google Wallet: the address behind the *Add to Google Wallet* button.
//!
//! A JWT (RS256, by the club's service account) that carries the night as an `eventTicketClass` and the ticket as an
//! `eventTicketObject`; Google makes both when the guest saves it. See Google, *Google Wallet API, Event tickets, JWT*.

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

    /// A round logo that Google can fetch (`https`, PNG, at least 660 × 660 pixels).
    #[must_use]
    pub fn with_logo(mut self, address: impl Into<String>) -> Self {
        self.logo = Some(address.into());
        self
    }
}

/// The address that saves this ticket to a Google wallet: `https://pay.google.com/gp/v/save/…`.
///
/// About 1,800 characters, Google's safe length for a link; a night with a very long title or address goes beyond, which
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
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &issuer.key)
        .map(|token| format!("https://pay.google.com/gp/v/save/{token}"))
        .map_err(|error| DocumentError::Signing(error.to_string()))
}

fn class_id(issuer: &GoogleIssuer, pass: &Pass) -> String {
    format!("{}.{}", issuer.issuer, pass.event.uuid().simple())
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
        "id": format!("{}.{}", issuer.issuer, pass.ticket.uuid().simple()),
        "classId": class_id(issuer, pass),
        "state": "ACTIVE",
        "ticketType": localized(pass, &pass.ticket_type),
        "reservationInfo": { "confirmationCode": pass.order.as_str() },
        "barcode": { "type": "QR_CODE", "value": pass.code },
    });
    if let Some(holder) = &pass.holder {
        object["ticketHolderName"] = json!(holder);
    }
    object
}

fn localized(pass: &Pass, words: &str) -> Value {
    json!({ "defaultValue": { "language": pass.language.code(), "value": words } })
}
