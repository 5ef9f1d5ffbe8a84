//! The SQL of phones with Apple's wallet, and of the passes that they have.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Version;

/// The passes of a phone that changed after an instant, or all of them.
pub(in crate::wallets) async fn of_device(
    conn: &mut Conn,
    device: &str,
    after: Option<DateTime<Utc>>,
) -> Result<Vec<Version>, DbError> {
    let rows = sql_query(
        "SELECT p.ticket_id, p.changed_at FROM wallet_registrations r
           JOIN wallet_passes p ON p.ticket_id = r.ticket_id AND p.wallet = 'apple'
          WHERE r.device = $1 AND ($2::timestamptz IS NULL OR p.changed_at > $2) ORDER BY p.ticket_id",
    )
    .bind::<Text, _>(device)
    .bind::<Nullable<Timestamptz>, _>(after)
    .load(conn)
    .await?;
    Ok(rows)
}

/// A phone asks to be told of a pass; the last address that it named is where it is. Gives whether that is new, or nothing where as
/// many phones have the pass as may.
pub(in crate::wallets) async fn register(
    conn: &mut Conn,
    (device, push_token): (&str, &str),
    ticket: Uuid,
    most: i64,
    now: DateTime<Utc>,
) -> Result<Option<bool>, DbError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        others: i64,
        #[diesel(sql_type = BigInt)]
        own: i64,
    }
    // Phones that register for one pass at once are counted one after the other.
    sql_query("SELECT FROM wallet_passes WHERE ticket_id = $1 AND wallet = 'apple' FOR UPDATE")
        .bind::<SqlUuid, _>(ticket)
        .execute(conn)
        .await?;
    let count: Count = sql_query(
        "SELECT count(*) FILTER (WHERE device <> $2) AS others, count(*) FILTER (WHERE device = $2) AS own
           FROM wallet_registrations WHERE ticket_id = $1",
    )
    .bind::<SqlUuid, _>(ticket)
    .bind::<Text, _>(device)
    .get_result(conn)
    .await?;
    if count.own == 0 && count.others >= most {
        // Nothing is kept of it: whoever has one pass could fill the table with phones that are none.
        return Ok(None);
    }
    sql_query(
        "INSERT INTO wallet_devices (device, push_token, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (device) DO UPDATE SET push_token = excluded.push_token, seen_at = excluded.seen_at",
    )
    .bind::<Text, _>(device)
    .bind::<Text, _>(push_token)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    let added = sql_query(
        "INSERT INTO wallet_registrations (device, ticket_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    )
    .bind::<Text, _>(device)
    .bind::<SqlUuid, _>(ticket)
    .execute(conn)
    .await?;
    if added == 0 {
        return Ok(Some(false));
    }
    // It changed while the phone took it: the phone may have it as it was.
    sql_query(
        "UPDATE wallet_devices SET due_at = $3, tries = 0
          WHERE device = $1 AND EXISTS (SELECT FROM wallet_passes WHERE ticket_id = $2 AND wallet = 'apple' AND changed_at > made_at)",
    )
    .bind::<Text, _>(device)
    .bind::<SqlUuid, _>(ticket)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(Some(true))
}

/// A phone gave a pass away; one without any is forgotten.
pub(in crate::wallets) async fn unregister(
    conn: &mut Conn,
    device: &str,
    ticket: Uuid,
) -> Result<(), DbError> {
    // Who registers the same phone meanwhile has its row first, or waits.
    sql_query("SELECT FROM wallet_devices WHERE device = $1 FOR UPDATE")
        .bind::<Text, _>(device)
        .execute(conn)
        .await?;
    sql_query("DELETE FROM wallet_registrations WHERE device = $1 AND ticket_id = $2")
        .bind::<Text, _>(device)
        .bind::<SqlUuid, _>(ticket)
        .execute(conn)
        .await?;
    sql_query(
        "DELETE FROM wallet_devices WHERE device = $1
            AND NOT EXISTS (SELECT FROM wallet_registrations WHERE device = $1)",
    )
    .bind::<Text, _>(device)
    .execute(conn)
    .await?;
    Ok(())
}

/// Has the phones told that have one of these passes.
pub(in crate::wallets) async fn wake_devices(
    conn: &mut Conn,
    tickets: Vec<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    if tickets.is_empty() {
        return Ok(());
    }
    sql_query(
        "UPDATE wallet_devices SET due_at = $2, tries = 0
          WHERE device IN (SELECT device FROM wallet_registrations WHERE ticket_id = ANY($1))",
    )
    .bind::<Array<SqlUuid>, _>(tickets)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// A phone that is to be told. `due_at` is until when nobody else does.
#[derive(Debug, QueryableByName)]
pub(in crate::wallets) struct DueDevice {
    #[diesel(sql_type = Text)]
    pub device: String,
    #[diesel(sql_type = Text)]
    pub push_token: String,
    #[diesel(sql_type = Integer)]
    pub tries: i32,
    #[diesel(sql_type = Timestamptz)]
    pub due_at: DateTime<Utc>,
}

/// Takes some phones that are due, until an instant.
pub(in crate::wallets) async fn claim_devices(
    conn: &mut Conn,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    most: i64,
) -> Result<Vec<DueDevice>, DbError> {
    let rows = sql_query(
        "UPDATE wallet_devices d SET due_at = $2
           FROM (SELECT device FROM wallet_devices WHERE due_at <= $1 ORDER BY due_at LIMIT $3
                    FOR UPDATE SKIP LOCKED) c
          WHERE d.device = c.device RETURNING d.device, d.push_token, d.tries, d.due_at",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(until)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows)
}

/// A phone was told, unless something else changed meanwhile.
pub(in crate::wallets) async fn device_knows(conn: &mut Conn, device: &DueDevice) -> Result<(), DbError> {
    sql_query("UPDATE wallet_devices SET due_at = NULL, tries = 0 WHERE device = $1 AND due_at = $2")
        .bind::<Text, _>(&device.device)
        .bind::<Timestamptz, _>(device.due_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// A phone is to be told later.
pub(in crate::wallets) async fn device_later(
    conn: &mut Conn,
    device: &DueDevice,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    sql_query("UPDATE wallet_devices SET due_at = $3, tries = tries + 1 WHERE device = $1 AND due_at = $2")
        .bind::<Text, _>(&device.device)
        .bind::<Timestamptz, _>(device.due_at)
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// A phone is no longer at the address that it named; with another one it stays.
pub(in crate::wallets) async fn forget_device(conn: &mut Conn, device: &DueDevice) -> Result<(), DbError> {
    sql_query("DELETE FROM wallet_devices WHERE device = $1 AND push_token = $2")
        .bind::<Text, _>(&device.device)
        .bind::<Text, _>(&device.push_token)
        .execute(conn)
        .await?;
    Ok(())
}
