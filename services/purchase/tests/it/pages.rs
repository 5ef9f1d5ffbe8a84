//! What a guest reads on the pages when something is not as wished, and what there is to do about it.

use messages::marketing_admin::v1::EventChanged;
use serde_json::json;

use crate::stage::{LOOKS, Stage, pause};

async fn changed(change: impl FnOnce(&mut EventChanged)) -> Stage {
    let stage = Stage::open().await;
    let mut event = stage.event.clone();
    event.revision = 2;
    change(&mut event);
    stage.publish(&event).await;
    stage
}

/// Sends the page's form for some of the first type; what is shown again, without its markup's entities.
async fn form(stage: &Stage, quantity: u32, language: &str) -> (u16, String) {
    let (kind, quantity) = (format!("q-{}", stage.kind(0)), quantity.to_string());
    let fields = [(kind.as_str(), quantity.as_str()), ("name", "Ana"), ("email", "ana@example.org")];
    let post = stage.http.post(stage.url("/e/friday-night")).header("origin", crate::stage::PUBLIC_URL);
    let answer = post.header("accept-language", language).form(&fields).send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a page"))
}

async fn page(stage: &Stage, path: &str) -> String {
    stage.get(path).await.text().await.expect("a page")
}

/// Waits until a page says so: what it shows may be half a second old.
async fn until_page(stage: &Stage, path: &str, says: &str) -> String {
    for _ in 0..LOOKS {
        let html = page(stage, path).await;
        if html.contains(says) {
            return html;
        }
        pause().await;
    }
    panic!("{path} never said {says:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_how_many_and_gives_advice_that_works() {
    let stage = changed(|event| {
        event.ticket_types[0].max_per_guest = 3;
        event.ticket_types[0].max_per_order = 4;
    })
    .await;
    let (status, alone) = form(&stage, 4, "en").await;
    assert_eq!(status, 409);
    assert!(alone.contains("One guest can have 3 of these tickets.") && alone.contains("You asked for more"));
    assert!(!alone.contains("second order"), "which would be refused as well: {alone}");
    assert_eq!(form(&stage, 2, "en").await.0, 303);
    let (_, more) = form(&stage, 2, "es").await;
    assert!(more.contains("Cada persona puede tener 3") && more.contains("Ya tienes 2"), "{more}");
    let (_, beyond) = form(&stage, 5, "en").await;
    assert!(beyond.contains("One order can hold 4 of these tickets."), "{beyond}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_more_than_are_left_is_told_how_many_there_are() {
    let stage = changed(|event| event.ticket_types[0].capacity = 3).await;
    assert_eq!(form(&stage, 2, "en").await.0, 303);
    let (status, html) = form(&stage, 2, "en").await;
    assert_eq!(status, 409);
    assert!(html.contains("Only 1 left.") && !html.contains("have just gone"), "{html}");
    assert!(form(&stage, 2, "es").await.1.contains("Solo queda una."));
    assert_eq!(form(&stage, 1, "en").await.0, 303);
    assert!(form(&stage, 1, "en").await.1.contains("have just gone"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fewest_per_order_stand_on_the_page_and_in_the_refusal() {
    let stage = changed(|event| event.ticket_types[0].min_per_order = 2).await;
    until_page(&stage, "/e/friday-night", "at least 2 · up to 10 per order").await;
    let (status, html) = form(&stage, 1, "en").await;
    assert_eq!(status, 422);
    assert!(html.contains("At least 2 per order."), "{html}");
    assert!(form(&stage, 1, "es").await.1.contains("Mínimo 2 por pedido."));
}

#[tokio::test(flavor = "multi_thread")]
async fn pay_now_while_stripe_is_away_leads_back_to_the_order() {
    let stage = Stage::open().await;
    let away = json!({"provider": "stripe", "method": "POST", "path": "/v1/checkout/sessions", "count": 0, "action": {"kind": "status", "status": 500}});
    stage.control("faults", away).await;
    let (status, body) = stage.checkout("k", &stage.wish(0, 1)).await;
    assert_eq!(status, 503, "{body}");
    let order = crate::stage::Order::of(&body);
    let pay = stage.http.post(stage.url(&order.page.replace("?key", "/pay?key")));
    let answer = pay.header("origin", crate::stage::PUBLIC_URL).send().await.expect("an answer");
    assert_eq!(answer.status(), 303, "no dead end");
    let back = answer.headers()["location"].to_str().expect("text");
    assert!(back.starts_with(&order.page), "{back}");
    let html = page(&stage, back).await;
    assert!(html.contains("The payment page didn’t open") && html.contains("Pay now"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_code_has_a_place_to_be_entered_and_a_wrong_one_is_said_to_be() {
    let stage = changed(|event| event.ticket_types[1].access_code = "friends-26".into()).await;
    let html = until_page(&stage, "/e/friday-night", "I have an access code").await;
    assert!(html.contains("name=\"code\"") && !html.contains("Free entry"), "{html}");
    let wrong = page(&stage, "/e/friday-night?code=friends-27").await;
    assert!(wrong.contains("This code opens nothing here") && !wrong.contains("Free entry"), "{wrong}");
    let right = page(&stage, "/e/friday-night?code=friends-26").await;
    assert!(right.contains("Free entry") && !right.contains("I have an access code"), "{right}");
    let (plain, _) = (Stage::open().await, stage);
    let html = page(&plain, "/e/friday-night").await;
    assert!(!html.contains("I have an access code"), "nothing is hidden: {html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_paid_nothing_is_said_of_money() {
    let stage = Stage::open().await;
    let html = page(&stage, "/e/friday-night").await;
    assert!(html.contains("data-total-note hidden"), "nothing is chosen, so no fee is in it: {html}");
    let (status, body) = stage.checkout("free", &stage.wish(1, 2)).await;
    assert_eq!(status, 201, "{body}");
    let html = page(&stage, &crate::stage::Order::of(&body).page).await;
    assert!(html.contains("also on their way to ana@example.org") && !html.contains("Paid."), "{html}");
    assert!(html.contains("sum__total\">Free<") && !html.contains("0.00"), "{html}");
    let order = stage.order(0, 1).await;
    stage.pay(&order, "4242424242424242").await;
    stage.until(&order, "paid").await;
    let html = page(&stage, &order.page).await;
    let (code, lead) = (html.find("ticket__code"), html.find("Paid. Your tickets"));
    assert!(code.is_some() && code < lead, "the code stands before what is said about it: {html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sold_out_not_yet_and_over_each_say_what_to_do() {
    let stage = changed(|event| event.ticket_types.truncate(1)).await;
    for (revision, advice) in [
        (3, "Come back when the sale opens"),
        (4, "The online sale is over"),
        (5, "Holds that run out come back within minutes"),
    ] {
        let mut event = stage.event.clone();
        let hour = 3_600_000;
        event.revision = revision;
        event.ticket_types.truncate(1);
        match revision {
            3 => event.ticket_types[0].sale_from = event.changed_at + hour,
            4 => event.ticket_types[0].sale_until = event.changed_at - hour,
            _ => event.ticket_types[0].capacity = 0,
        }
        stage.publish(&event).await;
        until_page(&stage, "/e/friday-night", advice).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_time_to_pay_is_up_the_page_says_what_becomes_of_the_money() {
    let stage = Stage::open().await;
    let away =
        json!({"provider": "stripe", "path": "*", "count": 0, "action": {"kind": "status", "status": 500}});
    let order = stage.order(0, 1).await;
    stage.control("faults", away).await;
    stage.sql("UPDATE orders SET held_until = now() - interval '1 minute'").await;
    let html = page(&stage, &order.page).await;
    for said in ["Time is up", "your tickets come or your money goes back"] {
        assert!(html.contains(said), "{said} in {html}");
    }
    let spanish = page(&stage, &format!("{}&lang=es", order.page)).await;
    assert!(spanish.contains("Se acabó el tiempo") && spanish.contains("vuelve tu dinero"), "{spanish}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_lost_finds_the_address_to_write_to() {
    let stage = Stage::open().await;
    let lost = page(&stage, "/e/nowhere").await;
    assert!(lost.contains("href=\"mailto:hola@maguey.localhost?subject="), "with the reference: {lost}");
    let list = page(&stage, "/").await;
    assert!(list.contains("href=\"mailto:hola@maguey.localhost\""), "in the foot of every page: {list}");
}
