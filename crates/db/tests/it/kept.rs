use db::testing::TestDatabase;
use db::{Conn, Keep};
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;

use crate::{Number, admin, number};

const SQL: &str = "SELECT $1 + 1 AS value";

/// How many prepared statements with that text the connection holds.
async fn prepared(conn: &mut Conn) -> i64 {
    let same =
        "SELECT count(*) AS value FROM pg_prepared_statements WHERE statement = 'SELECT $1 + 1 AS value'";
    number(conn, same).await
}

#[tokio::test]
async fn a_kept_statement_is_prepared_once_and_others_are_forgotten() {
    let database = TestDatabase::create().await;
    let db = admin(&database);
    let mut conn = db.conn().await.unwrap();
    for n in 1..=3 {
        let row: Number = diesel::sql_query(SQL).bind::<BigInt, _>(n).get_result(&mut *conn).await.unwrap();
        assert_eq!(row.value, n + 1);
    }
    assert_eq!(prepared(&mut conn).await, 0, "nobody asked to keep these");
    for n in 1..=3 {
        let row: Number =
            diesel::sql_query(SQL).bind::<BigInt, _>(n).kept().get_result(&mut *conn).await.unwrap();
        assert_eq!(row.value, n + 1, "prepared once, with other values each time");
    }
    assert_eq!(prepared(&mut conn).await, 1);
}
