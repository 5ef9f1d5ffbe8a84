//! `/account/email`: which address it is to be.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use domain::language::Language;
use serde::Deserialize;
use serde_json::json;
use ui::Shell;
use uuid::Uuid;
use web::{Fault, Guest, GuestForm, Locale, redirect};

use crate::identity::account::store as accounts;
use crate::identity::email::Email;
use crate::identity::entrance;
use crate::identity::limits::{self, Limit};
use crate::identity::links::{self, Purpose};
use crate::identity::mine;
use crate::identity::visit::Visit;
use crate::notifications::account as mails;
use crate::{Desk, views};

const PATH: &str = "/account/email";
/// Where they prove who they are, and come back from.
const PROVE: &str = "/account/confirm?next=/account/email";

#[derive(Template)]
#[template(path = "new_email/ask.html")]
struct AskPage {
    shell: Shell,
    csrf: String,
    /// The address so far; empty: none.
    now: String,
    email: String,
    email_error: String,
    problem: &'static str,
}

/// The form.
pub async fn show(desk: Data<Desk>, locale: Locale, guest: Guest) -> Result<HttpResponse, Fault> {
    if guest.proved(desk.clock.now()).is_err() {
        return Ok(redirect::see_other(PROVE));
    }
    views::private(StatusCode::OK, &page(&desk, locale, &guest).await?)
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct EmailForm {
    #[serde(default)]
    email: String,
}

/// Writes to the new address. Whether somebody else has it already stays unsaid here.
pub async fn submit(
    desk: Data<Desk>,
    locale: Locale,
    visit: Visit,
    sent: GuestForm<EmailForm>,
) -> Result<HttpResponse, Fault> {
    let GuestForm { form, guest } = sent;
    if guest.proved(desk.clock.now()).is_err() {
        return Ok(redirect::see_other(PROVE));
    }
    let mut page = page(&desk, locale, &guest).await?;
    let email = entrance::address_of(&form.email);
    limits::take(&desk, Limit::Link, &visit, email.as_ref().map_or("", |email| email.as_str())).await?;
    let (words, problem) = match email {
        None => ("sign_in-email-invalid", entrance::INVALID_EMAIL),
        Some(email) if email.as_str() == page.now => ("sign_in-email-same", "unchanged"),
        Some(email) => {
            write(&desk, guest.account.uuid(), &email, locale.0).await?;
            return entrance::look(&desk, locale, email.as_str(), "sign_in-look-email", PATH);
        }
    };
    page.email_error = page.shell.t(words);
    page.problem = problem;
    page.email = form.email.chars().take(254).collect();
    views::private(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// To a free address the link that makes it theirs; to a taken one, that it is taken.
async fn write(desk: &Desk, account: Uuid, email: &Email, language: Language) -> Result<(), Fault> {
    let (email, now) = (email.as_str(), desk.clock.now());
    if !limits::quiet(desk, Limit::Link, email).await? {
        return Ok(());
    }
    desk.db
        .transaction(async |conn| {
            let taken = accounts::by_email(conn, email).await?;
            let token = links::make(conn, Purpose::NewEmail, Some(account), email, json!({}), now).await?;
            let mail = match &taken {
                Some(other) => {
                    let language = other.language.parse::<Language>().unwrap_or_default();
                    let link = format!("{}/account/sign-in", desk.links.marketing);
                    entrance::mail("new-email-taken", email, language, Some(link))
                }
                None => {
                    let link = entrance::mailed(desk, "/account/new-email", &token);
                    entrance::mail("new-email", email, language, Some(link))
                }
            };
            mails::write(conn, &mail, now).await?;
            Ok::<_, Fault>(())
        })
        .await
}

async fn page(desk: &Desk, locale: Locale, guest: &Guest) -> Result<AskPage, Fault> {
    let id = guest.account.uuid();
    let account = desk.db.transaction(async |conn| mine::me(conn, id).await).await?;
    Ok(AskPage {
        shell: entrance::shell(desk, locale, "sign_in-email-title", PATH),
        csrf: guest.csrf_token().to_owned(),
        now: account.email.unwrap_or_default(),
        email: String::new(),
        email_error: String::new(),
        problem: "",
    })
}
