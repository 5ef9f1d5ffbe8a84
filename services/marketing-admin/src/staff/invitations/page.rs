//! `/admin/invitation`: the mailed link. Who has an account with the address confirms with its password, anybody else chooses a name
//! and a password; then the way leads to the staff's sign-in. Opening the page uses nothing up.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use domain::permission::{Grants, PermissionSet};
use serde::Deserialize;
use serde_json::json;
use ui::{Shell, Site};
use uuid::Uuid;
use web::{Fault, Locale, PageForm, redirect};

use super::accept::{self, Chosen};
use super::{Invited, PATH, dead, holds, send};
use crate::identity::account::store::{self as accounts, Account};
use crate::identity::entrance::{self, Token};
use crate::identity::limits::{self, Limit};
use crate::identity::links::{self, Link, Purpose};
use crate::identity::password::{Lane, STAFF_SHORTEST, check_new};
use crate::identity::visit::Visit;
use crate::identity::{activity, factors, names};
use crate::staff::roles;
use crate::{Desk, views};

#[derive(Template)]
#[template(path = "invitations/page.html")]
struct InvitationPage {
    shell: Shell,
    token: String,
    email: String,
    role: String,
    nights: String,
    /// Whether the address has an account.
    known: bool,
    /// Whether that account has a password.
    has_password: bool,
    second_factor: bool,
    least: usize,
    name: String,
    name_error: String,
    password_error: String,
    /// What is wrong with an account's own password, for the staff.
    weak: String,
}

/// A link that is good.
struct Open {
    link: Link,
    invited: Invited,
    can: PermissionSet,
    account: Option<Account>,
}

/// The form. It is sent by a button, because programs that look after mail follow links.
pub async fn show(desk: Data<Desk>, locale: Locale, query: Query<Token>) -> Result<HttpResponse, Fault> {
    let open = open(&desk, &query.token).await?;
    views::private(StatusCode::OK, &page(&desk, locale, &query.token, &open).await?)
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct AcceptForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// Accepts, and leads to the sign-in: the link opens no session.
pub async fn submit(
    desk: Data<Desk>,
    locale: Locale,
    visit: Visit,
    form: PageForm<AcceptForm>,
) -> Result<HttpResponse, Fault> {
    let form = form.into_inner();
    let open = open(&desk, &form.token).await?;
    limits::take(&desk, Limit::SignIn, &visit, &open.link.email).await?;
    let refused = match &open.account {
        Some(account) => known(&desk, locale, &visit, &form, (&open, account)).await?,
        None => new(&desk, locale, &visit, &form, &open).await?,
    };
    match refused {
        Some((status, page)) => views::private(status, &page),
        None => {
            tracing::info!(invitation = %open.link.id, "an invitation was accepted");
            welcome(&desk, &open).await
        }
    }
}

/// What is wrong, on the page.
type Refused = Option<(StatusCode, InvitationPage)>;

/// With the password of the account.
async fn known(
    desk: &Desk,
    locale: Locale,
    visit: &Visit,
    form: &AcceptForm,
    (open, account): (&Open, &Account),
) -> Result<Refused, Fault> {
    let hash = account.password_hash.clone();
    if !desk.passwords.matches(Lane::Desk, hash, form.password.clone()).await? {
        let now = desk.clock.now();
        let mut conn = desk.db.conn().await?;
        activity::note(&mut conn, account.id, "sign_in_refused", json!({"proof": "password"}), visit, now)
            .await?;
        drop(conn);
        let mut page = page(desk, locale, &form.token, open).await?;
        page.password_error = page.shell.t("invitations-password-wrong");
        return Ok(Some((StatusCode::UNAUTHORIZED, page)));
    }
    // What was good enough for a guest need not be for who opens more with it.
    let context = [account.name.as_str(), open.link.email.as_str()];
    if let Err(fault) = check_new(desk, &form.password, &context, STAFF_SHORTEST).await {
        let weak = entrance::password_problem(locale.0, fault, STAFF_SHORTEST)?;
        let page = page(desk, locale, &form.token, open).await?;
        return Ok(Some((StatusCode::UNPROCESSABLE_ENTITY, InvitationPage { weak, ..page })));
    }
    let now = desk.clock.now();
    desk.db.transaction(async |conn| accept::known(conn, account, &form.token, visit, now).await).await?;
    Ok(None)
}

/// With a name and a password of their own choice.
async fn new(
    desk: &Desk,
    locale: Locale,
    visit: &Visit,
    form: &AcceptForm,
    open: &Open,
) -> Result<Refused, Fault> {
    let name = names::tidy(&form.name);
    let name_problem = names::problem(&name);
    let context = [name.as_str(), open.link.email.as_str()];
    let password_error = match check_new(desk, &form.password, &context, STAFF_SHORTEST).await {
        Ok(()) => String::new(),
        Err(fault) => entrance::password_problem(locale.0, fault, STAFF_SHORTEST)?,
    };
    if name_problem.is_some() || !password_error.is_empty() {
        let mut page = page(desk, locale, &form.token, open).await?;
        if let Some(problem) = name_problem {
            page.name_error = page.shell.t(problem);
        }
        return Ok(Some((StatusCode::UNPROCESSABLE_ENTITY, InvitationPage { name, password_error, ..page })));
    }
    let chosen = Chosen { name, hash: desk.passwords.hash_in(Lane::Desk, form.password.clone()).await? };
    let now = desk.clock.now();
    let done =
        desk.db.transaction(async |conn| accept::new(conn, &chosen, &form.token, visit, now).await).await;
    match done {
        // They made an account in another window: the page asks for its password now.
        Err(fault) if fault.code() == "account_known" => {
            let status = fault.status();
            let open = self::open(desk, &form.token).await?;
            Ok(Some((status, page(desk, locale, &form.token, &open).await?)))
        }
        done => done.map(|()| None),
    }
}

/// To the sign-in, where they are told what comes next.
async fn welcome(desk: &Desk, open: &Open) -> Result<HttpResponse, Fault> {
    let theirs = match &open.account {
        Some(account) => Some(factors::of(&mut *desk.db.conn().await?, account.id).await?),
        None => None,
    };
    let has_one = theirs.is_some_and(|theirs| theirs.totp || theirs.passkeys > 0);
    let needed = Grants::of(&open.invited.role, open.can).needs_second_factor() && !has_one;
    let word = if needed { "second-factor" } else { "yes" };
    Ok(redirect::see_other(&format!("/admin/sign-in?welcome={word}")))
}

async fn open(desk: &Desk, token: &str) -> Result<Open, Fault> {
    let mut conn = desk.db.conn().await?;
    let link = links::look(&mut conn, Purpose::Invitation, token, desk.clock.now()).await?;
    let link = link.ok_or_else(dead)?;
    let invited = Invited::of(link.payload.clone())?;
    let can = holds(&mut conn, &invited).await?.ok_or_else(dead)?;
    let account = accounts::by_email(&mut conn, &link.email).await?;
    // By another invitation, or by the operator.
    if crate::staff::store::by_email(&mut conn, &link.email).await?.is_some() {
        return Err(dead());
    }
    Ok(Open { link, invited, can, account })
}

async fn page(desk: &Desk, locale: Locale, token: &str, open: &Open) -> Result<InvitationPage, Fault> {
    let lang = locale.0;
    let title = ui::text(lang, "invitations-welcome", &[]);
    let at = format!("{PATH}?token={}", redirect::encode(token));
    let mut conn = desk.db.conn().await?;
    let own = roles::store::own(&mut conn).await?;
    let nights: Option<&[Uuid]> = open.invited.nights.as_deref();
    let nights = send::nights(&mut conn, lang, nights).await?;
    drop(conn);
    Ok(InvitationPage {
        shell: Shell::new(Site::Admin, lang, title, &desk.links).at(&at).unlisted(),
        token: token.to_owned(),
        email: open.link.email.clone(),
        role: roles::name_of(lang, &open.invited.role, &own),
        nights,
        known: open.account.is_some(),
        has_password: open.account.as_ref().is_some_and(|account| account.password_hash.is_some()),
        second_factor: Grants::of(&open.invited.role, open.can).needs_second_factor(),
        least: STAFF_SHORTEST,
        name: open.invited.name.clone(),
        name_error: String::new(),
        password_error: String::new(),
        weak: String::new(),
    })
}
