//! SQL of codes sent by SMS.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// So many codes to a number are good at once.
const OPEN: i64 = 3;

/// A code that is sent.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// Key.
    pub id: Uuid,
    /// What the browser that asks keeps: the code is good there alone.
    pub browser: Uuid,
    /// E.164.
    pub phone: String,
    /// Whose number it is to become; none: somebody signs in.
    pub account: Option<Uuid>,
    /// Six digits.
    pub code: String,
}

#[derive(QueryableByName)]
struct Tried {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    phone: String,
    #[diesel(sql_type = Bytea)]
    code_hash: Vec<u8>,
}

/// What is stored of a code: with its key, so that equal codes look different.
fn hash(id: Uuid, code: &str) -> Vec<u8> {
    Sha256::new().chain_update(id.as_bytes()).chain_update(code.as_bytes()).finalize().to_vec()
}

/// Writes a code down. The last three to the number stay good: who asks for one to somebody else's ends none that its owner waits for.
pub async fn make(
    conn: &mut Conn,
    new: &NewCode,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), DbError> {
    // Two at once: the second waits here for the first, and counts it.
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended('phone_codes ' || $1, 0))")
        .bind::<Text, _>(&new.phone)
        .kept()
        .execute(conn)
        .await?;
    diesel::sql_query(
        "INSERT INTO phone_codes (id, browser, phone, account_id, code_hash, made_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(new.id)
    .bind::<SqlUuid, _>(new.browser)
    .bind::<Text, _>(&new.phone)
    .bind::<Nullable<SqlUuid>, _>(new.account)
    .bind::<Bytea, _>(hash(new.id, &new.code))
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(until)
    .kept()
    .execute(conn)
    .await?;
    diesel::sql_query(
        "DELETE FROM phone_codes WHERE phone = $1 AND account_id IS NOT DISTINCT FROM $2 AND id NOT IN (
           SELECT id FROM phone_codes WHERE phone = $1 AND account_id IS NOT DISTINCT FROM $2
            ORDER BY made_at DESC, id DESC LIMIT $3)",
    )
    .bind::<Text, _>(&new.phone)
    .bind::<Nullable<SqlUuid>, _>(new.account)
    .bind::<BigInt, _>(OPEN)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts a try at every open code that this browser asked for to the number it named last: five to a code. The one that is right is
/// used up and gives the number that is proven by it. What is wrong must be counted, too: commit either way.
pub async fn try_code(
    conn: &mut Conn,
    browser: Uuid,
    account: Option<Uuid>,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Option<String>, DbError> {
    // In one order, or two tries at once could wait for each other.
    let tried: Vec<Tried> = diesel::sql_query(
        "WITH theirs AS (
           SELECT id FROM phone_codes
            WHERE browser = $1 AND account_id IS NOT DISTINCT FROM $2 AND used_at IS NULL AND expires_at > $3 AND tries < 5
              AND phone = (SELECT phone FROM phone_codes WHERE browser = $1 AND account_id IS NOT DISTINCT FROM $2
                            ORDER BY made_at DESC, id DESC LIMIT 1)
            ORDER BY id FOR UPDATE)
         UPDATE phone_codes SET tries = tries + 1 FROM theirs WHERE phone_codes.id = theirs.id
         RETURNING phone_codes.id, phone_codes.phone, phone_codes.code_hash",
    )
    .bind::<SqlUuid, _>(browser)
    .bind::<Nullable<SqlUuid>, _>(account)
    .bind::<Timestamptz, _>(now)
    .kept()
    .load(conn)
    .await?;
    let fits = |tried: &Tried| bool::from(tried.code_hash.ct_eq(&hash(tried.id, code)));
    let Some(right) = tried.into_iter().find(fits) else { return Ok(None) };
    // The row is ours until the transaction ends.
    diesel::sql_query("UPDATE phone_codes SET used_at = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(right.id)
        .bind::<Timestamptz, _>(now)
        .kept()
        .execute(conn)
        .await?;
    Ok(Some(right.phone))
}

/// Forgets the codes that were over before an instant.
pub async fn clear(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query("DELETE FROM phone_codes WHERE expires_at < $1")
        .bind::<Timestamptz, _>(before)
        .kept()
        .execute(conn)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::hash;
    use uuid::Uuid;

    #[test]
    fn equal_codes_look_different() {
        let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
        assert_eq!(hash(one, "123456"), hash(one, "123456"));
        assert_ne!(hash(one, "123456"), hash(two, "123456"));
    }
}
