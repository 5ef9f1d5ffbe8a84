//! The three sites as a browser would reach them.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use settings::Reader;

use crate::codes;
use crate::peers::accepted;

const PATIENCE: Duration = Duration::from_secs(30);

/// One site.
#[derive(Debug, Clone)]
pub(super) struct Site {
    url: String,
    client: Client,
}

/// All three.
#[derive(Debug, Clone)]
pub(super) struct Sites {
    pub(super) marketing: Site,
    pub(super) purchase: Site,
    pub(super) scanner: Site,
}

impl Sites {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let gateway = reader.optional(
            "GATEWAY_ADDRESS",
            "address and port of the gateway, where the sites' names do not resolve",
        );
        let mut site = |variable| {
            let url: String = reader.required(variable, "the address of this site");
            Site::new(url.trim_end_matches('/'), gateway)
        };
        Self {
            marketing: site("PUBLIC_URL_MARKETING"),
            purchase: site("PUBLIC_URL_PURCHASE"),
            scanner: site("PUBLIC_URL_SCANNER"),
        }
    }
}

impl Site {
    fn new(url: &str, gateway: Option<SocketAddr>) -> Self {
        let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        let mut builder = Client::builder()
            .timeout(Duration::from_secs(20))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        if let (Some(host), Some(gateway)) = (host, gateway) {
            builder = builder.resolve(&host, gateway);
        }
        // Fails for want of a TLS provider alone, which `main` installs.
        let client = builder.build().unwrap_or_else(|_| web::client());
        Self { url: url.to_owned(), client }
    }

    pub(super) async fn get(&self, path: &str, token: Option<&str>) -> anyhow::Result<Value> {
        let request = self.client.get(format!("{}{path}", self.url));
        self.send(path, with(request, token)).await
    }

    pub(super) async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> anyhow::Result<Value> {
        let request = self.client.post(format!("{}{path}", self.url)).json(body);
        self.send(path, with(request, token)).await
    }

    /// A POST that acts once however often it is sent.
    pub(super) async fn post_once(&self, path: &str, key: &str, body: &Value) -> anyhow::Result<Value> {
        let request =
            self.client.post(format!("{}{path}", self.url)).header("idempotency-key", key).json(body);
        self.send(path, request).await
    }

    /// A form as a browser sends it to any address; the answer may redirect.
    pub(super) async fn submit(&self, url: &str, fields: &[(&str, &str)]) -> anyhow::Result<()> {
        let answer = self
            .client
            .post(url)
            .form(fields)
            .send()
            .await
            .with_context(|| format!("{url} does not answer"))?;
        if answer.status().is_redirection() {
            return Ok(());
        }
        accepted("the payment page", url, answer).await.map(|_| ())
    }

    /// A form of this site's own pages; the answer leads on.
    pub(super) async fn send_form(&self, path: &str, fields: &[(&str, &str)]) -> anyhow::Result<()> {
        let request =
            self.client.post(format!("{}{path}", self.url)).header("origin", &self.url).form(fields);
        let answer = request.send().await.with_context(|| format!("{} does not answer", self.url))?;
        if answer.status().is_redirection() {
            return Ok(());
        }
        accepted(&self.url, path, answer).await?;
        bail!("{}{path} shows the form again", self.url)
    }

    async fn send(&self, path: &str, request: RequestBuilder) -> anyhow::Result<Value> {
        let answer = request.send().await.with_context(|| format!("{} does not answer", self.url))?;
        let answer = accepted(&self.url, path, answer).await?;
        answer.json().await.with_context(|| format!("{}{path} did not answer with JSON", self.url))
    }
}

/// The codes of one person's app. Each is good once: whoever signs in twice within half a minute takes the next one early,
/// as the desk allows, and the one after that when its time has come.
pub(super) struct Codes {
    secret: Option<String>,
    last: u64,
}

impl Codes {
    pub(super) const fn of(secret: Option<String>) -> Self {
        Self { secret, last: 0 }
    }

    async fn next(&mut self) -> anyhow::Result<Option<String>> {
        let Some(secret) = &self.secret else { return Ok(None) };
        loop {
            let now = codes::step();
            let step = now.max(self.last + 1);
            if step <= now + 1 {
                self.last = step;
                return codes::code(secret, step).map(Some);
            }
            pause().await;
        }
    }
}

/// Signs in at a site of staff's. A code that was used already, by a run a moment ago, is followed by the next one.
pub(super) async fn token(
    site: &Site,
    email: &str,
    password: &str,
    codes: &mut Codes,
) -> anyhow::Result<String> {
    let deadline = Instant::now() + PATIENCE * 2;
    loop {
        let code = codes.next().await?;
        let (once, body) = (code.is_none(), json!({"email": email, "password": password, "code": code}));
        match site.post("/api/v1/session", None, &body).await {
            Ok(answer) => {
                let token = answer["token"].as_str().map(str::to_owned);
                return token.context("signing in gave no token");
            }
            Err(error) if once || Instant::now() > deadline => return Err(error),
            Err(_) => {}
        }
    }
}

/// Looks until `look` finds something.
pub(super) async fn eventually<T>(
    what: &str,
    look: impl AsyncFn() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = look().await;
        match found {
            Ok(Some(found)) => return Ok(found),
            Err(error) if Instant::now() > deadline => {
                return Err(error.context(format!("waited in vain for {what}")));
            }
            Ok(None) if Instant::now() > deadline => {
                bail!("waited {} s in vain for {what}", PATIENCE.as_secs())
            }
            _ => pause().await,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the pause between two looks at what tells nobody when it has changed"
)]
async fn pause() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

fn with(request: RequestBuilder, token: Option<&str>) -> RequestBuilder {
    match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    }
}
