//! Heads of the chains of other services, kept where whoever owns those services' tables does not reach: a chain that was written anew
//! as a whole fits in itself, but holds none of them.
//!
//! A head is kept only while the one before it stands, so that each kept one follows from all before it: to ask for the newest is
//! to ask for all. Once it does not stand, nothing more is kept of that service until the operator has looked.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{BigInt, Binary, Bool, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use opentelemetry::KeyValue;
use opentelemetry::metrics::Gauge;
use serde::{Deserialize, Serialize};

use crate::chain::{self, Head};

struct Metrics {
    faults: Gauge<i64>,
    heard: Gauge<i64>,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    let meter = telemetry::meter();
    Metrics {
        faults: meter
            .i64_gauge("maguey_audit_head_faults")
            .with_description("1 if the chain of that service does not hold the head that was kept of it")
            .build(),
        heard: meter
            .i64_gauge("maguey_audit_heard_timestamp_seconds")
            .with_description(
                "When that service last said where its chain ends, and the head before it stood",
            )
            .build(),
    }
});

/// What a service is asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The newest head that is kept of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Head>,
}

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Where its chain ends.
    pub head: Option<Head>,
    /// Whether the kept one stands in it.
    pub fits: bool,
}

#[derive(diesel::QueryableByName)]
struct Holds {
    #[diesel(sql_type = Bool)]
    holds: bool,
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

/// The answer of the connection's schema.
pub async fn answer(conn: &mut Conn, question: &Question) -> Result<Answer, DbError> {
    let fits = match &question.kept {
        Some(kept) => holds(conn, kept).await?,
        None => true,
    };
    Ok(Answer { head: chain::head(conn).await?, fits })
}

async fn holds(conn: &mut Conn, head: &Head) -> Result<bool, DbError> {
    let sql = "SELECT EXISTS (SELECT FROM audit_links WHERE seq = $1 AND hash = $2) AS holds";
    let query = diesel::sql_query(sql).bind::<BigInt, _>(head.seq).bind::<Binary, _>(head.hash.as_slice());
    let row: Holds = query.get_result(conn).await?;
    Ok(row.holds)
}

/// Heads of a service that have to stand in its chain: not those of a time that a restore took back.
const KEPT: &str = "SELECT seq, hash FROM witnessed_heads h
    WHERE service = $1 AND NOT EXISTS (SELECT FROM witnessed_restores r WHERE r.service = h.service
                                          AND h.heard_at > r.restored_to AND h.heard_at < r.noted_at)
    ORDER BY id";

/// All that are kept of a service in the connection's schema, the oldest first.
pub async fn heads(conn: &mut Conn, service: &str) -> Result<Vec<Head>, DbError> {
    let rows: Vec<Row> = diesel::sql_query(KEPT).bind::<Text, _>(service).load(conn).await?;
    Ok(rows.into_iter().map(|Row { seq, hash }| Head { seq, hash }).collect())
}

/// The newest of them.
pub async fn newest(conn: &mut Conn, service: &str) -> Result<Option<Head>, DbError> {
    let sql = format!("{KEPT} DESC LIMIT 1");
    let rows: Vec<Row> = diesel::sql_query(sql).bind::<Text, _>(service).load(conn).await?;
    Ok(rows.into_iter().next().map(|Row { seq, hash }| Head { seq, hash }))
}

/// Takes in what a service answered to `question`, and tells log and metrics; whether its chain holds what was kept of it.
pub async fn take_in(
    conn: &mut Conn,
    service: &'static str,
    question: &Question,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let of = [KeyValue::new("service", service)];
    METRICS.faults.record(i64::from(!answer.fits), &of);
    if !answer.fits {
        let kept = question.kept.as_ref().map(Head::to_string);
        tracing::error!(
            service,
            ?kept,
            "the audit log of a service does not hold the head that was kept of it"
        );
        return Ok(false);
    }
    METRICS.heard.record(now.timestamp(), &of);
    if let Some(head) = &answer.head {
        diesel::sql_query(
            "INSERT INTO witnessed_heads (service, seq, hash, heard_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind::<Text, _>(service)
        .bind::<BigInt, _>(head.seq)
        .bind::<Binary, _>(head.hash.as_slice())
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    }
    Ok(true)
}
