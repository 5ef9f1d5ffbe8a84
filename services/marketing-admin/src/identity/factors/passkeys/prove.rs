//! Who has a passkey of ours.

use chrono::{DateTime, Utc};
use db::Conn;
use serde_json::Value;
use uuid::Uuid;
use web::Fault;
use webauthn_rs::prelude::{DiscoverableAuthentication, Passkey, PasskeyAuthentication, PublicKeyCredential};

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
    let mut passkey: Passkey = read(row.passkey)?;
    let handle = answer.get_user_unique_id().map(Uuid::from_slice);
    let theirs = match &handle {
        Some(named) => named.as_ref().is_ok_and(|named| *named == row.account_id),
        // Sticks without room for names tell none; then the account was named by who asked.
        None => asked.is(Kind::Prove),
    };
    let checked = if !theirs {
        return Ok(None);
    } else if asked.is(Kind::Prove) && asked.account_id == Some(row.account_id) {
        let state: PasskeyAuthentication = read(asked.state)?;
        desk.passkeys.finish_passkey_authentication(&answer, &state)
    } else if asked.is(Kind::Discover) {
        let state: DiscoverableAuthentication = read(asked.state)?;
        desk.passkeys.finish_discoverable_authentication_v2(&answer, state, &passkey)
    } else {
        return Ok(None);
    };
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
    let kept = store::used(conn, &row.credential_id, stored(&passkey)?, now).await?;
    Ok(kept.then_some(row.account_id))
}

/// Our pages ask when a button is pressed, not beside a field that is filled in.
fn without_mediation(mut options: Value) -> Value {
    if let Some(fields) = options.as_object_mut() {
        fields.remove("mediation");
    }
    options
}
