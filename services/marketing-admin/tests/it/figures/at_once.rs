//! Two messages of one order in one moment: they wait for each other, and both count.

use bus::Outcome;
use db::Conn;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use marketing_admin::reports::recount;
use messages::purchase::v1::{OrderPaid, RefundReason};
use uuid::Uuid;

use super::{Told, order, refund, take};
use crate::house::until;

/// Whether messages of one order wait for each other, as they do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    On,
    Off,
}

/// What two messages at once came to.
struct Counts {
    running: recount::Counted,
    from_rows: recount::Counted,
    second: Outcome,
}

/// Handles `first` and, before that has committed, `second`, which must wait: both see nothing of each other otherwise.
async fn at_once(guard: Guard, first: Told, second: Told) -> Counts {
    let database = db::testing::TestDatabase::create().await;
    if guard == Guard::Off {
        database.without_advisory_locks().await;
    }
    let db = database.db(db::Owner::MarketingAdmin);
    let event = match &first {
        Told::Paid(order) => order.event_id.parse().expect("an id"),
        Told::Refunded(_) | Told::Scanned(_) => panic!("a payment first"),
    };
    let mut slow = db.conn().await.expect("a connection");
    slow.batch_execute("BEGIN").await.expect("begun");
    assert_eq!(take(&mut slow, &first).await, Outcome::Applied);
    let other = {
        let db = db.clone();
        tokio::spawn(async move {
            let mut conn = db.conn().await.expect("a connection");
            conn.batch_execute("BEGIN").await.expect("begun");
            let outcome = take(&mut conn, &second).await;
            conn.batch_execute("COMMIT").await.expect("committed");
            outcome
        })
    };
    // Without the guard too: there it has looked around already and waits to write.
    until("the second waits for the first", async || {
        let mut conn = db.conn().await.expect("a connection");
        let waiting = diesel::sql_query(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        conn_rows(&mut conn, waiting).await >= 1
    })
    .await;
    slow.batch_execute("COMMIT").await.expect("committed");
    let second = other.await.expect("handled");
    let running = recount::running(&mut slow, event).await.expect("figures");
    Counts { running, from_rows: recount::from_rows(&mut slow, event).await.expect("a count"), second }
}

async fn conn_rows(conn: &mut Conn, query: diesel::query_builder::SqlQuery) -> usize {
    RunQueryDsl::execute(query, conn).await.expect("rows")
}

fn two_tickets() -> OrderPaid {
    order(&Uuid::now_v7().to_string(), &Uuid::now_v7().to_string(), "ana@example.org", 2)
}

/// Told again, as it stood a little later.
fn newer(order: &OrderPaid) -> OrderPaid {
    OrderPaid { revision: order.revision + 1, ..order.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_and_its_resend_in_one_moment_count_once() {
    let paid = two_tickets();
    for (again, outcome) in [(paid.clone(), Outcome::Stale), (newer(&paid), Outcome::Applied)] {
        let counts = at_once(Guard::On, Told::Paid(paid.clone()), Told::Paid(again)).await;
        let totals = counts.running;
        assert_eq!((totals.orders, totals.tickets_sold, totals.gross_minor), (1, 2, 2 * 1588));
        assert_eq!((counts.from_rows, counts.second), (totals, outcome));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_and_its_refund_in_one_moment_cancel_out() {
    let paid = two_tickets();
    let back = refund(&paid, RefundReason::Staff);
    let counts = at_once(Guard::On, Told::Paid(paid), Told::Refunded(back)).await;
    let totals = counts.running;
    assert_eq!((totals.tickets_sold, totals.tickets_returned), (2, 2));
    assert_eq!((totals.gross_minor, totals.refunded_minor), (2 * 1588, 2 * 1588));
    assert_eq!((counts.from_rows, counts.second), (totals, Outcome::Applied));
}

/// The control run of the two above.
#[tokio::test(flavor = "multi_thread")]
async fn without_waiting_for_each_other_they_would_miscount() {
    let paid = two_tickets();
    let twice = at_once(Guard::Off, Told::Paid(paid.clone()), Told::Paid(newer(&paid))).await;
    assert_eq!((twice.running.orders, twice.from_rows.orders), (2, 1), "one order was counted twice");
    let back = refund(&paid, RefundReason::Staff);
    let lost = at_once(Guard::Off, Told::Paid(paid), Told::Refunded(back)).await;
    assert_eq!(lost.running.tickets_returned, 0, "the returned tickets still count as sold");
}
