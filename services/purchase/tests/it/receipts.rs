//! Receipts: one series without a gap, and the order again to the cent.

use db::{Db, DbSettings};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures::future::join_all;
use messages::marketing_admin::v1::Tax;
use serde_json::json;
use tokio::sync::Barrier;

use crate::papers::words;
use crate::stage::Stage;

pub const SELLER: [(&str, &str); 4] = [
    ("SELLER_NAME", "Agave Nights SL"),
    ("SELLER_ADDRESS", "Calle del Agave 12|28004 Madrid"),
    ("SELLER_TAX_ID", "ES B12345674"),
    ("SELLER_TIME_ZONE", "Europe/Madrid"),
];

/// Paid orders, as the payments of a night would leave them: nobody has numbered them yet.
async fn many_paid(stage: &Stage, count: i64) {
    let (order, _) = stage.bought(0, 1).await;
    let columns = "event_id, state, buyer_name, buyer_email, language, currency, total_minor, held_until, created_at, paid_at, next_check_at";
    let copies = format!(
        "INSERT INTO orders (id, reference, {columns})
         SELECT gen_random_uuid(), 'COPY' || n, {columns} FROM orders, generate_series(1, {count}) n
          WHERE reference = '{}'",
        order.reference
    );
    stage.sql(&copies).await;
}

const NUMBERS: &str = "SELECT count(*) FROM receipt_numbers";
const GAPS: &str = "SELECT max(number) - count(DISTINCT number) FROM receipt_numbers";

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_the_order_again_to_the_cent() {
    let stage = Stage::with(&SELLER).await;
    let mut taxed = stage.event.clone();
    taxed.revision = 2;
    taxed.ticket_types[0].tax = Some(Tax { basis_points: 2100, on_top: false });
    stage.publish(&taxed).await;
    let (order, _) = stage.bought(0, 3).await;
    stage.until_count(NUMBERS, 1).await;
    let answer = stage.get(&order.file("receipt.pdf")).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
    let paper = words(&answer.bytes().await.expect("bytes")).concat();
    // The seller's own year, which is not the world's on the night of New Year's Eve.
    let issued = "SELECT extract(year FROM issued_at AT TIME ZONE 'Europe/Madrid') FROM receipt_numbers";
    let year = stage.count(issued).await;
    // Three at 20.00, fee 3 × 0.50 + 2.5 % of 60.00 = 3.00; 63.00 contain 10.93 of tax at 21 %.
    let expected = [
        "Receipt",
        &format!("{year}-000001"),
        "AgaveNightsSL",
        "CalledelAgave12",
        "ESB12345674",
        "AnaLópez",
        &order.reference,
        "60.00€",
        "3.00€",
        "63.00€",
        "52.07€",
        "10.93€",
        "21\u{a0}%",
        "Paidonline",
    ];
    for word in expected {
        let word: String = word.chars().filter(|letter| !letter.is_whitespace()).collect();
        assert!(paper.contains(&word), "{word} in {paper}");
    }
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(
        page.contains("receipt.pdf?key=") && page.contains("Payments") && page.contains("63.00"),
        "{page}"
    );
    let spanish = stage.get(&(order.file("receipt.pdf") + "&lang=es")).await.bytes().await.expect("bytes");
    let spanish = words(&spanish).concat();
    assert!(spanish.contains("63,00€") && spanish.contains(&format!("{year}-000001")), "{spanish}");
    assert_eq!(stage.count(NUMBERS).await, 1, "the same number each time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tax_on_top_is_a_line_of_the_receipt() {
    let stage = Stage::with(&SELLER).await;
    let mut taxed = stage.event.clone();
    taxed.revision = 2;
    taxed.ticket_types[0].tax = Some(Tax { basis_points: 1000, on_top: true });
    stage.publish(&taxed).await;
    let (order, paid) = stage.bought(0, 1).await;
    assert_eq!(paid["quote"]["total"]["minor"], 2310, "20.00, fee 1.00, 10 % on both");
    let paper = words(&stage.get(&order.file("receipt.pdf")).await.bytes().await.expect("bytes")).concat();
    for word in ["Tax,Regular", "2.10€", "23.10€", "21.00€"] {
        assert!(paper.contains(word), "{word} in {paper}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_money_gets_a_receipt_and_only_from_a_seller() {
    let stage = Stage::with(&SELLER).await;
    let (free, _) = stage.bought(1, 1).await;
    let pending = stage.order(0, 1).await;
    for order in [&free, &pending] {
        assert_eq!(stage.get(&order.file("receipt.pdf")).await.status(), 404);
        assert!(!stage.get(&order.page).await.text().await.expect("a page").contains("receipt.pdf"));
    }
    let (paid, _) = stage.bought(0, 1).await;
    assert_eq!(stage.get(&(paid.file("receipt.pdf") + "x")).await.status(), 404, "not its key");
    stage.until_count(NUMBERS, 1).await;

    let nobody = Stage::open().await;
    let (paid, _) = nobody.bought(0, 1).await;
    assert_eq!(nobody.get(&paid.file("receipt.pdf")).await.status(), 404);
    assert!(!nobody.get(&paid.page).await.text().await.expect("a page").contains("receipt.pdf"));
    assert_eq!(nobody.count(NUMBERS).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_and_impatient_guests_together_leave_no_gap_and_give_no_number_twice() {
    let stage = Stage::with(&SELLER).await;
    many_paid(&stage, 60).await;
    let mut orders = Vec::new();
    for _ in 0..4 {
        orders.push(stage.order(0, 1).await);
    }
    for order in &orders {
        stage.pay(order, "4242424242424242").await;
    }
    // Each asks several times over while the worker numbers the rest.
    let asked = orders.iter().flat_map(|order| [order, order, order]).map(|order| {
        let stage = &stage;
        async move {
            stage.until(order, "paid").await;
            stage.get(&order.file("receipt.pdf")).await.status()
        }
    });
    for status in join_all(asked).await {
        assert_eq!(status, 200);
    }
    stage.until_count(NUMBERS, 65).await;
    assert_eq!(stage.count(GAPS).await, 0);
    assert_eq!(stage.count("SELECT last FROM receipt_series").await, 65);
    let back = "SELECT count(*) FROM receipt_numbers a JOIN receipt_numbers b ON b.number > a.number AND b.issued_at < a.issued_at";
    assert_eq!(stage.count(back).await, 0, "no later number is dated earlier");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_without_the_counter_s_row_gives_a_number_twice() {
    let stage = Stage::open().await;
    many_paid(&stage, 60).await;
    stage.sql("ALTER TABLE receipt_numbers DROP CONSTRAINT receipt_numbers_once").await;
    stage.sql("INSERT INTO receipt_series VALUES (2026, 1, now())").await;
    let mut settings = DbSettings::new(&stage.database.admin_url());
    settings.max_connections = 20;
    settings.patience = std::time::Duration::from_secs(60);
    let db = Db::connect(&settings).expect("sound settings");
    #[derive(QueryableByName)]
    struct Id {
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        id: uuid::Uuid,
    }
    let ids: Vec<Id> = diesel::sql_query("SELECT id FROM purchase.orders")
        .load(&mut *db.conn().await.expect("a connection"))
        .await
        .expect("orders");
    let all_have_looked = Barrier::new(10);
    join_all(ids.iter().take(10).map(|order| naive(&db, order.id, &all_have_looked))).await;
    let twice = stage.count("SELECT count(*) - count(DISTINCT number) FROM receipt_numbers").await;
    assert!(twice > 0, "the race is no test: look, then write gave no number twice");
}

/// Look, then write: what the counter's row is there to prevent. All look before the first writes, as may happen to any.
async fn naive(db: &Db, order: uuid::Uuid, all_have_looked: &Barrier) {
    #[derive(QueryableByName)]
    struct Last {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        last: i64,
    }
    let mut conn = db.conn().await.expect("a connection");
    let look = "SELECT coalesce(max(number), 0) AS last FROM purchase.receipt_numbers WHERE year = 2026";
    let last: Last = diesel::sql_query(look).get_result(&mut *conn).await.expect("a row");
    all_have_looked.wait().await;
    let write = format!(
        "INSERT INTO purchase.receipt_numbers VALUES ('{order}', 2026, {}, now(), '{{}}')",
        last.last + 1
    );
    diesel::sql_query(write).execute(&mut *conn).await.expect("written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_did_not_come_to_stand_is_the_next_one_s() {
    let stage = Stage::with(&SELLER).await;
    // Whatever goes wrong after the counter was moved takes the number back with it.
    stage.sql("ALTER TABLE receipt_numbers ADD CONSTRAINT trouble CHECK (false)").await;
    let (order, _) = stage.bought(0, 1).await;
    assert_eq!(stage.get(&order.file("receipt.pdf")).await.status(), 500);
    stage.sql("ALTER TABLE receipt_numbers DROP CONSTRAINT trouble").await;
    stage.until_count(NUMBERS, 1).await;
    assert_eq!(stage.count("SELECT number FROM receipt_numbers").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_keeps_the_seller_it_was_given_by_and_nobody_changes_it() {
    let stage = Stage::with(&SELLER).await;
    let (_, _) = stage.bought(0, 1).await;
    stage.until_count(NUMBERS, 1).await;
    assert_eq!(
        stage.count("SELECT count(*) FROM receipt_numbers WHERE seller ->> 'tax_id' = 'ES B12345674'").await,
        1
    );
    let mut conn = stage.purchase.conn().await.expect("a connection");
    for sql in
        ["UPDATE receipt_numbers SET number = 7", "DELETE FROM receipt_numbers", "DELETE FROM receipt_series"]
    {
        let done = diesel_async::SimpleAsyncConnection::batch_execute(&mut *conn, sql).await;
        assert!(done.is_err_and(|error| error.to_string().contains("permission denied")), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_went_back_stands_in_the_history() {
    let stage = Stage::with(&SELLER).await;
    let (order, _) = stage.bought(0, 1).await;
    let page = async || stage.get(&order.page).await.text().await.expect("a page");
    assert!(page().await.contains("21.00") && !page().await.contains("Sent back"));
    stage
        .sql(
            "INSERT INTO payments SELECT gen_random_uuid(), order_id, 'cs_again', 'pi_again', amount_minor, currency, 'returned', captured_at, amount_minor
               FROM payments;
             INSERT INTO refunds (id, payment_id, order_id, scope, amount_minor, currency, reason, state, stripe_refund, next_try_at, created_at, settled_at)
             SELECT gen_random_uuid(), id, order_id, 'payment', amount_minor, currency, 'second_payment', 'succeeded', 're_again', now(), now(), now()
               FROM payments WHERE purpose = 'returned'",
        )
        .await;
    let html = page().await;
    for words in ["Paid", "Received, and sent back", "Sent back", "\u{2212}21.00", "It was paid twice"] {
        assert!(html.contains(words), "{words}");
    }
    let paper = words(&stage.get(&order.file("receipt.pdf")).await.bytes().await.expect("bytes")).concat();
    assert!(!paper.contains("Refundedsince"), "a second payment that came back is not the order's: {paper}");
}

#[tokio::test(flavor = "multi_thread")]
async fn money_given_back_of_good_will_is_no_second_payment() {
    let stage = Stage::with(&SELLER).await;
    let (order, _) = stage.bought(0, 1).await;
    let path = format!("/internal/v1/orders/{}/refunds", order.reference);
    let wish = json!({"key": "a stain", "reason": "a stain", "amount_minor": 500});
    assert_eq!(stage.inside("marketing-admin", &path, Some(wish)).await.0, 200);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    let html = stage.get(&order.page).await.text().await.expect("a page");
    for words in ["5.00", "was returned", "Sent back", "\u{2212}"] {
        assert!(html.contains(words), "{words} in {html}");
    }
    assert!(!html.contains("paid twice") && html.contains("class=\"qr\""), "the ticket stays good: {html}");
    let paper = words(&stage.get(&order.file("receipt.pdf")).await.bytes().await.expect("bytes")).concat();
    assert!(paper.contains("5.00€"), "{paper}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_door_has_not_let_go_is_promised_to_nobody() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    stage.door.silent(true);
    let path = format!("/internal/v1/orders/{}/refunds", order.reference);
    let wish = json!({"key": "all", "reason": "the guest is ill"});
    assert_eq!(stage.inside("marketing-admin", &path, Some(wish)).await.1["state"], "asked");
    let html = stage.get(&order.page).await.text().await.expect("a page");
    assert!(!html.contains("On its way back") && !html.contains("is on its way back to your card"), "{html}");
    assert_eq!(stage.order_now(&order).await["refunds"], json!([]));
}
