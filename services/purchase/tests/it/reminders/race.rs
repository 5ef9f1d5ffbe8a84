//! Two processes remind the same guests at once: each guest is asked to be mailed once. And the proof that the test can fail: two
//! who only look before they write mail everybody twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::clock::{Clock, SystemClock};
use messages::purchase::v1::MailAsked;
use tokio::sync::Barrier;

use super::{SAID, WAITING, opening};
use crate::stage::Stage;

/// More than one process takes in one round.
const GUESTS: i64 = 150;

/// A night whose sale has not begun, of which so many have asked to be told.
async fn awaited() -> Stage {
    let stage = Stage::open().await;
    stage.publish(&opening(&stage, 2, 3_600_000)).await;
    let ask = format!(
        "INSERT INTO sale_reminders (id, event_id, guest, email, language, asked_at)
         SELECT gen_random_uuid(), '{}', 'guest' || n || '@example.org', 'guest' || n || '@example.org', 'en', now()
           FROM generate_series(1, {GUESTS}) n",
        stage.event.event_id
    );
    stage.sql(&ask).await;
    stage
}

/// How often each was asked to be mailed.
async fn said(stage: &Stage) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for mail in stage.mails().await {
        *times.entry(mail.mail_id).or_default() += 1;
    }
    times
}

/// Reminders wait for a word of the test before they are said, however long that takes.
const HESITATE: &str = "
    CREATE FUNCTION hesitate() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS
      $$ BEGIN PERFORM pg_advisory_xact_lock_shared(4242); RETURN NEW; END $$;
    CREATE TRIGGER hesitate BEFORE INSERT ON outbox FOR EACH ROW WHEN (NEW.subject = 'order.mail_asked')
      EXECUTE FUNCTION hesitate()";

/// Whether two processes (or more) have their guests in hand and wait: 2.
const BOTH_AT_WORK: &str =
    "SELECT least(count(*), 2) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4242
    AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_at_once_remind_everybody_once() {
    let stage = awaited().await;
    stage.sql(HESITATE).await;
    let mut word = stage.admin.conn().await.expect("a connection");
    word.batch_execute("SELECT pg_advisory_lock(4242)").await.expect("locked");
    let other = stage.replica(&[], Arc::new(SystemClock)).await;
    stage.publish(&opening(&stage, 3, -1000)).await;
    stage.until_count(BOTH_AT_WORK, 2).await;
    assert_eq!(stage.count(SAID).await, 0);
    word.batch_execute("SELECT pg_advisory_unlock(4242)").await.expect("let go");
    stage.until_count(WAITING, 0).await;
    let said = said(&stage).await;
    assert_eq!(said.len() as i64, GUESTS, "nobody is forgotten");
    assert!(said.values().all(|times| *times == 1), "nobody is told twice: {said:?}");
    other.stop().await;
}

/// The control: the same work by two who do not lock what they read.
#[tokio::test(flavor = "multi_thread")]
async fn two_who_do_not_claim_what_they_read_remind_everybody_twice() {
    let stage = awaited().await;
    let both_have_looked = Barrier::new(2);
    tokio::join!(naive(&stage, &both_have_looked), naive(&stage, &both_have_looked));
    let said = said(&stage).await;
    assert_eq!(said.len() as i64, GUESTS);
    assert!(said.values().all(|times| *times == 2), "the rush is no test: {said:?}");
}

/// Look, then act.
async fn naive(stage: &Stage, both_have_looked: &Barrier) {
    #[derive(diesel::QueryableByName)]
    struct Due {
        #[diesel(sql_type = diesel::sql_types::Text)]
        id: String,
    }
    let mut conn = stage.purchase.conn().await.expect("a connection");
    let due: Vec<Due> = diesel::sql_query("SELECT id::text FROM sale_reminders WHERE mailed_at IS NULL")
        .load(&mut *conn)
        .await
        .expect("rows");
    both_have_looked.wait().await;
    let mails: Vec<MailAsked> =
        due.into_iter().map(|one| MailAsked { mail_id: one.id, ..MailAsked::default() }).collect();
    bus::outbox::add_all(&mut conn, &mails, SystemClock.now()).await.expect("said");
    let mailed = "UPDATE sale_reminders SET mailed_at = now() WHERE mailed_at IS NULL";
    diesel::sql_query(mailed).execute(&mut *conn).await.expect("noted");
}
