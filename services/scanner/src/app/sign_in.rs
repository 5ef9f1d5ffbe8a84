//! `GET` and `POST /sign-in`: the form. Its session goes into the host-only cookie, where no script can read it.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::StatusCode,
    web::{Data, Query},
};
use serde::Deserialize;
use web::{Fault, Html, Locale, PageForm, redirect, session};

use super::views::{SignInPage, shell};
use crate::{Door, config::SERVICE, sessions::client::ClientAddress};

/// The form as sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Shows the form.
pub async fn get(door: Data<Door>, request: HttpRequest, locale: Locale) -> HttpResponse {
    let next = next_of(request.query_string());
    let page = page(&door, locale, next, String::new(), "");
    Html(page).respond_to(&request)
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
    match door.identity.sign_in(form.email.trim(), &form.password, from.0).await {
        Ok(opened) => {
            let claims = door.session_keys.verify(&opened.token, SERVICE, door.clock.now())?;
            tracing::info!(staff = %claims.sub, "signed in");
            let mut answer = redirect::see_other(&next);
            let cookie = session::cookie(opened.token, &claims);
            answer.add_cookie(&cookie).map_err(Fault::internal)?;
            Ok(answer)
        }
        Err(fault) if fault.status() == StatusCode::INTERNAL_SERVER_ERROR => Err(fault),
        Err(fault) => {
            tracing::info!(code = fault.code(), cause = std::error::Error::source(&fault), "not signed in");
            let problem = problem(fault.code());
            let page = page(&door, locale, next, form.email, problem);
            Ok(Html(page).customize().with_status(fault.status()).respond_to(&request).map_into_boxed_body())
        }
    }
}

fn page(door: &Door, locale: Locale, next: String, email: String, problem: &'static str) -> SignInPage {
    SignInPage { shell: shell(locale.0, "scanner-sign-in", &door.links).at("/sign-in"), next, email, problem }
}

fn problem(code: &str) -> &'static str {
    match code {
        "invalid_credentials" => "scanner-sign-in-wrong",
        "rate_limited" => "scanner-sign-in-slow-down",
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
