//! `account.changed` → accounts, ended sessions, and who is to be forgotten.

use bus::{Delivery, HandleError, Outcome, dead_letters};
use db::Conn;
use messages::instant;
use messages::marketing_admin::v1::AccountChanged;
use uuid::Uuid;

use super::store::{self, AccountRow};

/// Takes a snapshot over, in the transaction of its inbox row. Ended sessions count whatever the revision: each only ever ends.
pub async fn apply(
    conn: &mut Conn,
    message: AccountChanged,
    delivery: Delivery,
) -> Result<Outcome, HandleError> {
    let account: Uuid = message.account_id.parse().map_err(HandleError::never)?;
    for ended in &message.ended {
        let session: Uuid = ended.session_id.parse().map_err(HandleError::never)?;
        let at = instant(ended.ended_at).unwrap_or(delivery.published_at);
        store::end_session(conn, session, at).await?;
    }
    let email = message.email.trim().to_lowercase();
    let row = AccountRow {
        id: account,
        revision: message.revision,
        email: (!email.is_empty() && !message.erased).then_some(email),
        erased: message.erased,
        changed_at: delivery.published_at,
    };
    // The address as it was known: the message of an erasure names none.
    let known = store::hold(conn, account).await?;
    if !store::put(conn, &row).await? {
        return Ok(Outcome::Stale);
    }
    if row.erased && known.as_ref().is_none_or(|known| !known.erased) {
        let email = known.and_then(|known| known.email);
        store::ask_erasure(conn, account, email.as_deref(), delivery.published_at).await?;
        let now = delivery.published_at;
        dead_letters::forget(conn, &account.to_string(), email.as_deref(), now).await?;
    }
    Ok(Outcome::Applied)
}
