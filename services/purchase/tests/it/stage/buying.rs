//! What guests do: look, order, pay, and wait for what comes of it.

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{LOOKS, PUBLIC_URL, Stage, pause};

impl Stage {
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.service.public)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.expect("an answer")
    }

    pub async fn get_json(&self, path: &str) -> Value {
        self.get(path).await.json().await.expect("JSON")
    }

    pub fn kind(&self, index: usize) -> &str {
        &self.event.ticket_types[index].ticket_type_id
    }

    pub fn wish(&self, kind: usize, quantity: u32) -> Value {
        json!({
            "event": self.event.slug,
            "items": [{"ticket_type": self.kind(kind), "quantity": quantity}],
            "buyer": {"name": "Ana López", "email": "ana@example.org"},
        })
    }

    pub async fn checkout(&self, key: &str, wish: &Value) -> (StatusCode, Value) {
        let post = self.http.post(self.url("/api/v1/checkouts")).header("idempotency-key", key).json(wish);
        let answer = post.send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    }

    /// Places an order that must succeed.
    pub async fn order(&self, kind: usize, quantity: u32) -> Order {
        let (status, body) = self.checkout(&Uuid::now_v7().to_string(), &self.wish(kind, quantity)).await;
        assert_eq!(status, 201, "{body}");
        Order::of(&body)
    }

    /// Places an order, pays it, and waits for its tickets.
    pub async fn bought(&self, kind: usize, quantity: u32) -> (Order, Value) {
        let order = self.order(kind, quantity).await;
        if order.checkout_url.is_some() {
            self.pay(&order, "4242424242424242").await;
        }
        let paid = self.until(&order, "paid").await;
        (order, paid)
    }

    /// Puts a card on the payment page of an order.
    pub async fn pay(&self, order: &Order, card: &str) -> Value {
        self.control(&format!("sessions/{}/pay", order.session()), json!({"card_number": card})).await
    }

    /// The same when the session may be over; says whether Stripe took the money.
    pub async fn paid_in_time(&self, order: &Order, card: &str) -> bool {
        let url = format!("{}/control/sessions/{}/pay", self.sandbox.url, order.session());
        let answer =
            self.http.post(url).json(&json!({"card_number": card})).send().await.expect("the sandbox");
        let (status, body) = (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null));
        assert!(matches!(status, 200 | 409), "{status} {body}");
        status == 200 && body["outcome"] == "paid"
    }

    pub async fn order_now(&self, order: &Order) -> Value {
        self.get_json(&order.api).await
    }

    /// Waits until an order is in a state.
    pub async fn until(&self, order: &Order, state: &str) -> Value {
        let mut last = Value::Null;
        for _ in 0..LOOKS {
            last = self.order_now(order).await;
            if last["state"] == state {
                return last;
            }
            pause().await;
        }
        panic!("the order never became {state}: {last}");
    }
}

#[derive(Debug, Clone)]
pub struct Order {
    pub reference: String,
    pub page: String,
    pub api: String,
    pub checkout_url: Option<String>,
}

impl Order {
    pub fn of(body: &Value) -> Self {
        let url = body["order"]["url"].as_str().expect("a URL");
        let page = url.strip_prefix(PUBLIC_URL).expect("our own URL").to_owned();
        Self {
            reference: body["order"]["reference"].as_str().expect("a reference").to_owned(),
            api: format!("/api/v1{page}"),
            page,
            checkout_url: body["checkout_url"].as_str().map(str::to_owned),
        }
    }

    /// The address of one of its files.
    pub fn file(&self, name: &str) -> String {
        self.page.replacen('?', &format!("/{name}?"), 1)
    }

    pub fn session(&self) -> &str {
        self.checkout_url.as_deref().expect("a payment page").rsplit('/').next().expect("an id")
    }
}
