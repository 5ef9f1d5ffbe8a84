//! SQL of PINs and of the tries at them.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::OptionalExtension;
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use internal_api::marketing_admin::pins::PinHolder;
use uuid::Uuid;

/// Sets a person's PIN; what was counted against the old one is forgotten.
pub async fn put(conn: &mut Conn, staff: Uuid, hash: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query(
        "INSERT INTO pins (staff_id, pin_hash, set_at) VALUES ($1, $2, $3)
         ON CONFLICT (staff_id) DO UPDATE SET pin_hash = excluded.pin_hash, set_at = excluded.set_at",
    )
    .bind::<SqlUuid, _>(staff)
    .bind::<Text, _>(hash)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    diesel::sql_query("DELETE FROM pin_tries WHERE staff_id = $1")
        .bind::<SqlUuid, _>(staff)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a person's PIN away; whether there was one.
pub async fn end(conn: &mut Conn, staff: Uuid) -> Result<bool, DbError> {
    let gone = diesel::sql_query("DELETE FROM pins WHERE staff_id = $1")
        .bind::<SqlUuid, _>(staff)
        .execute(conn)
        .await?;
    Ok(gone == 1)
}

#[derive(diesel::QueryableByName)]
struct Hash {
    #[diesel(sql_type = Text)]
    pin_hash: String,
}

/// The hash of a person's PIN, if they have one.
pub async fn hash_of(conn: &mut Conn, staff: Uuid) -> Result<Option<String>, DbError> {
    let row: Option<Hash> = diesel::sql_query("SELECT pin_hash FROM pins WHERE staff_id = $1")
        .bind::<SqlUuid, _>(staff)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|row| row.pin_hash))
}

/// Who has a PIN and may sign in.
pub async fn holders(conn: &mut Conn) -> Result<Vec<PinHolder>, DbError> {
    Ok(diesel::sql_query(
        "SELECT staff.id AS staff, staff.name FROM pins JOIN members AS staff ON staff.id = pins.staff_id
         WHERE staff.disabled_at IS NULL ORDER BY lower(staff.name), staff.id",
    )
    .load(conn)
    .await?)
}

#[derive(diesel::QueryableByName)]
struct Wrong {
    #[diesel(sql_type = Integer)]
    #[expect(dead_code, reason = "that there is a row is the answer")]
    wrong: i32,
}

/// Counts a try as a wrong one, until it proves right. The fifth and each one after it lock for twice as long, an hour at
/// most; after twelve quiet hours the count begins anew. `false`: locked, and nothing was counted.
pub async fn try_once(
    conn: &mut Conn,
    staff: Uuid,
    device: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let row: Option<Wrong> = diesel::sql_query(
        "INSERT INTO pin_tries (staff_id, device, wrong, tried_at) VALUES ($1, $2, 1, $3)
         ON CONFLICT (staff_id, device) DO UPDATE SET
             wrong = CASE WHEN pin_tries.tried_at < $3 - interval '12 hours' THEN 1 ELSE pin_tries.wrong + 1 END,
             tried_at = $3,
             locked_until = CASE
                 WHEN pin_tries.tried_at < $3 - interval '12 hours' THEN NULL
                 WHEN pin_tries.wrong >= 4
                 THEN $3 + make_interval(secs => least(60 * 2 ^ least(pin_tries.wrong - 4, 10), 3600)) END
         WHERE pin_tries.locked_until IS NULL OR pin_tries.locked_until <= $3
         RETURNING wrong",
    )
    .bind::<SqlUuid, _>(staff)
    .bind::<SqlUuid, _>(device)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.is_some())
}

#[derive(diesel::QueryableByName)]
struct Locked {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    locked_until: Option<DateTime<Utc>>,
}

/// Until when a person is locked out on a phone.
pub async fn locked_until(
    conn: &mut Conn,
    staff: Uuid,
    device: Uuid,
) -> Result<Option<DateTime<Utc>>, DbError> {
    let row: Option<Locked> =
        diesel::sql_query("SELECT locked_until FROM pin_tries WHERE staff_id = $1 AND device = $2")
            .bind::<SqlUuid, _>(staff)
            .bind::<SqlUuid, _>(device)
            .get_result(conn)
            .await
            .optional()?;
    Ok(row.and_then(|row| row.locked_until))
}

/// The PIN was right: nothing is counted against the person on this phone any more.
pub async fn forget_tries(conn: &mut Conn, staff: Uuid, device: Uuid) -> Result<(), DbError> {
    diesel::sql_query("DELETE FROM pin_tries WHERE staff_id = $1 AND device = $2")
        .bind::<SqlUuid, _>(staff)
        .bind::<SqlUuid, _>(device)
        .execute(conn)
        .await?;
    Ok(())
}
