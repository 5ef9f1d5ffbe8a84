//! What promoters may bring to a night, and have.

use std::collections::{BTreeMap, HashMap};

use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::guest_list::{Allotment, Promoter};
use uuid::Uuid;

/// What a promoter may bring, and has.
#[derive(Debug, QueryableByName)]
pub(crate) struct AllotmentRow {
    #[diesel(sql_type = Text)]
    pub promoter: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    pub places: Option<i64>,
    #[diesel(sql_type = BigInt)]
    pub taken: i64,
}

#[derive(QueryableByName)]
struct LockedRow {
    #[diesel(sql_type = SqlUuid)]
    event_id: Uuid,
    #[diesel(sql_type = Text)]
    promoter_key: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    places: Option<i64>,
    #[diesel(sql_type = BigInt)]
    taken: i64,
}

/// Locks what promoters may bring, by night and key, in sorted order; who has no row yet gets one without a limit. After the
/// stock and the promos, as everywhere.
pub(crate) async fn lock_allotments(
    conn: &mut Conn,
    wanted: BTreeMap<(Uuid, String), String>,
) -> Result<HashMap<(Uuid, String), Allotment>, DbError> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let (mut events, mut keys, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for ((event, key), name) in wanted {
        events.push(event);
        keys.push(key);
        names.push(name);
    }
    diesel::sql_query(
        "INSERT INTO guest_list_allotments (event_id, promoter_key, promoter)
         SELECT event_id, promoter_key, promoter FROM unnest($1, $2, $3) AS t (event_id, promoter_key, promoter)
          ORDER BY event_id, promoter_key
         ON CONFLICT DO NOTHING",
    )
    .bind::<Array<SqlUuid>, _>(&events)
    .bind::<Array<Text>, _>(&keys)
    .bind::<Array<Text>, _>(&names)
    .execute(conn)
    .await?;
    let rows: Vec<LockedRow> = diesel::sql_query(
        "SELECT a.event_id, a.promoter_key, a.places, a.taken FROM guest_list_allotments a
           JOIN unnest($1, $2) AS t (event_id, promoter_key) USING (event_id, promoter_key)
          ORDER BY a.event_id, a.promoter_key FOR NO KEY UPDATE OF a",
    )
    .bind::<Array<SqlUuid>, _>(&events)
    .bind::<Array<Text>, _>(&keys)
    .load(conn)
    .await?;
    let allotment = |row: LockedRow| {
        let allotment = Allotment { places: row.places, taken: row.taken };
        ((row.event_id, row.promoter_key), allotment)
    };
    Ok(rows.into_iter().map(allotment).collect())
}

/// Counts guests on a promoter's allotment, or, below zero, no longer.
pub(crate) async fn take(conn: &mut Conn, event: Uuid, key: &str, guests: i64) -> Result<(), DbError> {
    diesel::sql_query(
        "UPDATE guest_list_allotments SET taken = taken + $3 WHERE event_id = $1 AND promoter_key = $2",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Text, _>(key)
    .bind::<BigInt, _>(guests)
    .execute(conn)
    .await?;
    Ok(())
}

/// What became of an allotment that was set.
pub(crate) struct Set {
    /// Guests that count on it.
    pub taken: i64,
    /// Whether it was another one before.
    pub changed: bool,
}

#[derive(QueryableByName)]
struct SetRow {
    #[diesel(sql_type = BigInt)]
    taken: i64,
}

/// Sets how many guests a promoter may bring. `None`, and nothing is changed, where more are on the list already.
pub(crate) async fn allot(
    conn: &mut Conn,
    event: Uuid,
    promoter: &Promoter,
    places: Option<i64>,
) -> Result<Option<Set>, DbError> {
    let wanted = BTreeMap::from([((event, promoter.key().to_owned()), promoter.name().to_owned())]);
    let held = lock_allotments(conn, wanted).await?.into_values().next().unwrap_or_default();
    let set: Option<SetRow> = diesel::sql_query(
        "UPDATE guest_list_allotments SET places = $3, promoter = $4
          WHERE event_id = $1 AND promoter_key = $2 AND coalesce($3, taken) >= taken RETURNING taken",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Text, _>(promoter.key())
    .bind::<Nullable<BigInt>, _>(places)
    .bind::<Text, _>(promoter.name())
    .get_result(conn)
    .await
    .optional()?;
    Ok(set.map(|row| Set { taken: row.taken, changed: held.places != places }))
}

/// What the promoters of a night may bring, and have.
pub(crate) async fn allotments(conn: &mut Conn, event: Uuid) -> Result<Vec<AllotmentRow>, DbError> {
    let rows = diesel::sql_query(
        "SELECT promoter, places, taken FROM guest_list_allotments
          WHERE event_id = $1 AND (places IS NOT NULL OR taken > 0) ORDER BY promoter_key",
    )
    .bind::<SqlUuid, _>(event)
    .load(conn)
    .await?;
    Ok(rows)
}
