//! Every object through the real client, which parses strictly.

use serde_json::json;
use stripe::StripeError;
use stripe_checkout::checkout_session::{
    ExpireCheckoutSession, ListCheckoutSession, ListLineItemsCheckoutSession, RetrieveCheckoutSession,
};
use stripe_core::payment_intent::{ListPaymentIntent, RetrievePaymentIntent};
use stripe_core::refund::{CreateRefund, ListRefund, RetrieveRefund};
use stripe_shared::{BalanceTransaction, Charge, Event};
use stripe_types::List;

use crate::shop::{self, OK};

/// A GET for which the workspace enables no generated request; parsed by the same strict types.
async fn get<T: miniserde::Deserialize>(shop: &shop::Shop, path: &str, query: &[(&str, &str)]) -> T {
    let request = shop.http.get(shop.url(&format!("/v1{path}"))).query(query).bearer_auth("sk_test_shop");
    let text = request.send().await.expect("an answer").text().await.expect("text");
    miniserde::json::from_str(&text).unwrap_or_else(|_| panic!("{path} does not parse: {text}"))
}

#[tokio::test]
async fn a_session_is_made_paid_refunded_and_listed() {
    let shop = shop::open().await;
    let session = shop.session().await;
    assert!(session.id.as_str().starts_with("cs_test_"));
    assert_eq!(session.amount_total, Some(4820));
    assert_eq!(session.expires_at - session.created, 24 * 60 * 60);
    let metadata = session.metadata.as_ref().expect("pairs");
    assert_eq!(metadata["a b&c"], "é=1");
    let lines = ListLineItemsCheckoutSession::new(&session.id).send(&shop.stripe).await.expect("lines");
    assert_eq!(lines.data.len(), 2);
    assert_eq!(lines.data[0].quantity, Some(2));

    let next = shop.press_pay(&session, OK).await;
    assert_eq!(next, format!("http://shop.example/done?session={}", session.id));

    let session = RetrieveCheckoutSession::new(&session.id).send(&shop.stripe).await.expect("the session");
    assert_eq!(session.status, Some(stripe_shared::CheckoutSessionStatus::Complete));
    assert_eq!(session.payment_status, stripe_shared::CheckoutSessionPaymentStatus::Paid);
    assert_eq!(session.url, None);
    let payment_id = session.payment_intent.expect("a payment").id().clone();
    let payment =
        RetrievePaymentIntent::new(payment_id.clone()).send(&shop.stripe).await.expect("the payment");
    assert_eq!(payment.amount_received, 4820);
    let charge_id = payment.latest_charge.expect("a charge").id().clone();
    let charge: Charge = get(&shop, &format!("/charges/{charge_id}"), &[]).await;
    assert!(charge.paid && !charge.refunded);

    let refund = CreateRefund::new()
        .payment_intent(payment_id.as_str())
        .amount(1000)
        .send(&shop.stripe)
        .await
        .expect("a refund");
    assert_eq!(refund.status.as_deref(), Some("succeeded"));
    let again = RetrieveRefund::new(refund.id.clone()).send(&shop.stripe).await.expect("the refund");
    assert_eq!(again.amount, 1000);
    let refunds =
        ListRefund::new().payment_intent(payment_id.as_str()).send(&shop.stripe).await.expect("refunds");
    assert_eq!(refunds.data.len(), 1);
    let charge: Charge = get(&shop, &format!("/charges/{charge_id}"), &[]).await;
    assert_eq!((charge.amount_refunded, charge.refunded), (1000, false));

    let all: List<BalanceTransaction> = get(&shop, "/balance_transactions", &[]).await;
    assert_eq!(all.data.iter().map(|movement| movement.net).sum::<i64>(), 4820 - 97 - 1000);
    let charges: List<BalanceTransaction> = get(&shop, "/balance_transactions", &[("type", "charge")]).await;
    assert_eq!((charges.data.len(), charges.data[0].fee), (1, 97));
    let by_source: List<BalanceTransaction> =
        get(&shop, "/balance_transactions", &[("source", refund.id.as_str())]).await;
    assert_eq!(by_source.data[0].amount, -1000);
    let events: List<Event> = get(&shop, "/events", &[("type", "charge.*")]).await;
    let kinds: Vec<String> = events.data.iter().map(|event| event.type_.to_string()).collect();
    assert_eq!(kinds, ["charge.refunded", "charge.succeeded"]);
    let _: Event = get(&shop, &format!("/events/{}", events.data[0].id), &[]).await;
    let payments = ListPaymentIntent::new().send(&shop.stripe).await.expect("payments");
    assert_eq!(payments.data.len(), 1);
    shop.sandbox.stop().await;
}

#[tokio::test]
async fn a_refund_beyond_the_payment_is_refused_with_stripes_words() {
    let shop = shop::open().await;
    let session = shop.session().await;
    shop.press_pay(&session, OK).await;
    let session = RetrieveCheckoutSession::new(&session.id).send(&shop.stripe).await.expect("the session");
    let payment = session.payment_intent.expect("a payment").id().to_string();
    let too_much = CreateRefund::new().payment_intent(payment.as_str()).amount(4821).send(&shop.stripe).await;
    assert!(matches!(too_much, Err(StripeError::Stripe(_, 400))));
    CreateRefund::new().payment_intent(payment.as_str()).send(&shop.stripe).await.expect("all of it");
    let (status, body) = shop.form("/v1/refunds", None, &format!("payment_intent={payment}")).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("charge_already_refunded")));
    let state = shop.get("/control/state").await;
    assert_eq!(state["money"]["eur"]["captured"], state["money"]["eur"]["refunded"]);
}

#[tokio::test]
async fn only_an_open_session_can_be_expired() {
    let shop = shop::open().await;
    let session = shop.session().await;
    let expired = ExpireCheckoutSession::new(&session.id).send(&shop.stripe).await.expect("expires");
    assert_eq!(expired.status, Some(stripe_shared::CheckoutSessionStatus::Expired));
    let Err(StripeError::Stripe(error, 400)) =
        ExpireCheckoutSession::new(&session.id).send(&shop.stripe).await
    else {
        panic!("expired twice")
    };
    assert!(error.message.expect("words").contains("status of `expired`"));
    let paid = shop.session().await;
    shop.press_pay(&paid, OK).await;
    assert!(ExpireCheckoutSession::new(&paid.id).send(&shop.stripe).await.is_err());
}

#[tokio::test]
async fn time_expires_a_session_and_nobody_pays_it() {
    let shop = shop::open().await;
    let session = shop.session().await;
    shop.post("/control/clock", json!({"offset_seconds": 24 * 60 * 60 + 1})).await;
    let now = RetrieveCheckoutSession::new(&session.id).send(&shop.stripe).await.expect("the session");
    assert_eq!(now.status, Some(stripe_shared::CheckoutSessionStatus::Expired));
    shop.press_pay(&session, OK).await;
    assert_eq!(shop.get("/control/state").await["payments_captured"], 0);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let shop = shop::open().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(shop.session().await.id.to_string());
    }
    made.reverse();
    let mut seen = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let mut list = ListCheckoutSession::new().limit(2);
        if let Some(id) = &after {
            list = list.starting_after(id.as_str());
        }
        let page = list.send(&shop.stripe).await.expect("a page");
        seen.extend(page.data.iter().map(|session| session.id.to_string()));
        after = seen.last().cloned();
        if !page.has_more {
            break;
        }
    }
    assert_eq!(seen, made);
    let before = shop.get(&format!("/v1/checkout/sessions?limit=1&ending_before={}", made[2])).await;
    assert_eq!(before["data"][0]["id"], json!(made[1]));
}

#[tokio::test]
async fn ids_expand_to_what_they_name() {
    let shop = shop::open().await;
    let session = shop.session().await;
    shop.press_pay(&session, OK).await;
    let path = format!(
        "/v1/checkout/sessions/{}?expand[]=payment_intent.latest_charge.balance_transaction&expand[]=line_items",
        session.id
    );
    let shown = shop.get(&path).await;
    assert_eq!(shown["payment_intent"]["latest_charge"]["balance_transaction"]["fee"], 97);
    assert_eq!(shown["line_items"]["data"][0]["description"], "Standard ticket");
}

#[tokio::test]
async fn bad_parameters_are_refused_by_name() {
    let shop = shop::open().await;
    let good = "mode=payment&success_url=http://x.example&line_items[0][quantity]=1\
                &line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=100\
                &line_items[0][price_data][product_data][name]=T";
    assert_eq!(shop.form("/v1/checkout/sessions", None, good).await.0, 200);
    for (from, to, param) in [
        ("mode=payment", "mode=setup", "mode"),
        ("mode=payment&", "", "mode"),
        ("success_url=http://x.example&", "", "success_url"),
        ("quantity]=1", "quantity]=0", "line_items[0][quantity]"),
        ("unit_amount]=100", "unit_amount]=-1", "line_items[0][price_data][unit_amount]"),
        ("unit_amount]=100", "unit_amount]=49", "line_items"),
        ("currency]=eur", "currency]=euro", "line_items[0][price_data][currency]"),
        ("mode=payment", "mode=payment&colour=red", "colour"),
        ("mode=payment", "mode=payment&customer_email=nobody", "customer_email"),
        ("mode=payment", "mode=payment&expires_at=1", "expires_at"),
        ("mode=payment", "mode=payment&expires_at=99999999999", "expires_at"),
        (
            "mode=payment",
            "mode=payment&payment_intent_data[receipt_email]=nobody",
            "payment_intent_data[receipt_email]",
        ),
        (
            "mode=payment",
            "mode=payment&payment_intent_data[statement_descriptor]=CLUB",
            "payment_intent_data[statement_descriptor]",
        ),
    ] {
        let (status, body) = shop.form("/v1/checkout/sessions", None, &good.replace(from, to)).await;
        assert_eq!((status, &body["error"]["param"]), (400, &json!(param)), "{to}: {body}");
    }
}

#[tokio::test]
async fn the_statement_shows_the_suffix_and_refuses_what_no_bank_prints() {
    let shop = shop::open().await;
    let good = "mode=payment&success_url=http://x.example&line_items[0][quantity]=1\
                &line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=100\
                &line_items[0][price_data][product_data][name]=T";
    let ask = async |suffix: &str| {
        let form = format!("{good}&payment_intent_data[statement_descriptor_suffix]={suffix}");
        shop.form("/v1/checkout/sessions", None, &form).await
    };
    for wrong in ["2026", "A*B", "A%22B", "A%27B", "A%5CB", "A%3CB", "FIFTEEN+LETTERS", "%D0%9D%D0%9E"] {
        let (status, body) = ask(wrong).await;
        let param = "payment_intent_data[statement_descriptor_suffix]";
        assert_eq!((status, &body["error"]["param"]), (400, &json!(param)), "{wrong}: {body}");
    }
    let receipt = "FOURTEEN+CHARS&payment_intent_data[receipt_email]=ana@example.org";
    let (status, session) = ask(receipt).await;
    assert_eq!(status, 200, "{session}");
    shop.pay_without_browser(session["id"].as_str().expect("an id"), OK).await;
    let state = shop.get("/control/state").await;
    assert_eq!(state["sessions"][0]["statement_descriptor_suffix"], "FOURTEEN CHARS");
    let paid = &state["payments"][0];
    assert_eq!(
        (&paid["statement"], &paid["receipt_email"]),
        (&json!("MAGUEY* FOURTEEN CHARS"), &json!("ana@example.org"))
    );
    let path = format!("/payment_intents/{}", paid["payment_intent"].as_str().expect("an id"));
    let payment: stripe_shared::PaymentIntent = get(&shop, &path, &[]).await;
    assert_eq!(payment.statement_descriptor_suffix.as_deref(), Some("FOURTEEN CHARS"));
    assert_eq!(payment.receipt_email.as_deref(), Some("ana@example.org"));
    let path = format!("/charges/{}", paid["charge"].as_str().expect("an id"));
    let charge: Charge = get(&shop, &path, &[]).await;
    assert_eq!(charge.calculated_statement_descriptor.as_deref(), Some("MAGUEY* FOURTEEN CHARS"));
}

#[tokio::test]
async fn only_a_test_key_opens() {
    let shop = shop::open().await;
    for key in ["", "sk_live_x", "whatever"] {
        let answer = shop.http.get(shop.url("/v1/events")).bearer_auth(key).send().await.expect("an answer");
        assert_eq!(answer.status(), 401, "{key}");
    }
    let unknown =
        shop.http.get(shop.url("/v1/unheard_of")).bearer_auth("sk_test_x").send().await.expect("an answer");
    assert_eq!(unknown.status(), 404);
}
