//! `/account/reset`: the mailed link, and the new password.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use serde::Deserialize;
use uuid::Uuid;
use web::{Fault, Locale, PageForm, redirect};

use super::set::{self, Change, ChoosePage};
use crate::identity::account::store::{self as accounts, Account};
use crate::identity::entrance::{self, Token};
use crate::identity::links::{self, Link, Purpose};
use crate::identity::password::{Lane, check_new};
use crate::identity::visit::Visit;
use crate::{Desk, views};

const DONE: &str = "/account/sign-in?reset=1";

/// The form, if the link is good.
pub async fn show(desk: Data<Desk>, locale: Locale, query: Query<Token>) -> Result<HttpResponse, Fault> {
    let (account, least) = whose(&desk, &query.token).await?;
    views::private(StatusCode::OK, &page(&desk, locale, &query.token, &account, least))
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct ChooseForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    password: String,
}

/// Sets the password, once, and leads to the sign-in: the link opens no session.
pub async fn submit(
    desk: Data<Desk>,
    locale: Locale,
    visit: Visit,
    form: PageForm<ChooseForm>,
) -> Result<HttpResponse, Fault> {
    let ChooseForm { token, password } = form.into_inner();
    let (account, least) = whose(&desk, &token).await?;
    let context = [account.name.as_str(), account.email.as_deref().unwrap_or_default()];
    if let Err(fault) = check_new(&desk, &password, &context, least).await {
        return page(&desk, locale, &token, &account, least).refused(fault);
    }
    let hash = desk.passwords.hash_in(Lane::Guest, password).await?;
    let now = desk.clock.now();
    let forgot = format!("{}{}", desk.links.marketing, super::ask::PATH);
    let change = Change { hash: &hash, but: None, act: "password_reset", forgot };
    desk.db
        .transaction(async |conn| {
            let link = links::take(conn, Purpose::Reset, &token, now).await?.ok_or_else(entrance::dead)?;
            let held = accounts::hold(conn, owner(&link)?).await?;
            let account = fits(&link, held)?;
            set::set(conn, &account, &change, &visit, now).await
        })
        .await?;
    Ok(redirect::see_other(DONE))
}

/// Whose link it is, and how long their password has to be.
async fn whose(desk: &Desk, token: &str) -> Result<(Account, usize), Fault> {
    let mut conn = desk.db.conn().await?;
    let link = links::look(&mut conn, Purpose::Reset, token, desk.clock.now()).await?;
    let link = link.ok_or_else(entrance::dead)?;
    let found = accounts::by_id(&mut conn, owner(&link)?).await?;
    let account = fits(&link, found)?;
    let least = entrance::shortest(&mut conn, account.id).await?;
    Ok((account, least))
}

/// The link of an address without an account opens nothing.
fn owner(link: &Link) -> Result<Uuid, Fault> {
    link.account.ok_or_else(entrance::dead)
}

/// The account as long as it has the address to which the link was mailed.
fn fits(link: &Link, account: Option<Account>) -> Result<Account, Fault> {
    account.filter(|account| account.email.as_deref() == Some(link.email.as_str())).ok_or_else(entrance::dead)
}

fn page(desk: &Desk, locale: Locale, token: &str, account: &Account, least: usize) -> ChoosePage {
    let at = format!("/account/reset?token={token}");
    let shell = entrance::shell(desk, locale, "sign_in-forgot-title", &at);
    ChoosePage {
        style: entrance::style(),
        action: "/account/reset",
        token: token.to_owned(),
        csrf: String::new(),
        whom: account.email.clone().unwrap_or_default(),
        line: shell.t("sign_in-reset-line"),
        least,
        password_error: String::new(),
        shell,
    }
}
