//! The SQL of the lines. What an offer holds is written by `inventory`.

mod round;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::ids::{OrderId, WaitlistId};
use domain::waitlist::{self, PATIENCE, Wanted};
use uuid::Uuid;

pub(super) use self::round::{close, due, lapse, note_short, offer, take_night, waiting};
use super::OpenOffer;
use crate::schema::waitlist as line;
use crate::schema::waitlist_nights;

/// A party as stored.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = line, check_for_backend(diesel::pg::Pg))]
pub(crate) struct EntryRow {
    pub id: Uuid,
    pub place: i64,
    pub event_id: Uuid,
    pub ticket_type_id: Uuid,
    pub state: String,
    pub name: String,
    pub email: String,
    pub language: String,
    pub party: i32,
    pub places: i32,
    pub short_since: Option<DateTime<Utc>>,
    pub joined_at: DateTime<Utc>,
    pub offered_until: Option<DateTime<Utc>>,
    pub stock_ids: Vec<Uuid>,
    pub order_id: Option<Uuid>,
}

impl EntryRow {
    pub(crate) fn key(&self) -> WaitlistId {
        WaitlistId::from_uuid(self.id)
    }

    /// The offer that it is. The table's CHECK guarantees that an offered party has one.
    pub(crate) fn offer(&self) -> OpenOffer {
        OpenOffer {
            id: self.key(),
            ticket_type: self.ticket_type_id.into(),
            party: self.party.unsigned_abs(),
            places: i64::from(self.places),
            stock_ids: self.stock_ids.clone(),
            until: self.offered_until.unwrap_or(self.joined_at),
        }
    }
}

/// Who joins.
#[derive(Debug, Clone)]
pub(super) struct NewEntry<'a> {
    pub event: Uuid,
    pub ticket_type: Uuid,
    pub name: &'a str,
    pub email: &'a str,
    pub language: &'a str,
    pub party: i32,
    pub places: i32,
}

#[derive(QueryableByName)]
struct Joined {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Bool)]
    fresh: bool,
}

/// Puts a party at the end of the line, or changes the one that stands there under the same address: it keeps its place.
/// Says which row, and whether it is new; `None` where the guest has an offer already, which stays as it is.
pub(super) async fn join(
    conn: &mut Conn,
    entry: &NewEntry<'_>,
    now: DateTime<Utc>,
) -> Result<Option<(WaitlistId, bool)>, DbError> {
    diesel::insert_into(waitlist_nights::table)
        .values(waitlist_nights::event_id.eq(entry.event))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    let joined: Option<Joined> = diesel::sql_query(
        "INSERT INTO waitlist AS w (id, event_id, ticket_type_id, state, name, email, language, party, places, joined_at)
         VALUES ($1, $2, $3, 'waiting', $4, $5, $6, $7, $8, $9)
         ON CONFLICT (ticket_type_id, lower(email)) WHERE state IN ('waiting', 'offered')
         DO UPDATE SET name = excluded.name, language = excluded.language, party = excluded.party, places = excluded.places,
                       short_since = CASE WHEN w.places = excluded.places THEN w.short_since END
         WHERE w.state = 'waiting'
         RETURNING w.id, (w.xmax = 0) AS fresh",
    )
    .bind::<SqlUuid, _>(WaitlistId::generate().uuid())
    .bind::<SqlUuid, _>(entry.event)
    .bind::<SqlUuid, _>(entry.ticket_type)
    .bind::<Text, _>(entry.name)
    .bind::<Text, _>(entry.email)
    .bind::<Text, _>(entry.language)
    .bind::<diesel::sql_types::Integer, _>(entry.party)
    .bind::<diesel::sql_types::Integer, _>(entry.places)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    Ok(joined.map(|joined| (joined.id.into(), joined.fresh)))
}

pub(crate) async fn find(conn: &mut Conn, id: WaitlistId) -> Result<Option<EntryRow>, DbError> {
    Ok(line::table.find(id.uuid()).select(EntryRow::as_select()).first(conn).await.optional()?)
}

/// How many parties stand before one, in its own type's line.
pub(super) async fn before(conn: &mut Conn, entry: &EntryRow) -> Result<i64, DbError> {
    let ahead = line::table
        .filter(line::event_id.eq(entry.event_id))
        .filter(line::state.eq("waiting"))
        .filter(line::ticket_type_id.eq(entry.ticket_type_id))
        .filter(line::place.lt(entry.place));
    Ok(ahead.count().get_result(conn).await?)
}

/// Ends a party that is in a state, by its own wish. Gives the row as it was left; `None`: it is in another state.
pub(super) async fn leave(
    conn: &mut Conn,
    id: WaitlistId,
    state: &str,
    now: DateTime<Utc>,
) -> Result<Option<EntryRow>, DbError> {
    let left = diesel::update(line::table.find(id.uuid()).filter(line::state.eq(state)))
        .set((line::state.eq("left"), line::settled_at.eq(now)))
        .returning(EntryRow::as_returning())
        .get_result(conn)
        .await;
    Ok(left.optional()?)
}

#[derive(QueryableByName)]
struct WantedRow {
    #[diesel(sql_type = SqlUuid)]
    own: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    shared: Option<Uuid>,
    #[diesel(sql_type = BigInt)]
    tickets: i64,
    #[diesel(sql_type = BigInt)]
    own_left: i64,
}

/// What is kept of the limits of some nights for those who wait there.
pub(crate) async fn kept(
    conn: &mut Conn,
    events: &[Uuid],
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, i64>, DbError> {
    let rows: Vec<WantedRow> = diesel::sql_query(
        "SELECT t.id AS own, t.shared_cap_id AS shared, w.tickets, s.capacity - s.held - s.sold AS own_left
         FROM (SELECT ticket_type_id, sum(places)::bigint AS tickets FROM waitlist
               WHERE event_id = ANY($1) AND state = 'waiting' AND (short_since IS NULL OR short_since > $2)
               GROUP BY ticket_type_id) w
         JOIN ticket_types t ON t.id = w.ticket_type_id JOIN stock s ON s.id = t.id",
    )
    .bind::<Array<SqlUuid>, _>(events)
    .bind::<Timestamptz, _>(now - PATIENCE)
    .load(conn)
    .await?;
    let wanted = rows.into_iter().map(|WantedRow { own, shared, tickets, own_left }| Wanted {
        own,
        shared,
        tickets,
        own_left,
    });
    Ok(waitlist::kept(&wanted.collect::<Vec<_>>()))
}

/// Open offers, locked in the order of their keys: their claim is decided in this transaction.
pub(crate) async fn lock_offers(
    conn: &mut Conn,
    ids: BTreeSet<WaitlistId>,
) -> Result<HashMap<WaitlistId, OpenOffer>, DbError> {
    let rows: Vec<EntryRow> = line::table
        .filter(line::id.eq_any(ids.into_iter().map(WaitlistId::uuid).collect::<Vec<_>>()))
        .filter(line::state.eq("offered"))
        .order(line::id)
        .select(EntryRow::as_select())
        .for_no_key_update()
        .load(conn)
        .await?;
    Ok(rows.iter().map(|row| (row.key(), row.offer())).collect())
}

/// Makes offers orders. The caller has locked them and moves their places in the same transaction.
pub(crate) async fn claim(
    conn: &mut Conn,
    claims: &[(WaitlistId, OrderId)],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    for (id, order) in claims {
        diesel::update(line::table.find(id.uuid()).filter(line::state.eq("offered")))
            .set((line::state.eq("claimed"), line::order_id.eq(order.uuid()), line::settled_at.eq(now)))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// How a type's line stands.
#[derive(Debug, Clone, QueryableByName)]
pub(super) struct CountRow {
    #[diesel(sql_type = SqlUuid)]
    pub ticket_type_id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = BigInt)]
    pub parties: i64,
    #[diesel(sql_type = BigInt)]
    pub tickets: i64,
    #[diesel(sql_type = BigInt)]
    pub offers: i64,
    #[diesel(sql_type = BigInt)]
    pub claimed: i64,
}

/// How the lines of a night stand, type by type.
pub(super) async fn counts(conn: &mut Conn, event: Uuid) -> Result<Vec<CountRow>, DbError> {
    Ok(diesel::sql_query(
        "SELECT t.id AS ticket_type_id, t.name, count(*) FILTER (WHERE w.state = 'waiting') AS parties,
                coalesce(sum(w.places) FILTER (WHERE w.state = 'waiting'), 0)::bigint AS tickets,
                count(*) FILTER (WHERE w.state = 'offered') AS offers,
                count(*) FILTER (WHERE w.state = 'claimed') AS claimed
         FROM waitlist w JOIN ticket_types t ON t.id = w.ticket_type_id
         WHERE w.event_id = $1 GROUP BY t.id ORDER BY t.position, t.id",
    )
    .bind::<SqlUuid, _>(event)
    .load(conn)
    .await?)
}

/// How many wait and how many offers are open, over all nights.
pub(super) async fn totals(conn: &mut Conn) -> Result<(i64, i64), DbError> {
    let of = |state: &'static str| line::table.filter(line::state.eq(state)).count();
    Ok((of("waiting").get_result(conn).await?, of("offered").get_result(conn).await?))
}
