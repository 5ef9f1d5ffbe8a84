//! SQL of emails and their attempts.

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError, Keep};
use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::language::Language;
use uuid::Uuid;

/// Wakes the senders.
pub const CHANNEL: &str = "marketing_admin_emails";
/// When staff send an email again: how long it is tried. The provider remembers an idempotency key for a day; after that a repeat could be a second email.
pub const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);
/// How long a sender may be silent before another takes its email over.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// What an email says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Here are your tickets.
    OrderPaid,
    /// Your money goes back.
    OrderRefunded,
    /// These are your tickets for coming nights.
    TicketsFound,
    /// Somebody passed a ticket on to you.
    TicketTransferred,
    /// Somebody shares a ticket with you.
    TicketShared,
    /// A night that you waited for is on sale.
    SaleOpened,
    /// The ticket that was passed on to you is good no more.
    TicketGone,
    /// You stand in line.
    WaitlistJoined,
    /// Places are held for you.
    WaitlistOffered,
    /// Your night has a new date.
    NewDate,
}

impl Template {
    /// Every template.
    pub const ALL: [Self; 10] = [
        Self::OrderPaid,
        Self::OrderRefunded,
        Self::TicketsFound,
        Self::TicketTransferred,
        Self::TicketShared,
        Self::SaleOpened,
        Self::TicketGone,
        Self::WaitlistJoined,
        Self::WaitlistOffered,
        Self::NewDate,
    ];

    /// Its name in SQL.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OrderPaid => "order_paid",
            Self::OrderRefunded => "order_refunded",
            Self::TicketsFound => "tickets_found",
            Self::TicketTransferred => "ticket_transferred",
            Self::TicketShared => "ticket_shared",
            Self::SaleOpened => "sale_opened",
            Self::TicketGone => "ticket_gone",
            Self::WaitlistJoined => "waitlist_joined",
            Self::WaitlistOffered => "waitlist_offered",
            Self::NewDate => "new_date",
        }
    }

    /// The template of that name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.code() == code)
    }
}

/// An email to be.
#[derive(Debug)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct NewEmail {
    pub template: Template,
    pub about: Uuid,
    pub order: Option<Uuid>,
    pub event: Uuid,
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
    let added = diesel::sql_query(
        "INSERT INTO emails (id, template, subject_id, revision, order_id, event_id, reference, recipient, language,
                             payload, traceparent, state, due_at, give_up_at, created_at)
         VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, 'waiting', $11,
                 greatest($11, now()) + make_interval(hours => 24), $11)
         ON CONFLICT (template, subject_id, revision) DO NOTHING",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(email.template.code())
    .bind::<SqlUuid, _>(email.about)
    .bind::<Nullable<SqlUuid>, _>(email.order)
    .bind::<SqlUuid, _>(email.event)
    .bind::<Text, _>(&email.reference)
    .bind::<Text, _>(recipient)
    .bind::<Text, _>(language.code())
    .bind::<Binary, _>(&email.payload)
    .bind::<Nullable<Text>, _>(&email.traceparent)
    .bind::<Timestamptz, _>(now)
    .kept()
    .execute(conn)
    .await?;
    if added == 1 {
        wake(conn).await?;
    }
    Ok(added == 1)
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
    let added = diesel::sql_query(
        "INSERT INTO emails (id, template, subject_id, revision, order_id, event_id, reference, recipient, language,
                             payload, traceparent, asked_by, state, due_at, give_up_at, created_at)
         SELECT $1, $2, $3, coalesce(max(m.revision), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $12, 'waiting', $11,
                greatest($11, now()) + make_interval(hours => 24), $11
           FROM emails m WHERE m.template = $2 AND m.subject_id = $3
         HAVING count(*) FILTER (WHERE m.state = 'waiting') = 0
         ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(email.template.code())
    .bind::<SqlUuid, _>(email.about)
    .bind::<Nullable<SqlUuid>, _>(email.order)
    .bind::<SqlUuid, _>(email.event)
    .bind::<Text, _>(&email.reference)
    .bind::<Text, _>(recipient)
    .bind::<Text, _>(language.code())
    .bind::<Binary, _>(&email.payload)
    .bind::<Nullable<Text>, _>(&email.traceparent)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(wish)
    .kept()
    .execute(conn)
    .await?;
    if added == 1 {
        wake(conn).await?;
    }
    Ok(added == 1)
}

/// Wakes the senders of all replicas when the transaction commits.
pub async fn wake(conn: &mut Conn) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_notify($1, '')").bind::<Text, _>(CHANNEL).kept().execute(conn).await?;
    Ok(())
}

/// An email in the hands of this sender.
#[derive(Debug, Clone, diesel::QueryableByName)]
#[expect(missing_docs, reason = "columns; described in the migration")]
pub struct Claimed {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub template: String,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
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
    };
    let held = diesel::sql_query(
        "UPDATE emails SET state = $3, due_at = $4, lease_until = NULL, provider_id = $5, last_error = $6,
                settled_at = CASE WHEN $3 = 'waiting' THEN NULL ELSE $7 END
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
           UNION ALL SELECT 'dead', count(*) FROM emails WHERE state = 'dead')
         SELECT state, count FROM few UNION ALL SELECT 'sent', (SELECT count(*) FROM emails) - sum(count)::bigint FROM few",
    )
    .kept()
    .load(conn)
    .await?)
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
