//! `db` against a real PostgreSQL. One binary: linking it is the slow part.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, as tests do")]

mod errors;
mod frozen;
mod kept;
mod limits;
mod listening;
mod migrating;
mod rights;
mod transactions;

use db::{Conn, DbError};
use diesel::sql_types::{BigInt, Text};
use diesel_async::RunQueryDsl;

#[derive(Debug, diesel::QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(diesel::QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

async fn number(conn: &mut Conn, sql: &str) -> i64 {
    diesel::sql_query(sql).get_result::<Number>(conn).await.map(|row| row.value).unwrap()
}

async fn word(conn: &mut Conn, sql: &str) -> String {
    diesel::sql_query(sql).get_result::<Word>(conn).await.map(|row| row.value).unwrap()
}

async fn run(conn: &mut Conn, sql: &str) -> Result<usize, DbError> {
    Ok(diesel::sql_query(sql).execute(conn).await?)
}

/// A pool of the superuser, in whose databases a test may make tables of its own.
fn admin(database: &db::testing::TestDatabase) -> db::Db {
    db::Db::connect(&db::DbSettings::new(&database.admin_url())).unwrap()
}
