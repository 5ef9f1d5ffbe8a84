//! What Stripe says of a payout and of the balance becomes our state: as often as it is said, and in any order.

use chrono::{DateTime, Utc};
use db::{Conn, DbError};

use super::sort::{self, Sort, Whereabouts};
use super::store::{self, Found, Put};
use crate::Shop;
use crate::payments::fulfil::Settled;
use crate::payments::ledger::{self, Source};
use crate::payments::stripe::Trouble;
use crate::payments::stripe::payouts::{BalanceLine, PayoutAnswer};

/// Why reading was broken off.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error(transparent)]
    Stripe(#[from] Trouble),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Stripe posted that a payout has changed. The inner error: not now.
pub(crate) async fn hear(shop: &Shop, id: &str) -> Result<Result<&'static str, String>, DbError> {
    let seen = match shop.stripe.payout(id).await {
        Ok(seen) => seen,
        // Signed by Stripe, but not a payout of this account and mode.
        Err(Trouble::Refused { status: 404, .. }) => return Ok(Ok(Settled::Foreign.code())),
        Err(trouble) => return Ok(Err(trouble.to_string())),
    };
    match payout(shop, &seen).await {
        Ok(()) => {}
        Err(Broken::Stripe(trouble)) => return Ok(Err(trouble.to_string())),
        Err(Broken::Db(error)) => return Err(error),
    }
    Ok(Ok("payout_taken"))
}

/// Takes a payout over, with what it is made of as soon as Stripe says so.
pub(super) async fn payout(shop: &Shop, seen: &PayoutAnswer) -> Result<(), Broken> {
    let known = store::contents_known(&mut *shop.db.conn().await?, &seen.id).await?;
    let contents = if seen.itemised && !known { shop.stripe.balance_of(&seen.id).await? } else { Vec::new() };
    // Each in a transaction of its own: a payout may hold thousands, and nobody waits for all of them.
    for line in &contents {
        note(shop, line).await?;
    }
    let lines: Vec<String> = contents.into_iter().map(|line| line.id).collect();
    let now = shop.clock.now();
    shop.db.transaction(async |conn| take_once(conn, seen, &lines, now).await).await?;
    if sort::whereabouts(&seen.status) == Whereabouts::CameBack {
        tracing::warn!(
            payout = seen.id,
            why = seen.failure,
            "a payout did not reach the bank: its money is at Stripe"
        );
    }
    Ok(())
}

async fn take_once(
    conn: &mut Conn,
    seen: &PayoutAnswer,
    lines: &[String],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let put = store::put(conn, seen, now).await?;
    if !lines.is_empty() {
        store::made_of(conn, &seen.id, lines).await?;
    }
    book(conn, &put, seen, now).await
}

/// By where it stands now, whatever an old answer says.
async fn book(conn: &mut Conn, put: &Put, seen: &PayoutAnswer, now: DateTime<Utc>) -> Result<(), DbError> {
    let (entries, currency) = (ledger::paid_out(seen.amount_minor), &seen.currency);
    match sort::whereabouts(&put.status) {
        Whereabouts::OnItsWay => Ok(()),
        Whereabouts::Bank => ledger::book_once(conn, Source::Payout(put.key), currency, &entries, now).await,
        Whereabouts::CameBack => {
            // One that never counted as paid was never booked.
            if !ledger::is_booked(conn, Source::Payout(put.key)).await? {
                return Ok(());
            }
            let back = ledger::reversed(entries);
            ledger::book_once(conn, Source::PayoutFailed(put.key), currency, &back, now).await
        }
    }
}

/// Takes a line of the balance over.
pub(super) async fn note(shop: &Shop, line: &BalanceLine) -> Result<(), DbError> {
    let now = shop.clock.now();
    shop.db.transaction(async |conn| note_once(conn, line, now).await).await
}

async fn note_once(conn: &mut Conn, line: &BalanceLine, now: DateTime<Utc>) -> Result<(), DbError> {
    let order = store::order_of(conn, &line.payment_intent, &line.source).await?;
    let sort = Sort::of(&line.kind, order.is_some());
    // What is booked as of no order stands with none, whatever it names.
    let order = order.filter(|_| sort != Sort::Foreign);
    let Some(key) = store::add(conn, line, order, sort.code()).await? else { return Ok(()) };
    let entries = sort::entries(sort, &line.kind, line.amount_minor, line.fee_minor);
    let source = if sort == Sort::Foreign { Source::StripeForeign(key) } else { Source::StripeFee(key) };
    ledger::book_once(conn, source, &line.currency, &entries, now).await
}

/// Lines that were of no order, and whose payment has been found since: what was booked of them is taken back.
pub(super) async fn adopt(shop: &Shop) -> Result<(), DbError> {
    let now = shop.clock.now();
    let found = store::foreign_no_more(&mut *shop.db.conn().await?).await?;
    for line in &found {
        shop.db.transaction(async |conn| adopt_once(conn, line, now).await).await?;
    }
    Ok(())
}

async fn adopt_once(conn: &mut Conn, line: &Found, now: DateTime<Utc>) -> Result<(), DbError> {
    let sort = Sort::of(&line.kind, true);
    if !store::is_of_order(conn, &line.id, line.order_id, sort.code()).await? {
        return Ok(());
    }
    let was = sort::entries(Sort::Foreign, &line.kind, line.amount_minor, line.fee_minor);
    let back = ledger::reversed(was);
    ledger::book_once(conn, Source::StripeForeignKnown(line.key), &line.currency, &back, now).await?;
    let entries = sort::entries(sort, &line.kind, line.amount_minor, line.fee_minor);
    ledger::book_once(conn, Source::StripeFee(line.key), &line.currency, &entries, now).await
}
