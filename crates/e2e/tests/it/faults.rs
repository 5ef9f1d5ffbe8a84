//! Kill, cut, duplicate, lose. After each: exactly one paid order, exactly its tickets, one mail, a door that knows
//! them, and books that agree with the provider's.

mod disputes;
mod mail;
mod nats;
mod one_moment;
mod projections;
mod purchase;
mod random;
mod refunds;
mod returns;
mod scanner;
mod waitlist;
mod webhooks;

use anyhow::Result;
use devstack::{Service, Stack, StackOptions, StaffRole, soak};
use e2e::{
    audit,
    desk::{Desk, Night},
    door::Door,
    guest::{Guest, codes},
    wait::{PATIENCE, until},
};
use serde_json::Value;

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

/// Has a service die at the next passage of a point of its work.
async fn arm(stack: &mut Stack, service: Service, point: &str) -> Result<()> {
    stack.stop(service);
    Ok(stack.start_service_with(service, &[("CRASH_AT".into(), format!("{point}:1"))]).await?)
}

async fn dies(stack: &mut Stack, service: Service) {
    until(&format!("{} dies", service.program()), PATIENCE, || {
        let dead = stack.pid(service).is_none();
        async move { dead.then_some(()) }
    })
    .await;
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
    let before = door.inside().await?;
    for code in &codes {
        assert_eq!(door.admits(code).await["decision"], "admit");
        assert_eq!(door.scan(code).await?["reason"], "already_inside");
    }
    assert_eq!(door.inside().await?, before + 2, "two more people inside");
    audit::holds(stack).await;
    Ok(())
}
