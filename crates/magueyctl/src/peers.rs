//! Calls to the services' internal ports, signed with this command's own key.

use anyhow::{Context, bail};
use reqwest::{Method, Response};
use serde::Serialize;
use settings::Reader;
use web::SigningSeed;
use web::service_token::ServiceSigner;

/// The name the services know this command by.
pub const NAME: &str = "magueyctl";

/// One of the services as a callee.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Its name: the audience of our tokens.
    pub name: &'static str,
    /// The base URL of its internal port.
    pub url: String,
}

/// The three services and the key that our calls are signed with.
#[derive(Debug, Clone)]
pub struct Peers {
    signer: ServiceSigner,
    client: reqwest::Client,
    peers: [Peer; 3],
}

impl Peers {
    /// Reads addresses and key.
    pub fn read(reader: &mut Reader) -> Self {
        let SigningSeed(key) =
            reader.required("SERVICE_SIGNING_KEY", "magueyctl's own private key, base64 of an Ed25519 seed");
        let mut peer = |name, variable| {
            let url: String = reader.required(variable, "the base URL of this service's internal port");
            Peer { name, url: url.trim_end_matches('/').to_owned() }
        };
        let peers = [
            peer("marketing-admin", "MARKETING_ADMIN_INTERNAL_URL"),
            peer("purchase", "PURCHASE_INTERNAL_URL"),
            peer("scanner", "SCANNER_INTERNAL_URL"),
        ];
        Self { signer: ServiceSigner::new(NAME, &key), client: web::client(), peers }
    }

    /// All three.
    pub fn all(&self) -> &[Peer; 3] {
        &self.peers
    }

    /// The service of this name.
    pub fn named(&self, name: &str) -> anyhow::Result<&Peer> {
        self.peers
            .iter()
            .find(|peer| peer.name == name)
            .with_context(|| format!("there is no service {name}"))
    }

    /// Calls `path` of a service; an answer other than 2xx is an error that quotes it.
    pub async fn call(
        &self,
        peer: &Peer,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> anyhow::Result<Response> {
        let answer = self.send(peer, method, path, body).await?;
        accepted(peer.name, path, answer).await
    }

    /// The same, whatever the answer's status.
    pub async fn send(
        &self,
        peer: &Peer,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> anyhow::Result<Response> {
        let token = self.signer.token(peer.name, crate::now());
        let mut request = self.client.request(method, format!("{}{path}", peer.url)).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.with_context(|| format!("{} does not answer at {}", peer.name, peer.url))
    }
}

/// The answer, if it is a good one; else an error that quotes it.
pub async fn accepted(who: &str, path: &str, answer: Response) -> anyhow::Result<Response> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    let said = answer.text().await.unwrap_or_default();
    bail!("{who} answered {status} to {path}: {}", said.chars().take(400).collect::<String>())
}
