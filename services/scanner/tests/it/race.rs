//! Many phones at once.

use std::collections::BTreeMap;

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::permission::Role;
use futures::future::join_all;
use messages::scanner::v1::TicketScanned;
use prost::Message;
use serde_json::Value;

use crate::house::{House, code_of};

/// Scans one ticket 32 times at once, each from a phone of its own, and counts the reasons.
async fn rush(house: &House, code: &str) -> BTreeMap<String, usize> {
    let scans = (0..32).map(|_| async {
        let answer = house.answer(&house.token(Role::DoorStaff), &house.scan_of(code)).await;
        answer["reason"].as_str().unwrap().to_owned()
    });
    let mut counted = BTreeMap::new();
    for reason in join_all(scans).await {
        *counted.entry(reason).or_insert(0) += 1;
    }
    counted
}

#[derive(diesel::QueryableByName)]
struct Payload {
    #[diesel(sql_type = diesel::sql_types::Bytea)]
    payload: Vec<u8>,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::Int8)]
    count: i64,
}

pub async fn count(house: &House, sql: &str) -> i64 {
    let found: Count = diesel::sql_query(sql).get_result(&mut *house.db.conn().await.unwrap()).await.unwrap();
    found.count
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_two_phones_admit_one_ticket_once() {
    let house = House::open().await;
    let ticket = house.ticket().await;
    let counted = rush(&house, &code_of(&ticket)).await;
    assert_eq!(counted, BTreeMap::from([("already_inside".into(), 31), ("ok".into(), 1)]));
    assert_eq!(count(&house, "select count(*) from entries").await, 1);
    assert_eq!(count(&house, "select inside as count from occupancy").await, 1);
    assert_eq!(count(&house, "select count(*) from scans").await, 32);
}

/// The control run: two batches have both read that the ticket is fresh before either writes its entry. With the unique
/// index one of them loses; without it both admit, which shows that the index is what holds.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_unique_index_two_gates_would_admit() {
    for (guarded, expected) in [(true, 1), (false, 2)] {
        let house = House::open().await;
        let code = code_of(&house.ticket().await);
        let admin = db::Db::connect(&db::DbSettings::new(&house.database.admin_url())).unwrap();
        let mut admin = admin.conn().await.unwrap();
        admin.batch_execute(HESITATE).await.unwrap();
        if !guarded {
            admin.batch_execute("drop index scanner.entries_once").await.unwrap();
        }
        let (a, b) = (house.scan_of(&code), house.scan_of(&code));
        let answers = side_by_side(&house, &mut admin, &a, &b).await;
        let admitted = answers.iter().filter(|answer| answer["decision"] == "admit").count();
        assert_eq!(admitted, expected, "guarded: {guarded}");
    }
}

/// The control run for the repeats of one scan (`replay`): where they do not wait for each other and the constraint does not
/// refuse the second row, one nonce gets two rows and two answers.
#[tokio::test(flavor = "multi_thread")]
async fn without_the_nonce_s_lock_and_constraint_one_scan_would_be_two() {
    let house = House::open_unguarded().await;
    let scan = house.scan_of(&code_of(&house.ticket().await));
    let admin = db::Db::connect(&db::DbSettings::new(&house.database.admin_url())).unwrap();
    let mut admin = admin.conn().await.unwrap();
    admin.batch_execute("set search_path = pg_catalog").await.unwrap();
    admin.batch_execute(HESITATE).await.unwrap();
    admin.batch_execute("alter table scanner.scans drop constraint scans_once").await.unwrap();
    side_by_side(&house, &mut admin, &scan, &scan).await;
    assert_eq!(count(&house, "select count(*) from scans").await, 2);
}

/// Sends two scans so that both have looked before either writes its entry.
pub async fn side_by_side(house: &House, admin: &mut db::Conn, a: &Value, b: &Value) -> [Value; 2] {
    let token = house.token(Role::DoorStaff);
    let steps = async {
        hesitating(house, 2).await;
        admin.batch_execute("select pg_advisory_unlock(4242)").await.unwrap();
    };
    let second = async {
        // Only when the first is on its way: else both would travel in one batch.
        hesitating(house, 1).await;
        house.answer(&token, b).await
    };
    let (one, two, ()) = tokio::join!(house.answer(&token, a), second, steps);
    [one, two]
}

/// Sends two scans for one last place, the second as soon as the first is about to write its entry; gives how many were admitted. The
/// second waits for the row of the limit before it looks; `guarded: false` takes that lock off, and both see the place free.
pub async fn for_the_last_place(house: &House, a: &Value, b: &Value, guarded: bool) -> usize {
    let mut admin = admin(house).await;
    admin.batch_execute(HESITATE).await.unwrap();
    if !guarded {
        let off = "do $do$ begin execute replace(pg_get_functiondef('scanner.hold_limits'::regproc),
            ' for update', ''); end $do$";
        admin.batch_execute(off).await.unwrap();
    }
    let token = house.token(Role::DoorStaff);
    let second = async {
        hesitating(house, 1).await;
        house.answer(&token, b).await
    };
    let steps = async {
        if guarded {
            waiting_for_a_row(house).await;
        } else {
            hesitating(house, 2).await;
        }
        admin.batch_execute("select pg_advisory_unlock(4242)").await.unwrap();
    };
    let (one, two, ()) = tokio::join!(house.answer(&token, a), second, steps);
    [one, two].iter().filter(|answer| answer["decision"] == "admit").count()
}

/// A connection of the administrator's, for what breaks a guard.
pub async fn admin(house: &House) -> impl std::ops::DerefMut<Target = db::Conn> + use<> {
    let admin = db::Db::connect(&db::DbSettings::new(&house.database.admin_url())).unwrap();
    let mut admin = admin.conn().await.unwrap();
    admin.batch_execute("set search_path = scanner").await.unwrap();
    admin
}

/// Waits until a transaction waits for a row that another one holds.
pub async fn waiting_for_a_row(house: &House) {
    let waiting = "select count(*) from pg_stat_activity where datname = current_database()
        and wait_event_type = 'Lock' and wait_event in ('transactionid', 'tuple')";
    let mut look_again = tokio::time::interval(std::time::Duration::from_millis(10));
    while count(house, waiting).await < 1 {
        look_again.tick().await;
    }
}

/// Entries wait for a word of the test before they are written.
pub const HESITATE: &str = "
    create function scanner.hesitate() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock_shared(4242); return new; end $$;
    create trigger hesitate before insert on scanner.entries for each row execute function scanner.hesitate();
    select pg_advisory_lock(4242)";

/// Waits until so many entries wait.
pub async fn hesitating(house: &House, entries: i64) {
    let waiting = "select count(*) from pg_locks where locktype = 'advisory' and objid = 4242 and not granted
        and database = (select oid from pg_database where datname = current_database())";
    let mut look_again = tokio::time::interval(std::time::Duration::from_millis(10));
    while count(house, waiting).await < entries {
        look_again.tick().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_counted_and_told_of_once() {
    let house = House::open().await;
    let mut codes = Vec::new();
    for _ in 0..24 {
        codes.push(code_of(&house.ticket().await));
    }
    let token = house.token(Role::DoorStaff);
    let scans: Vec<_> = codes.iter().map(|code| house.scan_of(code)).collect();
    let denied = house.scan_of("not a ticket");
    let answers = join_all(scans.iter().chain([&denied]).map(|scan| house.answer(&token, scan))).await;
    assert_eq!(answers.iter().filter(|answer| answer["decision"] == "admit").count(), 24);

    let rows: Vec<Payload> =
        diesel::sql_query("select payload from outbox where subject = 'ticket.scanned' and not wakes")
            .load(&mut *house.db.conn().await.unwrap())
            .await
            .unwrap();
    let told: Vec<TicketScanned> =
        rows.iter().map(|row| TicketScanned::decode(&row.payload[..]).unwrap()).collect();
    assert_eq!(told.len(), 25);
    let mut admitted: Vec<_> = told.iter().filter(|scan| scan.decision == "admit").collect();
    admitted.sort_by_key(|scan| scan.inside_revision);
    let counts: Vec<(i64, i64)> =
        admitted.iter().map(|scan| (scan.inside_after, scan.inside_revision)).collect();
    assert_eq!(counts, (1..=24).map(|n| (n, n)).collect::<Vec<_>>(), "no gap, no double");
    assert!(
        admitted
            .iter()
            .all(|scan| scan.reason == "ok" && scan.gate_name == "Main door" && !scan.zone_id.is_empty())
    );
    let denied = told.iter().find(|scan| scan.decision == "deny").unwrap();
    assert_eq!((denied.reason.as_str(), denied.ticket_id.as_str()), ("malformed", ""));
    assert_eq!(denied.event_id, house.night.event_id);
}

/// The control run of the one above: two who look how many are inside before either writes lose one.
#[tokio::test(flavor = "multi_thread")]
async fn counted_by_look_and_write_somebody_would_be_lost() {
    let house = House::open().await;
    let sql = |text: &str| diesel::sql_query(text.replace(":event", &format!("'{}'", house.night.event_id)));
    let (mut one, mut two) = (house.db.conn().await.unwrap(), house.db.conn().await.unwrap());
    sql("insert into occupancy (event_id) values (:event)").execute(&mut *one).await.unwrap();
    let look = "select inside as count from occupancy where event_id = :event";
    let seen: Count = sql(look).get_result(&mut *one).await.unwrap();
    let also_seen: Count = sql(look).get_result(&mut *two).await.unwrap();
    for (conn, seen) in [(&mut one, seen.count), (&mut two, also_seen.count)] {
        let write = format!("update occupancy set inside = {} where event_id = :event", seen + 1);
        sql(&write).execute(&mut **conn).await.unwrap();
    }
    assert_eq!(count(&house, "select inside as count from occupancy").await, 1, "of two who came in");
}
