//! SQL of what is counted over time: sales per night, arrivals per quarter of an hour.

use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;
use db::{Conn, DbError};
use diesel::sql_types::{Array, BigInt, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::night::BusinessNight;

/// The chart of sales: this many nights, this one included.
const NIGHTS: u64 = 14;
/// The chart of arrivals: quarters of an hour.
const QUARTERS: i64 = 24;

#[derive(diesel::QueryableByName)]
struct Bucket {
    #[diesel(sql_type = BigInt)]
    back: i64,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Tickets sold in each of the last nights, the oldest first. What is sold after midnight belongs to the evening before.
pub(in crate::reports) async fn sales(
    conn: &mut Conn,
    now: DateTime<Utc>,
    zone: Tz,
) -> Result<Vec<i64>, DbError> {
    let tonight = BusinessNight::of(now, zone);
    let nights = (0..NIGHTS).rev().filter_map(|back| tonight.date().checked_sub_days(Days::new(back)));
    let mut bounds: Vec<DateTime<Utc>> = nights.map(|date| BusinessNight::on(date).starts(zone)).collect();
    bounds.push(tonight.ends(zone));
    let buckets: Vec<Bucket> = diesel::sql_query(
        "SELECT cardinality($1) - 1 - width_bucket(o.paid_at, $1)::bigint AS back, count(*) AS count
         FROM orders o JOIN sold_tickets t ON t.order_id = o.id
         WHERE o.paid_at >= $1[1] AND NOT t.returned GROUP BY 1",
    )
    .bind::<Array<Timestamptz>, _>(&bounds)
    .load(conn)
    .await?;
    Ok(series(&buckets, NIGHTS.cast_signed()))
}

/// People admitted in each of the last quarters of an hour, the oldest first.
pub(in crate::reports) async fn arrivals(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<i64>, DbError> {
    let buckets: Vec<Bucket> = diesel::sql_query(
        "SELECT floor(extract(epoch FROM $1 - scanned_at) / 900)::bigint AS back, count(*) AS count
         FROM scans WHERE admitted AND scanned_at > $1 - make_interval(hours => 6) AND scanned_at <= $1
           AND event_id IN (SELECT id FROM events WHERE ends_at > $1 - make_interval(hours => 6)) GROUP BY 1",
    )
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    Ok(series(&buckets, QUARTERS))
}

/// Oldest first, with zeros where nothing happened.
fn series(buckets: &[Bucket], length: i64) -> Vec<i64> {
    let count =
        |back: i64| buckets.iter().find(|bucket| bucket.back == back).map_or(0, |bucket| bucket.count);
    (0..length).rev().map(count).collect()
}
