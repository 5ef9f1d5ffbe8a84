//! A new passkey.

use chrono::{DateTime, Utc};
use db::Conn;
use serde_json::{Value, json};
use uuid::Uuid;
use web::Fault;
use webauthn_rs::prelude::{Passkey, PasskeyRegistration, RegisterPublicKeyCredential};

use super::store::{self, Kind};
use super::{read, stored};
use crate::Desk;
use crate::identity::account::store as accounts;

/// More of them nobody has.
pub const MOST: usize = 20;
/// As long as the table takes it.
pub const LONGEST_NAME: usize = 60;
/// What it is called until its owner calls it something else.
const NAME: &str = "Passkey";

/// What a browser answered.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// What it was asked.
    pub challenge: Uuid,
    /// What it says.
    pub credential: &'a Value,
    /// What its owner calls it; may be empty.
    pub name: &'a str,
}

/// What a browser is asked for: the challenge's key, and the options for `navigator.credentials.create`. 409 `invalid_state` for who has
/// [`MOST`] of them.
pub async fn start_registration(desk: &Desk, conn: &mut Conn, account: Uuid) -> Result<(Uuid, Value), Fault> {
    let whose = accounts::by_id(conn, account).await?.ok_or_else(Fault::not_found)?;
    let known = store::of_account(conn, account).await?;
    if known.len() >= MOST {
        return Err(Fault::conflict("invalid_state"));
    }
    let address = whose.email.or(whose.phone).unwrap_or_default();
    let shown = if whose.name.is_empty() { address.clone() } else { whose.name };
    let known = known.into_iter().map(|row| row.credential_id).collect();
    let (options, state) = desk
        .passkeys
        .start_passkey_registration(account, &address, &shown, Some(known))
        .map_err(|error| Fault::internal(error.to_string()))?;
    let id = store::ask(conn, Some(account), Kind::Register, stored(&state)?, desk.clock.now()).await?;
    Ok((id, discoverable(stored(&options)?)))
}

/// Keeps it under a name of ours; whose it is.
pub async fn finish_registration(
    desk: &Desk,
    conn: &mut Conn,
    challenge: Uuid,
    credential: &Value,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, Fault> {
    finish(desk, conn, None, Answer { challenge, credential, name: "" }, now).await
}

/// Keeps it, if the browser was asked on behalf of `whose`; none if it is not a passkey as asked for.
pub async fn finish(
    desk: &Desk,
    conn: &mut Conn,
    whose: Option<Uuid>,
    answer: Answer<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Uuid>, Fault> {
    let Some(asked) = store::take(conn, answer.challenge, now).await? else { return Ok(None) };
    let Some(account) = asked.account_id.filter(|account| whose.is_none_or(|whose| whose == *account)) else {
        return Ok(None);
    };
    if !asked.is(Kind::Register) {
        return Ok(None);
    }
    let Ok(made) = serde_json::from_value::<RegisterPublicKeyCredential>(answer.credential.clone()) else {
        return Ok(None);
    };
    let state: PasskeyRegistration = read(asked.state)?;
    let passkey: Passkey = match desk.passkeys.finish_passkey_registration(&made, &state) {
        Ok(passkey) => passkey,
        Err(error) => {
            tracing::info!(%account, %error, "a new passkey was refused");
            return Ok(None);
        }
    };
    let key = (passkey.cred_id().as_slice(), account);
    let kept = store::insert(conn, key, &named(answer.name), stored(&passkey)?, now).await?;
    Ok(kept.then_some(account))
}

/// A name as the table takes it.
pub fn named(name: &str) -> String {
    let name: String = name.trim().chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
    if name.is_empty() { NAME.to_owned() } else { name }
}

/// Kept where it can be found without an address, if there is room for it: so that a button alone signs in.
fn discoverable(mut options: Value) -> Value {
    if let Some(selection) = options.pointer_mut("/publicKey/authenticatorSelection") {
        selection["residentKey"] = json!("preferred");
        selection["requireResidentKey"] = json!(false);
    }
    options
}

#[cfg(test)]
mod tests {
    use super::{discoverable, named};
    use serde_json::json;

    #[test]
    fn a_name_is_one_line_and_never_empty() {
        assert_eq!(named(" My\nphone "), "Myphone");
        assert_eq!(named(" "), "Passkey");
        assert_eq!(named(&"x".repeat(100)).len(), 60);
    }

    #[test]
    fn a_new_passkey_is_to_be_found_without_an_address() {
        let options = json!({"publicKey": {"authenticatorSelection": {"residentKey": "discouraged"}}});
        let selection = &discoverable(options)["publicKey"]["authenticatorSelection"];
        assert_eq!(selection["residentKey"], "preferred");
        assert_eq!(selection["requireResidentKey"], false);
    }
}
