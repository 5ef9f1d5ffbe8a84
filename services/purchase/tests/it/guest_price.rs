//! Pay what you want: a price that the guest names, within what the club allows, and nowhere else.

use messages::marketing_admin::v1::promo_changed::Off;
use messages::marketing_admin::v1::{EventChanged, GuestPrice, PromoChanged};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::stage::{LOOKS, Order, PUBLIC_URL, Stage, pause};

const CARD: &str = "4242424242424242";

/// The stage's night where guests name the price of the first type.
async fn stage(least_minor: i64, most_minor: i64) -> Stage {
    let stage = Stage::open().await;
    let mut event: EventChanged = stage.event.clone();
    event.revision = 2;
    event.ticket_types[0].guest_price = Some(GuestPrice { least_minor, most_minor });
    stage.publish(&event).await;
    stage
}

fn wish(stage: &Stage, kind: usize, quantity: u32, amount: Value) -> Value {
    let mut wish = stage.wish(kind, quantity);
    wish["items"][0]["amount_minor"] = amount;
    wish
}

async fn buy(stage: &Stage, wish: &Value) -> (u16, Value) {
    let (status, body) = stage.checkout(&Uuid::now_v7().to_string(), wish).await;
    (status.as_u16(), body)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guest_names_is_quoted_charged_and_booked() {
    let stage = stage(500, 10_000).await;
    let wish = wish(&stage, 0, 2, json!(1200));
    let post = stage.http.post(stage.url("/api/v1/quotes"));
    let ask = json!({"event": wish["event"], "items": wish["items"]});
    let quote: Value = post.json(&ask).send().await.expect("an answer").json().await.expect("JSON");
    let (status, body) = buy(&stage, &wish).await;
    assert_eq!(status, 201, "{body}");
    // 2 × 12.00, fee 2 × 0.50 + 2.5 % of 24.00.
    assert_eq!(body["quote"]["total"]["minor"], 2400 + 160, "{body}");
    assert_eq!(body["quote"], quote, "what is shown is what is charged");
    let order = Order::of(&body);
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["quote"]["total"]["minor"], 2560, "{paid}");
    assert_eq!(paid["tickets"].as_array().map(Vec::len), Some(2));
    let revenue = "SELECT sum(amount_minor) FROM ledger_entries WHERE account = 'ticket_revenue'";
    assert_eq!(stage.count(revenue).await, -2400);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_is_taken_for_such_types_alone_and_within_their_range() {
    let stage = stage(500, 10_000).await;
    for (kind, amount, code) in [
        (1, json!(0), "amount_not_accepted"),
        (1, json!(100), "amount_not_accepted"),
        (0, json!(0), "amount_out_of_range"),
        (0, json!(499), "amount_out_of_range"),
        (0, json!(10_001), "amount_out_of_range"),
        (0, json!(-1), "invalid_amount"),
        (0, json!("1200"), "invalid_amount"),
        (0, json!(12.5), "invalid_amount"),
        (0, json!({}), "invalid_amount"),
    ] {
        let (status, body) = buy(&stage, &wish(&stage, kind, 1, amount.clone())).await;
        assert_eq!((status, body["code"].as_str()), (422, Some(code)), "{amount}: {body}");
        assert_eq!(body["errors"][0]["field"], "items[0].amount_minor", "{body}");
    }
    let mut priced = stage.wish(0, 1);
    priced["items"][0]["price_minor"] = json!(500);
    assert_eq!(buy(&stage, &priced).await.1["code"], "unknown_field");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 0, "nothing was held");
    let (_, suggested) = buy(&stage, &stage.wish(0, 1)).await;
    assert_eq!(suggested["quote"]["lines"][0]["unit"]["minor"], 2000, "what the club suggests");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_an_amount_where_the_club_says_so_and_less_than_a_charge_is_refused() {
    let stage = stage(0, 10_000).await;
    let mut event = stage.event.clone();
    (event.revision, event.fee) = (3, None);
    event.ticket_types[0].guest_price = Some(GuestPrice { least_minor: 0, most_minor: 10_000 });
    stage.publish(&event).await;
    let (status, free) = buy(&stage, &wish(&stage, 0, 1, json!(0))).await;
    assert_eq!((status, &free["checkout_url"]), (201, &Value::Null), "{free}");
    stage.until(&Order::of(&free), "paid").await;
    let (status, few) = buy(&stage, &wish(&stage, 0, 1, json!(5))).await;
    assert_eq!((status, few["code"].as_str()), (422, Some("order_too_small")), "{few}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_amount_under_the_same_key_is_another_order() {
    let stage = stage(500, 10_000).await;
    let first = wish(&stage, 0, 1, json!(700));
    assert_eq!(stage.checkout("k", &first).await.0, 201);
    let (_, again) = stage.checkout("k", &first).await;
    assert_eq!(again["quote"]["lines"][0]["unit"]["minor"], 700, "{again}");
    let (status, other) = stage.checkout("k", &wish(&stage, 0, 1, json!(900))).await;
    assert_eq!((status.as_u16(), other["code"].as_str()), (422, Some("idempotency_key_reused")), "{other}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promo_takes_nothing_off_what_a_guest_names() {
    let stage = stage(500, 10_000).await;
    let promo = PromoChanged {
        promo_id: Uuid::now_v7().to_string(),
        revision: 1,
        name: "Summer".into(),
        codes: vec!["SUMMER".into()],
        off: Some(Off::BasisPoints(5_000)),
        currency: "EUR".into(),
        active: true,
        ..PromoChanged::default()
    };
    stage.publish_promo(&promo).await;
    let mut wish = wish(&stage, 0, 1, json!(600));
    wish["promo"] = json!("SUMMER");
    let (status, body) = buy(&stage, &wish).await;
    assert_eq!((status, body["code"].as_str()), (422, Some("promo_not_applicable")), "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_asks_for_the_price_and_says_what_is_wrong_with_it() {
    let stage = stage(500, 10_000).await;
    let field = format!("name=\"a-{}\"", stage.kind(0));
    let mut html = String::new();
    for _ in 0..LOOKS {
        html = stage.get("/e/friday-night").await.text().await.expect("a page");
        if html.contains(&field) {
            break;
        }
        pause().await;
    }
    assert!(html.contains(&field) && html.contains("Pay what you want"), "{html}");
    assert!(!html.contains(&format!("a-{}", stage.kind(1))), "the other price is the club’s");
    let (quantity, amount) = (format!("q-{}", stage.kind(0)), format!("a-{}", stage.kind(0)));
    let submit = |said: &'static str| {
        let fields = [(&*quantity, "1"), (&*amount, said), ("name", "Ana"), ("email", "ana@example.org")];
        stage.http.post(stage.url("/e/friday-night")).header("origin", PUBLIC_URL).form(&fields).send()
    };
    for (said, answer) in [("4,99", "outside what the club takes"), ("much", "read this amount")] {
        let refused = submit(said).await.expect("an answer");
        assert_eq!(refused.status(), 422, "{said}");
        let html = refused.text().await.expect("a page");
        assert!(html.contains(answer) && html.contains(&format!("value=\"{said}\"")), "{said}: {html}");
    }
    assert_eq!(submit("12,50").await.expect("an answer").status(), 303);
    assert_eq!(stage.count("SELECT max(unit_minor) FROM order_lines WHERE kind = 'ticket'").await, 1250);
}
