//! `GET /my` and `POST /my`: my tickets. Who is signed in sees them ([`super::mine`]); everybody else has them mailed.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;
use chrono::DateTime;
use domain::language::Language;
use serde::Deserialize;
use ui::{Shell, Site, text};
use web::redirect::see_other;
use web::{ClientAddress, Fault, Html, Locale, MaybeGuest, PageForm};

use super::mine;
use super::store::{self, Wish};
use super::{SEARCHES_PER_NETWORK, WINDOW};
use crate::Shop;
use crate::checkout::wish::is_email;

#[derive(Template)]
#[template(path = "my/find.html")]
struct FindPage {
    shell: Shell,
    email: String,
    email_error: String,
    asked: bool,
    sign_in_url: String,
}

/// What the page shows.
#[derive(Debug, Deserialize)]
pub struct FindQuery {
    asked: Option<String>,
    find: Option<String>,
    before: Option<i64>,
}

/// The form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindForm {
    email: String,
}

/// Shows a signed-in guest's tickets; else the form, or what happens now.
pub async fn show(
    shop: Data<Shop>,
    query: Query<FindQuery>,
    locale: Locale,
    guest: MaybeGuest,
    request: HttpRequest,
) -> Result<HttpResponse, Fault> {
    let query = query.into_inner();
    // Who was signed in a moment ago is led to where the session is renewed, and back.
    if guest.1 && query.asked.is_none() && query.find.is_none() {
        return Err(Fault::from(web::TokenFault::Expired).of_guest());
    }
    if let (Some(guest), None, None) = (guest.0, &query.asked, &query.find) {
        let before = query.before.and_then(DateTime::from_timestamp_millis);
        let page = mine::page(&shop, &guest, (locale.0, &request), before).await?;
        return Ok(page.respond_to(&request).map_into_boxed_body());
    }
    let page = page(&shop, locale.0, &request, String::new(), String::new(), query.asked.is_some());
    Ok(Html(page).respond_to(&request).map_into_boxed_body())
}

/// Writes the wish down. The answer says nothing about the address, and takes no longer for one than for another.
pub async fn ask(
    shop: Data<Shop>,
    locale: Locale,
    from: ClientAddress,
    request: HttpRequest,
    form: PageForm<FindForm>,
) -> Result<HttpResponse, Fault> {
    let email = form.email.trim();
    if !is_email(email) {
        let wrong = text(locale.0, "shared-error-invalid-email", &[]);
        let page = page(&shop, locale.0, &request, email.to_owned(), wrong, false);
        let page = Html(page).customize().with_status(StatusCode::UNPROCESSABLE_ENTITY);
        return Ok(page.respond_to(&request).map_into_boxed_body());
    }
    let now = shop.clock.now();
    let mut conn = shop.db.conn().await?;
    if store::searches_from(&mut conn, from.as_str(), now - WINDOW).await? >= SEARCHES_PER_NETWORK {
        return Err(Fault::rate_limited(WINDOW.to_std().unwrap_or_default()));
    }
    store::insert(&mut conn, &Wish::search(email, from.as_str(), locale.0, now)).await?;
    shop.bells.searches.notify_one();
    let mut answer = see_other("/my?asked=1");
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

fn page(
    shop: &Shop,
    lang: Language,
    request: &HttpRequest,
    email: String,
    email_error: String,
    asked: bool,
) -> FindPage {
    let title = text(lang, if asked { "guests-find-asked" } else { "guests-find-title" }, &[]);
    // After a form was sent the language switch leads to the page, not to the form's target.
    let shell = Shell::new(Site::Tickets, lang, title, &shop.site).at(crate::path_of(request));
    let back = shop.links.site("/my");
    let sign_in_url =
        format!("{}/account/sign-in?next={}", shell.links.marketing, web::redirect::encode(&back));
    FindPage { shell, email, email_error, asked, sign_in_url }
}
