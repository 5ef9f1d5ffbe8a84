//! A shop that speaks to the sandbox through async-stripe, as purchase does.

use std::collections::HashMap;
use std::time::Duration;

use sandbox::{Config, Running};
use serde_json::{Value, json};
use stripe::{IdempotencyKey, RequestStrategy, StripeError, StripeRequest};
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    ProductData,
};
use stripe_shared::CheckoutSession;

pub const OK: &str = "4242 4242 4242 4242";

/// A sandbox with clients for it.
pub struct Shop {
    pub sandbox: Running,
    pub stripe: stripe::Client,
    pub http: reqwest::Client,
}

pub async fn open() -> Shop {
    open_with(Config::default()).await
}

pub async fn open_with(config: Config) -> Shop {
    // A second test of this process finds the provider already there.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let sandbox = sandbox::start(config).await.expect("the sandbox starts");
    let stripe = stripe::ClientBuilder::new("sk_test_shop")
        .url(sandbox.url.clone())
        .timeout(Duration::from_secs(30))
        .build()
        .expect("a client");
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .build()
        .expect("a client");
    Shop { sandbox, stripe, http }
}

/// Two standard tickets at 23.50 and a fee of 1.20.
pub fn order() -> CreateCheckoutSession {
    let line = |name: &str, amount, quantity| {
        let mut price = CreateCheckoutSessionLineItemsPriceData::new(stripe_types::Currency::EUR);
        price.unit_amount = Some(amount);
        price.product_data = Some(ProductData::new(name));
        let mut item = CreateCheckoutSessionLineItems::new();
        item.quantity = Some(quantity);
        item.price_data = Some(price);
        item
    };
    let metadata =
        HashMap::from([("order".to_owned(), "o-1".to_owned()), ("a b&c".to_owned(), "é=1".to_owned())]);
    CreateCheckoutSession::new()
        .mode(stripe_shared::CheckoutSessionMode::Payment)
        .line_items(vec![line("Standard ticket", 2350, 2), line("Service fee", 120, 1)])
        .customer_email("ana@example.org")
        .client_reference_id("o-1")
        .metadata(metadata)
        .success_url("http://shop.example/done?session={CHECKOUT_SESSION_ID}")
        .cancel_url("http://shop.example/back")
}

impl Shop {
    pub async fn session(&self) -> CheckoutSession {
        order().send(&self.stripe).await.expect("a session")
    }

    pub async fn session_with_key(&self, key: &str) -> Result<CheckoutSession, StripeError> {
        let key = IdempotencyKey::new(key).expect("a key");
        order().customize().request_strategy(RequestStrategy::Idempotent(key)).send(&self.stripe).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.url)
    }

    /// Presses Pay; answers where the page leads.
    pub async fn press_pay(&self, session: &CheckoutSession, card: &str) -> String {
        let url = format!("{}/pay", session.url.as_deref().expect("an open session has a URL"));
        let answer = self.http.post(url).form(&[("card_number", card)]).send().await.expect("an answer");
        assert_eq!(answer.status(), 303);
        answer.headers()["location"].to_str().expect("text").to_owned()
    }

    pub async fn get(&self, path: &str) -> Value {
        let request = self.http.get(self.url(path)).bearer_auth("sk_test_shop");
        request.send().await.expect("an answer").json().await.expect("JSON")
    }

    pub async fn text(&self, path: &str) -> String {
        self.http.get(self.url(path)).send().await.expect("an answer").text().await.expect("text")
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let answer = self.http.post(self.url(path)).json(&body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
    }

    /// Sends a raw form, as curl would.
    pub async fn form(&self, path: &str, key: Option<&str>, form: &str) -> (u16, Value) {
        let mut request = self
            .http
            .post(self.url(path))
            .bearer_auth("sk_test_shop")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    pub async fn fault(&self, script: Value) {
        let (status, body) = self.post("/control/faults", script).await;
        assert_eq!(status, 201, "{body}");
    }

    pub async fn pay_without_browser(&self, session: &str, card: &str) -> Value {
        self.post(&format!("/control/sessions/{session}/pay"), json!({ "card_number": card })).await.1
    }
}
