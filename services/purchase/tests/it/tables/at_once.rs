//! A night's first message and its plan's first message in the same moment: neither sees what the other has not committed, so one has to
//! wait for the other, or the night would have no tables.

use db::testing::TestDatabase;
use db::{Conn, Db, Owner};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::clock::{Clock, SystemClock};
use messages::marketing_admin::v1::{EventChanged, FloorPlanChanged};
use purchase::catalog;
use purchase::tables;

use super::stage::plan_for;
use crate::stage::{LOOKS, friday, pause};

#[derive(Clone, Copy, PartialEq)]
enum Guard {
    On,
    Off,
}

#[derive(Clone)]
enum Told {
    Night(Box<EventChanged>),
    Plan(Box<FloorPlanChanged>),
}

async fn take(conn: &mut Conn, told: &Told) {
    let now = SystemClock.now();
    match told {
        Told::Night(night) => {
            catalog::consume::apply(conn, night.as_ref(), now).await.map(|_| ()).expect("a night")
        }
        Told::Plan(plan) => {
            tables::consume::apply(conn, plan.as_ref(), now).await.map(|_| ()).expect("a plan")
        }
    }
}

async fn count(db: &Db, sql: &str) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let mut conn = db.conn().await.expect("a connection");
    let row: Count = diesel::sql_query(sql).get_result(&mut *conn).await.expect(sql);
    row.n
}

/// Handles `first` and, before that has committed, `second`; how many tables the night then has.
async fn offered(guard: Guard, first: Told, second: Told) -> i64 {
    let database = TestDatabase::create().await;
    if guard == Guard::Off {
        database.without_advisory_locks().await;
    }
    let db = database.db(Owner::Purchase);
    let mut slow = db.conn().await.expect("a connection");
    slow.batch_execute("BEGIN").await.expect("begun");
    take(&mut slow, &first).await;
    let other = {
        let db = db.clone();
        tokio::spawn(async move {
            let mut conn = db.conn().await.expect("a connection");
            conn.batch_execute("BEGIN").await.expect("begun");
            take(&mut conn, &second).await;
            conn.batch_execute("COMMIT").await.expect("committed");
        })
    };
    if guard == Guard::On {
        until_somebody_waits(&db).await;
        slow.batch_execute("COMMIT").await.expect("committed");
        other.await.expect("the second message");
    } else {
        // Nothing holds it up.
        other.await.expect("the second message");
        slow.batch_execute("COMMIT").await.expect("committed");
    }
    count(&db, "SELECT count(*) AS n FROM ticket_types WHERE terms ->> 'kind' = 'table' AND NOT withdrawn")
        .await
}

async fn until_somebody_waits(db: &Db) {
    let waiting = "SELECT count(*) AS n FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..LOOKS {
        if count(db, waiting).await >= 1 {
            return;
        }
        pause().await;
    }
    panic!("the second message never waited for the first");
}

fn both() -> (Told, Told) {
    let night = friday();
    let plan = plan_for(&night);
    (Told::Night(Box::new(night)), Told::Plan(Box::new(plan)))
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_is_first_the_night_has_its_tables() {
    let (night, plan) = both();
    assert_eq!(offered(Guard::On, night.clone(), plan.clone()).await, 2);
    assert_eq!(offered(Guard::On, plan, night).await, 2);
}

/// The control: neither waits, and each believes that the other is still to come.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_guard_the_night_has_none() {
    let (night, plan) = both();
    assert_eq!(offered(Guard::Off, night.clone(), plan.clone()).await, 0);
    assert_eq!(offered(Guard::Off, plan, night).await, 0);
}
