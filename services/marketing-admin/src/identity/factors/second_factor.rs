//! `/account/second-factor`: after the first proof a code of the app, a recovery code, or a passkey.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use serde_json::json;
use ui::Shell;
use uuid::Uuid;
use web::{Fault, Locale, PageForm};

use super::gate::{self, SIGN_IN};
use super::pending::{self, Side};
use crate::identity::activity;
use crate::identity::limits::{self, Limit};
use crate::identity::session::open;
use crate::identity::visit::Visit;
use crate::{Desk, views};

#[derive(Template)]
#[template(path = "factors/second_factor.html")]
struct SecondFactorPage {
    shell: Shell,
    problem: String,
    /// What is asked for, in words.
    line: String,
    codes: bool,
    passkeys: bool,
    script: String,
    sign_in: &'static str,
}

/// The form; without a sign-in under way, the sign-in.
pub async fn show(desk: Data<Desk>, request: HttpRequest, locale: Locale) -> Result<HttpResponse, Fault> {
    let Some(token) = Side::Guests.token(&request) else { return gate::begin_anew() };
    let mut conn = desk.db.conn().await?;
    let pending = pending::find(&mut conn, Side::Guests, &token, desk.clock.now()).await?;
    drop(conn);
    let Some(pending) = pending else { return gate::begin_anew() };
    let page = page(&desk, &request, locale, pending.account_id).await?;
    views::private(StatusCode::OK, &page)
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
}

/// Opens the session, or says on the form what did not fit. After five codes that did not, the sign-in begins anew.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    form: PageForm<CodeForm>,
) -> Result<HttpResponse, Fault> {
    let Some(token) = Side::Guests.token(&request) else { return gate::begin_anew() };
    let now = desk.clock.now();
    let waiting = pending::find(&mut *desk.db.conn().await?, Side::Guests, &token, now).await?;
    let Some(waiting) = waiting else { return gate::begin_anew() };
    let account = waiting.account_id;
    // No connection is held here: counting takes one of its own. Who is told to wait loses no try.
    limits::take(&desk, Limit::SecondFactor, &visit, &account.to_string()).await?;
    let mut conn = desk.db.conn().await?;
    let pending = pending::take_a_try(&mut conn, Side::Guests, &token, now).await?;
    let Some(pending) = pending else { return gate::begin_anew() };
    if super::code_fits(&desk, &mut conn, account, &form.into_inner().code, now).await? {
        // Two forms sent at once open one session.
        if !pending::end(&mut conn, Side::Guests, &token).await? {
            return gate::begin_anew();
        }
        drop(conn);
        let mut opened = open::opened(&desk, &visit, account, pending.proof(), true, &pending.next).await?;
        gate::forget(&mut opened)?;
        return Ok(opened);
    }
    activity::note(&mut conn, account, "sign_in_refused", json!({"by": "second_factor"}), &visit, now)
        .await?;
    let over = pending::find(&mut conn, Side::Guests, &token, now).await?.is_none();
    if over {
        pending::end(&mut conn, Side::Guests, &token).await?;
    }
    drop(conn);
    if over {
        return gate::begin_anew();
    }
    let mut page = page(&desk, &request, locale, account).await?;
    page.problem = page.shell.t("factors-code-wrong");
    views::private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn page(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    account: Uuid,
) -> Result<SecondFactorPage, Fault> {
    let theirs = super::of(&mut *desk.db.conn().await?, account).await?;
    let shell = super::shell(desk, request, locale, "factors-second-factor-title");
    // Where nothing is left but a lost passkey, a field for codes would only tease.
    let codes = theirs.codes() || theirs.passkeys == 0;
    let line = match (codes, theirs.passkeys > 0) {
        (true, true) => "second_step-asks-either",
        (true, false) => "factors-second-factor-line",
        (false, _) => "second_step-asks-passkey",
    };
    Ok(SecondFactorPage {
        line: shell.t(line),
        shell,
        problem: String::new(),
        codes,
        passkeys: theirs.passkeys > 0,
        script: crate::assets::url("passkey.js"),
        sign_in: SIGN_IN,
    })
}
