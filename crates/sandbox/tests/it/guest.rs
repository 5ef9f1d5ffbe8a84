//! The payment page, as a guest without JavaScript uses it.

use crate::shop::{self, OK};

#[tokio::test]
async fn the_page_shows_what_is_paid_and_how() {
    let shop = shop::open().await;
    let session = shop.session().await;
    let page = shop.text(&format!("/c/pay/{}", session.id)).await;
    for part in [
        "SANDBOX — TEST MODE",
        "Standard ticket",
        "48.20 EUR",
        "4000 0000 0000 9995",
        "http://shop.example/back",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
}

#[tokio::test]
async fn a_decline_keeps_the_guest_on_the_page() {
    let shop = shop::open().await;
    let session = shop.session().await;
    for (card, words) in [
        ("4000000000000002", "Your card was declined."),
        ("4000 0000 0000 9995", "Your card has insufficient funds."),
        ("4242", "Your card number is incorrect."),
    ] {
        let back = shop.press_pay(&session, card).await;
        assert!(back.starts_with(&format!("/c/pay/{}?declined=", session.id)), "{back}");
        assert!(shop.text(&back).await.contains(words), "{card}");
    }
    assert_eq!(shop.get("/control/state").await["payments_captured"], 0);
    assert!(shop.press_pay(&session, OK).await.starts_with("http://shop.example/done"));
}

#[tokio::test]
async fn the_bank_may_ask_first() {
    let shop = shop::open().await;
    for card in ["4000002500003155", "4000 0027 6000 3184"] {
        let session = shop.session().await;
        let challenge = format!("/c/pay/{}/challenge", session.id);
        let answer = async |outcome: &'static str| {
            let request = shop.http.post(shop.url(&challenge)).form(&[("outcome", outcome)]);
            request.send().await.expect("an answer").headers()["location"].to_str().expect("text").to_owned()
        };
        assert_eq!(shop.press_pay(&session, card).await, challenge);
        assert!(shop.text(&challenge).await.contains("Is this you?"));
        let failed = answer("fail").await;
        assert!(shop.text(&failed).await.contains("unable to authenticate"));
        assert_eq!(shop.press_pay(&session, card).await, challenge);
        assert!(answer("complete").await.starts_with("http://shop.example/done"));
    }
    assert_eq!(shop.get("/control/state").await["money"]["eur"]["captured"], 2 * 4820);
}

#[tokio::test]
async fn pressing_pay_often_pays_once() {
    let shop = shop::open().await;
    let session = shop.session().await;
    let presses = (0..8).map(|_| shop.press_pay(&session, OK));
    let answers = futures::future::join_all(presses).await;
    assert_eq!(answers.iter().filter(|next| next.starts_with("http://shop.example")).count(), 1);
    assert_eq!(shop.get("/control/state").await["money"]["eur"]["captured"], 4820);
    assert!(shop.text(&format!("/c/pay/{}", session.id)).await.contains("This payment is complete"));
}

#[tokio::test]
async fn a_free_session_needs_no_card() {
    let shop = shop::open().await;
    let form = "mode=payment&success_url=http://shop.example/done&line_items[0][quantity]=1\
                &line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=0\
                &line_items[0][price_data][product_data][name]=Guest";
    let (_, session) = shop.form("/v1/checkout/sessions", None, form).await;
    let id = session["id"].as_str().expect("an id");
    assert_eq!(shop.pay_without_browser(id, "").await["outcome"], "paid");
    let after = shop.get(&format!("/v1/checkout/sessions/{id}")).await;
    assert_eq!(after["payment_status"], "no_payment_required");
    assert!(after["payment_intent"].is_null());
}
