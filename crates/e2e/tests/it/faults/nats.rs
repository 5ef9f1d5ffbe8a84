//! NATS goes away, or loses all it had.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn nats_away_during_the_payment_delays_and_loses_nothing() -> Result<()> {
    let (mut stack, event) = on_sale().await?;
    stack.nats.stop();
    let guest = Guest::new(&stack)?;
    let (_, order) = guest.buy(&event, 2).await?;
    assert_eq!(guest.mails().await?.len(), 0, "the mail waits for the line");
    stack.nats.start_again().await?;
    guest_is_served(&stack, &event, &guest, &order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_store_of_nats_lost_loses_nothing() -> Result<()> {
    let (mut stack, event) = on_sale().await?;
    let early = Guest::new(&stack)?;
    let (_, first) = early.buy(&event, 2).await?;
    audit::holds(&stack).await;
    // Killed with messages in it that nobody has read: the door and the desk are away while the next guest buys.
    stack.stop(Service::Scanner);
    stack.stop(Service::MarketingAdmin);
    let late = Guest::new(&stack)?;
    let (_, second) = late.buy(&event, 2).await?;
    until("the order's messages are in the store", PATIENCE, || async {
        let waiting = "select count(*) as sum from purchase.outbox where sent_at is null";
        (audit::count(&stack, waiting).await.ok()? == 0).then_some(())
    })
    .await;
    stack.nats.kill();
    stack.nats.wipe();
    stack.nats.start_again().await?;
    stack.start_service(Service::MarketingAdmin).await?;
    stack.start_service(Service::Scanner).await?;
    guest_is_served(&stack, &event, &late, &second).await?;
    assert_eq!(early.mails().await?.len(), 1, "what was mailed before is not mailed again");
    let door = Door::open(&stack, &event).await?;
    assert_eq!(door.scan(&codes(&first)[0]).await?["decision"], "admit");
    audit::holds(&stack).await;
    Ok(())
}
