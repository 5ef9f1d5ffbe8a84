//! A guest exchanges a ticket for one of another type: what it costs, when it is done, and what its money does afterwards.

use diesel_async::RunQueryDsl;
use reqwest::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{Order, Stage};

mod money;
mod places;
mod race;
mod shut;

const CARD: &str = "4242424242424242";
const REGULAR: usize = 0;
const VIP: usize = 2;
const BALCONY: usize = 3;
/// Exchanges that are done.
const DONE: &str = "SELECT count(*) FROM orders WHERE exchanges IS NOT NULL AND state = 'paid'";
/// Payments that came when there was nothing left to exchange.
const TOO_LATE: &str = "SELECT count(*) FROM refunds WHERE scope = 'payment' AND reason = 'late_payment' AND state = 'succeeded'";
const VALID: &str = "SELECT count(*) FROM tickets WHERE state = 'valid'";

fn id(paid: &Value, at: usize) -> String {
    paid["tickets"][at]["id"].as_str().expect("an id").to_owned()
}

fn now() -> i64 {
    chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis()
}

/// An order as far as it can be paid.
fn to_pay(answer: &Response) -> Order {
    assert_eq!(answer.status(), 303, "{answer:?}");
    let url = answer.headers()["location"].to_str().expect("text").to_owned();
    assert!(url.starts_with("http"), "a payment page: {url}");
    Order { reference: String::new(), page: String::new(), api: String::new(), checkout_url: Some(url) }
}

impl Stage {
    /// A night with Regular (20.00), VIP (50.00) and Balcony (20.00), whose tickets are exchanged until the doors.
    async fn exchanging() -> Self {
        Self::open().await.exchanges().await
    }

    /// The same on a stage of the test's own.
    async fn exchanges(mut self) -> Self {
        let stage = &mut self;
        for (name, price_minor, position) in [("VIP", 5000, 2), ("Balcony", 2000, 3)] {
            let mut kind = stage.event.ticket_types[REGULAR].clone();
            kind.ticket_type_id = Uuid::now_v7().to_string();
            kind.name = name.to_owned();
            (kind.price_minor, kind.capacity, kind.position) = (price_minor, 20, position);
            stage.event.ticket_types.push(kind);
        }
        stage.event.revision = 2;
        stage.event.exchange_until = stage.event.entry_from;
        stage.publish(&stage.event).await;
        self
    }

    fn exchange_of(order: &Order, ticket: &str) -> String {
        order.file(&format!("tickets/{ticket}/exchange"))
    }

    /// Chooses a type for a ticket, as its page offers it.
    async fn exchange(&self, order: &Order, ticket: &str, kind: usize) -> Response {
        let path = Self::exchange_of(order, ticket);
        let page = self.get(&path).await.text().await.expect("a page");
        let once = page.split("name=\"once\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let once = once.unwrap_or_else(|| panic!("no form: {page}")).to_owned();
        self.post(&path, &[("once", once.as_str()), ("to", self.kind(kind))]).await
    }

    /// The latest order that exchanges something, by its reference.
    async fn exchanging_order(&self) -> Order {
        #[derive(diesel::QueryableByName)]
        struct Named {
            #[diesel(sql_type = diesel::sql_types::Text)]
            reference: String,
        }
        let mut conn = self.purchase.conn().await.expect("a connection");
        let found: Named = diesel::sql_query(
            "SELECT reference FROM orders WHERE exchanges IS NOT NULL ORDER BY created_at DESC LIMIT 1",
        )
        .get_result(&mut *conn)
        .await
        .expect("an exchange");
        Order { reference: found.reference, page: String::new(), api: String::new(), checkout_url: None }
    }

    async fn sold_of(&self, kind: usize) -> i64 {
        self.count(&format!("SELECT sold FROM stock WHERE id = '{}'", self.kind(kind))).await
    }

    /// A Regular ticket that was exchanged for VIP.
    async fn exchanged(&self) -> (Order, String) {
        let (order, paid) = self.bought(REGULAR, 1).await;
        let ticket = id(&paid, 0);
        let answer = self.exchange(&order, &ticket, VIP).await;
        self.pay(&to_pay(&answer), CARD).await;
        self.until_count(DONE, 1).await;
        (order, ticket)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchange_is_shown_to_nobody_who_only_knows_the_ticket() {
    let stage = Stage::exchanging().await;
    let (order, paid) = stage.bought(REGULAR, 1).await;
    let ticket = id(&paid, 0);
    to_pay(&stage.exchange(&order, &ticket, VIP).await);
    // It waits to be paid, and its buyer is led to its own page.
    let own = stage.get(&Stage::exchange_of(&order, &ticket)).await;
    assert_eq!(own.status(), 200);
    let exchange = stage.exchanging_order().await.reference;
    let own = own.text().await.expect("a page");
    assert!(own.contains(&format!("href=\"/orders/{exchange}?key=")), "{own}");

    // Somebody with an order of their own, to whom the ticket was shown once.
    let (other, _) = stage.bought(REGULAR, 1).await;
    let path = Stage::exchange_of(&other, &ticket);
    let once = Uuid::now_v7().to_string();
    let asked = stage.get(&path).await;
    let sent = stage.post(&path, &[("once", once.as_str()), ("to", stage.kind(VIP))]).await;
    for answer in [asked, sent] {
        assert_eq!(answer.status(), 404);
        assert!(answer.headers().get("location").is_none(), "the key of somebody else's order: {answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_pays_the_difference_and_has_the_better_ticket() {
    let stage = Stage::exchanging().await;
    let (order, paid) = stage.bought(REGULAR, 2).await;
    let ticket = id(&paid, 0);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert_eq!(page.matches("/exchange?key=").count(), 2, "each ticket can be exchanged: {page}");
    let offer = stage.get(&Stage::exchange_of(&order, &ticket)).await.text().await.expect("a page");
    // 30.00 more, and 2.5 % of it: the fixed part of the fee was paid with the first ticket.
    assert!(offer.contains("30.75") && offer.contains("Balcony") && !offer.contains("Free entry"), "{offer}");

    let answer = stage.exchange(&order, &ticket, VIP).await;
    assert_eq!(
        (stage.count(VALID).await, stage.sold_of(REGULAR).await),
        (2, 2),
        "until it is paid nothing changes"
    );
    stage.pay(&to_pay(&answer), CARD).await;
    stage.until_count(DONE, 1).await;
    let bought = stage.order_now(&order).await;
    assert_eq!(
        (&bought["state"], &bought["tickets"][0]["state"], &bought["tickets"][1]["state"]),
        (&json!("paid"), &json!("cancelled"), &json!("valid"))
    );
    assert!(bought["tickets"][0]["code"].is_null());
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("Exchanged for another ticket"), "{page}");
    assert_eq!((stage.sold_of(REGULAR).await, stage.sold_of(VIP).await, stage.count(VALID).await), (1, 1, 2));
    assert_eq!(stage.balance("stripe_clearing").await, 4200 + 3075);
    let door = format!(
        "SELECT count(*) FROM outbox WHERE subject = 'ticket.changed' AND aggregate = '{ticket}' AND revision = 2"
    );
    assert_eq!(stage.count(&door).await, 1, "the door hears that the old one is bad");
    assert_eq!(
        stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.refunded'").await,
        1,
        "who counts what is sold counts it no more"
    );
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0, "no money went back");
    stage.audit().await;
    stage.all_is_well().await;

    let again = stage.get(&Stage::exchange_of(&order, &ticket)).await;
    assert_eq!(again.status(), 409, "it is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_costs_the_same_is_exchanged_at_once() {
    let stage = Stage::exchanging().await;
    let (order, paid) = stage.bought(REGULAR, 1).await;
    let answer = stage.exchange(&order, &id(&paid, 0), BALCONY).await;
    assert_eq!(answer.status(), 303);
    let location = answer.headers()["location"].to_str().expect("text").to_owned();
    assert!(location.starts_with("/orders/"));
    let page = stage.get(&location).await.text().await.expect("a page");
    assert!(
        page.contains("They cost the same, so nothing was charged"),
        "it says why it cost nothing: {page}"
    );
    assert_eq!(stage.count(DONE).await, 1, "nothing is waited for");
    assert_eq!(
        (stage.sold_of(REGULAR).await, stage.sold_of(BALCONY).await, stage.count(VALID).await),
        (0, 1, 1)
    );
    assert_eq!(stage.count("SELECT count(*) FROM payments").await, 1, "nothing more was paid");
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_terms_allow_is_exchanged() {
    let mut stage = Stage::exchanging().await;
    let (vip, bought) = stage.bought(VIP, 1).await;
    let offer = stage.get(&Stage::exchange_of(&vip, &id(&bought, 0))).await.text().await.expect("a page");
    assert!(!offer.contains("Regular") && offer.contains("stays as it is"), "nothing costs as much: {offer}");
    let path = Stage::exchange_of(&vip, &id(&bought, 0));
    let form = [("once", Uuid::now_v7().to_string()), ("to", stage.kind(REGULAR).to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(stage.post(&path, &form).await.status(), 409, "nor is it had by writing the form oneself");
    let (order, paid) = stage.bought(REGULAR, 1).await;
    assert_eq!(
        stage.get(&Stage::exchange_of(&order, &id(&bought, 0))).await.status(),
        404,
        "of another order"
    );

    for until in [now() - 1000, 0] {
        stage.event.revision += 1;
        stage.event.exchange_until = until;
        stage.publish(&stage.event).await;
        let path = Stage::exchange_of(&order, &id(&paid, 0));
        assert_eq!(stage.get(&path).await.status(), 409, "{until}");
        let form = [("once", Uuid::now_v7().to_string()), ("to", stage.kind(VIP).to_owned())];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(stage.post(&path, &form).await.status(), 409, "{until}");
        let page = stage.get(&order.page).await.text().await.expect("a page");
        assert!(!page.contains("/exchange?key="), "nor does the page offer it: {page}");
    }
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE exchanges IS NOT NULL").await, 0);
    stage.audit().await;
}
