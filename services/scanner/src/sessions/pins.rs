//! Asks marketing-admin about PINs.

use std::net::IpAddr;

use domain::ids::StaffId;
use internal_api::marketing_admin::pins::{PinHolder, PinSession, PinWanted};
use uuid::Uuid;
use web::{Fault, client};

use super::identity::{Identity, Session, asked_of, away};
use crate::config::SERVICE;

impl Identity {
    /// Opens a session for who typed their PIN on an enrolled phone. 401 `invalid_credentials`; 429 while they are locked out
    /// on it; 503 while marketing-admin is away.
    pub async fn sign_in_by_pin(
        &self,
        staff: Uuid,
        pin: &str,
        device: Uuid,
        from: Option<IpAddr>,
    ) -> Result<Session, Fault> {
        let asked = PinSession {
            staff,
            pin: pin.to_owned(),
            audience: SERVICE.to_owned(),
            device,
            address: from.map(|address| address.to_string()),
        };
        let request = self.client.post(format!("{}/internal/v1/sessions/pin", self.internal_url));
        let request =
            request.bearer_auth(self.signer.token("marketing-admin", self.clock.now())).json(&asked);
        asked_of(request).await?.json().await.map_err(|error| away().source(error.without_url()))
    }

    /// Sets the PIN of a member of the staff, whose password proves that it is they.
    pub async fn set_pin(
        &self,
        staff: StaffId,
        pin: &str,
        password: &str,
        from: Option<IpAddr>,
    ) -> Result<(), Fault> {
        let wanted = PinWanted {
            pin: pin.to_owned(),
            password: password.to_owned(),
            address: from.map(|address| address.to_string()),
        };
        let token = self.signer.token_for(Some(staff), "marketing-admin", self.clock.now());
        let request = self.client.put(format!("{}/internal/v1/pins/{staff}", self.internal_url));
        asked_of(request.bearer_auth(token).json(&wanted)).await.map(drop)
    }

    /// Who has a PIN.
    pub async fn pin_holders(&self) -> Result<Vec<PinHolder>, reqwest::Error> {
        let request = self
            .client
            .get(format!("{}/internal/v1/pins", self.internal_url))
            .bearer_auth(self.signer.token("marketing-admin", self.clock.now()));
        client::traced(request).send().await?.error_for_status()?.json().await
    }
}
