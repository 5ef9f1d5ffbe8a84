//! A club under load: a whole stack of release builds, somebody at the desk, somebody at the door, guests.

use crate::wait::until;
use anyhow::{Context, Result, ensure};
use chrono::{TimeDelta, Utc};
use devstack::{Stack, StackOptions, StaffRole};
use domain::clock::{Clock, SystemClock};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use std::net::SocketAddr;
use uuid::Uuid;

/// The stack and who acts on it.
#[derive(Debug)]
pub struct Club {
    /// What is measured.
    pub stack: Stack,
    /// For what is asked seldom; load goes over [`crate::wire`].
    pub client: Client,
    owner: String,
}

/// A night on sale.
#[derive(Debug, Clone)]
pub struct Night {
    /// Its key.
    pub id: String,
    /// Its address.
    pub slug: String,
    /// Its one ticket type.
    pub ticket_type: String,
}

/// Somebody at the door.
#[derive(Debug, Clone)]
pub struct Door {
    /// `Bearer …`
    pub authorization: String,
    /// Where they stand.
    pub gate: String,
    /// What lies behind it.
    pub zone: String,
}

impl Club {
    /// Starts the stack, signs the owner in, makes the venue.
    ///
    /// # Errors
    /// When something does not start or refuses.
    pub async fn open() -> Result<Self> {
        Self::open_with(StackOptions::default()).await
    }

    /// The same, with something different about the stack.
    ///
    /// # Errors
    /// When something does not start or refuses.
    pub async fn open_with(options: StackOptions) -> Result<Self> {
        let stack = Stack::start(StackOptions { durable: true, ..options }).await?;
        let client = stack.client()?;
        let owner = sign_in(&client, &stack.urls.marketing, &stack, StaffRole::Owner).await?;
        let club = Self { stack, client, owner };
        let venue =
            json!({"name": "Maguey", "address": "Calle de Alcalá 20, Madrid", "time_zone": "Europe/Madrid"});
        club.desk("/api/v1/venues", &venue).await?;
        Ok(club)
    }

    /// Makes a night that is open for entry right now; it is not on sale yet.
    ///
    /// # Errors
    /// When the desk refuses.
    pub async fn draft(&self, price: i64, capacity: i64) -> Result<Night> {
        let slug = format!("night-{}", Uuid::new_v4().simple());
        let starts = now() - TimeDelta::minutes(30);
        let made = self
            .desk(
                "/api/v1/events",
                &json!({
                    "title": "Measured Night", "slug": slug, "description": "Somebody looks at the clock.",
                    "starts_at": starts, "ends_at": starts + TimeDelta::hours(8),
                    "entry_from": starts - TimeDelta::hours(1), "fee": {"fixed_minor": 50, "basis_points": 250},
                    "ticket_types": [{"name": "Regular", "capacity": capacity, "attention": "Check ID",
                        "price": {"minor": price, "currency": "EUR"}}],
                }),
            )
            .await?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("an event has keys");
        Ok(Night { id: text(&made["id"])?, slug, ticket_type: text(&made["ticket_types"][0]["id"])? })
    }

    /// Publishes a night. That is all; see [`Club::on_sale`].
    ///
    /// # Errors
    /// When the desk refuses.
    pub async fn publish(&self, night: &Night) -> Result<()> {
        self.desk(&format!("/api/v1/events/{}/publish", night.id), &json!({})).await.map(drop)
    }

    /// Waits until a night is on sale.
    ///
    /// # Errors
    /// When it is not in time.
    pub async fn on_sale(&self, night: &Night) -> Result<()> {
        let url = format!("{}/api/v1/events/{}", self.stack.urls.purchase, night.slug);
        until("the night is on sale", || async {
            let answer = self.client.get(&url).send().await.ok()?;
            answer.status().is_success().then_some(())
        })
        .await
    }

    /// A night on sale.
    ///
    /// # Errors
    /// When the desk refuses, or it is not on sale in time.
    pub async fn night(&self, price: i64, capacity: i64) -> Result<Night> {
        let night = self.draft(price, capacity).await?;
        self.publish(&night).await?;
        self.on_sale(&night).await?;
        Ok(night)
    }

    /// Somebody at the first gate of a night.
    ///
    /// # Errors
    /// When signing in is refused, or the door does not know the night in time.
    pub async fn door(&self, night: &Night) -> Result<Door> {
        let site = &self.stack.urls.scanner;
        let authorization =
            format!("Bearer {}", sign_in(&self.client, site, &self.stack, StaffRole::DoorStaff).await?);
        let gate = until("the door knows the night", || async {
            let ask =
                self.client.get(format!("{site}/api/v1/events")).header("authorization", &authorization);
            let list: Value = ask.send().await.ok()?.json().await.ok()?;
            let events = list["events"].as_array()?;
            events.iter().find(|event| event["id"] == night.id.as_str())?["gates"].get(0).cloned()
        })
        .await?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("a gate has keys");
        Ok(Door { authorization, gate: text(&gate["id"])?, zone: text(&gate["zone"]["id"])? })
    }

    /// Where the gateway listens.
    ///
    /// # Errors
    /// When its URL is not `http://<address>:<port>`.
    pub fn gateway(&self) -> Result<SocketAddr> {
        address(&self.stack.urls.gateway)
    }

    async fn desk(&self, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.stack.urls.marketing);
        read(self.client.post(url).bearer_auth(&self.owner).json(body).send().await?).await
    }
}

/// The address in a URL such as `http://127.0.0.1:8080`.
///
/// # Errors
/// When it holds a name, or nothing.
pub fn address(url: &str) -> Result<SocketAddr> {
    host(url).parse().with_context(|| format!("{url} names no address"))
}

/// The host and port in a URL.
pub fn host(url: &str) -> &str {
    url.split("//").nth(1).unwrap_or_default().split('/').next().unwrap_or_default()
}

/// The body of a checkout for one ticket.
pub fn wish(night: &Night, email: &str) -> Value {
    json!({
        "event": night.id,
        "items": [{"ticket_type": night.ticket_type, "quantity": 1}],
        "buyer": {"name": "Ana Guest", "email": email},
    })
}

/// The body of a scan.
pub fn scan(night: &Night, door: &Door, code: &str) -> Value {
    json!({"code": code, "event": night.id, "gate": door.gate, "nonce": Uuid::new_v4(), "scanned_at": now()})
}

/// Now.
pub fn now() -> chrono::DateTime<Utc> {
    SystemClock.now()
}

/// The JSON of an answer that went well.
///
/// # Errors
/// With what the service said instead.
pub async fn read(answer: Response) -> Result<Value> {
    let (status, url) = (answer.status(), answer.url().clone());
    let text = answer.text().await?;
    ensure!(status.is_success(), "{url} answered {status}: {text}");
    Ok(serde_json::from_str(&text)?)
}

async fn sign_in(client: &Client, site: &str, stack: &Stack, role: StaffRole) -> Result<String> {
    let staff = stack.staff(role);
    let body = staff.sign_in().await?;
    let answer = read(client.post(format!("{site}/api/v1/session")).json(&body).send().await?).await?;
    answer["token"].as_str().map(str::to_owned).context("a session has a token")
}
