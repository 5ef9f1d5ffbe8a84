//! What somebody allowed and took back, with its history.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::{Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// Being written to about coming nights.
pub const MARKETING: &str = "marketing";

/// Writes down what somebody said, and where: `profile`, `sign_up`. The account's own row is the caller's business.
pub async fn note(
    conn: &mut Conn,
    account: Uuid,
    kind: &'static str,
    granted: bool,
    source: &'static str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO consents (id, account_id, kind, granted, at, source) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(account)
    .bind::<Text, _>(kind)
    .bind::<Bool, _>(granted)
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(source)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// One word of somebody's.
#[derive(Debug, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Consent {
    #[diesel(sql_type = Bool)]
    pub granted: bool,
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub source: String,
}

/// All that somebody said of a kind, newest first.
pub async fn history(conn: &mut Conn, account: Uuid, kind: &'static str) -> Result<Vec<Consent>, DbError> {
    Ok(diesel::sql_query(
        "SELECT granted, at, source FROM consents WHERE account_id = $1 AND kind = $2 ORDER BY id DESC LIMIT 100",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Text, _>(kind)
    .kept()
    .load(conn)
    .await?)
}
