//! The doorman over HTTP: signs in, stands at a gate, scans.

use crate::wait::{PATIENCE, until};
use anyhow::{Result, ensure};
use devstack::{Stack, StaffRole};
use domain::clock::{Clock, SystemClock};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use uuid::Uuid;

/// Somebody at a door, signed in.
#[derive(Debug, Clone)]
pub struct Door {
    client: Client,
    scanner: String,
    token: String,
    event: String,
    gate: String,
}

impl Door {
    /// Signs in and stands at the first gate of an event, as soon as the door knows it.
    ///
    /// # Errors
    /// When signing in is refused.
    ///
    /// # Panics
    /// When the door does not know the event within a person's patience.
    pub async fn open(stack: &Stack, event: &Value) -> Result<Self> {
        let (client, scanner) = (stack.client()?, stack.urls.scanner.clone());
        let staff = stack.staff(StaffRole::DoorStaff);
        let body = staff.sign_in().await?;
        let answer = client.post(format!("{scanner}/api/v1/session")).json(&body).send().await?;
        ensure!(answer.status().is_success(), "signing in answered {}", answer.status());
        let token = answer.json::<Value>().await?["token"].as_str().unwrap_or_default().to_owned();
        let event = event["id"].as_str().unwrap_or_default().to_owned();
        let gate = until("the door knows the event", PATIENCE, || async {
            let answer =
                client.get(format!("{scanner}/api/v1/events")).bearer_auth(&token).send().await.ok()?;
            let list: Value = answer.json().await.ok()?;
            let known = list["events"].as_array()?.iter().find(|e| e["id"] == event.as_str())?.clone();
            known["gates"][0]["id"].as_str().map(str::to_owned)
        })
        .await;
        Ok(Self { client, scanner, token, event, gate })
    }

    /// The bearer token of this sign-in.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The body of a scan of this gate.
    pub fn body(&self, code: &str, nonce: &str) -> Value {
        json!({"code": code, "event": self.event, "gate": self.gate, "nonce": nonce, "scanned_at": SystemClock.now()})
    }

    /// Posts a scan as it stands.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn post(&self, body: &Value) -> Result<Response> {
        let url = format!("{}/api/v1/scans", self.scanner);
        Ok(self.client.post(url).bearer_auth(&self.token).json(body).send().await?)
    }

    /// Posts to another path of the door's.
    ///
    /// # Errors
    /// When the service does not answer, or refuses.
    pub async fn call(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.client.post(format!("{}{path}", self.scanner)).bearer_auth(&self.token).json(body);
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    /// Scans a code once; gives the answer.
    ///
    /// # Errors
    /// When the service does not answer with one.
    pub async fn scan(&self, code: &str) -> Result<Value> {
        let body = self.body(code, &Uuid::new_v4().to_string());
        Ok(self.post(&body).await?.error_for_status()?.json().await?)
    }

    /// A scan that the phone decided by itself just now.
    pub fn decided(&self, code: &str, nonce: &str, decision: &str, reason: &str) -> Value {
        let now = SystemClock.now();
        json!({
            "code": code, "event": self.event, "gate": self.gate, "nonce": nonce, "direction": "entry",
            "scanned_at": now, "corrected_at": now, "decision": decision, "reason": reason,
        })
    }

    /// Brings scans that the phone decided.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn report(&self, scans: &[Value]) -> Result<Response> {
        let url = format!("{}/api/v1/scans/batch", self.scanner);
        let body = json!({"device_time": SystemClock.now(), "scans": scans});
        Ok(self.client.post(url).bearer_auth(&self.token).json(&body).send().await?)
    }

    /// The list that a phone decides by: its signature and its bytes.
    ///
    /// # Errors
    /// When the service does not answer with one.
    pub async fn manifest(&self) -> Result<(String, Value)> {
        let url = format!("{}/api/v1/manifest?event={}", self.scanner, self.event);
        let answer = self.client.get(url).bearer_auth(&self.token).send().await?.error_for_status()?;
        let signature = answer.headers().get("maguey-manifest-signature");
        let signature = signature.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        Ok((signature, answer.json().await?))
    }

    /// How many people are inside, as the phones show it.
    ///
    /// # Errors
    /// When the service does not say.
    pub async fn inside(&self) -> Result<i64> {
        let url = format!("{}/api/v1/events/{}/occupancy", self.scanner, self.event);
        let answer = self.client.get(url).bearer_auth(&self.token).send().await?.error_for_status()?;
        Ok(answer.json::<Value>().await?["inside"].as_i64().unwrap_or(-1))
    }

    /// Waits until the door knows the ticket of a code, without using it: scans at another time would be refused.
    ///
    /// # Panics
    /// When it does not within a person's patience.
    pub async fn admits(&self, code: &str) -> Value {
        until("the door admits the ticket", PATIENCE, || async {
            let answer = self.scan(code).await.ok()?;
            (answer["reason"] != "unknown").then_some(answer)
        })
        .await
    }
}
