//! `/admin/sign-in` and `/admin/sign-out`: sessions in a browser.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use audit::Actor;
use serde::Deserialize;
use ui::{Shell, Site};
use web::can::Anything;
use web::session;
use web::{CsrfForm, Fault, Locale, PageForm, RequestId, redirect};

use crate::identity::ClientAddress;
use crate::identity::factors::pending::{self, Side};
use crate::identity::session::Proof;
use crate::staff::Member;
use crate::staff::session::api;
use crate::staff::session::sign_in::{Credentials, Entry, SignedIn, Way, enter};
use crate::staff::store::{self as accounts, StaffRow};
use crate::views;
use crate::{Desk, SERVICE};

#[derive(Template)]
#[template(path = "staff/sign_in.html")]
struct SignInPage {
    shell: Shell,
    next: String,
    email: String,
    problem: String,
    /// What somebody is told who has just come to work here.
    welcome: String,
    script: String,
}

/// Where to go after the sign-in.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
    #[serde(default)]
    welcome: String,
}

/// The form.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Fault> {
    let shell = shell(&desk, &request, locale);
    let Wanted { next, welcome } = wanted.into_inner();
    let page = SignInPage {
        welcome: match welcome.as_str() {
            "yes" => shell.t("invitations-accepted"),
            "second-factor" => shell.t("invitations-accepted-second-factor"),
            _ => String::new(),
        },
        shell,
        next,
        email: String::new(),
        problem: String::new(),
        script: crate::assets::url("passkey.js"),
    };
    views::private(StatusCode::OK, &page)
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Signs in and leads to the page that was asked for; what did not fit is said on the form, with the address kept.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    from: ClientAddress,
    form: PageForm<SignInForm>,
) -> Result<HttpResponse, Fault> {
    let SignInForm { email, password, next } = form.into_inner();
    let actor = Actor::named("nobody", RequestId::of(&request));
    let credentials = Credentials { email: email.clone(), password, code: None };
    let entry = enter(&desk, &actor, &from, credentials, Way { audience: SERVICE, device: false }).await;
    if let (Ok(_), Some(token)) = (&entry, Side::Staff.token(&request)) {
        // Whatever waited for a second factor in this browser was given up by this.
        pending::end(&mut *desk.db.conn().await?, Side::Staff, &token).await?;
    }
    match entry {
        Ok(Entry::Opened(signed_in)) => opened(&signed_in, &next),
        Ok(Entry::CodeNeeded(account)) => code_needed(&desk, &account, &next).await,
        Err(fault) if fault.status().is_client_error() => {
            let shell = shell(&desk, &request, locale);
            let problem = match fault.status() {
                StatusCode::TOO_MANY_REQUESTS => shell.t("admin-sign-in-too-often"),
                _ => shell.t("admin-sign-in-refused"),
            };
            let (script, welcome) = (crate::assets::url("passkey.js"), String::new());
            views::private(fault.status(), &SignInPage { shell, next, email, problem, welcome, script })
        }
        Err(fault) => Err(fault),
    }
}

/// The way to the second factor, with the cookie by which the browser is known again.
async fn code_needed(desk: &Desk, account: &StaffRow, next: &str) -> Result<HttpResponse, Fault> {
    let mut conn = desk.db.conn().await?;
    let first = (account.id, Proof::Password);
    let cookie = pending::begin(&mut conn, Side::Staff, first, next, desk.clock.now()).await?;
    // Comparing the password took its time: with another one by now, the sign-in begins anew.
    if accounts::by_id(&mut conn, account.id).await?.as_ref() != Some(account) {
        return Ok(redirect::see_other("/admin/sign-in"));
    }
    let mut response = redirect::see_other("/admin/sign-in/second-factor");
    response.add_cookie(&cookie).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(response)
}

/// Somebody is in: the cookie, and the way on. Who needs a second factor first is led to where one is set up.
pub(super) fn opened(signed_in: &SignedIn, next: &str) -> Result<HttpResponse, Fault> {
    let mut response = redirect::see_other(way_on(signed_in, next));
    let cookie = session::cookie(signed_in.token.clone(), &signed_in.claims);
    response.add_cookie(&cookie).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(response)
}

/// Where somebody who has just signed in goes.
pub(super) fn way_on<'a>(signed_in: &SignedIn, next: &'a str) -> &'a str {
    if signed_in.claims.grants.can.iter().next().is_none() {
        return "/admin/security";
    }
    if next.is_empty() { "/admin" } else { redirect::local(next) }
}

/// Ends the session for good and takes the cookie away.
pub async fn sign_out(
    desk: Data<Desk>,
    member: Member<Anything>,
    _form: CsrfForm<views::NoFields, Anything>,
) -> Result<HttpResponse, Fault> {
    api::end(&desk, &member).await?;
    let mut response = redirect::see_other("/admin/sign-in");
    response.add_cookie(&session::removal_cookie()).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(response)
}

/// The frame of the pages before somebody is in.
pub(super) fn shell(desk: &Desk, request: &HttpRequest, locale: Locale) -> Shell {
    let title = ui::text(locale.0, "admin-sign-in-title", &[]);
    Shell::new(Site::Admin, locale.0, title, &desk.links).at(&views::address(request))
}
