//! What the steps of signing in through others share: pages that say how it stands, cookies.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::TimeDelta;
use ui::{Shell, Site};
use web::{Fault, Locale};

use super::Provider;
use super::config::Way;
use crate::identity::secret;
use crate::identity::visit::Visit;
use crate::{Desk, views};

/// The state of a trip, in the browser that set out.
pub(super) const TRIP: &str = "__Host-maguey_trip";
/// What waits until its owner has signed in, or pressed the button in the mail.
pub(super) const WAITING: &str = "__Host-maguey_identity";

/// Who asks, for what.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub desk: &'a Desk,
    pub request: &'a HttpRequest,
    pub locale: Locale,
    pub visit: &'a Visit,
    pub provider: Provider,
    pub next: &'a str,
}

/// What is written down of it: all of this may go from thread to thread, with a transaction.
#[derive(Clone, Copy)]
pub(super) struct By<'a> {
    pub provider: Provider,
    pub visit: &'a Visit,
    /// Our own site's address.
    pub site: &'a str,
}

impl<'a> At<'a> {
    pub(super) fn by(&self) -> By<'a> {
        By { provider: self.provider, visit: self.visit, site: &self.desk.links.marketing }
    }
}

/// A page that says how it stands, and where to go on.
#[derive(Template)]
#[template(path = "providers/said.html")]
struct SaidPage {
    shell: Shell,
    line: String,
    good: bool,
    href: String,
    action: String,
}

/// The provider of this code, if it is configured; else there is no such page.
pub(super) fn way<'a>(desk: &'a Desk, code: &str) -> Result<&'a Way, Fault> {
    desk.providers.way(code).ok_or_else(Fault::not_found)
}

/// The frame of one of these pages.
pub(super) fn shell(at: &At<'_>, title: &str) -> Shell {
    let title = ui::text(at.locale.0, title, &[("provider", &at.provider.label())]);
    Shell::new(Site::Marketing, at.locale.0, title, &at.desk.links).at(&views::address(at.request)).unlisted()
}

/// A page of which `providers-<what>-title`, `-line` and `-action` are the words.
pub(super) fn said(at: &At<'_>, status: StatusCode, what: &str, href: String) -> Result<HttpResponse, Fault> {
    let shell = shell(at, &format!("providers-{what}-title"));
    let line = shell.t1(&format!("providers-{what}-line"), "provider", at.provider.label());
    let action = shell.t(&format!("providers-{what}-action"));
    views::private(status, &SaidPage { shell, line, good: status.is_success(), href, action })
}

/// A cookie for this host alone, sent along when a provider leads back.
pub(super) fn keep(
    response: &mut HttpResponse,
    name: &'static str,
    value: String,
    life: TimeDelta,
) -> Result<(), Fault> {
    let cookie = secret::cookie(name, value, life);
    response.add_cookie(&cookie).map_err(|error| Fault::internal(error.to_string()))
}

/// Takes it away.
pub(super) fn forget(response: &mut HttpResponse, name: &'static str) -> Result<(), Fault> {
    keep(response, name, String::new(), TimeDelta::zero())
}

/// The cookie's value; empty if there is none.
pub(super) fn cookie(request: &HttpRequest, name: &str) -> String {
    request.cookie(name).map(|cookie| cookie.value().to_owned()).unwrap_or_default()
}
