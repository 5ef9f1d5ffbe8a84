//! Where every sign-in of a guest ends: a session, its cookies, and the place they wanted to go.

use actix_web::HttpResponse;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{AccountId, GuestSessionId};
use domain::language::Language;
use serde_json::json;
use uuid::Uuid;
use web::guest::REFRESH_COOKIE;
use web::{Fault, Guest, GuestClaims, GuestSession, guest_token, redirect};

use super::store::{NewSession, Told};
use super::{Proof, next, renew, store};
use crate::Desk;
use crate::identity::account::store::Account;
use crate::identity::visit::Visit;
use crate::identity::{account, activity, factors, secret};

/// After a first proof: asks for the second factor where the account has one, else begins the session.
pub async fn finish(
    desk: &Desk,
    visit: &Visit,
    account: Uuid,
    proof: Proof,
    next: &str,
) -> Result<HttpResponse, Fault> {
    match factors::gate(desk, visit, account, proof, next).await? {
        Some(asked) => Ok(asked),
        None => opened(desk, visit, account, proof, false, next).await,
    }
}

/// The same after a password, which was compared with the one that `account` had. 401 `session_ended` if it has another by now: comparing
/// takes its time, and a session must not outlive what has ended all others.
pub async fn by_password(
    desk: &Desk,
    visit: &Visit,
    account: &Account,
    next: &str,
) -> Result<HttpResponse, Fault> {
    let Some(asked) = factors::gate(desk, visit, account.id, Proof::Password, next).await? else {
        let first = (account.id, Proof::Password, false);
        return begin(desk, visit, first, Some(account), next).await;
    };
    let held = account::store::by_id(&mut *desk.db.conn().await?, account.id).await?;
    held.filter(|held| held.password_hash == account.password_hash).ok_or_else(ended)?;
    Ok(asked)
}

/// Begins a session, with a new id whatever the browser held before, and leads to `next` if that is a place of ours.
pub async fn opened(
    desk: &Desk,
    visit: &Visit,
    account: Uuid,
    proof: Proof,
    second_factor: bool,
    next: &str,
) -> Result<HttpResponse, Fault> {
    begin(desk, visit, (account, proof, second_factor), None, next).await
}

fn ended() -> Fault {
    Fault::new(StatusCode::UNAUTHORIZED, "session_ended")
}

/// `compared`: the account as it was when its password was compared.
async fn begin(
    desk: &Desk,
    visit: &Visit,
    (account, proof, second_factor): (Uuid, Proof, bool),
    compared: Option<&Account>,
    next: &str,
) -> Result<HttpResponse, Fault> {
    let signer = desk.guests.signer(desk).await?;
    let (session, refresh, csrf) = (GuestSessionId::generate(), secret::random(), secret::random());
    let now = desk.clock.now();
    let told = desk
        .db
        .transaction(async |conn| {
            let held = account::store::hold(conn, account).await?;
            let held = held.filter(|held| held.erased_at.is_none()).ok_or_else(ended)?;
            if compared.is_some_and(|compared| held.password_hash != compared.password_hash) {
                return Err(ended());
            }
            let new = NewSession {
                id: session.uuid(),
                account,
                proof: proof.code(),
                second_factor,
                address: visit.address.as_str(),
                agent: &visit.agent,
                csrf: &csrf,
            };
            store::insert(conn, &new, now).await?;
            renew::keep(conn, &refresh, session.uuid(), now).await?;
            let detail = json!({"proof": proof.code(), "second_factor": second_factor});
            activity::note(conn, account, "signed_in", detail, visit, now).await?;
            store::told(conn, session.uuid())
                .await?
                .ok_or_else(|| Fault::internal("a session without its row"))
        })
        .await?;
    let mut response = redirect::see_other(&next::allowed(&desk.links, next));
    let life = told.expires_at - now;
    add(&mut response, token_cookie(desk, &signer, session, told, now).1)?;
    add(&mut response, refresh_cookie(refresh, life))?;
    Ok(response)
}

/// Notes that a guest proved afresh who they are, and leads to `next`.
pub async fn proved(desk: &Desk, _visit: &Visit, guest: &Guest, next: &str) -> Result<HttpResponse, Fault> {
    let signer = desk.guests.signer(desk).await?;
    let (now, session) = (desk.clock.now(), guest.session);
    let mut conn = desk.db.conn().await?;
    store::proved(&mut conn, session.uuid(), now).await?;
    let told = store::told(&mut conn, session.uuid()).await?.ok_or_else(Fault::unauthenticated)?;
    let mut response = redirect::see_other(&next::allowed(&desk.links, next));
    add(&mut response, token_cookie(desk, &signer, session, told, now).1)?;
    Ok(response)
}

/// The claims of a session from now on, and the cookie that carries them.
pub(super) fn token_cookie(
    desk: &Desk,
    signer: &web::GuestSigner,
    session: GuestSessionId,
    told: Told,
    now: DateTime<Utc>,
) -> (GuestClaims, Cookie<'static>) {
    let life = told.expires_at - now;
    let of = GuestSession {
        account: AccountId::from_uuid(told.account_id),
        session,
        name: told.name,
        email: told.email,
        language: told.language.parse::<Language>().unwrap_or_default(),
        proved_at: told.proved_at,
        csrf: told.csrf,
    };
    let claims = GuestClaims::new(of, now);
    let cookie = guest_token::cookie(signer.sign(&claims), &desk.guests.domain, life);
    (claims, cookie)
}

/// The cookie with the refresh token, for this host alone.
pub(super) fn refresh_cookie(token: String, life: TimeDelta) -> Cookie<'static> {
    secret::cookie(REFRESH_COOKIE, token, life)
}

/// Takes both cookies away.
pub fn forget(desk: &Desk, response: &mut HttpResponse) -> Result<(), Fault> {
    add(response, guest_token::removal_cookie(&desk.guests.domain))?;
    add(response, refresh_cookie(String::new(), TimeDelta::zero()))
}

fn add(response: &mut HttpResponse, cookie: Cookie<'static>) -> Result<(), Fault> {
    response.add_cookie(&cookie).map_err(|error| Fault::internal(error.to_string()))
}
