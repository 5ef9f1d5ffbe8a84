//! Erasing an account, and erasing it again where an older backup brought it back.
//!
//! The row stays, bare, so that whatever points to it still points somewhere; everything that says who it was is gone. What the
//! club has to keep (orders, money) is purchase's, which hears of it by `account.changed` with `erased`.
//!
//! A row that refers to an account as `account_id` (or `account`) is that person's own and goes with them, and so does what refers
//! to such a row; a row that has to outlive the person refers to them by another name (`staff.id`, `invited_by`).

pub mod internal;
pub mod store;

use audit::Actor;
use bus::dead_letters;
use chrono::{DateTime, Utc};
use db::{Conn, Db};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use web::Fault;

use crate::identity::account::store::{self as accounts, Account};
use crate::identity::account::tell;
use crate::identity::session::end;

/// Why its sessions ended.
const WHY: &str = "account_erased";

/// Erases an account that its caller holds (`FOR UPDATE`), with all that hangs on it, in the caller's transaction.
pub async fn erase(conn: &mut Conn, account: &Account, now: DateTime<Utc>) -> Result<(), Fault> {
    let hash = account.email.as_deref().map(hash_of).transpose()?;
    if let Some(email) = &account.email {
        store::withhold(conn, email, now).await?;
        store::forget_address(conn, email).await?;
    }
    end::all(conn, account.id, None, WHY, now).await?;
    store::bare(conn, account.id, now).await?;
    store::remember(conn, account.id, hash, now).await?;
    // While the ended sessions' rows are there: the message names them.
    tell::changed(conn, account.id, now).await?;
    store::forget(conn, account.id, now).await?;
    store::forget_messages(conn, account.id).await?;
    // What could not be handled may name them: an order, a mail that was asked for.
    dead_letters::forget(conn, &account.id.to_string(), account.email.as_deref(), now).await?;
    Ok(())
}

/// Erases every account that was erased before and is not bare; gives how many.
pub async fn again(db: &Db, now: DateTime<Utc>) -> Result<usize, Fault> {
    let back = store::brought_back(&mut *db.conn().await?).await?;
    let mut erased = 0;
    for id in back {
        let done = db
            .transaction(async |conn| {
                let Some(account) = accounts::hold(conn, id).await? else { return Ok(false) };
                if account.erased_at.is_some() {
                    return Ok(false);
                }
                erase(conn, &account, now).await?;
                let actor = Actor::named("marketing-admin", Uuid::now_v7());
                audit::record(conn, &actor, "account.erased_again", &id.to_string(), json!({}), now).await?;
                Ok::<_, Fault>(true)
            })
            .await?;
        erased += usize::from(done);
    }
    Ok(erased)
}

/// 16 random bytes and the SHA-256 of them and the address.
fn hash_of(email: &str) -> Result<Vec<u8>, Fault> {
    let mut salted = vec![0_u8; 16];
    getrandom::fill(&mut salted).map_err(|error| Fault::internal(error.to_string()))?;
    let digest = Sha256::new().chain_update(&salted).chain_update(email.as_bytes()).finalize();
    salted.extend_from_slice(&digest);
    Ok(salted)
}

#[cfg(test)]
mod tests {
    use super::hash_of;

    #[test]
    fn two_of_one_address_have_nothing_in_common() {
        let (one, other) =
            (hash_of("ana@example.org").expect("made"), hash_of("ana@example.org").expect("made"));
        assert_eq!((one.len(), other.len()), (48, 48));
        assert_ne!(one[16..], other[16..]);
    }
}
