//! `account.changed`: the account as it is, for the services that know guests.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};
use diesel::QueryableByName;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use messages::marketing_admin::v1::{AccountChanged, EndedGuestSession};
use uuid::Uuid;

use super::store;

/// How long an ended session is told of: longer than its tokens live, and than a message is late on a bad night.
const TOLD: TimeDelta = TimeDelta::hours(1);

#[derive(QueryableByName)]
struct Ended {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    ended_at: DateTime<Utc>,
}

/// Tells what an account is now, in the transaction that changed it or ended sessions of it.
pub async fn changed(conn: &mut Conn, account: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("UPDATE accounts SET revision = revision + 1, changed_at = $2 WHERE id = $1")
        .bind::<SqlUuid, _>(account)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    let row = store::by_id(conn, account).await?.ok_or(DbError::NotFound)?;
    let ended: Vec<Ended> = diesel::sql_query(
        "SELECT id, ended_at FROM guest_sessions WHERE account_id = $1 AND ended_at > $2 ORDER BY ended_at DESC LIMIT 100",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Timestamptz, _>(now - TOLD)
    .load(conn)
    .await?;
    let ended = ended.into_iter().map(|one| EndedGuestSession {
        session_id: one.id.to_string(),
        ended_at: messages::millis(one.ended_at),
    });
    let message = AccountChanged {
        account_id: account.to_string(),
        revision: row.revision,
        email: row.email.unwrap_or_default(),
        name: row.name,
        language: row.language,
        marketing: row.marketing,
        erased: row.erased_at.is_some(),
        ended: ended.collect(),
    };
    bus::outbox::add(conn, &message, now).await.map(drop)
}
