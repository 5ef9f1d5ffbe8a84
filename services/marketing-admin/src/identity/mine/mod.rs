//! A guest's own pages: what the club knows of them, what happened, and the way out.

pub mod activity_page;
pub mod data_page;
pub mod delete_page;
pub mod device;
pub mod export;
pub mod initials;
pub mod overview;
pub mod profile;
mod store;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use chrono_tz::Tz;
use db::{Conn, DbError, Seen};
use ui::{Shell, Site};
use uuid::Uuid;
use web::{Fault, Guest, Locale};

use crate::identity::account::store::{self as accounts, Account};
use crate::{Desk, views};

/// Whose pages these are.
fn key_of(guest: &Guest) -> Uuid {
    guest.account.uuid()
}

/// For the rest of this transaction nothing is seen but what is this account's, whatever a query asks for.
pub(in crate::identity) async fn only(conn: &mut Conn, account: Uuid) -> Result<(), DbError> {
    db::as_guest(conn, Seen::Account { key: account, email: None }).await
}

/// The account of who is signed in, as it is now: their token may be some minutes old. From here on the transaction sees what is
/// theirs alone.
pub(in crate::identity) async fn me(conn: &mut Conn, account: Uuid) -> Result<Account, Fault> {
    only(conn, account).await?;
    let account = accounts::by_id(conn, account).await?;
    account.filter(|account| account.erased_at.is_none()).ok_or_else(gone)
}

/// The same, held until the transaction ends.
pub(in crate::identity) async fn held(conn: &mut Conn, account: Uuid) -> Result<Account, Fault> {
    let account = accounts::hold(conn, account).await?;
    account.filter(|account| account.erased_at.is_none()).ok_or_else(gone)
}

/// The account went while its owner was signed in.
fn gone() -> Fault {
    Fault::new(StatusCode::UNAUTHORIZED, "session_ended")
}

/// The frame of one of these pages.
fn shell(desk: &Desk, request: &HttpRequest, locale: Locale, title: &str) -> Shell {
    let title = ui::text(locale.0, title, &[]);
    Shell::new(Site::Marketing, locale.0, title, &desk.links).at(&views::address(request)).unlisted()
}

/// The club's zone: that of its oldest venue.
pub(in crate::identity) async fn zone(conn: &mut Conn) -> Tz {
    crate::events::venues::resolve(conn, None).await.map_or(Tz::UTC, |venue| venue.zone())
}
