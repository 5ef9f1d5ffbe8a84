//! How somebody proves more than a password: an app with codes, recovery codes for who lost it, passkeys. Of every account,
//! guests' and staff's alike.

pub mod app_page;
pub mod challenge_page;
pub mod confirm;
pub mod gate;
pub mod notices;
pub mod page;
pub mod passkeys;
pub mod recovery;
pub mod store;
pub mod totp;

pub use gate::gate;

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use ui::{Shell, Site};
use uuid::Uuid;
use web::{Fault, Locale};

use crate::{Desk, views};

/// What an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factors {
    /// An app with codes, set up and confirmed.
    pub totp: bool,
    /// Passkeys.
    pub passkeys: usize,
    /// Recovery codes that were not used yet.
    pub recovery_left: usize,
}

/// What an account has.
pub async fn of(conn: &mut Conn, account: Uuid) -> Result<Factors, DbError> {
    let held = store::held(conn, account).await?;
    let number = |count: i64| usize::try_from(count).unwrap_or_default();
    Ok(Factors {
        totp: held.totp,
        passkeys: number(held.passkeys),
        recovery_left: number(held.recovery_left),
    })
}

/// Whether a code is one of the account's app, of now or half a minute around it, or a recovery code; either is used up by it.
/// Whoever asks counts the tries.
pub async fn code_fits(
    desk: &Desk,
    conn: &mut Conn,
    account: Uuid,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool, Fault> {
    let typed: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    if typed.len() == totp::DIGITS && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return totp::fits(desk, conn, account, &typed, now).await;
    }
    Ok(recovery::take(conn, account, &typed, now).await?)
}

/// The frame of one of these pages.
fn shell(desk: &Desk, request: &HttpRequest, locale: Locale, title: &str) -> Shell {
    let title = ui::text(locale.0, title, &[]);
    Shell::new(Site::Marketing, locale.0, title, &desk.links).at(&views::address(request)).unlisted()
}
