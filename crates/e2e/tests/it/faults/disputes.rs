//! A guest's bank takes the money back while purchase dies, and while nobody tells us: the door, the desk and the books agree.

use super::*;
use e2e::{guest::Placed, sandbox};
use serde_json::json;

/// Stripe's id of the one payment of a stack.
async fn payment(stack: &Stack) -> Result<String> {
    let state = sandbox::state(stack).await?;
    Ok(state["payments"][0]["payment_intent"].as_str().unwrap_or_default().to_owned())
}

/// Waits until the door has heard of so many tickets in a state. Asking it with a code instead would let the guest in.
async fn door_has(stack: &Stack, many: i64, status: &str) {
    let held = format!("select count(*) as sum from scanner.admissions where status = '{status}'");
    until(&format!("the door has {many} tickets {status}"), PATIENCE, || async {
        (audit::count(stack, &held).await.ok()? == many).then_some(())
    })
    .await;
}

async fn disputed(stack: &Stack, placed: &Placed, status: &str) {
    let stands = format!(
        "select count(*) as sum from purchase.disputes d join purchase.orders o on o.id = d.order_id
         where o.reference = '{}' and d.status = '{status}'",
        placed.reference
    );
    until(&format!("the dispute is {status}"), PATIENCE, || async {
        let count = audit::count(stack, &stands).await.ok()?;
        (count == 1).then_some(())
    })
    .await;
}

/// Purchase dies when it has written that the tickets are frozen, before it says that the event was worked off.
#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_tickets_were_frozen() -> Result<()> {
    let (mut stack, event) = on_sale().await?;
    let guest = Guest::new(&stack)?;
    let (placed, order) = guest.buy(&event, 2).await?;
    let codes = codes(&order);
    audit::holds(&stack).await;
    let door = Door::open(&stack, &event).await?;
    assert_eq!(door.admits(&codes[0]).await["decision"], "admit", "one is inside");

    arm(&mut stack, Service::Purchase, "D1").await?;
    let dispute = sandbox::dispute(&stack, &payment(&stack).await?).await?;
    let dispute = dispute["id"].as_str().unwrap_or_default().to_owned();
    dies(&mut stack, Service::Purchase).await;
    stack.start_service(Service::Purchase).await?;
    audit::change(&stack, "update purchase.webhook_events set next_try_at = now() where state = 'waiting'")
        .await?;

    disputed(&stack, &placed, "needs_response").await;
    door_has(&stack, 2, "disputed").await;
    assert_eq!(door.scan(&codes[1]).await?["reason"], "disputed");
    assert_eq!(door.scan(&codes[0]).await?["reason"], "disputed", "also who is inside is marked");
    audit::holds(&stack).await;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let wish = json!({"key": "anyway", "anyway": true, "reason": "goodwill"});
    let refused = desk.post(&format!("/api/v1/orders/{}/refunds", placed.reference), &wish).await?;
    assert_eq!(refused.status(), reqwest::StatusCode::CONFLICT);

    sandbox::dispute_goes(&stack, &dispute, "won").await?;
    disputed(&stack, &placed, "won").await;
    door_has(&stack, 2, "valid").await;
    assert_eq!(door.scan(&codes[1]).await?["reason"], "ok");
    assert_eq!(door.inside().await?, 2);
    audit::holds(&stack).await;
    Ok(())
}

/// No event of Stripe's comes: the comparison with its lists finds the dispute, and its end.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_tells_us_of_a_dispute() -> Result<()> {
    let (stack, event) = on_sale().await?;
    let guest = Guest::new(&stack)?;
    let (placed, order) = guest.buy(&event, 1).await?;
    let codes = codes(&order);
    audit::holds(&stack).await;
    let drop = json!({"provider": "webhook", "event": "*", "count": 0, "action": {"kind": "drop"}});
    sandbox::script(&stack, &drop).await?;
    let dispute = sandbox::dispute(&stack, &payment(&stack).await?).await?;
    // The next comparison is due in minutes; here, now.
    let due = "update purchase.reconciliations set started_at = started_at - interval '1 hour'";
    audit::change(&stack, due).await?;
    disputed(&stack, &placed, "needs_response").await;
    let door = Door::open(&stack, &event).await?;
    door_has(&stack, 1, "disputed").await;
    assert_eq!(door.scan(&codes[0]).await?["reason"], "disputed");
    audit::holds(&stack).await;
    sandbox::dispute_goes(&stack, dispute["id"].as_str().unwrap_or_default(), "lost").await?;
    audit::change(&stack, due).await?;
    disputed(&stack, &placed, "lost").await;
    audit::holds(&stack).await;
    Ok(())
}
