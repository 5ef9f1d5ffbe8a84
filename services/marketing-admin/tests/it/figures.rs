//! Figures: right under duplicates and in any order; of two messages in one moment ([`at_once`]); live on the dashboard ([`dashboard`]).

mod at_once;
mod dashboard;

use std::collections::{BTreeMap, BTreeSet};

use bus::{Delivery, Outcome};
use db::Conn;
use diesel_async::RunQueryDsl;
use domain::clock::{Clock, SystemClock};
use domain::ids::MessageId;
use marketing_admin::disputes;
use marketing_admin::reports::{consume, recount};
use messages::millis;
use messages::purchase::v1::{Buyer, DisputeStatus, IssuedTicket, OrderPaid, OrderRefunded, RefundReason};
use messages::scanner::v1::TicketScanned;
use serde_json::{Value, json};
use uuid::Uuid;

/// An order of `count` tickets.
pub fn order(event: &str, ticket_type: &str, email: &str, count: usize) -> OrderPaid {
    let ticket = |_| IssuedTicket {
        ticket_id: Uuid::now_v7().to_string(),
        ticket_type_id: ticket_type.to_owned(),
        ticket_type_name: "Early bird".to_owned(),
        holder_name: "Ana Ruiz".to_owned(),
        code: "6BFOXN*TS0BI$ZD-PHQ7I9AD66V5B22CH9M9ESI9XBHXK-%69LQOGI".to_owned(),
        admit_until: 0,
    };
    OrderPaid {
        order_id: Uuid::now_v7().to_string(),
        revision: 2,
        reference: "K7MPX2QD".to_owned(),
        event_id: event.to_owned(),
        buyer: Some(Buyer {
            name: "Ana Ruiz".to_owned(),
            email: email.to_owned(),
            language: "es".to_owned(),
        }),
        currency: "EUR".to_owned(),
        total_minor: 1588 * i64::try_from(count).expect("few"),
        lines: Vec::new(),
        tickets: (0..count).map(ticket).collect(),
        order_url: "http://tickets.maguey.localhost:8080/o/K7MPX2QD?key=abc".to_owned(),
        paid_at: millis(SystemClock.now()),
        ..OrderPaid::default()
    }
}

/// The return of all tickets of an order, or of money that was never counted.
pub fn refund(order: &OrderPaid, reason: RefundReason) -> OrderRefunded {
    let tickets = if reason == RefundReason::Staff { &order.tickets[..] } else { &[] };
    OrderRefunded {
        order_id: order.order_id.clone(),
        revision: 3,
        reference: order.reference.clone(),
        event_id: order.event_id.clone(),
        refund_id: Uuid::now_v7().to_string(),
        currency: order.currency.clone(),
        amount_minor: order.total_minor,
        ticket_ids: tickets.iter().map(|ticket| ticket.ticket_id.clone()).collect(),
        reason: reason.into(),
        buyer: order.buyer.clone(),
        refunded_at: millis(SystemClock.now()),
        ..OrderRefunded::default()
    }
}

fn scan(event: &str, admitted: bool, inside: i64, revision: i64) -> TicketScanned {
    TicketScanned {
        scan_id: Uuid::now_v7().to_string(),
        event_id: event.to_owned(),
        gate_id: Uuid::now_v7().to_string(),
        gate_name: "Main".to_owned(),
        zone_id: Uuid::now_v7().to_string(),
        ticket_id: String::new(),
        decision: if admitted { "admit" } else { "deny" }.to_owned(),
        reason: "ok".to_owned(),
        scanned_at: millis(SystemClock.now()),
        inside_after: inside,
        inside_revision: revision,
        ..TicketScanned::default()
    }
}

enum Told {
    Paid(OrderPaid),
    Refunded(OrderRefunded),
    Scanned(TicketScanned),
}

async fn take(conn: &mut Conn, told: &Told) -> Outcome {
    let delivery = Delivery {
        id: MessageId::generate(),
        subject: String::new(),
        published_at: SystemClock.now(),
        attempt: 1,
    };
    let outcome = match told {
        Told::Paid(message) => consume::order_paid(conn, message.clone(), delivery).await,
        Told::Refunded(message) => consume::order_refunded(conn, message.clone(), delivery).await,
        Told::Scanned(message) => {
            let told = vec![(message.clone(), delivery)];
            consume::tickets_scanned(conn, told).await.map(|outcomes| outcomes[0])
        }
    };
    outcome.expect("handled")
}

#[tokio::test(flavor = "multi_thread")]
async fn any_order_and_any_duplicates_give_the_same_figures() {
    let database = db::testing::TestDatabase::create().await;
    let db = database.db(db::Owner::MarketingAdmin);
    let mut conn = db.conn().await.expect("a connection");
    let mut seen = Vec::new();
    for turn in 0..6_usize {
        let event = Uuid::now_v7();
        let kind = Uuid::now_v7().to_string();
        let orders: Vec<_> =
            (1..=3).map(|n| order(&event.to_string(), &kind, "ana@example.org", n)).collect();
        let mut told = vec![
            Told::Refunded(refund(&orders[1], RefundReason::Staff)),
            Told::Refunded(refund(&orders[0], RefundReason::SecondPayment)),
            Told::Scanned(scan(&event.to_string(), true, 1, 1)),
            Told::Scanned(scan(&event.to_string(), true, 2, 2)),
            Told::Scanned(scan(&event.to_string(), false, 2, 2)),
        ];
        told.extend(orders.into_iter().map(Told::Paid));
        // Another order of arrival each turn, and everything twice.
        told.rotate_left(turn);
        if turn % 2 == 1 {
            told.reverse();
        }
        for each in &told {
            assert_eq!(take(&mut conn, each).await, Outcome::Applied);
        }
        for each in &told {
            assert_eq!(take(&mut conn, each).await, Outcome::Stale);
        }
        let running = recount::running(&mut conn, event).await.expect("figures");
        assert_eq!(running, recount::from_rows(&mut conn, event).await.expect("a count"), "turn {turn}");
        seen.push(running);
    }
    let figures = seen[0];
    assert!(seen.iter().all(|each| *each == figures), "{seen:?}");
    assert_eq!((figures.orders, figures.tickets_sold, figures.tickets_returned), (3, 6, 2));
    assert_eq!((figures.gross_minor, figures.refunded_minor), (6 * 1588, 2 * 1588));
    assert_eq!((figures.admitted, figures.refused, figures.inside), (2, 1, 2));
}

/// Columns of `event_figures` that are no figures: of which night they are, and which word of the door was the last.
const NO_FIGURES: [&str; 2] = ["event_id", "inside_revision"];

/// A row of a night as an object of its columns, whichever it has.
async fn columns(conn: &mut Conn, rows: &str, event: Uuid) -> BTreeMap<String, Value> {
    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Jsonb)]
        columns: Value,
    }
    let row = format!("SELECT to_jsonb(f) AS columns FROM ({rows}) f WHERE f.event_id = $1");
    let row: Row = diesel::sql_query(row)
        .bind::<diesel::sql_types::Uuid, _>(event)
        .get_result(&mut *conn)
        .await
        .expect("one row");
    serde_json::from_value(row.columns).expect("an object")
}

/// The fields of what was counted again, by name.
fn fields(counted: &recount::Counted) -> BTreeMap<String, i64> {
    let said = format!("{counted:?}");
    let inner = said.trim_start_matches("Counted {").trim_end_matches('}');
    let field = |field: &str| {
        let (name, figure) = field.split_once(':').expect("a field");
        (name.trim().to_owned(), figure.trim().parse().expect("a number"))
    };
    inner.split(',').map(field).collect()
}

/// A figure that only the messages move, or only the recount knows, fails here: give it its other half, or name it as none.
#[tokio::test(flavor = "multi_thread")]
async fn every_figure_that_messages_move_is_counted_again_from_the_rows() {
    let database = db::testing::TestDatabase::create().await;
    let db = database.db(db::Owner::MarketingAdmin);
    let mut conn = db.conn().await.expect("a connection");
    let (event, kind) = (Uuid::now_v7(), Uuid::now_v7().to_string());
    let night = event.to_string();
    let (kept, back) =
        (order(&night, &kind, "ana@example.org", 2), order(&night, &kind, "bea@example.org", 1));
    for each in [
        Told::Refunded(refund(&back, RefundReason::Staff)),
        Told::Paid(kept),
        Told::Paid(back),
        Told::Scanned(scan(&night, true, 1, 1)),
        Told::Scanned(scan(&night, false, 1, 1)),
    ] {
        take(&mut conn, &each).await;
    }
    for each in crate::disputes::life(&night, DisputeStatus::Lost) {
        let told = disputes::consume::order_disputed(&mut conn, each, crate::disputes::delivery());
        told.await.expect("handled");
    }

    let kept = columns(&mut conn, "SELECT * FROM event_figures", event).await;
    let counted = fields(&recount::from_rows(&mut conn, event).await.expect("a count"));
    let figures: BTreeSet<&str> =
        kept.keys().map(String::as_str).filter(|name| !NO_FIGURES.contains(name)).collect();
    let again: BTreeSet<&str> = counted.keys().map(String::as_str).collect();
    assert_eq!(figures, again, "figures that have one half alone");
    for (name, figure) in &counted {
        assert_ne!(*figure, 0, "nothing of this night moves {name}: let something");
        assert_eq!(kept[name], *figure, "{name}");
    }

    // Those by type have one figure, and it is counted again here.
    let again = "SELECT f.*, (SELECT count(*) FROM sold_tickets s WHERE s.event_id = f.event_id
                              AND s.ticket_type_id = f.ticket_type_id AND NOT s.returned) AS again
                   FROM ticket_type_figures f";
    let of_type = columns(&mut conn, again, event).await;
    let names: Vec<&str> = of_type.keys().map(String::as_str).collect();
    assert_eq!(names, ["again", "event_id", "sold", "ticket_type_id"], "a figure that nobody counts again");
    assert_eq!((&of_type["sold"], &of_type["again"]), (&json!(2), &json!(2)));
}
