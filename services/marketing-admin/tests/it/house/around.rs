//! What the other services say, and what the email provider has accepted.

use std::sync::Arc;

use bus::{Bus, BusSettings};
use db::Owner;
use domain::clock::{SharedClock, SystemClock};
use messages::Subject;
use serde_json::Value;

use super::{House, until};

impl House {
    /// Says a message as another service would: through its own outbox and relay.
    pub async fn say<M: Subject>(&self, message: &M) {
        let owner = if M::STREAM.owner == "scanner" { Owner::Scanner } else { Owner::Purchase };
        let db = self.database.db(owner);
        let clock: SharedClock = Arc::new(SystemClock);
        bus::outbox::add(&mut db.conn().await.expect("a connection"), message, clock.now())
            .await
            .expect("said");
        let settings = BusSettings::new(&self.nats.url(owner.name()));
        let bus = Bus::connect(&settings, owner.name()).await.expect("a bus");
        until(
            "the message is with NATS",
            async || matches!(bus::relay::drain(&db, &bus, M::STREAM, &clock).await, Ok(sent) if sent > 0),
        )
        .await;
    }

    /// What the provider has accepted for an address.
    pub async fn mailbox(&self, to: &str) -> Vec<Value> {
        let url = format!("{}/mailbox.json", self.sandbox.url);
        let mails: Value = self
            .http
            .get(url)
            .query(&[("to", to)])
            .send()
            .await
            .expect("a mailbox")
            .json()
            .await
            .expect("JSON");
        mails.as_array().cloned().unwrap_or_default()
    }

    /// Scripts what goes wrong at the provider.
    pub async fn fault(&self, script: Value) {
        let url = format!("{}/control/faults", self.sandbox.url);
        let answer = self.http.post(url).json(&script).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
    }
}
