//! `GET` and `POST /sign-in`: the form. Its session goes into the host-only cookie, where no script can read it.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::{StatusCode, header::RETRY_AFTER},
    web::{Data, Query},
};
use domain::permission::Permission;
use serde::Deserialize;
use uuid::Uuid;
use web::{Fault, Html, Locale, PageForm, redirect, session};

use super::views::{SignInPage, shell};
use crate::{
    Door,
    devices::{self, Device, PhoneView, hands},
    sessions::{
        client::ClientAddress,
        identity::{Credentials, Session},
    },
};

/// The form as sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// What was tried, for the form to show again.
#[derive(Debug, Default)]
pub struct Tried {
    /// Where to go afterwards.
    pub next: String,
    /// The address that was typed.
    pub email: String,
    /// The name that was tapped.
    pub staff: Option<Uuid>,
    /// Key of what went wrong; empty for nothing.
    pub problem: &'static str,
    /// Whether the code of a second factor is asked for.
    pub code: bool,
}

/// Shows the form.
pub async fn get(door: Data<Door>, request: HttpRequest, locale: Locale) -> HttpResponse {
    let tried = Tried { next: next_of(request.query_string()), ..Tried::default() };
    Html(page(&door, &request, locale, tried).await).respond_to(&request)
}

/// Signs in and leads on; a refusal shows the form again with what to do.
pub async fn post(
    door: Data<Door>,
    request: HttpRequest,
    locale: Locale,
    from: ClientAddress,
    form: PageForm<SignInForm>,
) -> Result<HttpResponse, Fault> {
    let form = form.into_inner();
    let next = redirect::local(&form.next).to_owned();
    match attempt(&door, &request, from, &form, &next).await {
        Ok(answer) => Ok(answer),
        Err(fault) => {
            let problem = problem(fault.code());
            let code = fault.code() == "code_needed" || !form.code.is_empty();
            let tried = Tried { next, email: form.email, problem, code, ..Tried::default() };
            refused(&door, &request, locale, tried, fault).await
        }
    }
}

async fn attempt(
    door: &Door,
    request: &HttpRequest,
    from: ClientAddress,
    form: &SignInForm,
    next: &str,
) -> Result<HttpResponse, Fault> {
    let phone = devices::phone(door, request).await?;
    let code = Some(form.code.trim()).filter(|code| !code.is_empty());
    let who = Credentials { email: form.email.trim(), password: &form.password, code };
    let opened = door.identity.sign_in(who, phone.is_some(), from.0).await?;
    enter(door, phone.as_deref(), opened, next).await
}

/// Somebody is signed in, on this phone: the cookie, and the way on.
pub(crate) async fn enter(
    door: &Door,
    phone: Option<&Device>,
    opened: Session,
    next: &str,
) -> Result<HttpResponse, Fault> {
    let claims = hands::enter(door, phone, &opened).await?;
    let (scans, hosts) = (Permission::DoorScan, Permission::ReservationsRun);
    // The camera is nothing for who looks after tables alone.
    let hosts_only = !claims.grants.may(scans) && claims.grants.may(hosts);
    let mut answer = redirect::see_other(if next == "/" && hosts_only { "/parties" } else { next });
    let cookie = session::cookie(opened.token, &claims);
    answer.add_cookie(&cookie).map_err(Fault::internal)?;
    Ok(answer)
}

/// Nobody is: the form again, with what to do. A mistake of ours is shown as one.
pub(crate) async fn refused(
    door: &Door,
    request: &HttpRequest,
    locale: Locale,
    tried: Tried,
    fault: Fault,
) -> Result<HttpResponse, Fault> {
    if fault.status() == StatusCode::INTERNAL_SERVER_ERROR {
        return Err(fault);
    }
    tracing::info!(code = fault.code(), cause = std::error::Error::source(&fault), "not signed in");
    let page = page(door, request, locale, tried).await;
    let shown = Html(page).customize().with_status(fault.status()).respond_to(request);
    let mut answer = shown.map_into_boxed_body();
    if let Some(wait) = fault.wait() {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    Ok(answer)
}

/// The form; on an enrolled phone with the names of those who have a PIN.
async fn page(door: &Door, request: &HttpRequest, locale: Locale, tried: Tried) -> SignInPage {
    let shell = shell(locale.0, "scanner-sign-in", &door.links).at("/sign-in");
    let Tried { next, email, staff, mut problem, code } = tried;
    let phone = match devices::phone(door, request).await {
        Ok(Some(device)) => Some(PhoneView::of(door, &device, staff).await),
        Ok(None) => None,
        Err(fault) => {
            if fault.code() == "token_revoked" {
                problem = "devices-revoked";
            }
            // The form is shown all the same: whoever sends it hears more.
            tracing::info!(code = fault.code(), "the phone of a sign-in is not known");
            None
        }
    };
    SignInPage { shell, next, email, problem, code, phone }
}

fn problem(code: &str) -> &'static str {
    match code {
        "invalid_credentials" => "scanner-sign-in-wrong",
        "code_needed" => "proofs-door-code",
        "second_factor_missing" => "proofs-door-set-up",
        "rate_limited" => "scanner-sign-in-slow-down",
        "token_revoked" => "devices-revoked",
        _ => "scanner-sign-in-away",
    }
}

/// What the address of the form says.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    next: String,
}

/// The page that was asked for before signing in; only pages of this site.
fn next_of(query: &str) -> String {
    let asked = Query::<Asked>::from_query(query);
    asked.map_or_else(|_| "/".to_owned(), |asked| redirect::local(&asked.next).to_owned())
}

#[cfg(test)]
mod tests {
    use super::next_of;

    #[test]
    fn the_page_asked_for_is_found_again_and_no_other_site() {
        assert_eq!(next_of("next=%2F%3Flang%3Des"), "/?lang=es");
        assert_eq!(next_of("lang=es"), "/");
        assert_eq!(next_of("next=https%3A%2F%2Fevil.example"), "/");
        assert_eq!(next_of("next=%2F%2Fevil.example"), "/");
    }
}
