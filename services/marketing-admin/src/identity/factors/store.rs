//! SQL of what an account has.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::{BigInt, Bool, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// The counts.
#[derive(Debug, diesel::QueryableByName)]
#[expect(missing_docs, reason = "as in Factors")]
pub struct Held {
    #[diesel(sql_type = Bool)]
    pub totp: bool,
    #[diesel(sql_type = BigInt)]
    pub passkeys: i64,
    #[diesel(sql_type = BigInt)]
    pub recovery_left: i64,
    #[diesel(sql_type = Nullable<Bool>)]
    pub chosen: Option<bool>,
}

/// What an account has.
pub async fn held(conn: &mut Conn, account: Uuid) -> Result<Held, DbError> {
    Ok(diesel::sql_query(
        "SELECT EXISTS (SELECT FROM totp WHERE account_id = $1 AND confirmed_at IS NOT NULL) AS totp,
                (SELECT count(*) FROM passkeys WHERE account_id = $1) AS passkeys,
                (SELECT count(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL) AS recovery_left,
                (SELECT second_factor FROM second_steps WHERE account_id = $1) AS chosen",
    )
    .bind::<SqlUuid, _>(account)
    .kept()
    .get_result(conn)
    .await?)
}

/// Keeps whether they want to be asked for a second factor after every proof but a passkey.
pub async fn choose(conn: &mut Conn, account: Uuid, asked: bool, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO second_steps (account_id, second_factor, made_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET second_factor = excluded.second_factor, made_at = excluded.made_at",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Bool, _>(asked)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}
