//! A provider names an address that belongs to an account here: whoever owns the account signs in the way they did before, and says
//! that the two belong together. Until then it waits, known to this browser alone.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::{Deserialize, Serialize};
use ui::Shell;
use web::{Fault, Guest, GuestForm, Locale, redirect};

use super::link::{self, Linked};
use super::pages::{self, At, WAITING};
use super::profile::Profile;
use crate::identity::account::store as accounts;
use crate::identity::links::{self, Purpose};
use crate::identity::visit::Visit;
use crate::views::NoFields;
use crate::{Desk, views};

/// What waits.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub provider: String,
    pub profile: Profile,
    pub next: String,
    /// Digest of the cookie of who set out, where a mail carries the token; empty where the cookie itself is the token.
    #[serde(default)]
    pub browser: String,
}

impl Waiting {
    /// For the links' table.
    pub(super) fn payload(&self) -> Result<serde_json::Value, Fault> {
        serde_json::to_value(self).map_err(|error| Fault::internal(error.to_string()))
    }

    /// Out of it, if it is of this provider.
    pub(super) fn of(payload: serde_json::Value, provider: &str) -> Result<Self, Fault> {
        let waiting: Option<Self> = serde_json::from_value(payload).ok();
        waiting.filter(|waiting| waiting.provider == provider).ok_or_else(over)
    }
}

/// The page of a link that is used, over or somebody else's.
pub(super) fn over() -> Fault {
    Fault::new(StatusCode::GONE, "token_invalid").message("providers-over", &[])
}

#[derive(Template)]
#[template(path = "providers/join.html")]
struct JoinPage {
    shell: Shell,
    csrf: String,
    action: String,
    line: String,
    email: String,
}

fn path(at: &At<'_>) -> String {
    format!("/account/with/{}/link", at.provider.code())
}

/// Keeps it, and asks for the usual sign-in.
pub(super) async fn keep(at: &At<'_>, email: &str, profile: &Profile) -> Result<HttpResponse, Fault> {
    let now = at.desk.clock.now();
    let waiting = Waiting {
        provider: at.provider.code().to_owned(),
        profile: profile.clone(),
        next: at.next.to_owned(),
        browser: String::new(),
    };
    let payload = waiting.payload()?;
    let token = at
        .desk
        .db
        .transaction(async |conn| {
            let owner = accounts::by_email(conn, email).await?;
            let owner = owner.ok_or_else(|| Fault::conflict("invalid_state"))?;
            let token =
                links::make(conn, Purpose::Identity, Some(owner.id), email, payload.clone(), now).await?;
            Ok::<_, Fault>(token)
        })
        .await?;
    let href = format!("/account/sign-in?next={}", path(at));
    let mut response = pages::said(at, StatusCode::OK, "known", href)?;
    pages::keep(&mut response, WAITING, token, Purpose::Identity.lives())?;
    Ok(response)
}

/// `GET /account/with/{provider}/link`: what is to be joined, and the button.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    provider: Path<String>,
    guest: Guest,
) -> Result<HttpResponse, Fault> {
    let provider = pages::way(&desk, &provider)?.provider;
    let at = At { desk: &desk, request: &request, locale, visit: &visit, provider, next: "" };
    let now = desk.clock.now();
    if guest.proved(now).is_err() {
        return Ok(redirect::see_other(&format!("/account/confirm?next={}", path(&at))));
    }
    let token = pages::cookie(&request, WAITING);
    let found = links::look(&mut *desk.db.conn().await?, Purpose::Identity, &token, now).await?;
    let found = found.filter(|link| link.account == Some(guest.account.uuid())).ok_or_else(over)?;
    let waiting = Waiting::of(found.payload, provider.code())?;
    let shell = pages::shell(&at, "providers-join-title");
    let line = shell.t1("providers-join-line", "provider", provider.label());
    let page = JoinPage {
        csrf: guest.csrf_token().to_owned(),
        action: path(&at),
        line,
        email: waiting.profile.email.unwrap_or_default(),
        shell,
    };
    views::private(StatusCode::OK, &page)
}

/// `POST` of the same: joined for good.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    provider: Path<String>,
    sent: GuestForm<NoFields>,
) -> Result<HttpResponse, Fault> {
    let provider = pages::way(&desk, &provider)?.provider;
    let now = desk.clock.now();
    sent.guest.proved(now)?;
    let account = sent.guest.account.uuid();
    let at = At { desk: &desk, request: &request, locale, visit: &visit, provider, next: "" };
    let (token, by) = (pages::cookie(&request, WAITING), at.by());
    let (linked, next) = desk
        .db
        .transaction(async |conn| {
            let found = links::take(conn, Purpose::Identity, &token, now).await?;
            let found = found.filter(|link| link.account == Some(account)).ok_or_else(over)?;
            let waiting = Waiting::of(found.payload, provider.code())?;
            let linked = link::attach(conn, by, account, &waiting.profile, now).await?;
            Ok::<_, Fault>((linked, waiting.next))
        })
        .await?;
    let mut response = match linked {
        Linked::Yes => redirect::see_other(&crate::identity::session::next::allowed(&desk.links, &next)),
        Linked::Elsewhere => link::answer(&at, linked)?,
    };
    pages::forget(&mut response, WAITING)?;
    Ok(response)
}
