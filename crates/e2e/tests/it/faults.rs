//! Kill, cut, duplicate, lose. After each: exactly one paid order, exactly its tickets, one mail, a door that knows
//! them, and books that agree with the provider's.

use anyhow::Result;
use devstack::{Service, Stack, StackOptions, StaffRole};
use e2e::{
    audit,
    desk::{Desk, Night},
    door::Door,
    guest::{Guest, card, codes},
    sandbox,
    wait::{PATIENCE, until},
};
use serde_json::{Value, json};

/// A stack whose timers are short enough for a test to wait for a sweep.
async fn on_sale() -> Result<(Stack, Value)> {
    on_sale_with(&Night::open_now()).await
}

async fn on_sale_with(night: &Night) -> Result<(Stack, Value)> {
    let stack = Stack::start(StackOptions::default().with("ASK_STRIPE_EVERY_SECONDS", 2)).await?;
    Desk::sign_in(&stack, StaffRole::Owner).await?.publish(night).await?;
    let event = Guest::new(&stack)?.event(&night.slug).await;
    Ok((stack, event))
}

/// The guest's side of the bargain: paid once, two tickets, one mail with both, and the door lets each in once.
async fn guest_is_served(stack: &Stack, event: &Value, guest: &Guest, order: &Value) -> Result<()> {
    let codes = codes(order);
    assert_eq!(codes.len(), 2, "{order}");
    let mail = guest.mail().await;
    assert!(mail["attachments"].as_array().is_some_and(|a| a.len() >= 2), "a QR for each ticket");
    audit::holds(stack).await;
    assert_eq!(guest.mails().await?.len(), 1, "one mail, not more");
    let door = Door::open(stack, event).await?;
    for code in &codes {
        assert_eq!(door.admits(code).await["decision"], "admit");
        assert_eq!(door.scan(code).await?["reason"], "already_inside");
    }
    Ok(())
}

/// Kills purchase at a point of its work, starts it again, and lets the guest do what guests do: try again.
async fn killed_at(point: &str) -> Result<()> {
    killed_at_with(&Night::open_now(), point).await
}

async fn killed_at_with(night: &Night, point: &str) -> Result<()> {
    let (mut stack, event) = on_sale_with(night).await?;
    stack.stop(Service::Purchase);
    stack.start_service_with(Service::Purchase, &[("CRASH_AT".into(), format!("{point}:1"))]).await?;
    let guest = Guest::new(&stack)?;
    let buying = tokio::spawn({
        let (guest, event) = (guest.clone(), event.clone());
        async move { guest.buy(&event, 2).await }
    });
    until(&format!("purchase dies at {point}"), PATIENCE, || {
        let dead = stack.pid(Service::Purchase).is_none();
        async move { dead.then_some(()) }
    })
    .await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_comes_twice_acts_once() -> Result<()> {
    let (stack, event) = on_sale().await?;
    sandbox::script(&stack, &sandbox::webhooks(&json!({"kind": "duplicate", "times": 2}))).await?;
    let guest = Guest::new(&stack)?;
    let (_, order) = guest.buy(&event, 2).await?;
    guest_is_served(&stack, &event, &guest, &order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn five_webhooks_at_once_act_once() -> Result<()> {
    let (stack, event) = on_sale().await?;
    sandbox::script(&stack, &sandbox::webhooks(&json!({"kind": "concurrent", "times": 5}))).await?;
    let guest = Guest::new(&stack)?;
    let (_, order) = guest.buy(&event, 2).await?;
    guest_is_served(&stack, &event, &guest, &order).await
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
    let (stack, event) = on_sale().await?;
    sandbox::script(&stack, &sandbox::webhooks(&json!({"kind": "drop"}))).await?;
    let guest = Guest::new(&stack)?;
    let (_, order) = guest.buy(&event, 2).await?;
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
    Ok(())
}

/// The scan is committed, the phone gets no answer, the doorman scans again with the same nonce.
#[tokio::test(flavor = "multi_thread")]
async fn a_scanner_killed_between_commit_and_answer_gives_the_same_answer_again() -> Result<()> {
    let (mut stack, event) = on_sale().await?;
    let (_, order) = Guest::new(&stack)?.buy(&event, 2).await?;
    audit::holds(&stack).await;
    stack.stop(Service::Scanner);
    stack.start_service_with(Service::Scanner, &[("CRASH_AT".into(), "S2:1".into())]).await?;
    let door = Door::open(&stack, &event).await?;
    let body = door.body(&codes(&order)[0], "nonce-of-a-lost-answer");
    let lost = door.post(&body).await;
    assert!(lost.map_or(true, |answer| !answer.status().is_success()), "the answer is lost");
    until("the scanner is dead", PATIENCE, || {
        let dead = stack.pid(Service::Scanner).is_none();
        async move { dead.then_some(()) }
    })
    .await;
    stack.start_service(Service::Scanner).await?;
    let again = until("the scanner answers", PATIENCE, || async {
        let answer = door.post(&body).await.ok()?;
        if answer.status().is_success() { answer.json::<Value>().await.ok() } else { None }
    })
    .await;
    assert_eq!(again["decision"], "admit", "the guest who was let in stays let in: {again}");
    let entries = "select count(*) as sum from scanner.entries";
    assert_eq!(audit::count(&stack, entries).await?, 1, "and was let in once");
    Ok(())
}

async fn mail_provider_answers(action: Value) -> Result<()> {
    let (stack, event) = on_sale().await?;
    let fault = json!({"provider": "resend", "path": "/emails*", "count": 3, "action": action});
    sandbox::script(&stack, &fault).await?;
    let guest = Guest::new(&stack)?;
    let (_, order) = guest.buy(&event, 2).await?;
    guest_is_served(&stack, &event, &guest, &order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_provider_that_fails_gets_the_mail_later() -> Result<()> {
    mail_provider_answers(json!({"kind": "status", "status": 500})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_provider_that_limits_gets_the_mail_later() -> Result<()> {
    mail_provider_answers(json!({"kind": "status", "status": 429, "retry_after": 1})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_acceptance_got_lost_is_not_mailed_twice() -> Result<()> {
    mail_provider_answers(json!({"kind": "lost"})).await
}
