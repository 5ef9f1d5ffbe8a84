//! Saying something to the other services, in the transaction that makes it true.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use diesel_async::RunQueryDsl;
use domain::ids::MessageId;
use messages::Subject;
use uuid::Uuid;

use crate::schema::outbox;

/// A query of messages that were said before `$1` and that NATS has not taken yet: `reference` and `at`. One that it can
/// never take is a dead letter.
pub const UNSENT: &str = "SELECT subject AS reference, created_at AS at FROM outbox
    WHERE sent_at IS NULL AND failed_at IS NULL AND created_at <= $1";

/// One row of the outbox, for a store that writes it in a statement of its own (all columns that have no default).
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = outbox)]
pub struct Row {
    /// The message's id, which becomes its `Nats-Msg-Id`.
    pub message_id: Uuid,
    /// The subject.
    pub subject: String,
    /// What the message tells about.
    pub aggregate: String,
    /// The revision of that.
    pub revision: i64,
    /// The encoded message.
    pub payload: Vec<u8>,
    /// The trace that caused it.
    pub traceparent: Option<String>,
    /// When it was said.
    pub created_at: DateTime<Utc>,
    /// Whether the row wakes the relays by `NOTIFY` when it commits.
    pub wakes: bool,
}

impl Row {
    /// The row that carries `message`, with the current span's trace.
    pub fn of<M: Subject>(message: &M, now: DateTime<Utc>) -> Self {
        Self {
            message_id: MessageId::generate().uuid(),
            subject: M::SUBJECT.to_owned(),
            aggregate: message.aggregate().to_owned(),
            revision: message.revision(),
            payload: message.encode_to_vec(),
            traceparent: telemetry::propagation::inject(),
            created_at: now,
            wakes: true,
        }
    }
}

/// Adds a message to the outbox. One round trip; call it in the transaction of the change it tells about.
pub async fn add<M: Subject>(conn: &mut Conn, message: &M, now: DateTime<Utc>) -> Result<MessageId, DbError> {
    insert(conn, &[Row::of(message, now)]).await.map(|ids| ids[0])
}

/// Adds many messages in one round trip.
pub async fn add_all<M: Subject>(
    conn: &mut Conn,
    messages: &[M],
    now: DateTime<Utc>,
) -> Result<Vec<MessageId>, DbError> {
    let rows: Vec<Row> = messages.iter().map(|message| Row::of(message, now)).collect();
    insert(conn, &rows).await
}

/// Like [`add`], without `NOTIFY`. PostgreSQL lets transactions that notify commit only one after the other, flush to
/// disk included; a hot path leaves that out and calls [`Bus::wake_relay`](crate::Bus::wake_relay) after its commit.
pub async fn add_quietly<M: Subject>(
    conn: &mut Conn,
    message: &M,
    now: DateTime<Utc>,
) -> Result<MessageId, DbError> {
    insert(conn, &[Row { wakes: false, ..Row::of(message, now) }]).await.map(|ids| ids[0])
}

/// Adds messages of several subjects in one round trip, without `NOTIFY`, as [`add_quietly`] does.
pub async fn add_rows_quietly(conn: &mut Conn, mut rows: Vec<Row>) -> Result<(), DbError> {
    for row in &mut rows {
        row.wakes = false;
    }
    insert(conn, &rows).await.map(|_| ())
}

/// A statement takes 65,535 values; a row has eight.
const ROWS: usize = 1000;

async fn insert(conn: &mut Conn, rows: &[Row]) -> Result<Vec<MessageId>, DbError> {
    for chunk in rows.chunks(ROWS) {
        if let [row] = chunk {
            // A single row is a statement that the connection keeps prepared.
            diesel::insert_into(outbox::table).values(row).execute(conn).await?;
        } else {
            diesel::insert_into(outbox::table).values(chunk).execute(conn).await?;
        }
    }
    Ok(rows.iter().map(|row| MessageId::from_uuid(row.message_id)).collect())
}

/// What [`resend`] did.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Resent {
    /// How many messages are on their way again.
    pub sent: usize,
    /// Aggregates whose payload retention has cleared: their owner must say their state anew with [`add`].
    pub cleared: Vec<String>,
}

#[derive(QueryableByName)]
struct Latest {
    #[diesel(sql_type = Text)]
    aggregate: String,
    #[diesel(sql_type = diesel::sql_types::Int8)]
    revision: i64,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Bytea>)]
    payload: Option<Vec<u8>>,
    #[diesel(sql_type = diesel::sql_types::Nullable<Text>)]
    traceparent: Option<String>,
}

/// Says again the newest state of the given aggregates (of all, if `None`): new messages with the same revision, which
/// take effect where they are missing and are stale elsewhere. What waits for NATS anyway is not said twice.
pub async fn resend(
    conn: &mut Conn,
    subject: &str,
    aggregates: Option<&[String]>,
    now: DateTime<Utc>,
) -> Result<Resent, DbError> {
    let mut resent = Resent::default();
    if let Some(aggregates) = aggregates {
        for some in aggregates.chunks(ROWS) {
            let found = latest(conn, subject, Some(some), "").await?;
            say_again(conn, subject, found, now, &mut resent).await?;
        }
        return Ok(resent);
    }
    let mut after = String::new();
    loop {
        let found = latest(conn, subject, None, &after).await?;
        let Some(last) = found.last() else { return Ok(resent) };
        after = last.aggregate.clone();
        say_again(conn, subject, found, now, &mut resent).await?;
    }
}

/// The newest states after an aggregate, in order, a page of them. One look-up each: history does not make it slower.
async fn latest(
    conn: &mut Conn,
    subject: &str,
    among: Option<&[String]>,
    after: &str,
) -> Result<Vec<Latest>, DbError> {
    Ok(diesel::sql_query(
        "SELECT said.aggregate, said.revision, kept.payload, kept.traceparent
           FROM said LEFT JOIN LATERAL (
                SELECT payload, traceparent FROM outbox
                 WHERE subject = said.subject AND aggregate = said.aggregate AND revision = said.revision
                 ORDER BY payload IS NULL LIMIT 1) AS kept ON true
          WHERE said.subject = $1 AND ($2 IS NULL OR said.aggregate = ANY($2)) AND said.aggregate > $3
            AND NOT EXISTS (SELECT FROM outbox AS waits WHERE waits.subject = said.subject
                               AND waits.aggregate = said.aggregate AND waits.sent_at IS NULL)
          ORDER BY said.aggregate LIMIT $4",
    )
    .bind::<Text, _>(subject)
    .bind::<diesel::sql_types::Nullable<Array<Text>>, _>(among)
    .bind::<Text, _>(after)
    .bind::<diesel::sql_types::Int8, _>(ROWS as i64)
    .load(conn)
    .await?)
}

async fn say_again(
    conn: &mut Conn,
    subject: &str,
    found: Vec<Latest>,
    now: DateTime<Utc>,
    resent: &mut Resent,
) -> Result<(), DbError> {
    let mut rows = Vec::with_capacity(found.len());
    for latest in found {
        let Some(payload) = latest.payload else {
            resent.cleared.push(latest.aggregate);
            continue;
        };
        rows.push(Row {
            message_id: MessageId::generate().uuid(),
            subject: subject.to_owned(),
            aggregate: latest.aggregate,
            revision: latest.revision,
            payload,
            traceparent: latest.traceparent,
            created_at: now,
            wakes: true,
        });
    }
    resent.sent += insert(conn, &rows).await?.len();
    Ok(())
}

/// How many messages wait for NATS. Those it can never take are dead letters and wait for nothing.
pub async fn waiting(conn: &mut Conn) -> Result<i64, DbError> {
    let unsent = outbox::table.filter(outbox::sent_at.is_null()).filter(outbox::failed_at.is_null());
    Ok(unsent.count().get_result(conn).await?)
}

/// How many messages wait for NATS, and since when the oldest does.
pub(crate) async fn backlog(conn: &mut Conn) -> Result<(i64, Option<DateTime<Utc>>), DbError> {
    let unsent = outbox::table.filter(outbox::sent_at.is_null()).filter(outbox::failed_at.is_null());
    let seen = (diesel::dsl::count_star(), diesel::dsl::min(outbox::created_at));
    Ok(unsent.select(seen).get_result(conn).await?)
}
