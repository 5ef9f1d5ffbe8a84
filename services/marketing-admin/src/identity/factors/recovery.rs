//! Recovery codes: ten, shown once, each good once.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::{Array, Binary, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use web::Fault;

use crate::identity::secret::hash;

/// How many there are.
pub const COUNT: usize = 10;
/// Random bytes of each: nothing to guess.
const BYTES: usize = 10;
/// Base32 without letters that are taken for others (no i, l, o, u): Crockford's.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Makes new ones in the place of all that there were; the caller shows them, once.
pub async fn renew(conn: &mut Conn, account: Uuid, now: DateTime<Utc>) -> Result<Vec<String>, Fault> {
    let codes = (0..COUNT).map(|_| draw()).collect::<Result<Vec<_>, _>>()?;
    end(conn, account).await?;
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash(&plain(code))).collect();
    diesel::sql_query(
        "INSERT INTO recovery_codes (account_id, code_hash, made_at) SELECT $1, code, $3 FROM unnest($2) AS code",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Array<Binary>, _>(hashes)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await
    .map_err(DbError::from)?;
    Ok(codes)
}

/// Whether it is one of the account's; it is used up by this. Of two at the same instant one is told so.
pub async fn take(conn: &mut Conn, account: Uuid, code: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let code = plain(code);
    if code.len() != BYTES * 8 / 5 {
        return Ok(false);
    }
    let taken = diesel::sql_query(
        "UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Binary, _>(hash(&code))
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    Ok(taken == 1)
}

/// Takes them all away.
pub async fn end(conn: &mut Conn, account: Uuid) -> Result<(), DbError> {
    diesel::sql_query("DELETE FROM recovery_codes WHERE account_id = $1")
        .bind::<SqlUuid, _>(account)
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// `xxxx-xxxx-xxxx-xxxx`, of 80 random bits.
fn draw() -> Result<String, Fault> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|e| Fault::internal(e.to_string()))?;
    Ok(written(bytes))
}

fn written(bytes: [u8; BYTES]) -> String {
    let number = bytes.iter().fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    let mut text = String::new();
    for at in 0..BYTES * 8 / 5 {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        let shift = BYTES * 8 - 5 * (at + 1);
        let five = usize::try_from((number >> shift) & 31).unwrap_or_default();
        text.push(char::from(LETTERS[five]));
    }
    text
}

/// However it is typed: capitals, blanks, dashes or none, and the letters that are taken for others.
fn plain(code: &str) -> String {
    let letters = code.chars().filter(|letter| letter.is_ascii_alphanumeric());
    letters
        .map(|letter| match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{draw, plain, written};

    #[test]
    fn a_code_is_four_groups_of_four_and_reads_however_it_is_typed() {
        assert_eq!(written([0; 10]), "0000-0000-0000-0000");
        assert_eq!(written([255; 10]), "zzzz-zzzz-zzzz-zzzz");
        assert_eq!(written([0, 0, 0, 0, 0, 0, 0, 0, 0, 31]), "0000-0000-0000-000z");
        assert_eq!(plain(" O1I-l zZ "), "011 1zz".replace(' ', ""));
        let (one, other) = (draw().expect("drawn"), draw().expect("drawn"));
        assert_ne!(one, other);
        assert_eq!(plain(&one).len(), 16);
        assert_eq!(plain(&one.to_uppercase().replace('-', " ")), plain(&one));
    }
}
