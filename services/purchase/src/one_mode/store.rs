//! The SQL of the database's mode.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};
use diesel::QueryableByName;
use diesel::sql_types::{Text, Timestamptz};
use diesel_async::RunQueryDsl;

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    mode: String,
}

/// Writes a mode down, unless there is one. Gives the one that stands.
pub(super) async fn first(conn: &mut Conn, mode: &str, now: DateTime<Utc>) -> Result<String, DbError> {
    diesel::sql_query("INSERT INTO house_mode (mode, since) VALUES ($1, $2) ON CONFLICT (one) DO NOTHING")
        .bind::<Text, _>(mode)
        .bind::<Timestamptz, _>(now)
        .execute(conn)
        .await?;
    let said: Said = diesel::sql_query("SELECT mode FROM house_mode").get_result(conn).await?;
    Ok(said.mode)
}
