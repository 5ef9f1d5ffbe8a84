//! Scans that arrive together are counted together, and each once.

use bus::{Delivery, Outcome};
use db::Owner;
use db::testing::TestDatabase;
use diesel_async::RunQueryDsl;
use domain::clock::{Clock, SystemClock};
use domain::ids::MessageId;
use marketing_admin::reports::consume;
use messages::scanner::v1::TicketScanned;
use uuid::Uuid;

fn scan(event: Uuid, decision: &str, inside: i64) -> TicketScanned {
    TicketScanned {
        scan_id: Uuid::now_v7().to_string(),
        event_id: event.to_string(),
        gate_id: Uuid::now_v7().to_string(),
        gate_name: "Main".to_owned(),
        zone_id: Uuid::now_v7().to_string(),
        ticket_id: String::new(),
        decision: decision.to_owned(),
        reason: "ok".to_owned(),
        scanned_at: messages::millis(SystemClock.now()),
        inside_after: inside,
        inside_revision: inside,
        direction: String::new(),
    }
}

fn told(scans: &[TicketScanned]) -> Vec<(TicketScanned, Delivery)> {
    let delivery = || Delivery {
        id: MessageId::generate(),
        subject: String::new(),
        published_at: SystemClock.now(),
        attempt: 1,
    };
    scans.iter().map(|scan| (scan.clone(), delivery())).collect()
}

#[derive(diesel::QueryableByName, Debug, PartialEq, Eq)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    admitted: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    refused: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    inside: i64,
}

#[tokio::test(flavor = "multi_thread")]
async fn scans_of_two_nights_in_one_batch_each_count_once() {
    let database = TestDatabase::create().await;
    let db = database.db(Owner::MarketingAdmin);
    let mut conn = db.conn().await.expect("a connection");
    let (friday, saturday) = (Uuid::now_v7(), Uuid::now_v7());
    let mut scans = vec![
        scan(friday, "admit", 2),
        scan(saturday, "deny", 7),
        scan(friday, "admit", 1),
        scan(friday, "deny", 2),
    ];
    // One was said again and came at once with the first.
    scans.push(scans[0].clone());
    let outcomes = consume::tickets_scanned(&mut conn, told(&scans)).await.expect("counted");
    let once = [Outcome::Applied, Outcome::Applied, Outcome::Applied, Outcome::Applied, Outcome::Stale];
    assert_eq!(outcomes, once);
    let again = consume::tickets_scanned(&mut conn, told(&scans)).await.expect("known");
    assert_eq!(again, [Outcome::Stale; 5]);
    for (night, admitted, refused, inside) in [(friday, 2, 1, 2), (saturday, 0, 1, 7)] {
        let sql = format!("SELECT admitted, refused, inside FROM event_figures WHERE event_id = '{night}'");
        let counted: Counted = diesel::sql_query(sql).get_result(&mut conn).await.expect("a row");
        assert_eq!(counted, Counted { admitted, refused, inside });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_goes_out_is_no_arrival_and_no_refusal_and_inside_no_more() {
    let database = TestDatabase::create().await;
    let db = database.db(Owner::MarketingAdmin);
    let mut conn = db.conn().await.expect("a connection");
    let night = Uuid::now_v7();
    let out = |decision: &str, inside, revision| TicketScanned {
        direction: "exit".to_owned(),
        inside_revision: revision,
        ..scan(night, decision, inside)
    };
    // Two came in, one went out, and somebody who was not inside tried to.
    let scans = [scan(night, "admit", 1), scan(night, "admit", 2), out("admit", 1, 3), out("deny", 1, 3)];
    let outcomes = consume::tickets_scanned(&mut conn, told(&scans)).await.expect("counted");
    assert_eq!(outcomes, [Outcome::Applied; 4]);
    let counted = |from: &str| format!("SELECT {from} FROM event_figures WHERE event_id = '{night}'");
    let figures: Counted =
        diesel::sql_query(counted("admitted, refused, inside")).get_result(&mut conn).await.expect("a row");
    assert_eq!(figures, Counted { admitted: 2, refused: 0, inside: 1 });
    // The rows say the same, counted again.
    let rows = format!(
        "SELECT count(*) FILTER (WHERE admitted) AS admitted, count(*) FILTER (WHERE NOT admitted AND NOT is_exit) AS refused,
                count(*) FILTER (WHERE is_exit) AS inside FROM scans WHERE event_id = '{night}'"
    );
    let rows: Counted = diesel::sql_query(rows).get_result(&mut conn).await.expect("a row");
    assert_eq!(rows, Counted { admitted: 2, refused: 0, inside: 2 });
}
