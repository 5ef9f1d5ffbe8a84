//! What happened with an account, for the one whose it is: a row in the transaction of the act, kept for a year.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::identity::visit::Visit;

/// How long it is kept: long enough to look back at a break-in noticed late, and no longer.
pub const KEPT: TimeDelta = TimeDelta::days(365);

/// What a browser calls itself is kept up to this length.
const LONGEST_AGENT: usize = 400;

/// Every act there is; each has words in `account.ftl`.
pub const ACTS: [&str; 22] = [
    "signed_up",
    "signed_in",
    "sign_in_refused",
    "signed_out",
    "session_ended",
    "password_changed",
    "password_reset",
    "email_changed",
    "factor_added",
    "factor_removed",
    "recovery_codes_made",
    "passkey_added",
    "passkey_removed",
    "second_step_on",
    "second_step_off",
    "provider_linked",
    "provider_unlinked",
    "phone_added",
    "phone_removed",
    "profile_changed",
    "consent_changed",
    "data_exported",
];

/// Writes an act down. `detail` names no secrets and no addresses of others: its owner reads it, and exports it.
pub async fn note(
    conn: &mut Conn,
    account: Uuid,
    act: &'static str,
    detail: Value,
    visit: &Visit,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let agent: String = visit.agent.chars().take(LONGEST_AGENT).collect();
    diesel::sql_query(
        "INSERT INTO activity (id, account_id, at, act, detail, address, agent) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(account)
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(act)
    .bind::<Jsonb, _>(detail)
    .bind::<Text, _>(visit.address.as_str())
    .bind::<Text, _>(agent)
    .kept()
    .execute(conn)
    .await?;
    Ok(())
}

/// An act as it was written down.
#[derive(Debug, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Entry {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    pub act: String,
    #[diesel(sql_type = Text)]
    pub address: String,
    #[diesel(sql_type = Text)]
    pub agent: String,
}

/// An account's acts, newest first: those before `before`, where it is given.
pub async fn page(
    conn: &mut Conn,
    account: Uuid,
    before: Option<Uuid>,
    most: i64,
) -> Result<Vec<Entry>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, at, act, address, agent FROM activity
          WHERE account_id = $1 AND ($2 IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Nullable<SqlUuid>, _>(before)
    .bind::<BigInt, _>(most)
    .kept()
    .load(conn)
    .await?)
}

/// Forgets what happened before an instant; gives how many acts.
pub async fn clear(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query("DELETE FROM activity WHERE at < $1")
        .bind::<Timestamptz, _>(before)
        .kept()
        .execute(conn)
        .await?)
}
