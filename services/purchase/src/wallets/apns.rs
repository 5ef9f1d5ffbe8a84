//! Apple's push service, as far as passes need it: an empty notification per phone, after which the phone asks us. Over HTTP/2 (agreed on
//! by ALPN) with the certificate that signs the passes. `reqwest` and not a crate of its own: those for APNs sign with keys that
//! Apple gives out for apps, or bring OpenSSL for certificates.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Identity, StatusCode};
use serde::Deserialize;
use settings::Secret;

use super::Told;

/// How long Apple keeps a notification for a phone that is off.
const KEPT: TimeDelta = TimeDelta::days(1);

/// The way to phones with Apple's wallet.
#[derive(Debug, Clone)]
pub struct Apns {
    http: Client,
    base: String,
    topic: String,
}

/// What Apple says to a notification that it does not take.
#[derive(Debug, Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    reason: String,
}

impl Apns {
    /// With the pass type's certificate, its key and Apple's intermediate, all in PEM; `topic` is the pass type.
    pub fn new(
        certificate: &Secret,
        key: &Secret,
        intermediate: &Secret,
        topic: &str,
        base: &str,
    ) -> reqwest::Result<Self> {
        let pem = [certificate.expose(), intermediate.expose(), key.expose()].join("\n");
        let http = Client::builder()
            .identity(Identity::from_pem(pem.as_bytes())?)
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent("maguey/0.1")
            .build()?;
        Ok(Self { http, base: base.trim_end_matches('/').to_owned(), topic: topic.to_owned() })
    }

    /// Tells one phone that some pass of ours changed.
    pub(crate) async fn push(&self, token: &str, now: DateTime<Utc>) -> Told {
        let post = self
            .http
            .post(format!("{}/3/device/{token}", self.base))
            .header("apns-topic", &self.topic)
            .header("apns-expiration", (now + KEPT).timestamp().to_string())
            .header(CONTENT_TYPE, "application/json")
            .body("{}");
        let answer = match post.send().await {
            Ok(answer) => answer,
            // The address holds the phone's token.
            Err(error) => return Told::Later(error.without_url().to_string()),
        };
        let status = answer.status();
        if status.is_success() {
            return Told::Yes;
        }
        let Refusal { reason } = answer.json().await.unwrap_or_default();
        let nobodys = matches!(reason.as_str(), "BadDeviceToken" | "DeviceTokenNotForTopic" | "Unregistered");
        if status == StatusCode::GONE || (status == StatusCode::BAD_REQUEST && nobodys) {
            return Told::Gone;
        }
        Told::Later(format!("{} {reason}", status.as_u16()))
    }
}
