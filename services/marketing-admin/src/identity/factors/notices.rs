//! What an account is told when one of its factors comes or goes: a mail to its address, a row of its activity.

use chrono::{DateTime, Utc};
use db::Conn;
use domain::language::Language;
use serde_json::json;
use uuid::Uuid;
use web::Fault;

use crate::Desk;
use crate::identity::account::store as accounts;
use crate::identity::activity;
use crate::identity::visit::Visit;
use crate::notifications::account::{self as mails, AccountMail};

/// What came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// An app with codes was confirmed.
    AppAdded,
    /// It was taken away.
    AppRemoved,
    /// A passkey was added.
    PasskeyAdded,
    /// One was taken away.
    PasskeyRemoved,
    /// A passkey or a code is asked for after every other proof.
    StepOn,
    /// It no longer is.
    StepOff,
}

impl Change {
    const fn act(self) -> &'static str {
        match self {
            Self::AppAdded => "factor_added",
            Self::AppRemoved => "factor_removed",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::StepOn => "second_step_on",
            Self::StepOff => "second_step_off",
        }
    }

    const fn mail(self) -> &'static str {
        match self {
            Self::AppAdded | Self::PasskeyAdded | Self::StepOn => "factor-added",
            Self::AppRemoved | Self::PasskeyRemoved | Self::StepOff => "factor-removed",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::AppAdded | Self::AppRemoved => "factors-kind-app",
            Self::PasskeyAdded | Self::PasskeyRemoved => "factors-kind-passkey",
            Self::StepOn | Self::StepOff => "second_step-kind",
        }
    }
}

/// Tells of it, in the transaction of the change.
pub async fn tell(
    desk: &Desk,
    conn: &mut Conn,
    account: Uuid,
    change: Change,
    visit: &Visit,
    now: DateTime<Utc>,
) -> Result<(), Fault> {
    activity::note(conn, account, change.act(), json!({}), visit, now).await?;
    let Some(whose) = accounts::by_id(conn, account).await? else { return Ok(()) };
    let Some(email) = whose.email else { return Ok(()) };
    let language = whose.language.parse::<Language>().unwrap_or_default();
    let mail = AccountMail {
        kind: change.mail(),
        to: &email,
        language,
        link: Some(format!("{}/account/security", desk.links.marketing)),
        facts: vec![("factor", ui::text(language, change.word(), &[]))],
    };
    mails::write(conn, &mail, now).await?;
    Ok(())
}
