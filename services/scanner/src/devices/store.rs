//! All SQL on phones.

pub mod enrolment;
pub mod hands;
pub mod marks;
pub mod tries;

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::{
    OptionalExtension, QueryableByName, sql_query,
    sql_types::{BigInt, Binary, Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{Device, answer::DeviceState, secret::Hash};

/// A gate to bind a phone to.
#[derive(Debug, Clone, QueryableByName)]
pub struct NamedGate {
    /// Its key.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Its name.
    #[diesel(sql_type = Text)]
    pub name: String,
}

/// How a phone is, as it says.
#[derive(Debug)]
pub struct Seen {
    /// When it was heard.
    pub now: DateTime<Utc>,
    /// Percent.
    pub battery: Option<i16>,
    /// Scans not sent yet.
    pub queue_length: i32,
    /// How new its list of tickets is.
    pub data_at: Option<DateTime<Utc>>,
    /// What it runs.
    pub app_version: String,
    /// How far its clock is ahead.
    pub skew_ms: i64,
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    gate: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    gate_name: Option<String>,
    #[diesel(sql_type = Binary)]
    secret_hash: Vec<u8>,
    #[diesel(sql_type = Bool)]
    revoked: bool,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// Every phone by the hash of its secret. Gates are of one night each: a phone stays at the gate of its name.
pub async fn all(conn: &mut Conn, now: DateTime<Utc>) -> Result<HashMap<Hash, Arc<Device>>, DbError> {
    let rows: Vec<Known> = sql_query(
        "select d.id, d.name, coalesce(tonight.id, d.gate_id) as gate, d.gate_name, d.secret_hash,
                d.revoked_at is not null as revoked
         from devices d left join lateral (
             select g.id from gates g join events e on e.id = g.event_id
             where g.name = d.gate_name and g.active and e.status = 'published'
               and $1 between e.entry_from - interval '6 hours' and e.ends_at
             order by g.id = d.gate_id desc, e.entry_from desc, g.id limit 1) tonight on true",
    )
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    let known = |row: Known| {
        let Known { id, name, gate, gate_name, secret_hash, revoked } = row;
        let hash: Hash = secret_hash.try_into().ok()?;
        Some((hash, Arc::new(Device { id, name, gate, gate_name, revoked })))
    };
    Ok(rows.into_iter().filter_map(known).collect())
}

const STATE: &str = "select d.id, d.name, d.gate_id as gate, d.gate_name, d.enrolled_at, d.revoked_at, d.last_seen_at,
        d.battery, d.queue_length, d.data_at, d.app_version, d.skew_ms, h.staff_id as held_by, h.staff_name as held_by_name
    from devices d left join device_hands h on h.device_id = d.id and h.till_at is null and h.expires_at > $1";

/// Every phone as it is, those that were taken off last.
pub async fn states(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<DeviceState>, DbError> {
    Ok(sql_query(format!("{STATE} order by d.revoked_at desc nulls first, lower(d.name), d.id"))
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?)
}

/// One phone as it is.
pub async fn state(
    conn: &mut Conn,
    device: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<DeviceState>, DbError> {
    Ok(sql_query(format!("{STATE} where d.id = $2"))
        .bind::<Timestamptz, _>(now)
        .bind::<SqlUuid, _>(device)
        .get_result(conn)
        .await
        .optional()?)
}

/// The open gate of this key.
pub async fn gate(conn: &mut Conn, gate: Uuid) -> Result<Option<NamedGate>, DbError> {
    Ok(sql_query("select id, name from gates where id = $1 and active")
        .bind::<SqlUuid, _>(gate)
        .get_result(conn)
        .await
        .optional()?)
}

/// Names a phone and binds it to a gate, or to none; `false` if there is none that is still the door's.
pub async fn change(
    conn: &mut Conn,
    device: Uuid,
    name: &str,
    gate: Option<&NamedGate>,
) -> Result<bool, DbError> {
    let changed = sql_query(
        "update devices set name = $2, gate_id = $3, gate_name = $4 where id = $1 and revoked_at is null",
    )
    .bind::<SqlUuid, _>(device)
    .bind::<Text, _>(name)
    .bind::<Nullable<SqlUuid>, _>(gate.map(|gate| gate.id))
    .bind::<Nullable<Text>, _>(gate.map(|gate| gate.name.as_str()))
    .execute(conn)
    .await?;
    Ok(changed == 1)
}

/// Takes a phone off; `false` if there is none that is still the door's.
pub async fn revoke(conn: &mut Conn, device: Uuid, staff: Uuid, now: DateTime<Utc>) -> Result<bool, DbError> {
    let revoked = sql_query(
        "update devices set revoked_at = $2, revoked_by = $3
         where id = $1 and revoked_at is null",
    )
    .bind::<SqlUuid, _>(device)
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(staff)
    .execute(conn)
    .await?;
    Ok(revoked == 1)
}

/// Notes how a phone is.
pub async fn seen(conn: &mut Conn, device: Uuid, seen: &Seen) -> Result<(), DbError> {
    sql_query(
        "update devices set last_seen_at = $2, battery = coalesce($3, battery), queue_length = $4,
             data_at = coalesce($5, data_at), app_version = $6, skew_ms = $7 where id = $1",
    )
    .bind::<SqlUuid, _>(device)
    .bind::<Timestamptz, _>(seen.now)
    .bind::<Nullable<SmallInt>, _>(seen.battery)
    .bind::<Integer, _>(seen.queue_length)
    .bind::<Nullable<Timestamptz>, _>(seen.data_at)
    .bind::<Text, _>(&seen.app_version)
    .bind::<BigInt, _>(seen.skew_ms)
    .execute(conn)
    .await?;
    Ok(())
}

/// People inside, on the night of an event or of a gate.
pub async fn inside(
    conn: &mut Conn,
    event: Option<Uuid>,
    gate: Option<Uuid>,
) -> Result<Option<i64>, DbError> {
    let row: Option<Number> = sql_query(
        "select coalesce(o.inside, 0)::bigint as number from events e left join occupancy o on o.event_id = e.id
         where e.id = coalesce($1, (select event_id from gates where id = $2))",
    )
    .bind::<Nullable<SqlUuid>, _>(event)
    .bind::<Nullable<SqlUuid>, _>(gate)
    .get_result(conn)
    .await
    .optional()?;
    Ok(row.map(|row| row.number))
}
