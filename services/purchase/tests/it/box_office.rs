//! What staff sell at the venue and give away: settled as it stands, from the same stock, booked where the money is, on record.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::clock::{Clock, SystemClock};
use domain::ids::{MessageId, StaffId};
use ed25519_dalek::SigningKey;
use futures::future::join_all;
use messages::scanner::v1::DoorChanged;
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

/// An order that the desk has sold, as its guest holds it.
fn held(sold: &Value) -> Order {
    let page = sold["url"].as_str().expect("a URL").strip_prefix(crate::stage::PUBLIC_URL).expect("ours");
    Order {
        reference: sold["reference"].as_str().expect("a reference").to_owned(),
        page: page.to_owned(),
        api: format!("/api/v1{page}"),
        checkout_url: None,
    }
}

impl Stage {
    async fn staff_refund(&self, order: &Order, key: &str, more: Value) -> (u16, Value) {
        let mut body = json!({"key": key, "reason": "the guest is ill"});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let path = format!("/internal/v1/orders/{}/refunds", order.reference);
        self.inside("marketing-admin", &path, Some(body)).await
    }

    /// That this many refunds have come to their end, none of them at Stripe.
    async fn handed_back(&self, refunds: i64) {
        let done = "SELECT count(*) FROM refunds WHERE state = 'succeeded' AND payment_id IS NULL AND stripe_refund IS NULL";
        self.until_count(done, refunds).await;
        let state = self.sandbox_state().await;
        assert_eq!(state["refunds"], 0, "Stripe was not asked: {state}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_at_the_venue_is_handed_back_there_and_stripe_is_not_asked() {
    let stage = Stage::open().await;
    for (channel, key) in [("cash_at_venue", "cash"), ("card_at_venue", "card")] {
        let (_, sold) = stage.sell(key, &stage.sale(channel, 3)).await;
        let order = held(&sold);
        let bought = stage.order_now(&order).await;
        let done = stage.count("SELECT count(*) FROM refunds WHERE state = 'succeeded'").await;
        let one = json!({"tickets": [bought["tickets"][0]["id"]], "keep_fees": true});
        let (status, answer) = stage.staff_refund(&order, &format!("{key} one"), one).await;
        assert_eq!((status, &answer["amount_minor"]), (200, &json!(2000)), "{answer}");
        stage.handed_back(done + 1).await;
        assert_eq!(stage.booked(channel).await, 6300 - 2000);
        let some = json!({"amount_minor": 300});
        assert_eq!(stage.staff_refund(&order, &format!("{key} some"), some).await.0, 200);
        let (_, all) = stage.staff_refund(&order, &format!("{key} all"), json!({})).await;
        assert_eq!(all["amount_minor"], 4000, "what is left of 63.00");
        stage.until(&order, "refunded").await;
        stage.handed_back(done + 3).await;
        assert_eq!(stage.booked(channel).await, 0);
        let (status, more) =
            stage.staff_refund(&order, &format!("{key} more"), json!({"amount_minor": 1})).await;
        assert_eq!((status, &more["code"]), (409, &json!("refund_exceeds_captured")));
        let page = stage.get(&order.page).await.text().await.expect("a page");
        assert!(page.contains("handed back to you at the venue") && !page.contains("to your card"), "{page}");
    }
    assert_eq!(stage.booked("ticket_revenue").await + stage.booked("refunds").await, 0);
    assert_eq!((stage.booked("service_fees").await, stage.booked("stripe_clearing").await), (0, 0));
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.refunded'").await, 6);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gift_is_taken_back_without_money_and_who_is_inside_keeps_it() {
    let stage = Stage::open().await;
    let mut gift = stage.sale("comp", 2);
    gift["reason"] = json!("The DJ's friends");
    let order = held(&stage.sell("gift", &gift).await.1);
    let bought = stage.order_now(&order).await;
    stage.door.inside(bought["tickets"][0]["id"].as_str().expect("an id"));
    let (_, asked) = stage.staff_refund(&order, "all", json!({})).await;
    assert_eq!((&asked["state"], &asked["amount_minor"]), (&json!("withdrawn"), &json!(0)), "{asked}");
    let one = json!({"tickets": [bought["tickets"][1]["id"]]});
    assert_eq!(stage.staff_refund(&order, "one", one).await.0, 200);
    stage.handed_back(1).await;
    let now = stage.order_now(&order).await;
    assert_eq!(
        (&now["state"], &now["tickets"][0]["state"], &now["tickets"][1]["state"]),
        (&json!("paid"), &json!("valid"), &json!("cancelled"))
    );
    let amount = json!({"amount_minor": 100});
    assert_eq!(stage.staff_refund(&order, "money", amount).await.0, 409, "there is no money in it");
    stage.staff_refund(&order, "anyway", json!({"anyway": true})).await;
    stage.until(&order, "refunded").await;
    stage.handed_back(2).await;
    assert_eq!(stage.count("SELECT count(*) FROM ledger_transactions WHERE source <> 'comp'").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.refunded'").await, 2);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("cost nothing"), "{page}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_night_voids_what_was_sold_at_the_venue_and_its_money_waits_there() {
    let stage = Stage::open().await;
    let cash = held(&stage.sell("cash", &stage.sale("cash_at_venue", 2)).await.1);
    let mut gift = stage.sale("comp", 1);
    gift["reason"] = json!("A prize");
    let comp = held(&stage.sell("gift", &gift).await.1);
    let (online, _) = stage.bought(0, 1).await;
    stage.call_off().await;
    stage.all_back().await;
    for order in [&cash, &comp, &online] {
        let now = stage.order_now(order).await;
        assert_eq!(now["state"], "refunded");
        let tickets = now["tickets"].as_array().expect("tickets").clone();
        assert!(tickets.iter().all(|ticket| ticket["code"].is_null()), "{now}");
    }
    let progress = stage.progress().await;
    assert_eq!((&progress["orders"], &progress["orders_open"]), (&json!(3), &json!(0)));
    assert_eq!((&progress["at_venue"], &progress["at_venue_minor"]), (&json!(1), &json!(4200)), "{progress}");
    assert_eq!(progress["returned_minor"], 2100, "by Stripe, of the one that was paid online");
    assert_eq!(stage.booked("cash_at_venue").await, 4200, "nobody has handed it back yet");
    let page = stage.get(&cash.page).await.text().await.expect("a page");
    assert!(page.contains("Your money waits at the club") && page.contains("42.00"), "{page}");

    // The guest comes for it.
    assert_eq!(stage.staff_refund(&cash, "came", json!({})).await.1["amount_minor"], 4200);
    stage
        .until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded' AND payment_id IS NULL", 1)
        .await;
    assert_eq!(stage.booked("cash_at_venue").await, 0);
    let progress = stage.progress().await;
    assert_eq!((&progress["at_venue"], &progress["at_venue_minor"]), (&json!(0), &json!(0)));
    assert_eq!(stage.staff_refund(&cash, "again", json!({})).await.1["code"], "refund_exceeds_captured");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fee_is_kept_at_the_venue_of_a_night_that_the_club_called_off() {
    let stage = Stage::open().await;
    let cash = held(&stage.sell("cash", &stage.sale("cash_at_venue", 2)).await.1);
    stage.call_off().await;
    stage.all_back().await;
    // As the desk's form asks where the night's terms keep the fee.
    let (status, given) = stage.staff_refund(&cash, "came", json!({"keep_fees": true})).await;
    assert_eq!((status, &given["amount_minor"]), (200, &json!(4200)), "what the guest's page says: {given}");
    stage.handed_back(1).await;
    assert_eq!(stage.booked("cash_at_venue").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_paid_online_does_not_go_back_by_a_click() {
    let stage = Stage::open().await;
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis();
    let refunds = messages::marketing_admin::v1::RefundPolicy {
        self_service_until: now + 3_600_000,
        keeps_fees: false,
    };
    let mut event = stage.event.clone();
    (event.revision, event.refunds) = (2, Some(refunds));
    stage.publish(&event).await;
    let mut gift = stage.sale("comp", 1);
    gift["reason"] = json!("A prize");
    for sale in [stage.sale("cash_at_venue", 1), stage.sale("card_at_venue", 1), gift] {
        let order = held(&stage.sell(sale["channel"].as_str().expect("a channel"), &sale).await.1);
        let page = stage.get(&order.page).await.text().await.expect("a page");
        assert!(page.contains("were not paid online") && !page.contains("/refund?key="), "{page}");
        let answer = stage.get(&order.file("refund")).await;
        assert_eq!(answer.status(), 409);
        assert!(answer.text().await.expect("a page").contains("Ask the club"));
    }
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0);
}

impl Stage {
    /// The doors have been open for an hour.
    async fn doors_open(&mut self) {
        let now = SystemClock.now().timestamp_millis();
        self.event.revision += 1;
        (self.event.changed_at, self.event.entry_from) = (now, now - 3_600_000);
        self.publish(&self.event).await;
    }

    /// The door says how full it is, as of so many minutes ago.
    async fn door_says(&self, revision: i64, inside: i64, limit: i64, minutes_ago: i64) -> bus::Outcome {
        let now = SystemClock.now();
        let word = DoorChanged {
            event_id: self.event.event_id.clone(),
            revision,
            inside,
            limit,
            changed_at: now.timestamp_millis() - minutes_ago * 60_000,
            ..DoorChanged::default()
        };
        let delivery = bus::Delivery {
            id: MessageId::generate(),
            subject: "door.changed".into(),
            published_at: now,
            attempt: 1,
        };
        let mut conn = self.purchase.conn().await.expect("a connection");
        purchase::box_office::house::apply(&mut conn, word, delivery).await.expect("a sound word")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_would_pay_at_the_door_of_a_full_house_and_wait_is_sold_nothing() {
    let mut stage = Stage::open().await;
    // In advance nobody comes in now, however full tonight's house is.
    stage.door_says(1, 400, 400, 0).await;
    assert_eq!(stage.sell("in-advance", &stage.sale("cash_at_venue", 1)).await.0, 200);
    stage.doors_open().await;
    for (key, channel) in [("cash", "cash_at_venue"), ("card", "card_at_venue")] {
        let (status, body) = stage.sell(key, &stage.sale(channel, 1)).await;
        assert_eq!((status, &body["code"]), (409, &json!("house_full")), "{body}");
    }
    let mut gift = stage.sale("comp", 1);
    gift["reason"] = json!("the band");
    assert_eq!(stage.sell("gift", &gift).await.0, 200, "a gift is not paid for to come in now");
    assert_eq!(stage.checkout("guest", &stage.wish(0, 1)).await.0, 201, "guests online buy as before");
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE channel = 'card_at_venue'").await, 0);

    // One has left: one may come, and two would not fit.
    stage.door_says(2, 399, 400, 0).await;
    let (status, body) = stage.sell("two", &stage.sale("card_at_venue", 2)).await;
    assert_eq!((status, &body["code"]), (409, &json!("house_full")), "{body}");
    assert_eq!(stage.sell("one", &stage.sale("card_at_venue", 1)).await.0, 200);
    // Asked again after it has filled up, it is the same sale.
    stage.door_says(3, 400, 400, 0).await;
    assert_eq!(stage.sell("one", &stage.sale("card_at_venue", 1)).await.0, 200);
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE channel = 'card_at_venue'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn old_news_an_older_word_and_a_night_without_a_limit_stop_nobody() {
    let mut stage = Stage::open().await;
    stage.doors_open().await;
    let sells = async |key: &str| stage.sell(key, &stage.sale("cash_at_venue", 1)).await.0;
    assert_eq!(sells("nothing-said").await, 200);
    stage.door_says(1, 400, 400, 6).await;
    assert_eq!(sells("six-minutes-old").await, 200);
    assert_eq!(stage.door_says(3, 400, 400, 4).await, bus::Outcome::Applied);
    assert_eq!(sells("four-minutes-old").await, 409);
    assert_eq!(stage.door_says(2, 10, 400, 5).await, bus::Outcome::Stale);
    assert_eq!(sells("an-older-word-came-late").await, 409);
    stage.door_says(4, 400, 0, 0).await;
    assert_eq!(sells("no-limit").await, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_door_that_was_put_back_to_an_earlier_time_is_heard_at_once() {
    let mut stage = Stage::open().await;
    stage.doors_open().await;
    stage.door_says(90, 10, 400, 3).await;
    assert_eq!(stage.sell("room", &stage.sale("cash_at_venue", 1)).await.0, 200);
    assert_eq!(stage.door_says(7, 400, 400, 0).await, bus::Outcome::Applied);
    assert_eq!(stage.sell("full", &stage.sale("cash_at_venue", 1)).await.0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manager_sells_on_at_a_full_house_and_says_why() {
    let mut stage = Stage::open().await;
    stage.doors_open().await;
    stage.door_says(1, 401, 400, 0).await;
    let mut sale = stage.sale("cash_at_venue", 1);
    assert_eq!(stage.sell("on", &sale).await.0, 409);
    sale["although_full"] = json!(" The owner's brother ");
    let (status, body) = stage.sell("on", &sale).await;
    assert_eq!((status, &body["tickets"]), (200, &json!(1)), "under the form's same key: {body}");
    let on_record =
        "SELECT count(*) FROM audit_log WHERE action = 'box_office.sold' AND reason = 'The owner''s brother'
                       AND detail -> 'house' = '{\"inside\": 401, \"limit\": 400}'";
    assert_eq!(stage.count(on_record).await, 1);
    stage.audit().await;
}
