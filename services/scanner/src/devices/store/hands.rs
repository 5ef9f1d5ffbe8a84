//! Who held which phone, and the sessions that end with it.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::{
    OptionalExtension, QueryableByName, sql_query,
    sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use domain::ids::SessionId;
use uuid::Uuid;

use crate::devices::hands::Taken;

/// Somebody held a phone.
#[derive(Debug, Clone, QueryableByName)]
pub struct Hand {
    /// Who.
    #[diesel(sql_type = Text)]
    pub staff_name: String,
    /// From when.
    #[diesel(sql_type = Timestamptz)]
    pub from_at: DateTime<Utc>,
    /// Till when; none while they hold it.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub till_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The last to hold a phone, the newest first.
pub async fn of(conn: &mut Conn, device: Uuid) -> Result<Vec<Hand>, DbError> {
    Ok(sql_query(
        "select staff_name, from_at, till_at from device_hands where device_id = $1 order by from_at desc, id desc limit 50",
    )
    .bind::<SqlUuid, _>(device)
    .load(conn)
    .await?)
}

/// Ends every session that was opened on a phone and might still be good; gives them.
pub async fn end_sessions(
    conn: &mut Conn,
    device: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<SessionId>, DbError> {
    sql_query("update device_hands set till_at = $2 where device_id = $1 and till_at is null")
        .bind::<SqlUuid, _>(device)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    // Tokens are accepted for a moment after their end, because clocks differ.
    let ended: Vec<Key> = sql_query(
        "insert into ended_sessions (session_id, ended_at, expires_at, revoked)
         select session_id, $2, max(expires_at), true from device_hands
         where device_id = $1 and expires_at > $2 - interval '5 minutes' group by session_id
         on conflict (session_id) do nothing returning session_id as id",
    )
    .bind::<SqlUuid, _>(device)
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(ended.into_iter().map(|key| SessionId::from_uuid(key.id)).collect())
}

/// Whether this session is the one that holds the phone.
pub async fn holds(conn: &mut Conn, device: Uuid, session: Uuid) -> Result<bool, DbError> {
    let row: Number = sql_query(
        "select count(*) as number from device_hands where device_id = $1 and session_id = $2 and till_at is null",
    )
    .bind::<SqlUuid, _>(device)
    .bind::<SqlUuid, _>(session)
    .get_result(conn)
    .await?;
    Ok(row.number > 0)
}

/// Somebody takes a phone into their hands, out of whosever it was; `false` from one that was taken off meanwhile. The phone's
/// row is locked first, so that no hand slips in behind a revocation.
pub async fn take(conn: &mut Conn, device: Uuid, hand: &Taken) -> Result<bool, DbError> {
    let there: Option<Key> =
        sql_query("select id from devices where id = $1 and revoked_at is null for no key update")
            .bind::<SqlUuid, _>(device)
            .get_result(conn)
            .await
            .optional()?;
    if there.is_none() {
        return Ok(false);
    }
    sql_query("update device_hands set till_at = $2 where device_id = $1 and till_at is null")
        .bind::<SqlUuid, _>(device)
        .bind::<Timestamptz, _>(hand.from)
        .execute(conn)
        .await?;
    sql_query(
        "insert into device_hands (id, device_id, session_id, staff_id, staff_name, from_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<SqlUuid, _>(device)
    .bind::<SqlUuid, _>(hand.session)
    .bind::<SqlUuid, _>(hand.staff)
    .bind::<Text, _>(&hand.name)
    .bind::<Timestamptz, _>(hand.from)
    .bind::<Timestamptz, _>(hand.expires)
    .execute(conn)
    .await?;
    Ok(true)
}

/// A session is over: the phone is in nobody's hands.
pub async fn give_back(conn: &mut Conn, session: Uuid, now: DateTime<Utc>) -> Result<(), DbError> {
    sql_query("update device_hands set till_at = $2 where session_id = $1 and till_at is null")
        .bind::<SqlUuid, _>(session)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    Ok(())
}
