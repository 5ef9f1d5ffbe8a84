//! `POST /account/security/providers/{provider}/remove`: a provider is no way in any more.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde_json::json;
use web::{Fault, GuestForm, redirect};

use super::start::SECURITY;
use super::{Provider, store};
use crate::Desk;
use crate::identity::account::store as accounts;
use crate::identity::activity;
use crate::identity::visit::Visit;
use crate::identity::ways::{self, Leaving};
use crate::views::NoFields;

/// Unlinks it, unless nothing else would lead into the account. What is not configured any more can be removed all the same.
pub async fn submit(
    desk: Data<Desk>,
    visit: Visit,
    provider: Path<String>,
    sent: GuestForm<NoFields>,
) -> Result<HttpResponse, Fault> {
    let provider = Provider::from_code(&provider).ok_or_else(Fault::not_found)?;
    let now = desk.clock.now();
    if sent.guest.proved(now).is_err() {
        return Ok(redirect::see_other(&format!("/account/confirm?next={SECURITY}")));
    }
    let id = sent.guest.account.uuid();
    desk.db
        .transaction(async |conn| {
            let held = accounts::hold(conn, id).await?.filter(|account| account.erased_at.is_none());
            let held = held.ok_or_else(|| Fault::new(StatusCode::UNAUTHORIZED, "session_ended"))?;
            ways::without(conn, &held, Leaving::Provider(provider.code())).await?;
            if store::unlink(conn, provider, id).await? > 0 {
                let detail = json!({"provider": provider.code()});
                activity::note(conn, id, "provider_unlinked", detail, &visit, now).await?;
            }
            Ok::<_, Fault>(())
        })
        .await?;
    Ok(redirect::see_other(&format!("{SECURITY}?done=unlinked")))
}
