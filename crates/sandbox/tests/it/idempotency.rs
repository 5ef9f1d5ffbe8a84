//! The same key gets the same answer.

use serde_json::json;
use stripe::StripeError;

use crate::shop;

#[tokio::test]
async fn the_same_key_makes_one_session() {
    let shop = shop::open().await;
    let first = shop.session_with_key("k1").await.expect("a session");
    let second = shop.session_with_key("k1").await.expect("the same session");
    assert_eq!(first.id, second.id);
    assert_ne!(first.id, shop.session_with_key("k2").await.expect("another").id);
    let (status, body) = shop.form("/v1/checkout/sessions", Some("k1"), "mode=payment").await;
    assert_eq!((status, &body["error"]["type"]), (400, &json!("idempotency_error")));
}

#[tokio::test]
async fn a_saved_500_stays_and_an_unsaved_one_passes() {
    let shop = shop::open().await;
    let fail = |saved| {
        json!({"provider": "stripe", "method": "POST", "path": "/v1/checkout/sessions",
               "action": {"kind": "status", "status": 500, "saved": saved}})
    };
    shop.fault(fail(true)).await;
    for _ in 0..2 {
        assert!(matches!(shop.session_with_key("k1").await, Err(StripeError::Stripe(_, 500))));
    }
    shop.fault(fail(false)).await;
    assert!(shop.session_with_key("k2").await.is_err());
    assert!(shop.session_with_key("k2").await.is_ok());
}

#[tokio::test]
async fn a_key_in_use_is_refused() {
    let shop = shop::open().await;
    shop.fault(json!({"provider": "stripe", "action": {"kind": "delay", "ms": 3000}})).await;
    let (one, two) = tokio::join!(shop.session_with_key("k"), shop.session_with_key("k"));
    let conflict = |outcome: &Result<_, StripeError>| matches!(outcome, Err(StripeError::Stripe(_, 409)));
    assert_eq!([conflict(&one), conflict(&two)].iter().filter(|is| **is).count(), 1);
    assert!(one.is_ok() || two.is_ok());
}

#[tokio::test]
async fn a_refused_parameter_does_not_spoil_the_key() {
    let shop = shop::open().await;
    assert_eq!(shop.form("/v1/checkout/sessions", Some("k"), "mode=payment").await.0, 400);
    assert!(shop.session_with_key("k").await.is_ok());
}
