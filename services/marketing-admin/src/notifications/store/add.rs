//! SQL that writes an email down.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError, Keep};
use diesel::OptionalExtension;
use diesel::sql_types::{Binary, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::language::Language;
use uuid::Uuid;

use super::{Template, wake};

/// When staff send an email again: how long it is tried. The provider remembers an idempotency key for a day; after that a repeat could be a second email.
pub const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);

/// An email to be.
#[derive(Debug)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct NewEmail {
    pub template: Template,
    pub about: Uuid,
    pub order: Option<Uuid>,
    pub event: Option<Uuid>,
    pub reference: String,
    pub payload: Vec<u8>,
    pub traceparent: Option<String>,
}

/// Adds the email unless there is one; whether it was added.
pub async fn add(
    conn: &mut Conn,
    email: &NewEmail,
    recipient: &str,
    language: Language,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let first = "INSERT INTO emails (id, template, subject_id, revision, order_id, event_id, reference, recipient, language,
                             payload, traceparent, asked_by, state, due_at, give_up_at, created_at)
         VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $12, 'waiting', $11,
                 greatest($11, now()) + make_interval(hours => 24), $11)
         ON CONFLICT (template, subject_id, revision) DO NOTHING";
    insert(conn, first, email, None, recipient, language, now).await
}

/// Adds an email once more, as the next revision, with what it says now; whether it was added. The wish that asked for it acts
/// once; while an earlier revision still waits to be sent, that one is enough.
pub async fn add_again(
    conn: &mut Conn,
    email: &NewEmail,
    wish: Uuid,
    recipient: &str,
    language: Language,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let next = "INSERT INTO emails (id, template, subject_id, revision, order_id, event_id, reference, recipient, language,
                             payload, traceparent, asked_by, state, due_at, give_up_at, created_at)
         SELECT $1, $2, $3, coalesce(max(m.revision), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $12, 'waiting', $11,
                greatest($11, now()) + make_interval(hours => 24), $11
           FROM emails m WHERE m.template = $2 AND m.subject_id = $3
         HAVING count(*) FILTER (WHERE m.state = 'waiting') = 0
         ON CONFLICT DO NOTHING";
    insert(conn, next, email, Some(wish), recipient, language, now).await
}

/// What both statements write, and the senders woken for it.
async fn insert(
    conn: &mut Conn,
    statement: &'static str,
    email: &NewEmail,
    wish: Option<Uuid>,
    recipient: &str,
    language: Language,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let added = diesel::sql_query(statement)
        .bind::<SqlUuid, _>(Uuid::now_v7())
        .bind::<Text, _>(email.template.code())
        .bind::<SqlUuid, _>(email.about)
        .bind::<Nullable<SqlUuid>, _>(email.order)
        .bind::<Nullable<SqlUuid>, _>(email.event)
        .bind::<Text, _>(&email.reference)
        .bind::<Text, _>(recipient)
        .bind::<Text, _>(language.code())
        .bind::<Binary, _>(&email.payload)
        .bind::<Nullable<Text>, _>(&email.traceparent)
        .bind::<Timestamptz, _>(now)
        .bind::<Nullable<SqlUuid>, _>(wish)
        .kept()
        .execute(conn)
        .await?;
    if added == 1 {
        wake(conn).await?;
    }
    Ok(added == 1)
}

#[derive(diesel::QueryableByName)]
struct Again {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// A new email with the content of a settled one: the next revision, with a key of its own. None if it still waits.
pub async fn copy(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<Option<Uuid>, DbError> {
    let made: Option<Again> = diesel::sql_query(
        "INSERT INTO emails (id, template, subject_id, revision, order_id, event_id, reference, recipient, language,
                             payload, traceparent, state, due_at, give_up_at, created_at)
         SELECT $2, template, subject_id, (SELECT max(revision) + 1 FROM emails later
                    WHERE later.template = m.template AND later.subject_id = m.subject_id),
                order_id, event_id, reference, recipient, language, payload, NULL, 'waiting', $3, $4, $3
         FROM emails m WHERE m.id = $1 AND m.state <> 'waiting' AND octet_length(m.payload) > 0
           AND NOT EXISTS (SELECT FROM emails w WHERE w.template = m.template AND w.subject_id = m.subject_id
                           AND w.state = 'waiting')
         RETURNING id",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now + GIVE_UP_AFTER)
    .kept()
    .get_result(conn)
    .await
    .optional()?;
    if made.is_some() {
        wake(conn).await?;
    }
    Ok(made.map(|made| made.id))
}
