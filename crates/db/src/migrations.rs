//! Schemas, roles and tables: made, taken back and shown. What is in `/migrations` travels inside the binary.
//!
//! Each schema has its own `__diesel_schema_migrations`, the table that the `diesel` command knows as well. An advisory
//! lock lets one process migrate at a time, so that several replicas may start together.

mod embedded;
mod run;

use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::connect::open_tool;
use crate::{Conn, DbError};

pub use crate::owner::Owner;
pub(crate) use embedded::steps;
pub use embedded::{FINGERPRINT, names};
pub(crate) use run::check;

/// One migration of one schema and whether the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Whose schema.
    pub owner: Owner,
    /// The folder's name, `0001_messaging`.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

/// Makes schemas, roles and their rights. Repeatable. `admin_url` may create roles; it becomes the tables' owner.
pub async fn bootstrap(admin_url: &str) -> Result<(), DbError> {
    let mut conn = open_tool(admin_url).await?;
    run::lock(&mut conn).await?;
    Ok(conn.batch_execute(embedded::BOOTSTRAP).await?)
}

/// Runs what is missing, for one schema or for all. Returns what it ran.
pub async fn up(admin_url: &str, owner: Option<Owner>) -> Result<Vec<Status>, DbError> {
    let mut conn = open_tool(admin_url).await?;
    run::lock(&mut conn).await?;
    let mut done = Vec::new();
    for owner in Owner::ALL.into_iter().filter(|o| owner.is_none_or(|only| only == *o)) {
        for name in run::up(&mut conn, owner).await? {
            done.push(Status { owner, name: name.to_owned(), applied: true });
        }
    }
    Ok(done)
}

/// Takes the newest `steps` migrations of one schema back. Returns what it took back.
pub async fn down(admin_url: &str, owner: Owner, steps: usize) -> Result<Vec<Status>, DbError> {
    let mut conn = open_tool(admin_url).await?;
    run::lock(&mut conn).await?;
    let undone = run::down(&mut conn, owner, steps).await?;
    Ok(undone.into_iter().map(|name| Status { owner, name: name.to_owned(), applied: false }).collect())
}

/// All migrations this binary knows and whether the database has them.
pub async fn status(admin_url: &str) -> Result<Vec<Status>, DbError> {
    let mut conn = open_tool(admin_url).await?;
    let mut rows = Vec::new();
    for owner in Owner::ALL {
        let applied = run::applied(&mut conn, owner).await?;
        rows.extend(steps(owner).iter().map(|step| Status {
            owner,
            name: step.name.to_owned(),
            applied: applied.iter().any(|version| version == step.version()),
        }));
    }
    Ok(rows)
}

/// Gives the services' roles their passwords.
pub async fn set_passwords(admin_url: &str, passwords: &[(Owner, &str)]) -> Result<(), DbError> {
    let mut conn = open_tool(admin_url).await?;
    run::lock(&mut conn).await?;
    for (owner, password) in passwords {
        set_password(&mut conn, *owner, password).await?;
    }
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Statement {
    #[diesel(sql_type = Text)]
    statement: String,
}

async fn set_password(conn: &mut Conn, owner: Owner, password: &str) -> Result<(), DbError> {
    // ALTER ROLE takes no parameters; the server quotes better than we would.
    let quoted: Statement =
        diesel::sql_query("SELECT format('ALTER ROLE %I PASSWORD %L', $1, $2) AS statement")
            .bind::<Text, _>(owner.name())
            .bind::<Text, _>(password)
            .get_result(conn)
            .await?;
    Ok(conn.batch_execute(&quoted.statement).await?)
}
