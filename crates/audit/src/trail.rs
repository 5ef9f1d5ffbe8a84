//! Reading the log.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::chain::{self, Check};

/// Rows in one answer, where nobody wishes for more.
pub const MOST: i64 = 50;
/// Rows in one answer at most: a page of a file.
pub const LARGEST: i64 = 1000;

/// Which rows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Wish {
    /// Stands in who, what, to what, in which request, why or how.
    #[serde(default)]
    pub search: String,
    /// Keys of people whose rows are found as well, with commas between them.
    #[serde(default)]
    pub people: String,
    /// Rows of that time or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Rows of earlier than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Rows older than this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Uuid>,
    /// How many rows at most; [`MOST`] if nothing is said, [`LARGEST`] whatever is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<i64>,
}

/// A row.
#[derive(Debug, Clone, Serialize, Deserialize, diesel::QueryableByName)]
pub struct Entry {
    /// Its key, in the order of time.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// When.
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    /// The member of staff.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub staff_id: Option<Uuid>,
    /// The role, or the service or command.
    #[diesel(sql_type = Text)]
    pub actor: String,
    /// What was done.
    #[diesel(sql_type = Text)]
    pub action: String,
    /// To what.
    #[diesel(sql_type = Text)]
    pub target: String,
    /// In which request.
    #[diesel(sql_type = Text)]
    pub request_id: String,
    /// Why.
    #[diesel(sql_type = Nullable<Text>)]
    pub reason: Option<String>,
    /// Before and after, or what was missing.
    #[diesel(sql_type = Jsonb)]
    pub detail: Value,
}

/// Rows, and how far the log is known to be as it was written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Trail {
    /// The newest first.
    pub entries: Vec<Entry>,
    /// The last walk through the chain.
    pub check: Option<Check>,
}

/// Reads rows of the connection's schema.
pub async fn read(conn: &mut Conn, wish: &Wish) -> Result<Trail, DbError> {
    let people: Vec<Uuid> = wish.people.split(',').filter_map(|key| key.parse().ok()).collect();
    let entries = diesel::sql_query(
        "SELECT id, at, staff_id, actor, action, target, request_id, reason, detail FROM audit_log
          WHERE ($1 = '' OR staff_id = ANY($2)
                 OR strpos(lower(concat_ws(' ', actor, action, target, request_id, reason, detail::text)), lower($1)) > 0)
            AND ($3 IS NULL OR at >= $3) AND ($4 IS NULL OR at < $4) AND ($5 IS NULL OR id < $5)
          ORDER BY id DESC LIMIT $6",
    )
    .bind::<Text, _>(wish.search.as_str())
    .bind::<Array<SqlUuid>, _>(people)
    .bind::<Nullable<Timestamptz>, _>(wish.from)
    .bind::<Nullable<Timestamptz>, _>(wish.until)
    .bind::<Nullable<SqlUuid>, _>(wish.before)
    .bind::<BigInt, _>(wish.most.unwrap_or(MOST).clamp(1, LARGEST))
    .load(conn)
    .await?;
    Ok(Trail { entries, check: chain::latest(conn).await? })
}
