//! Apps that show a code of six digits every 30 seconds (RFC 6238). A step before and a step after now are taken, for clocks that
//! are off and people who type slowly; each step is good once.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Binary, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::language::Language;
use totp_rs::{Builder, Secret, Totp};
use uuid::Uuid;
use web::Fault;

use crate::Desk;

/// Digits of a code.
pub const DIGITS: usize = 6;
/// Bytes of a secret: as many as SHA-1 gives, as the RFC asks.
const SECRET: usize = 20;

/// An app that is being set up: what it has to know.
#[derive(Debug)]
pub struct SetUp {
    /// The address behind the picture, `otpauth://totp/…`.
    pub url: String,
    /// The secret in base32, for who types it.
    pub secret: String,
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Binary)]
    secret_sealed: Vec<u8>,
}

/// Draws a secret for an app that is being set up, in the place of one that never was confirmed. `false` if there is an app
/// already.
pub async fn begin(desk: &Desk, conn: &mut Conn, account: Uuid, now: DateTime<Utc>) -> Result<bool, Fault> {
    let mut secret = [0_u8; SECRET];
    getrandom::fill(&mut secret).map_err(|e| Fault::internal(e.to_string()))?;
    let made = diesel::sql_query(
        "INSERT INTO totp (account_id, secret_sealed, made_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE
            SET secret_sealed = excluded.secret_sealed, made_at = excluded.made_at, last_step = 0
          WHERE totp.confirmed_at IS NULL",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Binary, _>(desk.sealer.seal(&about(account), &secret))
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await
    .map_err(DbError::from)?;
    Ok(made == 1)
}

/// What the app that is being set up has to know; none if none is.
pub async fn set_up(desk: &Desk, conn: &mut Conn, account: Uuid, name: &str) -> Result<Option<SetUp>, Fault> {
    let Some(row) = unconfirmed(conn, account).await? else { return Ok(None) };
    let Some(secret) = opened(desk, account, &row) else { return Ok(None) };
    let text = Secret::from(secret.clone()).to_base32();
    let url = app(secret, name)?.to_url().map_err(|e| Fault::internal(e.to_string()))?;
    Ok(Some(SetUp { url, secret: text }))
}

/// Confirms the app that is being set up, if this is a code of it.
pub async fn confirm(
    desk: &Desk,
    conn: &mut Conn,
    account: Uuid,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool, Fault> {
    let Some(row) = unconfirmed(conn, account).await? else { return Ok(false) };
    let Some(secret) = opened(desk, account, &row) else { return Ok(false) };
    let Some(step) = step_of(secret, code, now)? else { return Ok(false) };
    let confirmed = diesel::sql_query(
        "UPDATE totp SET confirmed_at = $3, last_step = $4
          WHERE account_id = $1 AND secret_sealed = $2 AND confirmed_at IS NULL",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Binary, _>(row.secret_sealed)
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(step)
    .kept()
    .execute(conn)
    .await
    .map_err(DbError::from)?;
    Ok(confirmed == 1)
}

/// An app that was set up elsewhere, with its secret, in the place of any that there was. `used`: the step of the code that showed it to
/// work; 0: none was shown.
pub async fn put_confirmed(
    conn: &mut Conn,
    desk: &Desk,
    account: Uuid,
    (secret, used): (&[u8], u64),
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO totp (account_id, secret_sealed, made_at, confirmed_at, last_step) VALUES ($1, $2, $3, $3, $4)
         ON CONFLICT (account_id) DO UPDATE
            SET secret_sealed = excluded.secret_sealed, made_at = excluded.made_at,
                confirmed_at = excluded.confirmed_at, last_step = excluded.last_step",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Binary, _>(desk.sealer.seal(&about(account), secret))
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(i64::try_from(used).unwrap_or_default())
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a code is one of the account's app; its step and those before are used up by this. Of two at the same instant one is
/// told so.
pub async fn fits(
    desk: &Desk,
    conn: &mut Conn,
    account: Uuid,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool, Fault> {
    let row: Option<Row> = diesel::sql_query(
        "SELECT secret_sealed FROM totp WHERE account_id = $1 AND confirmed_at IS NOT NULL",
    )
    .bind::<SqlUuid, _>(account)
    .kept()
    .get_result(conn)
    .await
    .optional()
    .map_err(DbError::from)?;
    let Some(row) = row else { return Ok(false) };
    let Some(secret) = opened(desk, account, &row) else { return Ok(false) };
    let Some(step) = step_of(secret, code, now)? else { return Ok(false) };
    let used = diesel::sql_query(
        "UPDATE totp SET last_step = $3
          WHERE account_id = $1 AND secret_sealed = $2 AND confirmed_at IS NOT NULL AND last_step < $3",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Binary, _>(row.secret_sealed)
    .bind::<BigInt, _>(step)
    .kept()
    .execute(conn)
    .await
    .map_err(DbError::from)?;
    Ok(used == 1)
}

/// Takes the app away; whether there was one that counted.
pub async fn end(conn: &mut Conn, account: Uuid) -> Result<bool, DbError> {
    let ended = diesel::sql_query("DELETE FROM totp WHERE account_id = $1 AND confirmed_at IS NOT NULL")
        .bind::<SqlUuid, _>(account)
        .kept()
        .execute(conn)
        .await?;
    Ok(ended == 1)
}

async fn unconfirmed(conn: &mut Conn, account: Uuid) -> Result<Option<Row>, DbError> {
    Ok(diesel::sql_query("SELECT secret_sealed FROM totp WHERE account_id = $1 AND confirmed_at IS NULL")
        .bind::<SqlUuid, _>(account)
        .kept()
        .get_result(conn)
        .await
        .optional()?)
}

/// None, and a line in the log, for a row that was sealed for another account or with a key that is gone: no code fits then, and
/// recovery codes still do.
fn opened(desk: &Desk, account: Uuid, row: &Row) -> Option<Vec<u8>> {
    let opened = desk.sealer.open(&about(account), &row.secret_sealed);
    opened.inspect_err(|error| tracing::error!(%account, %error, "the secret of an app can't be read")).ok()
}

/// What a sealed secret is bound to.
fn about(account: Uuid) -> String {
    format!("totp {account}")
}

fn step_of(secret: Vec<u8>, code: &str, now: DateTime<Utc>) -> Result<Option<i64>, Fault> {
    let second = u64::try_from(now.timestamp()).unwrap_or_default();
    let step = app(secret, "")?.check(code.trim(), second);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// Six digits, SHA-1, 30 seconds, a step either side: what every app knows.
fn app(secret: Vec<u8>, name: &str) -> Result<Totp, Fault> {
    let club = ui::text(Language::default(), "shared-club", &[]).replace(':', " ");
    let app = Builder::new().with_secret(secret).with_skew(1).with_issuer(Some(club));
    app.with_account_name(name.replace(':', " ")).build().map_err(|error| Fault::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{app, step_of};
    use chrono::DateTime;

    #[test]
    fn a_code_is_good_a_step_before_and_after_and_no_longer() {
        let secret = b"12345678901234567890".to_vec();
        let at = |second| DateTime::from_timestamp(second, 0).expect("an instant");
        // RFC 6238, appendix B, the last six digits.
        for (second, fits) in [(59, true), (59 + 30, true), (59 - 30, true), (59 + 60, false), (0, true)] {
            let step = step_of(secret.clone(), "287082", at(second)).expect("an app");
            assert_eq!(step, fits.then_some(1), "{second}");
        }
        assert_eq!(step_of(secret, "28708", at(59)).expect("an app"), None);
    }

    #[test]
    fn the_address_names_club_and_account() {
        let url = app(vec![7; 20], "ana@example.org").expect("an app").to_url().expect("an address");
        assert!(url.starts_with("otpauth://totp/"), "{url}");
        assert!(url.contains("secret=") && url.contains("ana%40example.org"), "{url}");
    }
}
