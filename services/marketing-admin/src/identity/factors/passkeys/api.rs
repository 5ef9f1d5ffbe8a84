//! Passkeys by script: a sign-in, and a new one. What a browser is asked for and answers is JSON; `assets/passkey.js` sends it.

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use db::Conn;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use uuid::Uuid;
use web::{ApiJson, Fault, Guest, Problem};

use super::register::{self, Answer};
use crate::Desk;
use crate::identity::factors::gate;
use crate::identity::factors::notices::{self, Change};
use crate::identity::factors::passkeys;
use crate::identity::factors::pending::{self, Pending, Side};
use crate::identity::limits::{self, Limit};
use crate::identity::session::{Proof, open};
use crate::identity::visit::Visit;

/// What the browser is asked for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyQuestion, example = json!({
    "challenge": "0199c1d2-7a3b-7c4d-8e5f-60718293a4b5",
    "options": {"publicKey": {
        "challenge": "l6fP5kYyq1mA0rN3w7dT9A", "rpId": "yourclub.com", "timeout": 300000, "userVerification": "required",
        "allowCredentials": []
    }}
}))]
pub struct Asked {
    /// To be sent back.
    pub challenge: Uuid,
    /// For `navigator.credentials.get`, or for `.create` where a new one is added.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// What the browser answers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasskeyAnswer, example = json!({
    "challenge": "0199c1d2-7a3b-7c4d-8e5f-60718293a4b5",
    "credential": {
        "id": "pH3xQ2mV", "rawId": "pH3xQ2mV", "type": "public-key", "extensions": {},
        "response": {"clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0", "authenticatorData": "SZYN5YgOjGh0NBcP",
                     "signature": "MEUCIQDk", "userHandle": "AZnB0np7fE2OX2BxgpOktQ"}
    },
    "next": "/account", "csrf": "9JwQx0c7", "name": "My phone"
}))]
pub struct Answered {
    /// What it was asked.
    pub challenge: Uuid,
    /// What it says.
    #[schema(value_type = Object)]
    pub credential: Value,
    /// Where to go.
    #[serde(default)]
    pub next: String,
    /// The token of the page, where somebody is signed in.
    #[serde(default)]
    pub csrf: String,
    /// What a new one is called.
    #[serde(default)]
    pub name: String,
}

/// Where the browser goes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyOnwards, example = json!({"next": "/account"}))]
pub struct Onwards {
    /// A place of ours.
    pub next: String,
}

/// Which page asks.
#[derive(Debug, Deserialize)]
pub struct Asking {
    /// The one for the second factor. The sign-in page asks whoever is there, also while somebody's sign-in, given up half way, still
    /// waits in the same browser.
    #[serde(default)]
    pub second: bool,
}

/// What a browser is asked for at a sign-in: a passkey of whoever gave a first proof just now, or any that it knows.
#[utoipa::path(
    post, path = "/account/passkey/options", tag = "passkeys",
    params(("second" = Option<bool>, Query, description = "whether it is the second factor after a first proof")),
    responses(
        (status = 200, body = Asked),
        (status = 409, description = "`invalid_state`: there is none to be asked for", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    )
)]
pub async fn options(
    desk: Data<Desk>,
    request: HttpRequest,
    visit: Visit,
    asking: Query<Asking>,
) -> Result<HttpResponse, Fault> {
    limits::take(&desk, Limit::Passkey, &visit, "").await?;
    let mut conn = desk.db.conn().await?;
    let pending = if asking.second { under_way(&desk, &mut conn, &request).await? } else { None };
    let whose = pending.map(|(_, pending)| pending.account_id);
    let (challenge, options) = passkeys::start_proof(&desk, &mut conn, whose).await?;
    Ok(HttpResponse::Ok().json(Asked { challenge, options }))
}

/// Opens a session of whoever's passkey it is. 401 `invalid_credentials` for every other one.
#[utoipa::path(
    post, path = "/account/passkey/finish", tag = "passkeys",
    params(("second" = Option<bool>, Query, description = "whether it is the second factor after a first proof")),
    request_body = Answered,
    responses(
        (status = 200, description = "with the cookies of the session", body = Onwards),
        (status = 401, description = "`invalid_credentials`: none of ours, not what was asked, or somebody else's", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    )
)]
pub async fn finish(
    desk: Data<Desk>,
    request: HttpRequest,
    visit: Visit,
    asking: Query<Asking>,
    answered: ApiJson<Answered>,
) -> Result<HttpResponse, Fault> {
    limits::take(&desk, Limit::Passkey, &visit, "").await?;
    let (answered, now) = (answered.into_inner(), desk.clock.now());
    let mut conn = desk.db.conn().await?;
    let pending = if asking.second { under_way(&desk, &mut conn, &request).await? } else { None };
    let Answered { challenge, credential, next, .. } = answered;
    let proven = passkeys::finish_proof(&desk, &mut conn, challenge, &credential, now).await?;
    // After somebody's first proof, somebody else's passkey is none.
    let account = proven.filter(|id| pending.as_ref().is_none_or(|(_, pending)| pending.account_id == *id));
    let account = account.ok_or_else(refused)?;
    let was_pending = pending.is_some();
    let next = match pending {
        Some((token, pending)) => {
            pending::end(&mut conn, Side::Guests, &token).await?;
            pending.next
        }
        None => next,
    };
    drop(conn);
    let led = open::opened(&desk, &visit, account, Proof::Passkey, true, &next).await?;
    let mut response = as_json(&led);
    if was_pending {
        gate::forget(&mut response)?;
    }
    Ok(response)
}

/// What a browser is asked for by who adds a passkey. 403 `proof_needed` unless they proved lately who they are.
#[utoipa::path(
    post, path = "/account/security/passkeys/options", tag = "passkeys", security(("guest" = [])),
    responses(
        (status = 200, body = Asked),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 403, description = "`proof_needed`: prove first who you are", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    )
)]
pub async fn new_options(desk: Data<Desk>, guest: Guest, visit: Visit) -> Result<HttpResponse, Fault> {
    limits::take(&desk, Limit::Passkey, &visit, "").await?;
    guest.proved(desk.clock.now())?;
    let mut conn = desk.db.conn().await?;
    let (challenge, options) = passkeys::start_registration(&desk, &mut conn, guest.account.uuid()).await?;
    Ok(HttpResponse::Ok().json(Asked { challenge, options }))
}

/// Adds it. 422 if it is not what was asked for.
#[utoipa::path(
    post, path = "/account/security/passkeys/finish", tag = "passkeys", security(("guest" = [])),
    request_body = Answered,
    responses(
        (status = 200, description = "it is added", body = Onwards),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 403, description = "`csrf_rejected`, `proof_needed`", body = Problem),
        (status = 422, description = "`validation_failed`: not what was asked for", body = Problem),
    )
)]
pub async fn add(
    desk: Data<Desk>,
    guest: Guest,
    visit: Visit,
    answered: ApiJson<Answered>,
) -> Result<HttpResponse, Fault> {
    let (answered, now) = (answered.into_inner(), desk.clock.now());
    own_page(guest.csrf_token(), &answered.csrf)?;
    guest.proved(now)?;
    let account = guest.account.uuid();
    // A refusal is no error of the transaction: it would bring back the question, which is answered once.
    let added = desk
        .db
        .transaction(async |conn| {
            let Answered { challenge, credential, name, .. } = &answered;
            let answer = Answer { challenge: *challenge, credential, name };
            let added = register::finish(&desk, conn, Some(account), answer, now).await?;
            if added.is_some() {
                notices::tell(&desk, conn, account, Change::PasskeyAdded, &visit, now).await?;
            }
            Ok::<_, Fault>(added.is_some())
        })
        .await?;
    if !added {
        return Err(Fault::invalid("validation_failed").field("credential", "invalid"));
    }
    Ok(HttpResponse::Ok().json(Onwards { next: "/account/security?done=passkey".to_owned() }))
}

/// What a browser is asked for by who is signed in and proves afresh who they are.
pub async fn ask_afresh(desk: &Desk, visit: &Visit, account: Uuid) -> Result<HttpResponse, Fault> {
    limits::take(desk, Limit::Passkey, visit, "").await?;
    let mut conn = desk.db.conn().await?;
    let (challenge, options) = passkeys::start_proof(desk, &mut conn, Some(account)).await?;
    Ok(HttpResponse::Ok().json(Asked { challenge, options }))
}

/// Whether a passkey of theirs answered on a page of their session, whose token is `own`. 403 `csrf_rejected` on any other page; 429
/// after too many.
pub async fn proves_afresh(
    desk: &Desk,
    visit: &Visit,
    (account, own): (Uuid, &str),
    answered: &Answered,
) -> Result<bool, Fault> {
    own_page(own, &answered.csrf)?;
    limits::take(desk, Limit::Confirm, visit, &account.to_string()).await?;
    let mut conn = desk.db.conn().await?;
    let Answered { challenge, credential, .. } = answered;
    let proven = passkeys::finish_proof(desk, &mut conn, *challenge, credential, desk.clock.now()).await?;
    Ok(proven == Some(account))
}

/// The sign-in under way in this browser.
async fn under_way(
    desk: &Desk,
    conn: &mut Conn,
    request: &HttpRequest,
) -> Result<Option<(String, Pending)>, Fault> {
    let Some(token) = Side::Guests.token(request) else { return Ok(None) };
    let pending = pending::find(conn, Side::Guests, &token, desk.clock.now()).await?;
    Ok(pending.map(|pending| (token, pending)))
}

/// 403 `csrf_rejected` unless the page was this session's.
pub fn own_page(own: &str, csrf: &str) -> Result<(), Fault> {
    if bool::from(csrf.as_bytes().ct_eq(own.as_bytes())) {
        return Ok(());
    }
    Err(Fault::new(StatusCode::FORBIDDEN, "csrf_rejected"))
}

/// What every passkey gets that is none of ours.
pub fn refused() -> Fault {
    Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials")
}

/// A redirect and its cookies, as a script reads it.
pub fn as_json(led: &HttpResponse) -> HttpResponse {
    let to = led.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let mut response = HttpResponse::Ok();
    for cookie in led.headers().get_all(SET_COOKIE) {
        response.append_header((SET_COOKIE, cookie.clone()));
    }
    response.json(Onwards { next: to.unwrap_or("/account").to_owned() })
}
