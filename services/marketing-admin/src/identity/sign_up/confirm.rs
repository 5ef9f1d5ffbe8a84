//! `/account/confirm-email`: the mailed link, and the account that comes of it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use db::Conn;
use serde::Deserialize;
use serde_json::json;
use ui::Shell;
use uuid::Uuid;
use web::{Fault, Locale, PageForm};

use super::{browser, waiting::Waiting};
use crate::identity::account::store::{self as accounts, NewAccount};
use crate::identity::account::tell;
use crate::identity::entrance::{self, Token};
use crate::identity::links::{self, Link, Purpose};
use crate::identity::password::{GUEST_SHORTEST, Lane, check_new};
use crate::identity::session::{Proof, open};
use crate::identity::visit::Visit;
use crate::identity::{activity, consents};
use crate::{Desk, views};

#[derive(Template)]
#[template(path = "sign_up/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    style: String,
    token: String,
    email: String,
    /// Whether the password is chosen here, because it was typed in another browser.
    choose: bool,
    least: usize,
    password_error: String,
}

/// One button. It is a button and no link, because programs that look after mail follow links.
pub async fn show(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    query: Query<Token>,
) -> Result<HttpResponse, Fault> {
    let (link, waiting) = waiting_for(&desk, &query.token).await?;
    let choose = !browser::is_the_same(&request, &waiting.browser);
    let page = page(&desk, locale, &query.token, link.email, choose);
    views::private(StatusCode::OK, &page)
}

/// What the button sends.
#[derive(Debug, Deserialize)]
pub struct ConfirmForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    password: String,
}

/// Makes the account and signs in.
pub async fn submit(
    desk: Data<Desk>,
    request: HttpRequest,
    locale: Locale,
    visit: Visit,
    form: PageForm<ConfirmForm>,
) -> Result<HttpResponse, Fault> {
    let ConfirmForm { token, password } = form.into_inner();
    let (link, waiting) = waiting_for(&desk, &token).await?;
    let mut chosen = None;
    if !browser::is_the_same(&request, &waiting.browser) {
        let context = [waiting.name.as_str(), link.email.as_str()];
        if let Err(fault) = check_new(&desk, &password, &context, GUEST_SHORTEST).await {
            let mut page = page(&desk, locale, &token, link.email, true);
            page.password_error = entrance::password_problem(locale.0, fault, GUEST_SHORTEST)?;
            return views::private(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
        chosen = Some(desk.passwords.hash_in(Lane::Guest, password).await?);
    }
    let now = desk.clock.now();
    let account =
        desk.db.transaction(async |conn| make(conn, &token, chosen.as_deref(), &visit, now).await).await?;
    let mut answer = open::finish(&desk, &visit, account, Proof::Link, &waiting.next).await?;
    answer.add_cookie(&browser::removal()).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(answer)
}

/// The account, of what waited in the link. `chosen`: hash of a password that was chosen afresh.
async fn make(
    conn: &mut Conn,
    token: &str,
    chosen: Option<&str>,
    visit: &Visit,
    now: DateTime<Utc>,
) -> Result<Uuid, Fault> {
    let link = links::take(conn, Purpose::SignUp, token, now).await?.ok_or_else(entrance::dead)?;
    let waiting = Waiting::of(link.payload)?;
    let account = NewAccount {
        id: Uuid::now_v7(),
        email: Some(link.email),
        phone: None,
        name: waiting.name,
        password_hash: Some(chosen.map_or(waiting.password_hash, str::to_owned)),
        language: waiting.language,
        // Nor does what was ticked in another browser speak for who reads this mail.
        marketing: waiting.marketing && chosen.is_none(),
    };
    // Somebody has proven the same address in the meantime, by another way in.
    if !accounts::insert(conn, &account, now).await? {
        return Err(entrance::dead());
    }
    activity::note(conn, account.id, "signed_up", json!({"proof": "link"}), visit, now).await?;
    if account.marketing {
        consents::note(conn, account.id, consents::MARKETING, true, "sign_up", now).await?;
    }
    tell::changed(conn, account.id, now).await?;
    Ok(account.id)
}

async fn waiting_for(desk: &Desk, token: &str) -> Result<(Link, Waiting), Fault> {
    let now = desk.clock.now();
    let link = links::look(&mut *desk.db.conn().await?, Purpose::SignUp, token, now).await?;
    let link = link.ok_or_else(entrance::dead)?;
    let waiting = Waiting::of(link.payload.clone())?;
    Ok((link, waiting))
}

fn page(desk: &Desk, locale: Locale, token: &str, email: String, choose: bool) -> ConfirmPage {
    let at = format!("/account/confirm-email?token={token}");
    ConfirmPage {
        shell: entrance::shell(desk, locale, "sign_in-confirm", &at),
        style: entrance::style(),
        token: token.to_owned(),
        email,
        choose,
        least: GUEST_SHORTEST,
        password_error: String::new(),
    }
}
