//! An order at the desk, as the ticket site tells of it: what staff can do with it, and what the ticket site is told.

use std::sync::{Arc, Mutex};

use reqwest::StatusCode;
use serde_json::{Value, json};
use web::{ApiJson, App, Context, Running, ServiceCaller, callers};

use crate::house::House;
use crate::identity::field;

const TICKET: &str = "0199b6a0-0000-7000-8000-000000000001";

pub type Heard = Arc<Mutex<Vec<Value>>>;

/// The ticket site as far as it is asked about one order.
async fn ticket_site(house: &House, heard: Heard, order: Value) -> Running {
    let app = App::new(house.neighbour("purchase"), Context::default()).internal(move |routes| {
        let (heard, settled, order) = (heard.clone(), heard.clone(), order.clone());
        routes
            .get("/internal/v1/orders/{reference}", move |_: ServiceCaller<callers::Desk>| {
                let order = order.clone();
                async move { actix_web::web::Json(order) }
            })
            .post(
                "/internal/v1/orders/{reference}/refunds",
                move |_: ServiceCaller<callers::Desk>, wish: ApiJson<Value>| {
                    heard.lock().expect("no panic").push(wish.into_inner());
                    let said = json!({"id": TICKET, "state": "pending", "amount_minor": 2100, "currency": "EUR", "inside": []});
                    async move { actix_web::web::Json(said) }
                },
            );
        let cleared = settled.clone();
        routes.post(
            "/internal/v1/orders/{reference}/dispute-mark/clear",
            move |_: ServiceCaller<callers::Desk>, wish: ApiJson<Value>| {
                cleared.lock().expect("no panic").push(wish.into_inner());
                async move { actix_web::web::Json(json!({"dispute": TICKET})) }
            },
        );
        routes.post(
            "/internal/v1/refunds/{refund}/settle",
            move |_: ServiceCaller<callers::Desk>, wish: ApiJson<Value>| {
                settled.lock().expect("no panic").push(wish.into_inner());
                async move { actix_web::web::Json(json!({"id": TICKET, "state": "settled_otherwise"})) }
            },
        );
    });
    web::boot::start(app).await.expect("free ports")
}

/// A desk beside a ticket site that knows this order.
pub async fn desk(order: Value) -> (House, Running, Heard) {
    let mut house = House::unopened().await;
    let heard = Heard::default();
    let site = ticket_site(&house, heard.clone(), order).await;
    house.purchase_url = format!("http://{}", site.internal);
    house.move_in().await;
    (house, site, heard)
}

/// An order of one ticket, with what the test changes.
pub fn order(change: Value) -> Value {
    let mut order = json!({
        "order": {"reference": "K7MPX2QD", "state": "paid", "buyer_name": "Ana López", "buyer_email": "ana@example.org",
                  "currency": "EUR", "total_minor": 2100, "promo_code": null, "promoter": "", "channel": "online",
                  "created_at": "2026-11-20T20:00:00Z", "paid_at": "2026-11-20T20:01:00Z"},
        "event": {"id": TICKET, "title": "Agave Nights", "status": "published", "starts_at": "2026-11-27T22:00:00Z", "time_zone": "Europe/Madrid"},
        "lines": [{"kind": "ticket", "label": "Regular", "quantity": 1, "total_minor": 2100}],
        "tickets": [{"id": TICKET, "type_name": "Regular", "holder_name": "Ana López", "state": "valid",
                     "paid_minor": 2100, "without_fee_minor": 2000}],
        "payments": [], "refunds": [], "waiting": null, "left_minor": 2100, "keeps_fees": false,
    });
    for (field, value) in change.as_object().expect("an object") {
        match value.as_object() {
            Some(inner) if order[field].is_object() => {
                order[field].as_object_mut().expect("an object").extend(inner.clone());
            }
            _ => order[field] = value.clone(),
        }
    }
    order
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_that_waits_for_the_door_is_let_go_by_a_button() {
    let waiting = json!({"scope": "tickets", "tickets": [TICKET], "amount_minor": 2100, "reason": "guest",
                         "asked_at": "2026-11-21T10:00:00Z"});
    let (house, _site, heard) = desk(order(json!({"waiting": waiting, "left_minor": 0}))).await;
    let cookie = house.cookie("max@club.test").await;
    let page = house.page("/admin/orders/K7MPX2QD", &cookie).await.text().await.expect("a page");
    assert!(page.contains("A refund waits for the door") && page.contains("by the guest"), "{page}");
    assert!(!page.contains("name=\"scope\" value=\"order\""), "nothing else is offered meanwhile: {page}");
    let (csrf, key, ticket) = (field(&page, "csrf"), field(&page, "key"), format!("ticket.{TICKET}"));
    let form = [
        ("csrf", csrf.as_str()),
        ("key", key.as_str()),
        ("scope", "tickets"),
        ("anyway", "1"),
        (ticket.as_str(), "1"),
        ("reason", "The door is closed"),
    ];
    for (name, value) in form.iter().take(5) {
        assert!(
            page.contains(&format!("name=\"{name}\" value=\"{value}\"")),
            "{name} is in the form: {page}"
        );
    }
    let answer = house.submit("/admin/orders/K7MPX2QD/refunds", &cookie, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let wish = heard.lock().expect("no panic").remove(0);
    assert_eq!((&wish["anyway"], &wish["tickets"]), (&json!(true), &json!([TICKET])));
    assert_eq!(wish["reason"], "The door is closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credit_is_asked_for_as_one_also_where_it_waits_for_the_door() {
    let (house, _site, heard) = desk(order(json!({}))).await;
    let cookie = house.cookie("max@club.test").await;
    let page = house.page("/admin/orders/K7MPX2QD", &cookie).await.text().await.expect("a page");
    let named = "name=\"as_credit\" value=\"1\"";
    assert!(page.contains(&format!("type=\"checkbox\" {named}")), "{page}");
    let (csrf, key) = (field(&page, "csrf"), field(&page, "key"));
    let form = [
        ("csrf", csrf.as_str()),
        ("key", key.as_str()),
        ("scope", "order"),
        ("as_credit", "1"),
        ("reason", "The guest agrees"),
    ];
    let answer = house.submit("/admin/orders/K7MPX2QD/refunds", &cookie, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let wish = heard.lock().expect("no panic").remove(0);
    assert_eq!((&wish["as_credit"], &wish["anyway"]), (&json!(true), &json!(false)), "{wish}");

    let waiting = json!({"scope": "order", "tickets": [TICKET], "amount_minor": 2100, "reason": "staff",
                         "asked_at": "2026-11-21T10:00:00Z", "as_credit": true});
    let (house, _site, _) = desk(order(json!({"waiting": waiting, "left_minor": 0}))).await;
    let cookie = house.cookie("max@club.test").await;
    let page = house.page("/admin/orders/K7MPX2QD", &cookie).await.text().await.expect("a page");
    assert!(page.contains(&format!("type=\"hidden\" {named}")), "what is let go is the credit: {page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_at_the_venue_or_given_away_says_so_and_can_be_taken_back() {
    let refund = json!({"id": TICKET, "scope": "amount", "amount_minor": 300, "reason": "staff", "state": "succeeded", "stripe_refund": null, "problem": null,
                        "created_at": "2026-11-21T10:00:00Z", "settled_at": "2026-11-21T10:00:01Z"});
    let cash = order(json!({"order": {"channel": "cash_at_venue"}, "refunds": [refund], "left_minor": 1800}));
    let (house, _site, _) = desk(cash).await;
    let cookie = house.cookie("max@club.test").await;
    let page = house.page("/admin/orders/K7MPX2QD", &cookie).await.text().await.expect("a page");
    for said in ["Cash at the venue", "Handed back at the venue", "You hand it back yourself"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("Stripe sends it"), "{page}");

    let comp = order(json!({"order": {"channel": "comp", "total_minor": 0}, "left_minor": 0}));
    let (house, _site, _) = desk(comp).await;
    let cookie = house.cookie("max@club.test").await;
    let page = house.page("/admin/orders/K7MPX2QD", &cookie).await.text().await.expect("a page");
    assert!(page.contains("Given away") && page.contains("No money moves"), "{page}");
    assert!(page.contains("name=\"scope\" value=\"order\"") && !page.contains("value=\"amount\""), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_only_the_fee_is_left_the_form_says_so_and_offers_what_can_be_done() {
    let refund = json!({"id": TICKET, "scope": "tickets", "amount_minor": 2000, "reason": "staff", "state": "succeeded", "stripe_refund": null, "problem": null,
                        "created_at": "2026-11-21T10:00:00Z", "settled_at": "2026-11-21T10:00:01Z"});
    let gone = json!([{"id": TICKET, "type_name": "Regular", "holder_name": "Ana López", "state": "refunded",
                       "paid_minor": 2100, "without_fee_minor": 2000}]);
    let left = json!({"refunds": [refund], "tickets": gone, "left_minor": 100, "fee_left_minor": 100, "keeps_fees": true});
    let (house, _site, _) = desk(order(left)).await;
    let cookie = house.cookie("max@club.test").await;
    let page = house.page("/admin/orders/K7MPX2QD", &cookie).await.text().await.expect("a page");
    let said = page.replace('\u{a0}', " ");
    assert!(said.contains("Everything but the service fee has gone back. What is left is 1.00 €"), "{page}");
    assert!(page.contains("name=\"scope\" value=\"order\""), "the fee can go back, too: {page}");
    for refused in
        ["value=\"tickets\"", "name=\"keep_fees\"", "all but the fees", "Every ticket stops working"]
    {
        assert!(!page.contains(refused), "{refused}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_bank_holds_and_who_is_on_the_guest_list_is_not_given_back_here() {
    let dispute = json!({"id": TICKET, "stripe_dispute": "dp_1Q", "status": "needs_response", "reason": "general",
                         "currency": "EUR", "amount_minor": 2100, "taken_minor": 2100, "fees_minor": 1500, "answer_by": null,
                         "answers": 0, "opened_at": "2026-11-21T10:00:00Z", "closed_at": null});
    let disputed = json!({"disputes": [dispute], "left_minor": 0});
    let listed = json!({"order": {"channel": "comp", "total_minor": 0}, "left_minor": 0, "guest_list": true});
    for change in [disputed, listed] {
        let (house, _site, _) = desk(order(change)).await;
        let cookie = house.cookie("max@club.test").await;
        let page = house.page("/admin/orders/K7MPX2QD", &cookie).await.text().await.expect("a page");
        assert!(page.contains("Agave Nights") && !page.contains("name=\"scope\" value=\"order\""), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stripe_could_not_give_back_is_settled_otherwise_by_whoever_may() {
    let refund = json!({"id": TICKET, "scope": "amount", "amount_minor": 700, "reason": "staff", "state": "failed",
                        "problem": "expired_or_canceled_card", "created_at": "2026-11-21T10:00:00Z",
                        "settled_at": "2026-11-21T10:00:01Z"});
    let (house, _site, heard) = desk(order(json!({"refunds": [refund], "left_minor": 1400}))).await;
    let cookie = house.cookie("max@club.test").await;
    let page = house.page("/admin/orders/K7MPX2QD?lang=en", &cookie).await.text().await.expect("a page");
    let said = [
        "Stripe could not give this back",
        "the card has expired or was cancelled",
        "expired_or_canceled_card",
        "By bank transfer",
    ];
    for said in said {
        assert!(page.contains(said), "{said}: {page}");
    }
    let path = format!("/admin/orders/K7MPX2QD/refunds/{TICKET}/settle");
    assert!(page.contains(&format!("action=\"{path}\"")), "{page}");
    let csrf = field(&page, "csrf");
    let form = [("csrf", csrf.as_str()), ("how", "bank_transfer"), ("reason", "The account is closed")];
    for missing in ["how", "reason"] {
        let some: Vec<_> = form.iter().copied().filter(|(name, _)| *name != missing).collect();
        let answer = house.submit(&path, &cookie, &some).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{missing}");
    }
    let other = "/admin/orders/K7MPX2QD/refunds/0199b6a0-0000-7000-8000-000000000009/settle";
    assert_eq!(house.submit(other, &cookie, &form).await.status(), StatusCode::NOT_FOUND);
    assert!(heard.lock().expect("no panic").is_empty(), "nothing was said yet");
    assert_eq!(house.submit(&path, &cookie, &form).await.status(), StatusCode::SEE_OTHER);
    let wish = heard.lock().expect("no panic").remove(0);
    assert_eq!(wish, json!({"how": "bank_transfer", "reason": "The account is closed"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_settled_otherwise_says_how_and_offers_nothing_more() {
    let refund = json!({"id": TICKET, "scope": "amount", "amount_minor": 700, "reason": "staff", "state": "settled_otherwise",
                        "settled_how": "cash", "problem": "expired_or_canceled_card",
                        "created_at": "2026-11-21T10:00:00Z", "settled_at": "2026-11-22T10:00:00Z"});
    let (house, _site, _) = desk(order(json!({"refunds": [refund], "left_minor": 1400}))).await;
    let cookie = house.cookie("max@club.test").await;
    for (lang, said) in [("en", "Settled otherwise: in cash"), ("es", "Pagado de otra forma: en efectivo")] {
        let page = house.page(&format!("/admin/orders/K7MPX2QD?lang={lang}"), &cookie).await;
        let page = page.text().await.expect("a page");
        assert!(page.contains(said) && !page.contains("/settle"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_disputed_a_payment_is_marked_until_the_owner_says_why_not() {
    let mark = json!({"dispute": TICKET, "reference": "QX9PK7M2", "marked_at": "2026-11-01T10:00:00Z"});
    let (house, _site, heard) = desk(order(json!({"disputed_before": mark}))).await;
    let manager = house.cookie("max@club.test").await;
    let page = house.page("/admin/orders/K7MPX2QD", &manager).await.text().await.expect("a page");
    assert!(page.contains("Disputed a payment before") && page.contains("QX9PK7M2"), "{page}");
    assert!(!page.contains("/dispute-mark"), "the mark is the owner's to take off: {page}");
    let csrf = field(&page, "csrf");
    let form = [("csrf", csrf.as_str()), ("reason", "Talked to her")];
    let refused = house.submit("/admin/orders/K7MPX2QD/dispute-mark", &manager, &form).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);

    let owner = house.cookie("olga@club.test").await;
    let page = house.page("/admin/orders/K7MPX2QD", &owner).await.text().await.expect("a page");
    assert!(page.contains("Take the mark off"), "{page}");
    let csrf = field(&page, "csrf");
    let none = house
        .submit("/admin/orders/K7MPX2QD/dispute-mark", &owner, &[("csrf", csrf.as_str()), ("reason", " ")])
        .await;
    assert_eq!(none.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(heard.lock().expect("no panic").is_empty());
    let form = [("csrf", csrf.as_str()), ("reason", "Talked to her")];
    let answer = house.submit("/admin/orders/K7MPX2QD/dispute-mark", &owner, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(heard.lock().expect("no panic").remove(0), json!({"reason": "Talked to her"}));
}
