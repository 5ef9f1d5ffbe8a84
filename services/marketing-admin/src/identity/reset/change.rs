//! `/account/password`: a new password for who is signed in and proved lately who they are.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Deserialize;
use web::{Fault, Guest, GuestForm, Locale, redirect};

use super::set::{self, Change, ChoosePage};
use crate::identity::account::store::{self as accounts, Account};
use crate::identity::password::{Lane, check_new};
use crate::identity::visit::Visit;
use crate::identity::{entrance, mine};
use crate::{Desk, views};

const PATH: &str = "/account/password";
/// Where they prove who they are, and come back from.
const PROVE: &str = "/account/confirm?next=/account/password";
const DONE: &str = "/account/security";

/// The form.
pub async fn show(desk: Data<Desk>, locale: Locale, guest: Guest) -> Result<HttpResponse, Fault> {
    if guest.proved(desk.clock.now()).is_err() {
        return Ok(redirect::see_other(PROVE));
    }
    let (account, least) = of(&desk, &guest).await?;
    views::private(StatusCode::OK, &page(&desk, locale, &guest, &account, least))
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct ChangeForm {
    #[serde(default)]
    password: String,
}

/// Sets it; every other session ends.
pub async fn submit(
    desk: Data<Desk>,
    locale: Locale,
    visit: Visit,
    sent: GuestForm<ChangeForm>,
) -> Result<HttpResponse, Fault> {
    let GuestForm { form, guest } = sent;
    let now = desk.clock.now();
    if guest.proved(now).is_err() {
        return Ok(redirect::see_other(PROVE));
    }
    let (account, least) = of(&desk, &guest).await?;
    let context = [account.name.as_str(), account.email.as_deref().unwrap_or_default()];
    if let Err(fault) = check_new(&desk, &form.password, &context, least).await {
        return page(&desk, locale, &guest, &account, least).refused(fault);
    }
    let hash = desk.passwords.hash_in(Lane::Guest, form.password).await?;
    let forgot = format!("{}{}", desk.links.marketing, super::ask::PATH);
    let change = Change { hash: &hash, but: Some(guest.session.uuid()), act: "password_changed", forgot };
    desk.db
        .transaction(async |conn| {
            let account = accounts::hold(conn, account.id).await?.ok_or_else(gone)?;
            set::set(conn, &account, &change, &visit, now).await
        })
        .await?;
    Ok(redirect::see_other(DONE))
}

async fn of(desk: &Desk, guest: &Guest) -> Result<(Account, usize), Fault> {
    let id = guest.account.uuid();
    desk.db
        .transaction(async |conn| {
            let account = mine::me(conn, id).await?;
            Ok::<_, Fault>((account, entrance::shortest(conn, id).await?))
        })
        .await
}

/// The account went while its owner was signed in.
fn gone() -> Fault {
    Fault::new(StatusCode::UNAUTHORIZED, "session_ended")
}

fn page(desk: &Desk, locale: Locale, guest: &Guest, account: &Account, least: usize) -> ChoosePage {
    let shell = entrance::shell(desk, locale, "sign_in-forgot-title", PATH);
    ChoosePage {
        style: entrance::style(),
        action: PATH,
        token: String::new(),
        csrf: guest.csrf_token().to_owned(),
        whom: account.email.clone().or_else(|| account.phone.clone()).unwrap_or_default(),
        line: shell.t("sign_in-change-line"),
        least,
        password_error: String::new(),
        shell,
    }
}
