//! `/account/new-email`: the mailed link. It opens for who asked for it alone: else somebody could have a stranger prove the
//! stranger's address for them, and see the orders that were bought with it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use chrono::{DateTime, Utc};
use db::Conn;
use domain::language::Language;
use serde_json::json;
use ui::Shell;
use web::{Fault, Guest, GuestForm, Locale, redirect};

use crate::identity::account::store as accounts;
use crate::identity::account::tell;
use crate::identity::activity;
use crate::identity::entrance::{self, Token};
use crate::identity::links::{self, Link, Purpose};
use crate::identity::visit::Visit;
use crate::notifications::account as mails;
use crate::{Desk, views};

const DONE: &str = "/account/profile?done=saved";

#[derive(Template)]
#[template(path = "new_email/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    csrf: String,
    token: String,
    email: String,
}

/// One button.
pub async fn show(
    desk: Data<Desk>,
    locale: Locale,
    guest: Guest,
    query: Query<Token>,
) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    let link = links::look(&mut *desk.db.conn().await?, Purpose::NewEmail, &query.token, now).await?;
    let link = theirs(link, &guest)?;
    let at = format!("/account/new-email?token={}", query.token);
    let page = ConfirmPage {
        shell: entrance::shell(&desk, locale, "sign_in-email-title", &at),
        csrf: guest.csrf_token().to_owned(),
        token: query.token.clone(),
        email: link.email,
    };
    views::private(StatusCode::OK, &page)
}

/// The address is theirs from now on.
pub async fn submit(desk: Data<Desk>, visit: Visit, sent: GuestForm<Token>) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    desk.db
        .transaction(async |conn| {
            let link = links::take(conn, Purpose::NewEmail, &sent.form.token, now).await?;
            let link = theirs(link, &sent.guest)?;
            change(conn, &link, &sent.guest, &visit, now).await
        })
        .await?;
    Ok(redirect::see_other(DONE))
}

fn theirs(link: Option<Link>, guest: &Guest) -> Result<Link, Fault> {
    link.filter(|link| link.account == Some(guest.account.uuid())).ok_or_else(entrance::dead)
}

/// Whoever reads the old mailbox is told, and has no open link any more.
async fn change(
    conn: &mut Conn,
    link: &Link,
    guest: &Guest,
    visit: &Visit,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let id = guest.account.uuid();
    let account = accounts::hold(conn, id).await?.filter(|account| account.erased_at.is_none());
    let account = account.ok_or_else(entrance::dead)?;
    // Somebody else has proven it in the meantime.
    if !accounts::set_email(conn, id, &link.email, now).await? {
        return Err(entrance::dead());
    }
    links::end_of(conn, id, now).await?;
    activity::note(conn, id, "email_changed", json!({}), visit, now).await?;
    if let Some(before) = account.email.as_deref() {
        let language = account.language.parse::<Language>().unwrap_or_default();
        mails::write(conn, &entrance::mail("email-changed", before, language, None), now).await?;
    }
    tell::changed(conn, id, now).await?;
    Ok(())
}
