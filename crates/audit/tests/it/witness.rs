//! Heads that another service keeps: whoever owns one service's tables and writes its log and chain anew is found by them, and by
//! nothing else.

use audit::chain::{self, Finding, Head};
use audit::witness::{self, Answer, Question};
use chrono::{DateTime, TimeDelta, Utc};
use db::testing::TestDatabase;
use db::{Conn, Db, Owner};
use diesel_async::RunQueryDsl;

use crate::chain::{admin, five, force, seal_all, write};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// The chains, and who keeps their heads under which name.
const KEEPERS: [(Owner, Owner, &str); 3] = [
    (Owner::Purchase, Owner::MarketingAdmin, "purchase"),
    (Owner::Scanner, Owner::MarketingAdmin, "scanner"),
    (Owner::MarketingAdmin, Owner::Purchase, "marketing-admin"),
];

/// One hour's question and answer, as over HTTP.
async fn hear(of: &Db, keeper: &Db, service: &'static str, now: DateTime<Utc>) -> (Answer, bool) {
    let mut conn = keeper.conn().await.unwrap();
    let question = Question { kept: witness::newest(&mut conn, service).await.unwrap() };
    let answer = witness::answer(&mut of.conn().await.unwrap(), &question).await.unwrap();
    let fits = witness::take_in(&mut conn, service, &question, &answer, now).await.unwrap();
    (answer, fits)
}

async fn kept(keeper: &Db, service: &str) -> Vec<Head> {
    witness::heads(&mut keeper.conn().await.unwrap(), service).await.unwrap()
}

async fn findings(of: &Db, kept: &[Head]) -> Vec<Finding> {
    chain::verify(&mut of.conn().await.unwrap(), kept).await.unwrap().findings
}

/// The whole log and its chain written anew by a superuser, so that all fits: with the product's own hashes.
async fn write_anew(database: &TestDatabase, owner: Owner, db: &Db) {
    force(
        database,
        &format!(
            "UPDATE {owner}.audit_log SET actor = 'nobody' WHERE target = 't1'; TRUNCATE {owner}.audit_links"
        ),
    )
    .await;
    seal_all(db).await;
}

#[tokio::test]
async fn a_chain_written_anew_as_a_whole_is_named_by_the_heads_that_another_service_keeps() {
    let database = TestDatabase::create().await;
    for (owner, keeper, service) in KEEPERS {
        let (db, _) = five(&database, owner).await;
        let keeper = database.db(keeper);
        let (answer, fits) = hear(&db, &keeper, service, NOW).await;
        assert!(fits, "{service}");
        assert_eq!(answer.head.as_ref().map(|head| head.seq), Some(5), "{service}");
        write(&mut db.conn().await.unwrap(), "t5").await;
        seal_all(&db).await;
        assert!(hear(&db, &keeper, service, NOW).await.1, "{service}: what was added takes nothing away");
        assert!(hear(&db, &keeper, service, NOW).await.1, "{service}: nor does nothing");
        let heads = kept(&keeper, service).await;
        assert_eq!(heads.iter().map(|head| head.seq).collect::<Vec<_>>(), [5, 6], "{service}");
        assert_eq!(findings(&db, &heads).await, [], "{service}");

        write_anew(&database, owner, &db).await;
        assert_eq!(findings(&db, &[]).await, [], "{service}: without a witness nobody sees it");
        let found = findings(&db, &heads).await;
        assert_eq!(found, [Finding::Head { seq: 5 }, Finding::Head { seq: 6 }], "{service}");

        // Heard of within the hour, and again: the new chain is never taken for the old one.
        for _ in 0..2 {
            write(&mut db.conn().await.unwrap(), "t6").await;
            seal_all(&db).await;
            let (answer, fits) = hear(&db, &keeper, service, NOW).await;
            assert!(!answer.fits && !fits, "{service}");
        }
        assert_eq!(kept(&keeper, service).await, heads, "{service}: nothing of it is kept");
    }
}

#[tokio::test]
async fn a_chain_that_was_cut_off_or_is_gone_is_heard_of() {
    let database = TestDatabase::create().await;
    let (db, _) = five(&database, Owner::Scanner).await;
    let keeper = database.db(Owner::MarketingAdmin);
    assert!(hear(&db, &keeper, "scanner", NOW).await.1);
    force(&database, "DELETE FROM scanner.audit_links WHERE seq = 5").await;
    assert!(!hear(&db, &keeper, "scanner", NOW).await.1, "cut off");
    force(&database, "TRUNCATE scanner.audit_log; TRUNCATE scanner.audit_links").await;
    let (answer, fits) = hear(&db, &keeper, "scanner", NOW).await;
    assert_eq!((answer, fits), (Answer { head: None, fits: false }, false));
    assert!(
        hear(&db, &keeper, "purchase", NOW).await.1,
        "of another service nothing is kept that it could lack"
    );
}

#[tokio::test]
async fn a_restore_that_the_operator_has_noted_excuses_what_it_took_back_and_nothing_else() {
    let database = TestDatabase::create().await;
    let (db, _) = five(&database, Owner::Purchase).await;
    let keeper = database.db(Owner::MarketingAdmin);
    let hours = |hours: i64| NOW + TimeDelta::hours(hours);
    assert!(hear(&db, &keeper, "purchase", hours(1)).await.1);
    write(&mut db.conn().await.unwrap(), "t5").await;
    seal_all(&db).await;
    assert!(hear(&db, &keeper, "purchase", hours(2)).await.1);
    // As a restore to half past one leaves it.
    force(
        &database,
        "DELETE FROM purchase.audit_log WHERE target = 't5'; DELETE FROM purchase.audit_links WHERE seq = 6",
    )
    .await;
    write(&mut db.conn().await.unwrap(), "t6").await;
    seal_all(&db).await;
    assert!(!hear(&db, &keeper, "purchase", hours(3)).await.1);
    diesel::sql_query(
        "INSERT INTO marketing_admin.witnessed_restores (service, restored_to, noted_at, reason)
         VALUES ('purchase', timestamptz '1970-01-01 01:30+00', timestamptz '1970-01-01 03:30+00', 'a disk was lost')",
    )
    .execute(&mut *admin(&database).await)
    .await
    .unwrap();
    assert!(hear(&db, &keeper, "purchase", hours(4)).await.1, "it goes on");
    let heads = kept(&keeper, "purchase").await;
    assert_eq!(heads.iter().map(|head| head.seq).collect::<Vec<_>>(), [5, 6], "of before and of after");
    assert_eq!(findings(&db, &heads).await, []);
    write_anew(&database, Owner::Purchase, &db).await;
    assert_eq!(findings(&db, &heads).await, [Finding::Head { seq: 5 }, Finding::Head { seq: 6 }]);
}

#[tokio::test]
async fn no_service_can_change_what_it_keeps_or_excuse_anything() {
    let database = TestDatabase::create().await;
    for (owner, keeper, service) in KEEPERS {
        let (db, _) = five(&database, owner).await;
        let kept_in = database.db(keeper);
        assert!(hear(&db, &kept_in, service, NOW).await.1);
        let mut conn = kept_in.conn().await.unwrap();
        let excuse = "INSERT INTO witnessed_restores (service, restored_to, reason) VALUES ('purchase', 'epoch', 'none')";
        for change in [
            "UPDATE witnessed_heads SET seq = 1",
            "DELETE FROM witnessed_heads",
            "TRUNCATE witnessed_heads",
            excuse,
        ] {
            refused(&mut conn, change, "permission denied").await;
        }
        for change in ["UPDATE witnessed_heads SET seq = 1", "DELETE FROM witnessed_heads"] {
            let change = change.replace("witnessed_heads", &format!("{keeper}.witnessed_heads"));
            refused(&mut *admin(&database).await, &change, "append-only").await;
        }
    }
}

async fn refused(conn: &mut Conn, change: &str, why: &str) {
    let refused = diesel::sql_query(change).execute(conn).await.expect_err(change).to_string();
    assert!(refused.contains(why), "{change}: {refused}");
}
