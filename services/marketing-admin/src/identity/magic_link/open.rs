//! `/account/magic`: the mailed link, opened.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use serde_json::Value;
use ui::Shell;
use web::{Fault, Locale, PageForm};

use crate::identity::account::store as accounts;
use crate::identity::entrance::{self, Token};
use crate::identity::links::{self, Purpose};
use crate::identity::session::{Proof, open};
use crate::identity::sign_in;
use crate::identity::visit::Visit;
use crate::{Desk, views};

#[derive(Template)]
#[template(path = "magic_link/page.html")]
struct MagicPage {
    shell: Shell,
    style: String,
    token: String,
    /// Whose account it is: who was sent somebody else's link sees it.
    email: String,
}

/// One button: programs that look after mail follow links, and press nothing.
pub async fn show(desk: Data<Desk>, locale: Locale, query: Query<Token>) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    let link = links::look(&mut *desk.db.conn().await?, Purpose::MagicLink, &query.token, now).await?;
    let link = link.filter(|link| link.account.is_some()).ok_or_else(entrance::dead)?;
    let at = format!("/account/magic?token={}", query.token);
    let page = MagicPage {
        shell: entrance::shell(&desk, locale, "sign_in-magic-title", &at),
        style: entrance::style(),
        token: query.token.clone(),
        email: link.email,
    };
    views::private(StatusCode::OK, &page)
}

/// Signs in, once.
pub async fn submit(desk: Data<Desk>, visit: Visit, form: PageForm<Token>) -> Result<HttpResponse, Fault> {
    let now = desk.clock.now();
    let (account, next) = desk
        .db
        .transaction(async |conn| {
            let link = links::take(conn, Purpose::MagicLink, &form.token, now).await?;
            let link = link.ok_or_else(entrance::dead)?;
            let id = link.account.ok_or_else(entrance::dead)?;
            let account = accounts::hold(conn, id).await?.ok_or_else(entrance::dead)?;
            // The account has another address by now: who reads the old one's mail has no business here.
            if account.email.as_deref() != Some(link.email.as_str()) {
                return Err(entrance::dead());
            }
            let next = link.payload.get("next").and_then(Value::as_str).unwrap_or(sign_in::HOME);
            Ok::<_, Fault>((id, next.to_owned()))
        })
        .await?;
    open::finish(&desk, &visit, account, Proof::Link, &next).await
}
