//! The time that is left to pay: it is shown, it runs, and when it is over the page says so by itself.

use super::*;
use e2e::{audit, desk::Night};

#[tokio::test(flavor = "multi_thread")]
async fn the_time_that_is_left_runs_and_its_end_is_said() -> Result<()> {
    let (club, guest, event) = Club::with_night(&Night::open_now()).await?;
    let order = guest.place(&event, 1).await;
    let phone = Browser::open(PHONE).await?;
    phone.go(&order.url).await?;
    let first = left(&phone).await.context("no time is shown")?;
    assert!((1..=15 * 60).contains(&first), "a hold is a quarter of an hour: {first} s");
    until("the time runs", PATIENCE, || async { (left(&phone).await? < first).then_some(()) }).await;
    let over = "update purchase.orders set held_until = now() - interval '1 minute', next_check_at = now()
                where state = 'pending'";
    audit::change(&club.stack, over).await?;
    phone.read("This order ran out").await;
    phone.read("Nothing was charged").await;
    assert!(left(&phone).await.is_none(), "no time is left");
    phone.close().await
}

/// Seconds on the page's clock.
async fn left(phone: &Browser) -> Option<u32> {
    let text = phone.text("[data-until]").await.ok()?;
    let (minutes, seconds) = text.split_once(':')?;
    Some(minutes.parse::<u32>().ok()? * 60 + seconds.parse::<u32>().ok()?)
}
