//! Webhooks that come twice, at once, too early or never.

use super::*;
use e2e::{guest::card, sandbox};
use serde_json::json;

/// Buys two tickets while webhooks do as scripted.
async fn webhooks_that(action: &Value) -> Result<()> {
    let (stack, event) = on_sale().await?;
    sandbox::script(&stack, &sandbox::webhooks(action)).await?;
    let guest = Guest::new(&stack)?;
    let (_, order) = guest.buy(&event, 2).await?;
    guest_is_served(&stack, &event, &guest, &order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_comes_twice_acts_once() -> Result<()> {
    webhooks_that(&json!({"kind": "duplicate", "times": 2})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn five_webhooks_at_once_act_once() -> Result<()> {
    webhooks_that(&json!({"kind": "concurrent", "times": 5})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_before_the_guest_returns_and_the_return_after_it_agree() -> Result<()> {
    let (stack, event) = on_sale().await?;
    let guest = Guest::new(&stack)?;
    let placed = guest.place(&event, 2).await;
    let paid = guest.pay(&placed, card::GOOD).await?;
    let order = guest.order_becomes(&placed, "paid").await;
    let page = guest.come_back(paid).await?;
    assert!(page.status().is_success() || page.status().is_redirection(), "{}", page.status());
    guest_is_served(&stack, &event, &guest, &order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_webhook_the_return_page_settles_the_order() -> Result<()> {
    let (stack, event) = on_sale().await?;
    sandbox::script(&stack, &sandbox::webhooks(&json!({"kind": "drop"}))).await?;
    let guest = Guest::new(&stack)?;
    let placed = guest.place(&event, 2).await;
    let paid = guest.pay(&placed, card::GOOD).await?;
    let page = guest.come_back(paid).await?;
    assert!(page.status().is_success() || page.status().is_redirection(), "{}", page.status());
    let order = guest.order_becomes(&placed, "paid").await;
    guest_is_served(&stack, &event, &guest, &order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_webhook_and_without_return_the_sweep_settles_the_order() -> Result<()> {
    webhooks_that(&json!({"kind": "drop"})).await
}
