//! The SQL of reminders.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::ids::ReminderId;
use domain::language::Language;
use uuid::Uuid;

use crate::my::MAILS_PER_GUEST;
use crate::schema::sale_reminders;

/// Who asks, for what.
#[derive(Debug)]
pub(super) struct NewReminder<'a> {
    pub event: Uuid,
    pub email: &'a str,
    pub network: &'a str,
    pub language: Language,
}

/// Notes a wish, once per night and address; an address has only so many within the window that began at `since`.
pub(super) async fn insert(
    conn: &mut Conn,
    wish: &NewReminder<'_>,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO sale_reminders (id, event_id, guest, email, language, network, asked_at)
         SELECT $1, $2, lower($3), $3, $4, $5, $6
          WHERE (SELECT count(*) FROM sale_reminders WHERE guest = lower($3) AND asked_at > $7) < $8
         ON CONFLICT ON CONSTRAINT sale_reminders_once DO NOTHING",
    )
    .bind::<SqlUuid, _>(ReminderId::generate().uuid())
    .bind::<SqlUuid, _>(wish.event)
    .bind::<Text, _>(wish.email)
    .bind::<Text, _>(wish.language.code())
    .bind::<Text, _>(wish.network)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(MAILS_PER_GUEST)
    .execute(conn)
    .await?;
    Ok(())
}

/// How often somebody in a network has asked since an instant.
pub(super) async fn asked_from(conn: &mut Conn, network: &str, since: DateTime<Utc>) -> Result<i64, DbError> {
    let asked = sale_reminders::table
        .filter(sale_reminders::network.eq(network))
        .filter(sale_reminders::asked_at.gt(since));
    Ok(asked.count().get_result(conn).await?)
}

/// A reminder whose time has come.
#[derive(Debug, Clone, QueryableByName)]
pub(super) struct DueRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub email: String,
    #[diesel(sql_type = Text)]
    pub language: String,
    #[diesel(sql_type = SqlUuid)]
    pub event_id: Uuid,
    #[diesel(sql_type = Text)]
    pub slug: String,
}

/// Whether an entry for everybody is on sale, of the night `e`, at `$1`.
pub(crate) const GENERAL_SALE: &str = "EXISTS (SELECT FROM ticket_types t
    WHERE t.event_id = e.id AND NOT t.withdrawn
      AND coalesce(t.terms ->> 'kind', 'entry') = 'entry' AND t.terms ->> 'access_code' IS NULL
      AND (t.sale_from IS NULL OR t.sale_from <= $1) AND coalesce(t.sale_until, e.ends_at) > $1)";

/// Reminders of nights of which an entry for everybody is on sale, locked: another process passes them by.
pub(super) async fn due(conn: &mut Conn, now: DateTime<Utc>, most: i64) -> Result<Vec<DueRow>, DbError> {
    let rows = diesel::sql_query(format!(
        "SELECT r.id, r.email, r.language, e.id AS event_id, e.slug
           FROM sale_reminders r JOIN events e ON e.id = r.event_id
          WHERE r.mailed_at IS NULL AND e.status = 'published' AND e.ends_at > $1 AND {GENERAL_SALE}
          ORDER BY r.id LIMIT $2 FOR UPDATE OF r SKIP LOCKED"
    ))
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows)
}

/// Notes that the mails of some reminders were asked for.
pub(super) async fn mailed(conn: &mut Conn, ids: Vec<Uuid>, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::update(sale_reminders::table.filter(sale_reminders::id.eq_any(ids)))
        .set(sale_reminders::mailed_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends every reminder to the address that one of them is for.
pub(super) async fn stop(conn: &mut Conn, id: ReminderId) -> Result<usize, DbError> {
    let gone = diesel::sql_query(
        "DELETE FROM sale_reminders WHERE guest = (SELECT guest FROM sale_reminders WHERE id = $1)",
    )
    .bind::<SqlUuid, _>(id.uuid())
    .execute(conn)
    .await?;
    Ok(gone)
}

/// Forgets the reminders of nights that were over or off before an instant, and where older ones were asked from.
pub(crate) async fn forget(conn: &mut Conn, before: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "DELETE FROM sale_reminders r USING events e
          WHERE e.id = r.event_id AND (e.ends_at < $1 OR e.status IN ('cancelled', 'archived'))",
    )
    .bind::<Timestamptz, _>(before)
    .execute(conn)
    .await?;
    diesel::sql_query("UPDATE sale_reminders SET network = NULL WHERE network IS NOT NULL AND asked_at < $1")
        .bind::<Timestamptz, _>(before)
        .execute(conn)
        .await?;
    Ok(())
}
