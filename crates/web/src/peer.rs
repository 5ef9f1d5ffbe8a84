//! Another of our services, called on its internal listener.

use std::time::Duration;

use domain::{clock::SharedClock, ids::StaffId};
use reqwest::{Method, RequestBuilder};
use serde::de::DeserializeOwned;

use crate::{client, request_id, request_id::RequestId, service_token::ServiceSigner};

/// A service of ours as a callee: every call carries a token signed for it, and the trace.
#[derive(Debug, Clone)]
pub struct Peer {
    client: reqwest::Client,
    name: &'static str,
    internal_url: String,
    signer: ServiceSigner,
    clock: SharedClock,
}

impl Peer {
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

    /// The same, given up on sooner: somebody waits for the page.
    pub fn patience(mut self, limit: Duration) -> Self {
        self.client = client::client_with(limit);
        self
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// A call of ours.
    pub fn call(&self, method: Method, path: &str) -> RequestBuilder {
        self.signed(None, method, path)
    }

    /// A call that a member of staff has asked for, in the request `id`: the callee's audit log names both.
    pub fn call_for(&self, staff: StaffId, id: &RequestId, method: Method, path: &str) -> RequestBuilder {
        self.signed(Some(staff), method, path).header(request_id::HEADER, id.as_str())
    }

    fn signed(&self, staff: Option<StaffId>, method: Method, path: &str) -> RequestBuilder {
        let token = self.signer.token_for(staff, self.name, self.clock.now());
        let request = self.client.request(method, format!("{}{path}", self.internal_url));
        client::traced(request.bearer_auth(token))
    }
}

/// Sends a call and reads what it answers; every status but 2xx is an error. It names no address.
pub async fn answer<T: DeserializeOwned>(call: RequestBuilder) -> Result<T, reqwest::Error> {
    let read = async { call.send().await?.error_for_status()?.json().await };
    read.await.map_err(reqwest::Error::without_url)
}
