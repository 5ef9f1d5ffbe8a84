use std::sync::atomic::{AtomicU32, Ordering};

use db::testing::TestDatabase;
use db::{Conn, Db, DbError};
use tokio::sync::Barrier;

use crate::{admin, number, run};

async fn table(database: &TestDatabase) -> Db {
    let db = admin(database);
    let mut conn = db.conn().await.unwrap();
    run(&mut conn, "CREATE TABLE counters (id int PRIMARY KEY, n int NOT NULL)").await.unwrap();
    run(&mut conn, "INSERT INTO counters VALUES (1, 0), (2, 0)").await.unwrap();
    drop(conn);
    db
}

async fn sum(db: &Db) -> i64 {
    number(&mut db.conn().await.unwrap(), "SELECT sum(n)::bigint AS value FROM counters").await
}

#[tokio::test]
async fn an_error_rolls_everything_back() {
    let database = TestDatabase::create().await;
    let db = table(&database).await;
    let failed: Result<(), DbError> = db
        .transaction(async |conn: &mut Conn| {
            run(conn, "UPDATE counters SET n = 5").await?;
            Err(DbError::NotFound)
        })
        .await;
    assert!(matches!(failed, Err(DbError::NotFound)));
    assert_eq!(sum(&db).await, 0);
}

#[tokio::test]
async fn a_dropped_transaction_leaves_neither_change_nor_lock() {
    let database = TestDatabase::create().await;
    let db = table(&database).await;
    let reached = tokio::sync::Notify::new();
    let stuck = db.transaction(async |conn: &mut Conn| {
        run(conn, "UPDATE counters SET n = 5").await?;
        reached.notify_one();
        std::future::pending::<Result<(), DbError>>().await
    });
    tokio::select! {
        _ = stuck => unreachable!("it never ends"),
        () = reached.notified() => {}
    }
    // The row lock must be gone well within lock_timeout.
    db.transaction(async |conn: &mut Conn| run(conn, "UPDATE counters SET n = n + 1").await).await.unwrap();
    assert_eq!(sum(&db).await, 2);
}

/// Two transactions that take two rows in opposite order, both holding the first: a deadlock, every time.
#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_run_again() {
    let database = TestDatabase::create().await;
    let db = table(&database).await;
    let runs = std::sync::Arc::new(AtomicU32::new(0));
    let meet = std::sync::Arc::new(Barrier::new(2));
    let mut tasks = Vec::new();
    for (first, second) in [(1, 2), (2, 1)] {
        let (db, runs, meet) = (db.clone(), runs.clone(), meet.clone());
        // Spawned: the future of a transaction must be Send.
        tasks.push(tokio::spawn(async move {
            let attempt = AtomicU32::new(0);
            db.transaction(async |conn: &mut Conn| {
                runs.fetch_add(1, Ordering::Relaxed);
                run(conn, &format!("UPDATE counters SET n = n + 1 WHERE id = {first}")).await?;
                if attempt.fetch_add(1, Ordering::Relaxed) == 0 {
                    meet.wait().await;
                }
                run(conn, &format!("UPDATE counters SET n = n + 1 WHERE id = {second}")).await
            })
            .await
        }));
    }
    for task in tasks {
        task.await.unwrap().expect("the victim is run again");
    }
    assert_eq!(sum(&db).await, 4, "each transaction took effect once");
    // The victim may meet the other once more before that one has its second row.
    assert!(runs.load(Ordering::Relaxed) >= 3, "neither ran twice: there was no deadlock");
}

#[tokio::test]
async fn a_collision_that_never_ends_is_reported() {
    let database = TestDatabase::create().await;
    let db = table(&database).await;
    let runs = AtomicU32::new(0);
    let result: Result<(), DbError> = db
        .transaction(async |conn: &mut Conn| {
            runs.fetch_add(1, Ordering::Relaxed);
            run(conn, "DO $$ BEGIN RAISE EXCEPTION 'collided' USING ERRCODE = '40001'; END $$").await?;
            Ok(())
        })
        .await;
    assert!(matches!(result, Err(DbError::Conflict(_))), "{result:?}");
    assert_eq!(runs.load(Ordering::Relaxed), 4);
}
