//! SQL of what a file says that the desk knows itself.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

#[derive(diesel::QueryableByName)]
struct Came {
    #[diesel(sql_type = SqlUuid)]
    ticket_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// When the door let in whom, as far as the desk has heard.
pub(super) async fn came(
    conn: &mut Conn,
    tickets: Vec<Uuid>,
) -> Result<HashMap<Uuid, DateTime<Utc>>, DbError> {
    let rows: Vec<Came> = diesel::sql_query(
        "SELECT ticket_id, min(scanned_at) AS at FROM scans WHERE admitted AND ticket_id = ANY($1) GROUP BY 1",
    )
    .bind::<Array<SqlUuid>, _>(tickets)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.ticket_id, row.at)).collect())
}
