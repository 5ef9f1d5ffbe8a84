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
    let report = digest::reconcile(&stage.door, SUBJECT, &held, &owner).await.unwrap();
    assert_eq!(sorted(&report), ["t1", "t200", "t7"]);
    assert_eq!(report.asked, 0, "they may be on their way");
    a_minute_passes(&stage).await;
    let report = digest::reconcile(&stage.door, SUBJECT, &held, &owner).await.unwrap();
    assert_eq!(sorted(&report), ["t1", "t200", "t7"]);
    assert_eq!((report.asked, report.resent), (3, Resent { sent: 3, cleared: vec![] }));
    // What the owner has not sent yet is missing nowhere, and it does not say it twice.
    let report = digest::reconcile(&stage.door, SUBJECT, &held, &owner).await.unwrap();
    assert_eq!((report.missing.len(), report.asked), (0, 0));
    let asked = ["t1".to_owned()];
    let mut sales = stage.sales.conn().await.unwrap();
    let again = outbox::resend(&mut sales, SUBJECT, Some(&asked), now()).await.unwrap();
    assert_eq!(again, Resent::default());
    drop(sales);

    stage.relay().await;
    assert_eq!(stage.receive().await.applied, 3);
    assert_eq!(
        digest::reconcile(&stage.door, SUBJECT, &held, &owner).await.unwrap(),
        digest::Report::default()
    );
}

fn sorted(report: &digest::Report) -> Vec<String> {
    let mut missing = report.missing.clone();
    missing.sort();
    missing
}

/// For what was found missing: the time between two rounds.
async fn a_minute_passes(stage: &Stage) {
    diesel::sql_query("UPDATE missing SET ask_at = ask_at - interval '1 minute'")
        .execute(&mut *stage.door.conn().await.unwrap())
        .await
        .unwrap();
}

/// A backlog or a broken projection must not make the owner say the same again each minute.
#[tokio::test]
async fn what_stays_missing_is_asked_for_ever_more_seldom_and_in_bites() {
    let stage = Stage::set().await;
    let held = Source::held("SELECT aggregate, revision FROM held");
    let tickets: Vec<_> = (0..1200).map(|n| ticket(&format!("t{n}"), 1)).collect();
    outbox::add_all(&mut stage.sales.conn().await.unwrap(), &tickets, now()).await.unwrap();
    stage.relay().await; // and nobody receives
    let owner = Owner(&stage.sales);
    let mut asked = Vec::new();
    for _ in 0..8 {
        let report = digest::reconcile(&stage.door, SUBJECT, &held, &owner).await.unwrap();
        assert_eq!(report.missing.len(), 1200);
        asked.push(report.asked);
        stage.relay().await;
        a_minute_passes(&stage).await;
    }
    assert_eq!(asked, [0, 1200, 1200, 0, 1200, 0, 0, 0]);
}

#[tokio::test]
async fn what_died_here_is_not_asked_for() {
    let stage = Stage::set().await;
    let held = Source::held("SELECT aggregate, revision FROM held");
    stage.say(&ticket("poison", 1)).await;
    stage.relay().await;
    assert_eq!(stage.receive().await.dead, 1);
    let owner = Owner(&stage.sales);
    for _ in 0..2 {
        let report = digest::reconcile(&stage.door, SUBJECT, &held, &owner).await.unwrap();
        assert_eq!((report.missing.len(), report.asked), (1, 0), "it waits for whoever replays it");
        a_minute_passes(&stage).await;
    }
}

/// Digests and resending read what was last said, not all that ever was.
#[tokio::test]
async fn what_was_said_outlives_the_outbox() {
    let stage = Stage::set().await;
    stage.say(&ticket("t1", 2)).await;
    stage.say(&ticket("t1", 1)).await;
    stage.relay().await;
    let mut conn = stage.sales.conn().await.unwrap();
    let before = digest::buckets(&mut conn, &Source::said(SUBJECT)).await.unwrap();
    diesel::sql_query("DELETE FROM outbox").execute(&mut conn).await.unwrap();
    assert_eq!(digest::buckets(&mut conn, &Source::said(SUBJECT)).await.unwrap(), before);
    let all: Vec<i32> = (0..256).collect();
    let entries = digest::entries(&mut conn, &Source::said(SUBJECT), &all).await.unwrap();
    assert_eq!(entries, [Entry { aggregate: "t1".to_owned(), revision: 2 }]);
    let resent = outbox::resend(&mut conn, SUBJECT, None, now()).await.unwrap();
    assert_eq!(resent.cleared, ["t1"]);
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
