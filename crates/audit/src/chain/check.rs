//! What came of the last walk.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Timestamptz};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};

use super::{Head, Verdict, verify};

/// A walk through the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// When.
    pub at: DateTime<Utc>,
    /// How many links were walked.
    pub links: i64,
    /// The last of them.
    pub head: Option<Head>,
    /// How much is not as it was.
    pub faults: i64,
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    links: i64,
    #[diesel(sql_type = Nullable<Binary>)]
    hash: Option<Vec<u8>>,
    #[diesel(sql_type = BigInt)]
    faults: i64,
}

#[derive(diesel::QueryableByName)]
struct Due {
    #[diesel(sql_type = Bool)]
    due: bool,
}

/// The last walk, if there was one.
pub async fn latest(conn: &mut Conn) -> Result<Option<Check>, DbError> {
    let sql = "SELECT at, links, hash, faults FROM audit_checks ORDER BY id DESC LIMIT 1";
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).await?;
    Ok(rows.into_iter().next().map(|Row { at, links, hash, faults }| Check {
        at,
        links,
        head: hash.map(|hash| Head { seq: links, hash }),
        faults,
    }))
}

/// Walks the chain if nobody has for an hour, and keeps what came of it.
pub(super) async fn hourly(conn: &mut Conn) -> Result<Option<Verdict>, DbError> {
    let sql = "SELECT NOT EXISTS (SELECT FROM audit_checks WHERE at > now() - interval '1 hour') AS due";
    let due: Due = diesel::sql_query(sql).get_result(conn).await?;
    if !due.due {
        return Ok(None);
    }
    let verdict = verify(conn, &[]).await?;
    diesel::sql_query("INSERT INTO audit_checks (links, hash, faults) VALUES ($1, $2, $3)")
        .bind::<BigInt, _>(verdict.links)
        .bind::<Nullable<Binary>, _>(verdict.head.as_ref().map(|head| head.hash.clone()))
        .bind::<BigInt, _>(i64::try_from(verdict.findings.len()).unwrap_or(i64::MAX))
        .execute(conn)
        .await?;
    Ok(Some(verdict))
}
