//! The SQL of the lines.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::waiting_room::{Line, Rule, Switch};
use serde_json::Value;
use uuid::Uuid;

use crate::schema::{checkout_requests, waiting_rooms as rooms};

/// A line as stored.
#[derive(Debug, Clone, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = rooms, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
struct LineRow {
    handed_out: i64,
    admitted: i64,
    lapsed: i64,
    reckoned_at: DateTime<Utc>,
    open_since: Option<DateTime<Utc>>,
    empty_since: Option<DateTime<Utc>>,
    counted_from: DateTime<Utc>,
    arrivals: i64,
    marks: Value,
}

impl LineRow {
    fn of(line: &Line) -> Self {
        Self {
            handed_out: line.handed_out,
            admitted: line.admitted,
            lapsed: line.lapsed,
            reckoned_at: line.reckoned_at,
            open_since: line.open_since,
            empty_since: line.empty_since,
            counted_from: line.counted_from,
            arrivals: line.arrivals,
            marks: serde_json::to_value(&line.marks).unwrap_or_default(),
        }
    }

    /// Only what the domain wrote stands in the column.
    fn line(self) -> Line {
        Line {
            handed_out: self.handed_out,
            admitted: self.admitted,
            lapsed: self.lapsed,
            reckoned_at: self.reckoned_at,
            open_since: self.open_since,
            empty_since: self.empty_since,
            counted_from: self.counted_from,
            arrivals: self.arrivals,
            marks: serde_json::from_value(self.marks).unwrap_or_default(),
        }
    }
}

/// What the desk says, as stored.
#[derive(Debug, Clone, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = rooms, check_for_backend(diesel::pg::Pg), treat_none_as_null = true)]
struct RuleRow {
    switch: String,
    per_minute: Option<i32>,
}

impl RuleRow {
    fn of(rule: Rule) -> Self {
        Self {
            switch: rule.switch.code().to_owned(),
            per_minute: rule.per_minute.and_then(|rate| i32::try_from(rate).ok()),
        }
    }

    /// A CHECK holds the column to what is known.
    fn rule(&self) -> Rule {
        Rule {
            switch: self.switch.parse().unwrap_or_default(),
            per_minute: self.per_minute.and_then(|rate| u32::try_from(rate).ok()),
        }
    }
}

/// A night's line, and what the desk says about it.
pub(super) type Kept = (Line, Rule);

fn kept((line, rule): (LineRow, RuleRow)) -> Kept {
    (line.line(), rule.rule())
}

/// The rooms that are open, or that the desk wants open.
pub(super) async fn open(conn: &mut Conn) -> Result<HashMap<Uuid, Kept>, DbError> {
    let wanted = rooms::switch.eq(Switch::Open.code());
    let rows: Vec<(Uuid, LineRow, RuleRow)> = rooms::table
        .filter(rooms::open_since.is_not_null().or(wanted))
        .select((rooms::event_id, LineRow::as_select(), RuleRow::as_select()))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(event, line, rule)| (event, kept((line, rule)))).collect())
}

/// A night's room as it stands; `None` where it never had one.
pub(super) async fn find(conn: &mut Conn, event: Uuid) -> Result<Option<Kept>, DbError> {
    let row: Option<(LineRow, RuleRow)> = rooms::table
        .find(event)
        .select((LineRow::as_select(), RuleRow::as_select()))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(kept))
}

/// Makes sure that a night has a line. A night that we do not know gets none.
pub(super) async fn ensure(conn: &mut Conn, event: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO waiting_rooms (event_id, reckoned_at, counted_from) SELECT id, $2, $2 FROM events WHERE id = $1
         ON CONFLICT (event_id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// A night's line, in this transaction's hands.
pub(super) async fn lock(conn: &mut Conn, event: Uuid) -> Result<Option<Kept>, DbError> {
    let row: Option<(LineRow, RuleRow)> = rooms::table
        .find(event)
        .select((LineRow::as_select(), RuleRow::as_select()))
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(kept))
}

/// Writes what the desk says about a night that is in this transaction's hands.
pub(super) async fn rule(conn: &mut Conn, event: Uuid, rule: Rule) -> Result<(), DbError> {
    diesel::update(rooms::table.find(event)).set(RuleRow::of(rule)).execute(conn).await?;
    Ok(())
}

/// Writes a line that is in this transaction's hands.
pub(super) async fn write(conn: &mut Conn, event: Uuid, line: &Line) -> Result<(), DbError> {
    diesel::update(rooms::table.find(event)).set(LineRow::of(line)).execute(conn).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct HandedOut {
    #[diesel(sql_type = BigInt)]
    handed_out: i64,
}

/// Hands out the next places of a line; the last of them.
pub(super) async fn hand_out(
    conn: &mut Conn,
    event: Uuid,
    many: i64,
    now: DateTime<Utc>,
) -> Result<i64, DbError> {
    let row: HandedOut = diesel::sql_query(
        "INSERT INTO waiting_rooms AS room (event_id, handed_out, reckoned_at, counted_from) VALUES ($1, $2, $3, $3)
         ON CONFLICT (event_id) DO UPDATE SET handed_out = room.handed_out + excluded.handed_out RETURNING handed_out",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<BigInt, _>(many)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await?;
    Ok(row.handed_out)
}

/// Whether this very request has an order, under one of its keys.
pub(super) async fn stands(conn: &mut Conn, keys: &[String; 2], fingerprint: &[u8]) -> Result<bool, DbError> {
    let same = checkout_requests::table
        .filter(checkout_requests::key.eq_any(keys))
        .filter(checkout_requests::fingerprint.eq(fingerprint));
    Ok(diesel::select(exists(same)).get_result(conn).await?)
}

/// A place that is used for an order.
#[derive(Debug, Clone)]
pub(crate) struct Pass {
    /// The night.
    pub event: Uuid,
    /// The place's number.
    pub place: i64,
    /// Hash of who buys.
    pub buyer: Vec<u8>,
    /// Hash of what makes it this order.
    pub request: Vec<u8>,
    /// The keys under which that may stand already.
    pub keys: [String; 2],
    /// What stands there then.
    pub fingerprint: Vec<u8>,
}

/// Notes that a place is used for an order. `false`: it is somebody else's, or was used up.
pub(super) async fn use_pass(conn: &mut Conn, pass: &Pass, now: DateTime<Utc>) -> Result<bool, DbError> {
    let used = diesel::sql_query(
        "INSERT INTO waiting_room_passes AS pass (event_id, place, buyer, requests, used_at) VALUES ($1, $2, $3, ARRAY[$4], $5)
         ON CONFLICT (event_id, place) DO UPDATE
         SET buyer = excluded.buyer,
             requests = CASE WHEN $4 = ANY (pass.requests) THEN pass.requests ELSE array_append(pass.requests, $4) END
         WHERE (pass.buyer = excluded.buyer OR cardinality(pass.requests) = 0)
           AND ($4 = ANY (pass.requests) OR cardinality(pass.requests) < 3)",
    )
    .bind::<SqlUuid, _>(pass.event)
    .bind::<BigInt, _>(pass.place)
    .bind::<Binary, _>(&pass.buyer)
    .bind::<Binary, _>(&pass.request)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(used == 1)
}

/// Gives a place back whose order was refused. An order that stands keeps it: the same request again may well be refused.
pub(super) async fn give_back(conn: &mut Conn, pass: &Pass) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE waiting_room_passes SET requests = array_remove(requests, $3) WHERE event_id = $1 AND place = $2
         AND NOT EXISTS (SELECT FROM checkout_requests WHERE key = ANY ($4) AND fingerprint = $5)",
    )
    .bind::<SqlUuid, _>(pass.event)
    .bind::<BigInt, _>(pass.place)
    .bind::<Binary, _>(&pass.request)
    .bind::<Array<Text>, _>(pass.keys.to_vec())
    .bind::<Binary, _>(&pass.fingerprint)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets who used places that are long over.
pub(crate) async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, DbError> {
    let gone = diesel::sql_query("DELETE FROM waiting_room_passes WHERE used_at < $1");
    Ok(gone.bind::<Timestamptz, _>(before).execute(conn).await?)
}
