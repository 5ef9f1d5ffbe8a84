//! `/account/sign-up`: the form.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use ui::Shell;
use web::{Fault, Locale};

use crate::identity::entrance;
use crate::identity::password::GUEST_SHORTEST;
use crate::identity::providers::buttons::{ProviderButton, buttons};
use crate::identity::session::next;
use crate::{Desk, views};

/// Where it is.
pub const PATH: &str = "/account/sign-up";

/// The page, with what was typed and what is wrong with it.
#[derive(Template)]
#[template(path = "sign_up/page.html")]
pub struct SignUpPage {
    pub(super) shell: Shell,
    style: String,
    providers: Vec<ProviderButton>,
    /// Whether codes by SMS are offered.
    phone: bool,
    next: String,
    least: usize,
    pub(super) name: String,
    pub(super) name_error: String,
    pub(super) email: String,
    pub(super) email_error: String,
    pub(super) password_error: String,
    pub(super) marketing: bool,
    /// Code of what went wrong; empty: nothing.
    pub(super) problem: &'static str,
}

impl SignUpPage {
    pub(super) fn new(desk: &Desk, locale: Locale, wanted: &str, at: &str) -> Self {
        Self {
            shell: entrance::shell(desk, locale, "sign_in-sign-up", at),
            style: entrance::style(),
            providers: buttons(desk),
            phone: desk.sms.is_offered(),
            next: next::allowed(&desk.links, wanted),
            least: GUEST_SHORTEST,
            name: String::new(),
            name_error: String::new(),
            email: String::new(),
            email_error: String::new(),
            password_error: String::new(),
            marketing: false,
            problem: "",
        }
    }
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
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Fault> {
    let page = SignUpPage::new(&desk, locale, &wanted.next, &views::address(&request));
    views::private(StatusCode::OK, &page)
}
