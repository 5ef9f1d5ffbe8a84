use std::time::Duration;

use db::testing::TestDatabase;
use db::{Owner, Wake};
use tokio::time::timeout;

use crate::{admin, number, run};

const SOON: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_listener_wakes_on_notify_and_after_its_connection_was_killed() {
    let database = TestDatabase::create().await;
    let db = database.db(Owner::Scanner);
    let mut listener = db.listen("scanner_work");
    assert_eq!(timeout(SOON, listener.next()).await.unwrap(), Wake::Connected);

    let mut conn = admin(&database).conn().await.unwrap();
    run(&mut conn, "NOTIFY scanner_work, 'one'").await.unwrap();
    assert_eq!(timeout(SOON, listener.next()).await.unwrap(), Wake::Notified("one".to_owned()));

    let killed = number(
        &mut conn,
        "SELECT count(pg_terminate_backend(pid)) AS value FROM pg_stat_activity
          WHERE datname = current_database() AND usename = 'scanner'",
    )
    .await;
    assert_eq!(killed, 1);
    assert_eq!(timeout(SOON, listener.next()).await.unwrap(), Wake::Connected, "look for yourself");
    run(&mut conn, "NOTIFY scanner_work, 'two'").await.unwrap();
    assert_eq!(timeout(SOON, listener.next()).await.unwrap(), Wake::Notified("two".to_owned()));
}
