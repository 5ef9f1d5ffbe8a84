//! The owner's desk over HTTP: makes nights and puts them on sale.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use devstack::{Stack, StaffRole};
use domain::clock::{Clock, SystemClock};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::session;

/// Somebody who works at the desk, signed in.
#[derive(Debug, Clone)]
pub struct Desk {
    client: Client,
    marketing: String,
    token: String,
}

/// A night to be made.
#[derive(Debug, Clone)]
pub struct Night {
    /// Its address.
    pub slug: String,
    /// Price of the one ticket type, minor units.
    pub price: i64,
    /// Its places.
    pub capacity: i64,
    /// When doors open; entry is from an hour before until eight hours after.
    pub starts_at: DateTime<Utc>,
    /// Until when guests give tickets back by themselves; none: they ask the club.
    pub gives_back_until: Option<DateTime<Utc>>,
}

impl Night {
    /// A night that is open for entry right now: 200 places at 20.00 EUR.
    pub fn open_now() -> Self {
        Self {
            slug: format!("night-{}", Uuid::new_v4().simple()),
            price: 2000,
            capacity: 200,
            starts_at: SystemClock.now() - TimeDelta::minutes(30),
            gives_back_until: None,
        }
    }

    /// The body that creates it.
    pub fn body(&self) -> Value {
        json!({
            "title": "Test Night",
            "slug": self.slug,
            "description": "A night that tests itself.",
            "starts_at": self.starts_at,
            "ends_at": self.starts_at + TimeDelta::hours(8),
            "entry_from": self.starts_at - TimeDelta::hours(1),
            "fee": {"fixed_minor": 50, "basis_points": 250},
            "terms": {"refunds": {"self_service_until": self.gives_back_until}},
            "ticket_types": [{
                "name": "Regular",
                "price": {"minor": self.price, "currency": "EUR"},
                "capacity": self.capacity,
                "attention": "Check ID",
            }],
        })
    }
}

impl Desk {
    /// Signs a member of staff in.
    ///
    /// # Errors
    /// When the desk refuses.
    pub async fn sign_in(stack: &Stack, role: StaffRole) -> Result<Self> {
        let (client, marketing) = (stack.client()?, stack.urls.marketing.clone());
        let token = session::token(stack, &client, &marketing, role).await?;
        Ok(Self { client, marketing, token })
    }

    /// The bearer token of this sign-in.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Posts to the desk's API.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Response> {
        let url = format!("{}{path}", self.marketing);
        Ok(self.client.post(url).bearer_auth(&self.token).json(body).send().await?)
    }

    /// Puts to the desk's API.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Response> {
        let url = format!("{}{path}", self.marketing);
        Ok(self.client.put(url).bearer_auth(&self.token).json(body).send().await?)
    }

    /// Makes the club's venue, makes the night and puts it on sale; gives the event as the desk has it.
    ///
    /// # Errors
    /// When any of it is refused.
    pub async fn publish(&self, night: &Night) -> Result<Value> {
        let venue =
            json!({"name": "Maguey", "address": "Calle de Alcalá 20, Madrid", "time_zone": "Europe/Madrid"});
        self.post("/api/v1/venues", &venue).await?.error_for_status()?;
        let made: Value =
            self.post("/api/v1/events", &night.body()).await?.error_for_status()?.json().await?;
        let path = format!("/api/v1/events/{}/publish", made["id"].as_str().unwrap_or_default());
        Ok(self.post(&path, &json!({})).await?.error_for_status()?.json().await?)
    }
}
