//! What a test card bought lets nobody in where money is real: a database is of one mode.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use db::Owner;
use diesel_async::RunQueryDsl;
use domain::clock::{Clock, SystemClock};
use domain::mode::Mode;
use futures::FutureExt;
use purchase::one_mode::{self, Unfit};

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_saw_test_money_is_refused_where_money_is_real() {
    let stage = Stage::open().await;
    stage.bought(0, 1).await;
    let now = SystemClock.now();
    one_mode::settle(&stage.purchase, Mode::Test, now).await.expect("one more process of its mode");
    let refused =
        one_mode::settle(&stage.purchase, Mode::Live, now).await.expect_err("test tickets are there");
    assert!(
        matches!(&refused, Unfit::OtherMode { ours: Mode::Live, theirs } if theirs == "test"),
        "{refused}"
    );
    assert_eq!(stage.count("SELECT count(*) FROM house_mode WHERE mode = 'test'").await, 1);

    // Nor can the service itself say otherwise.
    let mut conn = stage.database.db(Owner::Purchase).conn().await.expect("a connection");
    for attempt in ["UPDATE house_mode SET mode = 'live'", "DELETE FROM house_mode"] {
        let error = diesel::sql_query(attempt).execute(&mut *conn).await.expect_err(attempt).to_string();
        assert!(error.contains("permission denied"), "{attempt}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_of_the_other_mode_does_not_start() {
    let stage = Stage::open().await;
    // As if this had been the real house: whoever starts here with test keys is turned away.
    stage.sql("UPDATE house_mode SET mode = 'live'").await;
    let started = AssertUnwindSafe(stage.replica(&[], Arc::new(SystemClock))).catch_unwind().await;
    let Err(why) = started else { panic!("it started") };
    let why = why.downcast_ref::<String>().cloned().unwrap_or_default();
    assert!(why.contains("first used in live mode"), "{why}");
}
