//! Google Wallet's REST API, as far as passes need it: a night and its tickets as they are now. Who calls shows a token, which the
//! service account gets for a signed assertion (RFC 7523) and keeps for as long as it is good.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use documents::{GoogleChange, GoogleIssuer, Pass, google_change};
use reqwest::{Client, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::Told;

/// A token is not used in its last moments.
const SPARE: i64 = 60;
/// For so long nobody asks again for a token that was refused; rounds come no sooner.
const REFUSED: TimeDelta = TimeDelta::seconds(5);

/// The way to Google's wallet.
pub struct GoogleWallet {
    issuer: Arc<GoogleIssuer>,
    http: Client,
    base: String,
    token_url: String,
    token: Mutex<Option<Token>>,
}

/// What came of asking for a token, and how long that holds: who is refused does not ask again for each pass.
struct Token {
    text: Result<String, String>,
    until: DateTime<Utc>,
}

impl std::fmt::Debug for GoogleWallet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GoogleWallet")
            .field("issuer", &self.issuer)
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
}

impl GoogleWallet {
    /// The API at `base`; tokens come from `token_url`, as the service account's key file names it.
    pub fn new(issuer: Arc<GoogleIssuer>, base: &str, token_url: &str) -> Self {
        Self {
            issuer,
            http: web::client(),
            base: base.trim_end_matches('/').to_owned(),
            token_url: token_url.to_owned(),
            token: Mutex::new(None),
        }
    }

    /// What is to be told of a pass as it is now.
    pub(crate) fn change(&self, pass: &Pass) -> GoogleChange {
        google_change(&self.issuer, pass)
    }

    /// Tells the night. One that nobody saved a ticket of is not there, and comes with the first one.
    pub(crate) async fn tell_night(&self, change: &GoogleChange, now: DateTime<Utc>) -> Told {
        self.patch("eventTicketClass", &change.class_id, &change.class, now).await
    }

    /// Tells the ticket.
    pub(crate) async fn tell_ticket(&self, change: &GoogleChange, now: DateTime<Utc>) -> Told {
        self.patch("eventTicketObject", &change.object_id, &change.object, now).await
    }

    async fn patch(&self, kind: &str, id: &str, body: &Value, now: DateTime<Utc>) -> Told {
        let token = match self.access(now).await {
            Ok(token) => token,
            Err(error) => return Told::Later(format!("no access token: {error}")),
        };
        let call = self.http.patch(format!("{}/walletobjects/v1/{kind}/{id}", self.base));
        let answer = match call.bearer_auth(token).json(body).send().await {
            Ok(answer) => answer,
            Err(error) => return Told::Later(error.without_url().to_string()),
        };
        match answer.status() {
            status if status.is_success() => Told::Yes,
            StatusCode::NOT_FOUND => Told::Gone,
            status => {
                if status == StatusCode::UNAUTHORIZED {
                    *self.token.lock().await = None;
                }
                Told::Later(format!("{kind}: {status}"))
            }
        }
    }

    /// A token that is good for this call; asked for once by all who need it.
    async fn access(&self, now: DateTime<Utc>) -> Result<String, String> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref().filter(|token| token.until > now) {
            return token.text.clone();
        }
        let token = match self.ask(now).await {
            Ok(granted) => {
                let good = TimeDelta::seconds(granted.expires_in.saturating_sub(SPARE).clamp(0, 3600));
                Token { text: Ok(granted.access_token), until: now + good }
            }
            Err(error) => Token { text: Err(error), until: now + REFUSED },
        };
        kept.insert(token).text.clone()
    }

    async fn ask(&self, now: DateTime<Utc>) -> Result<Granted, String> {
        let assertion = self.issuer.assertion(&self.token_url, now).map_err(|error| error.to_string())?;
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", assertion.as_str()),
        ];
        let plain = |error: reqwest::Error| error.without_url().to_string();
        let answer = self.http.post(&self.token_url).form(&form).send().await.map_err(plain)?;
        answer.error_for_status().map_err(plain)?.json().await.map_err(plain)
    }
}
