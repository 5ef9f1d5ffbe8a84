//! Holds that run out, payments that come late, twice, or in the wrong amount, and webhooks that never come.

use crate::stage::Stage;
use serde_json::json;

const CARD: &str = "4242424242424242";

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_never_comes_is_not_missed() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let order = stage.order(0, 2).await;
    stage.pay(&order, CARD).await;
    // The hold lives; its turn to be asked about has come.
    stage.sql("UPDATE orders SET next_check_at = now()").await;
    stage.until(&order, "paid").await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_runs_out_frees_its_places_once_stripe_has_confirmed() {
    let stage = Stage::open().await;
    let away = json!({"provider": "stripe", "path": "/v1/checkout/sessions/*", "count": 0, "action": {"kind": "status", "status": 500}});
    let order = stage.order(0, 2).await;
    let fault = stage.control("faults", away).await;
    stage.end_holds().await;
    crate::outages::struck(&stage).await;
    assert_eq!(
        stage.count("SELECT sum(held) FROM stock").await,
        2,
        "Stripe has not confirmed: the places stay held"
    );
    let id = fault["faults"][0]["id"].as_u64().expect("the fault's id");
    stage
        .http
        .delete(format!("{}/control/faults/{id}", stage.sandbox.url))
        .send()
        .await
        .expect("the sandbox");
    stage.end_holds().await;
    stage.until(&order, "expired").await;
    assert_eq!(stage.count("SELECT sum(held) FROM stock").await, 0);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("This order ran out") && page.contains("Nothing was charged"), "{page}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_was_paid_in_its_last_moment_is_fulfilled() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let order = stage.order(0, 1).await;
    stage.pay(&order, CARD).await;
    stage.end_holds().await;
    stage.until(&order, "paid").await;
    stage.audit().await;
}

/// An order whose places were freed although its session was paid: by a mistake of ours, or a restore.
pub async fn freed_and_paid(stage: &Stage, kind: usize, quantity: u32) -> crate::stage::Order {
    stage.drop_webhooks().await;
    let order = stage.order(kind, quantity).await;
    stage
        .sql(
            "UPDATE attempts SET state = 'dead', settled_at = now();
         UPDATE orders SET state = 'expired', expired_at = now();
         UPDATE stock SET held = 0",
        )
        .await;
    stage.pay(&order, CARD).await;
    order
}

pub async fn tell(stage: &Stage) {
    let events =
        stage.http.get(format!("{}/control/webhooks", stage.sandbox.url)).send().await.expect("the sandbox");
    let events: serde_json::Value = events.json().await.expect("JSON");
    let list = events["webhooks"].as_array().expect("a list");
    let completed = list.iter().find(|e| e["type"] == "checkout.session.completed").expect("it was paid");
    let id = completed["event"].as_str().expect("an id");
    stage.http.delete(format!("{}/control/faults", stage.sandbox.url)).send().await.expect("the sandbox");
    stage.control(&format!("webhooks/{id}/send"), json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_takes_free_places() {
    let stage = Stage::open().await;
    let order = freed_and_paid(&stage, 0, 2).await;
    tell(&stage).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["tickets"].as_array().map(Vec::len), Some(2));
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_without_places_goes_back() {
    let stage = Stage::open().await;
    let order = freed_and_paid(&stage, 0, 2).await;
    stage.sql("UPDATE stock SET asked_capacity = 1, capacity = 1").await;
    tell(&stage).await;
    let body = stage.until(&order, "refunded").await;
    assert_eq!(body["refunds"][0]["reason"], "late_payment");
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.refunded'").await, 1);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    let page = page.replace('\u{a0}', " ");
    // How much, where to and how long come before all else.
    assert!(page.contains("<h1>42.00 € went back to your card</h1>"), "{page}");
    assert!(page.contains("Your bank shows it within 5 to 10 days"), "{page}");
    // One place is left, so nobody waits, and the page says so: a mail of a moment before may lead here.
    assert!(page.contains("id=\"waitlist\"") && page.contains("Nothing to wait for now"), "{page}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_paid_too_late_is_offered_the_waitlist_and_the_owner_sees_what_became_of_it() {
    let stage = Stage::open().await;
    let order = freed_and_paid(&stage, 0, 2).await;
    stage.sql("UPDATE stock SET asked_capacity = 1, capacity = 1").await;
    assert_eq!(stage.sell("last", &stage.sale("cash_at_venue", 1)).await.0, 200, "the last one is gone");
    tell(&stage).await;
    stage.until(&order, "refunded").await;
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;

    let mail = stage.told_back().await;
    assert!(
        mail.waitlist_url.ends_with(&format!("{}#waitlist", order.page)) && mail.instead_url.is_empty(),
        "{mail:?}"
    );

    // What is shown of a night may be some seconds old.
    let action = "action=\"/e/friday-night/waitlist\"";
    let mut page = String::new();
    for _ in 0..600 {
        page = stage.get(&order.page).await.text().await.expect("a page");
        if page.contains(action) {
            break;
        }
        crate::stage::pause().await;
    }
    for written in [
        action,
        "name=\"email\" value=\"ana@example.org\"",
        "name=\"name\" value=\"Ana López\"",
        stage.kind(0),
    ] {
        assert!(page.contains(written), "{written}: {page}");
    }
    let party = page.split("name=\"party\"").nth(1).and_then(|rest| rest.split('>').next()).expect("a field");
    assert!(party.contains("value=\"2\""), "as many as the order wanted: {party}");

    let form =
        [("ticket_type", stage.kind(0)), ("party", "2"), ("name", "Ana López"), ("email", "ana@example.org")];
    let post =
        stage.http.post(stage.url("/e/friday-night/waitlist")).header("origin", crate::stage::PUBLIC_URL);
    let answer = post.form(&form).send().await.expect("an answer");
    assert_eq!(answer.status(), 303, "one tap");
    let waits =
        "SELECT count(*) FROM waitlist WHERE state = 'waiting' AND party = 2 AND email = 'ana@example.org'";
    assert_eq!(stage.count(waits).await, 1);

    let books = stage.books().await;
    let late = &books["late"][0];
    assert_eq!(books["late"].as_array().map(Vec::len), Some(1), "{books}");
    assert_eq!(
        (&late["reference"], &late["became"], &late["waits"], &late["amount_minor"]),
        (&json!(order.reference), &json!("returned"), &json!(true), &json!(4200))
    );
    stage.audit().await;
}

/// The mail leads to a line only where the order's page offers one.
#[tokio::test(flavor = "multi_thread")]
async fn the_mail_about_late_money_leads_to_no_line_that_is_not_there() {
    let hidden = "UPDATE ticket_types SET terms = terms || '{\"access_code\": \"FRIENDS\"}'";
    let private =
        "UPDATE events SET terms = terms || '{\"visibility\": \"private\", \"access_code\": \"FRIENDS\"}'";
    let over = "UPDATE ticket_types SET sale_until = now() - interval '1 minute'";
    // One place is left, of two that were wanted; the rest is sold out, and not for everybody, or not any more.
    for (left, change, leads_to) in [
        (1, "", "/e/friday-night"),
        (0, hidden, "/e/friday-night"),
        (0, over, "/e/friday-night"),
        (0, private, "/"),
    ] {
        let stage = Stage::open().await;
        let order = freed_and_paid(&stage, 0, 2).await;
        stage.sql(&format!("UPDATE stock SET asked_capacity = {left}, capacity = {left}")).await;
        if !change.is_empty() {
            stage.sql(change).await;
        }
        tell(&stage).await;
        stage.until(&order, "refunded").await;
        stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
        let mail = stage.told_back().await;
        assert_eq!(
            (mail.waitlist_url.as_str(), mail.instead_url.as_str()),
            ("", format!("{}{leads_to}", crate::stage::PUBLIC_URL).as_str()),
            "{change}"
        );
        let page = stage.get(&order.page).await.text().await.expect("a page");
        assert!(!page.contains("action=\"/e/friday-night/waitlist\""), "{change}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn late_money_that_took_free_places_is_shown_as_kept() {
    let stage = Stage::open().await;
    let order = freed_and_paid(&stage, 0, 1).await;
    tell(&stage).await;
    stage.until(&order, "paid").await;
    let books = stage.books().await;
    assert_eq!(
        (&books["late"][0]["reference"], &books["late"][0]["became"]),
        (&json!(order.reference), &json!("kept")),
        "{books}"
    );
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(!page.contains("/waitlist\""), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_payment_of_one_order_goes_back() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let first = stage.order(0, 1).await;
    // The first attempt was given up although its session lived, and a second one was made.
    stage.sql("UPDATE attempts SET state = 'dead', settled_at = now()").await;
    let pay = first.page.replace("?key", "/pay?key");
    let answer = stage
        .http
        .post(stage.url(&pay))
        .header("origin", crate::stage::PUBLIC_URL)
        .send()
        .await
        .expect("an answer");
    let url = answer.headers()["location"].to_str().expect("text").to_owned();
    assert_ne!(Some(&url), first.checkout_url.as_ref(), "a new attempt has a new page");
    let second = crate::stage::Order { checkout_url: Some(url), ..first.clone() };
    for order in [&first, &second] {
        stage.pay(order, CARD).await;
    }
    stage.get(&format!("{}&session_id={}", first.page, first.session())).await;
    assert_eq!(stage.order_now(&first).await["state"], "paid");
    // The second payment is heard of later, from Stripe.
    let body =
        json!({"id": "evt_2", "object": "event", "type": "checkout.session.completed", "livemode": false,
        "data": {"object": {"id": second.session(), "object": "checkout.session"}}})
        .to_string();
    let signature = stripe_webhook::Webhook::generate_test_header(&body, &stage.keys.stripe_webhook, None);
    let post =
        stage.http.post(stage.url("/webhooks/stripe")).header("stripe-signature", signature).body(body);
    assert_eq!(post.send().await.expect("an answer").status(), 200);
    stage
        .until_count(
            "SELECT count(*) FROM refunds WHERE state = 'succeeded' AND reason = 'second_payment'",
            1,
        )
        .await;
    assert_eq!(stage.order_now(&first).await["state"], "paid");
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_amount_buys_nothing() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let order = stage.order(0, 1).await;
    stage.sql("UPDATE orders SET total_minor = total_minor + 1").await;
    stage.pay(&order, CARD).await;
    stage.get(&format!("{}&session_id={}", order.page, order.session())).await;
    stage
        .until_count(
            "SELECT count(*) FROM refunds WHERE state = 'succeeded' AND reason = 'amount_mismatch'",
            1,
        )
        .await;
    assert_eq!(stage.count("SELECT count(*) FROM quarantine WHERE kind = 'amount_mismatch'").await, 1);
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 0);
    stage.end_holds().await;
    stage.until(&order, "expired").await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_whose_answer_is_lost_is_made_once() {
    let stage = Stage::open().await;
    let order = freed_and_paid(&stage, 0, 2).await;
    stage.sql("UPDATE stock SET asked_capacity = 1, capacity = 1").await;
    stage.control("faults", json!({"provider": "stripe", "method": "POST", "path": "/v1/refunds", "action": {"kind": "lost"}})).await;
    let body =
        json!({"id": "evt_3", "object": "event", "type": "checkout.session.completed", "livemode": false,
        "data": {"object": {"id": order.session(), "object": "checkout.session"}}})
        .to_string();
    let signature = stripe_webhook::Webhook::generate_test_header(&body, &stage.keys.stripe_webhook, None);
    let post =
        stage.http.post(stage.url("/webhooks/stripe")).header("stripe-signature", signature).body(body);
    assert_eq!(post.send().await.expect("an answer").status(), 200);
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded' AND tries = 2", 1).await;
    stage.audit().await;
}
