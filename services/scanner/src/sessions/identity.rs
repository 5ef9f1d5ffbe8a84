//! Asks marketing-admin who this is.

use std::time::Duration;

use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::clock::SharedClock;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use web::{Fault, client, service_token::ServiceSigner};

use crate::config::SERVICE;

/// Somebody stands at the door and waits: better told soon to try again than left without a word.
const PATIENCE: Duration = Duration::from_secs(5);

/// marketing-admin, as far as the door needs it.
#[derive(Debug, Clone)]
pub struct Identity {
    client: reqwest::Client,
    sessions: String,
    signer: ServiceSigner,
    clock: SharedClock,
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
    /// What they may do: `owner`, `manager` or `door_staff`.
    pub role: String,
}

#[derive(Serialize)]
struct Asked<'a> {
    email: &'a str,
    password: &'a str,
    audience: &'static str,
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
            sessions: format!("{internal_url}/internal/v1/sessions"),
            signer: signer.clone(),
            clock: clock.clone(),
        }
    }

    /// Opens a session for this service. 401 `invalid_credentials`; 503 while marketing-admin is away.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Session, Fault> {
        let request = self
            .client
            .post(&self.sessions)
            .bearer_auth(self.signer.token("marketing-admin", self.clock.now()))
            .json(&Asked { email, password, audience: SERVICE });
        let answer =
            client::traced(request).send().await.map_err(|error| away().source(error.without_url()))?;
        let status = answer.status();
        if status.is_success() {
            return answer.json().await.map_err(|error| away().source(error.without_url()));
        }
        let code = answer.json::<Refusal>().await.map(|refusal| refusal.code).unwrap_or_default();
        Err(match (status.as_u16(), code.as_str()) {
            (401, "invalid_credentials") | (422, _) => invalid_credentials(),
            (429, _) => Fault::rate_limited(Duration::from_secs(60)),
            _ => away().source(format!("marketing-admin answered {status} {code}")),
        })
    }
}

/// 401: no such address, or not its password. Which of the two is nobody's business.
pub fn invalid_credentials() -> Fault {
    Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials")
}

fn away() -> Fault {
    Fault::new(StatusCode::SERVICE_UNAVAILABLE, "sign_in_unavailable").retry_after(Duration::from_secs(5))
}
