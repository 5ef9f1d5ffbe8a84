//! `/account/security/totp`: an app with codes is set up, confirmed and taken away; and recovery codes, shown once.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use serde_json::json;
use ui::Shell;
use web::{Fault, Guest, GuestForm, Locale, redirect};

use super::notices::{self, Change};
use super::page::{self, unproved};
use super::{recovery, totp};
use crate::Desk;
use crate::identity::account::store as accounts;
use crate::identity::activity;
use crate::identity::limits::{self, Limit};
use crate::identity::visit::Visit;
use crate::views::{self, NoFields};

/// This page.
const PAGE: &str = "/account/security/totp";

#[derive(Template)]
#[template(path = "factors/app.html")]
struct AppPage {
    shell: Shell,
    csrf: String,
    problem: String,
    picture: String,
    secret: String,
    spaced: String,
}

#[derive(Template)]
#[template(path = "factors/codes.html")]
struct CodesPage {
    shell: Shell,
    codes: Vec<String>,
    /// What was just switched on, in words; may be empty.
    done: String,
}

/// Draws a secret for a new app.
pub async fn begin(desk: Data<Desk>, sent: GuestForm<NoFields>) -> Result<HttpResponse, Fault> {
    if let Some(lead) = unproved(&desk, &sent.guest) {
        return Ok(lead);
    }
    let mut conn = desk.db.conn().await?;
    let begun = totp::begin(&desk, &mut conn, sent.guest.account.uuid(), desk.clock.now()).await?;
    Ok(redirect::see_other(if begun { PAGE } else { page::PAGE }))
}

/// The picture, the secret, and the form for a first code.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    guest: Guest,
) -> Result<HttpResponse, Fault> {
    if let Some(lead) = unproved(&desk, &guest) {
        return Ok(lead);
    }
    match app_page(&desk, &request, locale, &guest).await? {
        Some(page) => views::private(StatusCode::OK, &page),
        None => Ok(redirect::see_other(page::PAGE)),
    }
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct CodeForm {
    #[serde(default)]
    code: String,
}

/// Switches the app on if the code is one of it, and shows recovery codes.
pub async fn confirm(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    sent: GuestForm<CodeForm>,
) -> Result<HttpResponse, Fault> {
    if let Some(lead) = unproved(&desk, &sent.guest) {
        return Ok(lead);
    }
    let (account, now) = (sent.guest.account.uuid(), desk.clock.now());
    limits::take(&desk, Limit::SecondFactor, &visit, &account.to_string()).await?;
    let code: String = sent.form.code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let codes = desk
        .db
        .transaction(async |conn| {
            if !totp::confirm(&desk, conn, account, &code, now).await? {
                return Ok(None);
            }
            let codes = recovery::renew(conn, account, now).await?;
            notices::tell(&desk, conn, account, Change::AppAdded, &visit, now).await?;
            Ok::<_, Fault>(Some(codes))
        })
        .await?;
    if let Some(codes) = codes {
        return codes_page(&desk, &request, locale, codes, "factors-done-app");
    }
    let Some(mut page) = app_page(&desk, &request, locale, &sent.guest).await? else {
        return Ok(redirect::see_other(page::PAGE));
    };
    page.problem = page.shell.t("factors-code-wrong");
    views::private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Takes the app away, and with the last factor the recovery codes.
pub async fn remove(
    desk: Data<Desk>,
    visit: Visit,
    sent: GuestForm<NoFields>,
) -> Result<HttpResponse, Fault> {
    if let Some(lead) = unproved(&desk, &sent.guest) {
        return Ok(lead);
    }
    let (account, now) = (sent.guest.account.uuid(), desk.clock.now());
    desk.db
        .transaction(async |conn| {
            if !totp::end(conn, account).await? {
                return Ok(());
            }
            if super::of(conn, account).await?.passkeys == 0 {
                recovery::end(conn, account).await?;
            }
            notices::tell(&desk, conn, account, Change::AppRemoved, &visit, now).await
        })
        .await?;
    Ok(redirect::see_other("/account/security?done=app-off"))
}

/// New recovery codes in the place of the old ones, for who has a factor that can be lost.
pub async fn renew_codes(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    sent: GuestForm<NoFields>,
) -> Result<HttpResponse, Fault> {
    if let Some(lead) = unproved(&desk, &sent.guest) {
        return Ok(lead);
    }
    let (account, now) = (sent.guest.account.uuid(), desk.clock.now());
    let codes = desk
        .db
        .transaction(async |conn| {
            let theirs = super::of(conn, account).await?;
            if !theirs.totp && theirs.passkeys == 0 {
                return Err(Fault::conflict("invalid_state"));
            }
            let codes = recovery::renew(conn, account, now).await?;
            activity::note(conn, account, "recovery_codes_made", json!({}), &visit, now).await?;
            Ok(codes)
        })
        .await?;
    codes_page(&desk, &request, locale, codes, "")
}

/// New recovery codes, shown once; with the words of this key above them, unless it is empty.
pub(super) fn codes_page(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    codes: Vec<String>,
    done: &str,
) -> Result<HttpResponse, Fault> {
    let shell = super::shell(desk, request, locale, "factors-codes-title").at(page::PAGE);
    let done = if done.is_empty() { String::new() } else { shell.t(done) };
    views::private(StatusCode::OK, &CodesPage { shell, codes, done })
}

async fn app_page(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    guest: &Guest,
) -> Result<Option<AppPage>, Fault> {
    let mut conn = desk.db.conn().await?;
    let account = guest.account.uuid();
    let whose = accounts::by_id(&mut conn, account).await?.ok_or_else(Fault::not_found)?;
    let name = whose.email.or(whose.phone).unwrap_or_else(|| account.to_string());
    let Some(app) = totp::set_up(desk, &mut conn, account, &name).await? else { return Ok(None) };
    drop(conn);
    let spaced = app.secret.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    Ok(Some(AppPage {
        shell: super::shell(desk, request, locale, "factors-app-title").at(PAGE),
        csrf: guest.csrf_token().to_owned(),
        problem: String::new(),
        picture: ui::qr::svg(&app.url).map_err(|e| Fault::internal(e.to_string()))?,
        secret: app.secret,
        spaced,
    }))
}
