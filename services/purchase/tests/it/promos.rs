//! Promo codes: what they take off, whom they are good for, and that no crowd uses one more often than it may.

use db::{Db, DbSettings};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures::future::join_all;
use messages::marketing_admin::v1::PromoChanged;
use messages::marketing_admin::v1::promo_changed::Off;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{Order, PUBLIC_URL, Stage};

const CARD: &str = "4242424242424242";

/// Half off, code SUMMER.
fn summer() -> PromoChanged {
    PromoChanged {
        promo_id: Uuid::now_v7().to_string(),
        revision: 1,
        name: "Summer".into(),
        codes: vec!["SUMMER".into()],
        off: Some(Off::BasisPoints(5_000)),
        currency: "EUR".into(),
        promoter: "Lola".into(),
        active: true,
        ..PromoChanged::default()
    }
}

async fn with(promo: &PromoChanged) -> Stage {
    let stage = Stage::open().await;
    stage.publish_promo(promo).await;
    stage
}

fn wish(stage: &Stage, guest: &str, code: &str) -> Value {
    let mut wish = stage.wish(0, 1);
    wish["buyer"]["email"] = json!(format!("{guest}@example.org"));
    wish["promo"] = json!(code);
    wish
}

async fn buy(stage: &Stage, guest: &str, code: &str) -> (u16, Value) {
    let (status, body) = stage.checkout(&Uuid::now_v7().to_string(), &wish(stage, guest, code)).await;
    (status.as_u16(), body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_takes_off_what_it_says_everywhere_and_the_books_agree() {
    let stage = with(&summer()).await;
    let (status, body) = buy(&stage, "ana", " summer ").await;
    assert_eq!(status, 201, "{body}");
    // 20.00 less 10.00, fee 0.50 + 2.5 % of 10.00.
    assert_eq!(body["quote"]["total"]["minor"], 1000 + 75, "{body}");
    assert_eq!(
        body["quote"]["lines"][1],
        json!({
            "kind": "discount", "ticket_type": stage.kind(0), "label": "SUMMER", "quantity": 1,
            "unit": {"minor": -1000, "currency": "EUR"}, "total": {"minor": -1000, "currency": "EUR"}, "tax": {"minor": 0, "currency": "EUR"},
        })
    );
    let order = Order::of(&body);
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["quote"], body["quote"], "what was quoted is what the order says");
    assert_eq!(
        stage.count("SELECT -sum(amount_minor) FROM ledger_entries WHERE account = 'ticket_revenue'").await,
        1000
    );
    assert_eq!(stage.count("SELECT count(*) FROM promo_redemptions WHERE state = 'used'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_off_needs_no_payment_and_gives_tickets_at_once() {
    let stage = with(&PromoChanged { off: Some(Off::BasisPoints(10_000)), ..summer() }).await;
    let (status, body) = buy(&stage, "ana", "SUMMER").await;
    assert_eq!((status, &body["checkout_url"]), (201, &Value::Null), "{body}");
    let order = stage.order_now(&Order::of(&body)).await;
    assert_eq!((order["state"].as_str(), order["tickets"].as_array().map(Vec::len)), (Some("paid"), Some(1)));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_uses_a_code_as_often_as_it_may() {
    let stage = with(&PromoChanged { most: 5, ..summer() }).await;
    let guests: Vec<String> = (0..40).map(|n| format!("guest-{n}")).collect();
    let answers = join_all(guests.iter().map(|guest| buy(&stage, guest, "SUMMER"))).await;
    let used = answers.iter().filter(|(status, _)| *status == 201).count();
    let refused =
        answers.iter().filter(|(status, body)| *status == 409 && body["code"] == "promo_exhausted").count();
    assert_eq!((used, refused), (5, 35), "{:?}", answers.last());
    stage.audit().await;
    stage.end_holds().await;
    stage.until_count("SELECT count(*) FROM promo_redemptions WHERE state = 'freed'", 5).await;
    assert_eq!(buy(&stage, "late", "SUMMER").await.0, 201, "a use is free again with its hold");
    stage.audit().await;
}

/// The control: counting uses without the promo's lock gives out more than there are.
#[tokio::test(flavor = "multi_thread")]
async fn counting_without_the_lock_gives_out_too_many() {
    let promo = PromoChanged { most: 5, ..summer() };
    let stage = with(&promo).await;
    stage.sql("ALTER TABLE promos DROP CONSTRAINT promos_never_overused").await;
    let mut settings = DbSettings::new(&stage.database.admin_url());
    settings.max_connections = 20;
    settings.patience = std::time::Duration::from_secs(60);
    let db = Db::connect(&settings).expect("sound settings");
    // On a busy machine a crowd may come one by one.
    for _ in 0..20 {
        join_all((0..40).map(|_| naive(&db, &promo.promo_id))).await;
        if stage.count("SELECT taken FROM promos").await > 5 {
            return;
        }
        stage.sql("UPDATE promos SET taken = 0").await;
    }
    panic!("the crowd is no test: a naive till never gave out more than 5");
}

async fn naive(db: &Db, promo: &str) {
    #[derive(diesel::QueryableByName)]
    struct Left {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        left: i64,
    }
    let mut conn = db.conn().await.expect("a connection");
    let check = format!("SELECT most - taken AS left FROM purchase.promos WHERE id = '{promo}'");
    let found: Left = diesel::sql_query(check).get_result(&mut *conn).await.expect("a row");
    if found.left > 0 {
        let act = format!("UPDATE purchase.promos SET taken = taken + 1 WHERE id = '{promo}'");
        diesel::sql_query(act).execute(&mut *conn).await.expect("written");
    }
}

/// A batch of holds locks the promo, then moves its codes. Who frees a use must not hold the code while it waits for the promo.
#[tokio::test(flavor = "multi_thread")]
async fn a_use_is_freed_in_the_order_in_which_it_is_taken() {
    let stage = with(&summer()).await;
    assert_eq!(buy(&stage, "ana", "SUMMER").await.0, 201);
    let mut till = stage.admin.conn().await.expect("a connection");
    till.batch_execute("BEGIN; SELECT FROM purchase.promos FOR NO KEY UPDATE").await.expect("the promo");
    // The sweep asks Stripe, and nobody tells it.
    stage.drop_webhooks().await;
    stage.end_holds().await;
    stage.until_waiting(1, "").await;
    let code = till.batch_execute("SELECT FROM purchase.promo_codes FOR NO KEY UPDATE NOWAIT; COMMIT").await;
    code.expect("nobody holds the code");
    stage.until_count("SELECT count(*) FROM promo_redemptions WHERE state = 'freed'", 1).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_code_of_a_batch_is_good_once() {
    let codes = ["DJ-AAAAAA", "DJ-BBBBBB"].map(str::to_owned).to_vec();
    let stage = with(&PromoChanged { codes, single_use: true, ..summer() }).await;
    let guests: Vec<String> = (0..12).map(|n| format!("guest-{n}")).collect();
    let answers = join_all(guests.iter().map(|guest| buy(&stage, guest, "dj-aaaaaa"))).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1);
    assert_eq!(buy(&stage, "bea", "DJ-BBBBBB").await.0, 201, "the other one is untouched");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_code_and_a_stranger_learns_nothing() {
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis();
    let stage = Stage::open().await;
    // Each promo has a code of its own; what is asked for is that code, or one that no promo has.
    let refusal = async |asked: &str, promo: PromoChanged| {
        stage.publish_promo(&promo).await;
        let (status, body) = buy(&stage, "ana", asked).await;
        assert_eq!(stage.count("SELECT count(*) FROM orders").await, 0, "{asked}");
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    };
    let unknown = (422, "promo_invalid".to_owned());
    let coded = |code: &str| PromoChanged { codes: vec![code.into()], ..summer() };
    assert_eq!(refusal("SUMMER", coded("WINTER")).await, unknown);
    assert_eq!(refusal("IDLE", PromoChanged { active: false, ..coded("IDLE") }).await, unknown);
    let another = PromoChanged { event_id: Uuid::now_v7().to_string(), ..coded("ANOTHER") };
    assert_eq!(refusal("ANOTHER", another).await, unknown);
    let expired = (422, "promo_expired".to_owned());
    assert_eq!(refusal("OVER", PromoChanged { until: now - 1000, ..coded("OVER") }).await, expired);
    assert_eq!(refusal("LATER", PromoChanged { from: now + 3_600_000, ..coded("LATER") }).await, expired);
    let elsewhere = (422, "promo_not_applicable".to_owned());
    let other_type = PromoChanged { ticket_type_ids: vec![Uuid::now_v7().to_string()], ..coded("TYPE") };
    assert_eq!(refusal("TYPE", other_type).await, elsewhere);
    assert_eq!(refusal("LARGE", PromoChanged { minimum_minor: 2001, ..coded("LARGE") }).await, elsewhere);

    stage.publish_promo(&PromoChanged { most_per_guest: 1, ..summer() }).await;
    assert_eq!(buy(&stage, "ana", "SUMMER").await.0, 201);
    let (status, again) = buy(&stage, "ANA", "SUMMER").await;
    assert_eq!((status, again["code"].as_str()), (409, Some("promo_exhausted")), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_code_leaves_is_nothing_or_enough_for_a_card() {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    (event.revision, event.fee) = (2, None);
    stage.publish(&event).await;
    for (code, off) in [("MOST", 1951), ("ENOUGH", 1950), ("ALL", 2000)] {
        let codes = vec![code.to_owned()];
        stage.publish_promo(&PromoChanged { codes, off: Some(Off::Minor(off)), ..summer() }).await;
    }
    let (status, refused) = buy(&stage, "ana", "MOST").await;
    assert_eq!((status, refused["code"].as_str()), (422, Some("order_too_small")), "{refused}");
    assert_eq!(stage.count("SELECT sum(held) + sum(taken) FROM stock, promos").await, 0, "nothing was taken");
    let quoted = async |code: &str| {
        let items = json!([{"ticket_type": stage.kind(0), "quantity": 1}]);
        let body = json!({"event": stage.event.slug, "items": items, "promo": code});
        let answer =
            stage.http.post(stage.url("/api/v1/quotes")).json(&body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("JSON"))
    };
    let (status, refused) = quoted("MOST").await;
    assert_eq!((status, &refused["code"]), (422, &json!("order_too_small")), "as the hold says: {refused}");
    assert_eq!(quoted("ENOUGH").await.1["total"]["minor"], 50);
    assert_eq!(quoted("ALL").await.1["total"]["minor"], 0);
    let form = [
        (format!("q-{}", stage.kind(0)), "1"),
        ("name".to_owned(), "Ana"),
        ("email".to_owned(), "ana@example.org"),
        ("promo".to_owned(), "MOST"),
    ];
    let page = stage.http.post(stage.url("/e/friday-night")).header("origin", PUBLIC_URL).form(&form);
    let page = page.send().await.expect("an answer").text().await.expect("a page");
    assert!(page.contains("less than a card can be charged"), "{page}");
    let (_, enough) = buy(&stage, "ana", "ENOUGH").await;
    let order = Order::of(&enough);
    stage.pay(&order, CARD).await;
    stage.until(&order, "paid").await;
    assert_eq!(buy(&stage, "bea", "ALL").await.0, 201);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_lowered_below_what_is_taken_takes_nothing_back() {
    let promo = PromoChanged { most: 3, ..summer() };
    let stage = with(&promo).await;
    for guest in ["ana", "bea", "cleo"] {
        assert_eq!(buy(&stage, guest, "SUMMER").await.0, 201);
    }
    stage.publish_promo(&PromoChanged { revision: 2, most: 1, ..promo.clone() }).await;
    assert_eq!(buy(&stage, "dora", "SUMMER").await.0, 409);
    stage.publish_promo(&promo).await;
    assert_eq!(stage.count("SELECT most FROM promos").await, 1, "an older snapshot changes nothing");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_carries_the_code_to_the_page_and_the_form() {
    let stage = with(&summer()).await;
    let page = stage.get("/e/friday-night?promo=SUMMER").await.text().await.expect("a page");
    assert!(page.contains(r#"value="SUMMER""#), "{page}");
}
