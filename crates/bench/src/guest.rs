//! A guest who buys, step by step over HTTP, so that each step can be timed.

use crate::club::{Club, Night, wish};
use anyhow::{Context, Result, ensure};
use reqwest::Response;
use serde_json::Value;
use uuid::Uuid;

/// An order that waits to be paid.
#[derive(Debug)]
pub struct Placed {
    /// Its name among people.
    pub reference: String,
    page: String,
    order: String,
}

/// A new address: nobody has two orders.
pub fn email() -> String {
    format!("guest-{}@example.com", Uuid::new_v4().simple())
}

/// Asks for one ticket; the answer is the caller's to judge.
///
/// # Errors
/// When there is no answer.
pub async fn ask(club: &Club, night: &Night, email: &str) -> Result<Response> {
    let ask = club.client.post(format!("{}/api/v1/checkouts", club.stack.urls.purchase));
    let ask = ask.header("Idempotency-Key", Uuid::new_v4().to_string()).json(&wish(night, email));
    Ok(ask.send().await?)
}

/// What a checkout was answered with: where to pay, and where the order is shown.
///
/// # Errors
/// When it is not the answer to a paid order.
pub fn placed(club: &Club, answer: &Value) -> Result<Placed> {
    let page = answer["checkout_url"].as_str().context("a payment page")?.to_owned();
    let key = answer["order"]["url"].as_str().and_then(|url| url.split("key=").nth(1)).context("a key")?;
    let reference = answer["order"]["reference"].as_str().context("a reference")?.to_owned();
    let order = format!("{}/api/v1/orders/{reference}?key={key}", club.stack.urls.purchase);
    Ok(Placed { reference, page, order })
}

/// Pays at the sandbox's page.
///
/// # Errors
/// When the page refuses.
pub async fn pay(club: &Club, placed: &Placed) -> Result<()> {
    let form = [("card_number", "4242 4242 4242 4242")];
    let paid = club.client.post(format!("{}/pay", placed.page)).form(&form).send().await?;
    ensure!(paid.status().is_redirection(), "paying answered {}", paid.status());
    Ok(())
}

/// The code of the order's first ticket, once it is paid.
pub async fn ticket(club: &Club, placed: &Placed) -> Option<String> {
    let order: Value = club.client.get(&placed.order).send().await.ok()?.json().await.ok()?;
    order["tickets"].get(0)?["code"].as_str().map(str::to_owned)
}
