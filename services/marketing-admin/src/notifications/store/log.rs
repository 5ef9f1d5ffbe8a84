//! SQL that looks at emails, and what is kept of them.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// A query of emails that were given up before `$1` and can still be sent again: `reference` and `at`.
pub const GIVEN_UP: &str = "SELECT m.reference, m.settled_at AS at FROM emails m
    WHERE m.state = 'dead' AND m.settled_at <= $1 AND octet_length(m.payload) > 0
      AND NOT EXISTS (SELECT FROM emails later WHERE later.template = m.template AND later.subject_id = m.subject_id
                         AND later.revision > m.revision)";

/// A query of emails that the provider has not taken since before `$1`.
pub const NOT_TAKEN: &str =
    "SELECT reference, created_at AS at FROM emails WHERE state = 'waiting' AND created_at <= $1";

/// An email as the log shows it.
#[derive(Debug, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Logged {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub template: String,
    #[diesel(sql_type = Integer)]
    pub revision: i32,
    #[diesel(sql_type = Text)]
    pub reference: String,
    #[diesel(sql_type = Text)]
    pub recipient: String,
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub settled_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    pub event_title: Option<String>,
    #[diesel(sql_type = Bool)]
    pub again: bool,
}

/// The latest emails, all or those of one state; `search` finds an order's reference, an address, or else a part of one. What is
/// named in full is found by index; a part is looked for email by email.
pub async fn log(conn: &mut Conn, state: Option<&str>, search: &str) -> Result<Vec<Logged>, DbError> {
    if !search.is_empty() {
        let named = "m.reference = upper($2) OR lower(m.recipient) = lower($2)";
        let found = logged(conn, state, search, named).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    logged(conn, state, search, "$2 = '' OR position(lower($2) IN lower(m.recipient)) > 0").await
}

async fn logged(
    conn: &mut Conn,
    state: Option<&str>,
    search: &str,
    wanted: &str,
) -> Result<Vec<Logged>, DbError> {
    Ok(diesel::sql_query(format!(
        "SELECT m.id, m.template, m.revision, m.reference, m.recipient, m.state, m.attempts, m.due_at, m.last_error,
                m.created_at, m.settled_at, events.title AS event_title,
                octet_length(m.payload) > 0
                  AND NOT EXISTS (SELECT FROM emails later WHERE later.template = m.template AND later.subject_id = m.subject_id
                            AND later.revision > m.revision) AS again
         FROM emails m LEFT JOIN events ON events.id = m.event_id
         WHERE ($1 IS NULL OR m.state = $1) AND ({wanted})
         ORDER BY m.created_at DESC LIMIT 200"
    ))
    .bind::<Nullable<Text>, _>(state)
    .bind::<Text, _>(search)
    .load(conn)
    .await?)
}

/// How many emails are in a state.
#[derive(Debug, diesel::QueryableByName)]
#[expect(missing_docs, reason = "the names say it")]
pub struct StateCount {
    #[diesel(sql_type = Text)]
    pub state: String,
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// Emails per state. Nearly all were sent, and PostgreSQL counts rows without looking into them: the few others are taken off.
pub async fn counts(conn: &mut Conn) -> Result<Vec<StateCount>, DbError> {
    Ok(diesel::sql_query(
        "WITH few AS MATERIALIZED (
           SELECT 'waiting' AS state, count(*) AS count FROM emails WHERE state = 'waiting'
           UNION ALL SELECT 'dead', count(*) FROM emails WHERE state = 'dead'
           UNION ALL SELECT 'withheld', count(*) FROM emails WHERE state = 'withheld')
         SELECT state, count FROM few UNION ALL SELECT 'sent', (SELECT count(*) FROM emails) - sum(count)::bigint FROM few",
    )
    .kept()
    .load(conn)
    .await?)
}

/// Forgets what emails said that were settled before an instant: names, codes and order links are not kept for longer
/// than somebody may ask for them again. Who was written to, and when, stays. Gives how many.
pub async fn clear(conn: &mut Conn, settled_before: DateTime<Utc>) -> Result<usize, DbError> {
    Ok(diesel::sql_query(
        "UPDATE emails SET payload = '' WHERE settled_at < $1 AND octet_length(payload) > 0",
    )
    .bind::<Timestamptz, _>(settled_before)
    .kept()
    .execute(conn)
    .await?)
}
