//! Who has come, as far as the desk has heard.

use std::collections::HashSet;

use db::{Conn, DbError};
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

#[derive(diesel::QueryableByName)]
struct Admitted {
    #[diesel(sql_type = SqlUuid)]
    ticket_id: Uuid,
}

/// Which of these tickets let somebody in to a night.
pub(super) async fn admitted(
    conn: &mut Conn,
    event: Uuid,
    tickets: &[Uuid],
) -> Result<HashSet<Uuid>, DbError> {
    let rows: Vec<Admitted> = diesel::sql_query(
        "SELECT DISTINCT ticket_id FROM scans WHERE event_id = $1 AND admitted AND ticket_id = ANY($2)",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Array<SqlUuid>, _>(tickets)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.ticket_id).collect())
}
