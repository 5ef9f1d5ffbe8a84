//! The two steps of proving a number, on whichever pages they stand: the number, to which a code goes, and the code.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use ui::{Shell, Site};
use uuid::Uuid;
use web::{Fault, Locale};

use super::send::Answer;
use super::{number, send};
use crate::identity::visit::Visit;
use crate::{Desk, views};

/// The page that asks for a number.
#[derive(Template)]
#[template(path = "phone/number.html")]
struct NumberPage<'a> {
    shell: Shell,
    action: &'static str,
    csrf: &'a str,
    phone: String,
    error: String,
    next: &'a str,
    known: &'a str,
}

/// The page that asks for the code.
#[derive(Template)]
#[template(path = "phone/code.html")]
struct CodePage<'a> {
    shell: Shell,
    action: &'static str,
    again: &'static str,
    csrf: &'a str,
    error: String,
    next: &'a str,
    line: String,
}

/// The number, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NumberForm {
    pub(super) phone: String,
    pub(super) next: String,
}

/// The code, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    pub(super) code: String,
    pub(super) next: String,
}

/// Where the two steps stand, and what their forms carry.
pub(super) struct Steps<'a> {
    pub desk: &'a Desk,
    pub locale: Locale,
    /// Where the number is asked for.
    pub number: &'static str,
    /// Where the code goes.
    pub code: &'static str,
    /// The title of the first step.
    pub title: &'static str,
    /// Where the first step can be asked for again, in another language.
    pub at: String,
    /// The session's token, where somebody is signed in.
    pub csrf: &'a str,
    /// Where to go afterwards.
    pub next: String,
    /// The number that is to be removed; empty: there is none.
    pub known: String,
}

impl Steps<'_> {
    /// The first step.
    pub fn ask(&self) -> Result<HttpResponse, Fault> {
        views::private(StatusCode::OK, &self.number_page())
    }

    /// Sends a code to the number that was typed, also to one that is somebody else's: who can't read it learns nothing. `account` is
    /// whose it is to become.
    pub async fn send(
        &self,
        request: &HttpRequest,
        visit: &Visit,
        typed: &str,
        account: Option<Uuid>,
    ) -> Result<HttpResponse, Fault> {
        let Some(phone) = number::e164(typed, self.desk.sms.region()) else {
            return self.ask_again(StatusCode::UNPROCESSABLE_ENTITY, typed, "phone-number-wrong");
        };
        let waiting = send::waiting(request);
        let browser = match send::code(self.desk, visit, &phone, account, waiting).await? {
            Answer::Keep(browser) => browser,
            Answer::Unserved => {
                return self.ask_again(StatusCode::UNPROCESSABLE_ENTITY, typed, "phone-country-unserved");
            }
            Answer::Later(wait) => {
                let words = if self.csrf.is_empty() { "phone-later" } else { "phone-mine-later" };
                let mut response = self.ask_again(StatusCode::TOO_MANY_REQUESTS, typed, words)?;
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
                return Ok(response);
            }
        };
        let mut page = self.code_page();
        page.line = page.shell.t1("phone-code-line", "ending", number::ending(&phone));
        let mut response = views::private(StatusCode::OK, &page)?;
        send::wait_for(&mut response, Some(browser))?;
        Ok(response)
    }

    /// The first step once more, with why no code was sent.
    fn ask_again(&self, status: StatusCode, typed: &str, problem: &str) -> Result<HttpResponse, Fault> {
        let mut page = self.number_page();
        page.error = page.shell.t(problem);
        page.phone = typed.chars().take(40).collect();
        views::private(status, &page)
    }

    /// The second step once more, with what was wrong.
    pub fn refuse(&self, problem: &str) -> Result<HttpResponse, Fault> {
        let mut page = self.code_page();
        page.error = page.shell.t(problem);
        views::private(StatusCode::UNPROCESSABLE_ENTITY, &page)
    }

    fn number_page(&self) -> NumberPage<'_> {
        NumberPage {
            shell: self.shell(&self.at, self.title),
            action: self.number,
            csrf: self.csrf,
            phone: String::new(),
            error: String::new(),
            next: &self.next,
            known: &self.known,
        }
    }

    fn code_page(&self) -> CodePage<'_> {
        CodePage {
            shell: self.shell(self.number, "phone-code-title"),
            action: self.code,
            again: self.number,
            csrf: self.csrf,
            error: String::new(),
            next: &self.next,
            line: String::new(),
        }
    }

    fn shell(&self, at: &str, title: &str) -> Shell {
        let title = ui::text(self.locale.0, title, &[]);
        Shell::new(Site::Marketing, self.locale.0, title, &self.desk.links).at(at).unlisted()
    }
}
