//! What is posted in Stripe's name.

use super::*;

/// Signs a body as Stripe does, at a time of our choosing.
fn stripe_signature(body: &str, secret: &str, at: i64) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("any length of key");
    mac.update(format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_provider_signed_just_now_is_taken_as_a_webhook() -> Result<()> {
    use domain::clock::Clock;
    let stack = Stack::start(StackOptions::default()).await?;
    let (client, url) = (stack.client()?, format!("{}/webhooks/stripe", stack.urls.purchase));
    let now = domain::clock::SystemClock.now().timestamp();
    let secret = &stack.keys().stripe_webhook;
    let event = |id: &str| {
        json!({"id": id, "object": "event", "type": "customer.created", "api_version": null,
        "created": now, "livemode": false, "pending_webhooks": 1, "request": null,
        "data": {"object": {"id": "cus_1", "object": "customer"}}})
        .to_string()
    };
    let post = |body: &str, signature: Option<String>| {
        let request = client.post(&url).header("content-type", "application/json").body(body.to_owned());
        match signature {
            Some(signature) => request.header("stripe-signature", signature),
            None => request,
        }
    };
    let body = event("evt_1");
    assert_eq!(refusal(post(&body, None)).await?, (400, "invalid_signature".into()));
    let wrong = stripe_signature(&body, "whsec_wrong", now);
    assert_eq!(refusal(post(&body, Some(wrong))).await?, (400, "invalid_signature".into()));
    assert_eq!(refusal(post(&body, Some("t=,v1=".into()))).await?, (400, "invalid_signature".into()));
    let old = stripe_signature(&body, secret, now - 600);
    assert_eq!(refusal(post(&body, Some(old))).await?, (400, "stale_signature".into()));
    let fresh = stripe_signature(&body, secret, now);
    for _ in 0..2 {
        assert_eq!(post(&body, Some(fresh.clone())).send().await?.status(), StatusCode::OK);
    }
    let stranger =
        json!({"id": "evt_2", "object": "event", "type": "checkout.session.completed", "api_version": null,
        "created": now, "livemode": false, "pending_webhooks": 1, "request": null,
        "data": {"object": {"id": "cs_test_unknown", "object": "checkout.session"}}})
        .to_string();
    let signed = stripe_signature(&stranger, secret, now);
    assert_eq!(
        post(&stranger, Some(signed)).send().await?.status(),
        StatusCode::OK,
        "ours to sort out, not theirs"
    );
    let events = "select count(*) as sum from purchase.webhook_events";
    assert_eq!(audit::count(&stack, events).await?, 2, "the refused ones were not stored");
    assert_eq!(audit::count(&stack, "select count(*) as sum from purchase.orders").await?, 0);
    Ok(())
}
