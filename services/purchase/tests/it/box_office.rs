//! What staff sell at the venue and give away: settled as it stands, from the same stock, booked where the money is, on record.

mod full_house;
mod handed_back;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ids::StaffId;
use ed25519_dalek::SigningKey;
use futures::future::join_all;
use serde_json::{Value, json};
use web::service_token::ServiceSigner;

use crate::stage::{Order, Stage};

impl Stage {
    pub fn sale(&self, channel: &str, quantity: u32) -> Value {
        json!({
            "event": self.event.event_id, "channel": channel, "name": "Ana López", "language": "es",
            "items": [{"ticket_type": self.kind(0), "quantity": quantity}],
        })
    }

    /// Has the desk sell, for a member of staff.
    async fn sell_as(&self, caller: &str, key: Option<&str>, body: &Value) -> (u16, Value) {
        self.desk_asks(caller, "orders", key, body).await
    }

    /// What a service is answered at the box office, for a member of staff.
    async fn desk_asks(&self, caller: &str, what: &str, key: Option<&str>, body: &Value) -> (u16, Value) {
        let seed: [u8; 32] =
            STANDARD.decode(self.keys.service_signing(caller)).expect("base64").try_into().expect("32 bytes");
        let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now());
        let signer = ServiceSigner::new(caller, &SigningKey::from_bytes(&seed));
        let token = signer.token_for(Some(StaffId::generate()), "purchase", now);
        let url = format!("http://{}/internal/v1/box-office/{what}", self.service.internal);
        let mut call = self.http.post(url).bearer_auth(token).json(body);
        if let Some(key) = key {
            call = call.header("idempotency-key", key);
        }
        let answer = call.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    pub async fn sell(&self, key: &str, body: &Value) -> (u16, Value) {
        self.sell_as("marketing-admin", Some(key), body).await
    }

    async fn booked(&self, account: &str) -> i64 {
        let sum =
            format!("SELECT coalesce(sum(amount_minor), 0) FROM ledger_entries WHERE account = '{account}'");
        self.count(&sum).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_desk_is_told_before_is_what_it_takes_then_and_nothing_is_held_for_it() {
    let stage = Stage::open().await;
    let choice = |quantity: u32| json!({"event": stage.event.event_id, "items": [{"ticket_type": stage.kind(0), "quantity": quantity}]});
    let (status, told) = stage.desk_asks("marketing-admin", "quotes", None, &choice(3)).await;
    assert_eq!(status, 200, "{told}");
    let held = "SELECT count(*) FROM orders";
    assert_eq!(stage.count(held).await, 0);
    let (_, sold) = stage.sell("after-a-quote-1", &stage.sale("cash_at_venue", 3)).await;
    for figure in ["total_minor", "currency", "tickets"] {
        assert_eq!(told[figure], sold[figure], "{figure}: {told} and {sold}");
    }
    let (status, none) = stage.desk_asks("marketing-admin", "quotes", None, &choice(0)).await;
    assert_eq!((status, &none["code"]), (422, &json!("invalid_quantity")));
    let (status, _) = stage.desk_asks("scanner", "quotes", None, &choice(1)).await;
    assert_eq!(status, 403, "the door sells nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sold_at_the_venue_is_paid_with_its_tickets_and_booked_where_the_money_is() {
    let stage = Stage::open().await;
    for (channel, key) in [("cash_at_venue", "cash-1"), ("card_at_venue", "card-1")] {
        let (status, body) = stage.sell(key, &stage.sale(channel, 2)).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!((&body["total_minor"], &body["tickets"]), (&json!(4200), &json!(2)), "as it costs online");
        assert_eq!(stage.booked(channel).await, 4200);
        let page = body["url"].as_str().expect("a URL").strip_prefix(crate::stage::PUBLIC_URL).expect("ours");
        let order = Order {
            reference: body["reference"].as_str().expect("a reference").to_owned(),
            page: page.to_owned(),
            api: format!("/api/v1{page}"),
            checkout_url: None,
        };
        let now = stage.order_now(&order).await;
        assert_eq!((&now["state"], now["tickets"].as_array().map(Vec::len)), (&json!("paid"), Some(2)));
        let html = stage.get(&order.page).await.text().await.expect("a page");
        assert!(html.contains("nothing is sent by email"), "there is no address to send it to: {html}");
    }
    assert_eq!(stage.booked("ticket_revenue").await, -8000);
    assert_eq!(stage.booked("stripe_clearing").await, 0);
    let told = "SELECT count(*) FROM outbox WHERE subject = 'order.paid'";
    assert_eq!(stage.count(told).await, 2);
    let on_record = "SELECT count(*) FROM audit_log WHERE action = 'box_office.sold' AND staff_id IS NOT NULL
                       AND actor = 'marketing-admin' AND detail ->> 'total_minor' = '4200'";
    assert_eq!(stage.count(on_record).await, 2);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gift_costs_nothing_has_a_reason_and_takes_a_place() {
    let stage = Stage::open().await;
    let mut gift = stage.sale("comp", 3);
    let (status, body) = stage.sell("gift", &gift).await;
    assert_eq!(
        (status, &body["errors"][0]["field"], &body["errors"][0]["code"]),
        (422, &json!("reason"), &json!("required"))
    );
    gift["reason"] = json!(" The DJ's friends ");
    gift["email"] = json!("dj@example.org");
    let (status, body) = stage.sell("gift", &gift).await;
    assert_eq!((status, &body["total_minor"], &body["tickets"]), (200, &json!(0), &json!(3)), "{body}");
    assert_eq!(stage.count("SELECT sold FROM stock WHERE capacity = 100").await, 3);
    // At list price, beside what was earned.
    assert_eq!((stage.booked("comps").await, stage.booked("revenue_comps").await), (6000, -6000));
    assert_eq!((stage.booked("ticket_revenue").await, stage.booked("stripe_clearing").await), (0, 0));
    let reason =
        "SELECT count(*) FROM audit_log WHERE action = 'comp.issued' AND reason = 'The DJ''s friends'";
    assert_eq!(stage.count(reason).await, 1);
    assert_eq!(
        stage.count("SELECT count(*) FROM orders WHERE channel = 'comp' AND total_minor = 0").await,
        1
    );
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_sells_once() {
    let stage = Stage::open().await;
    let sale = stage.sale("cash_at_venue", 1);
    let answers = join_all((0..8).map(|_| stage.sell("same", &sale))).await;
    for (status, body) in &answers {
        assert_eq!((*status, &body["reference"]), (200, &answers[0].1["reference"]), "{body}");
    }
    let (status, body) = stage.sell("same", &stage.sale("cash_at_venue", 2)).await;
    assert_eq!((status, &body["code"]), (422, &json!("idempotency_key_reused")));
    let (status, body) = stage.sell_as("marketing-admin", None, &sale).await;
    assert_eq!((status, &body["code"]), (400, &json!("idempotency_key_required")));
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 1);
    assert_eq!(stage.booked("cash_at_venue").await, 2100);
    assert_eq!(stage.count("SELECT count(*) FROM audit_log WHERE action = 'box_office.sold'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_and_staff_take_from_one_stock() {
    let stage = Stage::open().await;
    stage.resize(2, 20).await;
    let (sale, wish) = (stage.sale("card_at_venue", 1), stage.wish(0, 1));
    let keys: Vec<String> = (0..20).map(|n| format!("buyer-{n}")).collect();
    let desk = join_all(keys.iter().map(|key| stage.sell(key, &sale)));
    let guests = join_all(keys.iter().map(|key| stage.checkout(key, &wish)));
    let (desk, guests) = tokio::join!(desk, guests);
    let sold = desk.iter().filter(|(status, _)| *status == 200).count();
    let held = guests.iter().filter(|(status, _)| *status == 201).count();
    assert_eq!(sold + held, 20, "not one more and not one fewer");
    for (status, body) in &desk {
        assert!(*status == 200 || (*status == 409 && body["code"] == "sold_out"), "{status} {body}");
    }
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_sell_when_guests_may_not_and_pass_nobody_in_line() {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    event.revision = 2;
    event.ticket_types[0].capacity = 30;
    event.ticket_types[0].max_per_order = 2;
    event.ticket_types[0].sale_until = event.changed_at - 60_000;
    stage.publish(&event).await;
    assert_eq!(stage.checkout("guest", &stage.wish(0, 1)).await.0, 409, "the sale is over");
    let (status, body) = stage.sell("venue", &stage.sale("cash_at_venue", 29)).await;
    assert_eq!((status, &body["tickets"]), (200, &json!(29)), "{body}");
    event.revision = 3;
    event.ticket_types[0].sale_until = 0;
    stage.publish(&event).await;
    let last = stage.order(0, 1).await;
    stage.join("two@example.org", 2).await;
    stage.free(&last).await;
    let (status, body) = stage.sell("past-the-line", &stage.sale("cash_at_venue", 1)).await;
    assert_eq!((status, &body["code"]), (409, &json!("sold_out")), "it is kept for who waits");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sold_is_refused_by_its_field_and_nothing_is_left_behind() {
    let stage = Stage::open().await;
    let with = |field: &str, value: Value| {
        let mut sale = stage.sale("cash_at_venue", 1);
        sale[field] = value;
        sale
    };
    let other = uuid::Uuid::now_v7().to_string();
    let kind = stage.kind(0);
    for (sale, status, code) in [
        (with("channel", json!("online")), 422, "invalid"),
        (with("channel", json!("iou")), 422, "invalid"),
        (with("name", json!(" ")), 422, "invalid_name"),
        (with("email", json!("ana@")), 422, "invalid_email"),
        (with("items", json!([])), 422, "invalid_quantity"),
        (with("items", json!([{"ticket_type": kind, "quantity": 0}])), 422, "invalid_quantity"),
        (with("items", json!([{"ticket_type": kind, "quantity": 101}])), 422, "invalid_quantity"),
        (with("items", json!([{"ticket_type": other, "quantity": 1}])), 422, "unknown_ticket_type"),
        (with("event", json!(other)), 404, "not_found"),
        (with("price_minor", json!(1)), 422, "unknown_field"),
    ] {
        let (answer, body) = stage.sell("refused", &sale).await;
        assert_eq!((answer, &body["code"]), (status, &json!(code)), "{sale}");
    }
    let (status, _) = stage.sell_as("scanner", Some("door"), &stage.sale("cash_at_venue", 1)).await;
    assert_eq!(status, 403, "the door sells nothing");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 0);
    assert_eq!(stage.count("SELECT sum(held + sold) FROM stock").await, 0);
}
