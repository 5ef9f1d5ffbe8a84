//! Requests to the service, as programs and browsers send them.

use domain::clock::{Clock, SystemClock};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use super::{House, PUBLIC};

impl House {
    pub async fn post(&self, path: &str, token: &str, json: Value) -> Response {
        self.http.post(self.url(path)).bearer_auth(token).json(&json).send().await.expect("an answer")
    }

    pub async fn put(&self, path: &str, token: &str, json: Value) -> Response {
        self.http.put(self.url(path)).bearer_auth(token).json(&json).send().await.expect("an answer")
    }

    pub async fn get(&self, path: &str, token: &str) -> Response {
        self.http.get(self.url(path)).bearer_auth(token).send().await.expect("an answer")
    }

    pub async fn page(&self, path: &str, cookie: &str) -> Response {
        self.http.get(self.url(path)).header("cookie", cookie).send().await.expect("an answer")
    }

    /// Sends a form of the desk, as a browser would.
    pub async fn submit(&self, path: &str, cookie: &str, form: &[(&str, &str)]) -> Response {
        let request = self.http.post(self.url(path)).header("cookie", cookie).header("origin", PUBLIC);
        request.form(form).send().await.expect("an answer")
    }

    /// A published event with two ticket types.
    pub async fn published(&self, token: &str, title: &str) -> Value {
        let made = self.post("/api/v1/events", token, event(title)).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        let id = body(made).await["id"].as_str().expect("an id").to_owned();
        let answer = self.post(&format!("/api/v1/events/{id}/publish"), token, json!({})).await;
        assert_eq!(answer.status(), StatusCode::OK);
        body(answer).await
    }
}

/// An event as JSON, a week from now.
pub fn event(title: &str) -> Value {
    let starts = SystemClock.now() + chrono::TimeDelta::days(7);
    json!({
        "title": title,
        "description": "First paragraph.\n\nSecond <b>paragraph</b>.",
        "starts_at": starts.to_rfc3339(),
        "ends_at": (starts + chrono::TimeDelta::hours(7)).to_rfc3339(),
        "fee": {"fixed_minor": 50, "basis_points": 250},
        "ticket_types": [
            {"name": "Early bird", "price": {"minor": 1500, "currency": "EUR"}, "capacity": 120},
            {"name": "VIP deck", "price": {"minor": 4000, "currency": "EUR"}, "capacity": 40, "zone": "Deck",
             "attention": "Wristband"},
        ],
    })
}

/// An answer's JSON.
pub async fn body(answer: Response) -> Value {
    answer.json().await.expect("JSON")
}
