//! What was sold at the venue is taken back there.

use serde_json::{Value, json};

use crate::stage::{Order, Stage};

/// An order that the desk has sold, as its guest holds it.
fn held(sold: &Value) -> Order {
    let page = sold["url"].as_str().expect("a URL").strip_prefix(crate::stage::PUBLIC_URL).expect("ours");
    Order {
        reference: sold["reference"].as_str().expect("a reference").to_owned(),
        page: page.to_owned(),
        api: format!("/api/v1{page}"),
        checkout_url: None,
    }
}

impl Stage {
    async fn staff_refund(&self, order: &Order, key: &str, more: Value) -> (u16, Value) {
        let mut body = json!({"key": key, "reason": "the guest is ill"});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let path = format!("/internal/v1/orders/{}/refunds", order.reference);
        self.inside("marketing-admin", &path, Some(body)).await
    }

    /// That this many refunds have come to their end, none of them at Stripe.
    async fn handed_back(&self, refunds: i64) {
        let done = "SELECT count(*) FROM refunds WHERE state = 'succeeded' AND payment_id IS NULL AND stripe_refund IS NULL";
        self.until_count(done, refunds).await;
        let state = self.sandbox_state().await;
        assert_eq!(state["refunds"], 0, "Stripe was not asked: {state}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_at_the_venue_is_handed_back_there_and_stripe_is_not_asked() {
    let stage = Stage::open().await;
    for (channel, key) in [("cash_at_venue", "cash"), ("card_at_venue", "card")] {
        let (_, sold) = stage.sell(key, &stage.sale(channel, 3)).await;
        let order = held(&sold);
        let bought = stage.order_now(&order).await;
        let done = stage.count("SELECT count(*) FROM refunds WHERE state = 'succeeded'").await;
        let one = json!({"tickets": [bought["tickets"][0]["id"]], "keep_fees": true});
        let (status, answer) = stage.staff_refund(&order, &format!("{key} one"), one).await;
        assert_eq!((status, &answer["amount_minor"]), (200, &json!(2000)), "{answer}");
        stage.handed_back(done + 1).await;
        assert_eq!(stage.booked(channel).await, 6300 - 2000);
        let some = json!({"amount_minor": 300});
        assert_eq!(stage.staff_refund(&order, &format!("{key} some"), some).await.0, 200);
        let (_, all) = stage.staff_refund(&order, &format!("{key} all"), json!({})).await;
        assert_eq!(all["amount_minor"], 4000, "what is left of 63.00");
        stage.until(&order, "refunded").await;
        stage.handed_back(done + 3).await;
        assert_eq!(stage.booked(channel).await, 0);
        let (status, more) =
            stage.staff_refund(&order, &format!("{key} more"), json!({"amount_minor": 1})).await;
        assert_eq!((status, &more["code"]), (409, &json!("refund_exceeds_captured")));
        let page = stage.get(&order.page).await.text().await.expect("a page");
        assert!(page.contains("handed back to you at the venue") && !page.contains("to your card"), "{page}");
    }
    assert_eq!(stage.booked("ticket_revenue").await + stage.booked("refunds").await, 0);
    assert_eq!((stage.booked("service_fees").await, stage.booked("stripe_clearing").await), (0, 0));
    assert_eq!(stage.count("SELECT sum(sold) FROM stock").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.refunded'").await, 6);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gift_is_taken_back_without_money_and_who_is_inside_keeps_it() {
    let stage = Stage::open().await;
    let mut gift = stage.sale("comp", 2);
    gift["reason"] = json!("The DJ's friends");
    let order = held(&stage.sell("gift", &gift).await.1);
    let bought = stage.order_now(&order).await;
    stage.door.inside(bought["tickets"][0]["id"].as_str().expect("an id"));
    let (_, asked) = stage.staff_refund(&order, "all", json!({})).await;
    assert_eq!((&asked["state"], &asked["amount_minor"]), (&json!("withdrawn"), &json!(0)), "{asked}");
    let one = json!({"tickets": [bought["tickets"][1]["id"]]});
    assert_eq!(stage.staff_refund(&order, "one", one).await.0, 200);
    stage.handed_back(1).await;
    let now = stage.order_now(&order).await;
    assert_eq!(
        (&now["state"], &now["tickets"][0]["state"], &now["tickets"][1]["state"]),
        (&json!("paid"), &json!("valid"), &json!("cancelled"))
    );
    let amount = json!({"amount_minor": 100});
    assert_eq!(stage.staff_refund(&order, "money", amount).await.0, 409, "there is no money in it");
    stage.staff_refund(&order, "anyway", json!({"anyway": true})).await;
    stage.until(&order, "refunded").await;
    stage.handed_back(2).await;
    assert_eq!(stage.count("SELECT count(*) FROM ledger_transactions WHERE source <> 'comp'").await, 0);
    assert_eq!(stage.count("SELECT count(*) FROM outbox WHERE subject = 'order.refunded'").await, 2);
    let page = stage.get(&order.page).await.text().await.expect("a page");
    assert!(page.contains("cost nothing"), "{page}");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_night_voids_what_was_sold_at_the_venue_and_its_money_waits_there() {
    let stage = Stage::open().await;
    let cash = held(&stage.sell("cash", &stage.sale("cash_at_venue", 2)).await.1);
    let mut gift = stage.sale("comp", 1);
    gift["reason"] = json!("A prize");
    let comp = held(&stage.sell("gift", &gift).await.1);
    let (online, _) = stage.bought(0, 1).await;
    stage.call_off().await;
    stage.all_back().await;
    for order in [&cash, &comp, &online] {
        let now = stage.order_now(order).await;
        assert_eq!(now["state"], "refunded");
        let tickets = now["tickets"].as_array().expect("tickets").clone();
        assert!(tickets.iter().all(|ticket| ticket["code"].is_null()), "{now}");
    }
    let progress = stage.progress().await;
    assert_eq!((&progress["orders"], &progress["orders_open"]), (&json!(3), &json!(0)));
    assert_eq!((&progress["at_venue"], &progress["at_venue_minor"]), (&json!(1), &json!(4200)), "{progress}");
    assert_eq!(progress["returned_minor"], 2100, "by Stripe, of the one that was paid online");
    assert_eq!(stage.booked("cash_at_venue").await, 4200, "nobody has handed it back yet");
    let page = stage.get(&cash.page).await.text().await.expect("a page");
    assert!(page.contains("Your money waits at the club") && page.contains("42.00"), "{page}");

    // The guest comes for it.
    assert_eq!(stage.staff_refund(&cash, "came", json!({})).await.1["amount_minor"], 4200);
    stage
        .until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded' AND payment_id IS NULL", 1)
        .await;
    assert_eq!(stage.booked("cash_at_venue").await, 0);
    let progress = stage.progress().await;
    assert_eq!((&progress["at_venue"], &progress["at_venue_minor"]), (&json!(0), &json!(0)));
    assert_eq!(stage.staff_refund(&cash, "again", json!({})).await.1["code"], "refund_exceeds_captured");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fee_is_kept_at_the_venue_of_a_night_that_the_club_called_off() {
    let stage = Stage::open().await;
    let cash = held(&stage.sell("cash", &stage.sale("cash_at_venue", 2)).await.1);
    stage.call_off().await;
    stage.all_back().await;
    // As the desk's form asks where the night's terms keep the fee.
    let (status, given) = stage.staff_refund(&cash, "came", json!({"keep_fees": true})).await;
    assert_eq!((status, &given["amount_minor"]), (200, &json!(4200)), "what the guest's page says: {given}");
    stage.handed_back(1).await;
    assert_eq!(stage.booked("cash_at_venue").await, 0);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_paid_online_does_not_go_back_by_a_click() {
    let stage = Stage::open().await;
    let now = chrono::DateTime::<chrono::Utc>::from(std::time::SystemTime::now()).timestamp_millis();
    let refunds = messages::marketing_admin::v1::RefundPolicy {
        self_service_until: now + 3_600_000,
        keeps_fees: false,
    };
    let mut event = stage.event.clone();
    (event.revision, event.refunds) = (2, Some(refunds));
    stage.publish(&event).await;
    let mut gift = stage.sale("comp", 1);
    gift["reason"] = json!("A prize");
    for sale in [stage.sale("cash_at_venue", 1), stage.sale("card_at_venue", 1), gift] {
        let order = held(&stage.sell(sale["channel"].as_str().expect("a channel"), &sale).await.1);
        let page = stage.get(&order.page).await.text().await.expect("a page");
        assert!(page.contains("were not paid online") && !page.contains("/refund?key="), "{page}");
        let answer = stage.get(&order.file("refund")).await;
        assert_eq!(answer.status(), 409);
        assert!(answer.text().await.expect("a page").contains("Ask the club"));
    }
    assert_eq!(stage.count("SELECT count(*) FROM refunds").await, 0);
}
