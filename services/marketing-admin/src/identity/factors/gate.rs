//! Whether a guest's first proof is all, or a second factor is asked for ([`super::pending`]).

use actix_web::HttpResponse;
use db::{Conn, DbError};
use uuid::Uuid;
use web::{Fault, redirect};

use super::Factors;
use super::pending::{self, Side};
use crate::Desk;
use crate::identity::session::Proof;
use crate::identity::visit::Visit;
use crate::staff::store as members;

/// Where the second factor is asked for.
pub const PAGE: &str = "/account/second-factor";
/// Where a sign-in begins.
pub const SIGN_IN: &str = "/account/sign-in";

/// Whether a password is not enough: the account has an app with codes, or passkeys and wants to be asked for them
/// ([`Factors::asked`]), or passkeys and is one of the staff's.
pub async fn wanted(conn: &mut Conn, account: Uuid, theirs: &Factors) -> Result<bool, DbError> {
    // Whoever reads a member's mail must not add a passkey of their own here, and come in by it at the desk.
    Ok(theirs.asked() || (theirs.passkeys > 0 && members::by_id(conn, account).await?.is_some()))
}

/// Leads to the second factor where one is [`wanted`]; none where the first proof is all. A passkey is both factors: it is never asked
/// for another.
pub async fn gate(
    desk: &Desk,
    visit: &Visit,
    account: Uuid,
    proof: Proof,
    next: &str,
) -> Result<Option<HttpResponse>, Fault> {
    if proof == Proof::Passkey {
        return Ok(None);
    }
    let mut conn = desk.db.conn().await?;
    let theirs = super::of(&mut conn, account).await?;
    if !wanted(&mut conn, account, &theirs).await? {
        return Ok(None);
    }
    let cookie = pending::begin(&mut conn, Side::Guests, (account, proof), next, desk.clock.now()).await?;
    tracing::info!(request = ?visit.request, "a second factor is asked for");
    let mut response = redirect::see_other(PAGE);
    response.add_cookie(&cookie).map_err(|error| Fault::internal(error.to_string()))?;
    Ok(Some(response))
}

/// The sign-in is over, or never began: the first proof is asked for again.
pub fn begin_anew() -> Result<HttpResponse, Fault> {
    let mut response = redirect::see_other(SIGN_IN);
    forget(&mut response)?;
    Ok(response)
}

/// Has the browser forget the token.
pub fn forget(response: &mut HttpResponse) -> Result<(), Fault> {
    let cookie = Side::Guests.removal_cookie();
    response.add_cookie(&cookie).map_err(|error| Fault::internal(error.to_string()))
}
