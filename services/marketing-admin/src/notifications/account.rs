//! Mails about accounts: a row in the transaction of what they tell of. Their words are those of `account_mail.ftl`; what they say holds
//! a link that is good once, so it goes as soon as they are sent, and nobody at the desk sends them again.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::language::Language;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::{self, NewEmail, Template};

/// What stands where other mails have an order's reference.
pub const REFERENCE: &str = "account";

/// A mail about an account.
#[derive(Debug, Clone)]
pub struct AccountMail<'a> {
    /// Which one: the middle of its texts' keys, such as `sign-up`.
    pub kind: &'static str,
    /// To whom.
    pub to: &'a str,
    /// In which language.
    pub language: Language,
    /// Where its button leads: made of our own address, never of the request's.
    pub link: Option<String>,
    /// What its texts name.
    pub facts: Vec<(&'static str, String)>,
}

/// What is stored of it until it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Payload {
    pub kind: String,
    pub link: Option<String>,
    pub facts: BTreeMap<String, String>,
}

/// Writes the mail down.
pub async fn write(conn: &mut Conn, mail: &AccountMail<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    let facts = mail.facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let payload = Payload { kind: mail.kind.to_owned(), link: mail.link.clone(), facts };
    let email = NewEmail {
        template: Template::Account,
        about: Uuid::now_v7(),
        order: None,
        event: None,
        reference: REFERENCE.to_owned(),
        // Texts are always JSON.
        payload: serde_json::to_vec(&payload).unwrap_or_default(),
        traceparent: telemetry::propagation::inject(),
    };
    store::add(conn, &email, mail.to, mail.language, now).await.map(drop)
}
