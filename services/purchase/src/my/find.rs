//! `GET /my` and `POST /my`: find my tickets.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse, Responder};
use askama::Template;
use domain::language::Language;
use serde::Deserialize;
use ui::{Shell, Site, text};
use web::redirect::see_other;
use web::{ClientAddress, Fault, Html, Locale, PageForm};

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
}

/// What the page shows.
#[derive(Debug, Deserialize)]
pub struct FindQuery {
    asked: Option<String>,
}

/// The form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FindForm {
    email: String,
}

/// Shows the form, or says what happens now.
pub async fn show(
    shop: Data<Shop>,
    query: Query<FindQuery>,
    locale: Locale,
    request: HttpRequest,
) -> impl Responder {
    Html(page(&shop, locale.0, &request, String::new(), String::new(), query.asked.is_some()))
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
    FindPage { shell, email, email_error, asked }
}
