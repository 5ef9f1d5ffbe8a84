//! Services die at random while guests buy, without a point that a test has chosen.

use super::*;
use e2e::guest::card;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

const BUYERS: usize = 10;
/// What even the slowest machine comes to.
const AT_LEAST: usize = 5;

/// The ticket site most often: it has the money.
const WHOM: [Service; 4] = [Service::Purchase, Service::Purchase, Service::MarketingAdmin, Service::Scanner];

/// A number below `end`.
fn any(end: u128) -> usize {
    usize::try_from(Uuid::new_v4().as_u128() % end).unwrap_or_default()
}

/// Buys one ticket after the other until told to stop; how many those were. Each order is another guest's.
async fn buyer(guest: Guest, event: Value, stop: Arc<AtomicBool>) -> Result<i64> {
    let mut bought = 0;
    while !stop.load(Ordering::Relaxed) {
        let mut guest = guest.clone();
        guest.email = format!("guest-{}@example.com", Uuid::new_v4().simple());
        let placed = guest.place(&event, 1).await;
        let paid = guest.pay(&placed, card::GOOD).await?;
        // The site may be dead as they return: their page comes up when they look again.
        let _ = guest.come_back(paid).await;
        let order = guest.order_becomes(&placed, "paid").await;
        assert_eq!(codes(&order).len(), 1, "{order}");
        bought += 1;
    }
    Ok(bought)
}

/// Waits until something has been said a few times more, so that the next kill comes somewhere else in the work; not for ever, should
/// all wait for what a dead process had claimed.
async fn somewhere(stack: &Stack, end: Instant) -> Result<()> {
    const SAID: &str =
        "select (select count(*) from purchase.orders) + (select count(*) from purchase.outbox)
        + (select count(*) from marketing_admin.email_attempts) as sum";
    let enough = audit::count(stack, SAID).await? + any(12) as i64;
    until("the work goes on", PATIENCE, || async {
        let said = audit::count(stack, SAID).await.ok()?;
        (said >= enough || Instant::now() >= end).then_some(())
    })
    .await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_under_guests_who_buy() -> Result<()> {
    let (mut stack, event) = on_sale_with(&Night { capacity: 100_000, ..Night::open_now() }).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let guest = Guest::new(&stack)?;
    let buyers: Vec<_> =
        (0..BUYERS).map(|_| tokio::spawn(buyer(guest.clone(), event.clone(), stop.clone()))).collect();

    // However many it were by then: a slow machine kills less often.
    let (most, minutes) = (soak(30, 500), soak(0.4, 60.0));
    let end = Instant::now() + Duration::from_secs_f64(minutes * 60.0);
    let mut kills = 0;
    while kills < AT_LEAST || (kills < most && Instant::now() < end) {
        somewhere(&stack, end).await?;
        let whom = WHOM[any(WHOM.len() as u128)];
        stack.kill(whom);
        stack.start_until_ready(whom).await?;
        kills += 1;
    }
    // What the dead had claimed is anybody's again in a minute; here, now. What a sender has had for less than ten seconds may be in the
    // hands of a living one.
    audit::change(
        &stack,
        "update purchase.orders set next_check_at = now() where state = 'pending';
         update purchase.webhook_events set next_try_at = now() where state = 'waiting';
         update marketing_admin.emails set lease_until = now()
          where state = 'waiting' and lease_until between now() and now() + interval '50 seconds'",
    )
    .await?;
    stop.store(true, Ordering::Relaxed);
    let mut bought = 0;
    for buyer in buyers {
        bought += buyer.await??;
    }
    assert!(bought >= BUYERS as i64, "{kills} kills left time for {bought} tickets only");
    audit::holds(&stack).await;
    let paid = "select count(*) as sum from purchase.orders where state = 'paid'";
    assert_eq!(audit::count(&stack, paid).await?, bought, "{kills} kills: an order for each who bought");
    assert_eq!(audit::count(&stack, "select count(*) as sum from purchase.orders").await?, bought);
    assert_eq!(audit::count(&stack, "select count(*) as sum from purchase.tickets").await?, bought);
    Ok(())
}
