//! NATS goes away, or loses all it had.

use super::*;
use std::time::Duration;

/// What a service says of itself to the machinery that would take it out of service.
async fn says(stack: &Stack, service: Service) -> Option<(u16, Value)> {
    let answer = stack.client().ok()?.get(format!("{}/readyz", stack.internal(service))).send().await.ok()?;
    Some((answer.status().as_u16(), answer.json().await.ok()?))
}

/// Waits until all three say so, with a status that keeps them in service.
async fn all_say(stack: &Stack, status: &str) {
    for service in Service::ALL {
        until(&format!("{} is {status}", service.program()), PATIENCE, || async {
            let (code, said) = says(stack, service).await?;
            assert_eq!(code, 200, "{} stays in service: {said}", service.program());
            (said["status"] == status).then_some(())
        })
        .await;
    }
}

/// Without NATS the doors stay open: each service is less than whole, says so, and serves. A minute after its return, everybody knows
/// what the others have said.
#[tokio::test(flavor = "multi_thread")]
async fn without_nats_all_serve_less_than_whole_and_agree_within_a_minute_of_its_return() -> Result<()> {
    let (mut stack, event) = on_sale().await?;
    let door = Door::open(&stack, &event).await?;
    all_say(&stack, "ready").await;
    stack.nats.kill();
    all_say(&stack, "degraded").await;
    for service in Service::ALL {
        let (_, said) = says(&stack, service).await.expect("an answer");
        assert_eq!(said["failing"], serde_json::json!(["nats"]), "{}", service.program());
    }
    let guest = Guest::new(&stack)?;
    let (_, order) = guest.buy(&event, 2).await?;
    Desk::sign_in(&stack, StaffRole::Owner).await?;
    assert_eq!(
        door.scan(&codes(&order)[0]).await?["reason"],
        "unknown",
        "the door has not heard, and answers"
    );
    all_say(&stack, "degraded").await;

    stack.nats.start_again().await?;
    until("all agree again", Duration::from_secs(60), || async {
        audit::faults(&stack).await.ok()?.is_empty().then_some(())
    })
    .await;
    all_say(&stack, "ready").await;
    guest_is_served(&stack, &event, &guest, &order).await
}

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
