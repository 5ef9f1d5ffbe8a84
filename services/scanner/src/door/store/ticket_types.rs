//! SQL on ticket types.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::{
    Insertable,
    prelude::AsChangeset,
    sql_types::{Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::EventRow;
use crate::schema::ticket_types;

/// A row of `ticket_types`.
#[derive(Debug, Clone, PartialEq, Eq, Insertable, AsChangeset)]
#[diesel(table_name = ticket_types, treat_none_as_null = true)]
pub struct TicketTypeRow {
    /// The type.
    pub id: Uuid,
    /// Its event.
    pub event_id: Uuid,
    /// Its name.
    pub name: String,
    /// The zone it gives entry to.
    pub zone_id: Uuid,
    /// How often a night its ticket comes in; `None` is as often as one likes.
    pub entries_allowed: Option<i16>,
    /// First instant in which it gives entry; `None` is when the doors open.
    pub admit_from: Option<DateTime<Utc>>,
    /// First instant in which it no longer gives a first entry; `None` is when the doors close.
    pub admit_until: Option<DateTime<Utc>>,
    /// Whether its guest's identity document is looked at.
    pub asks_id: bool,
    /// Whether its codes move, so that a picture of one lets nobody in.
    pub rotating_code: bool,
}

/// Takes the event's ticket types in. One that the event no longer has stays: its tickets were sold by its rule. Its own times of entry
/// fall away where the night has got a new date since, and they are no longer between its doors'.
pub async fn put_ticket_types(
    conn: &mut Conn,
    event: &EventRow,
    rows: &[TicketTypeRow],
) -> Result<(), DbError> {
    for row in rows {
        diesel::insert_into(ticket_types::table)
            .values(row)
            .on_conflict(ticket_types::id)
            .do_update()
            .set(row)
            .execute(conn)
            .await?;
    }
    diesel::sql_query(
        "UPDATE ticket_types
            SET admit_from = CASE WHEN admit_from >= $2 AND admit_from < $3 THEN admit_from END,
                admit_until = CASE WHEN admit_until > $2 AND admit_until <= $3 THEN admit_until END
          WHERE event_id = $1 AND (admit_from < $2 OR admit_from >= $3 OR admit_until <= $2 OR admit_until > $3)",
    )
    .bind::<SqlUuid, _>(event.id)
    .bind::<Timestamptz, _>(event.entry_from)
    .bind::<Timestamptz, _>(event.entry_until)
    .execute(conn)
    .await?;
    Ok(())
}
