//! Reading Stripe's balance and payouts: once a night, and when staff ask.

use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use db::{Conn, DbError};

use super::from_stripe::{self, Broken};
use super::store;
use crate::Shop;
use crate::payments::stripe::Trouble;

/// A look that gives no sign for so long has broken off with its process: another one may begin.
const LEASE: TimeDelta = TimeDelta::minutes(2);
/// Between two signs of a look.
const SIGN: Duration = Duration::from_secs(5);
/// Between two looks. The first is due when the first payment is that old: Stripe pays nothing out before.
const NIGHTLY: TimeDelta = TimeDelta::hours(24);
/// A look that failed is not repeated before.
const AGAIN: TimeDelta = TimeDelta::hours(1);
/// Stripe may add a line that is dated a little earlier than the last one.
const OVERLAP: TimeDelta = TimeDelta::days(3);
/// Of the balance as much is read at first; more of what turns out to be quiet, less of what is too much to be read at once.
const SPAN: TimeDelta = TimeDelta::days(8);
/// Lines of a span that could as well have been longer.
const FEW: usize = 100;
/// Payouts change for as long.
const FAR_BACK: TimeDelta = TimeDelta::days(30);

/// Looks if it is time. Never says that there is more to do.
pub async fn work(shop: &Shop) -> Result<usize, DbError> {
    let now = shop.clock.now();
    let asked = shop.bells.payouts_now.load(Ordering::Acquire);
    let mut conn = shop.db.conn().await?;
    if !asked && !due(&mut conn, now).await? {
        return Ok(0);
    }
    drop(conn);
    let begun = shop.db.transaction(async |conn| store::begin(conn, now, now + LEASE).await).await?;
    let Some(id) = begun else { return Ok(0) };
    // Not before: who asked while another look was under way, or while the database was away, is not forgotten.
    shop.bells.payouts_now.store(false, Ordering::Release);
    let back = |read: Option<DateTime<Utc>>| read.map_or(DateTime::UNIX_EPOCH, |read| read - OVERLAP);
    let mut conn = shop.db.conn().await?;
    let (balance, payouts) = (back(store::read_to(&mut conn).await?), back(store::last(&mut conn).await?));
    drop(conn);
    let read = tokio::select! {
        read = Box::pin(look(shop, id, balance, payouts)) => read.map_err(|broken| broken.to_string()),
        () = keep(shop, id) => Err("another process took it for broken off, and looks itself".to_owned()),
    };
    let ((lines, payouts), problem) = match read {
        Ok(counted) => (counted, None),
        Err(problem) => ((0, 0), Some(problem)),
    };
    if let Some(problem) = &problem {
        tracing::warn!(problem, "what Stripe pays out could not be read; it is tried again in an hour");
    } else {
        tracing::info!(lines, payouts, "what Stripe keeps and pays out was read");
    }
    store::end(&mut *shop.db.conn().await?, id, (lines, payouts), problem.as_deref(), shop.clock.now())
        .await?;
    Ok(0)
}

/// Says again and again that a look is under way: the first one may take hours. Ends when another process has taken it over.
async fn keep(shop: &Shop, look: i64) {
    let mut signs = tokio::time::interval(SIGN);
    signs.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        signs.tick().await;
        match sign(shop, look).await {
            Ok(true) => {}
            Ok(false) => return,
            // Many of them fit into a lease.
            Err(error) => {
                tracing::warn!(%error, look, "a look at what Stripe pays out could not say that it goes on; it tries again");
            }
        }
    }
}

async fn sign(shop: &Shop, look: i64) -> Result<bool, DbError> {
    let until = shop.clock.now() + LEASE;
    store::renew(&mut *shop.db.conn().await?, look, until).await
}

async fn due(conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, DbError> {
    let begun = store::begun(conn).await?;
    if begun.is_some_and(|begun| begun + AGAIN > now) {
        return Ok(false);
    }
    let since = match store::last(conn).await? {
        Some(last) => Some(last),
        None => store::first_payment(conn).await?,
    };
    Ok(since.is_some_and(|since| since + NIGHTLY <= now))
}

async fn look(
    shop: &Shop,
    look: i64,
    balance_since: DateTime<Utc>,
    payouts_since: DateTime<Utc>,
) -> Result<(i64, i64), Broken> {
    let lines = read_balance(shop, look, balance_since).await?;
    from_stripe::adopt(shop).await?;
    let back = payouts_since.min(shop.clock.now() - FAR_BACK);
    let mut payouts = shop.stripe.payouts_since(back).await?;
    for id in store::on_their_way(&mut *shop.db.conn().await?).await? {
        if payouts.iter().any(|payout| payout.id == id) {
            continue;
        }
        match shop.stripe.payout(&id).await {
            Ok(payout) => payouts.push(payout),
            Err(Trouble::Refused { status: 404, .. }) => {
                tracing::warn!(id, "Stripe does not know a payout that stands here");
            }
            Err(trouble) => return Err(trouble.into()),
        }
    }
    for payout in &payouts {
        from_stripe::payout(shop, payout).await?;
    }
    let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
    Ok((count(lines), count(payouts.len())))
}

/// Reads the balance since then, a span after the other, and notes what each holds: how many lines. How far it came is written down
/// after each, for the first look may read years, and one that breaks off is gone on with.
async fn read_balance(shop: &Shop, look: i64, since: DateTime<Utc>) -> Result<usize, Broken> {
    let now = shop.clock.now();
    let (mut from, mut span, mut lines) = (since, SPAN, 0);
    loop {
        let until = Some(from + span).filter(|until| *until < now);
        let Some(found) = shop.stripe.balance_between(from, until).await? else {
            if span <= TimeDelta::seconds(1) {
                return Err(Trouble::Unknown("too many lines of the balance at one moment".to_owned()).into());
            }
            span = span / 2;
            continue;
        };
        for line in &found {
            from_stripe::note(shop, line).await?;
        }
        lines += found.len();
        let Some(until) = until else { return Ok(lines) };
        store::read_until(&mut *shop.db.conn().await?, look, until).await?;
        from = until;
        if found.len() <= FEW {
            span = span * 2;
        }
    }
}
