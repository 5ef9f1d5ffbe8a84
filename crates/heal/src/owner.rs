//! Another service's digest, over its internal listener.

use std::time::Duration;

use bus::{
    digest::{Bucket, Entry, Owner},
    outbox::Resent,
};
use db::DbError;
use domain::clock::SharedClock;
use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;
use web::{Peer, peer, service_token::ServiceSigner};

/// How long an owner may take: a digest reads all that was ever said of a subject.
const PATIENCE: Duration = Duration::from_secs(30);
/// Ids in one request: the owner answers well within our patience.
const AT_ONCE: usize = 5_000;

/// A service that owns subjects of ours.
#[derive(Debug, Clone)]
pub struct RemoteOwner(Peer);

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
        Self(Peer::at(name, internal_url, signer, clock).patience(PATIENCE))
    }

    fn call(&self, method: Method, verb: &str, subject: &str) -> RequestBuilder {
        self.0.call(method, &format!("/internal/v1/{verb}/{subject}"))
    }
}

async fn ask<T: DeserializeOwned>(call: RequestBuilder) -> Result<T, OwnerError> {
    peer::answer(call).await.map_err(|error| OwnerError::Silent(error.to_string()))
}

impl Owner for RemoteOwner {
    type Error = OwnerError;

    async fn buckets(&self, subject: &str) -> Result<Vec<Bucket>, OwnerError> {
        ask(self.call(Method::GET, "digest", subject)).await
    }

    async fn entries(&self, subject: &str, buckets: &[i32]) -> Result<Vec<Entry>, OwnerError> {
        let list = buckets.iter().map(i32::to_string).collect::<Vec<_>>().join(",");
        ask(self.call(Method::GET, "digest", subject).query(&[("buckets", list)])).await
    }

    async fn resend(&self, subject: &str, aggregates: &[String]) -> Result<Resent, OwnerError> {
        let mut all = Resent::default();
        for some in aggregates.chunks(AT_ONCE) {
            let body = serde_json::json!({ "ids": some });
            let resent: Resent = ask(self.call(Method::POST, "resend", subject).json(&body)).await?;
            all.sent += resent.sent;
            all.cleared.extend(resent.cleared);
        }
        Ok(all)
    }
}
