//! `/account/delete`: what goes and what stays, and the form that erases.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use domain::language::Language;
use serde::Deserialize;
use ui::Shell;
use web::{Fault, Guest, GuestForm, Locale, redirect};

use crate::identity::account::store::Account;
use crate::identity::erase;
use crate::notifications::account::{self as mails, AccountMail};
use crate::{Desk, views};

/// Where they prove who they are, and come back from.
const PROVE: &str = "/account/confirm?next=/account/delete";

#[derive(Template)]
#[template(path = "mine/delete.html")]
struct DeletePage {
    shell: Shell,
    csrf: String,
    /// What is to be typed: the address, or the number of who has none.
    known_by: String,
    typed: String,
    error: String,
    /// Whether they work here: then this is not the way.
    works_here: bool,
}

#[derive(Template)]
#[template(path = "mine/deleted.html")]
struct DeletedPage {
    shell: Shell,
}

/// The page.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    guest: Guest,
) -> Result<HttpResponse, Fault> {
    let page = page(&desk, &request, locale, &guest).await?;
    if guest.proved(desk.clock.now()).is_err() {
        return Ok(redirect::see_other(PROVE));
    }
    views::private(StatusCode::OK, &page)
}

/// The address, typed.
#[derive(Debug, Deserialize)]
pub struct DeleteForm {
    #[serde(default)]
    typed: String,
}

/// Erases, once the right address was typed by who proved lately who they are.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    sent: GuestForm<DeleteForm>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    let mut page = page(&desk, &request, locale, &sent.guest).await?;
    if sent.guest.proved(now).is_err() {
        return Ok(redirect::see_other(PROVE));
    }
    if page.works_here {
        return views::private(StatusCode::CONFLICT, &page);
    }
    if sent.form.typed.trim().to_lowercase() != page.known_by {
        page.error = page.shell.t("account-delete-typed-wrong");
        page.typed = sent.form.typed.chars().take(254).collect();
        return views::private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let id = super::key_of(&sent.guest);
    desk.db
        .transaction(async |conn| {
            let account = super::held(conn, id).await?;
            // Joined the staff since the page was shown.
            if erase::store::works_here(conn, id).await? {
                return Err(Fault::conflict("invalid_state"));
            }
            erase::erase(conn, &account, now).await?;
            if let Some(email) = &account.email {
                mails::write(conn, &farewell(&account, email), now).await?;
                erase::store::remember_farewell(conn, id, email).await?;
            }
            Ok::<_, Fault>(())
        })
        .await?;
    let shell = super::shell(&desk, &request, locale, "account-deleted");
    views::private(StatusCode::OK, &DeletedPage { shell })
}

/// The last mail. All that it says is in it: by the time it leaves, nobody here knows whose it is.
fn farewell<'a>(account: &Account, email: &'a str) -> AccountMail<'a> {
    AccountMail {
        kind: "deleted",
        to: email,
        language: account.language.parse::<Language>().unwrap_or_default(),
        link: None,
        facts: vec![("name", account.name.clone())],
    }
}

async fn page(
    desk: &Desk,
    request: &HttpRequest,
    locale: Locale,
    guest: &Guest,
) -> Result<DeletePage, Fault> {
    let id = super::key_of(guest);
    let (account, works_here) = desk
        .db
        .transaction(async |conn| {
            let account = super::me(conn, id).await?;
            Ok::<_, Fault>((account, erase::store::works_here(conn, id).await?))
        })
        .await?;
    Ok(DeletePage {
        works_here,
        shell: super::shell(desk, request, locale, "account-delete"),
        csrf: guest.csrf_token().to_owned(),
        known_by: account.email.or(account.phone).unwrap_or_default(),
        typed: String::new(),
        error: String::new(),
    })
}
