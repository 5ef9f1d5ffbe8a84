//! A guest over HTTP: chooses, pays at the sandbox, comes back for the tickets.

use crate::wait::{PATIENCE, until};
use anyhow::{Context, Result, ensure};
use devstack::Stack;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// Cards of Stripe's test mode.
pub mod card {
    /// Pays.
    pub const GOOD: &str = "4242 4242 4242 4242";
    /// Is declined.
    pub const DECLINED: &str = "4000 0000 0000 0002";
    /// Has too little money.
    pub const POOR: &str = "4000 0000 0000 9995";
}

/// Somebody who wants to go out.
#[derive(Debug, Clone)]
pub struct Guest {
    client: Client,
    purchase: String,
    sandbox: String,
    /// Where their tickets are mailed.
    pub email: String,
}

/// An order as the guest holds it.
#[derive(Debug, Clone)]
pub struct Placed {
    /// What people read out.
    pub reference: String,
    /// The order's page, key included.
    pub url: String,
    /// The secret in that address.
    pub key: String,
    /// Where it is paid.
    pub checkout_url: Option<String>,
}

impl Guest {
    /// A guest with an address nobody else has.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(stack: &Stack) -> Result<Self> {
        Ok(Self {
            client: stack.client()?,
            purchase: stack.urls.purchase.clone(),
            sandbox: stack.urls.sandbox.clone(),
            email: format!("guest-{}@example.com", Uuid::new_v4().simple()),
        })
    }

    /// The event as the ticket site sells it, once it does.
    ///
    /// # Panics
    /// When it is not on sale within a person's patience.
    pub async fn event(&self, slug: &str) -> Value {
        until(&format!("{slug} is on sale"), PATIENCE, || async {
            let answer =
                self.client.get(format!("{}/api/v1/events/{slug}", self.purchase)).send().await.ok()?;
            if answer.status() == StatusCode::OK { answer.json().await.ok() } else { None }
        })
        .await
    }

    /// Asks for tickets of the event's first type, with a key of its own.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn ask(&self, event: &Value, quantity: i64, key: &str) -> Result<Response> {
        let body = json!({
            "event": event["id"],
            "items": [{"ticket_type": event["ticket_types"][0]["id"], "quantity": quantity}],
            "buyer": {"name": "Ana Guest", "email": self.email},
        });
        self.ask_with(&body, key).await
    }

    /// Posts a checkout as it stands.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn ask_with(&self, body: &Value, key: &str) -> Result<Response> {
        let url = format!("{}/api/v1/checkouts", self.purchase);
        Ok(self.client.post(url).header("Idempotency-Key", key).json(body).send().await?)
    }

    /// Asks for a table, with a key of its own.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn ask_for_table(&self, body: &Value, key: &str) -> Result<Response> {
        let url = format!("{}/api/v1/reservations", self.purchase);
        Ok(self.client.post(url).header("Idempotency-Key", key).json(body).send().await?)
    }

    /// Places an order; the same key is used again until the service answers, as a good client does.
    ///
    /// # Panics
    /// When it does not within a person's patience.
    pub async fn place(&self, event: &Value, quantity: i64) -> Placed {
        let key = Uuid::new_v4().to_string();
        until("the order is placed", PATIENCE, || async {
            let answer = self.ask(event, quantity, &key).await.ok()?;
            if answer.status() == StatusCode::CREATED {
                placed(&answer.json().await.ok()?).ok()
            } else {
                None
            }
        })
        .await
    }

    /// Pays at the sandbox's page; the answer leads back to the order, or shows the page again.
    ///
    /// # Errors
    /// When the sandbox does not answer, or the order has nothing to pay.
    pub async fn pay(&self, order: &Placed, card: &str) -> Result<Response> {
        let page = order.checkout_url.as_ref().context("nothing to pay")?;
        Ok(self.client.post(format!("{page}/pay")).form(&[("card_number", card)]).send().await?)
    }

    /// Follows the way back from a payment, as the browser would.
    ///
    /// # Errors
    /// When the payment led nowhere.
    pub async fn come_back(&self, paid: Response) -> Result<Response> {
        ensure!(paid.status() == StatusCode::SEE_OTHER, "paying answered {}", paid.status());
        let location = paid.headers().get("location").context("no way back")?.to_str()?.to_owned();
        Ok(self.client.get(location).send().await?)
    }

    /// The order as it is now.
    ///
    /// # Errors
    /// When the service does not answer with it.
    pub async fn order(&self, placed: &Placed) -> Result<Value> {
        let url = format!("{}/api/v1/orders/{}", self.purchase, placed.reference);
        let answer = self.client.get(url).query(&[("key", &placed.key)]).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    /// Waits until the order is in a state, and gives it.
    ///
    /// # Panics
    /// When it is not within a person's patience.
    pub async fn order_becomes(&self, placed: &Placed, state: &str) -> Value {
        until(&format!("order {} is {state}", placed.reference), PATIENCE, || async {
            let order = self.order(placed).await.ok()?;
            (order["state"] == state).then_some(order)
        })
        .await
    }

    /// Buys and pays tickets of the event's first type; gives the paid order.
    ///
    /// # Errors
    /// When the payment fails.
    pub async fn buy(&self, event: &Value, quantity: i64) -> Result<(Placed, Value)> {
        let placed = self.place(event, quantity).await;
        if placed.checkout_url.is_some() {
            self.pay(&placed, card::GOOD).await?;
        }
        let order = self.order_becomes(&placed, "paid").await;
        Ok((placed, order))
    }

    /// The mails this guest has got.
    ///
    /// # Errors
    /// When the mailbox does not answer.
    pub async fn mails(&self) -> Result<Vec<Value>> {
        let url = format!("{}/mailbox.json", self.sandbox);
        let answer = self.client.get(url).query(&[("to", &self.email)]).send().await?;
        let list: Value = answer.json().await?;
        Ok(list.as_array().context("the mailbox is a list")?.clone())
    }

    /// Waits for the first mail.
    ///
    /// # Panics
    /// When none comes within a person's patience.
    pub async fn mail(&self) -> Value {
        until(&format!("a mail for {}", self.email), PATIENCE, || async {
            self.mails().await.ok()?.into_iter().next()
        })
        .await
    }

    /// Gives all tickets of an order back by its own page, and says whether the money goes: not if somebody is inside.
    ///
    /// # Errors
    /// When a page does not answer, or does not offer it.
    pub async fn give_back(&self, order: &Placed) -> Result<bool> {
        let url = format!("{}/orders/{}/refund", self.purchase, order.reference);
        let key = [("key", order.key.as_str())];
        let page = self.client.get(&url).query(&key).send().await?.error_for_status()?.text().await?;
        let hidden = |name: &str| {
            let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
            rest.split('"').next().map(str::to_owned)
        };
        let field = |name: &'static str| hidden(name).map(|value| (name, value)).context(name);
        let form = [field("once")?, field("sum")?, field("tickets")?];
        let post = self.client.post(&url).query(&key).header("origin", &self.purchase).form(&form);
        let answer = post.send().await?;
        ensure!(answer.status().is_redirection(), "giving back answered {}", answer.status());
        let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).context("a way on")?;
        Ok(!to.contains("done=inside"))
    }
}

/// Reads the answer to a checkout.
///
/// # Errors
/// When it has not the shape the interface promises.
pub fn placed(answer: &Value) -> Result<Placed> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let url = text(&answer["order"]["url"]).context("order.url")?;
    let key = url.split("key=").nth(1).context("the key is in the order's address")?.to_owned();
    let reference = text(&answer["order"]["reference"]).context("order.reference")?;
    Ok(Placed { reference, key, checkout_url: text(&answer["checkout_url"]), url })
}

/// Reads an order off the address of its page.
///
/// # Errors
/// When the address is not that of an order's page.
pub fn placed_at(url: &str) -> Result<Placed> {
    let path = url.split("/orders/").nth(1).context("an order's address")?;
    let reference = path.split(['?', '/']).next().unwrap_or_default().to_owned();
    let key =
        url.split("key=").nth(1).context("with its key")?.split('&').next().unwrap_or_default().to_owned();
    Ok(Placed { reference, key, url: url.to_owned(), checkout_url: None })
}

/// The codes of an order's tickets.
pub fn codes(order: &Value) -> Vec<String> {
    let tickets = order["tickets"].as_array().cloned().unwrap_or_default();
    tickets.iter().filter_map(|ticket| ticket["code"].as_str().map(str::to_owned)).collect()
}
