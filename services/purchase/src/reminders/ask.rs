//! `POST /e/{slug}/reminder`: a guest leaves an address for the moment when the sale begins. The answer says nothing about the
//! address.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use domain::event::terms::Visibility;
use serde::Deserialize;
use web::redirect::see_other;
use web::{ClientAddress, Fault, Locale, PageForm};

use super::store::{self, NewReminder};
use crate::Shop;
use crate::catalog::event_page;
use crate::catalog::night::{Night, Offer};
use crate::checkout::wish::is_email;
use crate::my::{SEARCHES_PER_NETWORK, WINDOW};

/// The form.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderForm {
    email: String,
}

/// What the page shows of reminders.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reminder {
    /// What the guest had written.
    pub email: String,
    /// What is wrong with it: a stable code.
    pub fault: Option<&'static str>,
    /// Whether it was just written down.
    pub asked: bool,
}

/// Whether a night's page offers it: the sale has yet to begin, and the mail's link opens the page.
pub(crate) fn offered(night: &Night, offer: Offer) -> bool {
    matches!(offer, Offer::NotYet(_)) && night.terms.visibility != Visibility::Private
}

/// Writes the wish down.
pub async fn ask(
    shop: Data<Shop>,
    slug: Path<String>,
    locale: Locale,
    from: ClientAddress,
    request: HttpRequest,
    form: PageForm<ReminderForm>,
) -> Result<HttpResponse, Fault> {
    let now = shop.clock.now();
    let night = shop.shelf.night(&slug, now).await?.ok_or_else(Fault::not_found)?;
    let night = night.open_to(None).ok_or_else(Fault::not_found)?;
    let email = form.email.trim();
    if !is_email(email) {
        let reminder = Reminder { email: email.to_owned(), fault: Some("invalid_email"), asked: false };
        return event_page::again_for_reminder(&shop, &slug, locale, &request, reminder).await;
    }
    // It may have begun while they typed: then the page is what they want.
    if !offered(&night, night.offer(now)) {
        return Ok(see_other(&format!("/e/{}", night.slug)));
    }
    let mut conn = shop.db.conn().await?;
    if store::asked_from(&mut conn, from.as_str(), now - WINDOW).await? >= SEARCHES_PER_NETWORK {
        return Err(Fault::rate_limited(WINDOW.to_std().unwrap_or_default()));
    }
    let wish = NewReminder { event: night.id, email, network: from.as_str(), language: locale.0 };
    store::insert(&mut conn, &wish, now - WINDOW, now).await?;
    Ok(see_other(&format!("/e/{}?reminded=1#reminder", night.slug)))
}
