//! Purchase dies while it gives back: money to a guest, places to the others.

use super::*;
use e2e::{
    guest::{Placed, card},
    sandbox,
};
use reqwest::StatusCode;
use serde_json::json;
use uuid::Uuid;

/// A night with two places, a guest who holds both, and webhooks of these types that never come.
async fn held_by_one(never: &[&str]) -> Result<(Stack, Value, Guest, Placed)> {
    let (stack, event) = on_sale_with(&Night { capacity: 2, ..Night::open_now() }).await?;
    for kind in never {
        let drop = json!({"provider": "webhook", "event": kind, "count": 0, "action": {"kind": "drop"}});
        sandbox::script(&stack, &drop).await?;
    }
    let guest = Guest::new(&stack)?;
    let placed = guest.place(&event, 2).await;
    Ok((stack, event, guest, placed))
}

async fn given_back(stack: &Stack) -> Result<(i64, i64)> {
    let state = sandbox::state(stack).await?;
    let number = |value: &Value| value.as_i64().unwrap_or_default();
    Ok((number(&state["refunds"]), number(&state["money"]["eur"]["refunded"])))
}

/// Money that came when the places were somebody else's goes back. Purchase dies when Stripe has said yes to that.
#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_refund_is_stored() -> Result<()> {
    // Nobody tells purchase that the money went back: it has to ask again.
    let (mut stack, event, late, placed) = held_by_one(&["refund*", "charge*"]).await?;
    // As after a restored backup: the hold has ended here while its payment page lives on.
    let ended = "update purchase.attempts set state = 'dead', settled_at = now();
                 update purchase.orders set state = 'expired', expired_at = now();
                 update purchase.stock set held = 0";
    audit::change(&stack, ended).await?;
    let lucky = Guest::new(&stack)?;
    let (_, order) = lucky.buy(&event, 2).await?;

    arm(&mut stack, Service::Purchase, "P10").await?;
    late.pay(&placed, card::GOOD).await?;
    dies(&mut stack, Service::Purchase).await;
    let total = placed_total(&stack, &placed).await?;
    assert_eq!(given_back(&stack).await?, (1, total), "Stripe has given it back, and we don't know");

    stack.start_service(Service::Purchase).await?;
    // The dead process had claimed the refund for half a minute.
    audit::change(&stack, "update purchase.refunds set next_try_at = now() where state = 'pending'").await?;
    let refunded = late.order_becomes(&placed, "refunded").await;
    assert_eq!(refunded["refunds"][0]["reason"], "late_payment", "{refunded}");
    guest_is_served(&stack, &event, &lucky, &order).await?;
    assert_eq!(given_back(&stack).await?, (1, total), "and once only");
    let told = late.mails().await?;
    assert_eq!(told.len(), 1, "the guest is told once that the money comes back: {told:?}");
    assert_eq!(codes(&late.order(&placed).await?).len(), 0, "money back, no tickets");
    Ok(())
}

async fn placed_total(stack: &Stack, placed: &Placed) -> Result<i64> {
    let total = "select total_minor as sum from purchase.orders where reference = ";
    audit::count(stack, &format!("{total} '{}'", placed.reference)).await
}

/// Stripe has confirmed that nobody will pay any more; purchase dies before the places are free.
#[tokio::test(flavor = "multi_thread")]
async fn killed_before_the_places_of_a_dead_session_are_freed() -> Result<()> {
    let (mut stack, event, slow, placed) = held_by_one(&["*"]).await?;
    arm(&mut stack, Service::Purchase, "P11").await?;
    let over = "update purchase.orders set held_until = now() - interval '1 minute', next_check_at = now()
                where state = 'pending'";
    audit::change(&stack, over).await?;
    dies(&mut stack, Service::Purchase).await;
    let held = "select held as sum from purchase.stock";
    assert_eq!(audit::count(&stack, held).await?, 2, "nothing was freed by halves");
    // The dead process has claimed the order for three quarters of a minute; here, until we say so.
    audit::change(&stack, "update purchase.orders set next_check_at = 'infinity'").await?;

    stack.start_service(Service::Purchase).await?;
    let next = Guest::new(&stack)?;
    let early = next.ask(&event, 1, &Uuid::new_v4().to_string()).await?;
    assert_eq!(early.status(), StatusCode::CONFLICT, "the places are still held");
    audit::change(&stack, over).await?;
    slow.order_becomes(&placed, "expired").await;

    let (_, order) = next.buy(&event, 2).await?;
    let third = Guest::new(&stack)?.ask(&event, 1, &Uuid::new_v4().to_string()).await?;
    assert_eq!(third.status(), StatusCode::CONFLICT, "the two places were freed once");
    assert_eq!(third.json::<Value>().await?["code"], "sold_out");
    guest_is_served(&stack, &event, &next, &order).await?;
    slow.pay(&placed, card::GOOD).await?;
    assert_eq!(sandbox::state(&stack).await?["payments_captured"], 1, "a dead session takes no money");
    assert_eq!(slow.mails().await?.len(), 0);
    audit::holds(&stack).await;
    Ok(())
}
