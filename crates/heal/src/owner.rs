//! Another service's digest, over its internal listener.

use bus::{
    digest::{Bucket, Entry, Owner},
    outbox::Resent,
};
use db::DbError;
use domain::clock::SharedClock;
use serde::de::DeserializeOwned;
use web::{client, service_token::ServiceSigner};

/// Ids in one request: the owner answers well within our patience.
const AT_ONCE: usize = 5_000;

/// A service that owns subjects of ours.
#[derive(Debug, Clone)]
pub struct RemoteOwner {
    client: reqwest::Client,
    name: &'static str,
    internal_url: String,
    signer: ServiceSigner,
    clock: SharedClock,
}

/// Why an owner could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum OwnerError {
    /// Our own database.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The owner did not answer, or not what was asked.
    #[error("the owner did not answer: {0}")]
    Silent(String),
}

impl RemoteOwner {
    /// The service `name` at this internal address.
    pub fn at(name: &'static str, internal_url: &str, signer: &ServiceSigner, clock: &SharedClock) -> Self {
        Self {
            client: client::client(),
            name,
            internal_url: internal_url.trim_end_matches('/').to_owned(),
            signer: signer.clone(),
            clock: clock.clone(),
        }
    }

    async fn ask<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, OwnerError> {
        let silent = |error: reqwest::Error| OwnerError::Silent(error.without_url().to_string());
        let request = request.bearer_auth(self.signer.token(self.name, self.clock.now()));
        let answer =
            client::traced(request).send().await.map_err(silent)?.error_for_status().map_err(silent)?;
        answer.json().await.map_err(silent)
    }

    fn url(&self, verb: &str, subject: &str) -> String {
        format!("{}/internal/v1/{verb}/{subject}", self.internal_url)
    }
}

impl Owner for RemoteOwner {
    type Error = OwnerError;

    async fn buckets(&self, subject: &str) -> Result<Vec<Bucket>, OwnerError> {
        self.ask(self.client.get(self.url("digest", subject))).await
    }

    async fn entries(&self, subject: &str, buckets: &[i32]) -> Result<Vec<Entry>, OwnerError> {
        let list = buckets.iter().map(i32::to_string).collect::<Vec<_>>().join(",");
        self.ask(self.client.get(self.url("digest", subject)).query(&[("buckets", list)])).await
    }

    async fn resend(&self, subject: &str, aggregates: &[String]) -> Result<Resent, OwnerError> {
        let mut all = Resent::default();
        for some in aggregates.chunks(AT_ONCE) {
            let body = serde_json::json!({ "ids": some });
            let resent: Resent = self.ask(self.client.post(self.url("resend", subject)).json(&body)).await?;
            all.sent += resent.sent;
            all.cleared.extend(resent.cleared);
        }
        Ok(all)
    }
}
