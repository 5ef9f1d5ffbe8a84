//! Passkeys of the staff: a sign-in without a password (a passkey is something they have, opened by something they know or are),
//! the second factor after one, a fresh proof, and setting one up.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use audit::Actor;
use serde_json::json;
use web::can::Anything;
use web::{ApiJson, Fault, Problem, RequestId, session};

use crate::identity::factors::notices::{self, Change};
use crate::identity::factors::passkeys;
use crate::identity::factors::passkeys::api::{
    Answered, Asked, Asking, Onwards, ask_afresh, own_page, proves_afresh,
};
use crate::identity::factors::passkeys::register::{self, Answer};
use crate::identity::factors::pending::Side;
use crate::identity::limits::{self, Limit};
use crate::identity::visit::Visit;
use crate::staff::Member;
use crate::staff::session::prove;
use crate::staff::session::second_factor::{self, under_way};
use crate::staff::session::security;
use crate::staff::session::sign_in_page::way_on;
use crate::staff::store as accounts;
use crate::{Desk, SERVICE};

/// What a browser is asked for at the sign-in: a passkey of whoever's password was right just now, or any that it knows.
#[utoipa::path(
    post, path = "/admin/sign-in/passkey/options", tag = "passkeys",
    responses(
        (status = 200, body = Asked),
        (status = 409, description = "`invalid_state`: there is none to be asked for", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    )
)]
pub async fn sign_in_options(
    desk: Data<Desk>,
    request: HttpRequest,
    visit: Visit,
    asking: Query<Asking>,
) -> Result<HttpResponse, Fault> {
    limits::take(&desk, Limit::Passkey, &visit, "").await?;
    let pending = if asking.second { under_way(&desk, &request).await? } else { None };
    let whose = pending.map(|pending| pending.account_id);
    let mut conn = desk.db.conn().await?;
    let (challenge, options) = passkeys::start_proof(&desk, &mut conn, whose).await?;
    Ok(HttpResponse::Ok().json(Asked { challenge, options }))
}

/// Opens the session of whoever's passkey it is, if they are of the staff. 401 `invalid_credentials` for every other one.
#[utoipa::path(
    post, path = "/admin/sign-in/passkey", tag = "passkeys",
    request_body = Answered,
    responses(
        (status = 200, description = "with the cookies of the session", body = Onwards),
        (status = 401, description = "`invalid_credentials`: none of ours, not what was asked, or somebody else's", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    )
)]
pub async fn sign_in(
    desk: Data<Desk>,
    request: HttpRequest,
    visit: Visit,
    asking: Query<Asking>,
    answered: ApiJson<Answered>,
) -> Result<HttpResponse, Fault> {
    limits::take(&desk, Limit::Passkey, &visit, "").await?;
    let (answered, now) = (answered.into_inner(), desk.clock.now());
    let pending = if asking.second { under_way(&desk, &request).await? } else { None };
    let token = Side::Staff.token(&request);
    let mut conn = desk.db.conn().await?;
    let proven =
        passkeys::finish_proof(&desk, &mut conn, answered.challenge, &answered.credential, now).await?;
    let account = match proven {
        Some(account) => accounts::by_id(&mut conn, account).await?,
        None => None,
    };
    drop(conn);
    let actor = Actor::named("nobody", RequestId::of(&request));
    let account = account.filter(|account| account.disabled_at.is_none());
    // After somebody's password, somebody else's passkey is none.
    let account =
        account.filter(|account| pending.as_ref().is_none_or(|pending| pending.account_id == account.id));
    let opened = match (account, token, &pending) {
        (None, ..) => None,
        (Some(account), Some(token), Some(_)) => {
            second_factor::finish(&desk, &actor, account, &token, "passkey").await?
        }
        (Some(account), ..) => second_factor::proved(&desk, &actor, account, "passkey").await?,
    };
    let Some(signed_in) = opened else { return Err(refused(&desk, &actor, &visit).await?) };
    let next = pending.map_or(answered.next, |pending| pending.next);
    let mut response = HttpResponse::Ok().json(Onwards { next: way_on(&signed_in, &next).to_owned() });
    second_factor::with_cookies(&mut response, &signed_in)?;
    Ok(response)
}

/// The refusal, on record.
async fn refused(desk: &Desk, actor: &Actor, visit: &Visit) -> Result<Fault, Fault> {
    let mut conn = desk.db.conn().await?;
    let detail = json!({"audience": SERVICE, "by": "passkey", "address": visit.address.as_str()});
    audit::record(&mut conn, actor, "session.refused", "passkey", detail, desk.clock.now()).await?;
    Ok(Fault::new(StatusCode::UNAUTHORIZED, "invalid_credentials"))
}

/// What a browser is asked for by who proves afresh who they are.
#[utoipa::path(
    post, path = "/admin/prove/passkey/options", tag = "passkeys", security(("staff" = [])),
    responses(
        (status = 200, body = Asked),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 409, description = "`invalid_state`: there is none to be asked for", body = Problem),
    )
)]
pub async fn prove_options(
    desk: Data<Desk>,
    member: Member<Anything>,
    visit: Visit,
) -> Result<HttpResponse, Fault> {
    ask_afresh(&desk, &visit, member.id.uuid()).await
}

/// Proves it. 401 `invalid_credentials` for a passkey of somebody else's; 429 after too many.
#[utoipa::path(
    post, path = "/admin/prove/passkey", tag = "passkeys", security(("staff" = [])),
    request_body = Answered,
    responses(
        (status = 200, description = "with the cookies of the session", body = Onwards),
        (status = 401, description = "`invalid_credentials`: none of ours, not what was asked, or somebody else's", body = Problem),
        (status = 403, description = "`csrf_rejected`", body = Problem),
    )
)]
pub async fn prove(
    desk: Data<Desk>,
    member: Member<Anything>,
    visit: Visit,
    answered: ApiJson<Answered>,
) -> Result<HttpResponse, Fault> {
    let answered = answered.into_inner();
    let whose = (member.id.uuid(), member.csrf_token());
    if !proves_afresh(&desk, &visit, whose, &answered).await? {
        return Err(refused(&desk, &member.actor(), &visit).await?);
    }
    let (token, claims) = prove::fresh(&desk, &member, "passkey").await?;
    let mut response = HttpResponse::Ok().json(Onwards { next: prove::local(&answered.next).to_owned() });
    let cookie = session::cookie(token, &claims);
    response.add_cookie(&cookie).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(response)
}

/// What a browser is asked for by who adds a passkey. 403 `proof_needed` where they have a factor and did not show it lately.
#[utoipa::path(
    post, path = "/admin/security/passkey/options", tag = "passkeys", security(("staff" = [])),
    responses(
        (status = 200, body = Asked),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 403, description = "`proof_needed`: prove first who you are", body = Problem),
    )
)]
pub async fn new_options(desk: Data<Desk>, member: Member<Anything>) -> Result<HttpResponse, Fault> {
    security::may_add(&desk, &member).await?;
    let mut conn = desk.db.conn().await?;
    let (challenge, options) = passkeys::start_registration(&desk, &mut conn, member.id.uuid()).await?;
    Ok(HttpResponse::Ok().json(Asked { challenge, options }))
}

/// Adds it, and opens the session that its owner's role deserves.
#[utoipa::path(
    post, path = "/admin/security/passkey", tag = "passkeys", security(("staff" = [])),
    request_body = Answered,
    responses(
        (status = 200, description = "with the cookies of the session", body = Onwards),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 403, description = "`csrf_rejected`, `proof_needed`", body = Problem),
        (status = 422, description = "`validation_failed`: not what was asked for", body = Problem),
    )
)]
pub async fn add(
    desk: Data<Desk>,
    member: Member<Anything>,
    visit: Visit,
    answered: ApiJson<Answered>,
) -> Result<HttpResponse, Fault> {
    let (answered, now) = (answered.into_inner(), desk.clock.now());
    own_page(member.csrf_token(), &answered.csrf)?;
    security::may_add(&desk, &member).await?;
    let account = member.id.uuid();
    let actor = member.actor();
    let Answered { challenge, credential, .. } = &answered;
    // A refusal is no error of the transaction: it would bring back the question, which is answered once.
    let added = desk
        .db
        .transaction(async |conn| {
            let answer = Answer { challenge: *challenge, credential, name: "" };
            let added = register::finish(&desk, conn, Some(account), answer, now).await?;
            if added.is_some() {
                let detail = json!({"factor": "passkey"});
                audit::record(conn, &actor, "second_factor.added", &account.to_string(), detail, now).await?;
                notices::tell(&desk, conn, account, Change::PasskeyAdded, &visit, now).await?;
            }
            Ok::<_, Fault>(added.is_some())
        })
        .await?;
    if !added {
        return Err(Fault::invalid("validation_failed").field("credential", "invalid"));
    }
    let signed_in = security::anew(&desk, &member, "passkey").await?;
    let next = if member.must_set_up() { "/admin" } else { "/admin/security" };
    let mut response = HttpResponse::Ok().json(Onwards { next: next.to_owned() });
    second_factor::with_cookies(&mut response, &signed_in)?;
    Ok(response)
}
