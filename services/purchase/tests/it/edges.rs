//! Bad input at its edges: headers that say a thing several times, events that were made for another version or account, words
//! that are a letter too long, steps that skip a state.

use messages::marketing_admin::v1::EventStatus;
use reqwest::Response;
use serde_json::{Value, json};
use stripe_webhook::Webhook;

use crate::stage::{PUBLIC_URL, Stage};

const CARD: &str = "4242424242424242";

fn now() -> i64 {
    chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp()
}

/// Posts a body under a signature, as somebody who has one.
async fn signed(stage: &Stage, body: &str, signature: String) -> (u16, Value) {
    let post = stage.http.post(stage.url("/webhooks/stripe")).header("stripe-signature", signature);
    let answer = post.body(body.to_owned()).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

fn body(id: &str, session: &str, more: Value) -> String {
    let mut event = json!({"id": id, "object": "event", "type": "checkout.session.completed", "livemode": false,
        "created": 1, "pending_webhooks": 1, "data": {"object": {"id": session, "object": "checkout.session"}}});
    event.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    event.to_string()
}

/// While Stripe replaces a secret it signs with both: one of them is enough, wherever it stands, and none is not.
#[tokio::test(flavor = "multi_thread")]
async fn of_several_signatures_one_good_one_is_enough() {
    let stage = Stage::open().await;
    let body = body("evt_1", "cs_elsewhere", json!({}));
    let at = now();
    let of = |secret: &str, at| Webhook::generate_test_header(&body, secret, Some(at));
    let only = |header: String| header.split_once(',').expect("t and v1").1.to_owned();
    let (good, wrong) = (only(of(&stage.keys.stripe_webhook, at)), only(of("whsec_wrong", at)));
    let (status, answer) = signed(&stage, &body, format!("t={at},{wrong},{wrong}")).await;
    assert_eq!((status, &answer["code"]), (400, &json!("invalid_signature")));
    let (status, answer) = signed(&stage, &body, of(&stage.keys.stripe_webhook, at + 600)).await;
    assert_eq!((status, &answer["code"]), (400, &json!("stale_signature")), "nor one of the future");
    assert_eq!(stage.count("SELECT count(*) FROM webhook_events").await, 0);
    for header in [format!("t={at},{wrong},{good}"), format!("t={at},{good},{wrong},v0=abc")] {
        assert_eq!(signed(&stage, &body, header).await.0, 200);
    }
    assert_eq!(stage.count("SELECT count(*) FROM webhook_events").await, 1);
}

/// What an event says of its object is not what counts: another version of the API tells of the same payment, and another
/// account's session is none of ours.
#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_another_version_pays_and_one_of_another_account_does_nothing() {
    let stage = Stage::open().await;
    stage.drop_webhooks().await;
    let order = stage.order(0, 1).await;
    stage.pay(&order, CARD).await;
    let strange = json!({"api_version": "2019-02-19", "invented": {"by": "a later version"}});
    let old = body("evt_old", order.session(), strange);
    let theirs = body("evt_theirs", "cs_test_theirs", json!({"account": "acct_somebody_else"}));
    for event in [&theirs, &old] {
        let signature = Webhook::generate_test_header(event, &stage.keys.stripe_webhook, Some(now()));
        assert_eq!(signed(&stage, event, signature).await.0, 200);
    }
    stage.until(&order, "paid").await;
    stage.until_count("SELECT count(*) FROM webhook_events WHERE state = 'ignored'", 1).await;
    assert_eq!(stage.count("SELECT count(*) FROM quarantine").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_put_away_is_not_sold() {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    (event.revision, event.status) = (2, EventStatus::Archived.into());
    stage.publish(&event).await;
    let (status, refused) = stage.checkout("k", &stage.wish(0, 1)).await;
    assert_eq!((status.as_u16(), &refused["code"]), (404, &json!("not_found")), "{refused}");
    assert_eq!(stage.count("SELECT sum(held + sold) FROM stock").await, 0);
}

/// The first call is still waiting for Stripe when the same one comes again.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_told_that_the_same_request_is_under_way_is_told_when_to_ask_again() {
    let stage = Stage::open().await;
    let hang = json!({"provider": "stripe", "method": "POST", "path": "/v1/checkout/sessions", "count": 3,
        "action": {"kind": "hang", "ms": 1500}});
    stage.control("faults", hang).await;
    let wish = stage.wish(0, 1);
    let second = async {
        stage.until_count("SELECT count(*) FROM attempts", 1).await;
        let post = stage.http.post(stage.url("/api/v1/checkouts")).header("idempotency-key", "k").json(&wish);
        post.send().await.expect("an answer")
    };
    let (_, second): (_, Response) = tokio::join!(stage.checkout("k", &wish), Box::pin(second));
    assert_eq!((second.status().as_u16(), second.headers()["retry-after"].to_str().ok()), (409, Some("1")));
    assert_eq!(second.json::<Value>().await.expect("JSON")["code"], "request_in_progress");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_ends_before_a_mail_server_would_cut_it() {
    let stage = Stage::open().await;
    let long = |letters: usize| format!("ana@{}.example.org", vec!["x".repeat(letters); 5].join("."));
    assert_eq!((long(46).len(), long(47).len()), (250, 255));
    for (email, status) in [(long(46), 201), (long(47), 422), ("\"a b\"@example.org".to_owned(), 422)] {
        let mut wish = stage.wish(0, 1);
        wish["buyer"]["email"] = json!(email);
        let (answered, body) = stage.checkout(&uuid::Uuid::now_v7().to_string(), &wish).await;
        assert_eq!(answered.as_u16(), status, "{email}: {body}");
        if status == 422 {
            assert_eq!(body["code"], "invalid_email");
        }
    }
}

/// An order that ran out is not paid any more: its own page says so, and no payment page is made for it.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_ran_out_leads_to_no_payment_page() {
    let stage = Stage::open().await;
    let order = stage.order(0, 1).await;
    stage.end_holds().await;
    stage.until(&order, "expired").await;
    let pay = stage.url(&order.page.replace("?key", "/pay?key"));
    let answer = stage.http.post(pay).header("origin", PUBLIC_URL).send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), to(&answer)), (303, order.page.clone()));
    assert!(!stage.paid_in_time(&order, CARD).await, "nor does the old one take anything");
    assert_eq!(stage.count("SELECT count(*) FROM attempts").await, 1);
    stage.audit().await;
}

fn to(answer: &Response) -> String {
    let to = answer.headers()["location"].to_str().expect("text");
    to.strip_prefix(PUBLIC_URL).unwrap_or(to).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn money_goes_back_in_the_money_it_came_in() {
    let stage = Stage::open().await;
    let (order, _) = stage.bought(0, 1).await;
    let dollars = json!({"amount_minor": 100, "currency": "USD"});
    let (status, refused) = stage.give_back(&order, "dollars", dollars).await;
    assert_eq!((status, &refused["code"]), (422, &json!("unknown_field")), "{refused}");
    // The same key twice, at once and afterwards, is one refund.
    let wish = || stage.give_back(&order, "once", json!({"amount_minor": 100}));
    let (one, two) = tokio::join!(wish(), wish());
    let again = wish().await;
    for (status, answer) in [&one, &two, &again] {
        assert_eq!((*status, &answer["id"]), (200, &one.1["id"]), "{answer}");
    }
    stage.all_succeeded(1).await;
    assert_eq!(stage.count("SELECT sum(amount_minor) FROM refunds").await, 100);
    stage.audit().await;
}
