//! What both ways to a new password do.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use chrono::{DateTime, Utc};
use db::Conn;
use domain::language::Language;
use serde_json::json;
use ui::Shell;
use uuid::Uuid;
use web::Fault;

use crate::identity::account::store::{self as accounts, Account};
use crate::identity::account::tell;
use crate::identity::session::end;
use crate::identity::visit::Visit;
use crate::identity::{activity, entrance, links};
use crate::notifications::account as mails;
use crate::{staff, views};

/// The form with the new password.
#[derive(Template)]
#[template(path = "reset/choose.html")]
pub(super) struct ChoosePage {
    pub(super) shell: Shell,
    pub(super) style: String,
    pub(super) action: &'static str,
    pub(super) token: String,
    pub(super) csrf: String,
    pub(super) whom: String,
    pub(super) line: String,
    pub(super) least: usize,
    pub(super) password_error: String,
}

impl ChoosePage {
    /// The form again, with what is wrong with the password.
    pub(super) fn refused(mut self, fault: Fault) -> Result<HttpResponse, Fault> {
        self.password_error = entrance::password_problem(self.shell.lang, fault, self.least)?;
        views::private(StatusCode::UNPROCESSABLE_ENTITY, &self)
    }
}

/// A new password.
pub(super) struct Change<'a> {
    /// Its hash.
    pub(super) hash: &'a str,
    /// The session that stays; none: all end.
    pub(super) but: Option<Uuid>,
    /// The act, and why sessions end.
    pub(super) act: &'static str,
    /// Where its owner goes who did not do it.
    pub(super) forgot: String,
}

/// Sets it for an account that the caller holds. Every other session and every open link ends, and the owner is told. Second
/// factors stay: who has a mailbox has not yet the phone.
pub(super) async fn set(
    conn: &mut Conn,
    account: &Account,
    change: &Change<'_>,
    visit: &Visit,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    accounts::set_password(conn, account.id, Some(change.hash), now).await?;
    let ended = end::all(conn, account.id, change.but, change.act, now).await?;
    // Whoever works here signs in at the desk and the door with the same password, and has set their PIN with it.
    staff::session::end::all(conn, account.id, now).await?;
    links::end_of(conn, account.id, now).await?;
    activity::note(conn, account.id, change.act, json!({"sessions_ended": ended}), visit, now).await?;
    if let Some(email) = account.email.as_deref() {
        let language = account.language.parse::<Language>().unwrap_or_default();
        mails::write(
            conn,
            &entrance::mail("password-changed", email, language, Some(change.forgot.clone())),
            now,
        )
        .await?;
    }
    tell::changed(conn, account.id, now).await?;
    Ok(())
}
