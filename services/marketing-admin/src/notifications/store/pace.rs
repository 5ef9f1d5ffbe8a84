//! SQL of how fast emails leave: the one row that holds the instant at which the allowance is whole again.

use chrono::{DateTime, Utc};
use db::{Conn, DbError, Keep};
use diesel::sql_types::Timestamptz;
use diesel_async::RunQueryDsl;

#[derive(diesel::QueryableByName)]
struct Whole {
    #[diesel(sql_type = Timestamptz)]
    whole_at: DateTime<Utc>,
}

/// Locks the allowance until the transaction ends; when it is whole again.
pub async fn lock(conn: &mut Conn) -> Result<DateTime<Utc>, DbError> {
    let row: Whole =
        diesel::sql_query("SELECT whole_at FROM email_pace FOR UPDATE").kept().get_result(conn).await?;
    Ok(row.whole_at)
}

/// When it is whole again; nothing is locked.
pub async fn whole_at(conn: &mut Conn) -> Result<DateTime<Utc>, DbError> {
    let row: Whole = diesel::sql_query("SELECT whole_at FROM email_pace").kept().get_result(conn).await?;
    Ok(row.whole_at)
}

/// Moves that on by the time from `now` to `then`: from now, where it is past.
pub async fn move_on(conn: &mut Conn, now: DateTime<Utc>, then: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("UPDATE email_pace SET whole_at = greatest(whole_at, $1) + ($2 - $1)")
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(then)
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}

/// It is not whole before that.
pub async fn not_before(conn: &mut Conn, at: DateTime<Utc>) -> Result<(), DbError> {
    diesel::sql_query("UPDATE email_pace SET whole_at = greatest(whole_at, $1)")
        .bind::<Timestamptz, _>(at)
        .kept()
        .execute(conn)
        .await?;
    Ok(())
}
