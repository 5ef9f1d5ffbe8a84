//! Figures: right under duplicates and in any order, live on the dashboard.

use std::collections::{BTreeMap, BTreeSet};

use bus::{Delivery, Outcome};
use db::Conn;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use domain::clock::{Clock, SystemClock};
use domain::ids::MessageId;
use futures::StreamExt;
use marketing_admin::disputes;
use marketing_admin::reports::{consume, figures, recount};
use messages::millis;
use messages::purchase::v1::{Buyer, DisputeStatus, IssuedTicket, OrderPaid, OrderRefunded, RefundReason};
use messages::scanner::v1::TicketScanned;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::house::{House, body, until};

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
        direction: String::new(),
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sold_after_midnight_belongs_to_the_evening_before() {
    let house = House::open().await;
    let mut conn = house.db.conn().await.expect("a connection");
    // The venue is in Madrid: 23:00, then 01:10 of the same night; 11:30 the next morning; noon.
    for (paid_at, tickets) in [
        ("2026-11-20T22:00:00Z", 1),
        ("2026-11-21T00:10:00Z", 2),
        ("2026-11-21T10:30:00Z", 4),
        ("2026-11-21T11:00:00Z", 8),
    ] {
        let mut paid =
            order(&Uuid::now_v7().to_string(), &Uuid::now_v7().to_string(), "ana@example.org", tickets);
        paid.paid_at = millis(paid_at.parse().expect("an instant"));
        take(&mut conn, &Told::Paid(paid)).await;
    }
    let mut sold = async |now: &str| {
        let now = now.parse().expect("an instant");
        figures::read(&mut conn, now).await.expect("figures").sales[11..].to_vec()
    };
    assert_eq!(sold("2026-11-21T10:59:00Z").await, [0, 0, 7]);
    assert_eq!(sold("2026-11-21T12:00:00Z").await, [0, 7, 8]);
    assert_eq!(sold("2026-11-22T01:00:00Z").await, [0, 7, 8], "midnight changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dashboard_goes_dark_when_its_session_is_over() {
    let house = House::open().await;
    let token = house.short_token("olga@club.test", 6).await;
    let stream = house.get("/api/v1/figures/stream", &token).await;
    assert_eq!(stream.status(), reqwest::StatusCode::OK);
    let mut stream = stream.bytes_stream();
    let all = async { while let Some(Ok(_)) = stream.next().await {} };
    tokio::time::timeout(tokio::time::Duration::from_secs(60), all).await.expect("the stream ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_sold_out_says_so_to_guests() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let event = house.published(&token, "Agave").await;
    let (id, slug) = (event["id"].as_str().expect("id"), event["slug"].as_str().expect("slug"));
    let kind = |place: usize| event["ticket_types"][place]["id"].as_str().expect("id");
    let page = async |path: String| {
        let answer = house.http.get(house.url(&path)).send().await.expect("an answer");
        answer.text().await.expect("a page").replace('\u{a0}', " ")
    };
    let home = page("/".to_owned()).await;
    assert!(home.contains("15.88 €") && home.contains("Get tickets"), "{home}");
    house.say(&order(id, kind(0), "ana@example.org", 120)).await;
    until("the price is that of what is left", async || {
        let home = page("/".to_owned()).await;
        home.contains("41.50 €") && !home.contains("15.88 €") && !home.contains("Sold out")
    })
    .await;
    let night = page(format!("/events/{slug}")).await;
    assert_eq!(night.matches("Sold out").count(), 1, "one of two types: {night}");
    house.say(&order(id, kind(1), "ben@example.org", 40)).await;
    until("nothing is for sale any more", async || {
        let home = page("/".to_owned()).await;
        home.contains("Sold out") && !home.contains("Get tickets")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_rises_without_a_reload() {
    let house = House::open().await;
    let token = house.token("olga@club.test").await;
    let event = house.published(&token, "Agave").await;
    let (id, kind) =
        (event["id"].as_str().expect("id"), event["ticket_types"][0]["id"].as_str().expect("id"));
    let stream = house.get("/api/v1/figures/stream", &token).await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut stream = stream.bytes_stream();
    let mut text = String::new();
    let shows = |text: &str, what: &str| text.contains(what);
    let mut wait_for = async |what: String| {
        let deadline = tokio::time::Duration::from_secs(60);
        tokio::time::timeout(deadline, async {
            while !shows(&text, &what) {
                let chunk = stream.next().await.expect("the stream goes on").expect("bytes");
                text.push_str(std::str::from_utf8(&chunk).expect("text"));
            }
        })
        .await
        .unwrap_or_else(|_| panic!("{what} did not come: {text}"));
    };
    wait_for(format!("sold:{id}\">0 of 160<")).await;
    house.say(&order(id, kind, "ana@example.org", 3)).await;
    wait_for(format!("sold:{id}\">3 of 160<")).await;
    wait_for(format!("revenue:{id}\">47.64")).await;
    house.say(&scan(id, true, 1, 1)).await;
    wait_for("data-figure=\"inside\">1<".to_owned()).await;
    let figures = body(house.get("/api/v1/figures", &token).await).await;
    assert_eq!(figures["total"]["tickets_sold"], 3);
    assert_eq!(figures["total"]["revenue"][0]["minor"], 3 * 1588);
    // The last day of the chart is today, or was when they were sold: a day of the club ends at noon.
    until("today's sales are in the chart", async || {
        let figures = body(house.get("/api/v1/figures", &token).await).await;
        let last_two = json!([figures["sales"][12], figures["sales"][13]]);
        last_two == json!([0, 3]) || last_two == json!([3, 0])
    })
    .await;
}
