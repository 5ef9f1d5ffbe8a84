//! An invitation, written down and mailed in one transaction with its audit row.

use audit::Actor;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::language::Language;
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use super::{Invited, PATH, store};
use crate::Desk;
use crate::identity::account::store as accounts;
use crate::identity::entrance;
use crate::identity::links::{self, Purpose};
use crate::notifications::account::{self as mails, AccountMail};
use crate::staff::{roles, store as members};

/// Whom to invite, and to what.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    /// The address, in lower case.
    pub(super) email: &'a str,
    /// To what.
    pub(super) invited: &'a Invited,
    /// Who invites, as the mail names them; none: the club.
    pub(super) by: Option<&'a str>,
    /// The language of whoever invites: that of somebody who has told us none.
    pub(super) language: Language,
    /// Whether it is sent in the place of an earlier one.
    pub(super) again: bool,
    /// Whether it is mailed.
    pub(super) mailed: bool,
}

/// An invitation that was made.
#[derive(Debug)]
pub(super) struct Made {
    /// The link, which is nowhere else but in the mail.
    pub(super) link: String,
    /// Until when it is good.
    pub(super) expires_at: DateTime<Utc>,
}

/// Makes it. An older one to the same address ends. 409 `works_here_already` for an address of the staff.
pub(super) async fn make(
    desk: &Desk,
    conn: &mut Conn,
    actor: &Actor,
    wanted: &Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<Made, Fault> {
    let (email, invited) = (wanted.email, wanted.invited);
    if members::by_email(conn, email).await?.is_some() {
        return Err(Fault::conflict("works_here_already"));
    }
    // Of no account, even where there is one: a new password or address of it is no reason to end an invitation.
    let token = links::make(conn, Purpose::Invitation, None, email, invited.kept()?, now).await?;
    let made = links::look(conn, Purpose::Invitation, &token, now).await?;
    let made = made.ok_or_else(|| Fault::internal("an invitation without its row"))?;
    let link = entrance::mailed(desk, PATH, &token);
    if wanted.mailed {
        write(conn, wanted, &link, now).await?;
    }
    let detail = json!({
        "role": invited.role, "nights": invited.nights, "again": wanted.again, "mailed": wanted.mailed,
    });
    audit::record(conn, actor, "staff.invited", &made.id.to_string(), detail, now).await?;
    Ok(Made { link, expires_at: made.expires_at })
}

async fn write(conn: &mut Conn, wanted: &Wanted<'_>, link: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    let known = accounts::by_email(conn, wanted.email).await?;
    let language = known.and_then(|account| account.language.parse::<Language>().ok());
    let language = language.unwrap_or(wanted.language);
    let by = wanted.by.map(str::to_owned).filter(|by| !by.is_empty());
    let own = roles::store::own(conn).await?;
    let mail = AccountMail {
        kind: "invitation",
        to: wanted.email,
        language,
        link: Some(link.to_owned()),
        facts: vec![
            ("name", by.unwrap_or_else(|| ui::text(language, "invitations-the-club", &[]))),
            ("role", roles::name_of(language, &wanted.invited.role, &own)),
            ("nights", nights(conn, language, wanted.invited.nights.as_deref()).await?),
        ],
    };
    mails::write(conn, &mail, now).await
}

/// Nights in words; none: all.
pub(in crate::staff) async fn nights(
    conn: &mut Conn,
    language: Language,
    nights: Option<&[Uuid]>,
) -> Result<String, DbError> {
    Ok(match nights {
        None => ui::text(language, "staff-nights-all", &[]),
        Some(nights) => store::titles(conn, nights).await?.join(", "),
    })
}
