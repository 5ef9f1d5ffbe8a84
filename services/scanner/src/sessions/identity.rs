//! Asks marketing-admin who this is.

use std::{net::IpAddr, time::Duration};

use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::clock::SharedClock;
use internal_api::marketing_admin::sessions::{EndedSession, SessionWanted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Fault, client, service_token::ServiceSigner};

use crate::config::SERVICE;

/// Somebody stands at the door and waits: better told soon to try again than left without a word.
const PATIENCE: Duration = Duration::from_secs(5);
/// After too many tries, where marketing-admin does not say for how long.
const LONG_PAUSE: Duration = Duration::from_secs(60);

/// marketing-admin, as far as the door needs it.
#[derive(Debug, Clone)]
pub struct Identity {
    pub(super) client: reqwest::Client,
    pub(super) internal_url: String,
    pub(super) signer: ServiceSigner,
    pub(super) clock: SharedClock,
}

/// A session that marketing-admin opened.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Send it as `Authorization: Bearer`.
    pub token: String,
    /// When it dies by itself.
    pub expires_at: DateTime<Utc>,
    /// Who signed in.
    pub staff: StaffView,
}

/// A member of the staff.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct StaffView {
    /// Their id.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// Code of their role.
    pub role: String,
}

/// What somebody types to sign in.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The address of the account.
    pub email: &'a str,
    /// Its password.
    pub password: &'a str,
    /// The code of its second factor, if one was typed.
    pub code: Option<&'a str>,
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(***)")
    }
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
}

impl Identity {
    /// marketing-admin at this internal address.
    pub fn at(internal_url: &str, signer: &ServiceSigner, clock: &SharedClock) -> Self {
        Self {
            client: client::client_with(PATIENCE),
            internal_url: internal_url.to_owned(),
            signer: signer.clone(),
            clock: clock.clone(),
        }
    }

    /// Opens a session for this service, for somebody at the network address `from`. `enrolled`: on a phone of the club's,
    /// which is their second factor. 401 `invalid_credentials`, or `code_needed` where the code of their second factor is
    /// missing; 403 `second_factor_missing` where they need one and have none; 429 after too many tries from there; 503 while
    /// marketing-admin is away.
    pub async fn sign_in(
        &self,
        who: Credentials<'_>,
        enrolled: bool,
        from: Option<IpAddr>,
    ) -> Result<Session, Fault> {
        let asked = SessionWanted {
            email: who.email.to_owned(),
            password: who.password.to_owned(),
            code: who.code.map(str::to_owned),
            device: enrolled,
            audience: SERVICE.to_owned(),
            address: from.map(|address| address.to_string()),
        };
        let request = self
            .client
            .post(format!("{}/internal/v1/sessions", self.internal_url))
            .bearer_auth(self.signer.token("marketing-admin", self.clock.now()))
            .json(&asked);
        let answer = asked_of(request).await?;
        answer.json().await.map_err(|error| away().source(error.without_url()))
    }

    /// This service's sessions that ended before their time and whose tokens might still be good.
    pub async fn ended_since(&self, since: DateTime<Utc>) -> Result<Vec<EndedSession>, reqwest::Error> {
        let request = self
            .client
            .get(format!("{}/internal/v1/sessions/ended", self.internal_url))
            .bearer_auth(self.signer.token("marketing-admin", self.clock.now()))
            .query(&[("since", since.to_rfc3339())]);
        client::traced(request).send().await?.error_for_status()?.json().await
    }
}

/// What marketing-admin answers where credentials are tried; its refusals as this service's.
pub(super) async fn asked_of(request: reqwest::RequestBuilder) -> Result<reqwest::Response, Fault> {
    let answer = client::traced(request).send().await.map_err(|error| away().source(error.without_url()))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let pause = retry_after(&answer).unwrap_or(LONG_PAUSE);
    let code = answer.json::<Refusal>().await.map(|refusal| refusal.code).unwrap_or_default();
    Err(match (status.as_u16(), code.as_str()) {
        (422, "pin_malformed") => Fault::invalid("pin_malformed"),
        (422, "pin_too_simple") => Fault::invalid("pin_too_simple"),
        (401, "code_needed") => Fault::new(StatusCode::UNAUTHORIZED, "code_needed"),
        (403, "second_factor_missing") => Fault::new(StatusCode::FORBIDDEN, "second_factor_missing"),
        (401, "invalid_credentials") | (422, _) => invalid_credentials(),
        (429, _) => Fault::rate_limited(pause),
        _ => away().source(format!("marketing-admin answered {status} {code}")),
    })
}

/// The seconds that marketing-admin asks for.
fn retry_after(answer: &reqwest::Response) -> Option<Duration> {
    let seconds = answer.headers().get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// 401: no such address, or not its password. Which of the two is nobody's business.
pub fn invalid_credentials() -> Fault {
    Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials")
}

pub(super) fn away() -> Fault {
    Fault::new(StatusCode::SERVICE_UNAVAILABLE, "sign_in_unavailable").retry_after(Duration::from_secs(5))
}
