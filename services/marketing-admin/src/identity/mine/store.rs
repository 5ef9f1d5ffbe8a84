//! SQL of what guests change of themselves.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::{Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// Changes name and language of an account that the caller holds.
pub async fn rename(
    conn: &mut Conn,
    account: Uuid,
    name: &str,
    language: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query("UPDATE accounts SET name = $2, language = $3, changed_at = $4 WHERE id = $1")
        .bind::<SqlUuid, _>(account)
        .bind::<Text, _>(name)
        .bind::<Text, _>(language)
        .bind::<Timestamptz, _>(now)
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// Says whether an account that the caller holds may be written to about coming nights.
pub async fn set_marketing(
    conn: &mut Conn,
    account: Uuid,
    granted: bool,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query("UPDATE accounts SET marketing = $2, changed_at = $3 WHERE id = $1")
        .bind::<SqlUuid, _>(account)
        .bind::<Bool, _>(granted)
        .bind::<Timestamptz, _>(now)
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}
