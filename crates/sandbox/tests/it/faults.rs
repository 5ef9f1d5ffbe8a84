//! What goes wrong when a script says so.

use serde_json::json;
use stripe::StripeError;

use crate::shop::{self, OK};

#[tokio::test]
async fn a_lost_answer_had_its_effect() {
    let shop = shop::open().await;
    shop.fault(json!({"provider": "stripe", "path": "/v1/checkout/sessions", "action": {"kind": "lost"}}))
        .await;
    let lost = shop.session_with_key("k").await;
    assert!(matches!(lost, Err(StripeError::ClientError(_))), "{lost:?}");
    let found = shop.session_with_key("k").await.expect("the same session");
    let state = shop.get("/control/state").await;
    assert_eq!(state["sessions"].as_array().map(Vec::len), Some(1));
    assert_eq!(state["sessions"][0]["id"], json!(found.id.as_str()));
}

#[tokio::test]
async fn a_hanging_call_has_none() {
    let shop = shop::open().await;
    shop.fault(json!({"provider": "stripe", "action": {"kind": "hang", "ms": 100}})).await;
    assert!(shop.session_with_key("k").await.is_err());
    assert_eq!(shop.get("/control/state").await["sessions"], json!([]));
    // Until the sandbox has let go of the call that hung, its key is in use.
    let mut again = shop.session_with_key("k").await;
    for _ in 0..1000 {
        if again.is_ok() {
            break;
        }
        again = shop.session_with_key("k").await;
    }
    assert!(again.is_ok(), "{again:?}");
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back() {
    let shop = shop::open().await;
    shop.fault(json!({"provider": "stripe", "count": 0,
                      "action": {"kind": "status", "status": 429, "retry_after": 3}}))
        .await;
    let answer =
        shop.http.get(shop.url("/v1/events")).bearer_auth("sk_test_x").send().await.expect("an answer");
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["retry-after"]),
        (429, &"3".parse().expect("a value"))
    );
    assert_eq!(shop.get("/control/faults").await["faults"][0]["struck"], 1);
    shop.http.delete(shop.url("/control/faults")).send().await.expect("an answer");
    assert!(shop.session_with_key("k").await.is_ok());
}

#[tokio::test]
async fn a_paid_guest_may_never_learn_of_it() {
    let shop = shop::open().await;
    let session = shop.session().await;
    shop.fault(json!({"provider": "page", "action": {"kind": "lost"}})).await;
    let url = format!("{}/pay", session.url.as_deref().expect("a URL"));
    assert!(shop.http.post(url).form(&[("card_number", OK)]).send().await.is_err());
    assert_eq!(shop.get("/control/state").await["payments_captured"], 1);
}

#[tokio::test]
async fn a_script_that_makes_no_sense_is_refused() {
    let shop = shop::open().await;
    for script in [
        json!({"provider": "stripe", "action": {"kind": "drop"}}),
        json!({"provider": "webhook", "action": {"kind": "status", "status": 500}}),
        json!({"provider": "stripe", "colour": "red", "action": {"kind": "lost"}}),
        json!({"provider": "stripe"}),
    ] {
        assert_eq!(shop.post("/control/faults", script).await.0, 422);
    }
}
