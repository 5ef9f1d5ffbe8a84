//! All SQL of the history: of nights here, of their scans in [`scans`], of people in [`people`]. It reads, makes no scan wait, and no index
//! is there for it.

pub mod people;
mod scans;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

pub use scans::{Asked, LOOKED, ScanView, TOP, looked_to, strays, walk};

/// A night, and between which ids its scans lie.
#[derive(Debug, Clone, QueryableByName)]
#[expect(missing_docs, reason = "columns of events")]
pub struct NightRow {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub slug: String,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Text)]
    pub time_zone: String,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub ends_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub entry_from: DateTime<Utc>,
    /// Below are none but those of a phone whose clock was wrong.
    #[diesel(sql_type = SqlUuid)]
    pub floor: Uuid,
    /// The same above; none while the night is on.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub ceiling: Option<Uuid>,
}

impl NightRow {
    /// The venue's zone.
    pub fn zone(&self) -> Tz {
        self.time_zone.parse().unwrap_or(Tz::UTC)
    }
}

/// A night. Its scans are looked for from two days before its doors on (a door is tried out as well) until two days after its end.
pub async fn night(conn: &mut Conn, event: Uuid, now: DateTime<Utc>) -> Result<Option<NightRow>, DbError> {
    let found = diesel::sql_query(
        "SELECT id, slug, title, time_zone, starts_at, ends_at, entry_from,
                (lpad(to_hex((extract(epoch FROM least(entry_from, now()) - interval '2 days') * 1000)::bigint), 12, '0')
                 || repeat('0', 20))::uuid AS floor,
                CASE WHEN ends_at + interval '2 days' < $2 THEN
                    (lpad(to_hex((extract(epoch FROM ends_at + interval '2 days') * 1000)::bigint), 12, '0')
                     || repeat('0', 20))::uuid END AS ceiling
           FROM events WHERE id = $1 AND status <> 'draft'",
    )
    .bind::<SqlUuid, _>(event)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await;
    Ok(found.optional()?)
}

/// Something that scans can be chosen by.
#[derive(Debug, Clone, QueryableByName)]
pub struct Named {
    /// Its key.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
}

/// The gates that a night has or had.
pub async fn gates(conn: &mut Conn, event: Uuid) -> Result<Vec<Named>, DbError> {
    let gates = "SELECT id, name FROM gates WHERE event_id = $1 ORDER BY name, id LIMIT 200";
    Ok(diesel::sql_query(gates).bind::<SqlUuid, _>(event).load(conn).await?)
}

/// The phones, those that were taken off too.
pub async fn devices(conn: &mut Conn) -> Result<Vec<Named>, DbError> {
    let devices = "SELECT id, name FROM devices ORDER BY revoked_at IS NOT NULL, name, id LIMIT 200";
    Ok(diesel::sql_query(devices).load(conn).await?)
}

/// Whoever held a phone in the days of a night.
pub async fn staff(conn: &mut Conn, night: &NightRow) -> Result<Vec<Named>, DbError> {
    Ok(diesel::sql_query(
        "SELECT id, name FROM (
             SELECT DISTINCT ON (staff_id) staff_id AS id, staff_name AS name FROM device_hands
              WHERE from_at > $1 - interval '2 days' AND from_at < $2 + interval '2 days' ORDER BY staff_id, from_at DESC) AS held
          ORDER BY name, id LIMIT 200",
    )
    .bind::<Timestamptz, _>(night.entry_from)
    .bind::<Timestamptz, _>(night.ends_at)
    .load(conn)
    .await?)
}
