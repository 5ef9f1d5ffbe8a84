//! What a payment page allows, and money that comes days after the guest has paid.

use serde_json::{Value, json};

use crate::stage::{Order, Stage};

impl Stage {
    /// The session of an order as the payment service has it.
    async fn session_of(&self, order: &Order) -> Value {
        let state = self.sandbox_state().await;
        let sessions = state["sessions"].as_array().expect("sessions").clone();
        sessions.into_iter().find(|session| session["id"] == order.session()).expect("its session")
    }

    /// The guest pays by a method whose money comes later, and comes back.
    async fn promised(&self, order: &Order) -> String {
        let promised = self.control(&format!("sessions/{}/promise", order.session()), json!({})).await;
        assert_eq!(promised["outcome"], "unpaid");
        let back = format!("{}&session_id={}", order.page, order.session());
        let page = self.get(&back).await.text().await.expect("a page");
        let waits = "SELECT count(*) FROM attempts WHERE processing AND state = 'open'";
        self.until_count(waits, 1).await;
        page
    }

    async fn bank_says(&self, order: &Order, paid: bool) {
        self.control(&format!("sessions/{}/settle", order.session()), json!({ "paid": paid })).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_payment_page_takes_cards_their_wallets_and_link_in_the_guests_language() {
    let stage = Stage::open().await;
    let order = stage.order(0, 2).await;
    let session = stage.session_of(&order).await;
    // Apple Pay and Google Pay are cards; nothing is allowed whose money comes after the hold.
    assert_eq!(session["payment_method_types"], json!(["card", "link"]), "{session}");
    assert_eq!(
        (&session["locale"], &session["customer_email"], &session["currency"]),
        (&json!("en"), &json!("ana@example.org"), &json!("eur"))
    );
    let lines = session["lines"].as_array().expect("lines");
    let sum: i64 = lines
        .iter()
        .map(|line| {
            line["unit_amount"].as_i64().expect("a price") * line["quantity"].as_i64().expect("a number")
        })
        .sum();
    assert_eq!(
        (sum, &session["amount"]),
        (4200, &json!(4200)),
        "what was quoted is what is asked for: {session}"
    );
    let tickets = lines.iter().find(|line| line["unit_amount"] == 2000).expect("a line of tickets");
    assert!(tickets["name"].as_str().is_some_and(|name| name.contains("Regular")), "{session}");
    assert_eq!(tickets["quantity"], 2, "{session}");

    let post = stage.http.post(stage.url("/api/v1/checkouts")).header("idempotency-key", "es-1");
    let answer =
        post.header("accept-language", "es").json(&stage.wish(0, 1)).send().await.expect("an answer");
    let spanish = Order::of(&answer.json().await.expect("JSON"));
    assert_eq!(stage.session_of(&spanish).await["locale"], "es");
}

#[tokio::test(flavor = "multi_thread")]
async fn money_on_its_way_keeps_the_places_and_becomes_tickets() {
    let stage = Stage::open().await;
    let order = stage.order(0, 2).await;
    stage.promised(&order).await;
    // The hold is long over: the places stay, and nobody is sent to pay again.
    stage.end_holds().await;
    let looked = "SELECT count(*) FROM orders WHERE next_check_at > now() AND state = 'pending'";
    stage.until_count(looked, 1).await;
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("Your payment is being processed") && !page.contains("/pay?key="), "{page}");
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 2);
    assert_eq!(stage.order_now(&order).await["state"], "pending");
    let pay = stage.http.post(stage.url(&order.page.replace("?key", "/pay?key")));
    let answer = pay.header("origin", crate::stage::PUBLIC_URL).send().await.expect("an answer");
    let location = answer.headers()["location"].to_str().expect("text");
    assert!(location.contains("/orders/"), "not to a page that takes no money any more: {location}");

    stage.bank_says(&order, true).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["tickets"].as_array().map(Vec::len), Some(2));
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0);
    stage.audit().await;
}

/// The bank took longer than the night: a ticket that lets nobody in any more is not what was paid for.
#[tokio::test(flavor = "multi_thread")]
async fn money_that_comes_when_the_night_is_over_goes_back() {
    let stage = Stage::open().await;
    let order = stage.order(0, 2).await;
    stage.promised(&order).await;
    stage.end_holds().await;
    stage
        .sql(
            "UPDATE events SET starts_at = now() - interval '8 hours', entry_from = now() - interval '8 hours',
                    ends_at = now() - interval '1 hour'",
        )
        .await;
    stage.bank_says(&order, true).await;
    let back = stage.until(&order, "refunded").await;
    assert_eq!(back["refunds"][0]["reason"], "late_payment", "{back}");
    stage.all_succeeded(1).await;
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 0);
    assert_eq!(
        (stage.count("SELECT sum(held + sold) FROM stock").await, stage.balance("ticket_revenue").await),
        (0, 0)
    );
    assert_eq!((stage.balance("stripe_clearing").await, stage.balance("owed_to_guests").await), (0, 0));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_never_comes_frees_the_places_once_the_hold_is_over() {
    let stage = Stage::open().await;
    let order = stage.order(0, 2).await;
    let page = stage.promised(&order).await;
    assert!(!page.contains("You’re in"), "{page}");
    stage.end_holds().await;
    stage.bank_says(&order, false).await;
    stage.until(&order, "expired").await;
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 0);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("This order ran out") && page.contains("Nothing was charged"), "{page}");
    stage.audit().await;
}
