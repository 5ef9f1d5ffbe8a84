//! `/admin/sign-in/second-factor`: after the password, a code, a recovery code or a passkey.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use audit::Actor;
use serde::Deserialize;
use serde_json::json;
use ui::Shell;
use web::session::{self, LIFETIME};
use web::{Fault, Locale, PageForm, RequestId, redirect};

use crate::identity::factors::pending::{self, Pending, Side};
use crate::identity::{ClientAddress, factors};
use crate::staff::session::sign_in::{self, Attempt, Opening, SignedIn};
use crate::staff::session::sign_in_page::{self, way_on};
use crate::staff::store::{self as accounts, StaffRow};
use crate::views;
use crate::{Desk, SERVICE};

#[derive(Template)]
#[template(path = "proofs/second_factor.html")]
struct SecondFactorPage {
    shell: Shell,
    problem: String,
    passkeys: bool,
    codes: bool,
    script: String,
}

/// The form; without a sign-in under way, the sign-in.
pub async fn show(desk: Data<Desk>, request: HttpRequest, locale: Locale) -> Result<HttpResponse, Fault> {
    let Some(pending) = under_way(&desk, &request).await? else { return begin_anew() };
    page_of(&desk, &request, locale, pending.account_id, StatusCode::OK, "").await
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
}

/// Opens the session, or says on the form what did not fit.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    from: ClientAddress,
    form: PageForm<CodeForm>,
) -> Result<HttpResponse, Fault> {
    let Some(token) = Side::Staff.token(&request) else { return begin_anew() };
    let now = desk.clock.now();
    let mut conn = desk.db.conn().await?;
    let Some(pending) = pending::take_a_try(&mut conn, Side::Staff, &token, now).await? else {
        return begin_anew();
    };
    let Some(account) = accounts::by_id(&mut conn, pending.account_id).await? else { return begin_anew() };
    let staff = account.id;
    let attempt = Attempt { email: &account.email, account: Some(staff), from: &from, audience: SERVICE };
    let tried = match sign_in::may_try(&desk, &mut conn, &staff.to_string(), &from).await {
        Ok(()) => factors::code_fits(&desk, &mut conn, account.id, form.into_inner().code.trim(), now).await,
        Err(fault) => Err(fault),
    };
    drop(conn);
    let fits = match tried {
        Ok(fits) => fits,
        Err(fault) if fault.status() == StatusCode::TOO_MANY_REQUESTS => {
            let too_often = "admin-sign-in-too-often";
            return page_of(&desk, &request, locale, account.id, fault.status(), too_often).await;
        }
        Err(fault) => return Err(fault),
    };
    let actor = Actor::named("nobody", RequestId::of(&request));
    if !fits {
        let fault = sign_in::refused(&desk, &actor, &attempt).await;
        if !fault.status().is_client_error() {
            return Err(fault);
        }
        let wrong = "proofs-code-wrong";
        return page_of(&desk, &request, locale, staff, StatusCode::UNAUTHORIZED, wrong).await;
    }
    match finish(&desk, &actor, account, &token, "code").await? {
        Some(signed_in) => entered(&signed_in, &pending.next),
        None => begin_anew(),
    }
}

/// The sign-in of this browser, if one is under way.
pub(super) async fn under_way(desk: &Desk, request: &HttpRequest) -> Result<Option<Pending>, Fault> {
    let Some(token) = Side::Staff.token(request) else { return Ok(None) };
    let mut conn = desk.db.conn().await?;
    Ok(pending::find(&mut conn, Side::Staff, &token, desk.clock.now()).await?)
}

/// The session of somebody whose second factor fits; nothing if the account or its password is another one by now.
pub(super) async fn finish(
    desk: &Desk,
    actor: &Actor,
    account: StaffRow,
    token: &str,
    factor: &'static str,
) -> Result<Option<SignedIn>, Fault> {
    let mut conn = desk.db.conn().await?;
    let same = pending::end(&mut conn, Side::Staff, token).await?;
    drop(conn);
    if !same || account.disabled_at.is_some() {
        return Ok(None);
    }
    proved(desk, actor, account, factor).await
}

/// A session of the desk with a second factor just given.
pub(super) async fn proved(
    desk: &Desk,
    actor: &Actor,
    account: StaffRow,
    factor: &'static str,
) -> Result<Option<SignedIn>, Fault> {
    let grants = sign_in::grants_of(desk, &account).await?;
    let opening = Opening {
        audience: SERVICE,
        lives: LIFETIME,
        grants,
        proved: true,
        detail: json!({"audience": SERVICE, "second_factor": factor}),
        pin_hash: None,
    };
    sign_in::open(desk, actor, account, opening).await
}

/// The way on, with the session's cookie and without the one of the sign-in.
fn entered(signed_in: &SignedIn, next: &str) -> Result<HttpResponse, Fault> {
    let mut response = redirect::see_other(way_on(signed_in, next));
    with_cookies(&mut response, signed_in)?;
    Ok(response)
}

/// Both cookies of a sign-in that is done.
pub(super) fn with_cookies(response: &mut HttpResponse, signed_in: &SignedIn) -> Result<(), Fault> {
    let cookie = session::cookie(signed_in.token.clone(), &signed_in.claims);
    for cookie in [cookie, Side::Staff.removal_cookie()] {
        response.add_cookie(&cookie).map_err(|e| Fault::internal(e.to_string()))?;
    }
    Ok(())
}

/// The sign-in is over, or never began: the password is asked for again.
fn begin_anew() -> Result<HttpResponse, Fault> {
    let mut response = redirect::see_other("/admin/sign-in");
    let cookie = Side::Staff.removal_cookie();
    response.add_cookie(&cookie).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(response)
}

async fn page_of(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    staff: uuid::Uuid,
    status: StatusCode,
    problem: &str,
) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let theirs = factors::of(&mut conn, staff).await?;
    drop(conn);
    let shell = sign_in_page::shell(desk, request, locale);
    let page = SecondFactorPage {
        problem: if problem.is_empty() { String::new() } else { shell.t(problem) },
        passkeys: theirs.passkeys > 0,
        codes: theirs.codes(),
        script: crate::assets::url("passkey.js"),
        shell,
    };
    views::private(status, &page)
}
