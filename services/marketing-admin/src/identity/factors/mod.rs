//! How somebody proves more than a password: an app with codes, recovery codes for who lost it, passkeys. Of every account,
//! guests' and staff's alike.

pub mod app_page;
pub mod gate;
pub mod notices;
pub mod page;
pub mod passkeys;
pub mod pending;
pub mod prove;
pub mod recovery;
pub mod second_factor;
pub mod second_step;
pub mod store;
pub mod totp;

pub use gate::gate;

use actix_web::HttpRequest;
use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use ui::{Shell, Site};
use uuid::Uuid;
use web::{Fault, Locale};

use crate::identity::limits::{self, Limit};
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
    /// Whether they want to be asked for a passkey or a code after every other proof; none: they did not choose.
    pub chosen: Option<bool>,
}

impl Factors {
    /// Whether a passkey that is lost leaves another second factor.
    pub const fn spares_a_passkey(&self) -> bool {
        self.totp || self.passkeys > 1 || self.recovery_left > 0
    }

    /// Whether a second factor is asked for after every proof but a passkey: always where an app is on; for who has passkeys as
    /// they chose, and unless they chose, once a passkey that is lost would not shut them out.
    pub fn asked(&self) -> bool {
        self.totp || (self.passkeys > 0 && self.chosen.unwrap_or_else(|| self.spares_a_passkey()))
    }

    /// Whether a typed code could be one of theirs.
    pub const fn codes(&self) -> bool {
        self.totp || self.recovery_left > 0
    }
}

/// What an account has.
pub async fn of(conn: &mut Conn, account: Uuid) -> Result<Factors, DbError> {
    let held = store::held(conn, account).await?;
    let number = |count: i64| usize::try_from(count).unwrap_or_default();
    Ok(Factors {
        totp: held.totp,
        passkeys: number(held.passkeys),
        recovery_left: number(held.recovery_left),
        chosen: held.chosen,
    })
}

/// Whether a code is one of the account's app, of now or half a minute around it, or a recovery code; either is used up by it.
/// Whoever asks counts the tries by where they come from; 429 after too many wrong codes of the app, from wherever.
pub async fn code_fits(
    desk: &Desk,
    conn: &mut Conn,
    account: Uuid,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool, Fault> {
    let typed: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    if typed.len() == totp::DIGITS && typed.bytes().all(|byte| byte.is_ascii_digit()) {
        let whom = account.to_string();
        limits::guess(conn, Limit::SecondFactor, &whom, now).await?;
        let fits = totp::fits(desk, conn, account, &typed, now).await?;
        if fits {
            limits::right(conn, Limit::SecondFactor, &whom).await?;
        }
        return Ok(fits);
    }
    Ok(recovery::take(conn, account, &typed, now).await?)
}

/// The frame of one of these pages.
fn shell(desk: &Desk, request: &HttpRequest, locale: Locale, title: &str) -> Shell {
    let title = ui::text(locale.0, title, &[]);
    Shell::new(Site::Marketing, locale.0, title, &desk.links).at(&views::address(request)).unlisted()
}

#[cfg(test)]
mod tests {
    use super::Factors;

    #[test]
    fn a_passkey_is_asked_for_as_chosen_or_once_it_may_be_lost() {
        let bare = Factors { totp: false, passkeys: 1, recovery_left: 0, chosen: None };
        assert!(!bare.asked(), "a lost phone would shut them out");
        assert!(Factors { passkeys: 2, ..bare }.asked());
        assert!(Factors { recovery_left: 1, ..bare }.asked());
        assert!(Factors { chosen: Some(true), ..bare }.asked());
        assert!(!Factors { passkeys: 2, chosen: Some(false), ..bare }.asked());
        assert!(!Factors { passkeys: 0, chosen: Some(true), ..bare }.asked(), "there is nothing to ask for");
        assert!(Factors { totp: true, chosen: Some(false), ..bare }.asked(), "an app is on or off by itself");
    }
}
