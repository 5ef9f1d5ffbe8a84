//! The supervisor's side of the club's phones.

use super::*;
use devstack::Service;
use reqwest::{Client, RequestBuilder};

/// The owner, who asks the door past the gateway: at the desk the network works when the phones have none.
pub struct Supervisor {
    client: Client,
    scanner: String,
    token: String,
}

impl Supervisor {
    pub async fn of(club: &Club) -> Result<Self> {
        let (client, scanner) = (club.stack.client()?, club.stack.direct(Service::Scanner));
        let token = e2e::session::token(&club.stack, &client, &scanner, StaffRole::Owner).await?;
        Ok(Self { client, scanner, token })
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}/api/v1/devices{path}", self.scanner)).bearer_auth(&self.token)
    }

    /// Posts to another path of the door's.
    pub async fn call(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.client.post(format!("{}{path}", self.scanner)).bearer_auth(&self.token);
        Ok(request.json(body).send().await?.error_for_status()?.json().await?)
    }

    /// Says how many may be inside, and why.
    pub async fn limit(&self, event: &str, people: i64, note: &str) -> Result<()> {
        let path = format!("{}/api/v1/events/{event}/limit", self.scanner);
        let request = self.client.put(path).bearer_auth(&self.token);
        request.json(&json!({"people": people, "note": note})).send().await?.error_for_status()?;
        Ok(())
    }

    /// The address that the QR code for a new phone leads to.
    pub async fn invite(&self, name: &str) -> Result<String> {
        let answer = self.post("/invitations").json(&json!({"name": name})).send().await?;
        let invited: Value = answer.error_for_status()?.json().await?;
        invited["link"].as_str().map(str::to_owned).context("a link")
    }

    /// Takes a phone off the door.
    pub async fn take_off(&self, name: &str) -> Result<()> {
        let all = self.client.get(format!("{}/api/v1/devices", self.scanner)).bearer_auth(&self.token);
        let all: Value = all.send().await?.error_for_status()?.json().await?;
        let mut phones = all["devices"].as_array().context("a list")?.iter();
        let phone = phones.find(|phone| phone["name"] == name).context("a phone of that name")?;
        let id = phone["id"].as_str().context("an id")?;
        self.post(&format!("/{id}/revoke")).send().await?.error_for_status()?;
        Ok(())
    }
}
