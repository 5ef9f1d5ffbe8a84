//! The audit log: who did what to what, when, in which request. Rows are only ever added.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

/// Who acts, in which request. Use-cases that change something ask for it, so that none can forget the audit row.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The person, if it is one of the staff.
    pub staff: Option<Uuid>,
    /// The role, or the service that called.
    pub role: String,
    /// The request's id, as in the logs.
    pub request: String,
}

impl Actor {
    /// A member of the staff.
    pub fn person(staff: Uuid, role: &str, request: impl ToString) -> Self {
        Self { staff: Some(staff), role: role.to_owned(), request: request.to_string() }
    }

    /// Another service, or somebody who has not signed in.
    pub fn named(name: &str, request: impl ToString) -> Self {
        Self { staff: None, role: name.to_owned(), request: request.to_string() }
    }
}

/// Adds a row; call it in the transaction of the act.
pub async fn record(
    conn: &mut Conn,
    actor: &Actor,
    action: &'static str,
    target: &str,
    detail: Value,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO audit_log (id, at, staff_id, actor, action, target, request_id, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Timestamptz, _>(now)
    .bind::<Nullable<SqlUuid>, _>(actor.staff)
    .bind::<Text, _>(&actor.role)
    .bind::<Text, _>(action)
    .bind::<Text, _>(target)
    .bind::<Text, _>(&actor.request)
    .bind::<Jsonb, _>(detail)
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many sign-ins of one client to an account were refused since an instant.
pub async fn refused_sign_ins(
    conn: &mut Conn,
    target: &str,
    address: &str,
    since: DateTime<Utc>,
) -> Result<i64, DbError> {
    let row: Count = diesel::sql_query(
        "SELECT count(*) AS count FROM audit_log
         WHERE action = 'session.refused' AND target = $1 AND at > $2 AND detail ->> 'address' = $3",
    )
    .bind::<Text, _>(target)
    .bind::<Timestamptz, _>(since)
    .bind::<Text, _>(address)
    .get_result(conn)
    .await?;
    Ok(row.count)
}
