//! In whose hands a phone was.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::{
    OptionalExtension, QueryableByName, sql_query,
    sql_types::{self, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// The name of a member of the staff, if they had the phone at that time: they took it before, and nobody has taken it since. Give or
/// take five minutes, for the time is the phone's.
pub async fn held_by(
    conn: &mut Conn,
    device: Uuid,
    staff: Uuid,
    at: DateTime<Utc>,
) -> Result<Option<String>, DbError> {
    #[derive(QueryableByName)]
    struct Hand {
        #[diesel(sql_type = Text)]
        staff_name: String,
    }
    let hand: Option<Hand> = sql_query(
        "SELECT h.staff_name FROM device_hands h
          WHERE h.device_id = $1 AND h.staff_id = $2 AND h.from_at <= $3 + interval '5 minutes'
            AND NOT EXISTS (SELECT FROM device_hands later WHERE later.device_id = h.device_id AND later.staff_id <> h.staff_id
                AND later.from_at > h.from_at AND later.from_at < $3 - interval '5 minutes')
          ORDER BY h.from_at DESC LIMIT 1",
    )
    .bind::<sql_types::Uuid, _>(device)
    .bind::<sql_types::Uuid, _>(staff)
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await
    .optional()?;
    Ok(hand.map(|hand| hand.staff_name))
}
