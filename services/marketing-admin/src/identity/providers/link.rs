//! A provider becomes a way into an account.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};
use db::Conn;
use domain::language::Language;
use serde_json::json;
use uuid::Uuid;
use web::{Fault, redirect};

use super::pages::{self, At, By};
use super::profile::Profile;
use super::start::SECURITY;
use super::store;
use crate::identity::account::store as accounts;
use crate::identity::activity;
use crate::notifications::account::{self as mails, AccountMail};

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Linked {
    /// It is a way in now, or was before.
    Yes,
    /// It leads to another account.
    Elsewhere,
}

/// Adds what a signed-in guest brought back from a provider to their account.
pub(super) async fn add(at: &At<'_>, account: Uuid, profile: &Profile) -> Result<HttpResponse, Fault> {
    let (now, by) = (at.desk.clock.now(), at.by());
    let linked = at.desk.db.transaction(async |conn| attach(conn, by, account, profile, now).await).await?;
    answer(at, linked)
}

pub(super) fn answer(at: &At<'_>, linked: Linked) -> Result<HttpResponse, Fault> {
    match linked {
        Linked::Yes => Ok(redirect::see_other(&format!("{SECURITY}?done=linked"))),
        Linked::Elsewhere => pages::said(at, StatusCode::CONFLICT, "elsewhere", SECURITY.to_owned()),
    }
}

/// Links, notes it for the account's owner and writes to them.
pub(super) async fn attach(
    conn: &mut Conn,
    by: By<'_>,
    account: Uuid,
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<Linked, Fault> {
    let held = accounts::hold(conn, account).await?.filter(|account| account.erased_at.is_none());
    let held = held.ok_or_else(|| Fault::new(StatusCode::UNAUTHORIZED, "session_ended"))?;
    if !store::link(conn, by.provider, profile, account, now).await? {
        let owner = store::owner(conn, by.provider, &profile.subject).await?;
        return Ok(if owner == Some(account) { Linked::Yes } else { Linked::Elsewhere });
    }
    let detail = json!({"provider": by.provider.code()});
    activity::note(conn, account, "provider_linked", detail, by.visit, now).await?;
    if let Some(email) = &held.email {
        let mail = AccountMail {
            kind: "provider-linked",
            to: email,
            language: held.language.parse::<Language>().unwrap_or_default(),
            link: Some(format!("{}{SECURITY}", by.site)),
            facts: vec![("name", held.name.clone()), ("provider", by.provider.label().to_owned())],
        };
        mails::write(conn, &mail, now).await?;
    }
    Ok(Linked::Yes)
}
