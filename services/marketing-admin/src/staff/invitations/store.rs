//! SQL of somebody who begins to work here.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::sql_types::{Array, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

/// The owner of an account works here from now on; `false` if they do or did already.
pub async fn join(conn: &mut Conn, account: Uuid, role: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    let joined = diesel::sql_query(
        "INSERT INTO staff (id, role, created_at, changed_at) VALUES ($1, $2, $3, $3) ON CONFLICT (id) DO NOTHING",
    )
    .bind::<SqlUuid, _>(account)
    .bind::<Text, _>(role)
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    Ok(joined == 1)
}

#[derive(diesel::QueryableByName)]
struct Title {
    #[diesel(sql_type = Text)]
    title: String,
}

/// What these nights are called, the first one first.
pub async fn titles(conn: &mut Conn, nights: &[Uuid]) -> Result<Vec<String>, DbError> {
    let rows: Vec<Title> =
        diesel::sql_query("SELECT title FROM events WHERE id = ANY ($1) ORDER BY starts_at, id")
            .bind::<Array<SqlUuid>, _>(nights)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|row| row.title).collect())
}
