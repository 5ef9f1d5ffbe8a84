//! What the owner does: a venue, and nights that are published.

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::calendar::{Night, ZONE};
use super::club::{Promo, VENUE};
use super::site::{self, Codes, Site};

/// The owner, signed in.
pub(super) struct Owner<'a> {
    site: &'a Site,
    token: String,
}

/// A published event, as far as the seed cares.
pub(super) struct Published {
    pub(super) slug: String,
    pub(super) starts_at: DateTime<Utc>,
    pub(super) entry_from: DateTime<Utc>,
    pub(super) entry_until: DateTime<Utc>,
}

impl<'a> Owner<'a> {
    pub(super) async fn sign_in(
        site: &'a Site,
        email: &str,
        password: &str,
        codes: &mut Codes,
    ) -> anyhow::Result<Self> {
        Ok(Self { site, token: site::token(site, email, password, codes).await? })
    }

    /// Makes the venue, or leaves it as it is.
    pub(super) async fn put_venue(&self) -> anyhow::Result<()> {
        let venue = json!({"name": VENUE, "address": "Calle del Agave 7, Madrid", "time_zone": ZONE.name()});
        self.site.post("/api/v1/venues", Some(&self.token), &venue).await.map(|_| ())
    }

    /// All published events.
    pub(super) async fn published(&self) -> anyhow::Result<Vec<Published>> {
        let list = self.list().await?;
        Ok(list.iter().filter(|event| event["status"] == "published").filter_map(published).collect())
    }

    /// Makes sure that the night is there and published; whether anything had to be done.
    pub(super) async fn ensure(&self, night: &Night) -> anyhow::Result<bool> {
        let known = self.list().await?.into_iter().find(|event| event["slug"] == night.slug.as_str());
        let event = match known {
            Some(event) => event,
            None => self.site.post("/api/v1/events", Some(&self.token), &night.entered).await?,
        };
        if event["status"] != "draft" {
            return Ok(false);
        }
        let id = event["id"].as_str().context("an event without an id")?;
        self.site.post(&format!("/api/v1/events/{id}/publish"), Some(&self.token), &json!({})).await?;
        Ok(true)
    }

    /// Makes a promo code, unless it is there.
    pub(super) async fn ensure_promo(&self, promo: &Promo) -> anyhow::Result<()> {
        let known = self.site.get("/api/v1/promos", Some(&self.token)).await?;
        if known["promos"].as_array().into_iter().flatten().any(|each| each["code"] == promo.code) {
            return Ok(());
        }
        let (kind, amount) = promo.off;
        let entered = json!({"name": promo.name, "code": promo.code, "off": {kind: amount}, "promoter": promo.promoter});
        self.site.post("/api/v1/promos", Some(&self.token), &entered).await.map(|_| ())
    }

    async fn list(&self) -> anyhow::Result<Vec<Value>> {
        let mut answer = self.site.get("/api/v1/events", Some(&self.token)).await?;
        match answer["events"].take() {
            Value::Array(events) => Ok(events),
            _ => anyhow::bail!("the list of events is not a list"),
        }
    }
}

fn published(event: &Value) -> Option<Published> {
    let time = |field: &str| event[field].as_str()?.parse().ok();
    Some(Published {
        slug: event["slug"].as_str()?.to_owned(),
        starts_at: time("starts_at")?,
        entry_from: time("entry_from")?,
        entry_until: time("entry_until")?,
    })
}
