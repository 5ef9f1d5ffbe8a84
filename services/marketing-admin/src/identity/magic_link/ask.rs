//! `POST /account/magic-link`: a link is mailed; to an address without an account, the way to one.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use domain::language::Language;
use serde::Deserialize;
use serde_json::json;
use web::{Fault, Locale, PageForm};

use crate::identity::account::store as accounts;
use crate::identity::email::Email;
use crate::identity::entrance;
use crate::identity::limits::{self, Limit};
use crate::identity::links::{self, Purpose};
use crate::identity::sign_in::page::{PATH, SignInPage};
use crate::identity::visit::Visit;
use crate::notifications::account as mails;
use crate::{Desk, views};

/// What the form sends; a password typed beside it is nobody's business here.
#[derive(Debug, Deserialize)]
pub struct LinkForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    next: String,
}

/// The same page for every address.
pub async fn submit(
    desk: Data<Desk>,
    locale: Locale,
    visit: Visit,
    form: PageForm<LinkForm>,
) -> Result<HttpResponse, Fault> {
    let LinkForm { email: typed, next } = form.into_inner();
    let email = entrance::address_of(&typed);
    limits::take(&desk, Limit::Link, &visit, email.as_ref().map_or("", |email| email.as_str())).await?;
    let Some(email) = email else {
        let page = SignInPage::new(&desk, locale, &next, PATH).without_address(&typed);
        return views::private(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    write(&desk, &email, &next, locale.0).await?;
    entrance::look(&desk, locale, email.as_str(), "sign_in-look-magic", PATH)
}

/// One link and one mail, known or not. The link of an unknown address belongs to no account and is told to nobody.
async fn write(desk: &Desk, email: &Email, next: &str, language: Language) -> Result<(), Fault> {
    let (email, now) = (email.as_str(), desk.clock.now());
    if !limits::quiet(desk, Limit::Link, email).await? {
        return Ok(());
    }
    desk.db
        .transaction(async |conn| {
            let account = accounts::by_email(conn, email).await?;
            let id = account.as_ref().map(|account| account.id);
            let token = links::make(conn, Purpose::MagicLink, id, email, json!({"next": next}), now).await?;
            let mail = match &account {
                Some(account) => {
                    let language = account.language.parse::<Language>().unwrap_or_default();
                    let link = entrance::mailed(desk, "/account/magic", &token);
                    entrance::mail("magic-link", email, language, Some(link))
                }
                None => {
                    let link = format!("{}/account/sign-up", desk.links.marketing);
                    entrance::mail("magic-link-unknown", email, language, Some(link))
                }
            };
            mails::write(conn, &mail, now).await?;
            Ok::<_, Fault>(())
        })
        .await
}
