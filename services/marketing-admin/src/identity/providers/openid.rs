//! Google and Apple: who somebody is stands in a signed ID token.

use chrono::{DateTime, Utc};
use oauth2::RequestTokenError;
use openidconnect::core::{CoreClient, CoreProviderMetadata};
use openidconnect::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, HttpRequest, IssuerUrl, Nonce, PkceCodeVerifier,
    RedirectUrl, TokenResponse,
};

use super::ask::{Brought, Trouble, call};
use super::config::Way;
use super::profile::Profile;

/// The provider's endpoints and keys.
pub(super) async fn discover(http: &reqwest::Client, way: &Way) -> Result<CoreProviderMetadata, Trouble> {
    let issuer = IssuerUrl::new(way.url.as_str().trim_end_matches('/').to_owned());
    let issuer = issuer.map_err(|error| Trouble::Away(error.to_string()))?;
    let send = |request: HttpRequest| call(http.clone(), request);
    CoreProviderMetadata::discover_async(issuer, &send)
        .await
        .map_err(|error| Trouble::Away(error.to_string()))
}

/// The code against an ID token, which must be signed by the provider, for us, for this trip, and not be over.
pub(super) async fn profile(
    http: &reqwest::Client,
    way: &Way,
    metadata: CoreProviderMetadata,
    (secret, redirect): (String, String),
    brought: Brought,
    now: DateTime<Utc>,
) -> Result<Profile, Trouble> {
    let redirect = RedirectUrl::new(redirect).map_err(|error| Trouble::Refused(error.to_string()))?;
    let (id, secret) = (ClientId::new(way.client_id.clone()), ClientSecret::new(secret));
    let client = CoreClient::from_provider_metadata(metadata, id, Some(secret))
        // The one manner that both take.
        .set_auth_type(AuthType::RequestBody)
        .set_redirect_uri(redirect);
    let send = |request: HttpRequest| call(http.clone(), request);
    let answer = client
        .exchange_code(AuthorizationCode::new(brought.code))
        .map_err(|error| Trouble::Away(error.to_string()))?
        .set_pkce_verifier(PkceCodeVerifier::new(brought.verifier))
        .request_async(&send)
        .await
        .map_err(|error| match error {
            RequestTokenError::ServerResponse(told) => Trouble::Refused(told.error().to_string()),
            other => Trouble::Away(other.to_string()),
        })?;
    let token = answer.id_token().ok_or_else(|| Trouble::Refused("no ID token".to_owned()))?;
    let verifier = client.id_token_verifier().set_time_fn(move || now);
    let claims = token
        .claims(&verifier, &Nonce::new(brought.nonce))
        .map_err(|error| Trouble::Refused(error.to_string()))?;
    let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned());
    let name = name.filter(|name| !name.is_empty()).unwrap_or(brought.name);
    let email = claims.email().map(|email| email.as_str());
    let verified = claims.email_verified().unwrap_or(false);
    Profile::new(way.provider, claims.subject().as_str(), email, verified, &name)
        .ok_or_else(|| Trouble::Refused("no subject".to_owned()))
}
