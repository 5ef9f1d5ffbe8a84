//! What the pages share on which guests sign up and in: their frame, an address as typed, what is mailed, and links that are dead.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use db::{Conn, DbError};
use domain::language::Language;
use serde::Deserialize;
use ui::{Shell, Site};
use uuid::Uuid;
use web::{Fault, Locale};

use crate::identity::email::Email;
use crate::identity::erase::store::works_here;
use crate::identity::password::{GUEST_SHORTEST, STAFF_SHORTEST};
use crate::notifications::account::AccountMail;
use crate::{Desk, views};

/// Code of an address at which no mail could arrive.
pub const INVALID_EMAIL: &str = "invalid_email";

/// The frame of one of these pages. `at`: the address that shows it again, for the other language.
pub fn shell(desk: &Desk, locale: Locale, title: &str, at: &str) -> Shell {
    let title = ui::text(locale.0, title, &[]);
    Shell::new(Site::Marketing, locale.0, title, &desk.links).at(at).unlisted()
}

/// The same, of a page that is asked for by its own address.
pub fn shell_here(desk: &Desk, request: &HttpRequest, locale: Locale, title: &str) -> Shell {
    shell(desk, locale, title, &views::address(request))
}

/// Their style sheet.
pub fn style() -> String {
    crate::assets::url("account.css")
}

/// The token of a mailed link, in its address or in the form behind it.
#[derive(Debug, Deserialize)]
pub struct Token {
    /// As it was mailed.
    #[serde(default)]
    pub token: String,
}

/// A link for a mail, to the site as it is configured: never to where the request claims to have been sent.
pub fn mailed(desk: &Desk, path: &str, token: &str) -> String {
    format!("{}{path}?token={token}", desk.links.marketing)
}

/// A mail about an account that says nothing but its fixed words. What a stranger could have typed (a name) is not in it.
pub fn mail<'a>(
    kind: &'static str,
    to: &'a str,
    language: Language,
    link: Option<String>,
) -> AccountMail<'a> {
    AccountMail { kind, to, language, link, facts: Vec::new() }
}

/// The address as typed; none if no mail could arrive there.
pub fn address_of(typed: &str) -> Option<Email> {
    // A line break at an end is no slip of a finger either: somebody tries to write headers.
    if typed.chars().any(char::is_control) { None } else { typed.parse().ok() }
}

/// 410: a link that was used, is too old, was followed by a newer one, or never was.
pub fn dead() -> Fault {
    Fault::new(StatusCode::GONE, "token_invalid").message("sign_in-dead", &[])
}

/// How many characters a new password of this account has at least.
pub async fn shortest(conn: &mut Conn, account: Uuid) -> Result<usize, DbError> {
    Ok(if works_here(conn, account).await? { STAFF_SHORTEST } else { GUEST_SHORTEST })
}

/// What is wrong with a new password, in words; the fault itself where it is about something else.
pub fn password_problem(lang: Language, fault: Fault, least: usize) -> Result<String, Fault> {
    let found = fault.fields().iter().find(|problem| problem.field == "password");
    let code = found.map(|problem| problem.code.replace('_', "-"));
    match code {
        Some(code) if fault.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            let words = ui::try_text(lang, &format!("sign_in-password-{code}"), &[("least", &least)]);
            Ok(words.unwrap_or_else(|| ui::text(lang, "sign_in-password-hint", &[("least", &least)])))
        }
        _ => Err(fault),
    }
}

#[derive(Template)]
#[template(path = "entrance/look.html")]
struct LookPage {
    shell: Shell,
    style: String,
    email: String,
    line: String,
    back: &'static str,
}

/// 202 "look at your mail": the same for every address. `back`: the form it came from.
pub fn look(
    desk: &Desk,
    locale: Locale,
    email: &str,
    line: &str,
    back: &'static str,
) -> Result<HttpResponse, Fault> {
    let shell = shell(desk, locale, "sign_in-look", back);
    let page = LookPage { line: shell.t(line), style: style(), email: email.to_owned(), back, shell };
    views::private(StatusCode::ACCEPTED, &page)
}

#[cfg(test)]
mod tests {
    use super::address_of;

    #[test]
    fn an_address_is_one_line_and_as_long_as_mail_allows() {
        assert_eq!(address_of(" Ana@Example.org ").expect("an address").as_str(), "ana@example.org");
        let long = format!("{}@{}.org", "a".repeat(64), "b".repeat(186));
        for bad in
            ["\"a b\"@x", "ana@example.org\nBcc: all@example.org", "ana@example.org\n", "ana", long.as_str()]
        {
            assert!(address_of(bad).is_none(), "{bad:?}");
        }
    }
}
