//! What members of the staff are told when their role, their nights or a suspension of theirs changed: a mail, in the transaction
//! of the change.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::language::Language;
use uuid::Uuid;

use super::store::PersonRow;
use crate::Desk;
use crate::identity::account::store as accounts;
use crate::notifications::account::{self as mails, AccountMail};
use crate::staff::invitations::send;
use crate::staff::roles;

/// Another role, or other nights.
pub(in crate::staff) const CHANGED: &str = "role-changed";
/// They may not sign in any more.
pub(in crate::staff) const SUSPENDED: &str = "role-suspended";
/// They may again.
pub(in crate::staff) const TAKEN_BACK: &str = "role-taken-back";

/// Tells somebody what they are from now on. Whose account was erased hears nothing.
pub(in crate::staff) async fn changed(
    desk: &Desk,
    conn: &mut Conn,
    after: &PersonRow,
    kind: &'static str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let Some(account) = accounts::by_id(conn, after.id).await? else { return Ok(()) };
    let Some(email) = account.email.as_deref() else { return Ok(()) };
    let language = account.language.parse::<Language>().unwrap_or_default();
    let own = roles::store::own(conn).await?;
    let nights = roles::store::nights_of(conn, after.id).await?;
    let nights: Vec<Uuid> = nights.into_iter().map(Uuid::from).collect();
    let nights = (!nights.is_empty()).then_some(nights);
    let mail = AccountMail {
        kind,
        to: email,
        language,
        link: (kind != SUSPENDED).then(|| format!("{}/admin/sign-in", desk.links.marketing)),
        facts: vec![
            ("role", roles::name_of(language, &after.role, &own)),
            ("nights", send::nights(conn, language, nights.as_deref()).await?),
        ],
    };
    mails::write(conn, &mail, now).await
}
