//! What an offer of the line and an early price are worth: a code counts for who claims, and a price that ends by the clock ends
//! for everybody but for who was promised it.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::{Clock, FixedClock, SystemClock};
use messages::marketing_admin::v1::promo_changed::Off;
use messages::marketing_admin::v1::{PriceTier, PromoChanged, ServiceFee};
use serde_json::json;
use uuid::Uuid;

use crate::stage::{Order, Stage};

const CARD: &str = "4242424242424242";

#[tokio::test(flavor = "multi_thread")]
async fn a_code_counts_for_who_claims_an_offer() {
    let (stage, _) = Stage::sold_out(1).await;
    stage.join("ana@example.org", 1).await;
    let half = PromoChanged {
        promo_id: Uuid::now_v7().to_string(),
        revision: 1,
        name: "Summer".into(),
        codes: vec!["SUMMER".into()],
        off: Some(Off::BasisPoints(5_000)),
        currency: "EUR".into(),
        active: true,
        ..PromoChanged::default()
    };
    stage.publish_promo(&half).await;
    stage.resize(3, 2).await;
    stage.until_state("ana@example.org", "offered").await;
    let place = stage.place_of("ana@example.org").await;
    let (path, key) = place.split_once('?').expect("a key");
    let claim = async |promo: &str| {
        let fields = [("quantity", "1"), ("name", "Ana López"), ("promo", promo)];
        stage.send(&format!("{path}/claim?{key}"), &fields).await
    };
    let wrong = claim("WINTER").await;
    assert_eq!(wrong.status(), 422);
    let page = wrong.text().await.expect("a page");
    assert!(page.contains("value=\"WINTER\"") && page.contains("aria-invalid=\"true\""), "{page}");
    assert_eq!(stage.state_of("ana@example.org").await, "offered", "the offer stands");
    let paying = claim("SUMMER").await;
    assert_eq!(paying.status(), 303);
    // 20.00 less 10.00, fee 0.50 + 2.5 % of 10.00.
    assert_eq!(stage.count("SELECT total_minor FROM orders WHERE promo_code = 'SUMMER'").await, 1075);
    assert_eq!(stage.count("SELECT count(*) FROM promo_redemptions WHERE state = 'held'").await, 1);
    stage.audit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_early_price_ends_with_its_time_and_who_was_promised_it_pays_it() {
    let clock = Arc::new(FixedClock::at(SystemClock.now()));
    let stage = Stage::at(&[], clock.clone()).await;
    let mut event = stage.event.clone();
    event.revision = 2;
    event.fee = Some(ServiceFee { fixed_minor: 0, basis_points: 0, absorbed: false });
    event.ticket_types[0].tiers = vec![PriceTier {
        tier_id: Uuid::now_v7().to_string(),
        name: "Before midnight".into(),
        price_minor: 1000,
        places: 0,
        until: (clock.now() + TimeDelta::minutes(1)).timestamp_millis(),
    }];
    stage.publish(&event).await;
    let (_, early) = stage.checkout("early", &stage.wish(0, 2)).await;
    assert_eq!(early["quote"]["total"], json!({"minor": 2000, "currency": "EUR"}), "{early}");
    clock.advance(TimeDelta::minutes(1));
    let (_, late) = stage.checkout("late", &stage.wish(0, 2)).await;
    assert_eq!(late["quote"]["total"]["minor"], 4000, "in that instant it is over: {late}");
    let order = Order::of(&early);
    stage.pay(&order, CARD).await;
    let paid = stage.until(&order, "paid").await;
    assert_eq!(paid["quote"], early["quote"], "what was promised");
    stage.audit().await;
}
