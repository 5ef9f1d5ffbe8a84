//! The worker that tells the wallets what changed: outside of any transaction, a few at a time, again and again until they know.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use db::DbError;
use documents::GoogleChange;
use domain::language::Language;

use super::keep::Wallet;
use super::key::Hands;
use super::store::{self, DueDevice, DuePass};
use super::{GoogleWallet, Told};
use crate::Shop;
use crate::papers::folder;

/// How many are taken at once …
const ROUND: i64 = 48;
/// … and how many of them are told beside each other: so few that nobody calls it a rush, and a round of six such lots ends within [`LEASE`].
const AT_ONCE: usize = 8;
/// Longer than telling all of a round takes at worst: until then nobody else tells them. Google is asked the most, six times for nights and
/// then tickets; each may wait for the ten seconds of `web::client`, and for as long for a new token before: four minutes.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// Between two tries, doubled with each.
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(5);
/// A night passes while somebody else's servers are down; and a guest may still save a pass that was asked for.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// Tells whoever is due. Gives how many know now.
pub(crate) async fn work(shop: &Shop) -> Result<usize, DbError> {
    let (phones, google) = tokio::try_join!(phones(shop), google(shop))?;
    Ok(phones + google)
}

/// How long a wallet that did not answer is left alone.
fn wait(tries: i32) -> TimeDelta {
    let doubled = 1_i32.checked_shl(u32::try_from(tries).unwrap_or(0).min(12)).unwrap_or(i32::MAX);
    (FIRST_WAIT * doubled).min(LONGEST_WAIT)
}

async fn phones(shop: &Shop) -> Result<usize, DbError> {
    let Some(apns) = &shop.wallets.push else { return Ok(0) };
    let now = shop.clock.now();
    let due = store::claim_devices(&mut *shop.db.conn().await?, now, now + LEASE, ROUND).await?;
    let mut told = 0;
    for some in due.chunks(AT_ONCE) {
        let mut calls = Vec::with_capacity(some.len());
        for device in some {
            calls.push(apns.push(&device.push_token, now));
        }
        for (device, answer) in some.iter().zip(futures::future::join_all(calls).await) {
            shop.metrics.wallet_told(Wallet::Apple.code(), answer.code());
            told += usize::from(!matches!(answer, Told::Later(_)));
            settle_device(shop, device, &answer).await?;
        }
    }
    Ok(told)
}

async fn settle_device(shop: &Shop, device: &DueDevice, answer: &Told) -> Result<(), DbError> {
    let mut conn = shop.db.conn().await?;
    match answer {
        Told::Yes => store::device_knows(&mut conn, device).await,
        Told::Gone => store::forget_device(&mut conn, device).await,
        Told::Later(why) => {
            tracing::warn!(
                why,
                tries = device.tries,
                "a phone could not be told that a pass changed; it is tried again"
            );
            store::device_later(&mut conn, device, shop.clock.now() + wait(device.tries)).await
        }
    }
}

/// What Google said of each night in this round: each is told once, and one that fails holds up no other.
type Nights = HashMap<String, Told>;

async fn google(shop: &Shop) -> Result<usize, DbError> {
    let Some(google) = &shop.wallets.rest else { return Ok(0) };
    let now = shop.clock.now();
    let due = store::claim_passes(&mut *shop.db.conn().await?, now, now + LEASE, ROUND).await?;
    let (mut told, mut nights) = (0, Nights::new());
    for some in due.chunks(AT_ONCE) {
        let mut changes = Vec::with_capacity(some.len());
        for pass in some {
            changes.push(Box::pin(change_of(shop, google, pass)).await);
        }
        tell_nights(google, &changes, &mut nights, now).await;
        let mut calls = Vec::with_capacity(some.len());
        for change in &changes {
            calls.push(tell_ticket(google, change, &nights, now));
        }
        for (pass, answer) in some.iter().zip(futures::future::join_all(calls).await) {
            shop.metrics.wallet_told(Wallet::Google.code(), answer.code());
            told += usize::from(matches!(answer, Told::Yes));
            settle_pass(shop, pass, &answer).await?;
        }
    }
    Ok(told)
}

/// A pass as it is now; where it can't be read, why it is told later.
async fn change_of(shop: &Shop, google: &GoogleWallet, pass: &DuePass) -> Result<GoogleChange, Told> {
    let language: Language = pass.language.parse().unwrap_or_default();
    let folder = folder::open_pass(shop, pass.ticket_id, Hands::Buyer, language).await;
    let shown = folder.and_then(|folder| folder.pass_as_it_is(shop, pass.ticket_id));
    let shown = shown.map_err(|fault| Told::Later(format!("it can't be read: {}", fault.code())))?;
    Ok(google.change(&shown))
}

/// Tells the nights of these passes that were not told in this round, beside each other.
async fn tell_nights(
    google: &GoogleWallet,
    changes: &[Result<GoogleChange, Told>],
    nights: &mut Nights,
    now: DateTime<Utc>,
) {
    let mut new = BTreeMap::new();
    for change in changes.iter().flatten().filter(|change| !nights.contains_key(&change.class_id)) {
        new.insert(change.class_id.clone(), change);
    }
    let mut calls = Vec::with_capacity(new.len());
    for change in new.values() {
        calls.push(google.tell_night(change, now));
    }
    let answers = futures::future::join_all(calls).await;
    nights.extend(new.into_keys().zip(answers));
}

/// Tells a ticket, unless its night could not be told.
async fn tell_ticket(
    google: &GoogleWallet,
    change: &Result<GoogleChange, Told>,
    nights: &Nights,
    now: DateTime<Utc>,
) -> Told {
    let change = match change {
        Ok(change) => change,
        Err(later) => return later.clone(),
    };
    match nights.get(&change.class_id) {
        Some(later @ Told::Later(_)) => later.clone(),
        _ => google.tell_ticket(change, now).await,
    }
}

async fn settle_pass(shop: &Shop, pass: &DuePass, answer: &Told) -> Result<(), DbError> {
    let (mut conn, later) = (shop.db.conn().await?, shop.clock.now());
    match answer {
        Told::Yes => store::pass_known(&mut conn, pass).await,
        // A link that was asked for may be opened later, and brings the ticket as it was.
        Told::Gone => store::pass_later(&mut conn, pass, later + LONGEST_WAIT).await,
        Told::Later(why) => {
            tracing::warn!(
                why,
                tries = pass.tries,
                "Google could not be told that a pass changed; it is tried again"
            );
            store::pass_later(&mut conn, pass, later + wait(pass.tries)).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_answer_is_asked_less_and_less() {
        assert_eq!([0, 1, 2].map(|tries| wait(tries).num_seconds()), [5, 10, 20]);
        assert_eq!(wait(9), TimeDelta::seconds(2560));
        assert_eq!([10, 11, 30, i32::MAX].map(wait), [LONGEST_WAIT; 4]);
    }
}
