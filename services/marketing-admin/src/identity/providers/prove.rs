//! A provider names an address without having proven it: a mail goes there, and who can read it presses its button in the browser
//! that set out. In another browser it would link a stranger's account elsewhere to who was merely sent a mail.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use ui::Shell;
use web::{Fault, Locale, PageForm};

use super::arrive;
use super::pages::{self, At, WAITING};
use super::pending::{Waiting, over};
use super::profile::Profile;
use crate::identity::limits::{self, Limit};
use crate::identity::links::{self, Purpose};
use crate::identity::secret;
use crate::identity::visit::Visit;
use crate::notifications::account::{self as mails, AccountMail};
use crate::{Desk, views};

#[derive(Template)]
#[template(path = "providers/prove.html")]
struct ProvePage {
    shell: Shell,
    action: String,
    token: String,
    line: String,
    email: String,
}

/// Mails the link. The page says the same whether the address has an account or not, and whether one more mail went out or not.
pub(super) async fn ask(at: &At<'_>, email: &str, profile: &Profile) -> Result<HttpResponse, Fault> {
    let now = at.desk.clock.now();
    let secret = secret::random();
    let waiting = Waiting {
        provider: at.provider.code().to_owned(),
        profile: profile.clone(),
        next: at.next.to_owned(),
        browser: hex::encode(secret::hash(&secret)),
    };
    if limits::quiet(at.desk, Limit::Link, email).await? {
        let (payload, by) = (waiting.payload()?, at.by());
        at.desk
            .db
            .transaction(async |conn| {
                let token = links::make(conn, Purpose::Identity, None, email, payload.clone(), now).await?;
                let mail = AccountMail {
                    kind: "identity",
                    to: email,
                    language: by.visit.language,
                    link: Some(format!(
                        "{}/account/with/{}/prove?token={token}",
                        by.site,
                        by.provider.code()
                    )),
                    facts: vec![("name", profile.name.clone()), ("provider", by.provider.label().to_owned())],
                };
                mails::write(conn, &mail, now).await?;
                Ok::<_, Fault>(())
            })
            .await?;
    }
    let mut response = pages::said(at, StatusCode::OK, "mailed", "/account/sign-in".to_owned())?;
    pages::keep(&mut response, WAITING, secret, Purpose::Identity.lives())?;
    Ok(response)
}

/// The token in the mail's link, and then in the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Token {
    token: String,
}

/// `GET /account/with/{provider}/prove`: the button.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    provider: Path<String>,
    query: Query<Token>,
) -> Result<HttpResponse, Fault> {
    let provider = pages::way(&desk, &provider)?.provider;
    let at = At { desk: &desk, request: &request, locale, visit: &visit, provider, next: "" };
    let mut conn = desk.db.conn().await?;
    let found = links::look(&mut conn, Purpose::Identity, &query.token, desk.clock.now()).await?;
    let found = found.filter(|link| link.account.is_none()).ok_or_else(over)?;
    let waiting = Waiting::of(found.payload, provider.code())?;
    if !is_same(&browser(&request), &waiting) {
        return pages::said(&at, StatusCode::CONFLICT, "other-browser", "/account/sign-in".to_owned());
    }
    let shell = pages::shell(&at, "providers-prove-title");
    let line = shell.t1("providers-prove-line", "provider", provider.label());
    let page = ProvePage {
        action: format!("/account/with/{}/prove", provider.code()),
        token: query.into_inner().token,
        line,
        email: found.email,
        shell,
    };
    views::private(StatusCode::OK, &page)
}

/// `POST` of the same: the address is proven.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    provider: Path<String>,
    sent: PageForm<Token>,
) -> Result<HttpResponse, Fault> {
    let provider = pages::way(&desk, &provider)?.provider;
    let (email, waiting) = taken(&desk, &browser(&request), provider.code(), &sent.token).await?;
    let at = At { desk: &desk, request: &request, locale, visit: &visit, provider, next: &waiting.next };
    // What is kept for a sign-in in the usual way goes under the same name.
    arrive::proven(&at, &email, &waiting.profile).await
}

/// Uses the link, in the browser that set out; in another it stays good.
async fn taken(desk: &Desk, browser: &str, provider: &str, token: &str) -> Result<(String, Waiting), Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let found = links::take(conn, Purpose::Identity, token, now).await?;
            let found = found.filter(|link| link.account.is_none()).ok_or_else(over)?;
            let waiting = Waiting::of(found.payload, provider)?;
            if !is_same(browser, &waiting) {
                return Err(over());
            }
            Ok::<_, Fault>((found.email, waiting))
        })
        .await
}

/// Digest of the cookie of who asks.
fn browser(request: &HttpRequest) -> String {
    hex::encode(secret::hash(&pages::cookie(request, WAITING)))
}

fn is_same(browser: &str, waiting: &Waiting) -> bool {
    browser.as_bytes().ct_eq(waiting.browser.as_bytes()).into()
}
