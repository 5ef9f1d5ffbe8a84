//! What a guest does: finds a night on sale, and buys all of it, through the payment page like everybody.

use anyhow::{Context, ensure};
use serde_json::{Value, json};
use uuid::Uuid;

use super::site::{self, Site};

/// A card of Stripe's that always pays.
const GOOD_CARD: &str = "4242424242424242";

/// Waits until the night is on sale.
pub(super) async fn wait_on_sale(purchase: &Site, slug: &str) -> anyhow::Result<()> {
    site::eventually(&format!("{slug} to be on sale"), async || look(purchase, slug).await.map(Some))
        .await
        .map(|_| ())
}

/// Buys what is left of every ticket type; returns when the site shows nothing left and all is paid.
pub(super) async fn buy_all(purchase: &Site, slug: &str) -> anyhow::Result<()> {
    let event = look(purchase, slug).await?;
    for ticket_type in event["ticket_types"].as_array().into_iter().flatten() {
        let (id, mut left) = (&ticket_type["id"], ticket_type["available"].as_i64().unwrap_or(0));
        let most = ticket_type["max_per_order"].as_i64().unwrap_or(1).max(1);
        while left > 0 {
            let quantity = left.min(most);
            buy(purchase, slug, id, quantity, None).await?;
            left -= quantity;
        }
    }
    let is_sold_out = async || {
        let event = look(purchase, slug).await?;
        let gone = event["ticket_types"].as_array().into_iter().flatten().all(|each| each["available"] == 0);
        Ok(gone.then_some(()))
    };
    site::eventually(&format!("{slug} to be sold out"), is_sold_out).await
}

/// Buys two of the first ticket type that has any left, with a promoter's code.
pub(super) async fn buy_with(purchase: &Site, slug: &str, promo: &str) -> anyhow::Result<()> {
    let event = look(purchase, slug).await?;
    let left = |each: &&Value| each["available"].as_i64().unwrap_or(0) >= 2;
    let found = event["ticket_types"].as_array().into_iter().flatten().find(left);
    let ticket_type = found.with_context(|| format!("{slug} has no two tickets left"))?;
    // The promo comes on its own message.
    let bought = async || buy(purchase, slug, &ticket_type["id"], 2, Some(promo)).await.map(Some);
    site::eventually(&format!("{promo} to be good for {slug}"), bought).await
}

/// Two parties stand in line before the first ticket type of a night that is sold out.
pub(super) async fn wait_in_line(purchase: &Site, slug: &str) -> anyhow::Result<()> {
    let event = look(purchase, slug).await?;
    let id = event["ticket_types"][0]["id"].as_str().context("a night without a ticket type")?;
    for (name, email, party) in
        [("Lucas Late", "lucas@guests.example", "2"), ("Nora Next", "nora@guests.example", "1")]
    {
        let form = [("ticket_type", id), ("party", party), ("name", name), ("email", email)];
        let joined = async || purchase.send_form(&format!("/e/{slug}/waitlist"), &form).await.map(Some);
        site::eventually(&format!("{name} to stand in line for {slug}"), joined).await?;
    }
    Ok(())
}

async fn buy(
    purchase: &Site,
    slug: &str,
    ticket_type: &Value,
    quantity: i64,
    promo: Option<&str>,
) -> anyhow::Result<()> {
    let mut wanted = json!({
        "event": slug, "items": [{"ticket_type": ticket_type, "quantity": quantity}],
        "buyer": {"name": "Greta Guest", "email": "greta@guests.example"},
    });
    if let Some(promo) = promo {
        wanted["promo"] = json!(promo);
    }
    let checkout = purchase.post_once("/api/v1/checkouts", &Uuid::now_v7().to_string(), &wanted).await?;
    let page = checkout["checkout_url"].as_str().context("a checkout without a payment page")?;
    purchase.submit(&format!("{page}/pay"), &[("card_number", GOOD_CARD)]).await?;
    let url = checkout["order"]["url"]
        .as_str()
        .and_then(|url| reqwest::Url::parse(url).ok())
        .context("an order without its page")?;
    let reference = checkout["order"]["reference"].as_str().context("an order without a reference")?;
    let (_, key) =
        url.query_pairs().find(|(name, _)| name == "key").context("an order's page without its key")?;
    let path = format!("/api/v1/orders/{reference}?key={key}");
    let is_paid = async || Ok((purchase.get(&path, None).await?["state"] == "paid").then_some(()));
    site::eventually(&format!("order {reference} to be paid"), is_paid).await
}

async fn look(purchase: &Site, slug: &str) -> anyhow::Result<Value> {
    let event = purchase.get(&format!("/api/v1/events/{slug}"), None).await?;
    ensure!(event["slug"] == slug, "the ticket site shows another night at the address of {slug}");
    Ok(event)
}
