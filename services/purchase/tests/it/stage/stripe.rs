//! What Stripe tells, and what its sandbox is told to do.

use serde_json::{Value, json};

use super::Stage;

impl Stage {
    /// Posts an event as Stripe would; it must be taken.
    pub async fn tell(&self, event: &str, kind: &str, object: Value) {
        let body = json!({"id": event, "object": "event", "type": kind, "livemode": false, "created": 1,
            "pending_webhooks": 1, "data": {"object": object}})
        .to_string();
        let signature = stripe_webhook::Webhook::generate_test_header(&body, &self.keys.stripe_webhook, None);
        let post =
            self.http.post(self.url("/webhooks/stripe")).header("stripe-signature", signature).body(body);
        assert_eq!(post.send().await.expect("an answer").status(), 200);
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/control/{path}", self.sandbox.url);
        let answer = self.http.post(url).json(&body).send().await.expect("the sandbox");
        let status = answer.status();
        let text = answer.text().await.expect("text");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    pub async fn sandbox_state(&self) -> Value {
        let answer =
            self.http.get(format!("{}/control/state", self.sandbox.url)).send().await.expect("the sandbox");
        answer.json().await.expect("JSON")
    }

    pub async fn drop_webhooks(&self) {
        self.control(
            "faults",
            json!({"provider": "webhook", "event": "*", "count": 0, "action": {"kind": "drop"}}),
        )
        .await;
    }
}
