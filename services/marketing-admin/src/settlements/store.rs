//! SQL of who came, by ticket type, as far as the desk has heard from the door.

use db::{Conn, DbError};
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use internal_api::purchase::settlements::Came;
use uuid::Uuid;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    ticket_type_id: Uuid,
    #[diesel(sql_type = BigInt)]
    guests: i64,
}

/// Tickets that were let in at least once.
pub(super) async fn came(conn: &mut Conn, event: Uuid) -> Result<Vec<Came>, DbError> {
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT t.ticket_type_id, count(DISTINCT s.ticket_id) AS guests
           FROM scans s JOIN sold_tickets t ON t.id = s.ticket_id
          WHERE s.event_id = $1 AND s.admitted GROUP BY 1",
    )
    .bind::<SqlUuid, _>(event)
    .load(conn)
    .await?;
    let came = |row: Row| Came { ticket_type: row.ticket_type_id, guests: row.guests };
    Ok(rows.into_iter().map(came).collect())
}
