use db::testing::{TestDatabase, count_statements};
use db::{DbError, Owner};

use crate::{admin, number, run, word};

#[tokio::test]
async fn the_server_enforces_limits_on_every_connection() {
    let database = TestDatabase::create().await;
    let settings = db::DbSettings::new(&database.product_url(Owner::Scanner));
    let mut conn = db::Db::connect(&settings).unwrap().conn().await.unwrap();
    for (name, value) in [
        ("lock_timeout", "2s"),
        ("statement_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("application_name", "scanner"),
        ("search_path", "scanner"),
        ("TimeZone", "UTC"),
    ] {
        assert_eq!(
            word(&mut conn, &format!("SELECT current_setting('{name}') AS value")).await,
            value,
            "{name}"
        );
    }
}

/// A machine that stands still for some seconds must not fail tests that are about something else.
#[tokio::test]
async fn the_connections_of_a_test_wait_longer() {
    let database = TestDatabase::create().await;
    let mut service = database.db(Owner::Scanner).conn().await.unwrap();
    let mut superuser = admin(&database).conn().await.unwrap();
    for (name, of_service, of_superuser) in [
        ("lock_timeout", "1min", "1min"),
        ("statement_timeout", "2min", "0"),
        ("idle_in_transaction_session_timeout", "3min", "0"),
    ] {
        let sql = format!("SELECT current_setting('{name}') AS value");
        assert_eq!(word(&mut service, &sql).await, of_service, "{name}");
        assert_eq!(word(&mut superuser, &sql).await, of_superuser, "{name}");
    }
}

#[tokio::test]
async fn a_lock_that_is_not_given_is_a_timeout() {
    let database = TestDatabase::create().await;
    let db = admin(&database);
    let (mut holder, mut waiter) = (db.conn().await.unwrap(), db.conn().await.unwrap());
    run(&mut holder, "CREATE TABLE rows (id int)").await.unwrap();
    run(&mut holder, "BEGIN").await.unwrap();
    run(&mut holder, "LOCK TABLE rows").await.unwrap();
    run(&mut waiter, "SET lock_timeout = '50ms'").await.unwrap();
    let error = run(&mut waiter, "SELECT 1 FROM rows").await.unwrap_err();
    assert!(matches!(error, DbError::Timeout(_)), "{error:?}");
    assert!(error.is_transient());
    run(&mut holder, "ROLLBACK").await.unwrap();
}

#[tokio::test]
async fn a_pool_whose_connections_were_all_killed_recovers_at_once() {
    let database = TestDatabase::create().await;
    let db = database.db(Owner::Purchase);
    let held = futures::future::join_all((0..4).map(|_| db.conn())).await;
    assert!(held.iter().all(Result::is_ok));
    drop(held);
    let mut killer = admin(&database).conn().await.unwrap();
    let killed = number(
        &mut killer,
        "SELECT count(pg_terminate_backend(pid, 5000)) AS value FROM pg_stat_activity
          WHERE datname = current_database() AND usename = 'purchase'",
    )
    .await;
    assert_eq!(killed, 4);
    // The pool may see one broken pipe before the driver has noticed; it must not see one per dead connection.
    let mut failures = 0;
    for _ in 0..8 {
        if answers(&db).await.is_err() {
            failures += 1;
        }
    }
    assert!(failures <= 1, "{failures} of 8 calls failed");
    answers(&db).await.unwrap();
}

async fn answers(db: &db::Db) -> Result<usize, DbError> {
    run(&mut *db.conn().await?, "SELECT 1").await
}

/// Under load every replica's pool is used up at once: were each then taken out of service, nobody would be served at all.
#[tokio::test]
async fn a_pool_that_is_used_up_is_busy_and_still_ready() {
    let database = TestDatabase::create().await;
    let mut settings = db::DbSettings::new(&database.url(Owner::Purchase));
    settings.max_connections = 2;
    let db = db::Db::connect(&settings).unwrap();
    let held = (db.conn().await.unwrap(), db.conn().await.unwrap());
    let (request, ready) = tokio::join!(answers(&db), db.ready());
    assert!(matches!(request, Err(DbError::Timeout(_))), "{request:?}");
    ready.unwrap();

    let before = db.statements();
    let asked = futures::future::join_all((0..50).map(|_| db.ready())).await;
    assert!(asked.iter().all(Result::is_ok));
    assert!(db.statements() - before <= 2, "fifty who ask within a second are one question");
    drop(held);
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable_and_says_no_password() {
    let settings = db::DbSettings::new("postgresql://purchase:hunter2@127.0.0.1:1/maguey");
    let error = db::Db::connect(&settings).unwrap().ready().await.unwrap_err();
    assert!(matches!(error, DbError::Unavailable(_)), "{error:?}");
    assert!(!error.to_string().contains("hunter2") && !format!("{settings:?}").contains("hunter2"));
}

#[tokio::test]
async fn statements_are_counted_per_future_and_per_pool() {
    let database = TestDatabase::create().await;
    let db = database.db(Owner::Purchase);
    answers(&db).await.unwrap();
    let before = db.statements();
    let ((), counted) = count_statements(async {
        db.transaction(async |conn: &mut db::Conn| {
            run(conn, "SELECT 1").await?;
            run(conn, "SELECT 2").await?;
            Ok::<_, DbError>(())
        })
        .await
        .unwrap();
    })
    .await;
    assert_eq!(counted, 4, "BEGIN, two, COMMIT");
    assert_eq!(db.statements() - before, 4);
}

/// What one of a crowd is answered, and what somebody urgent, while ordinary work holds all it may of four connections; and how many wait then.
async fn in_a_rush(reserved: usize) -> (Result<usize, DbError>, Result<usize, DbError>, usize) {
    let database = TestDatabase::create().await;
    let mut settings = db::DbSettings::new(&database.url(Owner::Purchase));
    (settings.max_connections, settings.reserved) = (4, reserved);
    settings.patience = std::time::Duration::from_secs(5);
    let db = db::Db::connect(&settings).unwrap();
    let mut held = Vec::new();
    for _ in 0..4 - reserved {
        held.push(db.conn().await.unwrap());
    }
    let crowd = futures::future::join_all((0..20).map(|_| answers(&db)));
    let (crowd, (urgent, waiting)) = tokio::join!(crowd, async {
        // The crowd is polled first, and stands in line.
        let urgent = db::urgently(answers(&db)).await;
        (urgent, db.status().waiting)
    });
    drop(held);
    let ordinary = crowd.into_iter().next().expect("twenty");
    (ordinary, urgent, waiting)
}

#[tokio::test]
async fn what_is_urgent_finds_a_connection_where_a_crowd_waits() {
    let (ordinary, urgent, waiting) = in_a_rush(1).await;
    assert!(matches!(ordinary, Err(DbError::Timeout(_))), "{ordinary:?}");
    urgent.expect("one is kept");
    assert_eq!(waiting, 20, "and the crowd still waits");
    let (ordinary, urgent, _) = in_a_rush(0).await;
    assert!(matches!(ordinary, Err(DbError::Timeout(_))), "{ordinary:?}");
    assert!(matches!(urgent, Err(DbError::Timeout(_))), "without that it is one of the crowd: {urgent:?}");
}
