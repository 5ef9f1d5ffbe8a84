use bus::digest::{self, Bucket, Entry, Source};
use bus::outbox::{self, Resent};
use db::{Db, DbError};
use diesel_async::RunQueryDsl;

use crate::stage::{Stage, now, ticket};

const SUBJECT: &str = "ticket.changed";

/// The owner without the HTTP between: what its internal endpoints will call.
struct Owner<'a>(&'a Db);

impl digest::Owner for Owner<'_> {
    type Error = DbError;

    async fn buckets(&self, subject: &str) -> Result<Vec<Bucket>, DbError> {
        digest::buckets(&mut *self.0.conn().await?, &Source::said(subject)).await
    }

    async fn entries(&self, subject: &str, buckets: &[i32]) -> Result<Vec<Entry>, DbError> {
        digest::entries(&mut *self.0.conn().await?, &Source::said(subject), buckets).await
    }

    async fn resend(&self, subject: &str, aggregates: &[String]) -> Result<Resent, DbError> {
        outbox::resend(&mut *self.0.conn().await?, subject, Some(aggregates), now()).await
    }
}

#[tokio::test]
async fn a_projection_that_lost_rows_gets_them_back_and_nothing_else() {
    let stage = Stage::set().await;
    let held = Source::held("SELECT aggregate, revision FROM held");
    for n in 0..300 {
        stage.say(&ticket(&format!("t{n}"), 1)).await;
    }
    stage.say(&ticket("t7", 2)).await;
    stage.relay().await;
    stage.receive().await;
    let owner = Owner(&stage.sales);
    assert_eq!(
        digest::reconcile(&stage.door, SUBJECT, &held, &owner).await.unwrap(),
        digest::Report::default()
    );

    let mut conn = stage.door.conn().await.unwrap();
    diesel::sql_query("DELETE FROM held WHERE aggregate IN ('t1', 't200')").execute(&mut conn).await.unwrap();
    diesel::sql_query("UPDATE held SET revision = 1 WHERE aggregate = 't7'")
        .execute(&mut conn)
        .await
        .unwrap();
    let mut report = digest::reconcile(&stage.door, SUBJECT, &held, &owner).await.unwrap();
    report.missing.sort();
    assert_eq!(report.missing, ["t1", "t200", "t7"]);
    assert_eq!(report.resent, Resent { sent: 3, cleared: vec![] });

    stage.relay().await;
    assert_eq!(stage.receive().await.applied, 3);
    assert_eq!(
        digest::reconcile(&stage.door, SUBJECT, &held, &owner).await.unwrap(),
        digest::Report::default()
    );
}

#[tokio::test]
async fn a_replay_of_everything_changes_nothing_where_all_is_well() {
    let stage = Stage::set().await;
    for n in 0..10 {
        stage.say(&ticket(&format!("t{n}"), 1)).await;
        stage.say(&ticket(&format!("t{n}"), 2)).await;
    }
    stage.relay().await;
    stage.receive().await;
    let effects = stage.held().await;
    let resent = outbox::resend(&mut stage.sales.conn().await.unwrap(), SUBJECT, None, now()).await.unwrap();
    assert_eq!(resent.sent, 10, "the newest state of each");
    stage.relay().await;
    assert_eq!(stage.receive().await.stale, 10);
    assert_eq!(stage.held().await, effects);
}

#[tokio::test]
async fn a_cleared_payload_is_reported_not_lost_silently() {
    let stage = Stage::set().await;
    stage.say(&ticket("t1", 1)).await;
    stage.relay().await;
    let mut conn = stage.sales.conn().await.unwrap();
    diesel::sql_query("UPDATE outbox SET payload = NULL").execute(&mut conn).await.unwrap();
    let resent = outbox::resend(&mut conn, SUBJECT, None, now()).await.unwrap();
    assert_eq!(resent, Resent { sent: 0, cleared: vec!["t1".to_owned()] });
}
