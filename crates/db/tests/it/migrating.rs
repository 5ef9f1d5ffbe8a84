use db::testing::TestDatabase;
use db::{Owner, migrations};

use crate::{admin, number};

async fn tables(database: &TestDatabase, owner: Owner) -> i64 {
    let sql = format!(
        "SELECT count(*) AS value FROM pg_tables WHERE schemaname = '{owner}' AND tablename <> '__diesel_schema_migrations'"
    );
    number(&mut admin(database).conn().await.unwrap(), &sql).await
}

#[tokio::test]
async fn every_migration_goes_down_and_up_again() {
    let database = TestDatabase::create().await;
    let url = database.admin_url();
    for owner in Owner::ALL {
        let all = migrations::names(owner).count();
        let before = tables(&database, owner).await;
        assert_eq!(migrations::down(&url, owner, usize::MAX).await.unwrap().len(), all);
        assert_eq!(tables(&database, owner).await, 0, "{owner}: down leaves tables behind");
        assert!(migrations::status(&url).await.unwrap().iter().all(|row| row.owner != owner || !row.applied));
        assert!(database.db(owner).ready().await.is_err(), "{owner} is not ready without its tables");

        assert_eq!(migrations::up(&url, Some(owner)).await.unwrap().len(), all);
        assert_eq!(tables(&database, owner).await, before);
        database.db(owner).ready().await.unwrap();
    }
    assert!(migrations::up(&url, None).await.unwrap().is_empty(), "nothing is run twice");
}

#[tokio::test]
async fn bootstrap_and_up_may_be_run_by_many_at_once() {
    let database = TestDatabase::create().await;
    let url = database.admin_url();
    migrations::down(&url, Owner::Scanner, 99).await.unwrap();
    let everyone = (0..6).map(|_| async {
        migrations::bootstrap(&url).await?;
        migrations::up(&url, Some(Owner::Scanner)).await
    });
    let done = futures::future::try_join_all(everyone).await.unwrap();
    assert_eq!(done.iter().map(Vec::len).sum::<usize>(), migrations::names(Owner::Scanner).count());
}

/// The control run: the same without the lock.
#[tokio::test]
async fn without_their_lock_many_at_once_would_trip_over_each_other() {
    let database = TestDatabase::create().await;
    database.without_advisory_locks().await;
    let url = database.admin_url();
    let mut tripped = false;
    // Who trips over whom is chance; that nobody does ten times in a row is not.
    for _ in 0..10 {
        migrations::down(&url, Owner::Scanner, 99).await.unwrap();
        let everyone = (0..6).map(|_| migrations::up(&url, Some(Owner::Scanner)));
        tripped |= futures::future::join_all(everyone).await.iter().any(Result::is_err);
        if tripped {
            break;
        }
    }
    assert!(tripped, "the lock is not what keeps them apart");
}

#[tokio::test]
async fn the_messaging_tables_are_the_same_everywhere() {
    let database = TestDatabase::create().await;
    let mut conn = admin(&database).conn().await.unwrap();
    let different = number(
        &mut conn,
        "SELECT count(*) AS value FROM (
            SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
             WHERE table_schema IN ('purchase', 'scanner', 'marketing_admin')
               AND table_name IN ('outbox', 'inbox', 'dead_letters', 'relay_state')
             GROUP BY 1, 2, 3, 4 HAVING count(*) <> 3) AS odd",
    )
    .await;
    assert_eq!(different, 0);
}
