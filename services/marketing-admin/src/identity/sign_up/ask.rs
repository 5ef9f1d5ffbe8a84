//! Somebody wants an account: a mail is written, and the page says so, whoever's address it is.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use db::Conn;
use domain::language::Language;
use serde::Deserialize;
use serde_json::json;
use web::{Fault, Locale, PageForm};

use super::page::{PATH, SignUpPage};
use super::{browser, waiting::Waiting};
use crate::identity::account::store as accounts;
use crate::identity::email::Email;
use crate::identity::limits::{self, Limit};
use crate::identity::links::{self, Purpose};
use crate::identity::password::{GUEST_SHORTEST, Lane, check_new};
use crate::identity::secret;
use crate::identity::visit::Visit;
use crate::identity::{entrance, names, sign_in};
use crate::notifications::account as mails;
use crate::{Desk, views};

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct SignUpForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    marketing: String,
    #[serde(default)]
    next: String,
}

/// What was typed fits, or the form is shown again. Known or not, an address costs one hash, one link and one mail.
pub async fn submit(
    desk: Data<Desk>,
    locale: Locale,
    visit: Visit,
    form: PageForm<SignUpForm>,
) -> Result<HttpResponse, Fault> {
    let form = form.into_inner();
    let mut page = SignUpPage::new(&desk, locale, &form.next, PATH);
    page.name = names::tidy(&form.name);
    page.email = form.email.chars().take(254).collect();
    page.marketing = form.marketing == "yes";
    let email = judge(&mut page, &form.email);
    limits::take(&desk, Limit::SignUp, &visit, email.as_ref().map_or("", |email| email.as_str())).await?;
    let Some(email) = email else { return views::private(StatusCode::UNPROCESSABLE_ENTITY, &page) };
    let context = [page.name.as_str(), email.as_str()];
    if let Err(fault) = check_new(&desk, &form.password, &context, GUEST_SHORTEST).await {
        page.password_error = entrance::password_problem(locale.0, fault, GUEST_SHORTEST)?;
        page.problem = "invalid_password";
        return views::private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let secret = secret::random();
    let waiting = Waiting {
        name: page.name,
        language: locale.0.code().to_owned(),
        marketing: page.marketing,
        password_hash: desk.passwords.hash_in(Lane::Guest, form.password).await?,
        browser: browser::digest(&secret),
        next: form.next,
    };
    write(&desk, &email, &waiting, locale.0).await?;
    let mut answer = entrance::look(&desk, locale, email.as_str(), "sign_in-look-sign-up", PATH)?;
    answer.add_cookie(&browser::cookie(secret)).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(answer)
}

/// The address, if name and address fit.
fn judge(page: &mut SignUpPage, typed: &str) -> Option<Email> {
    let email = entrance::address_of(typed);
    if email.is_none() {
        page.email_error = page.shell.t("sign_in-email-invalid");
        page.problem = entrance::INVALID_EMAIL;
    }
    let Some(problem) = names::problem(&page.name) else { return email };
    page.name_error = page.shell.t(problem);
    if page.problem.is_empty() {
        page.problem = "invalid_name";
    }
    None
}

async fn write(desk: &Desk, email: &Email, waiting: &Waiting, language: Language) -> Result<(), Fault> {
    if !limits::quiet(desk, Limit::SignUp, email.as_str()).await? {
        return Ok(());
    }
    desk.db
        .transaction(async |conn| match accounts::by_email(conn, email.as_str()).await? {
            Some(account) => known(desk, conn, &account, email).await,
            None => new(desk, conn, email, waiting, language).await,
        })
        .await
}

/// The address has no account: the link makes it.
async fn new(
    desk: &Desk,
    conn: &mut Conn,
    email: &Email,
    waiting: &Waiting,
    language: Language,
) -> Result<(), Fault> {
    let now = desk.clock.now();
    let token = links::make(conn, Purpose::SignUp, None, email.as_str(), waiting.kept()?, now).await?;
    let link = entrance::mailed(desk, "/account/confirm-email", &token);
    mails::write(conn, &entrance::mail("sign-up", email.as_str(), language, Some(link)), now).await?;
    Ok(())
}

/// It has one: its owner gets a link that signs in, and what a stranger typed is forgotten.
async fn known(
    desk: &Desk,
    conn: &mut Conn,
    account: &accounts::Account,
    email: &Email,
) -> Result<(), Fault> {
    let now = desk.clock.now();
    let payload = json!({"next": sign_in::HOME});
    let token = links::make(conn, Purpose::MagicLink, Some(account.id), email.as_str(), payload, now).await?;
    let link = entrance::mailed(desk, "/account/magic", &token);
    let language = account.language.parse::<Language>().unwrap_or_default();
    mails::write(conn, &entrance::mail("sign-up-known", email.as_str(), language, Some(link)), now).await?;
    Ok(())
}
