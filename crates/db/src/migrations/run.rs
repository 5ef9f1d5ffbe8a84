//! Steps up and down in one owner's schema, under a lock that one process at a time holds.

use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, RunQueryDsl, SimpleAsyncConnection};

use super::embedded::Step;
use super::{Owner, steps};
use crate::{Conn, DbError};

/// Any number, as long as it stays the same: who migrates this database holds it.
const LOCK: i64 = 0x6d61_6775_6579;

/// Waits until no other process migrates this database. Held until the connection ends.
pub(super) async fn lock(conn: &mut Conn) -> Result<(), DbError> {
    // Another process may need minutes for an index.
    conn.batch_execute(&format!(
        "SET lock_timeout = '15min'; SELECT pg_advisory_lock({LOCK}); SET lock_timeout = '10s'"
    ))
    .await?;
    Ok(())
}

pub(super) async fn up(conn: &mut Conn, owner: Owner) -> Result<Vec<&'static str>, DbError> {
    prepare(conn, owner).await?;
    let applied = applied(conn, owner).await?;
    let mut done = Vec::new();
    for step in steps(owner).iter().filter(|step| !applied.iter().any(|version| version == step.version())) {
        let record =
            format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{}')", step.version());
        run(conn, owner, step, step.up, &record).await?;
        done.push(step.name);
    }
    Ok(done)
}

pub(super) async fn down(conn: &mut Conn, owner: Owner, count: usize) -> Result<Vec<&'static str>, DbError> {
    prepare(conn, owner).await?;
    let applied = applied(conn, owner).await?;
    let newest =
        steps(owner).iter().rev().filter(|step| applied.iter().any(|version| version == step.version()));
    let mut undone = Vec::new();
    for step in newest.take(count) {
        let record = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{}'", step.version());
        run(conn, owner, step, step.down, &record).await?;
        undone.push(step.name);
    }
    Ok(undone)
}

async fn run(conn: &mut Conn, owner: Owner, step: &Step, sql: &str, record: &str) -> Result<(), DbError> {
    tracing::info!(schema = owner.name(), migration = step.name, "migrating");
    let result = if step.in_transaction {
        conn.transaction(async |conn| {
            conn.batch_execute(sql).await?;
            conn.batch_execute(record).await
        })
        .await
    } else {
        match conn.batch_execute(sql).await {
            Ok(()) => conn.batch_execute(record).await,
            failed => failed,
        }
    };
    result.map_err(|error| {
        tracing::error!(schema = owner.name(), migration = step.name, %error, "migration failed");
        error.into()
    })
}

/// Points unqualified names to the owner's schema, and makes its migrations table.
async fn prepare(conn: &mut Conn, owner: Owner) -> Result<(), DbError> {
    let schema = owner.name();
    conn.batch_execute(&format!(
        "SET search_path = {schema};
         SET client_min_messages = warning;
         CREATE TABLE IF NOT EXISTS {schema}.__diesel_schema_migrations (
             version varchar(50) PRIMARY KEY,
             run_on  timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
         );
         REVOKE INSERT, UPDATE, DELETE ON {schema}.__diesel_schema_migrations FROM {schema};"
    ))
    .await?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    version: String,
}

pub(super) async fn applied(conn: &mut Conn, owner: Owner) -> Result<Vec<String>, DbError> {
    let exists: Vec<Row> = diesel::sql_query(
        "SELECT tablename::text AS version FROM pg_tables WHERE schemaname = $1 AND tablename = '__diesel_schema_migrations'",
    )
    .bind::<Text, _>(owner.name())
    .load(conn)
    .await?;
    if exists.is_empty() {
        return Ok(Vec::new());
    }
    let sql =
        format!("SELECT version::text FROM {}.__diesel_schema_migrations ORDER BY version", owner.name());
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn).await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// Whether the schema of the connected role has all the migrations this binary was built with. One round trip.
pub(crate) async fn check(conn: &mut Conn) -> Result<(), DbError> {
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT current_user::text AS version UNION ALL SELECT version::text FROM __diesel_schema_migrations",
    )
    .load(conn)
    .await?;
    let mut rows = rows.into_iter().map(|row| row.version);
    let Some(Ok(owner)) = rows.next().map(|role| role.parse::<Owner>()) else {
        // A tool's role: there is nothing to compare with.
        return Ok(());
    };
    let applied: Vec<String> = rows.collect();
    match steps(owner).iter().find(|step| !applied.iter().any(|version| version == step.version())) {
        Some(missing) => {
            Err(DbError::Unavailable(format!("the migration {}/{} has not run", owner, missing.name)))
        }
        None => Ok(()),
    }
}
