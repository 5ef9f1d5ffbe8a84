//! Webhooks as networks deliver them: in any order, twice, all at once, days late. What an order comes to is what Stripe holds,
//! not who came first.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::stage::{Order, Stage};

const CARD: &str = "4242424242424242";
const NONE_WAITS: &str = "SELECT count(*) FROM webhook_events WHERE state = 'waiting'";

/// All orders of so many things.
fn permutations(things: usize) -> Vec<Vec<usize>> {
    if things == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(things - 1);
    let put = |rest: Vec<usize>| {
        (0..=rest.len()).map(move |at| {
            let mut whole = rest.clone();
            whole.insert(at, things - 1);
            whole
        })
    };
    shorter.into_iter().flat_map(put).collect()
}

/// An order that is paid at Stripe, and nobody here has heard of it.
async fn paid_unheard(stage: &Stage) -> Order {
    let order = stage.order(0, 1).await;
    stage.pay(&order, CARD).await;
    order
}

fn session(order: &Order) -> Value {
    json!({"id": order.session(), "object": "checkout.session"})
}

/// Settles a paid order without any webhook: its guest comes back.
async fn come_back(stage: &Stage, order: &Order) {
    stage.get(&format!("{}&session_id={}", order.page, order.session())).await;
    assert_eq!(stage.order_now(order).await["state"], "paid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_one_payment_in_whatever_order_it_is_told() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    // Twice completed under two ids, once said to have expired, once to be processing still.
    let kinds = ["completed", "completed", "expired", "async_payment_failed"];
    let orders = permutations(kinds.len());
    let paid = join_all(orders.iter().map(|_| paid_unheard(&stage))).await;
    for step in 0..kinds.len() {
        let told = orders.iter().zip(&paid).enumerate().map(|(n, (turn, order))| {
            let which = turn[step];
            let (id, kind) = (format!("evt_{n}_{which}"), format!("checkout.session.{}", kinds[which]));
            let stage = &stage;
            async move { stage.tell(&id, &kind, session(order)).await }
        });
        join_all(told).await;
        stage.until_count(NONE_WAITS, 0).await;
    }
    for order in &paid {
        let now = stage.order_now(order).await;
        assert_eq!(
            (&now["state"], now["tickets"].as_array().map(Vec::len)),
            (&json!("paid"), Some(1)),
            "{now}"
        );
    }
    let many = orders.len() as i64;
    assert_eq!(stage.count("SELECT count(*) FROM payments").await, many);
    assert_eq!(stage.count("SELECT count(*) FROM ledger_transactions").await, many);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.paid'").await, many);
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0);
    stage.audit().await;
    stage.all_is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_back_stays_back_in_whatever_order_it_is_told() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let kinds =
        ["checkout.session.completed", "checkout.session.expired", "refund.updated", "charge.refunded"];
    let orders = permutations(kinds.len());
    let paid = join_all(orders.iter().map(|_| paid_unheard(&stage))).await;
    for order in &paid {
        come_back(&stage, order).await;
        let wish = json!({"key": order.reference, "reason": "ill"});
        let path = format!("/internal/v1/orders/{}/refunds", order.reference);
        assert_eq!(stage.inside("marketing-admin", &path, Some(wish)).await.0, 200);
    }
    let many = orders.len() as i64;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", many).await;
    let before = figures(&stage).await;
    let mut objects = Vec::new();
    for order in &paid {
        objects.push(stage.objects(order).await);
    }
    for step in 0..kinds.len() {
        let told = orders.iter().zip(&objects).enumerate().map(|(n, (turn, objects))| {
            let which = turn[step];
            let (id, object) = (format!("evt_{n}_{which}"), objects[which].clone());
            let stage = &stage;
            async move { stage.tell(&id, kinds[which], object).await }
        });
        join_all(told).await;
        stage.until_count(NONE_WAITS, 0).await;
        assert_eq!(figures(&stage).await, before, "stale news changes nothing");
    }
    for order in &paid {
        assert_eq!(stage.order_now(order).await["state"], "refunded");
    }
    stage.audit().await;
    stage.all_is_well().await;
}

/// What must not move.
async fn figures(stage: &Stage) -> Vec<i64> {
    let mut figures = Vec::new();
    for what in [
        "payments",
        "refunds",
        "ledger_transactions",
        "ledger_entries",
        "tickets",
        "quarantine",
        "outbox WHERE subject IN ('order.paid', 'order.refunded')",
        "orders WHERE state = 'refunded'",
    ] {
        figures.push(stage.count(&format!("SELECT count(*) FROM {what}")).await);
    }
    figures
}

impl Stage {
    /// What the four kinds of events of a paid order that went back are about.
    async fn objects(&self, order: &Order) -> [Value; 4] {
        let state = self.sandbox_state().await;
        let payments = state["payments"].as_array().expect("payments");
        let payment = payments.iter().find(|payment| payment["session"] == order.session()).expect("paid");
        let refund = self
            .word(&format!(
                "SELECT r.stripe_refund AS word FROM purchase.refunds r JOIN purchase.orders o ON o.id = r.order_id
                 WHERE o.reference = '{}'",
                order.reference
            ))
            .await;
        let intent = &payment["payment_intent"];
        [
            session(order),
            session(order),
            json!({"id": refund, "object": "refund", "payment_intent": intent}),
            json!({"id": payment["charge"], "object": "charge", "payment_intent": intent}),
        ]
    }

    /// The one text that a query gives as `word`.
    async fn word(&self, sql: &str) -> String {
        #[derive(diesel::QueryableByName)]
        struct Found {
            #[diesel(sql_type = diesel::sql_types::Text)]
            word: String,
        }
        let mut conn = self.admin.conn().await.expect("a connection");
        let found: Found =
            diesel_async::RunQueryDsl::get_result(diesel::sql_query(sql), &mut *conn).await.expect(sql);
        found.word
    }
}

/// Four orders of two lost their places, and half of these were sold again, before anybody heard that they were paid: two
/// orders take what is left, two get their money back, and each guest hears which.
#[tokio::test(flavor = "multi_thread")]
async fn money_that_is_heard_of_days_later_buys_what_is_left_or_goes_back() {
    let stage = Stage::open().await;
    stage.resize(2, 8).await;
    stage.drop_webhooks().await;
    let mut late = Vec::new();
    for _ in 0..4 {
        let order = stage.order(0, 2).await;
        stage.pay(&order, CARD).await;
        late.push(order);
    }
    let days_ago = "UPDATE attempts SET state = 'dead', settled_at = now() - interval '3 days';
        UPDATE orders SET state = 'expired', expired_at = now() - interval '3 days';
        UPDATE stock SET held = 0";
    stage.sql(days_ago).await;
    for _ in 0..2 {
        let stranger = stage.order(0, 2).await;
        stage.pay(&stranger, CARD).await;
        come_back(&stage, &stranger).await;
    }
    let told = late.iter().enumerate().map(|(n, order)| {
        let (stage, id) = (&stage, format!("evt_{n}"));
        async move { stage.tell(&id, "checkout.session.completed", session(order)).await }
    });
    join_all(told).await;
    stage.until_count(NONE_WAITS, 0).await;
    stage
        .until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded' AND reason = 'late_payment'", 2)
        .await;
    let mut states = Vec::new();
    for order in &late {
        states.push(stage.order_now(order).await["state"].as_str().unwrap_or_default().to_owned());
    }
    states.sort();
    assert_eq!(states, ["paid", "paid", "refunded", "refunded"]);
    assert_eq!(stage.count("SELECT sold FROM stock WHERE asked_capacity = 8").await, 8, "the house is full");
    for (subject, mails) in [("order.paid", 4), ("order.refunded", 2)] {
        let told = format!("SELECT count(*) FROM outbox WHERE subject = '{subject}'");
        assert_eq!(stage.count(&told).await, mails, "{subject}");
    }
    stage.audit().await;
    stage.all_is_well().await;
}

/// Fifty at once, while the service has just started and its pool is empty: each is taken, each is worked off.
#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_fifty_webhooks_is_taken_and_worked_off() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let paid = join_all((0..50).map(|_| paid_unheard(&stage))).await;
    let told = paid.iter().enumerate().map(|(n, order)| {
        let (stage, id) = (&stage, format!("evt_{n}"));
        async move { stage.tell(&id, "checkout.session.completed", session(order)).await }
    });
    join_all(told).await;
    for order in &paid {
        stage.until(order, "paid").await;
    }
    stage.until_count(NONE_WAITS, 0).await;
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 50);
    assert_eq!(
        stage.count("SELECT count(*) FROM webhook_events WHERE tries > 1").await,
        0,
        "none needed a second try"
    );
    stage.audit().await;
}
