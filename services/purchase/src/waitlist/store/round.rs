//! A round through the lines of a night: what is over ends, and what is free is offered.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Jsonb, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use uuid::Uuid;

use super::EntryRow;
use crate::schema::waitlist as line;
use crate::schema::waitlist_nights;

#[derive(QueryableByName)]
struct Night {
    #[diesel(sql_type = SqlUuid)]
    event_id: Uuid,
}

/// Nights at whose lines there may be something to do: an offer's time is over, a sale is, or places are free.
pub(in crate::waitlist) async fn due(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<Uuid>, DbError> {
    let nights: Vec<Night> = diesel::sql_query(
        "SELECT DISTINCT w.event_id FROM waitlist w
         JOIN events e ON e.id = w.event_id JOIN ticket_types t ON t.id = w.ticket_type_id
         JOIN stock own ON own.id = t.id LEFT JOIN stock room ON room.id = t.shared_cap_id
         WHERE w.state IN ('waiting', 'offered')
           AND (e.status IN ('cancelled', 'archived') OR e.ends_at <= $1
             OR w.state = 'offered' AND w.offered_until <= $1
             OR w.state = 'waiting' AND (t.withdrawn OR t.sale_until <= $1 OR own.capacity > own.held + own.sold
                                           AND (room.id IS NULL OR room.capacity > room.held + room.sold)))",
    )
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(nights.into_iter().map(|night| night.event_id).collect())
}

/// Takes a night's lines into this transaction's hands. `false`: somebody else has them.
pub(in crate::waitlist) async fn take_night(conn: &mut Conn, event: Uuid) -> Result<bool, DbError> {
    let taken: Option<Uuid> = waitlist_nights::table
        .find(event)
        .select(waitlist_nights::event_id)
        .for_no_key_update()
        .skip_locked()
        .first(conn)
        .await
        .optional()?;
    Ok(taken.is_some())
}

/// Ends the offers of a night whose time is over, all of them where the night is `off`; the caller gives their places back.
pub(in crate::waitlist) async fn lapse(
    conn: &mut Conn,
    event: Uuid,
    off: bool,
    now: DateTime<Utc>,
) -> Result<Vec<EntryRow>, DbError> {
    let over = line::table
        .filter(line::event_id.eq(event))
        .filter(line::state.eq("offered"))
        .filter(line::offered_until.le(now).or(off.into_sql::<Bool>()));
    let ids: Vec<Uuid> = over.order(line::place).select(line::id).for_no_key_update().load(conn).await?;
    Ok(diesel::update(line::table.filter(line::id.eq_any(ids)))
        .set((line::state.eq("lapsed"), line::settled_at.eq(now)))
        .returning(EntryRow::as_returning())
        .get_results(conn)
        .await?)
}

/// Closes the lines of some types: nothing is sold of them any more.
pub(in crate::waitlist) async fn close(
    conn: &mut Conn,
    types: &[Uuid],
    now: DateTime<Utc>,
) -> Result<usize, DbError> {
    Ok(diesel::update(
        line::table.filter(line::ticket_type_id.eq_any(types)).filter(line::state.eq("waiting")),
    )
    .set((line::state.eq("closed"), line::settled_at.eq(now)))
    .execute(conn)
    .await?)
}

/// Everybody who waits for a night, in the order in which they came, locked.
pub(in crate::waitlist) async fn waiting(conn: &mut Conn, event: Uuid) -> Result<Vec<EntryRow>, DbError> {
    Ok(line::table
        .filter(line::event_id.eq(event))
        .filter(line::state.eq("waiting"))
        .order(line::place)
        .select(EntryRow::as_select())
        .for_no_key_update()
        .load(conn)
        .await?)
}

#[derive(Serialize)]
struct OfferRow<'a> {
    id: Uuid,
    places: i32,
    stock_ids: &'a [Uuid],
    until: Option<DateTime<Utc>>,
}

/// Writes offers: the rows as they are to be.
pub(in crate::waitlist) async fn offer(
    conn: &mut Conn,
    offers: &[EntryRow],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let rows = offers.iter().map(|row| OfferRow {
        id: row.id,
        places: row.places,
        stock_ids: &row.stock_ids,
        until: row.offered_until,
    });
    let rows = serde_json::to_value(rows.collect::<Vec<_>>()).unwrap_or_default();
    diesel::sql_query(
        "UPDATE waitlist w SET state = 'offered', places = t.places, stock_ids = t.stock_ids, offered_until = t.until,
                offered_at = $2, short_since = NULL
         FROM jsonb_to_recordset($1) AS t(id uuid, places int, stock_ids uuid[], until timestamptz)
         WHERE w.id = t.id",
    )
    .bind::<Jsonb, _>(rows)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes since when places are free for these parties, but too few; for all others of the night, that they are not.
pub(in crate::waitlist) async fn note_short(
    conn: &mut Conn,
    event: Uuid,
    short: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE waitlist SET short_since = CASE WHEN id = ANY($2) THEN $3 END
         WHERE event_id = $1 AND state = 'waiting' AND (short_since IS NULL) = (id = ANY($2))",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Array<SqlUuid>, _>(short)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}
