//! SQL of emails that wait: whose turn it is, and what became of a try.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::wake;

/// How long a sender may be silent before another takes its email over.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// An email in the hands of this sender.
#[derive(Debug, Clone, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Claimed {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub template: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub event_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub recipient: String,
    #[diesel(sql_type = Text)]
    pub language: String,
    #[diesel(sql_type = Binary)]
    pub payload: Vec<u8>,
    #[diesel(sql_type = Nullable<Text>)]
    pub traceparent: Option<String>,
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    #[diesel(sql_type = Timestamptz)]
    pub give_up_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// Takes up to `most` due emails, oldest first, past those that another sender holds.
pub async fn claim(conn: &mut Conn, most: i64, now: DateTime<Utc>) -> Result<Vec<Claimed>, DbError> {
    Ok(diesel::sql_query(
        "UPDATE emails SET attempts = attempts + 1, lease_until = $2
         WHERE id IN (
             SELECT id FROM emails
             WHERE state = 'waiting' AND due_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)
             ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING id, template, event_id, recipient, language, payload, traceparent, attempts, give_up_at, created_at",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now + LEASE)
    .bind::<BigInt, _>(most)
    .kept()
    .load(conn)
    .await?)
}

#[derive(diesel::QueryableByName)]
struct Due {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    at: Option<DateTime<Utc>>,
}

/// When the next waiting email is due, if there is one.
pub async fn next_due(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, DbError> {
    let due: Due = diesel::sql_query(
        "SELECT min(greatest(due_at, coalesce(lease_until, due_at))) AS at FROM emails WHERE state = 'waiting'",
    )
    .kept()
    .get_result(conn)
    .await?;
    Ok(due.at)
}

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The provider has it.
    Sent {
        /// The provider's own id; none if it had accepted the email before.
        provider_id: Option<String>,
    },
    /// Again at this time.
    Retry {
        /// When.
        due_at: DateTime<Utc>,
        /// Why.
        error: String,
    },
    /// Never.
    Dead {
        /// Why.
        error: String,
    },
    /// Not sent: test mode, and not one of the club's own people.
    Withheld,
}

/// Writes down what became of a try, if this sender still holds the email.
pub async fn settle(
    conn: &mut Conn,
    email: &Claimed,
    fate: &Fate,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let (state, outcome, due_at, provider_id, error) = match fate {
        Fate::Sent { provider_id } => ("sent", "sent", now, provider_id.as_deref(), None),
        Fate::Retry { due_at, error } => ("waiting", "retry", *due_at, None, Some(error)),
        Fate::Dead { error } => ("dead", "dead", now, None, Some(error)),
        Fate::Withheld => ("withheld", "withheld", now, None, None),
    };
    let held = diesel::sql_query(
        "UPDATE emails SET state = $3, due_at = $4, lease_until = NULL, provider_id = $5, last_error = $6,
                settled_at = CASE WHEN $3 = 'waiting' THEN NULL ELSE $7 END,
                payload = CASE WHEN template = 'account' AND $3 <> 'waiting' THEN '' ELSE payload END
         WHERE id = $1 AND attempts = $2 AND state = 'waiting'",
    )
    .bind::<SqlUuid, _>(email.id)
    .bind::<Integer, _>(email.attempts)
    .bind::<Text, _>(state)
    .bind::<Timestamptz, _>(due_at)
    .bind::<Nullable<Text>, _>(provider_id)
    .bind::<Nullable<Text>, _>(error)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    diesel::sql_query(
        "INSERT INTO email_attempts (email_id, attempt, outcome, error, finished_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(email.id)
    .bind::<Integer, _>(email.attempts)
    .bind::<Text, _>(outcome)
    .bind::<Nullable<Text>, _>(error)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    Ok(held == 1)
}

/// Makes a waiting email due at once; whether there was one.
pub async fn hurry(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    let hurried = diesel::sql_query(
        "UPDATE emails SET due_at = $2 WHERE id = $1 AND state = 'waiting' AND due_at > $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    if hurried == 1 {
        wake(conn).await?;
    }
    Ok(hurried == 1)
}
