//! `/account/forgot`: asking for a link.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::language::Language;
use serde::Deserialize;
use serde_json::json;
use ui::Shell;
use web::{Fault, Locale, PageForm};

use crate::identity::account::store as accounts;
use crate::identity::email::Email;
use crate::identity::entrance;
use crate::identity::limits::{self, Limit};
use crate::identity::links::{self, Purpose};
use crate::identity::visit::Visit;
use crate::notifications::account as mails;
use crate::{Desk, views};

/// Where it is.
pub const PATH: &str = "/account/forgot";

#[derive(Template)]
#[template(path = "reset/forgot.html")]
struct ForgotPage {
    shell: Shell,
    style: String,
    email: String,
    email_error: String,
    problem: &'static str,
}

impl ForgotPage {
    fn new(shell: Shell) -> Self {
        Self {
            shell,
            style: entrance::style(),
            email: String::new(),
            email_error: String::new(),
            problem: "",
        }
    }
}

/// The form.
pub async fn show(desk: Data<Desk>, request: HttpRequest, locale: Locale) -> Result<HttpResponse, Fault> {
    let shell = entrance::shell_here(&desk, &request, locale, "sign_in-forgot-title");
    views::private(StatusCode::OK, &ForgotPage::new(shell))
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct ForgotForm {
    #[serde(default)]
    email: String,
}

/// The same page for every address.
pub async fn submit(
    desk: Data<Desk>,
    locale: Locale,
    visit: Visit,
    form: PageForm<ForgotForm>,
) -> Result<HttpResponse, Fault> {
    let email = entrance::address_of(&form.email);
    limits::take(&desk, Limit::Reset, &visit, email.as_ref().map_or("", |email| email.as_str())).await?;
    let Some(email) = email else {
        let mut page = ForgotPage::new(entrance::shell(&desk, locale, "sign_in-forgot-title", PATH));
        page.email = form.email.chars().take(254).collect();
        page.email_error = page.shell.t("sign_in-email-invalid");
        page.problem = entrance::INVALID_EMAIL;
        return views::private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    write(&desk, &email, locale.0).await?;
    entrance::look(&desk, locale, email.as_str(), "sign_in-look-reset", PATH)
}

/// One link and one mail, known or not. The link of an unknown address belongs to no account and is told to nobody.
async fn write(desk: &Desk, email: &Email, language: Language) -> Result<(), Fault> {
    let (email, now) = (email.as_str(), desk.clock.now());
    if !limits::quiet(desk, Limit::Reset, email).await? {
        return Ok(());
    }
    desk.db
        .transaction(async |conn| {
            let account = accounts::by_email(conn, email).await?;
            let id = account.as_ref().map(|account| account.id);
            let token = links::make(conn, Purpose::Reset, id, email, json!({}), now).await?;
            let mail = match &account {
                Some(account) => {
                    let language = account.language.parse::<Language>().unwrap_or_default();
                    let link = entrance::mailed(desk, "/account/reset", &token);
                    entrance::mail("reset", email, language, Some(link))
                }
                None => {
                    let link = format!("{}/account/sign-up", desk.links.marketing);
                    entrance::mail("reset-unknown", email, language, Some(link))
                }
            };
            mails::write(conn, &mail, now).await?;
            Ok::<_, Fault>(())
        })
        .await
}
