//! Accepting: one transaction that uses the link up, makes the account where there is none, and lets its owner work here.

use audit::Actor;
use chrono::{DateTime, Utc};
use db::Conn;
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use super::{Invited, dead, holds, store};
use crate::identity::account::store::{self as accounts, Account, NewAccount};
use crate::identity::account::tell;
use crate::identity::activity;
use crate::identity::links::{self, Link, Purpose};
use crate::identity::visit::Visit;
use crate::staff::people;

/// What somebody without an account chose.
#[derive(Debug)]
pub(super) struct Chosen {
    /// Their name.
    pub(super) name: String,
    /// Hash of their password.
    pub(super) hash: String,
}

/// The owner of an account, whose password was right a moment ago, works here from now on.
pub(super) async fn known(
    conn: &mut Conn,
    account: &Account,
    token: &str,
    visit: &Visit,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    // Comparing the password took its time: it must be what it was then, and so must the address.
    let held = accounts::hold(conn, account.id).await?;
    let same = |held: &Account| held.email == account.email && held.password_hash == account.password_hash;
    held.filter(same).ok_or_else(dead)?;
    let (link, invited) = take(conn, token, now).await?;
    if account.email.as_deref() != Some(link.email.as_str()) {
        return Err(dead());
    }
    join(conn, account.id, &link, &invited, visit, now).await
}

/// An account with the address that the link has proven, whose owner works here from now on. 409 `account_known` if the address
/// has one by now.
pub(super) async fn new(
    conn: &mut Conn,
    chosen: &Chosen,
    token: &str,
    visit: &Visit,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    let (link, invited) = take(conn, token, now).await?;
    let account = NewAccount {
        id: Uuid::now_v7(),
        email: Some(link.email.clone()),
        phone: None,
        name: chosen.name.clone(),
        password_hash: Some(chosen.hash.clone()),
        language: visit.language.code().to_owned(),
        marketing: false,
    };
    if !accounts::insert(conn, &account, now).await? {
        return Err(Fault::conflict("account_known"));
    }
    activity::note(conn, account.id, "signed_up", json!({"proof": "link"}), visit, now).await?;
    tell::changed(conn, account.id, now).await?;
    join(conn, account.id, &link, &invited, visit, now).await
}

/// The link, used up, and what waited in it. Nobody who invited loses what they gave before this is over.
async fn take(conn: &mut Conn, token: &str, now: DateTime<Utc>) -> Result<(Link, Invited), Fault> {
    people::store::hold_all(conn).await?;
    let link = links::take(conn, Purpose::Invitation, token, now).await?.ok_or_else(dead)?;
    let invited = Invited::of(link.payload.clone())?;
    holds(conn, &invited).await?.ok_or_else(dead)?;
    Ok((link, invited))
}

async fn join(
    conn: &mut Conn,
    account: Uuid,
    link: &Link,
    invited: &Invited,
    visit: &Visit,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    if !store::join(conn, account, &invited.role, now).await? {
        return Err(dead());
    }
    if let Some(nights) = &invited.nights
        && people::store::bind(conn, account, nights, now).await? != nights.len()
    {
        return Err(dead());
    }
    let actor = Actor::person(account, &invited.role, &visit.request);
    let detail = json!({
        "invitation": link.id, "role": invited.role, "nights": invited.nights, "inviter": invited.inviter,
    });
    audit::record(conn, &actor, "staff.invitation_accepted", &account.to_string(), detail, now).await?;
    Ok(())
}
