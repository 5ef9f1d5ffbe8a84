//! The chain: every way of changing what stands in the log is found, by a superuser too, to whom no right and no trigger is an
//! obstacle.

use audit::chain::{self, Finding, Verdict};
use chrono::DateTime;
use db::testing::TestDatabase;
use db::{Conn, Db, DbSettings, Owner};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use serde_json::json;
use uuid::Uuid;

use crate::{Id, somebody};

pub(crate) async fn admin(database: &TestDatabase) -> db::Connection {
    Db::connect(&DbSettings::new(&database.admin_url())).unwrap().conn().await.unwrap()
}

/// What a superuser does who lets no trigger stop them.
pub(crate) async fn force(database: &TestDatabase, sql: &str) {
    let sql = format!("SET session_replication_role = replica; {sql}; RESET session_replication_role");
    admin(database).await.batch_execute(&sql).await.unwrap();
}

pub(crate) async fn write(conn: &mut Conn, target: &str) {
    let detail = json!({"before": {"b": 1, "a": [true, null]}, "after": target});
    audit::record(conn, &somebody(), "ticket.voided", target, detail, DateTime::UNIX_EPOCH).await.unwrap();
}

pub(crate) async fn seal_all(db: &Db) {
    while chain::seal(db).await.unwrap() > 0 {}
}

/// A log of five rows that are linked, in the order of their links.
pub(crate) async fn five(database: &TestDatabase, owner: Owner) -> (Db, Vec<Uuid>) {
    let db = database.db(owner);
    for n in 0..5 {
        write(&mut db.conn().await.unwrap(), &format!("t{n}")).await;
    }
    seal_all(&db).await;
    let mut conn = db.conn().await.unwrap();
    let links: Vec<Id> = diesel::sql_query("SELECT audit_id AS id FROM audit_links ORDER BY seq")
        .load(&mut *conn)
        .await
        .unwrap();
    drop(conn);
    assert_eq!(links.len(), 5);
    (db, links.into_iter().map(|link| link.id).collect())
}

pub(crate) async fn verdict(db: &Db) -> Verdict {
    chain::verify(&mut db.conn().await.unwrap(), &[]).await.unwrap()
}

#[tokio::test]
async fn an_untouched_log_is_whole_in_every_schema() {
    let database = TestDatabase::create().await;
    for owner in Owner::ALL {
        let (db, _) = five(&database, owner).await;
        let verdict = verdict(&db).await;
        assert_eq!((verdict.links, verdict.findings), (5, Vec::new()), "{owner}");
        assert_eq!(chain::seal(&db).await.unwrap(), 0, "{owner}: nothing is linked twice");
    }
}

#[tokio::test]
async fn each_column_that_is_changed_is_found_and_only_its_row_is_named() {
    let database = TestDatabase::create().await;
    let (db, ids) = five(&database, Owner::Purchase).await;
    let before = "UPDATE purchase.audit_log SET";
    let row = format!("WHERE id = '{}'", ids[2]);
    for (change, undo) in [
        ("at = at + interval '1 microsecond'", "at = at - interval '1 microsecond'"),
        ("staff_id = NULL", "staff_id = '00000000-0000-0000-0000-000000000007'"),
        ("actor = 'manager'", "actor = 'owner'"),
        ("action = 'ticket.kept'", "action = 'ticket.voided'"),
        ("target = 't9'", "target = 't2'"),
        ("request_id = 'request-0002'", "request_id = 'request-0001'"),
        ("reason = NULL", "reason = 'a guest asked'"),
        ("detail = detail || '{\"after\": \"t9\"}'", "detail = detail || '{\"after\": \"t2\"}'"),
    ] {
        force(&database, &format!("{before} {change} {row}")).await;
        let found = verdict(&db).await.findings;
        assert_eq!(found, [Finding::Altered { seq: 3, id: ids[2] }], "{change}");
        force(&database, &format!("{before} {undo} {row}")).await;
        assert_eq!(verdict(&db).await.findings, [], "{undo}: as it was");
    }
}

#[tokio::test]
async fn rows_that_are_gone_are_named_in_the_middle_and_at_the_end() {
    let database = TestDatabase::create().await;
    let (db, ids) = five(&database, Owner::Scanner).await;
    force(
        &database,
        &format!("DELETE FROM scanner.audit_log WHERE id IN ('{}', '{}', '{}')", ids[1], ids[3], ids[4]),
    )
    .await;
    let missing = |place: usize| Finding::Missing { seq: i64::try_from(place).unwrap() + 1, id: ids[place] };
    assert_eq!(verdict(&db).await.findings, [missing(1), missing(3), missing(4)]);
}

#[tokio::test]
async fn a_row_put_in_between_later_gets_no_link_and_is_named() {
    let database = TestDatabase::create().await;
    let (db, _) = five(&database, Owner::MarketingAdmin).await;
    // Of the year 2020, as whoever writes the past anew would have it.
    let id = Uuid::from_u64_pair(0x016f_5e66_e800_7000, 1 << 63);
    force(
        &database,
        &format!(
            "INSERT INTO marketing_admin.audit_log SELECT '{id}', at, staff_id, actor, action, 't9', request_id, reason, detail
               FROM marketing_admin.audit_log LIMIT 1"
        ),
    )
    .await;
    seal_all(&db).await;
    let verdict = verdict(&db).await;
    assert_eq!((verdict.links, verdict.findings), (5, vec![Finding::Unlinked { id }]));
}

#[tokio::test]
async fn a_chain_cut_off_or_written_anew_does_not_hold_the_head_that_was_kept() {
    let database = TestDatabase::create().await;
    let (db, ids) = five(&database, Owner::Purchase).await;
    let kept = verdict(&db).await.head.unwrap();
    let with_head = async || {
        chain::verify(&mut db.conn().await.unwrap(), std::slice::from_ref(&kept)).await.unwrap().findings
    };
    assert_eq!(with_head().await, []);

    force(
        &database,
        &format!(
            "DELETE FROM purchase.audit_log WHERE id = '{}'; DELETE FROM purchase.audit_links WHERE seq = 5",
            ids[4]
        ),
    )
    .await;
    assert_eq!(verdict(&db).await.findings, [], "what is left fits");
    assert_eq!(with_head().await, [Finding::Head { seq: 5 }]);

    force(&database, "UPDATE purchase.audit_log SET actor = 'nobody'; TRUNCATE purchase.audit_links").await;
    seal_all(&db).await;
    write(&mut db.conn().await.unwrap(), "t5").await;
    seal_all(&db).await;
    assert_eq!(verdict(&db).await.findings, [], "a chain written anew fits as well");
    assert_eq!(with_head().await, [Finding::Head { seq: 5 }]);
}

#[tokio::test]
async fn links_that_were_changed_or_taken_out_are_named() {
    let database = TestDatabase::create().await;
    let (db, _) = five(&database, Owner::Scanner).await;
    force(&database, "DELETE FROM scanner.audit_links WHERE seq = 2").await;
    let found = verdict(&db).await.findings;
    assert!(found.contains(&Finding::Gap { from: 2, to: 2 }), "{found:?}");
    force(&database, "UPDATE scanner.audit_links SET row_hash = hash WHERE seq = 4").await;
    let found = verdict(&db).await.findings;
    assert!(found.contains(&Finding::Broken { seq: 4 }), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_acts_at_once_and_three_who_link_make_one_chain() {
    let database = TestDatabase::create().await;
    let db = database.db(Owner::Purchase);
    let acts = (0..200).map(|n| {
        let db = &db;
        async move {
            let target = format!("t{n}");
            db.transaction(async |conn| {
                audit::record(conn, &somebody(), "ticket.voided", &target, json!({}), DateTime::UNIX_EPOCH)
                    .await
            })
            .await
            .unwrap();
        }
    });
    let linking = (0..3).map(|_| async {
        for _ in 0..20 {
            chain::seal(&db).await.unwrap();
        }
    });
    futures::join!(futures::future::join_all(acts), futures::future::join_all(linking));
    seal_all(&db).await;
    let verdict = verdict(&db).await;
    assert_eq!((verdict.links, verdict.findings), (200, Vec::new()));
}

#[tokio::test]
async fn no_service_can_change_a_link() {
    let database = TestDatabase::create().await;
    for owner in Owner::ALL {
        let (db, _) = five(&database, owner).await;
        let mut conn = db.conn().await.unwrap();
        for table in ["audit_links", "audit_checks"] {
            for change in [format!("DELETE FROM {table}"), format!("TRUNCATE {table}")] {
                let refused =
                    diesel::sql_query(&change).execute(&mut *conn).await.expect_err(&change).to_string();
                assert!(refused.contains("permission denied"), "{owner}: {change}: {refused}");
                let change = change.replace(table, &format!("{owner}.{table}"));
                let refused = diesel::sql_query(&change)
                    .execute(&mut *admin(&database).await)
                    .await
                    .expect_err(&change)
                    .to_string();
                assert!(refused.contains("append-only"), "{owner}: {change}: {refused}");
            }
        }
    }
}
