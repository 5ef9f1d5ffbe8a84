//! A promoter brings no more than the allotment, however many add guests at once.

use std::sync::atomic::{AtomicI64, Ordering};

use db::{Db, DbSettings};
use diesel_async::RunQueryDsl;
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;

use crate::stage::Stage;

const PLACES: i64 = 9;
const GUESTS: usize = 40;

#[tokio::test(flavor = "multi_thread")]
async fn an_allotment_holds_however_many_are_added_at_once() {
    let stage = Stage::open().await;
    assert_eq!(stage.allot("DJ Ñandú", Some(9)).await.0, 200);
    let keys: Vec<String> = (0..GUESTS).map(|n| format!("guest-{n}")).collect();
    // However it is written, it is one promoter; and another one has no limit.
    let guests: Vec<Value> =
        (0..GUESTS).map(|n| stage.guest(1, ["DJ Ñandú", "dj ñandú", "DJ  ÑANDÚ", "Bea"][n % 4])).collect();
    let answers = join_all(keys.iter().zip(&guests).map(|(key, guest)| stage.add(key, guest))).await;
    let (mut of_dj, mut of_bea) = (0, 0);
    for (n, (status, body)) in answers.iter().enumerate() {
        match (n % 4, *status) {
            (3, 200) => of_bea += 1,
            (_, 200) => of_dj += 1,
            (kind, 409) => assert!(kind < 3 && body["code"] == "allotment_used", "{body}"),
            other => panic!("{other:?} {body}"),
        }
    }
    assert_eq!((of_dj, of_bea), (PLACES, GUESTS as i64 / 4), "not one more and not one fewer");
    assert_eq!(stage.sold().await, PLACES + GUESTS as i64 / 4, "who was refused has no place");
    stage.audit_list().await;
}

/// The control: who looks at the allotment without its lock, and writes without the CHECK, brings more than it is.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_rush_without_the_lock_brings_too_many() {
    let stage = Stage::open().await;
    stage.allot("DJ", Some(9)).await;
    stage.sql("ALTER TABLE guest_list_allotments DROP CONSTRAINT guest_list_allotment_holds").await;
    let mut settings = DbSettings::new(&stage.database.admin_url());
    settings.max_connections = 20;
    settings.patience = std::time::Duration::from_secs(60);
    let db = Db::connect(&settings).expect("sound settings");
    let (brought, all_have_looked) = (AtomicI64::new(0), Barrier::new(15));
    join_all((0..15).map(|_| naive(&db, &brought, &all_have_looked))).await;
    let brought = brought.into_inner();
    assert!(brought > PLACES, "the rush is no test: {brought} of {PLACES}");
    assert_eq!(stage.count("SELECT taken FROM guest_list_allotments").await, brought);
}

/// Check, then act.
async fn naive(db: &Db, brought: &AtomicI64, all_have_looked: &Barrier) {
    #[derive(diesel::QueryableByName)]
    struct Left {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        left: i64,
    }
    let mut conn = db.conn().await.expect("a connection");
    let check = "SELECT places - taken AS left FROM purchase.guest_list_allotments";
    let found: Left = diesel::sql_query(check).get_result(&mut *conn).await.expect("a row");
    all_have_looked.wait().await;
    if found.left > 0 {
        let act = "UPDATE purchase.guest_list_allotments SET taken = taken + 1";
        diesel::sql_query(act).execute(&mut *conn).await.expect("written");
        brought.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allotment_is_set_anew_but_never_below_the_guests_on_the_list() {
    let stage = Stage::open().await;
    let (_, entry) = stage.add("a", &stage.guest(4, "DJ")).await;
    let (status, body) = stage.allot("dj", Some(3)).await;
    assert_eq!(
        (status, &body["code"], &body["errors"][0]["field"]),
        (409, &json!("below_taken"), &json!("places"))
    );
    assert_eq!(stage.allot("DJ", Some(4)).await.1["taken"], 4);
    let (status, body) = stage.add("b", &stage.guest(1, "DJ")).await;
    assert_eq!((status, &body["errors"][0]["field"]), (409, &json!("promoter")));
    assert_eq!(stage.stay(&entry, 3).await.1["party"], 3);
    assert_eq!(stage.add("c", &stage.guest(1, "DJ")).await.0, 200, "what leaves the list counts no longer");
    assert_eq!(stage.allot("DJ", None).await.0, 200);
    assert_eq!(stage.allot("DJ", None).await.0, 200);
    assert_eq!(stage.add("d", &stage.guest(20, "DJ")).await.0, 200, "without a limit");
    assert_eq!(stage.allot("  ", Some(3)).await.0, 422);
    let on_record =
        "SELECT count(*) FROM audit_log WHERE action = 'guest_list.allotted' AND staff_id IS NOT NULL";
    assert_eq!(stage.count(on_record).await, 2, "what changed nothing is not");
    let mut conn = stage.admin.conn().await.expect("a connection");
    let bug =
        diesel::sql_query("UPDATE purchase.guest_list_allotments SET places = 1").execute(&mut *conn).await;
    let error = db::DbError::from(bug.expect_err("refused"));
    assert_eq!(error.constraint(), Some("guest_list_allotment_holds"), "the second fence");
    stage.audit_list().await;
}
