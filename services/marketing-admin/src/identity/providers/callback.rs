//! `/account/with/{provider}/callback`: takes back who was sent to a provider.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq;
use web::{Fault, Locale, MaybeGuest, PageForm, redirect};

use super::ask::{Brought, Trouble};
use super::pages::{self, At, TRIP};
use super::store::Trip;
use super::{Provider, arrive, link, profile, store};
use crate::Desk;
use crate::identity::secret;
use crate::identity::visit::Visit;

/// What the provider has the browser bring.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Answer {
    code: String,
    state: String,
    error: String,
    /// Apple's, as we took it out of its form.
    name: String,
}

/// Apple's answer by form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct AppleAnswer {
    code: String,
    state: String,
    error: String,
    /// JSON with the name; the first time only.
    user: String,
}

/// `POST /account/with/apple/callback`: Apple has the browser send a form across sites, with which it sends none of our cookies. All
/// this does is lead to the address below, with them.
pub async fn by_form(
    desk: Data<Desk>,
    provider: Path<String>,
    answer: PageForm<AppleAnswer>,
) -> Result<HttpResponse, Fault> {
    if pages::way(&desk, &provider)?.provider != Provider::Apple {
        return Err(Fault::not_found());
    }
    let answer = answer.into_inner();
    let mut url = Url::parse(&desk.providers.callback(Provider::Apple)).map_err(Fault::internal)?;
    let user: Value = serde_json::from_str(&answer.user).unwrap_or_default();
    let part = |name: &str| user["name"][name].as_str().unwrap_or_default().to_owned();
    let name = profile::tidy(&format!("{} {}", part("firstName"), part("lastName")));
    let pairs = [("code", answer.code), ("state", answer.state), ("error", answer.error), ("name", name)];
    url.query_pairs_mut().extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
    Ok(redirect::see_other(url.as_str()))
}

/// `GET`: asks the provider who it is.
pub async fn get(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    provider: Path<String>,
    (answer, guest): (Query<Answer>, MaybeGuest),
) -> Result<HttpResponse, Fault> {
    let provider = pages::way(&desk, &provider)?.provider;
    let trip = trip(&desk, &request, provider, &answer.state).await?;
    let next = trip.as_ref().map(|trip| trip.next.clone()).unwrap_or_default();
    let at = At { desk: &desk, request: &request, locale, visit: &visit, provider, next: &next };
    let mut response = match trip {
        Some(trip) => back(&at, trip, answer.into_inner(), guest).await?,
        None => pages::said(&at, StatusCode::BAD_REQUEST, "lost", "/account/sign-in".to_owned())?,
    };
    pages::forget(&mut response, TRIP)?;
    Ok(response)
}

/// The trip of this state, once, and only for the browser that set out.
async fn trip(
    desk: &Desk,
    request: &HttpRequest,
    provider: Provider,
    state: &str,
) -> Result<Option<Trip>, Fault> {
    let own = secret::hash(&pages::cookie(request, TRIP));
    let brought = secret::hash(state);
    if state.is_empty() || !bool::from(own.ct_eq(&brought)) {
        return Ok(None);
    }
    let mut conn = desk.db.conn().await?;
    Ok(store::come_back(&mut conn, &brought, provider, desk.clock.now()).await?)
}

async fn back(at: &At<'_>, trip: Trip, answer: Answer, guest: MaybeGuest) -> Result<HttpResponse, Fault> {
    let start = if trip.account_id.is_some() { super::start::SECURITY } else { "/account/sign-in" };
    if !answer.error.is_empty() || answer.code.is_empty() {
        return pages::said(at, StatusCode::BAD_REQUEST, "cancelled", start.to_owned());
    }
    let way = pages::way(at.desk, at.provider.code())?;
    let brought = Brought {
        code: answer.code,
        verifier: trip.pkce_verifier,
        nonce: trip.nonce,
        name: profile::tidy(&answer.name),
    };
    let profile = match at.desk.providers.profile(way, brought, at.desk.clock.now()).await {
        Ok(profile) => profile,
        Err(trouble) => {
            tracing::warn!(provider = at.provider.code(), error = %trouble, "a provider did not say who it is");
            let (status, what) = match trouble {
                Trouble::Away(_) => (StatusCode::BAD_GATEWAY, "away"),
                Trouble::Refused(_) => (StatusCode::BAD_REQUEST, "lost"),
            };
            return pages::said(at, status, what, start.to_owned());
        }
    };
    match trip.account_id {
        None => arrive::arrive(at, &profile).await,
        Some(account) => {
            // Whoever signed out meanwhile, or in as somebody else, adds nothing to the first one's account.
            let same = guest.0.is_some_and(|guest| guest.account.uuid() == account);
            if !same {
                return pages::said(at, StatusCode::BAD_REQUEST, "lost", "/account/sign-in".to_owned());
            }
            link::add(at, account, &profile).await
        }
    }
}
