//! Money goes back while guests stand at the door, and while purchase dies.

use super::*;
use chrono::TimeDelta;
use domain::clock::{Clock, SystemClock};
use e2e::guest::Placed;
use futures::future::join_all;
use serde_json::json;

/// Asks for an order to be given back, as the owner's program does, until there is an answer.
async fn give_back(desk: &Desk, placed: &Placed, anyway: bool) -> Value {
    let body = json!({"key": format!("{} {anyway}", placed.reference), "reason": "a test", "anyway": anyway});
    until("the desk answers", PATIENCE, || async {
        let path = format!("/api/v1/orders/{}/refunds", placed.reference);
        let answer = desk.post(&path, &body).await.ok()?;
        if answer.status().is_success() { answer.json().await.ok() } else { None }
    })
    .await
}

async fn one_paid() -> Result<(Stack, Value, Desk, Guest, Placed, Value)> {
    let (stack, event) = on_sale().await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let guest = Guest::new(&stack)?;
    let (placed, order) = guest.buy(&event, 2).await?;
    Ok((stack, event, desk, guest, placed, order))
}

/// How many go to the door in the same moment.
const AT_ONCE: usize = 24;
/// How often that many do.
fn rounds() -> usize {
    soak(1, 42)
}

async fn known_at_the_door(stack: &Stack, tickets: usize) {
    until("the door knows the tickets", PATIENCE, || async {
        let known = audit::count(stack, "select count(*) as sum from scanner.admissions").await.ok()?;
        (known == tickets as i64).then_some(())
    })
    .await;
}

/// Scan and refund of one ticket at the same moment, again and again: either the guest is in and staff are told, or the money
/// goes back and the code opens nothing. Never both unnoticed.
#[tokio::test(flavor = "multi_thread")]
async fn a_refund_races_a_scan() -> Result<()> {
    let (stack, event) = on_sale_with(&Night { capacity: 2_000, ..Night::open_now() }).await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let door = Door::open(&stack, &event).await?;
    let mut inside = 0;
    for round in 1..=rounds() {
        let mut bought = Vec::new();
        for _ in 0..AT_ONCE {
            let guest = Guest::new(&stack)?;
            let (placed, order) = guest.buy(&event, 1).await?;
            bought.push((placed, codes(&order).remove(0)));
        }
        known_at_the_door(&stack, round * AT_ONCE).await;
        let pairs = join_all(bought.iter().map(|(placed, code)| async {
            let (scan, refund) = tokio::join!(door.scan(code), give_back(&desk, placed, false));
            (scan.expect("an answer")["decision"] == "admit", refund)
        }))
        .await;
        for (admitted, refund) in &pairs {
            let told = refund["inside"].as_array().is_some_and(|inside| inside.len() == 1);
            assert_eq!(*admitted, refund["state"] == "withdrawn", "{refund}");
            assert_eq!(*admitted, told, "staff are told who is inside: {refund}");
            inside += i64::from(*admitted);
        }
    }
    assert_eq!(door.inside().await?, inside);
    audit::holds(&stack).await;
    Ok(())
}

/// The same by the guest's own click: who is in keeps the ticket and the money stays; who gave back does not get in.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_gives_back_races_a_scan() -> Result<()> {
    // Early entry: the door admits already, and the time for giving back is not over.
    let starts_at = SystemClock.now() + TimeDelta::minutes(55);
    let night = Night { starts_at, gives_back_until: Some(starts_at), capacity: 2_000, ..Night::open_now() };
    let (stack, event) = on_sale_with(&night).await?;
    let door = Door::open(&stack, &event).await?;
    let mut inside = 0;
    for round in 1..=rounds() {
        let mut bought = Vec::new();
        for _ in 0..AT_ONCE {
            let guest = Guest::new(&stack)?;
            let (placed, order) = guest.buy(&event, 1).await?;
            guest.mail().await;
            bought.push((guest, placed, codes(&order).remove(0)));
        }
        known_at_the_door(&stack, round * AT_ONCE).await;
        let pairs = join_all(bought.iter().map(|(guest, placed, code)| async {
            let (scan, returned) = tokio::join!(door.scan(code), guest.give_back(placed));
            (scan.expect("an answer")["decision"] == "admit", returned.expect("an answer"))
        }))
        .await;
        for ((admitted, returned), (guest, placed, _)) in pairs.iter().zip(&bought) {
            assert_ne!(admitted, returned, "inside, or money back: never both, never neither");
            guest.order_becomes(placed, if *returned { "refunded" } else { "paid" }).await;
            inside += i64::from(*admitted);
            if *returned {
                until("the guest is told", PATIENCE, || async {
                    (guest.mails().await.ok()?.len() == 2).then_some(())
                })
                .await;
            }
        }
    }
    assert_eq!(door.inside().await?, inside);
    audit::holds(&stack).await;
    Ok(())
}

/// Purchase dies before it asks the door, after the door has answered, and after Stripe has: the refund comes to its end, once.
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_a_refund_is_under_way() -> Result<()> {
    for point in ["R1", "R2", "P10"] {
        let (mut stack, event, desk, guest, placed, order) = one_paid().await?;
        guest.mail().await;
        let door = Door::open(&stack, &event).await?;
        arm(&mut stack, Service::Purchase, point).await?;
        let path = format!("/api/v1/orders/{}/refunds", placed.reference);
        let body = json!({"key": "once", "reason": "a test"});
        let _ = desk.post(&path, &body).await;
        dies(&mut stack, Service::Purchase).await;
        stack.start_service(Service::Purchase).await?;
        audit::change(
            &stack,
            "update purchase.refunds set next_try_at = now() where state in ('asked', 'pending')",
        )
        .await?;
        guest.order_becomes(&placed, "refunded").await;
        let again: Value = until("the desk answers", PATIENCE, || async {
            let answer = desk.post(&path, &body).await.ok()?;
            if answer.status().is_success() { answer.json().await.ok() } else { None }
        })
        .await;
        assert_eq!(again["inside"], json!([]), "{point}: {again}");
        let refused = door.scan(&codes(&order)[0]).await?;
        assert_eq!(refused["reason"], "refunded", "{point}");
        until("the guest is told", PATIENCE, || async {
            (guest.mails().await.ok()?.len() == 2).then_some(())
        })
        .await;
        audit::holds(&stack).await;
        assert_eq!(audit::count(&stack, "select count(*) as sum from purchase.refunds").await?, 1, "{point}");
    }
    Ok(())
}

/// A night is called off while guests pay; purchase dies between two orders. Everybody gets everything back, once.
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_a_night_is_called_off() -> Result<()> {
    let (mut stack, event) = on_sale().await?;
    let desk = Desk::sign_in(&stack, StaffRole::Owner).await?;
    let mut guests = Vec::new();
    for _ in 0..4 {
        let guest = Guest::new(&stack)?;
        let (placed, order) = guest.buy(&event, 1).await?;
        guest.mail().await;
        guests.push((guest, placed, order));
    }
    let late = Guest::new(&stack)?;
    let held = late.place(&event, 2).await;
    let door = Door::open(&stack, &event).await?;
    arm(&mut stack, Service::Purchase, "R3").await?;
    let path = format!("/api/v1/events/{}/cancel", event["id"].as_str().unwrap_or_default());
    desk.post(&path, &json!({})).await?.error_for_status()?;
    dies(&mut stack, Service::Purchase).await;
    stack.start_service(Service::Purchase).await?;
    for (guest, placed, _) in &guests {
        guest.order_becomes(placed, "refunded").await;
        until("the guest is told", PATIENCE, || async {
            (guest.mails().await.ok()?.len() == 2).then_some(())
        })
        .await;
    }
    late.order_becomes(&held, "expired").await;
    assert_ne!(door.scan(&codes(&guests[0].2)[0]).await?["decision"], "admit");
    audit::holds(&stack).await;
    assert_eq!(audit::count(&stack, "select count(*) as sum from purchase.refunds").await?, 4);
    Ok(())
}
