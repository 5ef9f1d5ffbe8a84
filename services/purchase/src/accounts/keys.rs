//! The public keys of guests' sessions. marketing-admin makes and changes them; this site asks for them once a minute and keeps them
//! in a table, so that a restart while the other is away signs nobody out. A key that is heard of no more is good no more.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use db::{Conn, Db, DbError};
use domain::clock::SharedClock;
use ed25519_dalek::VerifyingKey;
use reqwest::Method;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use web::{GuestKeys, Peer, peer};

use super::store::{self, KeyRow};

/// How often the keys are asked for: a key that was retired at once is good here for so long.
const EVERY: Duration = Duration::from_secs(60);
/// And while none are known.
const SOON: Duration = Duration::from_secs(1);
/// Their place at marketing-admin.
const PATH: &str = "/internal/v1/guest-keys";

/// The part of a JWK Set (RFC 7517, RFC 8037) that is read here.
#[derive(Debug, Deserialize)]
struct KeySet {
    keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
struct Key {
    kid: String,
    kty: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    x: String,
}

/// Keeps the keys as they are at marketing-admin, until the service stops.
pub(crate) async fn keep(
    keys: GuestKeys,
    db: Db,
    owner: Arc<Peer>,
    clock: SharedClock,
    stop: CancellationToken,
) {
    // What stands in the table, and so need not be written again: the same keys come every time.
    let mut written = None;
    match from_table(&keys, &db).await {
        Ok(rows) => written = Some(rows),
        Err(error) => tracing::warn!(%error, "guests' keys could not be read; they are asked for"),
    }
    let mut wait = Duration::ZERO;
    loop {
        #[expect(clippy::disallowed_methods, reason = "the pause between two questions; stopping ends it")]
        let pause = tokio::time::sleep(wait);
        if stop.run_until_cancelled(pause).await.is_none() {
            return;
        }
        match peer::answer::<KeySet>(owner.call(Method::GET, PATH)).await {
            Ok(set) => {
                let rows = rows(set);
                keys.replace(verifying(&rows));
                if written.as_ref() != Some(&rows) {
                    match remember(&db, &rows, clock.now()).await {
                        Ok(()) => written = Some(rows),
                        Err(error) => tracing::warn!(%error, "guests' keys could not be written down"),
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "guests' keys could not be asked for; those known stay good");
            }
        }
        wait = if keys.is_empty() { SOON } else { EVERY };
    }
}

async fn from_table(keys: &GuestKeys, db: &Db) -> Result<Vec<KeyRow>, DbError> {
    let rows = store::keys(&mut *db.conn().await?).await?;
    keys.replace(verifying(&rows));
    Ok(rows)
}

async fn remember(db: &Db, rows: &[KeyRow], now: DateTime<Utc>) -> Result<(), DbError> {
    db.transaction(async |conn: &mut Conn| store::put_keys(conn, rows, now).await).await
}

/// The Ed25519 keys of a set; what is not one is passed over.
fn rows(set: KeySet) -> Vec<KeyRow> {
    let wanted = set.keys.into_iter().filter(|key| key.kty == "OKP" && key.crv == "Ed25519");
    let mut rows: Vec<KeyRow> = wanted
        .filter_map(|key| Some(KeyRow { public_key: URL_SAFE_NO_PAD.decode(&key.x).ok()?, kid: key.kid }))
        .filter(|row| row.public_key.len() == 32)
        .collect();
    rows.sort_by(|a, b| a.kid.cmp(&b.kid));
    rows
}

fn verifying(rows: &[KeyRow]) -> Vec<(String, VerifyingKey)> {
    rows.iter()
        .filter_map(|row| {
            let bytes: [u8; 32] = row.public_key.as_slice().try_into().ok()?;
            Some((row.kid.clone(), VerifyingKey::from_bytes(&bytes).ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{KeySet, rows, verifying};

    #[test]
    fn only_ed25519_keys_are_taken() {
        // The key of RFC 8037, appendix A.2.
        let text = r#"{"keys": [
            {"kid": "a", "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "use": "sig"},
            {"kid": "b", "kty": "RSA", "n": "AQAB", "e": "AQAB"},
            {"kid": "c", "kty": "OKP", "crv": "Ed25519", "x": "c2hvcnQ"}]}"#;
        let set: KeySet = serde_json::from_str(text).expect("a key set");
        let rows = rows(set);
        assert_eq!(rows.iter().map(|row| row.kid.as_str()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(verifying(&rows).len(), 1);
    }
}
