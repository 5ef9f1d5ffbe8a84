//! Facebook and GitHub: a token with which the profile is asked for.

use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, HttpRequest, PkceCodeVerifier, RedirectUrl,
    RequestTokenError, TokenResponse, TokenUrl,
};
use reqwest::Url;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Provider;
use super::ask::{Brought, Trouble, call};
use super::config::Way;
use super::profile::Profile;

#[derive(Deserialize)]
struct FacebookUser {
    id: String,
    #[serde(default)]
    name: String,
    email: Option<String>,
}

#[derive(Deserialize)]
struct GithubUser {
    id: u64,
    name: Option<String>,
}

#[derive(Deserialize)]
struct GithubAddress {
    email: String,
    primary: bool,
    verified: bool,
}

/// An address below a provider's own.
pub(super) fn at(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

/// The code against a token, and the token against the profile.
pub(super) async fn profile(
    http: &reqwest::Client,
    way: &Way,
    own: (String, String),
    brought: Brought,
) -> Result<Profile, Trouble> {
    let token = token(http, way, own, brought).await?;
    let told = match way.provider {
        Provider::Facebook => {
            let mut url = at(&way.api, "me");
            url.query_pairs_mut().append_pair("fields", "id,name,email");
            let user: FacebookUser = ask(http, url, &token).await?;
            Profile::new(way.provider, &user.id, user.email.as_deref(), false, &user.name)
        }
        _ => {
            let user: GithubUser = ask(http, at(&way.api, "user"), &token).await?;
            let addresses: Vec<GithubAddress> = ask(http, at(&way.api, "user/emails"), &token).await?;
            let email = addresses.iter().find(|address| address.primary);
            let verified = email.is_some_and(|address| address.verified);
            let email = email.map(|address| address.email.as_str());
            Profile::new(way.provider, &user.id.to_string(), email, verified, &user.name.unwrap_or_default())
        }
    };
    told.ok_or_else(|| Trouble::Refused("no subject".to_owned()))
}

async fn token(
    http: &reqwest::Client,
    way: &Way,
    (secret, redirect): (String, String),
    brought: Brought,
) -> Result<String, Trouble> {
    let refused = |error: oauth2::url::ParseError| Trouble::Refused(error.to_string());
    let endpoint = match way.provider {
        Provider::Facebook => at(&way.api, "oauth/access_token"),
        _ => at(&way.url, "login/oauth/access_token"),
    };
    let client = BasicClient::new(ClientId::new(way.client_id.clone()))
        .set_client_secret(ClientSecret::new(secret))
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::new(endpoint.to_string()).map_err(refused)?)
        .set_redirect_uri(RedirectUrl::new(redirect).map_err(refused)?);
    let send = |request: HttpRequest| call(http.clone(), request);
    let answer = client
        .exchange_code(AuthorizationCode::new(brought.code))
        .set_pkce_verifier(PkceCodeVerifier::new(brought.verifier))
        .request_async(&send)
        .await
        .map_err(|error| match error {
            RequestTokenError::ServerResponse(told) => Trouble::Refused(told.error().to_string()),
            // GitHub says with a 200 that a code is no good, and Facebook in words of its own.
            RequestTokenError::Parse(..) => Trouble::Refused("no token".to_owned()),
            other => Trouble::Away(other.to_string()),
        })?;
    Ok(answer.access_token().secret().clone())
}

async fn ask<T: DeserializeOwned>(http: &reqwest::Client, url: Url, token: &str) -> Result<T, Trouble> {
    let away = |error: reqwest::Error| Trouble::Away(error.without_url().to_string());
    let request = http.get(url).bearer_auth(token).header("accept", "application/json");
    request
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .map_err(away)?
        .json()
        .await
        .map_err(away)
}
