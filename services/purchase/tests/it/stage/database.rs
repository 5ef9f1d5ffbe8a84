//! What is read and written past the service.

use std::time::Duration;

use db::{Db, DbSettings};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use super::{LOOKS, Stage, pause};

impl Stage {
    /// Waits until a number counted in the database is right.
    pub async fn until_count(&self, sql: &str, expected: i64) {
        let mut last = -1;
        for _ in 0..LOOKS {
            last = self.count(sql).await;
            if last == expected {
                return;
            }
            pause().await;
        }
        panic!("{sql}: {last} instead of {expected}");
    }

    /// Waits until so many, or more, wait for a row that somebody else has: of a thing that two hear of, both come. `which` is
    /// a condition on their statements, empty for any.
    pub async fn until_waiting(&self, many: i64, which: &str) {
        let which = if which.is_empty() { String::new() } else { format!("AND {which}") };
        let waiting = format!(
            "SELECT (count(*) >= {many})::int FROM pg_stat_activity
              WHERE datname = current_database() AND wait_event_type = 'Lock' {which}"
        );
        self.until_count(&waiting, 1).await;
    }

    pub async fn count(&self, sql: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let mut conn = self.admin.conn().await.expect("a connection");
        conn.batch_execute("SET search_path = purchase").await.expect("a schema");
        let row: Count = diesel::sql_query(format!("SELECT ({sql})::bigint AS n"))
            .get_result(&mut *conn)
            .await
            .expect(sql);
        row.n
    }

    pub async fn sql(&self, sql: &str) {
        let mut conn = self.admin.conn().await.expect("a connection");
        conn.batch_execute(&format!("SET search_path = purchase; {sql}")).await.expect(sql);
    }

    /// Lets the holds run out: the sweep looks at them in its next round.
    pub async fn end_holds(&self) {
        self.sql("UPDATE orders SET held_until = now() - interval '1 minute', next_check_at = now() WHERE state = 'pending'").await;
    }
}

/// A pool for a machine that has much else to do.
pub fn patient(url: &str) -> Db {
    let mut settings = DbSettings::new(url);
    settings.patience = Duration::from_secs(60);
    Db::connect(&settings).expect("sound settings")
}
