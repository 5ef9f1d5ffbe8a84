//! Who has a passkey of ours.

use chrono::{DateTime, Utc};
use db::Conn;
use serde_json::Value;
use uuid::Uuid;
use web::Fault;
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PublicKeyCredential};

use super::store::{self, Kind};
use super::{read, stored};
use crate::Desk;

/// What a browser is asked for: a passkey of this account, or whichever of ours it has. Gives the challenge's key and the options for
/// `navigator.credentials.get`. 409 `invalid_state` for an account that has none.
pub async fn start_proof(
    desk: &Desk,
    conn: &mut Conn,
    account: Option<Uuid>,
) -> Result<(Uuid, Value), Fault> {
    let now = desk.clock.now();
    let failed = |error: webauthn_rs::prelude::WebauthnError| Fault::internal(error.to_string());
    let (kind, options, state) = if let Some(account) = account {
        let rows = store::of_account(conn, account).await?;
        if rows.is_empty() {
            return Err(Fault::conflict("invalid_state"));
        }
        let keys: Vec<Passkey> = rows.into_iter().map(|row| read(row.passkey)).collect::<Result<_, _>>()?;
        let (options, state) = desk.passkeys.start_passkey_authentication(&keys).map_err(failed)?;
        (Kind::Prove, stored(&options)?, stored(&state)?)
    } else {
        let (options, state) = desk.passkeys.start_discoverable_authentication().map_err(failed)?;
        (Kind::Discover, stored(&options)?, stored(&state)?)
    };
    let id = store::ask(conn, account, kind, state, now).await?;
    Ok((id, without_mediation(options)))
}

/// Whose passkey answered, if it is one of ours, answers what was asked, and its owner was verified. A challenge is answered once.
pub async fn finish_proof(
    desk: &Desk,
    conn: &mut Conn,
    challenge: Uuid,
    credential: &Value,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, Fault> {
    let Some(asked) = store::take(conn, challenge, now).await? else { return Ok(None) };
    let Ok(answer) = serde_json::from_value::<PublicKeyCredential>(credential.clone()) else {
        return Ok(None);
    };
    let Some(row) = store::find(conn, answer.get_credential_id()).await? else { return Ok(None) };
    let mut passkey: Passkey = read(row.passkey.clone())?;
    let handle = answer.get_user_unique_id().map(Uuid::from_slice);
    let theirs = match &handle {
        Some(named) => named.as_ref().is_ok_and(|named| *named == row.account_id),
        // Sticks without room for names tell none; then the account was named by who asked.
        None => asked.is(Kind::Prove),
    };
    let meant = match asked.account_id {
        Some(account) => asked.is(Kind::Prove) && account == row.account_id,
        None => asked.is(Kind::Discover),
    };
    if !theirs || !meant {
        return Ok(None);
    }
    // Both kinds of question are written down alike. Checked is the passkey as it is stored now, not as it was when the browser was
    // asked: a copy whose count of uses lags behind is refused, however many questions were open.
    let state: DiscoverableAuthentication = read(asked.state)?;
    let checked = desk.passkeys.finish_discoverable_authentication_v2(&answer, state, &passkey);
    let result = match checked {
        Ok(result) if result.user_verified() => result,
        Ok(_) => return Ok(None),
        Err(error) => {
            tracing::info!(account = %row.account_id, %error, "a passkey was refused");
            return Ok(None);
        }
    };
    // Nothing changed, or its count of uses did.
    let _ = passkey.update_credential(&result);
    let kept = store::used(conn, &row.credential_id, row.passkey, stored(&passkey)?, now).await?;
    Ok(kept.then_some(row.account_id))
}

/// Our pages ask when a button is pressed, not beside a field that is filled in.
fn without_mediation(mut options: Value) -> Value {
    if let Some(fields) = options.as_object_mut() {
        fields.remove("mediation");
    }
    options
}

#[cfg(test)]
mod tests {
    use super::DiscoverableAuthentication;
    use crate::identity::factors::passkeys::asker;
    use ui::Links;

    #[test]
    fn questions_with_and_without_a_name_are_written_down_alike() {
        let links = Links::new("https://club.test", "https://tickets.club.test", "https://door.club.test");
        let asker = asker(&links).expect("an asker");
        let (_, named) = asker.start_passkey_authentication(&[]).expect("a question");
        let named = serde_json::to_value(&named).expect("JSON");
        let read: DiscoverableAuthentication = serde_json::from_value(named.clone()).expect("the same");
        assert_eq!(serde_json::to_value(&read).expect("JSON"), named);
    }
}
