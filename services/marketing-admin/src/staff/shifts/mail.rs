//! What somebody is told of their shifts: one mail per save, in its transaction.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use domain::language::Language;

use super::Night;
use super::store::Person;
use super::times::Hours;
use crate::Desk;
use crate::notifications::account::{self as mails, AccountMail};

/// What was done with a shift.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    Planned,
    Changed,
    Removed,
}

impl Change {
    const fn key(self) -> &'static str {
        match self {
            Self::Planned => "shifts-mail-planned",
            Self::Changed => "shifts-mail-changed",
            Self::Removed => "shifts-mail-removed",
        }
    }
}

/// A shift as it now is, or was.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) change: Change,
    pub(super) hours: Hours,
    pub(super) post: String,
    pub(super) note: String,
}

/// Writes the mail down; who has no address, or nothing to be told, gets none.
pub(super) async fn tell(
    conn: &mut Conn,
    desk: &Desk,
    person: &Person,
    night: &Night,
    told: &[Told],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let Some(email) = person.email.as_deref().filter(|_| !told.is_empty()) else { return Ok(()) };
    let language = person.language.parse::<Language>().unwrap_or_default();
    let lines: Vec<String> = told.iter().map(|each| line(language, night, each)).collect();
    let mail = AccountMail {
        kind: "shift",
        to: email,
        language,
        link: Some(format!("{}/admin/shifts", desk.links.marketing)),
        facts: vec![
            ("name", person.name.clone()),
            ("nights", night.row.title.clone()),
            ("when", lines.join("; ")),
        ],
    };
    mails::write(conn, &mail, now).await
}

fn line(lang: Language, night: &Night, told: &Told) -> String {
    let when = told.hours.said(lang, night.zone);
    let line = ui::text(lang, told.change.key(), &[("when", &when), ("post", &told.post)]);
    if told.note.is_empty() { line } else { format!("{line} ({})", told.note) }
}
