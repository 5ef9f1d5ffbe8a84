//! `/account/sign-in`: one page with every way in.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use ui::Shell;
use web::{Fault, Locale};

use crate::assets::{self, BUNDLE};
use crate::identity::entrance;
use crate::identity::providers::buttons::{ProviderButton, buttons};
use crate::identity::session::next;
use crate::{Desk, views};

/// Where it is.
pub const PATH: &str = "/account/sign-in";
const PASSKEY: &str = "passkey.js";

/// The page, with what is to be said on it.
#[derive(Template)]
#[template(path = "sign_in/page.html")]
pub struct SignInPage {
    shell: Shell,
    style: String,
    providers: Vec<ProviderButton>,
    /// Whether codes by SMS are offered.
    phone: bool,
    /// The script that asks for a passkey; where there is none, there is no button.
    passkey: Option<String>,
    next: String,
    /// As it was typed.
    pub email: String,
    /// What is wrong with it, in words.
    pub email_error: String,
    /// Code of what went wrong; empty: nothing.
    pub problem: &'static str,
    reset: bool,
}

impl SignInPage {
    /// The page before anything went wrong.
    pub fn new(desk: &Desk, locale: Locale, wanted: &str, at: &str) -> Self {
        Self {
            shell: entrance::shell(desk, locale, "sign_in-title", at),
            style: entrance::style(),
            providers: buttons(desk),
            phone: desk.sms.is_offered(),
            passkey: BUNDLE.contains(PASSKEY).then(|| assets::url(PASSKEY)),
            next: next::allowed(&desk.links, wanted),
            email: String::new(),
            email_error: String::new(),
            problem: "",
            reset: false,
        }
    }

    /// The same with an address at which no mail could arrive.
    pub fn without_address(mut self, typed: &str) -> Self {
        self.email_error = self.shell.t("sign_in-email-invalid");
        self.problem = entrance::INVALID_EMAIL;
        self.email = typed.chars().take(254).collect();
        self
    }
}

/// Where to go afterwards, and whether a new password was just chosen.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
    #[serde(default)]
    reset: String,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Fault> {
    let mut page = SignInPage::new(&desk, locale, &wanted.next, &views::address(&request));
    page.reset = wanted.reset == "1";
    views::private(StatusCode::OK, &page)
}
