//! The providers that are configured, and what is asked of them: where to send somebody, and who came back.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::CoreProviderMetadata;
use openidconnect::{HttpRequest, HttpResponse};
use reqwest::Url;
use tokio::sync::Mutex;

use super::config::{Key, Way};
use super::profile::Profile;
use super::{Provider, apple, oauth, openid};

/// Somebody waits for a page meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a provider's endpoints and keys are believed without asking again.
const BELIEVED: TimeDelta = TimeDelta::minutes(10);

/// Why a provider's word is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// It does not answer, or not sensibly.
    #[error("the provider does not answer: {0}")]
    Away(String),
    /// It answers that the code is no good, or what it signed does not hold.
    #[error("the provider's word does not hold: {0}")]
    Refused(String),
}

/// Why a single call failed.
#[derive(Debug, thiserror::Error)]
pub enum CallFault {
    /// On the way.
    #[error("no answer")]
    Sending(#[from] reqwest::Error),
    /// The answer could not be built.
    #[error("no HTTP")]
    Building(#[from] openidconnect::http::Error),
}

/// What somebody brings back.
#[derive(Debug, Clone)]
pub struct Brought {
    /// The code.
    pub code: String,
    /// What PKCE promised.
    pub verifier: String,
    /// What the ID token must name.
    pub nonce: String,
    /// The name that Apple tells beside it, the first time only.
    pub name: String,
}

type Known = HashMap<Provider, (DateTime<Utc>, CoreProviderMetadata)>;

/// The providers that are configured.
#[derive(Clone)]
pub struct Providers {
    ways: Arc<[Way]>,
    http: reqwest::Client,
    /// Our own site's address.
    site: String,
    known: Arc<Mutex<Known>>,
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.ways.iter().map(|way| way.provider)).finish()
    }
}

impl Providers {
    /// These, for guests of the site at `site`.
    pub fn new(ways: Vec<Way>, site: &str) -> Self {
        Self {
            ways: ways.into(),
            http: web::client::client_with(PATIENCE),
            site: site.trim_end_matches('/').to_owned(),
            known: Arc::default(),
        }
    }

    /// The configured ones, in the order in which they are offered.
    pub fn offered(&self) -> impl Iterator<Item = Provider> + '_ {
        self.ways.iter().map(|way| way.provider)
    }

    /// The configured one of this code.
    pub fn way(&self, code: &str) -> Option<&Way> {
        self.ways.iter().find(|way| way.provider.code() == code)
    }

    /// Where the provider sends people back to.
    pub fn callback(&self, provider: Provider) -> String {
        format!("{}/account/with/{}/callback", self.site, provider.code())
    }

    /// Where to send somebody.
    pub(super) async fn address(
        &self,
        way: &Way,
        (state, nonce, challenge): (&str, &str, &str),
        now: DateTime<Utc>,
    ) -> Result<Url, Trouble> {
        let mut url = match way.provider {
            Provider::Google | Provider::Apple => {
                self.metadata(way, now).await?.authorization_endpoint().url().clone()
            }
            Provider::Facebook => oauth::at(&way.url, "dialog/oauth"),
            Provider::Github => oauth::at(&way.url, "login/oauth/authorize"),
        };
        url.query_pairs_mut()
            .append_pair("client_id", &way.client_id)
            .append_pair("redirect_uri", &self.callback(way.provider))
            .append_pair("response_type", "code")
            .append_pair("scope", way.provider.scope())
            .append_pair("state", state)
            .append_pair("nonce", nonce)
            .append_pair("code_challenge", challenge)
            .append_pair("code_challenge_method", "S256");
        let (name, value) = match way.provider {
            // Whoever has several accounts there may choose.
            Provider::Google => ("prompt", "select_account"),
            // Apple tells name and address in no other way.
            Provider::Apple => ("response_mode", "form_post"),
            Provider::Facebook | Provider::Github => return Ok(url),
        };
        url.query_pairs_mut().append_pair(name, value);
        Ok(url)
    }

    /// Who came back.
    pub(super) async fn profile(
        &self,
        way: &Way,
        brought: Brought,
        now: DateTime<Utc>,
    ) -> Result<Profile, Trouble> {
        let secret = match &way.key {
            Key::Secret(secret) => secret.expose().to_owned(),
            Key::Signed { team, kid, pkcs8 } => {
                let issuer = way.url.as_str().trim_end_matches('/');
                apple::secret((team, kid, pkcs8), &way.client_id, issuer, now)
                    .ok_or_else(|| Trouble::Refused("our own secret can't be signed".to_owned()))?
            }
        };
        let redirect = self.callback(way.provider);
        match way.provider {
            Provider::Google | Provider::Apple => {
                let metadata = self.metadata(way, now).await?;
                let told = openid::profile(&self.http, way, metadata, (secret, redirect), brought, now).await;
                if matches!(told, Err(Trouble::Refused(_))) {
                    // Its keys may have changed; whoever tries again gets the new ones.
                    self.known.lock().await.remove(&way.provider);
                }
                told
            }
            Provider::Facebook | Provider::Github => {
                oauth::profile(&self.http, way, (secret, redirect), brought).await
            }
        }
    }

    /// Endpoints and keys.
    async fn metadata(&self, way: &Way, now: DateTime<Utc>) -> Result<CoreProviderMetadata, Trouble> {
        {
            let known = self.known.lock().await;
            if let Some((at, metadata)) = known.get(&way.provider)
                && now - *at < BELIEVED
            {
                return Ok(metadata.clone());
            }
        }
        let metadata = openid::discover(&self.http, way).await?;
        self.known.lock().await.insert(way.provider, (now, metadata.clone()));
        Ok(metadata)
    }
}

/// One call of the libraries', over our own client, which follows no redirects.
pub(super) async fn call(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, CallFault> {
    let request = reqwest::Request::try_from(request)?;
    let answer = http.execute(request).await?;
    let mut built = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        built = built.header(name, value);
    }
    Ok(built.body(answer.bytes().await?.to_vec())?)
}
