//! `/account/confirm`: who is signed in proves afresh that it is them, before what must not happen on a phone left on a table. Who is
//! asked for a second factor at the sign-in gives a code, everybody else the password; a passkey will always do.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use ui::Shell;
use web::{ApiJson, Fault, Guest, GuestForm, Locale, Problem};

use super::gate;
use super::passkeys::api::{Answered, Asked, Onwards, as_json, ask_afresh, proves_afresh, refused};
use crate::identity::account::store as accounts;
use crate::identity::limits::{self, Limit};
use crate::identity::password::{self, Lane};
use crate::identity::session::open;
use crate::identity::visit::Visit;
use crate::{Desk, views};

#[derive(Template)]
#[template(path = "factors/prove.html")]
struct ProvePage {
    shell: Shell,
    csrf: String,
    next: String,
    problem: String,
    codes: bool,
    password: bool,
    passkeys: bool,
    /// Nothing but a passkey will do.
    passkey_alone: bool,
    script: String,
}

/// Where to go afterwards.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// The form.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    guest: Guest,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Fault> {
    let page = page(&desk, &request, locale, &guest, wanted.into_inner().next).await?;
    views::private(StatusCode::OK, &page)
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct ProofForm {
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// Renews the session's proof and leads on, or says on the form what did not fit.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    sent: GuestForm<ProofForm>,
) -> Result<HttpResponse, Fault> {
    let GuestForm { form, guest } = sent;
    let (account, now) = (guest.account.uuid(), desk.clock.now());
    let mut conn = desk.db.conn().await?;
    let theirs = super::of(&mut conn, account).await?;
    // A session that a password began before there was a second factor must not come by one with the password alone.
    let second = gate::wanted(&mut conn, account, &theirs).await?;
    drop(conn);
    let fits = if second {
        limits::take(&desk, Limit::SecondFactor, &visit, &account.to_string()).await?;
        super::code_fits(&desk, &mut *desk.db.conn().await?, account, &form.code, now).await?
    } else {
        limits::take(&desk, Limit::Confirm, &visit, &account.to_string()).await?;
        let whose = accounts::by_id(&mut *desk.db.conn().await?, account).await?;
        let hash = whose.and_then(|whose| whose.password_hash);
        let password = form.password.chars().take(password::LONGEST + 1).collect();
        desk.passwords.matches(Lane::Guest, hash, password).await?
    };
    if fits {
        return open::proved(&desk, &visit, &guest, &form.next).await;
    }
    let mut page = page(&desk, &request, locale, &guest, form.next).await?;
    page.problem = page.shell.t(if second { "factors-code-wrong" } else { "factors-password-wrong" });
    views::private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// What a browser is asked for by who proves it with a passkey.
#[utoipa::path(
    post, path = "/account/confirm/passkey/options", tag = "passkeys", security(("guest" = [])),
    responses(
        (status = 200, body = Asked),
        (status = 401, description = "nobody is signed in", body = Problem),
        (status = 409, description = "`invalid_state`: there is none to be asked for", body = Problem),
        (status = 429, description = "`rate_limited`", body = Problem),
    )
)]
pub async fn passkey_options(desk: Data<Desk>, guest: Guest, visit: Visit) -> Result<HttpResponse, Fault> {
    ask_afresh(&desk, &visit, guest.account.uuid()).await
}

/// Proves it. 401 `invalid_credentials` for a passkey of somebody else's; 429 after too many.
#[utoipa::path(
    post, path = "/account/confirm/passkey/finish", tag = "passkeys", security(("guest" = [])),
    request_body = Answered,
    responses(
        (status = 200, description = "with the cookies of the session", body = Onwards),
        (status = 401, description = "`invalid_credentials`: none of ours, not what was asked, or somebody else's", body = Problem),
        (status = 403, description = "`csrf_rejected`", body = Problem),
    )
)]
pub async fn passkey_finish(
    desk: Data<Desk>,
    guest: Guest,
    visit: Visit,
    answered: ApiJson<Answered>,
) -> Result<HttpResponse, Fault> {
    let answered = answered.into_inner();
    let whose = (guest.account.uuid(), guest.csrf_token());
    if !proves_afresh(&desk, &visit, whose, &answered).await? {
        return Err(refused());
    }
    Ok(as_json(&open::proved(&desk, &visit, &guest, &answered.next).await?))
}

async fn page(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    guest: &Guest,
    next: String,
) -> Result<ProvePage, Fault> {
    let mut conn = desk.db.conn().await?;
    let account = guest.account.uuid();
    let theirs = super::of(&mut conn, account).await?;
    let second = gate::wanted(&mut conn, account, &theirs).await?;
    let whose = accounts::by_id(&mut conn, account).await?;
    Ok(ProvePage {
        shell: super::shell(desk, request, locale, "factors-confirm-title"),
        csrf: guest.csrf_token().to_owned(),
        next,
        problem: String::new(),
        codes: second && theirs.codes(),
        password: !second && whose.is_some_and(|whose| whose.password_hash.is_some()),
        passkeys: theirs.passkeys > 0,
        passkey_alone: second && !theirs.codes(),
        script: crate::assets::url("passkey.js"),
    })
}
