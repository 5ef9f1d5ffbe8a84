//! All SQL on bans, and the marks that they leave on tickets.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::bans;

/// A row of `bans`.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = bans)]
pub struct BanRow {
    /// The ban.
    pub id: Uuid,
    /// The name as it was written; may be empty.
    pub person_name: String,
    /// The same as tickets are compared with.
    pub name_key: Option<String>,
    /// What stands for the document's number.
    pub document_hash: Option<Vec<u8>>,
    /// What they look like; may be empty.
    pub photo_note: String,
    /// A photograph, which may have been erased since.
    pub photo: Option<Uuid>,
    /// Why.
    pub reason: String,
    /// From when on.
    pub from_at: DateTime<Utc>,
    /// Until when, if not for good.
    pub until_at: Option<DateTime<Utc>>,
    /// Whether it counts now.
    pub in_force: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: Uuid,
    /// Their name.
    pub created_by_name: String,
    /// When somebody ended it.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who.
    pub ended_by: Option<Uuid>,
    /// Their name.
    pub ended_by_name: Option<String>,
    /// What was said when it ended.
    pub appeal_note: Option<String>,
}

/// Adds a ban.
pub async fn add(conn: &mut Conn, row: &BanRow) -> Result<(), DbError> {
    diesel::insert_into(bans::table).values(row).execute(conn).await?;
    Ok(())
}

/// A ban, locked until the transaction ends.
pub async fn locked(conn: &mut Conn, id: Uuid) -> Result<Option<BanRow>, DbError> {
    Ok(bans::table.find(id).select(BanRow::as_select()).for_update().first(conn).await.optional()?)
}

/// Ends a ban.
pub async fn end(
    conn: &mut Conn,
    id: Uuid,
    (staff, name): (Uuid, &str),
    appeal: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::update(bans::table.find(id))
        .set((
            bans::in_force.eq(false),
            bans::ended_at.eq(now),
            bans::ended_by.eq(staff),
            bans::ended_by_name.eq(name),
            bans::appeal_note.eq(appeal),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// All bans that are still kept: those in force first, the newest first.
pub async fn all(conn: &mut Conn, most: i64) -> Result<Vec<BanRow>, DbError> {
    let newest =
        bans::table.order((bans::in_force.desc(), bans::ended_at.desc().nulls_first(), bans::id.desc()));
    Ok(newest.limit(most).select(BanRow::as_select()).load(conn).await?)
}

/// The bans in force of this name or this document.
pub async fn matching(
    conn: &mut Conn,
    name_key: Option<&str>,
    document: Option<&[u8]>,
) -> Result<Vec<BanRow>, DbError> {
    let by_name =
        bans::name_key.is_not_null().and(bans::name_key.assume_not_null().eq(name_key.unwrap_or_default()));
    let by_document = bans::document_hash
        .is_not_null()
        .and(bans::document_hash.assume_not_null().eq(document.unwrap_or_default()));
    let found = bans::table.filter(bans::in_force).filter(by_name.or(by_document)).order(bans::id);
    Ok(found.select(BanRow::as_select()).load(conn).await?)
}

/// Marks the tickets of these names as the bans in force say, and takes marks away that no ban stands behind. A ticket that
/// arrives in the same moment as a ban may be missed here: [`all_flags`] finds it within a minute.
pub async fn flag(conn: &mut Conn, keys: &[String]) -> Result<usize, DbError> {
    let marked = diesel::sql_query(
        "UPDATE admissions a SET banned = wanted.count > 0, ban_note = wanted.note
           FROM unnest($1::text[]) AS names (key)
          CROSS JOIN LATERAL (
                SELECT count(*) AS count, coalesce(string_agg(nullif(photo_note, ''), ' · ' ORDER BY id), '') AS note
                  FROM bans WHERE name_key = names.key AND in_force) AS wanted
          WHERE a.name_key = names.key AND (a.banned, a.ban_note) IS DISTINCT FROM (wanted.count > 0, wanted.note)",
    )
    .bind::<Array<Text>, _>(keys)
    .execute(conn)
    .await?;
    Ok(marked)
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    key: String,
}

/// Marks every ticket as the bans in force say.
pub async fn all_flags(conn: &mut Conn) -> Result<usize, DbError> {
    let keys: Vec<Key> = diesel::sql_query(
        "SELECT name_key AS key FROM bans WHERE in_force AND name_key IS NOT NULL
          UNION SELECT name_key FROM admissions WHERE banned",
    )
    .load(conn)
    .await?;
    let keys: Vec<String> = keys.into_iter().map(|key| key.key).collect();
    if keys.is_empty() { Ok(0) } else { flag(conn, &keys).await }
}

/// Lets bans begin whose time has come and run out whose time is over; of how many.
pub async fn follow_the_clock(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize, DbError> {
    let turned = diesel::sql_query(
        "UPDATE bans SET in_force = NOT in_force
          WHERE ended_at IS NULL AND in_force <> (from_at <= $1 AND (until_at IS NULL OR until_at > $1))",
    )
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(turned)
}

/// Erases bans that ended or ran out before an instant, at most so many.
pub async fn erase(conn: &mut Conn, before: DateTime<Utc>, most: i64) -> Result<usize, DbError> {
    let erased = diesel::sql_query(
        "DELETE FROM bans WHERE id IN (
           SELECT id FROM bans WHERE NOT in_force AND least(ended_at, until_at) < $1
            LIMIT $2)",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<BigInt, _>(most)
    .execute(conn)
    .await?;
    Ok(erased)
}
