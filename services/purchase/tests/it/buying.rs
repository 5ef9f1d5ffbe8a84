//! The whole line of one order.

use crate::stage::Stage;
use domain::ticket_code::{KeyRing, TicketCode};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_buys_two_tickets() {
    let stage = Stage::open().await;
    let (status, body) = stage.checkout("a-key", &stage.wish(0, 2)).await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(
        body["quote"]["total"],
        json!({"minor": 4200, "currency": "EUR"}),
        "two at 20.00, fee 0.50 each and 2.5 %"
    );
    let order = crate::stage::Order::of(&body);
    assert_eq!(stage.order_now(&order).await["state"], "pending");
    assert_eq!(stage.get_json("/api/v1/events/friday-night").await["ticket_types"][0]["name"], "Regular");

    assert_eq!(stage.pay(&order, "4242424242424242").await["outcome"], "paid");
    let paid = stage.until(&order, "paid").await;
    let ring: KeyRing = stage.keys.ticket_public().expect("a key").parse().expect("a ring");
    let tickets = paid["tickets"].as_array().expect("tickets");
    assert_eq!(tickets.len(), 2);
    for ticket in tickets {
        let code = TicketCode::read(ticket["code"].as_str().expect("a code"), &ring).expect("our signature");
        assert_eq!(code.ticket.to_string(), ticket["id"]);
        assert_eq!(code.event.to_string(), stage.event.event_id);
    }
    let said = |subject: &str| format!("SELECT count(*) FROM outbox WHERE subject = '{subject}'");
    assert_eq!(stage.count(&said("ticket.changed")).await, 2);
    assert_eq!(stage.count(&said("order.paid")).await, 1);
    assert_eq!(
        stage.count("SELECT -sum(amount_minor) FROM ledger_entries WHERE account = 'ticket_revenue'").await,
        4000
    );
    assert_eq!(
        stage.count("SELECT -sum(amount_minor) FROM ledger_entries WHERE account = 'service_fees'").await,
        200
    );
    stage.audit().await;

    let page = stage.get(&order.page).await;
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    assert_eq!(page.headers()["cache-control"], "no-store");
    let html = page.text().await.expect("a page");
    assert_eq!(html.matches("class=\"qr\"").count(), 2);
    assert!(html.contains("You’re in"), "{html}");
    assert!(
        html.contains("Friday Night &#60;b&#62;") || html.contains("Friday Night &lt;b&gt;"),
        "the title is text"
    );
}

/// A charge that a guest does not know is one that the bank is asked to take back.
#[tokio::test(flavor = "multi_thread")]
async fn the_card_statement_names_the_night_and_the_receipt_finds_the_guest() {
    let stage = Stage::with(&[("STRIPE_STATEMENT_PREFIX", "MAGUEY")]).await;
    let (order, _) = stage.bought(0, 1).await;
    let state = stage.sandbox_state().await;
    let paid = state["payments"].as_array().expect("payments").iter();
    let ours: Vec<_> = paid.filter(|paid| paid["session"] == order.session()).collect();
    assert_eq!(ours.len(), 1, "{state}");
    assert_eq!(ours[0]["statement"], "MAGUEY* FRIDAY NIGHT B");
    assert_eq!(ours[0]["receipt_email"], "ana@example.org");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_the_page_buys_without_a_script() {
    let stage = Stage::open().await;
    let html = stage.get("/e/friday-night").await.text().await.expect("a page");
    let form_key = html
        .split("name=\"form_key\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a key");
    let quantity = format!("q-{}", stage.kind(0));
    let fields = [
        ("form_key", form_key),
        (&quantity, "1"),
        ("name", "Ana"),
        ("email", "ana@example.org"),
        ("promo", ""),
    ];
    let post = |fields: &[(&str, &str)], origin: &'static str| {
        stage.http.post(stage.url("/e/friday-night")).header("origin", origin).form(fields).send()
    };
    let answer = post(&fields, crate::stage::PUBLIC_URL).await.expect("an answer");
    assert_eq!(answer.status(), 303);
    let location = answer.headers()["location"].to_str().expect("text").to_owned();
    assert!(location.starts_with(&stage.sandbox.url), "{location}");
    let again = post(&fields, crate::stage::PUBLIC_URL).await.expect("an answer");
    assert_eq!(again.headers()["location"], location.as_str(), "a second tap leads to the same payment page");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 1);

    let foreign = post(&fields, "https://evil.example").await.expect("an answer");
    assert_eq!(foreign.status(), 403);
    let empty =
        [("form_key", form_key), (&quantity, "0"), ("name", "Ana <i>"), ("email", "ana@"), ("promo", "")];
    let shown = post(&empty, crate::stage::PUBLIC_URL).await.expect("an answer");
    assert_eq!(shown.status(), 422);
    let html = shown.text().await.expect("a page");
    assert!(html.contains("aria-invalid=\"true\""), "the field is marked");
    assert!(
        html.contains("value=\"Ana &#60;i&#62;\"") || html.contains("value=\"Ana &lt;i&gt;\""),
        "what was written stays, as text"
    );
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_and_changing_the_form_is_another_order_however_often_it_is_tapped() {
    let stage = Stage::open().await;
    let kind = format!("q-{}", stage.kind(0));
    let tap = |quantity: &'static str| {
        let fields = [
            ("form_key", "a-key-of-thirty-two-characters--"),
            (kind.as_str(), quantity),
            ("name", "Ana"),
            ("email", "ana@example.org"),
        ];
        let post = stage.http.post(stage.url("/e/friday-night"));
        post.header("origin", crate::stage::PUBLIC_URL).form(&fields).send()
    };
    let first = tap("1").await.expect("an answer").headers()["location"].clone();
    let taps = futures::future::join_all((0..6).map(|_| tap("2"))).await;
    for answer in taps {
        assert_eq!(answer.expect("an answer").status(), 303);
    }
    assert_eq!(
        stage.count("SELECT count(*) FROM orders").await,
        2,
        "the first, and the one it was changed to"
    );
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 1 + 2);
    let again = tap("2").await.expect("an answer").headers()["location"].clone();
    assert_ne!(again, first);
    assert_eq!(tap("1").await.expect("an answer").headers()["location"], first, "back to the first");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 2);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_and_a_cancelled_guest_can_still_pay() {
    let stage = Stage::open().await;
    let order = stage.order(0, 1).await;
    assert_eq!(stage.pay(&order, "4000000000000002").await["outcome"], "declined");
    assert_eq!(stage.order_now(&order).await["state"], "pending");
    let back = stage.get(&format!("{}&cancelled=1", order.page)).await.text().await.expect("a page");
    assert!(back.contains("Nothing was charged") && back.contains("Pay now"), "{back}");
    let pay = order.page.replace("?key", "/pay?key");
    let answer = stage
        .http
        .post(stage.url(&pay))
        .header("origin", crate::stage::PUBLIC_URL)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        answer.headers()["location"].to_str().ok(),
        order.checkout_url.as_deref(),
        "the same session goes on"
    );
    stage.pay(&order, "4242424242424242").await;
    stage.until(&order, "paid").await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declined_card_is_explained_and_the_places_are_kept() {
    let stage = Stage::open().await;
    for (card, code, words) in [
        ("4000000000000002", "generic_decline", "does not tell us why"),
        ("4000000000009995", "insufficient_funds", "too little money"),
        ("4000000000009987", "lost_card", "does not tell us why"),
        ("4000000000000069", "expired_card", "has expired"),
        ("4000000000000127", "incorrect_cvc", "security code"),
        ("4000000000000119", "processing_error", "work in a minute"),
        ("4000002500003155", "payment_intent_authentication_failure", "wanted you to confirm"),
    ] {
        let order = stage.order(0, 1).await;
        let tried = json!({"card_number": card, "challenge": "fail"});
        let answer = stage.control(&format!("sessions/{}/pay", order.session()), tried).await;
        assert_eq!(answer["outcome"], "declined", "{card}: {answer}");
        let back = stage.get(&format!("{}&cancelled=1", order.page)).await.text().await.expect("a page");
        for expected in ["The card was declined", "Nothing was charged", "Pay now", words] {
            assert!(back.contains(expected), "{card}: no {expected}: {back}");
        }
        assert!(
            !back.contains("lost_card") && !back.contains("stolen"),
            "what the bank knows is the bank's to tell: {back}"
        );
        let stored = format!("SELECT count(*) FROM attempts WHERE declined = '{code}'");
        assert_eq!(stage.count(&stored).await, 1, "{code}");
        assert_eq!(stage.order_now(&order).await["state"], "pending");
    }
    // Who does not come back is asked about by the sweep, should Stripe's word be lost, and reads it later.
    let lost = json!({"provider": "webhook", "event": "payment_intent.payment_failed", "count": 0, "action": {"kind": "drop"}});
    stage.control("faults", lost).await;
    let order = stage.order(0, 1).await;
    stage.pay(&order, "4000000000009995").await;
    stage.sql("UPDATE orders SET next_check_at = now() WHERE state = 'pending'").await;
    stage.until_count("SELECT count(*) FROM attempts WHERE declined = 'insufficient_funds'", 2).await;
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("too little money"), "{page}");
    stage.pay(&order, "4242424242424242").await;
    stage.until(&order, "paid").await;
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(!page.contains("declined"), "{page}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_free_order_skips_stripe_and_nothing_else() {
    let stage = Stage::open().await;
    let (status, body) = stage.checkout("free", &stage.wish(1, 2)).await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(body["checkout_url"], Value::Null);
    let order = crate::stage::Order::of(&body);
    assert_eq!(stage.order_now(&order).await["tickets"].as_array().map(Vec::len), Some(2));
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.paid'").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM ledger_transactions").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guest_who_returns_needs_no_webhook() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let order = stage.order(0, 1).await;
    stage.pay(&order, "4242424242424242").await;
    let back = stage.get(&format!("{}&session_id={}", order.page, order.session())).await;
    assert_eq!(back.status(), 303, "on to the clean address");
    assert_eq!(stage.order_now(&order).await["state"], "paid");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_session_pays_nobody_elses_order() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let (mine, other) = (stage.order(0, 1).await, stage.order(0, 1).await);
    stage.pay(&other, "4242424242424242").await;
    let page = stage.get(&format!("{}&session_id={}", mine.page, other.session())).await;
    assert_eq!(page.status(), 200);
    assert_eq!(stage.order_now(&mine).await["state"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_opens_with_its_key_alone() {
    let stage = Stage::open().await;
    let (order, other) = (stage.order(0, 1).await, stage.order(0, 1).await);
    let key = |order: &crate::stage::Order| order.page.split("key=").nth(1).expect("a key").to_owned();
    let reference = &order.reference;
    for path in [
        format!("/orders/{reference}"),
        format!("/orders/{reference}?key="),
        format!("/orders/{reference}?key={}", key(&other)),
        format!("/orders/{reference}?key={}", &key(&order)[..20]),
        format!("/orders/ZZZZZZZZ?key={}", key(&order)),
        "/orders/no-reference?key=x".to_owned(),
    ] {
        let answer = stage.get(&path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert!(answer.text().await.expect("a page").contains("We can’t open this order"), "{path}");
        assert_eq!(stage.get(&format!("/api/v1{path}")).await.status(), 404, "{path}");
    }
}
