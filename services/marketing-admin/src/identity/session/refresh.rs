//! Renewing a session: by a page that leads back, and inside a request of this site.

use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use domain::ids::GuestSessionId;
use domain::language::Language;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::json;
use std::sync::OnceLock;
use uuid::Uuid;
use web::guest::{REFRESH_COOKIE, RefreshAsked, Refreshed, one_cookie};
use web::{Fault, GuestRefresh, redirect};

use super::renew::{self, Renewed};
use super::{next, open, store};
use crate::Desk;
use crate::identity::account::{store as accounts, tell};
use crate::identity::visit::Visit;
use crate::identity::{activity, secret};
use crate::notifications::account::{AccountMail, write};

/// Where to go on.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// `GET /account/refresh?next=`: renews the session and leads back; without one, to the sign-in.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    visit: Visit,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Fault> {
    let next = next::allowed(&desk.links, &wanted.next);
    let renewed = match one_cookie(&request, REFRESH_COOKIE)? {
        Some(token) => renewed(&desk, &visit, &token).await?,
        None => None,
    };
    let Some(renewed) = renewed else {
        let mut response = redirect::see_other(&format!("/account/sign-in?next={}", redirect::encode(&next)));
        open::forget(&desk, &mut response)?;
        return Ok(response);
    };
    let mut response = redirect::see_other(&next);
    for cookie in &renewed.cookies {
        response.add_cookie(cookie).map_err(|error| Fault::internal(error.to_string()))?;
    }
    Ok(response)
}

/// Renews sessions inside requests. Made before the desk is, which it needs.
#[derive(Debug, Default)]
pub struct InRequest(OnceLock<Data<Desk>>);

impl InRequest {
    /// From now on it can.
    pub fn serve(&self, desk: Data<Desk>) {
        let _ = self.0.set(desk);
    }
}

impl GuestRefresh for InRequest {
    fn refresh<'a>(&'a self, asked: RefreshAsked) -> BoxFuture<'a, Result<Option<Refreshed>, Fault>> {
        async move {
            let Some(desk) = self.0.get() else { return Ok(None) };
            let visit = Visit {
                address: asked.address,
                agent: asked.agent,
                request: asked.request,
                language: Language::default(),
            };
            renewed(desk, &visit, &asked.token).await
        }
        .boxed()
    }
}

/// The session's next token and refresh token, if this one is good. One that was used before ends its session.
async fn renewed(desk: &Desk, visit: &Visit, token: &str) -> Result<Option<Refreshed>, Fault> {
    let signer = desk.guests.signer(desk).await?;
    let (successor, now) = (secret::random(), desk.clock.now());
    let outcome = desk
        .db
        .transaction(async |conn| {
            let outcome = renew::renew(conn, token, &successor, renew::AT_ONCE, now).await?;
            if let Renewed::Stolen { account, session } = outcome {
                stolen(desk, conn, visit, account, session).await?;
            }
            let told = match outcome {
                Renewed::On { session, .. } => store::told(conn, session).await?,
                _ => None,
            };
            Ok::<_, Fault>((outcome, told))
        })
        .await?;
    let (Renewed::On { session, .. }, Some(told)) = outcome else { return Ok(None) };
    let life = told.expires_at - now;
    let (claims, cookie) = open::token_cookie(desk, &signer, GuestSessionId::from_uuid(session), told, now);
    Ok(Some(Refreshed { claims, cookies: vec![cookie, open::refresh_cookie(successor, life)] }))
}

/// Somebody has a copy of a refresh token: its session is over, and its guest hears of it.
async fn stolen(
    desk: &Desk,
    conn: &mut db::Conn,
    visit: &Visit,
    account: Uuid,
    session: Uuid,
) -> Result<(), Fault> {
    let now = desk.clock.now();
    tracing::warn!(%account, %session, "a refresh token was used twice: its session is over");
    activity::note(conn, account, "session_ended", json!({"why": "stolen"}), visit, now).await?;
    tell::changed(conn, account, now).await?;
    let Some(row) = accounts::by_id(conn, account).await? else { return Ok(()) };
    let Some(email) = &row.email else { return Ok(()) };
    let mail = AccountMail {
        kind: "session-theft",
        to: email,
        language: row.language.parse().unwrap_or_default(),
        link: Some(format!("{}/account/sessions", desk.links.marketing)),
        facts: vec![("name", row.name.clone())],
    };
    write(conn, &mail, now).await?;
    Ok(())
}
