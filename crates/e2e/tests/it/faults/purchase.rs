//! Purchase dies on the way from a wish to tickets.

use super::*;

/// Kills purchase at a point of its work, starts it again, and lets the guest do what guests do: try again.
async fn killed_at(point: &str) -> Result<()> {
    killed_at_with(&Night::open_now(), point).await
}

async fn killed_at_with(night: &Night, point: &str) -> Result<()> {
    let (mut stack, event) = on_sale_with(night).await?;
    arm(&mut stack, Service::Purchase, point).await?;
    let guest = Guest::new(&stack)?;
    let buying = tokio::spawn({
        let (guest, event) = (guest.clone(), event.clone());
        async move { guest.buy(&event, 2).await }
    });
    dies(&mut stack, Service::Purchase).await;
    stack.start_service(Service::Purchase).await?;
    let (_, order) = buying.await??;
    guest_is_served(&stack, &event, &guest, &order).await?;
    assert_eq!(audit::count(&stack, "select count(*) as sum from purchase.orders").await?, 1, "one order");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_hold_is_committed() -> Result<()> {
    killed_at("P1").await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_hold_and_payment_session() -> Result<()> {
    killed_at("P2").await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_session_is_stored() -> Result<()> {
    killed_at("P3").await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_webhook_is_answered() -> Result<()> {
    killed_at("P4").await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_webhook_is_processed() -> Result<()> {
    killed_at("P5").await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_inside_the_fulfilment() -> Result<()> {
    killed_at("P6").await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_anything_is_published() -> Result<()> {
    killed_at("P7").await
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_publishing_before_it_is_marked() -> Result<()> {
    killed_at("P8").await
}

/// A free order is placed and fulfilled in one transaction: whatever dies when, it stands with its tickets or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_a_free_order_is_given_away() -> Result<()> {
    for point in ["P1", "P6", "P7"] {
        killed_at_with(&Night { price: 0, ..Night::open_now() }, point).await?;
    }
    Ok(())
}
