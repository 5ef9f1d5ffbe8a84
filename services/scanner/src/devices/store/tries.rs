//! Wrong PINs of a phone, whoever was named.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::{
    OptionalExtension, QueryableByName, sql_query,
    sql_types::{BigInt, Bool, Integer, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// How many may be wrong, within how long; and for so long none is looked at then.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Wrong PINs.
    pub most: i32,
    /// Seconds.
    pub span: i64,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Bool)]
    counted: bool,
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    locked_until: Option<DateTime<Utc>>,
}

/// Counts a try as a wrong one until it proves right. `false`: the phone is locked, and nothing was counted.
pub async fn count(conn: &mut Conn, device: Uuid, rule: Rule, now: DateTime<Utc>) -> Result<bool, DbError> {
    let row: Option<Counted> = sql_query(
        "insert into device_pins as d (device_id, wrong, since) values ($1, 1, $2)
         on conflict (device_id) do update set
             wrong = case when d.since <= $2 - make_interval(secs => $4) then 1 else d.wrong + 1 end,
             since = case when d.since <= $2 - make_interval(secs => $4) then $2 else d.since end,
             locked_until = case when d.since > $2 - make_interval(secs => $4) and d.wrong + 1 >= $3
                 then $2 + make_interval(secs => $4) end
         where d.locked_until is null or d.locked_until <= $2
         returning true as counted",
    )
    .bind::<SqlUuid, _>(device)
    .bind::<Timestamptz, _>(now)
    .bind::<Integer, _>(rule.most)
    .bind::<BigInt, _>(rule.span)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.is_some_and(|row| row.counted))
}

/// Until when a phone is locked.
pub async fn locked_until(conn: &mut Conn, device: Uuid) -> Result<Option<DateTime<Utc>>, DbError> {
    let row: Option<Locked> = sql_query("select locked_until from device_pins where device_id = $1")
        .bind::<SqlUuid, _>(device)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.and_then(|row| row.locked_until))
}

/// A try was right, or nobody looked at it. It alone is taken off: who knows one PIN does not try others for longer.
pub async fn take_off(conn: &mut Conn, device: Uuid) -> Result<(), DbError> {
    sql_query(
        "update device_pins set wrong = greatest(wrong - 1, 0), locked_until = null where device_id = $1",
    )
    .bind::<SqlUuid, _>(device)
    .execute(conn)
    .await?;
    Ok(())
}
