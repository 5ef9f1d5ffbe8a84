//! `GET /account/with/{provider}`: sends somebody to a provider.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::TimeDelta;
use openidconnect::PkceCodeChallenge;
use serde::Deserialize;
use web::{Fault, Locale, MaybeGuest, redirect};

use super::pages::{self, At, TRIP};
use super::store::{self, Trip};
use crate::Desk;
use crate::identity::limits::{self, Limit};
use crate::identity::secret;
use crate::identity::session::next;
use crate::identity::visit::Visit;

/// How long somebody may take there.
pub const LIVES: TimeDelta = TimeDelta::minutes(10);
/// Where a linked provider is shown.
pub(super) const SECURITY: &str = "/account/security";

/// What for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    next: String,
    /// `1`: to add a way in.
    link: String,
}

/// Writes the trip down and leads there.
pub async fn go(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    provider: Path<String>,
    (wish, guest): (Query<Wish>, MaybeGuest),
) -> Result<HttpResponse, Fault> {
    let way = pages::way(&desk, &provider)?;
    let now = desk.clock.now();
    let mut account_id = None;
    if wish.link == "1" {
        let fresh = guest.0.filter(|guest| guest.proved(now).is_ok());
        let Some(guest) = fresh else {
            let back = format!("/account/confirm?next=/account/with/{}%3Flink%3D1", way.provider.code());
            return Ok(redirect::see_other(&back));
        };
        account_id = Some(guest.account.uuid());
    }
    limits::take(&desk, Limit::SignIn, &visit, "").await?;
    let next = match account_id {
        Some(_) => SECURITY.to_owned(),
        None => next::allowed(&desk.links, &wish.next),
    };
    let at =
        At { desk: &desk, request: &request, locale, visit: &visit, provider: way.provider, next: &next };
    let (state, nonce) = (secret::random(), secret::random());
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let address = match desk.providers.address(way, (&state, &nonce, challenge.as_str()), now).await {
        Ok(address) => address,
        Err(trouble) => {
            tracing::warn!(provider = way.provider.code(), error = %trouble, "nobody can be sent to a provider");
            return pages::said(&at, StatusCode::BAD_GATEWAY, "away", "/account/sign-in".to_owned());
        }
    };
    let trip = Trip {
        state_hash: secret::hash(&state),
        provider: way.provider.code().to_owned(),
        nonce,
        pkce_verifier: verifier.secret().clone(),
        next: next.clone(),
        account_id,
    };
    store::set_out(&mut *desk.db.conn().await?, &trip, now, now + LIVES).await?;
    let mut response = redirect::see_other(address.as_str());
    pages::keep(&mut response, TRIP, state, LIVES)?;
    Ok(response)
}
