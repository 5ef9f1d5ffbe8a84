//! SQL of what an account has.

use db::{Conn, DbError, Keep};
use diesel::sql_types::{BigInt, Bool, Uuid as SqlUuid};
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
}

/// What an account has.
pub async fn held(conn: &mut Conn, account: Uuid) -> Result<Held, DbError> {
    Ok(diesel::sql_query(
        "SELECT EXISTS (SELECT FROM totp WHERE account_id = $1 AND confirmed_at IS NOT NULL) AS totp,
                (SELECT count(*) FROM passkeys WHERE account_id = $1) AS passkeys,
                (SELECT count(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL) AS recovery_left",
    )
    .bind::<SqlUuid, _>(account)
    .kept()
    .get_result(conn)
    .await?)
}
