//! Places that come free: to whom they are offered, what a claim makes of them, and to whom they go next.

use messages::marketing_admin::v1::EventChanged;
use reqwest::StatusCode;
use serde_json::json;

use super::{CARD, OPEN_OFFERS};
use crate::stage::{LOOKS, Order, Stage, friday, pause};

#[tokio::test(flavor = "multi_thread")]
async fn a_freed_place_is_offered_to_who_came_first_and_claimed_as_an_order() {
    let (stage, orders) = Stage::sold_out(2).await;
    stage.join("first@example.org", 1).await;
    stage.join("second@example.org", 1).await;
    let told = "SELECT count(*) FROM outbox WHERE subject = 'waitlist.changed'";
    assert_eq!(stage.count(told).await, 2, "each is told that it stands in line");
    let page = stage.get(&stage.place_of("second@example.org").await).await.text().await.expect("a page");
    assert!(page.contains("number 2"), "{page}");

    stage.free(&orders[0]).await;
    stage.until_state("first@example.org", "offered").await;
    assert_eq!(stage.state_of("second@example.org").await, "waiting");
    stage.audit().await;
    let (status, body) = stage.checkout("stranger", &stage.wish(0, 1)).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("sold_out")), "nobody passes the line");
    assert_eq!(stage.count(&format!("{told} AND revision = 2")).await, 1, "the offer is told");

    let place = stage.place_of("first@example.org").await;
    let page = stage.get(&place).await.text().await.expect("a page");
    assert!(page.contains("1 × Regular") && page.contains("21.00\u{a0}€"), "{page}");
    let paying = stage.claim(&place, "1").await;
    assert_eq!(paying.status(), StatusCode::SEE_OTHER);
    assert!(paying.headers()["location"].to_str().expect("text").starts_with(&stage.sandbox.url));
    stage.audit().await;
    let again = stage.claim(&place, "1").await;
    assert_eq!(again.headers()["location"], paying.headers()["location"], "the same order");
    assert_eq!(stage.count("SELECT count(*) FROM orders").await, 3);
    // Their own page leads to the order from now on.
    let order = stage.get(&place).await;
    let page = order.headers()["location"].to_str().expect("text").to_owned();
    let order = Order {
        reference: page["/orders/".len()..].split('?').next().expect("a reference").to_owned(),
        api: format!("/api/v1{page}"),
        page,
        checkout_url: Some(paying.headers()["location"].to_str().expect("text").to_owned()),
    };
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["buyer"]["email"].as_str().unwrap_or("first@example.org"), "first@example.org");
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_refund_frees_goes_to_who_waits() {
    let (stage, orders) = Stage::sold_out(1).await;
    stage.pay(&orders[0], CARD).await;
    stage.until(&orders[0], "paid").await;
    stage.join("ana@example.org", 1).await;
    let path = format!("/internal/v1/orders/{}/refunds", orders[0].reference);
    let body = json!({"key": "ill", "reason": "the guest is ill"});
    let (status, answer) = stage.inside("marketing-admin", &path, Some(body)).await;
    assert_eq!(status, 200, "{answer}");
    stage.until_state("ana@example.org", "offered").await;
    let (status, body) = stage.checkout("stranger", &stage.wish(0, 1)).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("sold_out")));
    stage.until_count("SELECT count(*) FROM refunds WHERE state = 'succeeded'", 1).await;
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_nobody_claims_goes_to_the_next() {
    let (stage, orders) = Stage::sold_out(1).await;
    for email in ["first@example.org", "second@example.org"] {
        stage.join(email, 1).await;
    }
    stage.free(&orders[0]).await;
    stage.until_state("first@example.org", "offered").await;
    let place = stage.place_of("first@example.org").await;
    stage.end_offers().await;
    stage.until_state("second@example.org", "offered").await;
    assert_eq!(stage.state_of("first@example.org").await, "lapsed");
    let late = stage.claim(&place, "1").await;
    assert_eq!(late.headers()["location"], place.as_str(), "too late: the page says so");
    let page = stage.get(&place).await.text().await.expect("a page");
    assert!(page.contains("ran out"), "{page}");
    assert_eq!(stage.count("SELECT count(*) FROM orders WHERE state <> 'expired'").await, 0);
    stage.audit().await;
    // The next gives it up: it goes on sale again, for nobody waits.
    let place = stage.place_of("second@example.org").await;
    let leave = place.replacen('?', "/leave?", 1);
    stage.send(&leave, &[]).await;
    assert_eq!(stage.state_of("second@example.org").await, "left");
    stage.audit().await;
    let (status, body) = stage.checkout("anybody", &stage.wish(0, 1)).await;
    assert_eq!(status, 201, "{body}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_larger_party_waits_for_all_its_places_and_others_pass_it_after_half_an_hour() {
    let (stage, orders) = Stage::sold_out(4).await;
    stage.join("three@example.org", 3).await;
    stage.join("one@example.org", 1).await;
    stage.free(&orders[0]).await;
    stage.until_count("SELECT count(*) FROM waitlist WHERE short_since IS NOT NULL", 1).await;
    assert_eq!(stage.count(OPEN_OFFERS).await, 0, "nobody passes it");
    assert_eq!(stage.checkout("stranger", &stage.wish(0, 1)).await.0, 409, "neither does a stranger");
    stage
        .sql("UPDATE waitlist SET short_since = now() - interval '31 minutes' WHERE short_since IS NOT NULL")
        .await;
    stage.until_state("one@example.org", "offered").await;
    for order in &orders[1..] {
        stage.free(order).await;
    }
    stage.until_state("three@example.org", "offered").await;
    assert_eq!(stage.count("SELECT held FROM stock WHERE capacity = 4").await, 4);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_of_fewer_places_leaves_the_others_to_the_next() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("three@example.org", 3).await;
    stage.join("two@example.org", 2).await;
    stage.resize(3, 4).await;
    stage.until_state("three@example.org", "offered").await;
    let place = stage.place_of("three@example.org").await;
    let too_many = stage.claim(&place, "4").await;
    assert_eq!(too_many.status(), StatusCode::CONFLICT);
    assert_eq!(stage.claim(&place, "1").await.status(), StatusCode::SEE_OTHER);
    stage.until_state("two@example.org", "offered").await;
    assert_eq!(stage.count("SELECT held FROM stock WHERE capacity = 4").await, 4);
    stage.audit().await;
    // The club lowers the limit below what is held: nothing is taken back, and capacity follows what is given up.
    stage.resize(4, 1).await;
    let place = stage.place_of("two@example.org").await;
    assert_eq!(stage.claim(&place, "1").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(stage.count("SELECT count(*) FROM stock WHERE capacity = held + sold AND held = 3").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_is_that_of_the_claim_and_a_promo_counts() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 2).await;
    let mut event = stage.event.clone();
    event.revision = 3;
    event.ticket_types[0].capacity = 3;
    event.ticket_types[0].price_minor = 0;
    stage.publish(&event).await;
    stage.until_state("ana@example.org", "offered").await;
    let claimed = stage.claim(&stage.place_of("ana@example.org").await, "2").await;
    let order = claimed.headers()["location"].to_str().expect("text").to_owned();
    assert!(order.starts_with("/orders/"), "an order that costs nothing needs no payment: {order}");
    assert_eq!(stage.count("SELECT count(*) FROM tickets").await, 2);
    stage.audit().await;
}

impl Stage {
    /// From now on the lines of these nights, and of no others, can't be written.
    async fn break_lines(&self, nights: &[&EventChanged]) {
        let ids: Vec<&str> = nights.iter().map(|night| night.event_id.as_str()).collect();
        let broken = format!(
            "CREATE OR REPLACE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN RAISE EXCEPTION 'broken by the test'; END $$;
             DROP TRIGGER IF EXISTS break_off ON waitlist;
             CREATE TRIGGER break_off BEFORE UPDATE ON waitlist FOR EACH ROW
               WHEN (NEW.event_id = ANY('{{{}}}'::uuid[])) EXECUTE FUNCTION break_off()",
            ids.join(",")
        );
        self.sql(&broken).await;
    }

    /// How often a night's lines could not be worked at.
    async fn line_failures(&self) -> f64 {
        let metrics = format!("http://{}/metrics", self.service.internal);
        let metrics = self.http.get(metrics).send().await.expect("metrics").text().await.expect("text");
        let line = metrics.lines().find(|line| line.starts_with("purchase_waitlist_failures_total"));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).unwrap_or_default()
    }

    async fn until_line_failures(&self, more_than: f64) {
        for _ in 0..LOOKS {
            if self.line_failures().await > more_than {
                return;
            }
            pause().await;
        }
        panic!("no round failed");
    }
}

/// Whichever of two nights comes first in a round, the other is served although the lines of the one can't be.
#[tokio::test(flavor = "multi_thread")]
async fn a_night_whose_line_can_t_be_worked_at_keeps_no_other_waiting() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 1).await;
    let mut saturday = EventChanged { slug: "saturday-night".to_owned(), ..friday() };
    saturday.ticket_types[0].capacity = 0;
    stage.publish(&saturday).await;
    let kind = saturday.ticket_types[0].ticket_type_id.clone();
    for email in ["bea@example.org", "carl@example.org"] {
        let fields = [("ticket_type", kind.as_str()), ("party", "1"), ("name", "Bea Ruiz"), ("email", email)];
        let answer = stage.send("/e/saturday-night/waitlist", &fields).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{email}");
    }

    let before = stage.line_failures().await;
    stage.break_lines(&[&stage.event]).await;
    stage.resize(3, 2).await;
    stage.until_line_failures(before).await;
    (saturday.revision, saturday.ticket_types[0].capacity) = (saturday.revision + 1, 1);
    stage.publish(&saturday).await;
    stage.until_state("bea@example.org", "offered").await;
    assert_eq!(stage.state_of("ana@example.org").await, "waiting");

    // The other way round.
    stage.break_lines(&[&stage.event, &saturday]).await;
    (saturday.revision, saturday.ticket_types[0].capacity) = (saturday.revision + 1, 2);
    stage.publish(&saturday).await;
    stage.break_lines(&[&saturday]).await;
    stage.until_state("ana@example.org", "offered").await;
    assert_eq!(stage.state_of("carl@example.org").await, "waiting");

    stage.break_lines(&[]).await;
    stage.until_state("carl@example.org", "offered").await;
    stage.audit().await;
}
