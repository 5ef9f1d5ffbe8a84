use db::testing::TestDatabase;
use db::{DbError, Owner};

use crate::{admin, run, word};

/// The attempt must fail because of missing rights, not because of a typing mistake.
fn assert_refused(result: Result<usize, DbError>, attempt: &str) {
    let error = result.expect_err(attempt).to_string();
    assert!(error.contains("permission denied"), "{attempt}: {error}");
}

#[tokio::test]
async fn a_service_is_refused_on_every_other_schema() {
    let database = TestDatabase::create().await;
    for me in Owner::ALL {
        let db = database.db(me);
        let mut conn = db.conn().await.unwrap();
        run(&mut conn, "SELECT 1 FROM outbox").await.expect("its own schema is in the search path");
        for other in Owner::ALL.into_iter().filter(|other| *other != me) {
            for statement in [
                format!("SELECT 1 FROM {other}.outbox"),
                format!("INSERT INTO {other}.relay_state VALUES ('x', now(), 0, now())"),
                format!("UPDATE {other}.outbox SET sent_at = now()"),
                format!("DELETE FROM {other}.inbox"),
                format!("TRUNCATE {other}.inbox"),
            ] {
                assert_refused(run(&mut conn, &statement).await, &format!("{me}: {statement}"));
            }
        }
    }
}

#[tokio::test]
async fn a_service_makes_nothing_and_changes_no_table() {
    let database = TestDatabase::create().await;
    for me in Owner::ALL {
        let mut conn = database.db(me).conn().await.unwrap();
        for statement in [
            format!("CREATE TABLE {me}.mine (id int)"),
            "CREATE TABLE public.mine (id int)".to_owned(),
            "CREATE SCHEMA mine".to_owned(),
            "CREATE TEMPORARY TABLE mine (id int)".to_owned(),
            "CREATE ROLE mine".to_owned(),
            format!("TRUNCATE {me}.outbox"),
            format!("INSERT INTO {me}.__diesel_schema_migrations VALUES ('9999')"),
        ] {
            assert_refused(run(&mut conn, &statement).await, &format!("{me}: {statement}"));
        }
        let dropping = run(&mut conn, "DROP TABLE outbox").await.expect_err("not the owner").to_string();
        assert!(dropping.contains("must be owner"), "{dropping}");
    }
}

#[tokio::test]
async fn a_stranger_may_not_even_connect() {
    let database = TestDatabase::create().await;
    let mut conn = admin(&database).conn().await.unwrap();
    let allowed = word(
        &mut conn,
        "SELECT coalesce(bool_or(acl.grantee = 0), false)::text AS value
           FROM pg_database, aclexplode(datacl) acl WHERE datname = current_database()",
    )
    .await;
    assert_eq!(allowed, "false", "PUBLIC has rights on the database");
}
