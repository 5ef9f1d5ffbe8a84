//! For tests: a database of one's own, cloned from a migrated template in some 30 ms, counted statements, and a comparison of
//! diesel's tables with the migrated ones.

pub mod shape;

use std::cell::Cell;
use std::time::Duration;

use diesel::sql_types::Text;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use crate::connect::open_tool;
use crate::instrument::COUNTED;
use crate::migrations::{self, FINGERPRINT};
use crate::{Conn, Db, DbError, DbSettings, Owner};

/// The superuser URL of a PostgreSQL cluster that tests may fill with databases.
pub const CLUSTER_VARIABLE: &str = "MAGUEY_TEST_POSTGRES";

/// What the server grants a connection of a test: so much that a machine which stands still for a while fails no test that
/// holds a row and waits for somebody who waits for it. What lasts even longer hangs.
const PATIENT: [&str; 3] =
    ["lock_timeout=60000", "statement_timeout=120000", "idle_in_transaction_session_timeout=180000"];
/// The same for the superuser, who fills tables and holds locks for as long as a test wants it.
const SUPERUSER: [&str; 3] =
    ["lock_timeout=60000", "statement_timeout=0", "idle_in_transaction_session_timeout=0"];

/// A migrated database that belongs to one test and is dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    cluster: String,
}

impl TestDatabase {
    /// Clones the template, which the first caller in the cluster makes.
    ///
    /// # Panics
    /// With a sentence that says what to do, when there is no cluster or it does not do as asked.
    pub async fn create() -> Self {
        match Self::clone_template(&cluster_url()).await {
            Ok(database) => database,
            Err(error) => {
                panic!("no test database could be made in the cluster at {CLUSTER_VARIABLE}: {error}")
            }
        }
    }

    /// The same in a cluster of the test's own, which it may stop and kill. `cluster` is its superuser's URL.
    ///
    /// # Panics
    /// When the cluster does not do as asked.
    pub async fn create_in(cluster: &str) -> Self {
        Self::clone_template(cluster).await.expect("a database in the cluster of the test's own")
    }

    async fn clone_template(cluster: &str) -> Result<Self, DbError> {
        let patient = with_limits(cluster, &SUPERUSER);
        let mut conn = open_tool(&patient).await?;
        let template = template(&mut conn, &patient).await?;
        let name = format!("test_{}", Uuid::now_v7().simple());
        let roles = Owner::ALL.map(Owner::name).join(", ");
        conn.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")).await?;
        // A database's own rights are not part of its template.
        conn.batch_execute(&format!(
            "REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO {roles}"
        ))
        .await?;
        Ok(Self { name, cluster: cluster.to_owned() })
    }

    /// The URL for a service's role. Its connections wait far longer than a service's own do, which makes tests of what happens
    /// under a lock independent of the machine's mood. What the service's own limits are there for is tested with
    /// [`Self::product_url`].
    pub fn url(&self, owner: Owner) -> String {
        with_limits(&self.product_url(owner), &PATIENT)
    }

    /// The URL for a service's role with the limits that it has in production.
    pub fn product_url(&self, owner: Owner) -> String {
        with_credentials(&with_database(&self.cluster, &self.name), owner.name(), &password(owner))
    }

    /// The password of a service's role, as in its URL.
    pub fn password(&self, owner: Owner) -> String {
        password(owner)
    }

    /// The URL for the superuser.
    pub fn admin_url(&self) -> String {
        with_limits(&with_database(&self.cluster, &self.name), &SUPERUSER)
    }

    /// A pool that connects as a service's role, for a machine that has much else to do.
    pub fn db(&self, owner: Owner) -> Db {
        let mut settings = DbSettings::new(&self.url(owner));
        settings.patience = Duration::from_secs(30);
        Db::connect(&settings).expect("the settings of a test database are sound")
    }

    /// For control runs, which must break: whoever connects from now on gets advisory locks that hold nobody up. The SQL under
    /// test stays as it is; these functions only stand before PostgreSQL's own in the search path.
    ///
    /// # Panics
    /// When the cluster does not do as asked.
    pub async fn without_advisory_locks(&self) {
        let roles = Owner::ALL.map(Owner::name);
        let mut statements = format!(
            "CREATE SCHEMA unguarded; GRANT USAGE ON SCHEMA unguarded TO {};
             CREATE FUNCTION unguarded.pg_advisory_lock(bigint) RETURNS void LANGUAGE sql AS '';
             CREATE FUNCTION unguarded.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE sql AS '';
             ALTER DATABASE {name} SET search_path = public, unguarded, pg_catalog;",
            roles.join(", "),
            name = self.name
        );
        for role in roles {
            let path = format!("{role}, unguarded, pg_catalog");
            statements += &format!("ALTER ROLE {role} IN DATABASE {} SET search_path = {path};", self.name);
        }
        let mut conn = open_tool(&self.admin_url()).await.expect("a connection");
        conn.batch_execute(&statements).await.expect("functions that do nothing");
    }

    /// The database's name in the cluster.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (cluster, name) = (with_limits(&self.cluster, &SUPERUSER), self.name.clone());
        // Drop cannot await, and the test's runtime may be about to end: a thread with a runtime of its own.
        let dropping = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
                return;
            };
            runtime.block_on(async {
                if let Ok(mut conn) = open_tool(&cluster).await {
                    let _ = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
                }
            });
        });
        let _ = dropping.join();
    }
}

/// Runs a future and counts the statements that it sends itself (not those of tasks it spawns; for these see
/// [`Db::statements`]). `BEGIN` and `COMMIT` are statements too: each is a round trip.
pub async fn count_statements<F: Future>(work: F) -> (F::Output, u64) {
    COUNTED
        .scope(Cell::new(0), async {
            let output = work.await;
            (output, COUNTED.with(Cell::get))
        })
        .await
}

fn cluster_url() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told where their parts are by `make test` alone"
    )]
    std::env::var(CLUSTER_VARIABLE).unwrap_or_else(|_| {
        panic!(
            "{CLUSTER_VARIABLE} is not set: it is the superuser URL of a PostgreSQL cluster for tests. \
             `make test` starts one and sets it."
        )
    })
}

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    datname: String,
}

/// The name of the migrated template, made under a lock unless it exists.
async fn template(conn: &mut Conn, cluster: &str) -> Result<String, DbError> {
    let wanted = format!("template_{FINGERPRINT}");
    conn.batch_execute("SET lock_timeout = '5min'; SELECT pg_advisory_lock(7305804402)").await?;
    let found: Vec<Name> = diesel::sql_query("SELECT datname::text FROM pg_database WHERE datname = $1")
        .bind::<Text, _>(&wanted)
        .load(conn)
        .await?;
    if found.is_empty() {
        build_template(conn, cluster, &wanted).await?;
    }
    conn.batch_execute("SELECT pg_advisory_unlock(7305804402)").await?;
    Ok(found.into_iter().next().map_or(wanted, |name| name.datname))
}

async fn build_template(conn: &mut Conn, cluster: &str, wanted: &str) -> Result<(), DbError> {
    // Renamed when complete, so that one which failed half-way is never cloned.
    let draft = format!("draft_{}", Uuid::now_v7().simple());
    conn.batch_execute(&format!("CREATE DATABASE {draft}")).await?;
    let url = with_database(cluster, &draft);
    let migrated = async {
        migrations::bootstrap(&url).await?;
        migrations::up(&url, None).await?;
        let passwords = Owner::ALL.map(|owner| (owner, password(owner)));
        let passwords: Vec<(Owner, &str)> =
            passwords.iter().map(|(owner, text)| (*owner, text.as_str())).collect();
        migrations::set_passwords(&url, &passwords).await
    };
    if let Err(error) = migrated.await {
        let _ = conn.batch_execute(&format!("DROP DATABASE {draft} WITH (FORCE)")).await;
        return Err(error);
    }
    // The connections above are closed in the background; a database in use can't be renamed.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    loop {
        match conn.batch_execute(&format!("ALTER DATABASE {draft} RENAME TO {wanted}")).await {
            Err(error) if tokio::time::Instant::now() > deadline => return Err(error.into()),
            Err(_) => {
                // pg_sleep and not a timer: it yields to the server, which is what we wait for.
                conn.batch_execute("SELECT pg_sleep(0.02)").await?;
            }
            Ok(()) => return Ok(()),
        }
    }
}

/// Roles belong to the cluster, so all its test databases share these.
fn password(owner: Owner) -> String {
    format!("{}-test", owner.name())
}

/// The same URL with another database.
fn with_database(url: &str, database: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let authority_ends = base.find("://").map_or(0, |at| at + 3);
    let path = base[authority_ends..].find('/').map_or(base.len(), |at| authority_ends + at);
    let query = query.map(|q| format!("?{q}")).unwrap_or_default();
    format!("{}/{database}{query}", &base[..path])
}

/// The same URL with settings that the server takes instead of our own (the last one of a name counts), and half a minute for
/// making the connection.
fn with_limits(url: &str, limits: &[&str]) -> String {
    // As an address writes `-c name=value -c name=value`.
    let options: Vec<String> =
        limits.iter().map(|limit| format!("-c%20{}", limit.replace('=', "%3D"))).collect();
    let options = options.join("%20");
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}connect_timeout=30&options={options}")
}

/// The same URL with another user.
fn with_credentials(url: &str, user: &str, password: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("postgresql", url));
    let authority_ends = rest.find('/').unwrap_or(rest.len());
    let host = rest[..authority_ends].rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{user}:{password}@{host}{}", &rest[authority_ends..])
}

#[cfg(test)]
mod tests {
    use super::{with_credentials, with_database, with_limits};
    use crate::connect::parsed;

    #[test]
    fn a_url_is_changed_in_its_parts() {
        let url = "postgresql://maguey:s3cret@127.0.0.1:5432/postgres?sslmode=disable";
        let other = with_database(url, "test_1");
        assert_eq!(other, "postgresql://maguey:s3cret@127.0.0.1:5432/test_1?sslmode=disable");
        assert_eq!(
            with_credentials(&other, "scanner", "x"),
            "postgresql://scanner:x@127.0.0.1:5432/test_1?sslmode=disable"
        );
        assert_eq!(with_database("postgresql://a@h", "b"), "postgresql://a@h/b");
    }

    #[test]
    fn limits_travel_in_the_url() {
        for url in ["postgresql://a@h/b", "postgresql://a@h/b?sslmode=disable"] {
            let config =
                parsed(&with_limits(url, &["lock_timeout=1", "statement_timeout=2"])).expect("a URL");
            assert_eq!(config.get_options(), Some("-c lock_timeout=1 -c statement_timeout=2"));
            assert_eq!(config.get_dbname(), Some("b"));
        }
    }
}
