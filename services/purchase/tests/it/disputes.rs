//! A guest's bank takes a payment back: the tickets are frozen, the books follow Stripe, and nothing is given back twice.

use serde_json::{Value, json};

use crate::stage::{Order, Stage};

const FROZEN: &str = "SELECT count(*) FROM tickets WHERE state = 'disputed'";
const TOLD: &str = "SELECT count(*) FROM outbox WHERE subject = 'order.disputed'";

impl Stage {
    /// Stripe's id of an order's payment.
    pub async fn payment_of(&self, order: &Order) -> String {
        let state = self.sandbox_state().await;
        let payments = state["payments"].as_array().expect("payments");
        let paid =
            payments.iter().find(|payment| payment["session"] == order.session()).expect("it was paid");
        paid["payment_intent"].as_str().expect("an id").to_owned()
    }

    /// The guest's bank takes an order's payment back, or what is said otherwise.
    pub async fn dispute(&self, order: &Order, more: Value) -> String {
        let mut opening = json!({"payment": self.payment_of(order).await});
        opening.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let opened = self.control("disputes", opening).await;
        opened["id"].as_str().expect("an id").to_owned()
    }

    /// It goes on.
    pub async fn dispute_goes(&self, id: &str, status: &str) -> Value {
        self.control(&format!("disputes/{id}"), json!({ "status": status })).await
    }

    /// Waits until a dispute stands so here.
    pub async fn until_disputed(&self, id: &str, status: &str) {
        let stands =
            format!("SELECT count(*) FROM disputes WHERE stripe_dispute = '{id}' AND status = '{status}'");
        self.until_count(&stands, 1).await;
    }

    /// What the books say of a dispute: what is gone, Stripe's fee, and what Stripe holds for us.
    pub async fn dispute_books(&self) -> (i64, i64, i64) {
        let gone = (self.balance("disputes").await, self.balance("dispute_fees").await);
        (gone.0, gone.1, self.balance("stripe_clearing").await)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_takes_back_freezes_the_tickets_until_the_club_wins() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 2).await;
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    assert_eq!(stage.count(FROZEN).await, 2);
    assert_eq!(stage.dispute_books().await, (4200, 1500, -1500));
    let now = stage.order_now(&order).await;
    assert_eq!((&now["state"], &now["tickets"][0]["code"]), (&json!("paid"), &Value::Null), "{now}");
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("Your tickets are frozen") && !page.contains("You’re in"), "{page}");
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 2, "no place is freed");
    let to_door = "SELECT count(*) FROM outbox WHERE subject = 'ticket.changed' AND revision = 2";
    assert_eq!(stage.count(to_door).await, 2);
    let (status, refused) = stage.give_back(&order, "anyway", json!({"anyway": true})).await;
    assert_eq!((status, &refused["code"]), (409, &json!("invalid_state")));
    assert!(refused["detail"].as_str().is_some_and(|why| why.contains("bank")), "{refused}");
    let (_, record) =
        stage.inside("marketing-admin", &format!("/internal/v1/orders/{}", order.reference), None).await;
    assert_eq!(
        (&record["left_minor"], &record["disputes"][0]["status"]),
        (&json!(0), &json!("needs_response"))
    );
    stage.audit().await;

    stage.dispute_goes(&id, "under_review").await;
    stage.until_disputed(&id, "under_review").await;
    stage.dispute_goes(&id, "won").await;
    stage.until_disputed(&id, "won").await;
    assert_eq!((stage.count(FROZEN).await, stage.dispute_books().await), (0, (0, 0, 4200)));
    let now = stage.order_now(&order).await;
    assert!(now["tickets"][1]["code"].is_string(), "{now}");
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 2);
    assert_eq!(stage.count(TOLD).await, 3, "each change once");
    stage.audit().await;
    assert_eq!(stage.give_back(&order, "now", json!({})).await.0, 200, "it can be given back again");
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_dispute_stays_a_fact_beside_the_order() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    stage.dispute_goes(&id, "lost").await;
    stage.until_disputed(&id, "lost").await;
    assert_eq!((stage.count(FROZEN).await, stage.dispute_books().await), (1, (2100, 1500, -1500)));
    assert_eq!(stage.order_now(&order).await["state"], "paid");
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 1);
    assert_eq!(stage.give_back(&order, "late", json!({})).await.1["code"], "invalid_state");
    let closed = "SELECT count(*) FROM disputes WHERE closed_at IS NOT NULL AND answer_by IS NULL";
    assert_eq!(stage.count(closed).await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stripe_may_keep_its_fee_and_the_books_keep_it_too() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    stage.control(&format!("disputes/{id}"), json!({"status": "won", "fee_kept": true})).await;
    stage.until_disputed(&id, "won").await;
    assert_eq!(stage.dispute_books().await, (0, 1500, 600));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inquiry_freezes_nothing_until_the_bank_takes_the_money() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 2).await;
    let id = stage.dispute(&order, json!({"inquiry": true})).await;
    stage.until_disputed(&id, "warning_needs_response").await;
    assert_eq!((stage.count(FROZEN).await, stage.dispute_books().await), (0, (0, 0, 4200)));
    let kinds = overdue(&stage).await;
    assert_eq!(
        kinds,
        [("disputes".to_owned(), order.reference.clone())],
        "it is to be answered all the same"
    );
    // Giving money back is the best answer to an inquiry.
    assert_eq!(stage.give_back(&order, "some", json!({"amount_minor": 200})).await.0, 200);
    stage.all_succeeded(1).await;
    stage.dispute_goes(&id, "needs_response").await;
    stage.until_disputed(&id, "needs_response").await;
    assert_eq!(stage.count(FROZEN).await, 2);
    stage.audit().await;
}

async fn overdue(stage: &Stage) -> Vec<(String, String)> {
    let (_, found) = stage.inside("marketing-admin", "/internal/v1/overdue", None).await;
    let found = found.as_array().expect("a list").clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    found.iter().map(|one| (text(&one["kind"]), text(&one["references"][0]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_back_before_is_not_taken_twice() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 2).await;
    assert_eq!(stage.give_back(&order, "some", json!({"amount_minor": 1000})).await.0, 200);
    stage.all_succeeded(1).await;
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    assert_eq!(stage.dispute_books().await, (3200, 1500, -1500));
    stage.audit().await;
    stage.dispute_goes(&id, "won").await;
    stage.until_disputed(&id, "won").await;
    // What is left goes back, and no more.
    assert_eq!(stage.give_back(&order, "rest", json!({})).await.1["amount_minor"], 3200);
    stage.all_succeeded(2).await;
    assert_eq!(stage.balance("stripe_clearing").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_off_gives_back_what_the_club_wins_and_waits_for_nothing_else() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let (other, _) = stage.bought(0, 1).await;
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    let mut event = stage.event.clone();
    event.revision += 1;
    event.status = messages::marketing_admin::v1::EventStatus::Cancelled.into();
    stage.publish(&event).await;
    stage.until(&other, "refunded").await;
    stage.until_count("SELECT count(*) FROM cancellations WHERE finished_at IS NOT NULL", 1).await;
    assert_eq!(stage.order_now(&order).await["state"], "paid", "the bank has this money");
    stage.dispute_goes(&id, "won").await;
    stage.until(&order, "refunded").await;
    stage.all_succeeded(2).await;
    stage.until_count("SELECT count(*) FROM cancellations WHERE finished_at IS NOT NULL", 1).await;
    assert_eq!(stage.balance("stripe_clearing").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_that_is_off_gives_back_what_the_club_wins_of_an_order_without_a_good_ticket() {
    let stage = Stage::open().await;
    let (order, bought) = stage.bought(0, 1).await;
    let void = format!("/internal/v1/tickets/{}/void", bought["tickets"][0]["id"].as_str().expect("an id"));
    assert_eq!(stage.inside("marketing-admin", &void, Some(json!({"reason": "stolen"}))).await.0, 200);
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    let mut event = stage.event.clone();
    event.revision += 1;
    event.status = messages::marketing_admin::v1::EventStatus::Cancelled.into();
    stage.publish(&event).await;
    stage.until_count("SELECT count(*) FROM cancellations WHERE finished_at IS NOT NULL", 1).await;
    assert_eq!(stage.order_now(&order).await["state"], "paid", "the bank has this money");
    stage.dispute_goes(&id, "won").await;
    stage.until(&order, "refunded").await;
    stage.all_succeeded(1).await;
    assert_eq!(stage.balance("stripe_clearing").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_became_no_order_freezes_no_ticket() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    // As if the order had been paid by another payment.
    let returned = "UPDATE payments SET purpose = 'returned', refunded_minor = amount_minor";
    stage.sql(returned).await;
    let id = stage.dispute(&order, json!({})).await;
    stage.until_disputed(&id, "needs_response").await;
    assert_eq!((stage.count(FROZEN).await, stage.balance("disputes").await), (0, 2100));
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_read_what_speaks_for_the_club() {
    let stage = Stage::open().await;
    let (order, bought) = stage.bought(0, 1).await;
    let stripe = stage.dispute(&order, json!({"reason": "product_not_received"})).await;
    stage.until_disputed(&stripe, "needs_response").await;
    let (status, list) = stage.inside("marketing-admin", "/internal/v1/disputes", None).await;
    assert_eq!((status, &list[0]["reference"]), (200, &json!(order.reference)), "{list}");
    assert!(list[0]["answer_by"].is_string(), "{list}");
    let path = format!("/internal/v1/disputes/{}", list[0]["id"].as_str().expect("an id"));
    let (_, proof) = stage.inside("marketing-admin", &path, None).await;
    assert_eq!(proof["dispute"]["stripe_dispute"], json!(stripe), "{proof}");
    assert_eq!(proof["dispute"]["reason"], "product_not_received");
    assert_eq!(proof["tickets"][0]["id"], bought["tickets"][0]["id"]);
    assert_eq!(proof["venue_name"], "Club Maguey");
    assert_eq!(stage.inside("scanner", &path, None).await.0, 403, "the door reads no disputes");
    let nothing = format!("/internal/v1/disputes/{}", uuid::Uuid::nil());
    assert_eq!(stage.inside("marketing-admin", &nothing, None).await.0, 404);
}
