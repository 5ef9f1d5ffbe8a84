//! Club credit: given instead of money, spent at the checkout, returned with what it paid, and never spent twice.

mod edges;
mod life;

use std::sync::atomic::{AtomicI64, Ordering};

use db::{Db, DbSettings};
use diesel_async::RunQueryDsl;
use futures::future::join_all;
use messages::purchase::v1::OrderRefunded;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::stage::{Order, Stage};

const CARD: &str = "4242424242424242";
/// A ticket with its fee.
const TICKET: i64 = 2100;

/// A stage on which somebody has left what a ticket cost with the club, and the code of that.
async fn with_credit() -> (Stage, String) {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let (status, body) = stage.give_back(&order, "credit", json!({"as_credit": true})).await;
    assert_eq!(status, 200, "{body}");
    stage.all_succeeded(1).await;
    let told: OrderRefunded = stage.said("order.refunded").await;
    assert_eq!((told.amount_minor, told.credit_minor, told.ticket_ids.len()), (0, TICKET, 1));
    assert!(told.credit_code.starts_with("CR-") && told.credit_until > told.refunded_at, "{told:?}");
    (stage, told.credit_code)
}

async fn buy(stage: &Stage, guest: &str, quantity: u32, code: &str) -> (u16, Value) {
    let mut wish = stage.wish(0, quantity);
    wish["buyer"]["email"] = json!(format!("{guest}@example.org"));
    wish["promo"] = json!(code);
    let (status, body) = stage.checkout(&Uuid::now_v7().to_string(), &wish).await;
    (status.as_u16(), body)
}

async fn left(stage: &Stage) -> i64 {
    stage.count("SELECT balance_minor FROM credits").await
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_stays_as_a_credit_pays_for_another_night_and_the_books_agree() {
    let (stage, code) = with_credit().await;
    assert_eq!(stage.balance("credits").await, -TICKET, "owed, not earned");
    assert_eq!(stage.balance("stripe_clearing").await, TICKET, "Stripe gave nothing back");
    assert_eq!(stage.balance("service_fees").await, 0);
    stage.audit().await;

    let items = json!([{"ticket_type": stage.kind(0), "quantity": 2}]);
    let ask = json!({"event": "friday-night", "items": items, "promo": code.to_lowercase().replace('-', "")});
    let quote = stage.http.post(stage.url("/api/v1/quotes")).json(&ask).send().await.expect("an answer");
    let quote: Value = quote.json().await.expect("JSON");
    let line = quote["lines"].as_array().and_then(|lines| lines.last()).expect("lines");
    assert_eq!((&line["kind"], &line["total"]["minor"]), (&json!("credit"), &json!(-TICKET)), "{quote}");
    assert_eq!(quote["total"]["minor"], TICKET, "{quote}");
    let (status, body) = buy(&stage, "bea", 2, &code).await;
    assert_eq!((status, &body["quote"]), (201, &quote), "what is shown is what is charged");
    assert_eq!(left(&stage).await, 0, "held with the places");
    stage.audit().await;

    let order = Order::of(&body);
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["tickets"].as_array().map(Vec::len), Some(2));
    assert_eq!(stage.count("SELECT count(*) FROM credit_uses WHERE state = 'used'").await, 1);
    assert_eq!(stage.balance("credits").await, 0, "earned now");
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE promo_code IS NOT NULL").await, 0);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("Credit …") && !page.contains(&code), "{page}");
    stage.audit().await;

    // All of it back: what was paid in money, and the rest to the credit.
    assert_eq!(stage.give_back(&order, "all", json!({})).await.0, 200);
    stage.all_succeeded(2).await;
    let told: OrderRefunded = stage.said("order.refunded").await;
    assert_eq!((told.amount_minor, told.credit_minor, told.credit_code.as_str()), (TICKET, TICKET, ""));
    assert_eq!(left(&stage).await, TICKET);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_that_covers_everything_needs_no_payment_and_has_it_back_with_the_tickets() {
    let (stage, code) = with_credit().await;
    let (status, body) = buy(&stage, "bea", 1, &code).await;
    assert_eq!((status, &body["quote"]["total"]["minor"]), (201, &json!(0)), "{body}");
    let order = Order::of(&body);
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["tickets"].as_array().map(Vec::len), Some(1));
    assert_eq!(stage.balance("credits").await, 0);
    let (status, refused) = buy(&stage, "cleo", 1, &code).await;
    assert_eq!((status, &refused["code"]), (409, &json!("promo_exhausted")), "{refused}");
    stage.audit().await;
    assert_eq!(stage.give_back(&order, "back", json!({})).await.0, 200);
    stage.all_succeeded(2).await;
    assert_eq!((left(&stage).await, stage.balance("credits").await), (TICKET, -TICKET));
    assert_eq!(stage.count("SELECT count(*) FROM tickets WHERE state = 'refunded'").await, 2);
    assert_eq!(buy(&stage, "cleo", 1, &code).await.0, 201, "and pays again");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_ends_leaves_the_credit_as_it_was() {
    let (stage, code) = with_credit().await;
    let (status, body) = buy(&stage, "bea", 2, &code).await;
    assert_eq!(status, 201, "{body}");
    stage.end_holds().await;
    stage.until(&Order::of(&body), "expired").await;
    assert_eq!(left(&stage).await, TICKET);
    assert_eq!(stage.count("SELECT count(*) FROM credit_uses WHERE state = 'freed'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_spent_or_given_is_refused_by_its_reason() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let some = json!({"amount_minor": TICKET - 20, "as_credit": true});
    assert_eq!(stage.give_back(&order, "some", some.clone()).await.0, 200);
    let (status, other) = stage.give_back(&order, "some", json!({"amount_minor": TICKET - 20})).await;
    assert_eq!((status, &other["code"]), (422, &json!("idempotency_key_reused")), "money is another wish");
    assert_eq!(stage.give_back(&order, "some", some).await.0, 200, "the same again is the same");
    stage.all_succeeded(1).await;
    let code = stage.said::<OrderRefunded>("order.refunded").await.credit_code;
    assert_eq!(stage.count("SELECT count(*) FROM credits").await, 1);
    let (status, refused) = buy(&stage, "bea", 1, "CR-AAAA-BBBB-CCCC-DDDD").await;
    assert_eq!((status, &refused["code"]), (422, &json!("promo_invalid")), "{refused}");
    stage.sql("UPDATE credits SET expires_at = now() - interval '1 second'").await;
    let (status, refused) = buy(&stage, "bea", 2, &code).await;
    assert_eq!((status, &refused["code"]), (422, &json!("promo_expired")), "{refused}");
    let totals = format!(
        "/internal/v1/exports/payments/totals?as_of={}",
        chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).format("%Y-%m-%dT%H:%M:%SZ")
    );
    let (_, totals) = stage.inside("marketing-admin", &totals, None).await;
    assert_eq!(
        totals["credits"],
        json!([{"currency": "EUR", "credits": 0, "open_minor": 0, "lapsed_minor": TICKET - 20}])
    );
    // What cost nothing is no credit.
    let (free, _) = stage.bought(1, 1).await;
    let (status, refused) = stage.give_back(&free, "free", json!({"as_credit": true})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("invalid_state")), "{refused}");
    stage.audit().await;
}

const GUESTS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_know_the_code_one_spends_it() {
    let (stage, code) = with_credit().await;
    let guests: Vec<String> = (0..GUESTS).map(|n| format!("guest-{n}")).collect();
    let answers = join_all(guests.iter().map(|guest| buy(&stage, guest, 1, &code))).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
    for (status, body) in &answers {
        assert!(*status == 201 || (*status == 409 && body["code"] == "promo_exhausted"), "{status} {body}");
    }
    assert_eq!(left(&stage).await, 0);
    stage.audit().await;
}

/// The control: who looks at the balance without its lock, and writes without the CHECK, spends it over and over.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_rush_without_the_lock_spends_what_is_not_there() {
    let (stage, _) = with_credit().await;
    stage.sql("ALTER TABLE credits DROP CONSTRAINT credits_never_overspent").await;
    let mut settings = DbSettings::new(&stage.database.admin_url());
    settings.max_connections = 12;
    settings.patience = std::time::Duration::from_secs(20);
    let db = Db::connect(&settings).expect("sound settings");
    let (spent, all_have_looked) = (AtomicI64::new(0), Barrier::new(GUESTS));
    join_all((0..GUESTS).map(|_| naive(&db, &spent, &all_have_looked))).await;
    assert!(spent.into_inner() > 1, "the rush is no test");
    assert!(left(&stage).await < 0);
}

/// Check, then act.
async fn naive(db: &Db, spent: &AtomicI64, all_have_looked: &Barrier) {
    #[derive(diesel::QueryableByName)]
    struct Left {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        left: i64,
    }
    let mut conn = db.conn().await.expect("a connection");
    let check = "SELECT balance_minor AS left FROM purchase.credits";
    let found: Left = diesel::sql_query(check).get_result(&mut *conn).await.expect("a row");
    all_have_looked.wait().await;
    if found.left >= TICKET {
        let act = format!("UPDATE purchase.credits SET balance_minor = balance_minor - {TICKET}");
        diesel::sql_query(act).execute(&mut *conn).await.expect("written");
        spent.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_kept_as_its_hash_alone() {
    let (stage, code) = with_credit().await;
    let plain = code.replace('-', "");
    for table in ["credits", "credit_uses", "refunds", "orders", "order_lines", "audit_log"] {
        let found = format!(
            "SELECT count(*) FROM {table} t WHERE t::text LIKE '%{code}%' OR t::text LIKE '%{plain}%'"
        );
        assert_eq!(stage.count(&found).await, 0, "{table}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM credits WHERE length(code_hash) = 32").await, 1);
}
