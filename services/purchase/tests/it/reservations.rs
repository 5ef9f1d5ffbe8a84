//! Tables: booked whole, by one party, at their deposit; and what becomes of them with their order.

use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use messages::marketing_admin::v1::FloorPlanChanged;
use messages::purchase::v1::{OrderPaid, ReservationChanged};
use prost::Message;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{Order, PUBLIC_URL, Stage};

mod fields;
mod give_back;
mod hours;

const CARD: &str = "4242424242424242";
const HOUR: i64 = 3_600_000;

/// The states of all reservations, the oldest first.
const STATES: &str =
    "SELECT coalesce(string_agg(state, ' ' ORDER BY made_at, id), '') AS text FROM reservations";

impl Stage {
    /// A party's wish for a table of a plan, an hour after the doors.
    pub fn table_wish(&self, plan: &FloorPlanChanged, table: usize, party: u32) -> Value {
        let arrives = chrono::DateTime::from_timestamp_millis(self.event.entry_from + HOUR).expect("a time");
        json!({
            "event": self.event.slug,
            "table": plan.tables[table].table_id,
            "buyer": {"name": "Ana López", "email": "ana@example.org"},
            "party": party,
            "arrives_at": arrives.to_rfc3339(),
        })
    }

    pub async fn reserve(&self, key: &str, wish: &Value) -> (StatusCode, Value) {
        let post = self.http.post(self.url("/api/v1/reservations")).header("idempotency-key", key).json(wish);
        let answer = post.send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// Books a table that must be free, and does not pay for it.
    pub async fn table_held(&self, plan: &FloorPlanChanged, table: usize, party: u32) -> Order {
        let wish = self.table_wish(plan, table, party);
        let (status, body) = self.reserve(&Uuid::now_v7().to_string(), &wish).await;
        assert_eq!(status, 201, "{body}");
        Order::of(&body)
    }

    /// Books a table, pays its deposit and waits for the passes.
    pub async fn table_booked(&self, plan: &FloorPlanChanged, table: usize, party: u32) -> (Order, Value) {
        let order = self.table_held(plan, table, party).await;
        if order.checkout_url.is_some() {
            self.pay(&order, CARD).await;
        }
        let paid = self.until(&order, "paid").await;
        (order, paid)
    }
}

/// A text read from the database.
async fn read(stage: &Stage, sql: &str) -> String {
    #[derive(diesel::QueryableByName)]
    struct Said {
        #[diesel(sql_type = diesel::sql_types::Text)]
        text: String,
    }
    let mut conn = stage.admin.conn().await.expect("a connection");
    conn.batch_execute("SET search_path = purchase").await.expect("a schema");
    let said: Said = diesel::sql_query(sql).get_result(&mut *conn).await.expect(sql);
    said.text
}

/// All messages of a subject, the oldest first.
async fn told<M: Message + Default>(stage: &Stage, subject: &str) -> Vec<M> {
    let all = format!(
        "SELECT coalesce(string_agg(encode(payload, 'hex'), ' ' ORDER BY created_at, revision), '') AS text
           FROM outbox WHERE subject = '{subject}' AND payload IS NOT NULL"
    );
    let bytes = |hex: &str| hex::decode(hex).expect("hexadecimal");
    let all = read(stage, &all).await;
    all.split_whitespace().map(|hex| M::decode(bytes(hex).as_slice()).expect("a message")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_books_a_table_pays_the_deposit_and_has_a_pass_each() {
    let (stage, plan) = Stage::with_tables().await;
    let mut wish = stage.table_wish(&plan, 1, 3);
    wish["occasion"] = json!("Birthday");
    wish["host"] = json!("Leo");
    wish["preorder"] = json!([{"bottle": plan.menu[0].bottle_id, "quantity": 2}]);
    let (status, body) = stage.reserve("a-key", &wish).await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(
        body["quote"]["total"],
        json!({"minor": 10_000, "currency": "EUR"}),
        "the deposit, without a fee"
    );
    let order = Order::of(&body);
    assert_eq!(read(&stage, STATES).await, "pending");
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 3, "as many places as they are");
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("id=\"table\"") && page.contains("Table 2"), "{page}");
    stage.audit().await;

    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["tickets"].as_array().map(Vec::len), Some(3), "{paid}");
    assert_eq!(read(&stage, STATES).await, "confirmed");
    let changes: Vec<ReservationChanged> = told(&stage, "reservation.changed").await;
    let steps: Vec<(&str, &str, i64)> =
        changes.iter().map(|one| (one.change.as_str(), one.state.as_str(), one.revision)).collect();
    assert_eq!(steps, [("made", "pending", 1), ("confirm", "confirmed", 2)]);
    let last = &changes[1];
    assert_eq!((last.party, last.deposit_minor, last.minimum_minor), (3, 10_000, 50_000));
    assert_eq!(last.balance_minor, 40_000, "what is left of the minimum");
    assert_eq!((last.tables.len(), last.tables[0].seats), (1, 8));
    assert_eq!(last.order_reference, order.reference);
    assert!(last.wish.contains("Leo") && last.occasion == "Birthday", "{last:?}");
    assert_eq!((last.preorder[0].quantity, last.preorder[0].price_minor), (2, 18_000), "at the menu's price");
    let mail: Vec<OrderPaid> = told(&stage, "order.paid").await;
    let table = mail[0].table.as_ref().expect("the deposit of a table");
    assert_eq!((table.party, table.balance_minor, table.tables.len()), (3, 40_000, 1));

    let page = stage.get(&order.page).await.text().await.expect("a page").replace('\u{a0}', " ");
    for said in
        ["Your table is booked", "3 people", "400.00 €", "Birthday", "2 × Mezcal Joven", "/guests?key="]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("/exchange?key="), "a pass is not exchanged: {page}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_pass_of_the_page_is_the_bookers() {
    let (stage, plan) = Stage::with_tables().await;
    let (order, _) = stage.table_booked(&plan, 1, 3).await;
    let first = read(&stage, "SELECT id::text AS text FROM tickets WHERE ordinal = 1").await;
    let page = stage.get(&order.page).await.text().await.expect("a page");
    let shown = page.split("id=\"ticket-").nth(1).and_then(|rest| rest.split('"').next());
    assert_eq!(shown, Some(first.as_str()), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_one_party_s_however_small_and_free_again_when_nobody_pays() {
    let (stage, plan) = Stage::with_tables().await;
    let order = stage.table_held(&plan, 1, 2).await;
    let (status, body) = stage.reserve("other", &stage.table_wish(&plan, 1, 2)).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("sold_out")), "six seats are empty: {body}");
    stage.end_holds().await;
    stage.until(&order, "expired").await;
    assert_eq!(read(&stage, STATES).await, "expired");
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 0);
    stage.table_booked(&plan, 1, 8).await;
    assert_eq!(read(&stage, STATES).await, "expired confirmed");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_a_deposit_is_booked_at_once() {
    let (stage, mut plan) = Stage::with_tables().await;
    plan.revision += 1;
    plan.tables[0].deposit_minor = 0;
    stage.publish_plan(&plan).await;
    let (status, body) = stage.reserve("a-key", &stage.table_wish(&plan, 0, 4)).await;
    assert_eq!((status.as_u16(), &body["checkout_url"]), (201, &Value::Null), "{body}");
    assert_eq!(read(&stage, STATES).await, "confirmed");
    assert_eq!(stage.order_now(&Order::of(&body)).await["tickets"].as_array().map(Vec::len), Some(4));
    let changes: Vec<ReservationChanged> = told(&stage, "reservation.changed").await;
    assert_eq!((changes.len(), changes[0].state.as_str(), changes[0].deposit_minor), (1, "confirmed", 0));
    let mail: Vec<OrderPaid> = told(&stage, "order.paid").await;
    assert_eq!(mail[0].table.as_ref().map(|table| table.balance_minor), Some(50_000));
    stage.audit().await;
}

/// A booking whose hold has ended although its session was paid, as `late::freed_and_paid` has orders.
async fn freed_and_paid(stage: &Stage, plan: &FloorPlanChanged, party: u32) -> Order {
    stage.drop_webhooks().await;
    let order = stage.table_held(plan, 1, party).await;
    stage
        .sql(
            "UPDATE attempts SET state = 'dead', settled_at = now();
         UPDATE orders SET state = 'expired', expired_at = now();
         UPDATE reservations SET state = 'expired';
         UPDATE stock SET held = 0",
        )
        .await;
    stage.pay(&order, CARD).await;
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_takes_a_table_that_is_still_free() {
    let (stage, plan) = Stage::with_tables().await;
    let order = freed_and_paid(&stage, &plan, 2).await;
    crate::late::tell(&stage).await;
    stage.until(&order, "paid").await;
    assert_eq!(read(&stage, STATES).await, "confirmed");
    let changes: Vec<ReservationChanged> = told(&stage, "reservation.changed").await;
    assert_eq!(changes.last().map(|one| one.change.as_str()), Some("confirm_late"));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_for_a_table_that_another_party_has_goes_back() {
    let (stage, plan) = Stage::with_tables().await;
    let order = freed_and_paid(&stage, &plan, 2).await;
    // Of eight seats two are taken: there is room, and it is nobody else's.
    let other = stage.table_held(&plan, 1, 2).await;
    crate::late::tell(&stage).await;
    let body = stage.until(&order, "refunded").await;
    assert_eq!(body["refunds"][0]["reason"], "late_payment");
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    assert_eq!(read(&stage, STATES).await, "cancelled pending");
    assert_eq!(stage.order_now(&other).await["state"], "pending");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_for_a_table_that_the_club_keeps_by_now_goes_back() {
    let (stage, mut plan) = Stage::with_tables().await;
    let order = freed_and_paid(&stage, &plan, 2).await;
    plan.revision += 1;
    plan.tables[1].for_sale = false;
    stage.publish_plan(&plan).await;
    crate::late::tell(&stage).await;
    stage.until(&order, "refunded").await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    assert_eq!(read(&stage, STATES).await, "cancelled");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_is_the_same_booking_and_another_party_another() {
    let (stage, plan) = Stage::with_tables().await;
    let wish = stage.table_wish(&plan, 1, 2);
    let (first, second) = (stage.reserve("a-key", &wish).await, stage.reserve("a-key", &wish).await);
    assert_eq!((first.0.as_u16(), second.0.as_u16()), (201, 201), "{second:?}");
    assert_eq!(first.1["order"]["reference"], second.1["order"]["reference"]);
    let (status, body) = stage.reserve("a-key", &stage.table_wish(&plan, 1, 3)).await;
    assert_eq!((status.as_u16(), &body["code"]), (422, &json!("idempotency_key_reused")), "{body}");
    assert_eq!(read(&stage, STATES).await, "pending");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_holds_three_tables_unpaid_and_no_more() {
    let (stage, mut plan) = Stage::with_tables().await;
    plan.revision += 1;
    for number in 4..8 {
        let mut table = plan.tables[0].clone();
        table.table_id = Uuid::now_v7().to_string();
        table.label = number.to_string();
        plan.tables.push(table);
    }
    stage.publish_plan(&plan).await;
    let mut orders = Vec::new();
    for table in [0, 1, 3] {
        orders.push(stage.table_held(&plan, table, 2).await);
    }
    let (status, body) = stage.reserve("more", &stage.table_wish(&plan, 4, 2)).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("too_many_open")), "{body}");
    stage.pay(&orders[0], CARD).await;
    stage.until(&orders[0], "paid").await;
    stage.table_held(&plan, 4, 2).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_a_table_books_without_a_script() {
    let (stage, plan) = Stage::with_tables().await;
    let path = format!("/e/friday-night/tables/{}", plan.tables[0].table_id);
    let tz: chrono_tz::Tz = stage.event.time_zone.parse().expect("a zone");
    let arrives = chrono::DateTime::from_timestamp_millis(stage.event.entry_from + HOUR).expect("a time");
    let arrives = arrives.with_timezone(&tz).format("%H:%M").to_string();
    let bottle = format!("bottle-{}", plan.menu[0].bottle_id);
    let fields = |party: &str| {
        [
            ("key".to_owned(), "a-key-of-thirty-two-characters--".to_owned()),
            ("name".to_owned(), "Ana <i>".to_owned()),
            ("email".to_owned(), "ana@example.org".to_owned()),
            ("party".to_owned(), party.to_owned()),
            ("arrives".to_owned(), arrives.clone()),
            (bottle.clone(), "1".to_owned()),
        ]
    };
    let post = |party: &'static str| {
        let post = stage.http.post(stage.url(&path)).header("origin", PUBLIC_URL);
        post.form(&fields(party)).send()
    };
    for party in ["0", "5", "many", "-1", ""] {
        let shown = post(party).await.expect("an answer");
        assert!(matches!(shown.status().as_u16(), 409 | 422), "{party}: {}", shown.status());
        let html = shown.text().await.expect("a page");
        assert!(
            html.contains("value=\"Ana &#60;i&#62;\"") || html.contains("value=\"Ana &lt;i&gt;\""),
            "{party}: what was written stays, as text: {html}"
        );
    }
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 0);
    let (first, again) = (post("4").await.expect("an answer"), post("4").await.expect("an answer"));
    assert_eq!((first.status().as_u16(), again.status().as_u16()), (303, 303));
    assert_eq!(first.headers()["location"], again.headers()["location"], "a second tap is the same booking");
    assert_eq!(read(&stage, STATES).await, "pending");
    assert_eq!(
        stage
            .count(&format!(
                "SELECT (extract(epoch FROM arrives_at) * 1000)::bigint / 60000 - {} FROM reservations",
                (stage.event.entry_from + HOUR) / 60_000
            ))
            .await,
        0,
        "at the hour that was chosen"
    );
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_not_sold_as_a_ticket() {
    let (stage, plan) = Stage::with_tables().await;
    let mut wish = stage.wish(0, 1);
    wish["items"] = json!([{"ticket_type": plan.tables[0].table_id, "quantity": 1}]);
    let (status, body) = stage.checkout("a-key", &wish).await;
    assert_eq!((status.as_u16(), &body["code"]), (422, &json!("unknown_ticket_type")), "{body}");
    let mut sale = stage.sale("cash_at_venue", 1);
    sale["items"] = json!([{"ticket_type": plan.tables[0].table_id, "quantity": 1}]);
    let (status, body) = stage.sell("a-key", &sale).await;
    assert_eq!((status, &body["code"]), (422, &json!("unknown_ticket_type")), "{body}");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_to_be_forgotten_leaves_a_table_without_a_name() {
    let (stage, plan) = Stage::with_tables().await;
    let mut wish = stage.table_wish(&plan, 1, 2);
    wish["occasion"] = json!("Birthday");
    wish["wish"] = json!("A cake");
    let (_, body) = stage.reserve("a-key", &wish).await;
    let order = Order::of(&body);
    stage.pay(&order, CARD).await;
    stage.until(&order, "paid").await;
    stage
        .sql(
            "UPDATE events SET starts_at = now() - interval '2 days', ends_at = now() - interval '1 day';
         INSERT INTO erasures_open (account_id, email, asked_at) VALUES (gen_random_uuid(), 'ana@example.org', now())",
        )
        .await;
    let nameless = "SELECT count(*) FROM reservations WHERE booker_name = '' AND occasion = '' AND wish = ''
        AND booker_email LIKE 'erased-%' AND party = 2";
    stage.until_count(nameless, 1).await;
    let changes: Vec<ReservationChanged> = told(&stage, "reservation.changed").await;
    let last = changes.last().expect("a message");
    assert_eq!((last.change.as_str(), last.occasion.as_str()), ("erased", ""));
    assert!(last.booker.as_ref().is_some_and(|booker| booker.name.is_empty()), "{last:?}");
}
